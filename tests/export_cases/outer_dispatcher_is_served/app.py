"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import run_simple

inner_app = Flask(__name__)


@inner_app.get("/")
def home():
    return inner_app.name.replace(__name__, "home")


api = Flask("api")


@api.get("/")
def root():
    return "api"


application = DispatcherMiddleware(inner_app, {"/api": api})

app = application


def main(host="localhost", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    run_simple(host, port, app)


if __name__ == "__main__":
    main()
