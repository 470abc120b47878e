"""Which app a magic means, and what in the notebook's namespace is one."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any, TypeGuard
from wsgiref.types import WSGIApplication

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from werkzeug.exceptions import HTTPException
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from werkbook import live
from werkbook.app import App
from werkbook.blueprints.blueprint import Blueprint
from werkbook.frameworks.listed_rules import list_foreign_rules

from ..config import get_options

NOT_APPS = (type, LocalProxy, Response, HTTPException)
PARTS_OF_APPS = {
    "starlette.responses": ("Response",),
    "starlette.routing": ("BaseRoute", "Router"),
    "starlette.staticfiles": ("StaticFiles",),
}
"""What is called as an ASGI app is, and is only a part of one."""


def which_app(shell: InteractiveShell, name: str | None = None) -> WSGIApplication:
    """Return the app that a magic is about.

    That is the one named, else `app`, else the only one there is: Werkbook's apps and
    every other WSGI (PEP 3333) or ASGI callable in the notebook's namespace.

    Args:
        shell: The shell whose namespace is searched.
        name: A name or dotted name; None when the user gave none.

    Raises:
        UsageError: The name is no app, or there is none, or there are several.
    """
    if name is not None:
        return _named_app(shell, name)
    default = shell.user_ns.get(get_options(shell).app)
    if is_app(default):
        return default
    named = dict(named_apps(shell))
    distinct = {id(app): app for app in named.values()}
    if not distinct:
        distinct = {id(app): app for app in live.apps()}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    if not distinct:
        raise UsageError("There is no app yet. Run app = App() first.")
    raise UsageError(
        f"There are several apps ({_listed(named)}). Say which one: --app NAME"
    )


def app_here(shell: InteractiveShell | None) -> WSGIApplication:
    """Return the notebook's app; an error says what to type outside a notebook."""
    if shell is None:
        raise UsageError("There is no notebook here: name the app as an argument.")
    return which_app(shell)


def which_target(shell: InteractiveShell, name: str | None) -> App | Blueprint | None:
    """Return what `%%route` adds its rule to; None when there is no app at all.

    Args:
        shell: The shell whose namespace is searched.
        name: The name of an app or a blueprint; None when the user gave none.

    Raises:
        UsageError: The name is neither, or there are several apps to choose from.
    """
    if name is None and not has_app(shell):
        return None
    found: Any = lookup(shell, name) if name is not None else which_app(shell)
    is_object = not issubclass(type(found), NOT_APPS)
    if is_object and callable(getattr(found, "add_url_rule", None)):
        return found  # type: ignore[no-any-return]  # a real Flask app will do too
    what = repr(name) if name is not None else "The app"
    raise UsageError(f"{what} is no app or blueprint that takes rules.")


def has_app(shell: InteractiveShell) -> bool:
    """Say whether the notebook has an app, bound to a name or not."""
    return any(True for _ in named_apps(shell)) or bool(live.apps())


def named_apps(shell: InteractiveShell) -> Iterator[tuple[str, WSGIApplication]]:
    """List the notebook's names that are bound to applications."""
    for name, value in list(shell.user_ns.items()):
        if not name.startswith("_") and is_app(value):
            yield name, value


def name_app(shell: InteractiveShell, app: object) -> str:
    """Return the notebook's name for an app, else the app's own name."""
    for name, value in named_apps(shell):
        if value is app:
            return name
    return str(getattr(app, "name", None) or type(app).__name__)


def list_rules(app: Any) -> list[live.RuleInfo]:
    """Return the rules of an app, of Werkbook's or of a framework that is known."""
    return live.rules(app) if isinstance(app, App) else list_foreign_rules(app)


def is_app(value: object) -> TypeGuard[WSGIApplication]:
    """Say whether an object is an application that can be served."""
    return is_wsgi_app(value) or is_asgi_app(value)


def is_wsgi_app(value: object) -> TypeGuard[WSGIApplication]:
    """Say whether an object is a WSGI application, as far as can be seen.

    Its signature tells: PEP 3333 lets the second argument be called anything, but
    Flask, Django, Bottle, Falcon and the examples all call it `start_response`.
    """
    if isinstance(value, App):
        return True
    return _parameters(value)[1:] == ["start_response"]


def is_asgi_app(value: object) -> bool:
    """Say whether an object is a whole ASGI application, as far as can be seen."""
    is_called_so = _parameters(value) == ["scope", "receive", "send"]
    return is_called_so and not any(
        isinstance(value, getattr(sys.modules[module], name))
        for module, names in PARTS_OF_APPS.items()
        if module in sys.modules
        for name in names
    )


def lookup(shell: InteractiveShell, name: str) -> Any:
    """Return what a dotted name of the notebook is bound to.

    Raises:
        UsageError: There is no such name; the apps that there are are listed.
    """
    first, *rest = name.split(".")
    try:
        found = shell.user_ns[first]
        for attribute in rest:
            found = getattr(found, attribute)
    except (KeyError, AttributeError):
        apps = _listed(dict(named_apps(shell)))
        raise UsageError(f"There is no app {name!r} here. There is: {apps}") from None
    return found


def _named_app(shell: InteractiveShell, name: str) -> WSGIApplication:
    found = lookup(shell, name)
    if callable(found) and not issubclass(type(found), NOT_APPS):
        return found  # type: ignore[no-any-return]  # its arguments may have any name
    raise UsageError(f"{name!r} is no WSGI or ASGI application.")


def _listed(named: dict[str, WSGIApplication]) -> str:
    return ", ".join(sorted(named)) or "none"


def _parameters(value: object) -> list[str]:
    """Return the names of a callable's arguments; none for what is no instance."""
    kind = type(value)
    # A proxy may stand for nothing now; a response is callable like a WSGI app.
    if issubclass(kind, NOT_APPS) or not callable(value):
        return []
    try:
        return list(inspect.signature(value).parameters)
    except (TypeError, ValueError):
        return []
