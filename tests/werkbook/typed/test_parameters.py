"""Where parameters come from, by hints and markers."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from io import BytesIO
from typing import Annotated, Literal, NamedTuple, TypedDict
from uuid import UUID

import msgspec
import pytest
from pydantic import BaseModel, Field
from werkzeug.datastructures import FileStorage

from werkbook import App, WerkbookError, request
from werkbook.testing import FlaskClient
from werkbook.typed import Body, Cookie, File, Form, Header, Path, Query


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class NewItem:
    name: str
    price: float = 1.0


class Size(TypedDict):
    width: int
    height: int


class Point(NamedTuple):
    x: int
    y: int = 0


class Order(msgspec.Struct):
    items: list[NewItem]
    note: str | None = None


class Person(BaseModel):
    name: str = Field(min_length=2)
    age: int


def describe(**values: object) -> dict[str, str]:
    return {name: repr(value) for name, value in values.items()}


def test_query_values_are_of_their_types(app: App, client: FlaskClient) -> None:
    """A parameter of a plain type comes from the query string."""

    @app.get("/")
    def view(
        number: int,
        ratio: float,
        on: bool,
        day: date,
        at: datetime,
        key: UUID,
        cost: Decimal,
        colour: Colour,
        kind: Literal["a", "b"],
        text: str | None = None,
    ):
        return describe(**locals())

    query = {
        "number": "3",
        "ratio": "1.5",
        "on": "true",
        "day": "2024-02-29",
        "at": "2024-02-29T10:00:00Z",
        "key": "1" * 32,
        "cost": "9.90",
        "colour": "blue",
        "kind": "b",
    }
    assert client.get("/", query_string=query).json == {
        "number": "3",
        "ratio": "1.5",
        "on": "True",
        "day": "datetime.date(2024, 2, 29)",
        "at": "datetime.datetime(2024, 2, 29, 10, 0, tzinfo=datetime.timezone.utc)",
        "key": f"UUID('{UUID('1' * 32)}')",
        "cost": "Decimal('9.90')",
        "colour": "<Colour.BLUE: 'blue'>",
        "kind": "'b'",
        "text": "None",
    }


def test_defaults_hold_where_the_request_has_nothing(
    app: App, client: FlaskClient
) -> None:
    """A default of the function, of a marker, and of a list are used as they are."""

    @app.get("/")
    def view(limit: int = 10, page: int = Query(1), tags: list[str] = Query(["a"])):
        tags.append("used")
        return describe(limit=limit, page=page, tags=tags)

    expected = {"limit": "10", "page": "1", "tags": "['a', 'used']"}
    assert client.get("/").json == expected
    assert client.get("/").json == expected  # no request changes the default


def test_lists_take_each_value_of_a_name(app: App, client: FlaskClient) -> None:
    """A list, set or tuple marked as a query has all values of its name."""

    @app.get("/")
    def view(ids: list[int] = Query(), tags: set[str] | None = Query(None)):
        return describe(ids=ids, tags=tags)

    assert client.get("/?ids=2&ids=1&tags=x").json == {"ids": "[2, 1]", "tags": "{'x'}"}


def test_escaped_and_plain_queries_mean_the_same(app: App, client: FlaskClient) -> None:
    """A query is read as `request.args` reads it, escaped or not."""

    @app.get("/")
    def view(q: str, r: str = ""):
        return {"hints": [q, r], "args": [request.args["q"], request.args.get("r", "")]}

    for query in (
        "q=a=b&r=",
        "q=a%20b",
        "q=a+b",
        "q=%FF",
        "q=1&q=2",
        "&&q=x&",
        "q&r=1",
    ):
        found = client.get(f"/?{query}").json
        assert found["hints"] == found["args"]


def test_header_and_cookie(app: App, client: FlaskClient) -> None:
    """Headers are named with dashes, or by an alias; cookies by their name."""

    @app.get("/")
    def view(
        user_agent: str = Header(),
        token: Annotated[str, Header(alias="X-Api-Token")] = "none",
        accept: list[str] = Header(),
        visits: int = Cookie(0),
    ):
        return describe(agent=user_agent, token=token, accept=accept, visits=visits)

    client.set_cookie("visits", "4")
    headers = {"User-Agent": "me", "X-Api-Token": "t", "Accept": "a, b"}
    assert client.get("/", headers=headers).json == {
        "agent": "'me'",
        "token": "'t'",
        "accept": "['a', 'b']",
        "visits": "4",
    }


def test_form_and_files(app: App, client: FlaskClient) -> None:
    """Fields and files of a form, one by one and as a record."""

    @app.post("/one")
    def one(
        name: str = Form(),
        sizes: list[int] = Form(),
        picture: FileStorage | None = None,
        text: bytes = File(b""),
        more: list[FileStorage] = File([]),
    ):
        names = [one.filename for one in more]
        file = picture and picture.filename
        return describe(name=name, sizes=sizes, picture=file, text=text, more=names)

    @app.post("/record")
    def record(item: NewItem = Form()):
        return describe(item=item)

    data = {
        "name": "n",
        "sizes": ["1", "2"],
        "picture": (BytesIO(b"p"), "p.png"),
        "text": (BytesIO(b"t"), "t.txt"),
    }
    assert client.post("/one", data=data).json == {
        "name": "'n'",
        "sizes": "[1, 2]",
        "picture": "'p.png'",
        "text": "b't'",
        "more": "[]",
    }
    found = client.post("/record", data={"name": "n", "price": "2"}).json
    assert found == {"item": "NewItem(name='n', price=2.0)"}


@pytest.mark.parametrize(
    ("hint", "sent", "read"),
    [
        (NewItem, {"name": "n"}, "NewItem(name='n', price=1.0)"),
        (Size, {"width": 1, "height": 2}, "{'height': 2, 'width': 1}"),
        (Point, [1, 2], "Point(x=1, y=2)"),
        (
            Order,
            {"items": [{"name": "n"}]},
            f"Order(items=[{NewItem('n')}], note=None)",
        ),
        (Person, {"name": "Ada", "age": 36}, "Person(name='Ada', age=36)"),
        (list[Person], [{"name": "Ada", "age": 1}], "[Person(name='Ada', age=1)]"),
        (list[NewItem], [{"name": "n"}], f"[{NewItem('n')}]"),
        (dict[str, int], {"a": 1}, "{'a': 1}"),
        (dict, {"a": [1]}, "{'a': [1]}"),
        (NewItem | None, {"name": "n"}, "NewItem(name='n', price=1.0)"),
    ],
)
def test_body_is_of_the_hint(
    app: App, client: FlaskClient, hint: type, sent: object, read: str
) -> None:
    """A parameter of a type with fields or items is the JSON body."""

    def view(body):
        return describe(body=body)

    view.__annotations__["body"] = hint
    app.post("/")(view)
    assert client.post("/", json=sent).json == {"body": read}


def test_several_bodies_stand_below_their_names(app: App, client: FlaskClient) -> None:
    """Two bodies, or one that is embedded, are parts of one JSON object."""

    @app.post("/two")
    def two(item: NewItem, size: Size, count: int = Body(1)):
        return describe(item=item, size=size, count=count)

    @app.post("/one")
    def one(item: NewItem = Body(embed=True)):
        return describe(item=item)

    sent = {"item": {"name": "n"}, "size": {"width": 1, "height": 2}}
    assert client.post("/two", json=sent).json == {
        "item": "NewItem(name='n', price=1.0)",
        "size": "{'height': 2, 'width': 1}",
        "count": "1",
    }
    assert client.post("/one", json=sent).json == {
        "item": "NewItem(name='n', price=1.0)"
    }


def test_variables_of_the_rule_are_of_their_hints(
    app: App, client: FlaskClient
) -> None:
    """In a typed view a variable is of its hint too, whatever converter it has."""

    @app.get("/<kind>/<int:number>/<key>")
    def view(kind: Colour, number: int, key: UUID, page: int = 1):
        return describe(kind=kind, number=number, key=key)

    key = "1" * 32
    assert client.get(f"/red/3/{key}").json == {
        "kind": "<Colour.RED: 'red'>",
        "number": "3",
        "key": f"UUID('{UUID(key)}')",
    }


def test_body_can_be_read_again(app: App, client: FlaskClient) -> None:
    """What a hint read is still there for `request`."""

    @app.post("/")
    def view(item: NewItem):
        return {"json": request.json, "data": request.get_data(as_text=True)}

    found = client.post("/", data='{"name": "n"}', content_type="application/json").json
    assert found == {"json": {"name": "n"}, "data": '{"name": "n"}'}


def test_body_keeps_the_limit(app: App, client: FlaskClient) -> None:
    """`MAX_CONTENT_LENGTH` holds for a body that a hint reads."""
    app.config["MAX_CONTENT_LENGTH"] = 10

    @app.post("/")
    def view(item: NewItem):
        return "read"

    assert client.post("/", json={"name": "x" * 20}).status_code == 413


def error_of(app: App, view: object, rule: str = "/") -> str:
    with pytest.raises(WerkbookError) as caught:
        app.post(rule)(view)  # type: ignore[type-var]  # a function
    return str(caught.value)


def test_path_marker_needs_a_variable(app: App) -> None:
    """`Path()` on a name that the rule does not have is an error when registered."""

    def view(key: int = Path()): ...

    assert error_of(app, view, "/<other>") == (
        "View function 'view': parameter 'key' is Path(), and no variable of the"
        " rule.\n"
        "  Why: the rule's variables are other.\n"
        "  Fix: write <key> in the rule, or Query() in place of Path()."
    )
    assert not any(rule.endpoint == "view" for rule in app.url_map.iter_rules())


def test_variable_is_no_query(app: App) -> None:
    """Another marker on a variable of the rule is an error."""

    def view(key: int = Query()): ...

    assert error_of(app, view, "/<key>") == (
        "View function 'view': parameter 'key' is Query(), and a variable of the"
        " rule.\n"
        "  Why: a variable of the rule comes from the path.\n"
        "  Fix: write key without Query(), or give it another name."
    )


def test_json_and_form_exclude_each_other(app: App) -> None:
    """A view takes JSON or a form."""

    def view(item: NewItem, name: str = Form()): ...

    assert error_of(app, view) == (
        "View function 'view' takes JSON and a form.\n"
        "  Why: a request has one body: Body() is JSON, Form() and File() are a form.\n"
        "  Fix: write Form() in place of Body()."
    )


def test_type_that_nothing_reads(app: App) -> None:
    """A marker on a type that can't be read is an error."""

    class Odd: ...

    def view(odd: Odd | int = Query(ge=1)): ...

    assert error_of(app, view).startswith(
        "View function 'view': its parameter 'odd' can't be read.\n  Why: "
    )


def test_unknown_constraint() -> None:
    """A constraint that JSON Schema does not have is an error at once."""
    with pytest.raises(TypeError) as caught:
        Query(biggest=3)
    assert str(caught.value) == (
        "Query() got an unexpected keyword argument 'biggest'; it takes gt, ge, lt, le,"
        " multiple_of, pattern, min_length, max_length."
    )
