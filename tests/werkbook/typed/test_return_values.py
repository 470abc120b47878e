"""Return annotations: what is sent, and what is checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, TypedDict

import msgspec
import pytest
from pydantic import BaseModel

from werkbook import App, Response
from werkbook.testing import FlaskClient
from werkbook.typed.return_values import ResultMismatchError


@dataclass
class Item:
    name: str
    price: float = 1.0


class Account(msgspec.Struct):
    name: str
    items: list[Item] = []


class Person(BaseModel):
    name: str
    age: int = 1


class Row(TypedDict):
    name: str


class Stored:
    """An object of a database, with more than is told."""

    name = "Ada"
    items: list[Item] = []
    password = "secret"


def add(app: App, hint: Any, value: Any) -> None:
    """Register a view at `/` with a return annotation, which returns a value."""

    def view() -> None:
        return value

    view.__annotations__["return"] = hint
    app.get("/")(view)


@pytest.mark.parametrize(
    ("hint", "value", "sent"),
    [
        (Item, Item("n"), '{"name":"n","price":1.0}'),
        (Item, {"name": "n", "password": "p"}, '{"name":"n","price":1.0}'),
        (
            list[Item],
            [Item("n"), {"name": "m"}],
            '[{"name":"n","price":1.0},{"name":"m","price":1.0}]',
        ),
        (Account, Stored(), '{"name":"Ada","items":[]}'),
        (Row, {"name": "n", "password": "p"}, '{"name":"n"}'),
        (Person, {"name": "Ada"}, '{"name":"Ada","age":1}'),
        (list[Person], [Person(name="Ada")], '[{"name":"Ada","age":1}]'),
        (Item | None, None, "null"),
        (Item | Response, Item("n"), '{"name":"n","price":1.0}'),
        (int, 3, "3"),
        (tuple[Item, int], (Item("n"), 201), '{"name":"n","price":1.0}'),
    ],
)
def test_values_become_json(
    app: App, client: FlaskClient, hint: Any, value: Any, sent: str
) -> None:
    """A value is sent as its annotation says, and nothing that it does not name."""
    add(app, hint, value)
    for app.debug in (False, True):
        response = client.get("/")
        assert (response.content_type, response.text) == ("application/json", sent)
        assert response.status_code == (201 if isinstance(value, tuple) else 200)


def test_status_headers_and_responses_stay(app: App, client: FlaskClient) -> None:
    """Tuples mean what they mean in Flask, and a response is sent as it is."""

    @app.get("/tuple")
    def of_tuple() -> Item:
        return Item("n"), 202, {"X-Of": "view"}

    @app.get("/response")
    def of_response() -> Item:
        return Response("as it is")

    found = client.get("/tuple")
    assert (found.status_code, found.headers["X-Of"]) == (202, "view")
    assert found.json == {"name": "n", "price": 1.0}
    assert client.get("/response").text == "as it is"


def test_hooks_see_the_response(app: App, client: FlaskClient) -> None:
    """What runs after a request gets a response with the JSON."""
    add(app, Item, Item("n"))
    seen = []
    app.after_request(lambda response: seen.append(response.json) or response)
    assert client.get("/").json == {"name": "n", "price": 1.0}
    assert seen == [{"name": "n", "price": 1.0}]


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (str, "text"),
        (Response, "text"),
        ("Unknown", "text"),
        (dict, {"b": 1, "a": 2}),
        (dict[str, int], {"b": 1, "a": 2}),
        (list[str], ["a"]),
        (Iterator[str], iter(["a"])),
        (Any, "text"),
        (None, "text"),
        (str | Response, "text"),
        (tuple[str, int], ("text", 201)),
    ],
)
def test_what_flask_sends_stays_as_it_is(
    app: App, client: FlaskClient, hint: Any, value: Any
) -> None:
    """An annotation that says no more than Flask knows changes no byte."""
    app.get("/bare")(lambda: value)
    add(app, hint, value)
    response = client.get("/")
    if isinstance(value, dict):
        assert response.text == '{"a":2,"b":1}\n'  # the app's own JSON
    elif not isinstance(value, Iterator):
        bare = client.get("/bare")
        assert response.data == bare.data
        assert response.headers == bare.headers


def test_value_of_another_type_is_an_error(app: App, client: FlaskClient) -> None:
    """What the annotation has no way to send is an error that names each field."""
    add(app, Account, {"items": [{"name": 1}]})
    with pytest.raises(ResultMismatchError) as caught:
        client.get("/")
    assert str(caught.value) == (
        "What view function 'view' returned is not as its return annotation Account"
        " says.\n"
        "  Why: response name: is missing; response items[0].name: Expected `str`, got"
        " `int`.\n"
        "  Fix: return what the annotation says, or change the annotation."
    )


@pytest.mark.parametrize(
    ("hint", "value", "field"),
    [
        (Item, Item("n", "dear"), "price"),  # type: ignore[arg-type]  # it is wrong
        (Account, Account("n", [Item(1)]), "items[0].name"),  # type: ignore[arg-type]
        (dict[str, int], {"a": "b"}, "a"),
    ],
)
def test_fields_are_checked_in_debug(
    app: App, client: FlaskClient, hint: Any, value: Any, field: str
) -> None:
    """The fields of objects are checked in debug mode, and not where it is off."""
    add(app, hint, value)
    assert client.get("/").status_code == 200
    app.debug = True
    with pytest.raises(ResultMismatchError) as caught:
        client.get("/")
    assert [one.field for one in caught.value.problems] == [field]


def test_async_view(app: App, client: FlaskClient) -> None:
    """The hints of an async view count."""

    @app.get("/")
    async def view(limit: int = 1) -> Item:
        return Item("n", limit)

    assert client.get("/?limit=3").json == {"name": "n", "price": 3.0}


@pytest.mark.parametrize(
    ("hint", "value", "sent"),
    [
        (tuple[int, str], (1, "a"), (200, '[1,"a"]')),
        (tuple[float, float], (0.5, 404.0), (200, "[0.5,404.0]")),
        (tuple[Item, str], (Item("n"), "a"), (200, '[{"name":"n","price":1.0},"a"]')),
        (tuple[int, ...], (1, 2, 3), (200, "[1,2,3]")),
        (tuple[int, str, int], (1, "a", 2), (200, '[1,"a",2]')),
        (tuple[int, str] | None, None, (200, "null")),
        (tuple[tuple[int, str], int], ((1, "a"), 201), (201, '[1,"a"]')),
        (tuple[int, int], (1, 201), (201, "1")),
        (tuple[int, Literal[201, 202]], (1, 202), (202, "1")),
        (tuple[Item, HTTPStatus], (Item("n"), HTTPStatus.CREATED), (201, None)),
        (Item | tuple[Item, int], (Item("n"), 202), (202, None)),
        (tuple[Item, int, dict[str, str]], (Item("n"), 201, {"X-A": "b"}), (201, None)),
        (tuple[Item, dict[str, str]], (Item("n"), {"X-A": "b"}), (200, None)),
        (tuple[Item, list[tuple[str, str]]], (Item("n"), [("X-A", "b")]), (200, None)),
        (tuple[str, str], ("a", "404 NOT FOUND"), (404, "a")),
        (tuple[dict[str, int], str], ({}, "201 CREATED"), (201, "{}")),
        (tuple, ("a", 201), (201, "a")),
    ],
)
def test_tuple_is_taken_apart_where_flask_would_read_it_so(
    app: App, client: FlaskClient, hint: Any, value: Any, sent: tuple[int, str | None]
) -> None:
    """Status and headers are Flask's; any other tuple is the body, a list in JSON."""
    add(app, hint, value)
    answer = client.get("/")
    status, text = sent
    assert (answer.status_code, answer.get_data(as_text=True).rstrip()) == (
        status,
        '{"name":"n","price":1.0}' if text is None else text,
    )


def test_tuple_of_another_shape_is_told(app: App) -> None:
    """The error names the place in the tuple."""
    add(app, tuple[int, str], (1, 2))
    app.testing = True
    with pytest.raises(ResultMismatchError, match=r"response\[1\]|Expected `str`"):
        app.test_client().get("/")
