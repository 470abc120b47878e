"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import flask

server = flask.Flask(__name__)


@server.route("/")
def index():
    return "server"


app = server


if __name__ == "__main__":
    app.run()
