"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

from __future__ import annotations

import os
from dataclasses import dataclass

from flask import Flask

app = Flask(__name__)


@dataclass
class Item:
    name: str
    price: float = 1.5


stock: dict[str, Item] = {}

stock["a"] = Item("a")


@app.route("/")
def index() -> "dict[str, float]":
    return {key: item.price for key, item in stock.items()}


def main(host="127.0.0.1", port=5000):
    """Serve the app; HOST and PORT in the environment win."""
    host = os.environ.get("HOST", host)
    port = int(os.environ.get("PORT", port))
    app.run(host=host, port=port)


if __name__ == "__main__":
    main()
