"""The document: from rules, hints, docstrings, handlers, sessions and records."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from pydantic import BaseModel
from tests.werkbook.run_cells import Cells
from werkzeug.datastructures import FileStorage

from werkbook import App, Blueprint, session
from werkbook.openapi import RecordedExchange, make_document
from werkbook.typed import Body, Cookie, File, Form, Header, Path, Query
from werkbook.views import MethodView


class Colour(Enum):
    RED = "red"


@dataclass
class Item:
    name: str
    price: float = 1.0


class Order(msgspec.Struct):
    items: list[Item]


class Person(BaseModel):
    name: str
    items: list[Item] = []


def operation(app: App, path: str, method: str = "get", **options: Any) -> Any:
    """Return an operation of a valid document."""
    document = make_document(app, **options)
    validate(document)
    return document["paths"][path][method]


def test_rules_and_docstrings(app: App) -> None:
    """Path, method, id, summary and description come from rule, endpoint, docstring."""

    @app.route("/shops/<int:shop>/<any(a, b):kind>/<path:rest>", methods=["GET", "PUT"])
    def show_shop(shop, kind, rest):
        """Show a shop.

        All of it.
        """

    written = operation(app, "/shops/{shop}/{kind}/{rest}")
    assert written == {
        "operationId": "show_shop",
        "summary": "Show a shop",
        "description": "All of it.",
        "parameters": [
            {
                "name": "shop",
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "minimum": 0},
            },
            {
                "name": "kind",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "enum": ["a", "b"]},
            },
            {
                "name": "rest",
                "in": "path",
                "required": True,
                "description": "May contain slashes.",
                "schema": {"type": "string"},
            },
        ],
        "responses": {
            "200": {"description": "OK"},
            "404": {"description": "Not Found"},
        },
    }
    other = operation(app, "/shops/{shop}/{kind}/{rest}", "put")
    assert other["operationId"] == "show_shop_put"


def test_hints(app: App) -> None:
    """Parameters, body, result and problem details come from the hints."""

    @app.post("/items/<key>")
    def add(
        key: UUID,
        item: Item,
        limit: int = Query(10, ge=1, description="How many."),
        colour: Colour = Colour.RED,
        trace: str = Header(alias="X-Trace"),
        visits: int = Cookie(0),
    ) -> list[Item]:
        return [item]

    written = operation(app, "/items/{key}", "post")
    assert [(one["name"], one["in"]) for one in written["parameters"]] == [
        ("key", "path"),
        ("limit", "query"),
        ("colour", "query"),
        ("X-Trace", "header"),
        ("visits", "cookie"),
    ]
    assert written["parameters"][1] == {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "How many.",
        "schema": {"type": "integer", "minimum": 1, "default": 10},
    }
    reference = {"$ref": "#/components/schemas/Item"}
    assert written["requestBody"] == {
        "required": True,
        "content": {"application/json": {"schema": reference}},
    }
    assert written["responses"]["200"]["content"] == {
        "application/json": {"schema": {"type": "array", "items": reference}}
    }
    assert sorted(written["responses"]) == ["200", "404", "415", "422"]


def test_forms_and_files(app: App) -> None:
    """Fields and files are one form."""

    @app.post("/one")
    def one(item: Item = Form(), picture: FileStorage = File(), n: int = Form(3)): ...

    @app.post("/two")
    def two(name: str = Form()): ...

    [(kind, media)] = operation(app, "/one", "post")["requestBody"]["content"].items()
    assert kind == "multipart/form-data"
    assert media["schema"] == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "price": {"type": "number"},
            "picture": {"type": "string", "format": "binary"},
            "n": {"type": "integer", "default": 3},
        },
        "required": ["name", "picture"],
    }
    [kind] = operation(app, "/two", "post")["requestBody"]["content"]
    assert kind == "application/x-www-form-urlencoded"


def test_classes_of_one_name_are_two_components(app: App) -> None:
    """Another class of the same name gets a number."""

    def make() -> type:
        @dataclass
        class Item:
            other: int

        return Item

    def first() -> Item: ...

    def second(): ...

    second.__annotations__["return"] = make()
    app.get("/first")(first)
    app.get("/second")(second)
    schemas = make_document(app)["components"]["schemas"]
    assert sorted(schemas) == ["Item", "Item_2"]
    content = operation(app, "/second")["responses"]["200"]["content"]
    reference = {"$ref": "#/components/schemas/Item_2"}
    assert content["application/json"]["schema"] == reference


def test_handlers_blueprints_and_sessions(app: App) -> None:
    """Error handlers are responses, blueprints tags, the session a security scheme."""
    blueprint = Blueprint("shop", __name__, url_prefix="/shop")

    @blueprint.errorhandler(409)
    def handle_conflict(error):
        """Somebody was faster."""

    @app.errorhandler(ValueError)
    def handle_value(error): ...

    @blueprint.get("/")
    def show():
        return session["name"]

    @app.get("/plain")
    def plain(): ...

    app.register_blueprint(blueprint)
    written = operation(app, "/shop/")
    assert written["tags"] == ["shop"]
    assert written["security"] == [{"session": []}, {}]
    assert written["responses"] == {
        "200": {"description": "OK"},
        "409": {"description": "Somebody was faster"},
        "default": {"description": "An error handler answers ValueError."},
    }
    document = make_document(app)
    assert document["tags"] == [{"name": "shop"}]
    assert document["components"]["securitySchemes"]["session"]["name"] == "session"
    assert "security" not in document["paths"]["/plain"]["get"]


def test_method_views_have_a_docstring_for_each_method(app: App) -> None:
    """The methods of a view class are described one by one."""

    class Shop(MethodView):
        def get(self):
            """See it."""

        def post(self):
            """Change it."""

    app.add_url_rule("/shop", view_func=Shop.as_view("shop"))
    assert operation(app, "/shop")["summary"] == "See it"
    assert operation(app, "/shop", "post")["summary"] == "Change it"


def test_static_files_and_options_are_no_api(app: App) -> None:
    """The static rule, HEAD and OPTIONS are left out."""
    app.get("/")(lambda: "")
    assert list(make_document(app)["paths"]) == ["/"]
    assert list(make_document(app)["paths"]["/"]) == ["get"]


def test_rules_of_one_shape_are_one_path(app: App) -> None:
    """Two rules that differ in the names of variables are one path of OpenAPI."""
    app.get("/<a>/x")(lambda a: a)
    app.post("/<int:b>/x", endpoint="post")(lambda b: b)
    document = make_document(app)
    validate(document)
    [(path, methods)] = document["paths"].items()
    assert path == "/{a}/x" or path == "/{b}/x"
    assert sorted(methods) == ["get", "post"]


def test_records_give_shapes_and_examples(app: App) -> None:
    """Without hints the shape of responses is that of the recorded ones."""

    @app.post("/items")
    def add(): ...

    def record(status: int, received: Any, sent: Any = None) -> RecordedExchange:
        kind = "application/json"
        return RecordedExchange("POST", "/items", status, kind, sent, received)

    recorded = [
        record(201, {"id": 1, "tags": []}, {"name": "a"}),
        record(201, {"id": 2.5, "tags": ["x"], "note": None}, {"name": "b"}),
        record(404, {"error": "x" * 5000}),
    ]
    written = operation(app, "/items", "post", recorded=recorded)
    assert written["requestBody"]["content"]["application/json"]["example"] == {
        "name": "b"
    }
    assert written["responses"]["201"]["content"]["application/json"] == {
        "schema": {
            "type": "object",
            "properties": {
                "id": {"type": "number"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "note": {"type": "null"},
            },
            "required": ["id", "tags"],
        },
        "example": {"id": 2.5, "tags": ["x"], "note": None},
    }
    assert "example" not in written["responses"]["404"]["content"]["application/json"]


def test_document_is_of_the_present_cells(cells: Cells) -> None:
    """No document is older than the last cell: rules and classes of now are in it."""
    view = "@app.get('/{rule}')\ndef view(q: {hint}): ..."
    item = (
        "from dataclasses import dataclass\n@dataclass\nclass Item:\n    {field}: int"
    )
    cells.ran("item", item.format(field="a"))
    cells.ran("view", view.format(rule="one", hint="Item"))
    assert list(make_document(cells["app"])["paths"]) == ["/one"]
    cells.ran("item", item.format(field="b"))
    schemas = make_document(cells["app"])["components"]["schemas"]
    assert list(schemas["Item"]["properties"]) == ["b"]
    cells.run("view", view.format(rule="two", hint="int") + "\n1 / 0")
    assert list(make_document(cells["app"])["paths"]) == ["/one"]
    cells.ran("view", view.format(rule="two", hint="int"))
    assert list(make_document(cells["app"])["paths"]) == ["/two"]
    cells.ran("view", "")
    assert make_document(cells["app"])["paths"] == {}


CONVERTERS = st.sampled_from(
    [
        "",
        "int:",
        "float:",
        "uuid:",
        "path:",
        "any(a,b):",
        "string(length=2):",
        "int(min=3, max=9):",
        "int(signed=True):",
        "string(minlength=2, maxlength=4):",
    ]
)
NAMES = st.sampled_from(["a", "b", "c", "d"])
HINTS = st.sampled_from(
    [
        *(int, str, float | None, list[Item], Item, Order, Person, Colour, UUID, bool),
        *(dict[str, int], list[str], Annotated[int, msgspec.Meta(ge=1)], Any, object),
    ]
)
MARKERS = st.sampled_from([None, Query, Header, Cookie, Form, File, Body, Path])


@st.composite
def rules(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Draw a rule and the names of its variables."""
    names = draw(st.lists(NAMES, unique=True, max_size=2))
    parts = [f"<{draw(CONVERTERS)}{name}>" for name in names]
    parts.insert(draw(st.integers(0, len(parts))), draw(st.sampled_from("xyz")))
    return "/" + "/".join(parts), names


