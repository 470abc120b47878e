"""A client that a generator makes of the document speaks with the live app."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.werkbook.run_cells import Cells

from werkbook import serving
from werkbook.openapi import make_document

APP = """
from dataclasses import dataclass
from enum import Enum

class Order(Enum):
    NAME = "name"
    PRICE = "price"

@dataclass
class Item:
    name: str
    price: float = 1.0

stock = {"lamp": Item("lamp", 9.5), "cup": Item("cup", 2.0)}

@app.get("/items")
def list_items(order: Order = Order.NAME, limit: int = 10) -> list[Item]:
    return sorted(stock.values(), key=lambda one: getattr(one, order.value))[:limit]

@app.get("/items/<name>")
def show_item(name) -> Item:
    return stock[name]

@app.post("/items")
def add_item(item: Item) -> tuple[Item, int]:
    stock[item.name] = item
    return item, 201
"""


def generate(document: dict[str, Any], folder: Path) -> None:
    """Make a package `shop_client` of a document, without network and formatter."""
    (folder / "openapi.json").write_text(json.dumps(document))
    (folder / "config.json").write_text(json.dumps({"post_hooks": []}))
    arguments = ["generate", "--path", "openapi.json", "--config", "config.json"]
    more = ["--meta", "none", "--output-path", "shop_client", "--fail-on-warning"]
    done = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *arguments, *more],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_generated_client_asks_the_live_app(
    cells: Cells, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells.ran("shop", APP)
    app = cells["app"]
    generate(make_document(app), tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    package = import_module("shop_client")
    models = import_module("shop_client.models")
    calls = {
        name: import_module(f"shop_client.api.default.{name}")
        for name in ("list_items", "show_item", "add_item")
    }
    server = serving.serve(app)
    try:
        with package.Client(base_url=server.url.rstrip("/")) as client:
            found = calls["list_items"].sync(client=client, limit=1)
            assert [one.to_dict() for one in found] == [{"name": "cup", "price": 2.0}]
            by_price = calls["list_items"].sync(client=client, order=models.Order.PRICE)
            assert [one.name for one in by_price] == ["cup", "lamp"]
            made = calls["add_item"].sync_detailed(
                client=client, body=models.Item(name="rug", price=30.0)
            )
            assert (made.status_code, made.parsed.name) == (201, "rug")
            shown = calls["show_item"].sync("rug", client=client)
            assert shown.price == 30.0
            # The cell runs again: the same client asks the app that is live now.
            cells.ran("shop", APP.replace('"lamp", 9.5', '"lamp", 8.5'))
            assert calls["show_item"].sync("lamp", client=client).price == 8.5
    finally:
        server.stop()
