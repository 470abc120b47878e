"""Where Bottle's apps keep what."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from operator import is_
from typing import Any

from ..registrations.attributes import OwnedAttributes
from ..registrations.dicts import OwnedDict
from ..registrations.ledger import call_outside_run, ledger, outside_run
from ..registrations.lists import OwnedList
from .bottle_config import KeptConfig, set_attribute
from .kept import (
    HOME,
    HeldHome,
    Kept,
    KeptDict,
    KeptList,
    look_for_changes,
)
from .live_classes import Holder, Names, adopt, hold_class
from .route_lists import RouteList

_TOLD = "_werkbook_told"
"""Of an app: its router's filters and settings; of a router: the settings."""
HOOKS = ("before_request", "after_request", "app_reset", "config")


def hold_bottle(module: Any) -> list[type]:
    """Hold Bottle's apps; the default one, which is there already, included."""
    holder = Holder("Bottle", lambda cls: _names(module, cls))
    held = [hold_class(module.Bottle, holder)]
    with outside_run():  # which makes it: it is none of the apps of a cell
        adopt(module.default_app())
    return held


def _names(module: Any, cls: type) -> Names:
    """Return what the live class of an app has beyond Bottle's."""
    plain: Any = cls

    def set_value(app: Any, name: str, value: Any) -> None:
        kept = getattr(type(app), name, None)
        if isinstance(kept, Kept | _CompiledRouter):
            kept.__set__(app, value)
        elif app.__dict__.get("_werkbook_is_made_anew"):
            OwnedAttributes.__setattr__(app, name, value)
        else:
            set_attribute(app, name, value, plain)

    def add_route(app: Any, route: Any) -> None:
        """Add a route; its path is read now, so that an error is told here."""
        _new_router(module, app).add(route.rule, route.method, route, name=route.name)
        app.routes.append(route)
        if module.DEBUG:
            route.prepare()

    def wsgi(app: Any, environ: Any, start_response: Any) -> Any:
        """Answer a request, owned by nobody even where a cell asks."""
        look_for_changes()
        return call_outside_run(plain.wsgi, app, environ, start_response)

    def mount(app: Any, prefix: str, other: Any, **options: Any) -> None:
        """Mount an app as a WSGI app: what it is told later takes effect, too."""
        app._mount_wsgi(prefix, other, **options)

    return {
        "routes": KeptList("route", RouteList),
        "error_handler": KeptDict("error_handler"),
        "plugins": KeptList("plugin"),
        "_mounts": KeptList("mount"),
        "_hooks": _KeptHooks("hook", None),
        "router": _CompiledRouter(module),
        "config": KeptConfig(module.ConfigDict),
        "__setattr__": set_value,
        "add_route": add_route,
        "wsgi": wsgi,
        "_mount_app": mount,
    }


def _apply_plugins_anew(routes: list[Any], plugins: list[Any]) -> None:
    """Let routes forget other plugins; one that was hidden may know old ones."""
    now = tuple(plugins)
    for route in routes:
        known = route.__dict__.get("_werkbook_plugins", ())
        if len(known) != len(now) or not all(map(is_, known, now)):
            route.reset()
            route.__dict__["_werkbook_plugins"] = now


class _KeptHooks(Kept):
    """The attribute `_hooks`: name to the list of functions."""

    def __get__(self, app: Any, cls: type) -> Any:
        if app is None:
            return self
        if self.name not in app.__dict__:
            self.adopt(app)
        return app.__dict__[self.name]

    def adopt(self, app: Any) -> None:
        """Hold the hooks that there are, owned by nobody."""
        home, held = app.__dict__[HOME], app.__dict__.get(self.name, {})
        app.__dict__[self.name] = {
            name: OwnedList(name, home, held.get(name, ())) for name in HOOKS
        }


class _CompiledRouter:
    """The attribute `router`: made of the routes that are in force."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __get__(self, app: Any, cls: type) -> Any:
        if app is None:
            return self
        router, version = app.__dict__.get("_werkbook_router", (None, None))
        if version == HeldHome.version:
            return router
        with ledger.lock, outside_run():
            version = HeldHome.version
            router = _new_router(self._module, app)
            routes = list(app.routes)
            _apply_plugins_anew(routes, app.plugins)
            for route in routes:
                # Who adds a route is told; a filter may be gone since, or another one.
                with suppress(KeyError, self._module.RouteError):
                    router.add(route.rule, route.method, route, name=route.name)
            app.__dict__["_werkbook_router"] = router, version
        return router

    def __set__(self, app: Any, value: Any) -> None:
        """Keep what a router is told beside its routes, with its owners.

        A constructor that is called again leaves what other cells have told it.
        """
        is_kept = _TOLD in app.__dict__ and app.__dict__.get("_werkbook_is_made_anew")
        if not is_kept:
            home, strict = app.__dict__[HOME], {"strict_order": value.strict_order}
            filters = OwnedDict("filter", home, value.filters)
            app.__dict__[_TOLD] = filters, OwnedDict("attribute", home, strict)
        app.__dict__.pop("_werkbook_router", None)

    def adopt(self, app: Any) -> None:
        """Hold the router that there is."""
        self.__set__(app, app.__dict__.pop("router"))


def _new_router(module: Any, app: Any) -> Any:
    router = _make_router_class(module)()
    told = app.__dict__.get(_TOLD)
    if told is not None:
        router.filters, router.__dict__[_TOLD] = told
    return router


@cache
def _make_router_class(module: Any) -> Any:
    """Return the class of the routers that are made of the routes in force."""

    class LiveRouter(module.Router):  # type: ignore[misc]  # known when held
        """A router that keeps nothing of its own: the next one has its settings."""

        @property
        def strict_order(self) -> Any:
            """Whether static routes are no longer looked for first."""
            return self.__dict__.get(_TOLD, {}).get("strict_order", False)

        @strict_order.setter
        def strict_order(self, value: Any) -> None:
            told = self.__dict__.get(_TOLD)
            if told is not None:  # else the constructor says what all have
                told["strict_order"] = value

    return LiveRouter
