"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

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


if __name__ == "__main__":
    app.run()
