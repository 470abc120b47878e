"""Typed views in an export: the file then needs Werkbook."""

import pytest

from werkbook.cells.cell import Cell
from werkbook.export.choosing import Options
from werkbook.export.exporter import export
from werkbook.export.flow.typed_views import TypedTargetError

HEAD = "%load_ext werkbook\nfrom werkbook import App\napp = App()"
ITEM = "from dataclasses import dataclass\n@dataclass\nclass Item:\n    name: str"


def exported(*sources: str, **options: object) -> str:
    cells = [Cell(f"c{n}", source) for n, source in enumerate([HEAD, *sources])]
    return export(cells, Options(**options)).source  # type: ignore[arg-type]  # options


@pytest.mark.parametrize(
    "source",
    [
        "@app.get('/')\ndef view(limit: int = 1): return [limit]",
        "@app.get('/')\ndef view(*, item: Item): return [item]",
        "@app.get('/')\ndef view() -> list[Item]: return []",
        "@app.get('/')\ndef view() -> int: return 1",
        "@app.get('/<n>', typed=True)\ndef view(n: int): return [n]",
        "from werkbook.typed import Query\n@app.get('/')\ndef view(n=Query(1)):"
        " return [n]",
        "%%route / (limit: int = 1)\n[limit]",
    ],
)
def test_typed_views_need_werkbook(source: str) -> None:
    """A file with typed views imports Werkbook, with the extra that reads them."""
    text = exported(ITEM, source)
    assert "from werkbook import App" in text
    assert '"werkbook[typed]' in text
    with pytest.raises(TypedTargetError) as caught:
        exported(ITEM, source, is_target_asked=True)
    assert str(caught.value) == (
        "The notebook has typed views, and --target flask.\n"
        "  Why: Flask reads no parameters by their hints; the file needs Werkbook.\n"
        "  Fix: leave --target out, or write typed=False in their decorators."
    )


@pytest.mark.parametrize(
    "source",
    [
        "@app.get('/<n>')\ndef view(n: int) -> str: return n",
        "@app.get('/')\ndef view() -> dict: return {}",
        "@app.get('/')\ndef view(limit=1): return [limit]",
        "def helper(limit: int = 1) -> Item: ...\n@app.get('/')\ndef view():"
        " return repr(helper())",
    ],
)
def test_other_views_need_flask_alone(source: str) -> None:
    """Hints that change nothing leave the file Flask's."""
    text = exported(ITEM, source)
    assert "from flask import Flask" in text
    assert "werkbook[" not in text


def test_notebook_without_werkbook_stays_flasks() -> None:
    """In a notebook that uses Flask itself, hints mean nothing."""
    cells = [
        Cell("a", "from flask import Flask\napp = Flask(__name__)"),
        Cell("b", "@app.get('/')\ndef view(limit: int = 1): return [limit]"),
    ]
    assert "from flask import Flask" in export(cells, Options()).source


def test_route_line_becomes_the_functions_arguments() -> None:
    """The parameters of a `%%route` line are written as the author wrote them."""
    route = "%%route POST /items/<shop> (item: Item, limit: int = 10) -> Item\nitem"
    text = exported(ITEM, route)
    assert (
        '@app.post("/items/<shop>")\n'
        "def post_items_shop(shop, *, item: Item, limit: int = 10) -> Item:\n"
        "    return item\n"
    ) in text
    assert "class Item" in text
    late = exported(route, ITEM)
    assert "(shop, *, item: 'Item', limit: int=10) -> 'Item':" in late
    assert "class Item" in late


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("def get(self, name): ...", "flask"),
        ("def get(self, name: str): ...", "flask"),
        ("def get(self, name, limit: int = 3): ...", "werkbook"),
        ("def post(self, name, item: Item): ...", "werkbook"),
        ("def get(self, name) -> Item: ...", "werkbook"),
        ("def help(self, limit: int): ...", "flask"),
    ],
)
@pytest.mark.parametrize("has_name", [False, True])
def test_methods_of_a_class_decide_the_target(
    method: str, target: str, has_name: bool
) -> None:
    """A `MethodView` whose methods are typed needs Werkbook, as a typed view does."""
    view = "view = Items.as_view('items')\n" if has_name else ""
    used = "view" if has_name else "Items.as_view('items')"
    source = (
        "from dataclasses import dataclass\nfrom werkbook import App\n"
        "from werkbook.views import MethodView\napp = App()\n"
        "@dataclass\nclass Item:\n    name: str\n"
        f"class Items(MethodView):\n    {method}\n{view}"
        f"app.add_url_rule('/items/<name>', view_func={used})\n"
    )
    assert export([Cell("c", source)]).package == target
