"""Typed views in a notebook: their classes are those of the present cells."""

from tests.werkbook.run_cells import Cells

ITEM = """
from dataclasses import dataclass
@dataclass
class NewItem:
    {fields}
"""
VIEW = """
@app.post("/items")
def add(item: {hint}):
    return repr(item)
"""


def sent(cells: Cells, **body: object) -> tuple[int, str]:
    response = cells.send("POST", "/items", json=body)
    return response.status_code, response.text


def test_class_that_is_defined_anew_counts(cells: Cells) -> None:
    """A view sees the class of the present cell, before, after, after a failure."""
    for hint in ("NewItem", "'NewItem'", "NewItem | None", "list[NewItem] | NewItem"):
        cells.ran("item", ITEM.format(fields="name: str"))
        cells.ran("view", VIEW.format(hint=hint))
        assert sent(cells, name="n") == (200, "NewItem(name='n')")
        cells.ran("item", ITEM.format(fields="title: str"))
        assert sent(cells, title="t") == (200, "NewItem(title='t')")
        assert sent(cells, name="n")[0] == 422
        cells.run("item", ITEM.format(fields="year: int") + "\n1 / 0")
        # Names are Python's: what the failed cell bound is bound.
        assert sent(cells, year=1) == (200, "NewItem(year=1)")


def test_class_of_a_later_cell(cells: Cells) -> None:
    """A hint may name a class that a later cell defines."""
    cells.ran("view", VIEW.format(hint="'NewItem'"))
    status, text = sent(cells, name="n")
    assert status == 500
    assert "NewItem" in text
    cells.ran("item", ITEM.format(fields="name: str"))
    assert sent(cells, name="n") == (200, "NewItem(name='n')")


def test_result_of_a_class_that_is_defined_anew(cells: Cells) -> None:
    """A return annotation sees the present class too."""
    cells.ran("item", ITEM.format(fields="name: str = 'n'"))
    cells.ran("view", "@app.get('/')\ndef view() -> NewItem: return NewItem()")
    assert cells.get("/").json == {"name": "n"}
    cells.ran("item", ITEM.format(fields="year: int = 3"))
    assert cells.get("/").json == {"year": 3}


def test_view_that_becomes_typed_and_back(cells: Cells) -> None:
    """Running the view's cell again changes what its hints say at once."""
    view = "@app.get('/')\ndef view({parameters}): return [limit]"
    cells.ran("view", view.format(parameters="limit=1"))
    assert cells.get("/?limit=5").json == [1]
    cells.ran("view", view.format(parameters="limit: int = 1"))
    assert cells.get("/?limit=5").json == [5]
    cells.run("view", view.format(parameters="limit: int = 2") + "\n1 / 0")
    assert cells.get("/").json == [1]
    cells.ran("view", view.format(parameters="limit=1"))
    assert cells.get("/?limit=5").json == [1]
