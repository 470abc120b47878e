"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask

GREETING = "hi"


def make(greeting, *, debug=False):
    app = Flask("made")

    @app.get("/")
    def home():
        return greeting

    return app


app = make(GREETING, debug=True)


def main(host="0.0.0.0", port=8080):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
