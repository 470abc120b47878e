"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import sys

from flask import Flask

app = Flask(__name__)

if sys.version_info >= (3,):

    def which():
        return 'three'

else:

    def which():
        return 'two'


@app.route("/")
def index():
    return which()


if __name__ == "__main__":
    app.run()
