"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "flask",
# ]
# ///

import os

from flask import Flask

app = Flask(__name__)
port = 5000


@app.route("/")
def index():
    return "through the tunnel"


def main(host="127.0.0.1", port=port):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
