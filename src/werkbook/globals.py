"""What belongs to the current request or application, under the names Flask gives.

One context variable holds the current context. A `RequestContext` is enough for all of
the proxies; an `AppContext` has no request of its own and shows the one around it.

The types here are those that the modules below `app` need. The exact ones stand where
users import the names: in `werkbook`.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from werkzeug.local import LocalProxy

from .errors import WerkbookError
from .typing import Application


class OutsideContextError(WerkbookError, RuntimeError):
    """Something needs the current application or request, and there is none."""


current_context: ContextVar[Any] = ContextVar("werkbook_context")
_get = current_context.get
current_test_request: ContextVar[Any] = ContextVar(
    "werkbook_test_request", default=None
)
"""The request that a test client sends in this context; None where there is none."""


def make_outside_app_error() -> OutsideContextError:
    """Make the error for the use of `current_app` or `g` outside of a context."""
    return OutsideContextError(
        "Working outside of application context.",
        why="what was used belongs to the current application, and none is current.",
        fix="use it in a view function, or inside 'with app.app_context():'.",
    )


def make_outside_request_error() -> OutsideContextError:
    """Make the error for the use of `request` or `session` outside of a request."""
    return OutsideContextError(
        "Working outside of request context.",
        why="what was used belongs to the current HTTP request, and there is none.",
        fix="use it in a view function, or inside 'with app.test_request_context():'.",
    )


def _app_context() -> Any:
    context = _get(None)
    if context is None:
        raise make_outside_app_error()
    return context.app_context


def _app() -> Any:
    context = _get(None)
    if context is None:
        raise make_outside_app_error()
    return context.app


def _g() -> Any:
    context = _get(None)
    if context is None:
        raise make_outside_app_error()
    return context.g


def current_request_context() -> Any:
    """Return the request context in force, which `request_ctx` stands for.

    Raises:
        OutsideContextError: There is no request.
    """
    context = _get(None)
    if context is None or context.request_context is None:
        raise make_outside_request_error()
    return context.request_context


def _request() -> Any:
    context = _get(None)
    if context is None or (context := context.request_context) is None:
        raise make_outside_request_error()
    return context.request


def _session() -> Any:
    context = _get(None)
    if context is None or (context := context.request_context) is None:
        raise make_outside_request_error()
    return context.session


class AppProxy(LocalProxy[Any]):
    """`current_app`; reads attributes without Werkzeug's detour."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(_app(), name)


class GlobalsProxy(LocalProxy[Any]):
    """`g`; reads attributes without Werkzeug's detour."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(_g(), name)


class RequestProxy(LocalProxy[Any]):
    """`request`; reads attributes without Werkzeug's detour."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(_request(), name)


class SessionProxy(LocalProxy[Any]):
    """`session`; reads and sets items without Werkzeug's detour."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(_session(), name)

    def __getitem__(self, key: Any) -> Any:
        return _session()[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        _session()[key] = value

    def __contains__(self, key: Any) -> bool:
        return key in _session()


for _proxy in (AppProxy, GlobalsProxy, RequestProxy, SessionProxy):
    # The repr of a proxy outside of a context is `<LocalProxy unbound>`, as in Flask.
    _proxy.__name__ = "LocalProxy"

app_ctx: Any = LocalProxy(_app_context)
current_app: Application = AppProxy(_app)  # type: ignore[assignment]  # a proxy
g: Any = GlobalsProxy(_g)
request_ctx: Any = LocalProxy(current_request_context)
request: Any = RequestProxy(_request)
session: Any = SessionProxy(_session)


class _ContextView:
    """Reads like the context variable that Flask has for one kind of context."""

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute

    def get(self, *default: Any) -> Any:
        """Return the current context of the kind, or the default."""
        context = _get(None)
        found = None if context is None else getattr(context, self._attribute)
        if found is not None:
            return found
        if default:
            return default[0]
        raise LookupError(self._attribute)


_cv_app = _ContextView("app_context")
_cv_request = _ContextView("request_context")
