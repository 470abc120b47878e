"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os
from functools import partial

from flask import Flask

app = Flask(__name__)

double = lambda x: x * factor
factor = 2


def show(kind, n):
    return f"{kind} {double(n)}"


app.add_url_rule("/n/<int:n>", "n", partial(show, "number"))
app.add_url_rule("/zero", "zero", lambda: str(double(0)))


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
