"""What FastHTML's apps and routers have beyond Starlette's.

`APIRouter.to_app` copies a router's routes to an app. Here each copy follows from the
route and from that call: it goes with either, and a route that the router is told later
is copied, too.
"""

from __future__ import annotations

import inspect
import sys
import weakref
from collections.abc import Callable, Iterable
from typing import Any, Self

from ..registrations.dicts import CellOrderedDict
from ..registrations.ledger import ledger
from ..registrations.lists import OwnedList
from ..registrations.owners import current_owners, join_owners, owned_by
from ..registrations.registration import Cause, Registration
from .kept import HOME, Kept, KeptDict, KeptList, KeptState, MadeDict
from .live_classes import Holder, Names, hold_class

_ALL_METHODS = ("get", "post", "put", "delete", "patch", "head", "trace", "options")
"""A function of such a name answers that method alone."""
_PATH, _WRAP = 1, 5
"""Where the tuple of a route has what its router's settings went into."""


def hold_routers(module: Any) -> list[type]:
    """Hold the routers of `fasthtml.core`."""
    return [hold_class(module.APIRouter, Holder("Router", _router_names))]


def app_names(cls: type) -> Names:
    """Return what the live class of an app of FastHTML's has beyond Starlette's."""
    core: Any = sys.modules.get("fasthtml.core")
    if core is None or not issubclass(cls, core.FastHTML):
        return {}
    return {
        "before": KeptList("before"),
        "after": KeptList("after"),
        "hdrs": KeptList("header"),
        "ftrs": KeptList("footer"),
        "htmlkw": KeptDict("html_attribute", _Attributes),
        "bodykw": KeptDict("body_attribute", _Attributes),
        "exception_handlers": _KeptHandlers("exception_handler"),
        "lifespan": _KeptLifespan("lifespan", None),
        "_add_route": _make_adding(cls),
        "add_route": _put_route,
        "_werkbook_startup": KeptList("startup"),
        "_werkbook_shutdown": KeptList("shutdown"),
    }


class _KeptHandlers(KeptDict):
    """The attribute `exception_handlers`: a page of one has what the app has now.

    FastHTML gives the pages of its constructor's handlers the lists and dicts that the
    constructor was called with.
    """

    def fill(self, held: Any, value: Any) -> None:
        """Add what is assigned."""
        app = held.home.registered_for
        super().fill(held, {key: _on_page_of(app, one) for key, one in value.items()})


def _on_page_of(app: Any, handler: Any) -> Any:
    code = getattr(handler, "__code__", None)
    core: Any = sys.modules["fasthtml.core"]
    if getattr(handler, "__module__", "") != "fasthtml.core" or code is None:
        return handler
    cells = handler.__closure__ or ()
    given = {
        name: one.cell_contents
        for name, one in zip(code.co_freevars, cells, strict=True)
    }
    if not given.keys() >= {"f", "hdrs", "ftrs", "htmlkw", "bodykw"}:
        return handler
    given.update(hdrs=app.hdrs, ftrs=app.ftrs, htmlkw=app.htmlkw, bodykw=app.bodykw)
    return core._wrap_ex(**given)


class _Attributes(MadeDict, CellOrderedDict):
    """The attributes of an element, in the order of their cells' first runs."""


def _make_adding(cls: type) -> Callable[..., Any]:
    """Return the method of an app that adds a route, with the app's wrapper of now."""
    add: Any = cls._add_route  # type: ignore[attr-defined]  # FastHTML's

    def adding(
        self: Any,
        func: Any,
        path: Any,
        methods: Any,
        name: Any,
        include_in_schema: Any,
        body_wrap: Any,
        *arguments: Any,
        **options: Any,
    ) -> Any:
        if not body_wrap and self.body_wrap is _find_wrap(self):
            body_wrap = _WrapOf(self)
        told = func, path, methods, name, include_in_schema, body_wrap
        return add(self, *told, *arguments, **options)

    adding.__wrapped__ = add  # type: ignore[attr-defined]  # for inspect
    return adding


