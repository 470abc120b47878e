"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os
from io import BytesIO

import flask
from flask import Flask
from flask import send_file as _send_file

app = Flask(__name__)


@app.get("/download")
def send_file():
    return flask.send_file(flask.request.args["name"])


STATIC = {
    "page.css": "body { color: teal; }\n",
}


@app.endpoint("static")
def static_file(filename):
    """Answer with a file of the notebook, else of the static folder."""
    if filename in STATIC:
        content = BytesIO(STATIC[filename].encode())
        return _send_file(content, download_name=filename)
    return app.send_static_file(filename)


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
