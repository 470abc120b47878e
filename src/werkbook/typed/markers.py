"""Where a parameter of a view function comes from, and what must hold of its value.

`Query()`, `Header()` and the others stand as a parameter's default, or in `Annotated`.
They are functions that return `Any`, so that type checkers take them for any default.
"""

from __future__ import annotations

from typing import Any

MISSING: Any = object()
"""Stands for a default that nobody gave."""

PLACES = ("path", "query", "header", "cookie", "form", "file", "body")
"""The parts of a request that a parameter may come from."""

_CONSTRAINTS = (
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "pattern",
    "min_length",
    "max_length",
)


class Marker:
    """What `Query()` and the others return.

    Args:
        place: One of `PLACES`.
        default: The value where the request has none; without one it must have.
        alias: The name in the request, where it differs from the parameter's.
        description: For the API's description.
        example: A value for the API's description.
        embed: Of a body: it stands below the parameter's name, as one of several.
        constraints: `ge`, `gt`, `le`, `lt`, `multiple_of`, `pattern`, `min_length` and
            `max_length`, as in JSON Schema.

    Raises:
        TypeError: A constraint is none of these.
    """

    __slots__ = (
        "alias",
        "constraints",
        "default",
        "description",
        "embed",
        "example",
        "place",
    )

    def __init__(
        self,
        place: str,
        default: Any = MISSING,
        *,
        alias: str | None = None,
        description: str | None = None,
        example: Any = MISSING,
        embed: bool = False,
        **constraints: Any,
    ) -> None:
        unknown = constraints.keys() - set(_CONSTRAINTS)
        if unknown:
            raise TypeError(
                f"{place.title()}() got an unexpected keyword argument"
                f" {min(unknown)!r}; it takes {', '.join(_CONSTRAINTS)}."
            )
        self.place = place
        self.default = MISSING if default is ... else default
        self.alias = alias
        self.description = description
        self.example = example
        self.embed = embed
        self.constraints = {
            name: value for name, value in constraints.items() if value is not None
        }

    def __repr__(self) -> str:
        return f"{self.place.title()}()"


def Path(default: Any = MISSING, **options: Any) -> Any:
    """Declare a parameter that is a variable of the rule; see `Marker`."""
    return Marker("path", default, **options)


def Query(default: Any = MISSING, **options: Any) -> Any:
    """Declare a parameter that comes from the query string; see `Marker`."""
    return Marker("query", default, **options)


def Header(default: Any = MISSING, **options: Any) -> Any:
    """Declare a parameter that is a header: `user_agent` is `User-Agent`."""
    return Marker("header", default, **options)


def Cookie(default: Any = MISSING, **options: Any) -> Any:
    """Declare a parameter that is a cookie; see `Marker`."""
    return Marker("cookie", default, **options)


def Form(default: Any = MISSING, **options: Any) -> Any:
    """Declare a parameter that is a field of a form; see `Marker`."""
    return Marker("form", default, **options)


def File(default: Any = MISSING, **options: Any) -> Any:
    """Declare a parameter that is an uploaded file: `FileStorage`, or its bytes."""
    return Marker("file", default, **options)


def Body(default: Any = MISSING, **options: Any) -> Any:
    """Declare a parameter that is the JSON body, or a part of it; see `Marker`."""
    return Marker("body", default, **options)