def _put_route(self: Any, route: Any) -> None:
    """Add or replace a route in the FastHTML app.

    It takes the place of one of the same path, name and methods of the same cell's;
    that of another cell makes way while the cell that ran last has it (law L6), and is
    not taken out as what a cell's own code takes out.
    """
    told = route.methods
    methods = [told] if isinstance(told, str) else list(told or ())
    route.methods = [one.upper() for one in methods]
    routes, owners = self.router.routes, current_owners()
    with ledger.lock:
        for index, one in reversed([*enumerate(routes.seen_registrations())]):
            if one.owners == owners and _is_same_route(one.value, route):
                del routes[index]
        routes.append(route)


def _is_same_route(route: Any, other: Any) -> bool:
    return (
        getattr(route, "path", None) == other.path
        and route.name == other.name
        and set(getattr(route, "methods", None) or ()) == set(other.methods)
    )


def _find_wrap(app: Any) -> Any:
    """Return the wrapper of bodies that an app was made with last."""
    own = app.__dict__
    return own["_attributes"].find_made("body_wrap", own.get("body_wrap"))


class _WrapOf:
    """The wrapper of bodies that an app is made with, also when it is made anew."""

    def __init__(self, app: Any) -> None:
        self._app = app

    @property
    def __signature__(self) -> inspect.Signature:  # FastHTML counts its parameters
        return inspect.signature(_find_wrap(self._app))

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Wrap a body."""
        return _find_wrap(self._app)(*arguments, **options)


class _KeptLifespan(Kept):
    """The attribute `lifespan`: the functions that it is given are registrations."""

    def __set__(self, app: Any, value: Any) -> None:
        app._werkbook_startup, app._werkbook_shutdown = value.startup, value.shutdown
        value.startup, value.shutdown = app._werkbook_startup, app._werkbook_shutdown
        app.__dict__[self.name] = value

    def adopt(self, app: Any) -> None:
        """Hold the functions that there are, owned by nobody."""
        lifespan, home = app.__dict__[self.name], app.__dict__[HOME]
        for name in ("startup", "shutdown"):
            held = OwnedList(name, home, getattr(lifespan, name))
            app.__dict__[f"_werkbook_{name}"] = held
            setattr(lifespan, name, held)


def list_events(app: Any) -> list[Any]:
    """Return the functions of an app's start-up and shutdown."""
    held = app.__dict__
    return [*held.get("_werkbook_startup", ()), *held.get("_werkbook_shutdown", ())]


def _router_names(cls: type) -> Names:
    core: Any = sys.modules["fasthtml.core"]
    return {
        "routes": KeptList("route", RouterRoutes),
        "wss": KeptList("route", RouterSockets),
        "rt_funcs": _KeptFunctions(core.RouteFuncs),
        "to_app": _to_app,
        "_werkbook_mounts": _Mounts("mount"),
        "_werkbook_derive": _derive,
        "_werkbook_renew": None,
        "_werkbook_run_ended": _renew_routes,
    }


class _Mounts(KeptList):
    """The attribute that FastHTML's routers have not: which apps have the router."""

    def __get__(self, router: Any, cls: type) -> Any:
        if router is not None and self.name not in router.__dict__:
            self.__set__(router, ())
        return super().__get__(router, cls)


class _KeptFunctions(KeptState):
    """The attribute `rt_funcs`: the functions of a router's routes, by their names."""

    def __init__(self, make: Any) -> None:
        super().__init__("route_function", "_funcs")
        self._make_empty = make

    def __get__(self, router: Any, cls: type) -> Any:
        if router is None:
            return self
        if self.name not in router.__dict__:  # which the router's own code asks
            return self._make_empty()
        return router.__dict__[self.name]


