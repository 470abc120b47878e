"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "bottle>=0.13,<0.14",
# ]
# ///

import os

import bottle
from bottle import default_app


@bottle.route("/")
def home():
    return "welcome"


app = default_app()


def main(host="localhost", port=8080):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
