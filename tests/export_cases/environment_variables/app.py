"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask

os.environ["GREETING"] = "hello"
os.environ["SECOND"] = "again"

app = Flask(__name__)


@app.route("/")
def index():
    return os.environ["GREETING"] + os.environ["SECOND"]


if __name__ == "__main__":
    app.run()
