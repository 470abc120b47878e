"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from math import *

from flask import *

app = Flask(__name__)


@app.route("/")
def index():
    return jsonify(floor(2.5))


if __name__ == "__main__":
    app.run()
