"""Functions that ask which context there is, or use the current one."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

from ..globals import (
    current_context,
    current_request_context,
    g,
    request,
    session,
)

FunctionType = TypeVar("FunctionType", bound=Callable[..., Any])


def after_this_request(f: FunctionType) -> FunctionType:
    """Call a function with the response of this request, and send what it returns.

    Raises:
        OutsideContextError: There is no request.
    """
    context = current_request_context()
    if context._after_request_functions is None:
        context._after_request_functions = []
    context._after_request_functions.append(f)
    return f


def copy_current_request_context(f: FunctionType) -> FunctionType:
    """Let a function that runs elsewhere (a greenlet, a thread) see this request.

    Raises:
        OutsideContextError: There is no request.
    """
    copied = current_request_context().copy()

    def in_context(*args: Any, **kwargs: Any) -> Any:
        with copied:
            return copied.app.ensure_sync(f)(*args, **kwargs)

    return update_wrapper(in_context, f)  # type: ignore[return-value]  # wraps it


def has_request_context() -> bool:
    """Tell whether there is a current request."""
    context = current_context.get(None)
    return context is not None and context.request_context is not None


def has_app_context() -> bool:
    """Tell whether there is a current application."""
    return current_context.get(None) is not None


def default_context() -> dict[str, Any]:
    """Give every template `g`, `request` and `session`, where there are such."""
    context = current_context.get(None)
    if context is None:
        return {}
    if context.request_context is None:
        return {"g": g}
    return {"g": g, "request": request, "session": session}
