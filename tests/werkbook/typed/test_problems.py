"""What invalid input is answered with."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from pydantic import BaseModel

from werkbook import App
from werkbook.testing import FlaskClient
from werkbook.typed import Body, File, Form, Header, InvalidRequest, Query


@dataclass
class Part:
    name: str
    price: float


class Order(msgspec.Struct):
    parts: list[Part]
    sizes: dict[str, int]
    note: Annotated[str, msgspec.Meta(max_length=3)] = ""
    first: Part | None = None


class Person(BaseModel):
    name: str
    age: int


def list_errors(response: Any) -> list[tuple[str, str, str]]:
    """Return part, field and reason of each error."""
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    return [(one["in"], one["field"], one["detail"]) for one in response.json["errors"]]


def test_problem_details_name_each_field(app: App, client: FlaskClient) -> None:
    """The answer is RFC 9457's: one JSON object with a problem for each field."""

    @app.post("/<key>")
    def view(key: UUID, order: Order, limit: int, token: str = Header()):
        return "never"

    sent = {"parts": [{"name": 1}], "sizes": {"a": "b"}, "note": "long", "first": {}}
    response = client.post("/k?limit=many", json=sent)
    assert response.json == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "9 fields are not as declared.",
        "errors": [
            {"in": "path", "field": "key", "detail": "Invalid UUID"},
            {
                "in": "body",
                "field": "parts[0].name",
                "pointer": "#/parts/0/name",
                "detail": "Expected `str`, got `int`",
            },
            {
                "in": "body",
                "field": "parts[0].price",
                "pointer": "#/parts/0/price",
                "detail": "is missing",
            },
            {
                "in": "body",
                "field": "sizes.a",
                "pointer": "#/sizes/a",
                "detail": "Expected `int`, got 'b'",
            },
            {
                "in": "body",
                "field": "note",
                "pointer": "#/note",
                "detail": "Expected `str` of length <= 3",
            },
            {
                "in": "body",
                "field": "first.name",
                "pointer": "#/first/name",
                "detail": "is missing",
            },
            {
                "in": "body",
                "field": "first.price",
                "pointer": "#/first/price",
                "detail": "is missing",
            },
            {"in": "query", "field": "limit", "detail": "Expected `int`, got 'many'"},
            {"in": "header", "field": "Token", "detail": "is missing"},
        ],
    }


def test_models_name_each_field(app: App, client: FlaskClient) -> None:
    """pydantic's errors are told in the same form."""

    @app.post("/")
    def view(people: list[Person]):
        return "never"

    assert list_errors(client.post("/", json=[{"age": "old"}])) == [
        ("body", "[0].name", "Field required"),
        (
            "body",
            "[0].age",
            "Input should be a valid integer, unable to parse string as an integer",
        ),
    ]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "is missing"),
        (b"{", "is not JSON: "),
        (b"[]", "Expected `object`, got `array`"),
        (b"\xff", "is not JSON: byte 0 is no UTF-8"),
        (b'{"name": "\xff"}', "is not JSON: byte 10 is no UTF-8"),
        (b"[" * 100_000, "is not JSON: "),
    ],
)
def test_bodies_that_are_no_json(
    app: App, client: FlaskClient, body: bytes, detail: str
) -> None:
    """A body that is missing, malformed, or another kind of JSON is told so."""

    @app.post("/")
    def view(part: Part):
        return "never"

    response = client.post("/", data=body, content_type="application/json")
    [(place, field, said)] = list_errors(response)
    assert (place, field) == ("body", "")
    assert said.startswith(detail)


def test_embedded_bodies_name_their_part(app: App, client: FlaskClient) -> None:
    """Of several bodies each problem has its part's name in front."""

    @app.post("/")
    def view(part: Part, count: int = Body()):
        return "never"

    assert list_errors(client.post("/", json={"part": {"name": "n", "price": ""}})) == [
        ("body", "part.price", "Expected `float`, got ''"),
        ("body", "count", "is missing"),
    ]
    assert list_errors(client.post("/", json=[1])) == [
        ("body", "", "Expected `object`, got `array`")
    ]


def test_forms_and_constraints(app: App, client: FlaskClient) -> None:
    """Fields of forms, files and constraints are told as queries are."""

    @app.post("/")
    def view(
        part: Part = Form(),
        page: int = Query(1, ge=1),
        word: str | None = Query(None, pattern="^a"),
        picture: bytes = File(),
    ):
        return "never"

    assert list_errors(client.post("/?page=0&word=b", data={"price": "x"})) == [
        ("form", "name", "is missing"),
        ("form", "price", "Expected `float`, got 'x'"),
        ("query", "page", "Expected `int` >= 1"),
        ("query", "word", "Expected `str` matching regex '^a'"),
        ("file", "picture", "is missing"),
    ]


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("text/plain", "its Content-Type is text/plain"),
        (None, "it has no Content-Type"),
    ],
)
def test_other_media_types(
    app: App, client: FlaskClient, content_type: str | None, said: str
) -> None:
    """A body that is not said to be JSON is refused with 415, and why."""

    @app.post("/")
    def view(part: Part):
        return "read"

    response = client.post("/", data=b"name=n", content_type=content_type)
    assert response.status_code == 415
    assert response.content_type == "application/problem+json"
    assert response.json == {
        "type": "about:blank",
        "title": "Unsupported Media Type",
        "status": 415,
        "detail": f"The body must be application/json; {said}.",
    }
    for kind in ("application/json; charset=utf-8", "application/vnd.api+json"):
        body = b'{"name": "n", "price": 1}'
        assert client.post("/", data=body, content_type=kind).text == "read"


def test_error_handlers_have_their_say(app: App, client: FlaskClient) -> None:
    """An error handler of 422 answers in place of the problem details."""

    @app.get("/")
    def view(limit: int):
        return "never"

    @app.errorhandler(422)
    def handle(error: InvalidRequest):
        return {"wrong": [str(one) for one in error.errors]}, 400

    response = client.get("/")
    assert response.status_code == 400
    assert response.json == {"wrong": ["query limit: is missing"]}
