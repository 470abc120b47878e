"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from time import time

from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return str(time() > 0)


if __name__ == "__main__":
    app.run()
