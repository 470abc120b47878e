"""Which types a request's parts can be read as, and what is one of several fields."""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

SCALARS = (str, bool, int, float, bytes, Decimal, UUID, datetime, date, time, timedelta)
"""What one text can be read as, beside enums and literals."""

SEQUENCES = (list, set, frozenset, tuple)


def strip_annotated(hint: Any) -> Any:
    """Return the type in `Annotated[type, ...]`, and other types as they are."""
    while typing.get_origin(hint) is Annotated:
        hint = typing.get_args(hint)[0]
    return hint


def list_members(hint: Any) -> list[Any]:
    """Return the members of a union, or the type alone."""
    hint = strip_annotated(hint)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return [inner for one in typing.get_args(hint) for inner in list_members(one)]
    return [hint]


def is_scalar(hint: Any) -> bool:
    """Tell whether one text, such as a value of a query string, can be of a type."""
    members = [one for one in list_members(hint) if one is not type(None)]
    return bool(members) and all(map(_is_plain_scalar, members))


def _is_plain_scalar(hint: Any) -> bool:
    if typing.get_origin(hint) is typing.Literal:
        return True
    return isinstance(hint, type) and (hint in SCALARS or issubclass(hint, Enum))


def find_item_type(hint: Any) -> Any:
    """Return the item type of a list, set or tuple of one type; None for others."""
    members = [one for one in list_members(hint) if one is not type(None)]
    if len(members) != 1:
        return None
    origin = typing.get_origin(members[0]) or members[0]
    if origin not in SEQUENCES:
        return None
    arguments = typing.get_args(members[0])
    return arguments[0] if arguments else str


def is_file(hint: Any) -> bool:
    """Tell whether a type is that of an uploaded file, or a list of those."""
    item = find_item_type(hint)
    members = list_members(hint if item is None else item)
    return any(
        isinstance(one, type) and issubclass(one, FileStorage) for one in members
    )


def is_response(hint: Any) -> bool:
    """Tell whether a type is a response class."""
    return isinstance(hint, type) and issubclass(hint, Response)


def is_model(hint: Any) -> bool:
    """Tell whether a type is a pydantic model; pydantic may not be installed."""
    pydantic = sys.modules.get("pydantic")
    return (
        pydantic is not None
        and isinstance(hint, type)
        and issubclass(hint, pydantic.BaseModel)
    )


def find_class(hint: Any) -> Any:
    """Return the class of a type: `Page` of `Page[Item]`."""
    origin = typing.get_origin(hint)
    return origin if isinstance(origin, type) else hint


def is_record(hint: Any) -> bool:
    """Tell whether a type has named fields: a dataclass, TypedDict, Struct or model."""
    cls = find_class(hint)
    return isinstance(cls, type) and (
        dataclasses.is_dataclass(cls)
        or typing.is_typeddict(cls)
        or hasattr(cls, "__struct_fields__")
        or is_model(cls)
        or hasattr(cls, "__attrs_attrs__")
        or (issubclass(cls, tuple) and hasattr(cls, "_fields"))
    )


def walk(hint: Any) -> Iterator[Any]:
    """Yield a type and those that it is made of, but not those of fields."""
    hint = strip_annotated(hint)
    yield hint
    if typing.get_origin(hint) is typing.Literal:
        return
    for argument in typing.get_args(hint):
        if argument is not ...:
            yield from walk(argument)


def is_readable(hint: Any) -> bool:
    """Tell whether a value of a type can be read from JSON or a form."""
    return all(_is_readable_alone(one) for one in walk(hint))


def _is_readable_alone(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    if origin is not None:
        known = (*SEQUENCES, dict, typing.Union, types.UnionType, typing.Literal)
        return origin in known or is_record(hint)
    return (
        hint in (*SEQUENCES, dict, type(None), Any)
        or _is_plain_scalar(hint)
        or is_record(hint)
    )


def has_record(hint: Any) -> bool:
    """Tell whether a type is made of more than JSON's own types and containers."""
    return any(
        is_record(one) or (_is_plain_scalar(one) and one not in (str, bool, int, float))
        for one in walk(hint)
        if typing.get_origin(one) is not typing.Literal
    )
