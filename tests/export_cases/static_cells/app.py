"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os
from io import BytesIO

from flask import Flask, send_file

app = Flask(__name__)


@app.get("/")
def index():
    from flask import url_for

    return url_for("static", filename="css/style.css")


STATIC = {
    "css/style.css": "body { color: red }\n",
}


@app.endpoint("static")
def static_file(filename):
    """Answer with a file of the notebook, else of the static folder."""
    if filename in STATIC:
        content = BytesIO(STATIC[filename].encode())
        return send_file(content, download_name=filename.rpartition("/")[2])
    return app.send_static_file(filename)


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
