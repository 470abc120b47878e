"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask

app = Flask(__name__)

if not os.path.exists("up2"):
    os.mkdir("up2")


@app.route("/")
def i():
    open("up2/x", "w").close()
    return "ok"


if __name__ == "__main__":
    app.run()