@given(st.lists(st.tuples(rules(), st.data()), max_size=5))
@settings(max_examples=60, deadline=None)
def test_documents_of_any_app_are_valid(drawn: list[Any]) -> None:
    """Whatever is registered, the document is OpenAPI 3.1."""
    app = App("generated", root_path="/tmp")
    for number, ((rule, names), data) in enumerate(drawn):

        def view(**values: Any): ...

        parameters = data.draw(st.lists(st.tuples(NAMES, HINTS, MARKERS), max_size=3))
        source = ", ".join(
            dict.fromkeys([*names, *(f"p{name}" for name, _, _ in parameters)])
        )
        scope: dict[str, Any] = {}
        exec(f"def view(*, {source}): ..." if source else "def view(): ...", scope)
        made = scope["view"]
        defaults = {}
        for name, hint, marker in parameters:
            made.__annotations__[f"p{name}"] = hint
            if marker is not None:
                defaults[f"p{name}"] = marker()
        made.__kwdefaults__ = defaults
        made.__annotations__["return"] = data.draw(HINTS)
        methods = data.draw(st.sampled_from([["GET"], ["POST"], ["GET", "PUT"]]))
        try:
            app.add_url_rule(rule, f"view{number}", made, methods=methods)
        except TypeError:
            continue  # the markers do not fit; nothing is registered
    validate(make_document(app))


