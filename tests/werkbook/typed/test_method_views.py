"""The methods of a `MethodView` are called as their own hints say."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.werkbook.run_cells import Cells

from werkbook import App
from werkbook.typed import Query
from werkbook.typed.parameters import ParameterError
from werkbook.views import MethodView


@dataclass
class Item:
    name: str
    price: float = 1.0


class Items(MethodView):
    init_every_request = True

    def get(self, shop: str, limit: int = 10) -> dict[str, Any]:
        return {"shop": shop, "limit": limit, "class": type(self).__name__}

    def post(self, shop: str, item: Item) -> tuple[Item, int]:
        return item, 201

    def delete(self, shop: str) -> str:
        return shop


@pytest.mark.parametrize("is_shared", [False, True])
def test_each_method_is_typed_by_its_hints(app: App, is_shared: bool) -> None:
    view = type("Items", (Items,), {"init_every_request": not is_shared})
    app.add_url_rule("/<shop>/items", view_func=view.as_view("items"))
    client = app.test_client()
    answer = client.get("/tea/items?limit=3")
    assert answer.json == {"shop": "tea", "limit": 3, "class": "Items"}
    assert client.get("/tea/items?limit=x").status_code == 422
    answer = client.post("/tea/items", json={"name": "lamp"})
    assert (answer.status_code, answer.json) == (201, {"name": "lamp", "price": 1.0})
    answer = client.post("/tea/items", json={"price": "x"})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == ["name", "price"]
    assert client.delete("/tea/items").text == "tea"


def test_head_is_answered_by_get(app: App) -> None:
    app.add_url_rule("/<shop>/items", view_func=Items.as_view("items"))
    assert app.test_client().head("/tea/items?limit=x").status_code == 422
    assert app.test_client().head("/tea/items?limit=1").status_code == 200


def test_typed_false_opts_out(app: App) -> None:
    class Plain(MethodView):
        def get(self, limit: int = 10) -> str:
            return repr(limit)

    app.add_url_rule("/", view_func=Plain.as_view("plain"), typed=False)
    assert app.test_client().get("/?limit=3").text == "10"


def test_untyped_methods_are_called_as_before(app: App) -> None:
    class Plain(MethodView):
        def get(self, key: int) -> str:
            return repr(key)

    app.add_url_rule("/<key>", view_func=Plain.as_view("plain"))
    assert app.test_client().get("/3").text == "'3'"


def test_async_methods_and_decorators(app: App) -> None:
    """A decorator of the class gets what the typed method makes."""
    seen = []

    def noting(view: Any) -> Any:
        def call(**values: Any) -> Any:
            seen.append(values)
            return view(**values)

        return call

    class Later(MethodView):
        decorators = [noting]

        async def get(self, limit: int) -> list[Item]:
            return [Item("lamp")] * limit

    app.add_url_rule("/", view_func=Later.as_view("later"))
    answer = app.test_client().get("/?limit=2")
    assert answer.json == [{"name": "lamp", "price": 1.0}] * 2
    assert seen == [{}]


def test_wrong_marker_is_said_when_the_rule_is_registered(app: App) -> None:
    class Wrong(MethodView):
        def get(self, item: Item = Query(ge=1)) -> str: ...

    with pytest.raises(ParameterError):
        app.add_url_rule("/", view_func=Wrong.as_view("wrong"))


def test_a_class_that_a_cell_defines_anew_is_followed(cells: Cells) -> None:
    """The hint names the class that the cell run last defines."""
    item = "from dataclasses import dataclass\n@dataclass\nclass Item:\n    name: str"
    cells.ran("item", item)
    cells.ran(
        "view",
        "from werkbook.views import MethodView\n"
        "class Items(MethodView):\n"
        "    def post(self, item: Item) -> Item:\n"
        "        return item\n"
        "app.add_url_rule('/items', view_func=Items.as_view('items'))",
    )
    assert cells.send("POST", "/items", json={"name": "a"}).json == {"name": "a"}
    cells.ran("item", f"{item}\n    size: int")
    assert cells.send("POST", "/items", json={"name": "a"}).status_code == 422
    sent = {"name": "a", "size": 1}
    assert cells.send("POST", "/items", json=sent).json == sent
