"""What changed in an API, and what of it breaks clients."""

from dataclasses import make_dataclass
from typing import Any

import pytest

from werkbook import App
from werkbook.openapi import make_document
from werkbook.openapi.differences import list_api_changes
from werkbook.typed import Query


def describe(view: Any, rule: str = "/items", method: str = "POST") -> Any:
    app = App("shop", root_path="/tmp")
    app.add_url_rule(rule, "view", view, methods=[method])
    return make_document(app)


def taking(**fields: Any) -> Any:
    """Return a view function with a body and a result of these fields."""
    kind = make_dataclass("Item", [(name, *hint) for name, hint in fields.items()])

    def view(item): ...

    view.__annotations__.update({"item": kind, "return": kind})
    return view


def limited(limit: int = Query(1, ge=1)): ...


def unlimited(limit: int = 1): ...


def required(limit: int): ...


def nothing(): ...


def test_same_document_has_no_differences() -> None:
    """A document compared with itself."""
    document = describe(taking(a=(int,)))
    assert list_api_changes(document, document) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (describe(nothing), {"paths": {}}, ["BREAKING POST /items: is gone"]),
        ({"paths": {}}, describe(nothing), ["POST /items: is new"]),
        (
            describe(unlimited),
            describe(required),
            ["BREAKING POST /items: query parameter 'limit' is required now"],
        ),
        (
            describe(required),
            describe(unlimited),
            ["POST /items: query parameter 'limit' is optional now"],
        ),
        (
            describe(unlimited),
            describe(limited),
            [
                "BREAKING POST /items: query parameter 'limit' had minimum None, has 1",
            ],
        ),
        (
            describe(taking(a=(int,))),
            describe(taking(a=(str,))),
            [
                "BREAKING POST /items: response 200: field 'a' was integer, is string",
                "BREAKING POST /items: the body: field 'a' was integer, is string",
            ],
        ),
        (
            describe(taking(a=(int,))),
            describe(taking(a=(int,), b=(int,))),
            [
                "BREAKING POST /items: the body: field 'b' is new and required",
                "POST /items: response 200: field 'b' is new",
            ],
        ),
        (
            describe(taking(a=(int,), b=(int, 1))),
            describe(taking(a=(int,))),
            [
                "BREAKING POST /items: response 200: field 'b' is gone",
                "POST /items: the body: field 'b' is gone",
            ],
        ),
        (
            describe(taking(a=(int, 1))),
            describe(nothing),
            [
                "BREAKING POST /items: response 200 is no longer application/json",
                "BREAKING POST /items: the body is gone",
                "POST /items: response 415 is gone",
                "POST /items: response 422 is gone",
            ],
        ),
    ],
)
def test_differences_are_told(old: Any, new: Any, said: list[str]) -> None:
    """Each change in one line, those first that break clients."""
    assert [str(one) for one in list_api_changes(old, new)] == said
