"""Where a view function stands, for errors that no line of it raised."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable
from typing import Any

Place = tuple[str, int, str]
"""File name, line, and the function's name, as a frame of a traceback has them."""


def place_of_view(view: Callable[..., Any] | None, method: str = "") -> Place | None:
    """Return where a view function begins; None for what was not written in Python.

    Args:
        view: The view function, decorated or not.
        method: The request's method, to find the one of a `MethodView`.
    """
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        view = getattr(view_class, method.lower(), view_class.dispatch_request)
    code = getattr(inspect.unwrap(view), "__code__", None) if view else None
    if code is None:
        return None
    return code.co_filename, _line_of_def(code), code.co_name


def _line_of_def(code: Any) -> int:
    """Find the line below the decorators, with which a function's code begins."""
    first: int = code.co_firstlineno
    last = max(line or first for _, _, line in code.co_lines())
    for line in range(first, last + 1):
        words = linecache.getline(code.co_filename, line).split()
        if words[:1] == ["def"] or words[:2] == ["async", "def"]:
            return line
    return first
