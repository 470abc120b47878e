"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os

from flask import Flask

app = Flask(__name__)

_2 = 3 * 7

last = _2

_4 = [1, 2]

total = sum(_4) + _2
for _n in range(2):
    total += _n


@app.get("/")
def index():
    return f"{last} {total} {_4}"


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
