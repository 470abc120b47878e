"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import math

from flask import Flask


def area(side):
    return math.pow(side, 2)


app = Flask(__name__)


@app.route("/<int:side>")
def show(side):
    return str(area(side))


if __name__ == "__main__":
    app.run()
