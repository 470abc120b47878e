"""What a view function says of its rule: methods, and who has its endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import WerkbookError


class EndpointTakenError(WerkbookError, AssertionError):
    """An endpoint was given a second view function."""


def endpoint_taken(
    endpoint: str, taken: Callable[..., Any], wanted: Callable[..., Any]
) -> EndpointTakenError:
    """Make the error for a second view function, naming the places of both."""
    return EndpointTakenError(
        "View function mapping is overwriting an existing endpoint function:"
        f" {endpoint}",
        why=f"{_described(taken)} has it, {_described(wanted)} wants it.",
        fix=f"rename one of them, or write endpoint='{endpoint}_2'.",
    )


def methods_of(
    view_func: Any, methods: Any, automatic: bool | None, *, is_offered: bool
) -> tuple[set[str], bool]:
    """Return a rule's methods, and whether the app itself answers OPTIONS."""
    if methods is None:
        methods = getattr(view_func, "methods", None) or ("GET",)
    if isinstance(methods, str):
        raise TypeError(
            "Allowed methods must be a list of strings, for example:"
            ' @app.route(..., methods=["POST"])'
        )
    names = {method.upper() for method in methods}
    required = set(getattr(view_func, "required_methods", ()))
    if automatic is None:
        automatic = getattr(view_func, "provide_automatic_options", None)
    if automatic is None:
        automatic = "OPTIONS" not in names and is_offered
        if automatic:
            required.add("OPTIONS")
    return names | required, automatic


def _described(view_func: Callable[..., Any]) -> str:
    name = getattr(view_func, "__name__", repr(view_func))
    code = getattr(view_func, "__code__", None)
    if code is None:
        return f"{name!r}"
    return f"{name!r} ({code.co_filename}, line {code.co_firstlineno})"
