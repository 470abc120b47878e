"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "bottle>=0.13,<0.14",
# ]
# ///

import os

from bottle import default_app, route


@route("/hello/<name>")
def hello(name):
    return "Hello " + name


@route("/")
def home():
    return "kernel"


app = default_app()


def main(host="127.0.0.1", port=8080):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
