"""Names of endpoints: the view function's, with the blueprint's name before it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any


def name_endpoint(view_func: Callable[..., Any] | None) -> str:
    """Return the endpoint that a view function has by default: its name.

    Raises:
        AssertionError: There is no view function; as Flask says it.
    """
    if view_func is None:
        raise AssertionError("expected view func if endpoint is not provided.")
    return view_func.__name__


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
