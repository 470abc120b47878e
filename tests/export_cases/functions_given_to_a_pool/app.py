"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

import os
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

app = Flask(__name__)

rows = []


def add(number, into):
    into.append(number)


with ThreadPoolExecutor() as pool:
    list(pool.map(add, [1, 2], [rows, rows]))


@app.get("/")
def home():
    return str(sorted(rows))


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