class RouterRoute(tuple[Any, ...]):
    """What FastHTML keeps of a route that a router was told.

    Attributes:
        settings: The prefix and the wrapper of bodies that the router was made with.
    """

    settings: tuple[Any, Any]

    @property
    def endpoint(self) -> Any:
        """The view function."""
        return self[0]

    @property
    def path(self) -> str:
        """Its path, with the router's prefix."""
        return str(self[_PATH])

    @property
    def name(self) -> str:
        """Its name, mostly that of its view function."""
        return str(self[3])

    @property
    def methods(self) -> list[str]:
        """Its methods, as the app will have them."""
        told, name = self[2], getattr(self[0], "__name__", "")
        if not told:
            told = [name] if name in _ALL_METHODS else ["get", "post"]
        return [one.upper() for one in ([told] if isinstance(told, str) else told)]

    def renew(self, router: Any) -> RouterRoute:
        """Return the route as it would be told to the router as it is made now."""
        now = _read_settings(router)
        if now == self.settings:
            return self
        parts, (prefix, wrap) = list(self), self.settings
        if str(parts[_PATH]).startswith(prefix):
            parts[_PATH] = now[0] + parts[_PATH][len(prefix) :]
        if parts[_WRAP] is wrap:
            parts[_WRAP] = now[1]
        return type(self).remember(parts, router)

    @classmethod
    def remember(cls, parts: Iterable[Any], router: Any) -> Self:
        """Make one of what a router is told now."""
        route = cls(parts)
        route.settings = _read_settings(router)
        return route


class RouterSocket(RouterRoute):
    """The same of a WebSocket."""

    @property
    def name(self) -> str:
        """Its name, where it has one."""
        return self[4] or ""

    @property
    def methods(self) -> list[str]:
        """What FastHTML calls the method of one."""
        return ["WS"]


def _read_settings(router: Any) -> tuple[Any, Any]:
    claims, own = router.__dict__["_attributes"], router.__dict__
    return (
        claims.find_made("prefix", own.get("prefix", "")),
        claims.find_made("body_wrap", own.get("body_wrap")),
    )


class RouterRoutes(OwnedList):
    """The routes of a router."""

    route: type[RouterRoute] = RouterRoute

    def identity(self, value: Any) -> Any:
        """Two runs of a cell repeat a route when path and methods are the same."""
        return value[_PATH], str(value[2])

    def append(self, value: Any) -> None:
        """Add a route, and note what the router's settings are."""
        super().append(self.route.remember(value, self.home.registered_for))  # type: ignore[attr-defined]  # a home of ours


class RouterSockets(RouterRoutes):
    """The WebSockets of a router."""

    route = RouterSocket


class RouterOnApp:
    """That a router was added to an app: a call of `to_app`.

    Args:
        app: The app.

    Attributes:
        registration: The call as a registration of the router.
        made: The routes of the app that follow from it.
    """

    def __init__(self, app: Any) -> None:
        self._app, self._owners = app, current_owners()
        self.registration: Registration | None = None
        self.made: weakref.WeakSet[Registration] = weakref.WeakSet()

    def replay(self, route: Registration) -> None:
        """Copy a route to the app."""
        sources = route, self.registration
        is_socket = isinstance(route.container, RouterSockets)
        add = self._app._add_ws if is_socket else self._app._add_route
        with (
            owned_by(join_owners(route.owners, self._owners)),
            Cause(self.made, is_derivation=True, sources=sources),
        ):
            add(*route.value)


def _to_app(self: Any, app: Any) -> None:
    """Add routes to `app`."""
    with ledger.lock:
        self._werkbook_mounts.append(RouterOnApp(app))


def _derive(router: Any, registration: Registration) -> None:
    """Copy a route to each app that has the router, or all to an app that is new."""
    if registration.kind == "mount":
        registration.value.registration = registration
        if not registration.is_previous:
            _replay_all(router, registration.value)
    elif registration.kind == "route":
        for one in router._werkbook_mounts.seen_registrations():
            one.value.replay(registration)


def _replay_all(router: Any, mount: RouterOnApp) -> None:
    for routes in (router.routes, router.wss):
        for one in routes.seen_registrations():
            mount.replay(one)


def _renew_routes(router: Any) -> None:
    """Make the routes anew that the router's settings of now make other ones."""
    routes = [
        one
        for one in (*router.routes.registrations, *router.wss.registrations)
        if isinstance(one.value, RouterRoute)  # not one of before it was held
    ]
    renewed = [(one, one.value.renew(router)) for one in routes]
    if all(value is one.value for one, value in renewed):
        return
    for one, value in renewed:
        one.value = value
    router.routes.settle()
    router.wss.settle()
    mounts = router._werkbook_mounts.in_force()
    for mount in mounts:
        ledger.withdraw(list(mount.value.made))
    for mount in mounts:
        _replay_all(router, mount.value)
