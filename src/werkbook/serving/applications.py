"""Telling an application of WSGI or ASGI from what only looks like one."""

import inspect
from types import MethodType
from typing import Any

from werkbook.serving.serving_errors import NotWsgiError

_ASGI_NAMES = ["scope", "receive", "send"]


def check_application(app: Any) -> Any:
    """Return `app` if it is one to serve: of WSGI, or of ASGI 3.

    Raises:
        NotWsgiError: It can't be called, or is called as ASGI 2 does.
    """
    if is_asgi(app) and inspect.isclass(app):
        raise NotWsgiError(
            f"{_sentence(name_application(app))} is no application, but makes one.",
            why="its instances are called as ASGI applications are, with (scope, "
            "receive, send).",
            fix=f"hand in an instance: serve({app.__name__}(...)).",
        )
    if not callable(app):
        raise NotWsgiError(
            f"{_sentence(name_application(app))} is no WSGI application.",
            why="a WSGI application is called with (environ, start_response); "
            "this can't be called.",
            fix=_what_to_serve(app),
        )
    return app


def is_asgi(app: Any) -> bool:
    """Tell whether `app` is called as ``await app(scope, receive, send)``."""
    # Of a class, what awaits is its instance's: ASGI 2 is called app(scope).
    kind = app if inspect.isclass(app) else type(app)
    call = app if inspect.isroutine(app) else _attributes(kind).get("__call__")
    if inspect.iscoroutinefunction(call):
        return True
    if inspect.isclass(app):
        return False
    try:
        names = list(inspect.signature(app).parameters) if callable(app) else []
    except (TypeError, ValueError):
        return False
    return names == _ASGI_NAMES


def _attributes(kind: type) -> dict[str, Any]:
    """Return a class's attributes, those of its bases included, unbound."""
    return {
        name: value
        for base in reversed(kind.__mro__)
        for name, value in vars(base).items()
    }


def name_application(app: Any) -> str:
    """Name an app in a message: ``the function 'app'``."""
    if inspect.isclass(app):
        return f"the class {app.__qualname__!r}"
    if inspect.isroutine(app):
        return f"the function {app.__qualname__!r}"
    return f"the {type(app).__module__}.{type(app).__qualname__} object"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def is_same_app(one: object, other: object) -> bool:
    """Compare two apps: a bound method is a new object each time it is named."""
    return one is other or (isinstance(one, MethodType) and one == other)


def _what_to_serve(app: Any) -> str:
    for name in ("wsgi_app", "server", "app", "wsgi"):
        inner = getattr(app, name, None)
        if callable(inner):
            return f"hand in its WSGI application: serve(app.{name})."
    return "hand in the app itself: serve(app)."
