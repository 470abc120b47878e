"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "Flask>=3.1,<4",
# ]
# ///

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


if __name__ == "__main__":
    app.run()
