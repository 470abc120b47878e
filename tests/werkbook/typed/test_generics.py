"""Generic types as the hints of typed views."""

from dataclasses import dataclass
from typing import Annotated, Generic, TypedDict, TypeVar

import msgspec
import pytest

from werkbook import App
from werkbook.openapi import make_document
from werkbook.typed import Query

T = TypeVar("T")


@dataclass
class Item:
    name: str


@dataclass
class Page(Generic[T]):
    items: list[T]
    first: T | None = None
    size: int = 1


class Box(msgspec.Struct, Generic[T]):
    content: T


class Labelled(TypedDict, Generic[T]):
    label: str
    value: T


def page(page: Page[Item]) -> Page[Item]:
    return page


def box(box: Box[list[int]]) -> Box[list[int]]:
    return box


def labelled(labelled: Labelled[int]) -> Labelled[int]:
    return labelled


def query(page: Annotated[Page[int], Query()]) -> Page[int]:
    return page


@pytest.fixture(autouse=True)
def views(app: App) -> None:
    for view in (page, box, labelled):
        app.post(f"/{view.__name__}")(view)
    app.get("/query")(query)


@pytest.mark.parametrize(
    ("url", "sent", "answered"),
    [
        ("/page", {"items": [{"name": "a"}]}, {"first": None, "size": 1}),
        ("/box", {"content": [1, 2]}, {}),
        ("/labelled", {"label": "a", "value": 1}, {}),
    ],
)
def test_a_generic_type_is_read_and_sent(
    app: App, url: str, sent: dict[str, object], answered: dict[str, object]
) -> None:
    """A dataclass, a Struct and a TypedDict, each with the type of its fields."""
    response = app.test_client().post(url, json=sent)
    assert (response.status_code, response.json) == (200, {**sent, **answered})


@pytest.mark.parametrize(
    ("url", "sent", "field"),
    [
        ("/page", {"items": [{"name": "a"}, {"name": 1}]}, "items[1].name"),
        ("/page", {"items": [], "first": {}}, "first.name"),
        ("/box", {"content": ["a"]}, "content[0]"),
        ("/labelled", {"label": "a", "value": "a"}, "value"),
    ],
)
def test_each_wrong_field_of_a_generic_type_is_named(
    app: App, url: str, sent: dict[str, object], field: str
) -> None:
    """With the type that stands for the variable."""
    response = app.test_client().post(url, json=sent)
    assert response.status_code == 422
    assert [one["field"] for one in response.json["errors"]] == [field]


def test_a_generic_dataclass_is_read_from_a_query(app: App) -> None:
    """Its fields are parameters."""
    response = app.test_client().get("/query?items=1&items=2&size=3")
    assert response.json == {"items": [1, 2], "first": None, "size": 3}


def test_a_generic_type_stands_in_the_document(app: App) -> None:
    """By what stands for its variable."""
    document = make_document(app)
    names = set(document["components"]["schemas"])
    assert {"Item", "Page_Item_", "Box_list_int__", "Labelled_int_"} <= names
    parameters = document["paths"]["/query"]["get"]["parameters"]
    assert [one["name"] for one in parameters] == ["items", "first", "size"]
