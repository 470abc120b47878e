"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import json as js
import os.path
from collections import OrderedDict

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.route("/")
def index():
    found = OrderedDict(a=os.path.basename("/x/y"), b=request.path)
    return jsonify(js.loads(js.dumps(found)))


if __name__ == "__main__":
    app.run()
