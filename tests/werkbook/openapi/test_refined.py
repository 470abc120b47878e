"""A text that the document allows is one that a view takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, TypedDict
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from werkbook.openapi.refined import NUMBERS, TEXTS
from werkbook.openapi.schemas import SchemaRegistry
from werkbook.typed.decoding import make_reader


class Colour(Enum):
    RED = 1
    BLUE = 2


@dataclass
class Price:
    amount: Decimal
    parts: dict[int, Decimal]
    seen: datetime | None = None


class Row(TypedDict):
    data: bytes
    price: Price


class Pair(NamedTuple):
    first: timedelta
    second: int = 1


class Page(msgspec.Struct):
    rows: list[Row]
    spans: dict[str, timedelta] = {}


HINTS: list[Any] = [
    *(Decimal, bytes, timedelta, datetime, time, date, UUID, Price, Row, Pair, Page),
    *(dict[int, str], dict[float, int], dict[Decimal, int], dict[UUID, int]),
    *(dict[date, int], dict[Colour, int], dict[Literal[1, 2], str], dict[bytes, int]),
    *(
        list[Decimal],
        dict[int, dict[int, bytes]],
        Decimal | None,
        tuple[bytes, Decimal],
    ),
    Annotated[Decimal, msgspec.Meta(description="a price")],
    Annotated[datetime, msgspec.Meta(tz=True)],
]

NAMES = NUMBERS
PATTERNS = {kind: said for kind, said in TEXTS.items() if "pattern" in said}


def whole(hint: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a type's schema with its components below `$defs`, and those."""
    registry = SchemaRegistry()
    schema = registry.make(hint)
    text = json.dumps({**schema, "$defs": registry.components})
    return json.loads(text.replace("#/components/schemas/", "#/$defs/")), schema


@pytest.mark.parametrize("kind", [*PATTERNS, *NAMES], ids=str)
def test_text_that_a_pattern_allows_is_read(kind: Any) -> None:
    """Each text drawn from a pattern is read, as a value or as a name."""
    is_name = kind in NAMES
    pattern = (NAMES if is_name else PATTERNS)[kind]["pattern"]
    reader = make_reader(dict[kind, int] if is_name else kind)

    @settings(max_examples=200, deadline=None)
    @given(st.from_regex(pattern.removesuffix("$"), fullmatch=True))
    def read(text: str) -> None:
        reader.read_json(json.dumps({text: 1} if is_name else text).encode())

    read()


@pytest.mark.parametrize("hint", HINTS, ids=str)
def test_schemas_are_schemas(hint: Any) -> None:
    """Each is one of JSON Schema's, whatever a type is made of."""
    schema, said = whole(hint)
    Draft202012Validator.check_schema(schema)
    assert said


@pytest.mark.parametrize(
    ("hint", "refused"),
    [
        (Decimal, "a"),
        (Decimal, "1e"),
        (bytes, "YQ"),
        (bytes, "a-_="),
        (timedelta, "P1Y"),
        (timedelta, "P"),
        (timedelta, "PT"),
        (dict[int, str], {"a": "x"}),
        (dict[int, str], {"01": "x"}),
        (dict[Colour, int], {"3": 1}),
        (list[dict[int, str]], [{"1.0": ""}]),
        (Price, {"amount": "x", "parts": {}}),
        (Price, {"amount": "1", "parts": {"a": "1"}}),
        (Page, {"rows": [{"data": "?", "price": {"amount": "1", "parts": {}}}]}),
        (Pair, ["P1Y"]),
    ],
    ids=str,
)
def test_what_is_refused_is_not_allowed(hint: Any, refused: Any) -> None:
    """The document refuses what the view does."""
    schema, _ = whole(hint)
    with pytest.raises(msgspec.ValidationError):
        make_reader(hint).read_json(json.dumps(refused).encode())
    assert list(Draft202012Validator(schema).iter_errors(refused))


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (Decimal, Decimal("1E+5")),
        (Decimal, Decimal("NaN")),
        (bytes, b"\\xff"),
        (timedelta, timedelta(days=-1, microseconds=5)),
        (timedelta, timedelta(0)),
        (timedelta, timedelta(days=99_999_999)),
        (dict[int, str], {-3: "x", 0: "y"}),
        (dict[Colour, int], {Colour.RED: 1}),
        (Price, Price(Decimal("0.10"), {1: Decimal(2)}, datetime(2020, 1, 31))),
        (Pair, Pair(timedelta(hours=30))),
    ],
    ids=str,
)
def test_what_is_sent_is_allowed(hint: Any, value: Any) -> None:
    """Answers are as the document says."""
    schema, _ = whole(hint)
    sent = json.loads(msgspec.json.encode(value))
    assert not [*Draft202012Validator(schema).iter_errors(sent)]


def test_field_keeps_what_it_says_besides() -> None:
    """A default stays, and the hints of other fields are as they were."""
    registry = SchemaRegistry()
    registry.make(Price)
    properties = registry.components["Price"]["properties"]
    assert properties["seen"]["default"] is None
    assert properties["parts"]["propertyNames"] == {
        "pattern": "^(?:0|-?[1-9][0-9]{0,99})$"
    }
