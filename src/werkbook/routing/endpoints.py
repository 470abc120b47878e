"""Names of endpoints: the view function's, with the blueprint's name before it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ..errors import WerkbookError


class UnnamedViewError(WerkbookError, AttributeError):
    """A view without a name, such as an object that is called, has no endpoint."""


def name_endpoint(view_func: Callable[..., Any] | None) -> str:
    """Return the endpoint that a view function has by default: its name.

    Raises:
        AssertionError: There is no view function; as Flask says it.
        UnnamedViewError: It has no name.
    """
    if view_func is None:
        raise AssertionError("expected view func if endpoint is not provided.")
    try:
        return view_func.__name__
    except AttributeError:
        kind = type(view_func).__name__
        raise UnnamedViewError(
            f"A view of type {kind!r} has no __name__, which would be its endpoint.",
            why="functions have one; partials and objects that are called have none.",
            fix='write endpoint="..." behind the rule, or, where a decorator made it,'
            " functools.update_wrapper(self, view) there.",
        ) from None


def name_blueprint(endpoint: Any) -> str | None:
    """Return the full name of an endpoint's blueprint; None without one.

    It has dots where blueprints are nested. Only text names a blueprint: an endpoint
    may be anything that has a hash.
    """
    if isinstance(endpoint, str) and "." in endpoint:
        return endpoint.rpartition(".")[0]
    return None


def split_blueprint_path(name: str) -> list[str]:
    """Return a dotted blueprint name and those that it is nested in, inner first."""
    return list(_names_upwards(name))


@lru_cache(maxsize=1024)
def _names_upwards(name: str) -> tuple[str, ...]:
    parts = name.split(".")
    return tuple(".".join(parts[:end]) for end in range(len(parts), 0, -1))
