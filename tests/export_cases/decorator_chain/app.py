"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os
from functools import wraps

from flask import Flask, request

app = Flask(__name__)


def auth(f):
    @wraps(f)
    def w(*a, **k):
        if request.args.get("t") != TOKEN:
            return "no", 401
        return f(*a, **k)

    return w


TOKEN = "s"


@app.route("/")
@auth
def i():
    return "yes"


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
