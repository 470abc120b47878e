"""Defaults of dataclasses, which msgspec leaves to the class.

A field that a request did not have is then no attribute of the object itself, and would
be missing in its JSON and in `vars`.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .kinds import find_class, is_model, is_record, walk


def make_fill(hint: Any) -> Callable[[Any], Any] | None:
    """Return what fills in the defaults of a type's values; None where none lack."""
    return _fill if _lacks_defaults(hint, set()) else None


def _lacks_defaults(hint: Any, seen: set[Any]) -> bool:
    for one in walk(hint):
        if not is_record(one) or is_model(one) or one in seen:
            continue
        seen.add(one)
        cls = find_class(one)
        if hasattr(cls, "__dataclass_fields__") and _list_defaults(cls):
            return True
        try:
            fields = typing.get_type_hints(cls).values()
        except Exception:  # a name that is not defined: reading the value will say so
            continue
        if any(_lacks_defaults(field, seen) for field in fields):
            return True
    return False


@lru_cache(maxsize=128)
def _list_defaults(cls: Any) -> tuple[tuple[str, Any], ...]:
    if "__slots__" in vars(cls):
        return ()  # nothing is left to such a class
    return tuple(
        (one.name, one.default)
        for one in dataclasses.fields(cls)
        if one.init and one.default is not dataclasses.MISSING
    )


def _fill(value: Any) -> Any:
    """Fill in the defaults of a value and of all that it holds; return it."""
    if isinstance(value, list | tuple | set | frozenset):
        for item in value:
            _fill(item)
    elif isinstance(value, dict):
        for item in value.values():
            _fill(item)
    elif dataclasses.is_dataclass(value):
        cls: Any = type(value)
        held = vars(value) if hasattr(value, "__dict__") else {}
        for name, default in _list_defaults(cls):
            if name not in held:
                object.__setattr__(value, name, default)
        for item in [*held.values()]:
            _fill(item)
    elif hasattr(value, "__struct_fields__"):
        for name in value.__struct_fields__:
            _fill(getattr(value, name))
    return value
