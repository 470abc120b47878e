"""Apps of other frameworks as live apps: what cells tell them has owners, too.

For each framework there is one small adapter, which names where an app of it keeps
what (`starlette_apps`, `fastapi_apps`, `fasthtml_apps`, `bottle_apps`,
`jinja_templates` for Starlette's templates, and `extensions` for objects of
Flask's extensions). `kept` has the descriptors that put owned
lists and dicts there, `live_classes` makes the class of a live app, and `route_lists`
is the list whose routes have one owner for each path and method (law L6).

Nothing here imports a framework: an adapter gets the module once somebody else has
imported it. Imports `live`, `registrations` and `serving`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

ADAPTERS = {
    "starlette.routing": ("starlette_apps", "hold_routers"),
    "starlette.applications": ("starlette_apps", "hold_apps"),
    "starlette.templating": ("jinja_templates", "hold_templates"),
    "fasthtml.core": ("fasthtml_apps", "hold_routers"),
    "bottle": ("bottle_apps", "hold_bottle"),
    "blinker": ("extensions.holding", "hold_blinker"),
    **dict.fromkeys(
        ("apiflask.app", "flask_restx.api"),
        ("extensions.documents", "hold_document"),
    ),
    **dict.fromkeys(
        (
            "flask_admin.base",
            "flask_assets",
            "flask_httpauth",
            "flask_jwt_extended.jwt_manager",
            "flask_limiter._extension",
            "flask_login.login_manager",
            "flask_principal",
            "flask_socketio",
            "flask_wtf.csrf",
        ),
        ("extensions.holding", "hold_extension"),
    ),
}
"""The modules that make apps, and objects of extensions: which adapter holds what they
make, by which function."""


def hold(name: str, module: Any) -> list[type]:
    """Have what a module of a framework makes be live from now on.

    Args:
        name: One of `ADAPTERS`.
        module: The module of that name, which has been imported.

    Returns:
        The classes whose objects are live from now on; `adopt` takes older ones.
    """
    adapter, function = ADAPTERS[name]
    held: list[type] = getattr(import_module(f".{adapter}", __name__), function)(module)
    return held


def adopt(thing: Any) -> None:
    """Make an object live that was made before its framework's module was held."""
    import_module(".live_classes", __name__).adopt(thing)


def renew_lifespan(app: Any) -> None:
    """Begin the lifespan of an app anew, if a run of a cell changed it.

    Raises:
        BaseException: What the app's start-up raised.
    """
    if hasattr(type(app), "_werkbook_lifespan"):
        import_module(".starlette_apps", __name__).renew_lifespan(app)
