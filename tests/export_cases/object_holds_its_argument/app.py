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


class Store:
    def __init__(self, data):
        self.data = data

    def load(self):
        self.data["key"] = 1


table = {}
store = Store(table)
store.load()


@app.get("/")
def home():
    return str(table)


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