@pytest.mark.parametrize("name", ["a", "a_b", "shop"])
def test_title_and_version_are_settings(app: App, name: str) -> None:
    """The configuration names the API; else the app's name does."""
    assert make_document(app)["info"] == {"title": "app_of_tests", "version": "0.1.0"}
    app.config.update(
        OPENAPI_TITLE=name, OPENAPI_VERSION=2, OPENAPI_DESCRIPTION="About it."
    )
    assert make_document(app)["info"] == {
        "title": name,
        "version": "2",
        "description": "About it.",
    }


def test_methods_of_a_class_have_contracts_of_their_own(app: App) -> None:
    """Each method of a `MethodView` is described by its own hints."""

    class Items(MethodView):
        def get(self, limit: int = 10) -> list[Item]:
            return [Item("lamp")][:limit]

        def post(self, item: Item) -> tuple[Item, int]:
            return item, 201

    app.add_url_rule("/items", view_func=Items.as_view("items"))
    got = operation(app, "/items")
    assert [one["name"] for one in got["parameters"]] == ["limit"]
    assert "requestBody" not in got
    posted = operation(app, "/items", "post")
    assert "parameters" not in posted
    reference = {"$ref": "#/components/schemas/Item"}
    assert posted["requestBody"]["content"]["application/json"]["schema"] == reference


def test_status_that_a_view_returns_is_read_from_its_code(app: App) -> None:
    """Before anything is recorded, `return item, 201` says what a success is."""

    @app.post("/both")
    def both(item: Item, again: bool = False) -> tuple[Item, int]:
        if again:
            return item
        return item, 201

    @app.post("/one")
    def one(item: Item) -> tuple[Item, int]:
        return item, 202

    @app.post("/unknown")
    def unknown(item: Item, status: int = 200) -> tuple[Item, int]:
        return item, status

    @app.get("/constant")
    def constant(limit: int = 1) -> tuple[int, int]:
        return 5, 203

    def statuses(path: str, method: str = "post") -> list[str]:
        found = operation(app, path, method)["responses"]
        return [status for status in found if status.startswith("2")]

    assert statuses("/both") == ["200", "201"]
    assert statuses("/one") == ["202"]
    assert statuses("/unknown") == ["200"]
    assert statuses("/constant", "get") == ["203"]


def test_field_that_two_records_share_is_one_parameter(app: App) -> None:
    """OpenAPI has one parameter for each place and name."""

    @dataclass
    class Page:
        name: str = ""

    @app.get("/")
    def index(item: Item = Query(), page: Page = Query()) -> str:
        return item.name + page.name

    found = operation(app, "/")["parameters"]
    assert [(one["name"], one["required"]) for one in found] == [
        ("name", True),
        ("price", False),
    ]
