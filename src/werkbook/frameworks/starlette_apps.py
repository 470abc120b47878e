"""Where Starlette's apps and routers keep what, and those that are made of them.

A request uses one snapshot to its last byte (law L5): a chain of middleware and a
router whose routes no cell changes any more. The middleware stays the same objects
until a cell changes something but routes, as it may count or remember.
"""

from __future__ import annotations

import sys
from typing import Any

from ..registrations.ledger import in_run, ledger, outside_run
from ..serving.registry import find_server
from . import fastapi_apps, fastapi_lifespans, fastapi_routes, fasthtml_apps
from .fastapi_overrides import OverrideDict
from .kept import (
    HOME,
    HeldHome,
    KeptDict,
    KeptList,
    KeptState,
    Renewed,
    look_for_changes,
)
from .live_classes import Holder, Names, hold_class
from .route_lists import RouteList

_ROUTER = "werkbook.router"
"""In a scope: the router of the snapshot that answers."""


_ROUTING = "starlette.routing"
_BEGUN = "werkbook.begun"
"""In the scope of a lifespan: the functions that it began with."""


def hold_routers(module: Any) -> list[type]:
    """Hold the routers of `starlette.routing`, and of what derives from them."""
    # Whose `Mount(path, routes=[...])` makes one.
    holder = Holder("Router", _router_names, find_part=_find_part, module=_ROUTING)
    return [hold_class(module.Router, holder)]


def hold_apps(module: Any) -> list[type]:
    """Hold the apps of `starlette.applications`, and of what derives from them."""
    return [hold_class(module.Starlette, Holder("Starlette", _app_names))]


def _find_part(app: Any, options: dict[str, Any]) -> str | None:
    """Return where an app keeps the router that its constructor makes now.

    Only what the framework's own constructor makes: a class that derives from it may
    make other routers as well.
    """
    caller = sys._getframe(2).f_globals.get("__name__")
    if caller not in ("starlette.applications", "fastapi.applications"):
        return None
    is_of_webhooks = "dependency_overrides_provider" not in options
    return "webhooks" if fastapi_apps.is_app(app) and is_of_webhooks else "router"


def _router_names(cls: type) -> Names:
    return {
        "routes": KeptList("route", RouteList),
        "on_startup": KeptList("startup"),
        "on_shutdown": KeptList("shutdown"),
        "_werkbook_renew": fastapi_apps.renew_router,
        **fastapi_routes.router_names(cls),
        **fastapi_lifespans.lifespan_names(cls),
    }


def _app_names(cls: type) -> Names:
    return {
        "user_middleware": KeptList("middleware"),
        "exception_handlers": KeptDict("exception_handler"),
        "dependency_overrides": KeptDict("dependency_override", OverrideDict),
        "state": KeptState(),
        "openapi_schema": Renewed(),
        "middleware_stack": _SnapshotOf(),
        "add_middleware": _add_middleware,
        "_werkbook_parts": ("router",),
        "_werkbook_lifespan": _list_lifespan,
        **fasthtml_apps.app_names(cls),
    }


def _add_middleware(
    self: Any, middleware_class: Any, /, *args: Any, **kwargs: Any
) -> None:
    """Add middleware around what there is, also while the app is served."""
    middleware: Any = sys.modules["starlette.middleware"]
    made = middleware.Middleware(middleware_class, *args, **kwargs)
    self.user_middleware.insert(0, made)


class _SnapshotOf:
    """The attribute `middleware_stack`: what answers the request that comes now."""

    def __get__(self, app: Any, cls: type) -> Any:
        if app is None:
            return self
        look_for_changes()
        snapshot = app.__dict__.get("_werkbook_snapshot")
        if snapshot is None or snapshot.version != HeldHome.version:
            with ledger.lock, outside_run():
                snapshot = app.__dict__["_werkbook_snapshot"] = _compile(app, snapshot)
        return snapshot

    def __set__(self, app: Any, value: Any) -> None:
        """Take nothing: snapshots are made when a request comes."""

    def adopt(self, app: Any) -> None:
        """Forget the chain that there is."""
        app.__dict__.pop("middleware_stack", None)


class StarletteSnapshot:
    """All that answers a request: an ASGI app.

    Attributes:
        app: The chain of middleware.
        router: Whose routes nobody changes.
        version: Of which version of all that is held.
        own_version: Of which version of the app the chain is.
    """

    def __init__(self, app: Any, router: Any, version: int, own_version: int) -> None:
        self.app = app
        self.router = router
        self.version = version
        self.own_version = own_version

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, owned by nobody even where a cell asks."""
        scope[_ROUTER] = self.router
        if scope["type"] == "lifespan":
            scope[_BEGUN] = scope["app"]._werkbook_lifespan()
        if not in_run():
            await self.app(scope, receive, send)
            return
        with outside_run():
            await self.app(scope, receive, send)


class _Innermost:
    """The end of a chain of middleware: the router of the request's snapshot."""

    def __init__(self, router: Any) -> None:
        self.routes = router.routes

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await scope[_ROUTER](scope, receive, send)


def _compile(app: Any, before: StarletteSnapshot | None) -> StarletteSnapshot:
    version, own_version = HeldHome.version, app.__dict__[HOME].own_version
    router = freeze_router(app.router)
    if before is not None and before.own_version == own_version:
        return StarletteSnapshot(before.app, router, version, own_version)
    plain = object.__new__(app._werkbook_plain_class)
    plain.__dict__.update(app.__dict__)
    plain.__dict__.pop("openapi_schema", None)
    plain.__dict__.update(
        router=_Innermost(router),
        user_middleware=list(app.user_middleware),
        exception_handlers=dict(app.exception_handlers),
    )
    return StarletteSnapshot(
        plain.build_middleware_stack(), router, version, own_version
    )


def freeze_router(router: Any) -> Any:
    """Return a router with the routes of now; later changes don't reach it."""
    plain_class = getattr(router, "_werkbook_plain_class", None)
    if plain_class is None:
        return router
    frozen = object.__new__(plain_class)
    frozen.__dict__.update(router.__dict__)
    routes = [fastapi_apps.freeze_included(one, freeze_router) for one in router.routes]
    frozen.__dict__["routes"] = routes
    frozen.__dict__["lifespan_context"] = router.lifespan_context
    fastapi_routes.freeze_frontends(router, frozen)
    for name in ("middleware_stack", "default"):
        method = router.__dict__.get(name)
        if getattr(method, "__self__", None) is router:
            frozen.__dict__[name] = getattr(frozen, method.__name__)
    return frozen


def _list_lifespan(app: Any) -> list[Any]:
    """Return the functions of an app's start-up and shutdown, of now."""
    of_router = fastapi_lifespans.list_functions(app.router.lifespan_context)
    return [*fasthtml_apps.list_events(app), *of_router]


def renew_lifespan(app: Any) -> None:
    """Begin the lifespan of an app anew, if it began with other functions than now.

    Not within the run that changed them: what starts up sees the app as requests do.

    Raises:
        BaseException: What the app's start-up raised.
    """
    server = find_server(app)
    if server is None:
        return
    begun = server.lifespan_scope.get(_BEGUN)
    if begun is not None and begun != app._werkbook_lifespan():
        server.renew_lifespan()
