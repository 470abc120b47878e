"""What msgspec refuses, and does not say in the schemas that it makes.

A text that stands for a decimal, for bytes or for a span of time has a pattern, as have
the names of an object that are numbers: so the document allows no text that a view
refuses. Only msgspec's own way of saying more is used (`Meta.extra_json_schema`).
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from ..typed.decoding import list_fields, load_msgspec
from ..typed.kinds import SEQUENCES, is_model, is_record, strip_annotated, walk

Schema = dict[str, Any]

_SECONDS = r"[0-9]{1,8}(?:\.[0-9]{1,6})?S"
_MINUTES = rf"[0-9]{{1,8}}M(?:{_SECONDS})?"
_CLOCK = rf"T(?:[0-9]{{1,8}}H(?:{_MINUTES}|{_SECONDS})?|{_MINUTES}|{_SECONDS})"
_DIGITS = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,6})?"
_FOUR = "[A-Za-z0-9+/]"
TEXTS: dict[Any, Schema] = {
    Decimal: {"pattern": rf"^(?:[-+]?{_DIGITS}|[-+]?Infinity|NaN)$"},
    bytes: {"pattern": f"^(?:{_FOUR}{{4}})*(?:{_FOUR}{{2}}==|{_FOUR}{{3}}=)?$"},
    timedelta: {"pattern": rf"^-?P(?:[0-9]{{1,8}}D(?:{_CLOCK})?|{_CLOCK})$"},
    datetime: {"format": "date-time"},
    time: {"format": "time"},
}
"""What is said of a text that stands for a value of a type."""
NUMBERS: dict[Any, Schema] = {
    int: {"pattern": r"^(?:0|-?[1-9][0-9]{0,99})$"},
    float: {
        "pattern": r"^-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?$"
    },
}
"""What is said of a name that stands for a number."""


def make_refined(hint: Any, template: str) -> tuple[Schema, dict[str, Schema]]:
    """Return the schema of a type that msgspec reads, and those that it refers to.

    Args:
        hint: The type.
        template: How a component is referred to; it has `{name}`.

    Raises:
        TypeError: msgspec has no schema for the type.
    """
    hints, fields = [refine(hint)], []
    for record in _list_records(hint, []):
        at = len(hints)
        hints.append(record)
        for place, (name, inner, _) in enumerate(list_fields(record)):
            refined = refine(inner)
            if refined is not inner:
                fields.append((at, place, name, len(hints)))
                hints.append(refined)
    made = load_msgspec().json.schema_components(hints, ref_template=template)
    schemas, components = json.loads(json.dumps(made, default=str))
    for at, place, name, refined_at in fields:
        said = components.get(schemas[at].get("$ref", "").rpartition("/")[2], {})
        _say_more(said, place, name, schemas[refined_at])
    return schemas[0], components


def refine(hint: Any) -> Any:
    """Return a type that says more in its schema; the same object where it need not."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        inner, *told = arguments
        has_zone = any(getattr(one, "tz", None) is not None for one in told)
        refined = inner if has_zone else refine(inner)
        return hint if refined is inner else Annotated[(refined, *told)]
    if origin is None:
        more = TEXTS.get(hint) if isinstance(hint, type) else None
        return hint if more is None else _saying(hint, more)
    if origin not in (*SEQUENCES, dict, typing.Union, types.UnionType):
        return hint
    inner_types = tuple(one if one is ... else refine(one) for one in arguments)
    if any(new is not old for new, old in zip(inner_types, arguments, strict=True)):
        is_union = origin in (typing.Union, types.UnionType)
        hint = typing.Union[inner_types] if is_union else origin[inner_types]  # noqa: UP007  # made of a tuple
    names = _describe_names(arguments[0]) if origin is dict else None
    return hint if names is None else _saying(hint, {"propertyNames": names})


def _saying(hint: Any, more: Schema) -> Any:
    return Annotated[hint, load_msgspec().Meta(extra_json_schema=more)]


def _describe_names(hint: Any) -> Schema | None:
    """Return the schema of an object's names; None for those that are any text."""
    kind = strip_annotated(hint)
    if kind in NUMBERS:
        return NUMBERS[kind]
    if typing.get_origin(kind) is typing.Literal:
        return {"enum": [str(one) for one in typing.get_args(kind)]}
    if not isinstance(kind, type) or kind in (str, bool):
        return None
    if issubclass(kind, Enum):
        return {"enum": [str(one.value) for one in kind]}
    [schema] = load_msgspec().json.schema_components([refine(kind)])[0]
    return None if "$ref" in schema else schema


def _list_records(hint: Any, found: list[Any]) -> list[Any]:
    """List the records that a type is made of, those in fields too."""
    for one in walk(hint):
        if is_record(one) and not is_model(one) and one not in found:
            found.append(one)
            for _, inner, _ in list_fields(one):
                _list_records(inner, found)
    return found


def _say_more(record: Schema, place: int, name: str, more: Schema) -> None:
    """Put the schema of a field into that of its record, with what it says besides."""
    for holder, key in _holders(record, place, name):
        kept = ("default", "description", "title", "examples")
        old = holder[key]
        holder[key] = {**more, **{one: old[one] for one in kept if one in old}}


def _holders(record: Schema, place: int, name: str) -> Iterator[tuple[Any, Any]]:
    if name in record.get("properties", ()):
        yield record["properties"], name
    elif place < len(record.get("prefixItems", ())):  # a named tuple is a list
        yield record["prefixItems"], place
