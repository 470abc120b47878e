"""Path operations and included routers, which FastAPI makes of their router's settings.

A router's prefix, tags, dependencies, ... go into a route when it is added. So each
route remembers how it was added: when the router's own cell runs again with other
settings, the routes that cells added are made anew with those.
"""

from __future__ import annotations

import copy
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from ..registrations.lists import OwnedList
from ..registrations.owners import Owners, current_owners, slots
from ..registrations.registration import Registration, next_number
from .kept import HOME, HeldHome, KeptList
from .live_classes import Names
from .route_lists import RouteList

SETTINGS = (
    "prefix",
    "tags",
    "dependencies",
    "deprecated",
    "include_in_schema",
    "responses",
    "callbacks",
    "dependency_overrides_provider",
    "route_class",
    "default_response_class",
    "generate_unique_id_function",
    "form_limits",
    "strict_content_type",
    "max_body_size",
)
"""The attributes of a router that go into its routes, as far as it has them."""

ADDING = ("add_api_route", "add_api_websocket_route", "include_router")
TOLD = "_werkbook_told"
"""The attribute of a route: the call that added it, and its number in that call."""

_call: ContextVar[Any] = ContextVar("werkbook_adding_call", default=None)


def router_names(cls: type) -> Names:
    """Return what the live class of a router of FastAPI's has beyond it."""
    routing: Any = sys.modules.get("fastapi.routing")
    if routing is None or not issubclass(cls, routing.APIRouter):
        return {}
    return {
        "routes": KeptList("route", ApiRouteList),
        "_frontend_routes": KeptFrontends(),
        "_low_priority_routes": _Frontends(),
        "_get_routes_version": _get_routes_version,
        **{name: _make_adding(name, getattr(cls, name)) for name in ADDING},
    }


def _get_routes_version(self: Any, seen: Any = None) -> int:
    """Return what rises with each change: FastAPI counts those of its own calls."""
    return HeldHome.version


def _make_adding(name: str, add: Callable[..., Any]) -> Callable[..., Any]:
    def adding(self: Any, /, *arguments: Any, **options: Any) -> Any:
        token = _call.set(AddingCall(self, name, arguments, options))
        try:
            return add(self, *arguments, **options)
        finally:
            _call.reset(token)

    adding.__wrapped__ = add  # type: ignore[attr-defined]  # for inspect
    return adding


class AddingCall:
    """A call of a router's that added routes.

    Args:
        router: The live router.
        name: The method that was called.
        arguments: What it was called with.
        options: The same, by name.

    Attributes:
        place: Where Restart and Run All would call it: its cell's, and within that.
        settings: What of the router's went into the routes.
        count: How many routes it has added.
    """

    def __init__(
        self,
        router: Any,
        name: str,
        arguments: tuple[Any, ...],
        options: Mapping[str, Any],
    ) -> None:
        self._router = weakref.ref(router)
        self._name, self._arguments, self._options = name, arguments, options
        self._owners = current_owners()
        self._slot = slots.find(self._owners)
        self.place = self._slot, next_number()
        self._own: dict[str, Any] = {}
        self._seen: set[tuple[str, Owners]] = set()
        claims = router.__dict__.get("_attributes")
        is_anew = claims is not None and claims.is_made_by(self._owners)
        for name, claim in _find_set(router):
            if claim.owners == self._owners:
                if not claim.is_previous:
                    self._own[name] = claim.value
            elif not is_anew:  # what others say comes after the cell that makes it
                self._seen.add((name, claim.owners))
        self.settings = self._join_included(_read_all(router))
        self.count = 0

    def _find_settings(self, router: Any) -> dict[str, Any]:
        """Return what goes into the routes now.

        What a cell has set on the router itself (`router.prefix = "/v2"`) holds for
        the routes that are added after that, as in FastAPI, or by a later cell: they
        have what the cell says now, and nothing of it where it has gone.
        """
        set_before = {
            name: claim.value
            for name, claim in _find_set(router)
            if claim.owners != self._owners
            and (claim.slot < self._slot or (name, claim.owners) in self._seen)
        }
        found = {**read_settings(router), **set_before, **self._own}
        return self._join_included(found)

    def _join_included(self, settings: dict[str, Any]) -> dict[str, Any]:
        included = self._find_included()
        if included is not None:
            settings["_included"] = read_settings(included)
        return settings

    def is_including_in(self, router: Any) -> bool:
        """Say whether the call includes another router in this one."""
        return self._name == "include_router" and self._router() is router

    def _find_included(self) -> Any:
        """Return the router that was included, if that was the call."""
        if self._name != "include_router":
            return None
        return (*self._arguments, self._options.get("router"))[0]

    def renew(self, route: Any, number: int) -> Any:
        """Return a route as the router's settings of now make it."""
        router = self._router()
        if router is None or self._find_settings(router) == self.settings:
            return route
        call = copy.copy(self)
        call.settings = self._find_settings(router)
        made = call.make_routes(router)
        if number >= len(made):
            return route
        note_call(made[number], call, number)
        return made[number]

    def make_routes(self, router: Any) -> list[Any]:
        """Return the routes that the call adds to a router with the call's settings."""
        plain = _make_plain(router)
        plain.__dict__.update(self.settings)
        included = self._find_included()
        if included is None:
            getattr(plain, self._name)(*self._arguments, **self._options)
            return list(plain.routes)
        # Without its routes, some of which may have come after it was included.
        options = {**self._options, "router": _make_plain(included)}
        plain.include_router(*self._arguments[1:], **options)
        for route in plain.routes:
            _put_included(route, included)
        return list(plain.routes)


def _make_plain(router: Any) -> Any:
    """Return a router with the settings of another, but none of its routes."""
    plain = object.__new__(getattr(router, "_werkbook_plain_class", type(router)))
    plain.__dict__.update(router.__dict__)
    plain.__dict__.update(routes=[], on_startup=[], on_shutdown=[])
    return plain


def _put_included(route: Any, router: Any) -> None:
    """Let a route that stands for an included router stand for that one."""
    if hasattr(route, "original_router"):
        route.original_router = router
        context = replace(route.include_context, included_router=router)
        route.include_context = context


def read_settings(router: Any) -> dict[str, Any]:
    """Return what a router was made with last, as far as it goes into routes."""
    claims, own = router.__dict__.get("_attributes"), router.__dict__
    return {
        name: own[name] if claims is None else claims.find_made(name, own[name])
        for name in SETTINGS
        if name in own
    }


def _read_all(router: Any) -> dict[str, Any]:
    """Return what goes into routes that a router's own method makes now."""
    return {name: getattr(router, name) for name in read_settings(router)}


def _find_set(router: Any) -> Iterator[tuple[str, Registration]]:
    """Yield what cells set on a router beside what it was made with, newest last."""
    claims = router.__dict__.get("_attributes")
    if claims is None:
        return
    for name in SETTINGS:
        for claim in claims.claims_to(name):
            if claims.is_set(claim):
                yield name, claim


def is_including(router: Any) -> bool:
    """Say whether another router is included in this one right now."""
    call = _call.get()
    return call is not None and call.is_including_in(router)


def find_place(route: Any) -> tuple[float, int] | None:
    """Return where Restart and Run All would add a route, None where nobody knows."""
    call, _ = getattr(route, "__dict__", {}).get(TOLD, (None, 0))
    return None if call is None else call.place


def note_call(route: Any, call: AddingCall, number: int) -> None:
    """Note on a route which call added it."""
    route.__dict__[TOLD] = call, number


def renew_route(route: Any) -> Any:
    """Return a route as its router's settings of now make it."""
    call, number = getattr(route, "__dict__", {}).get(TOLD, (None, 0))
    return route if call is None else call.renew(route, number)


class ApiRouteList(RouteList):
    """The routes of a router whose settings go into them."""

    def append(self, value: Any) -> None:
        """Add a route, and note how."""
        call = _call.get()
        if call is not None and TOLD not in value.__dict__:
            note_call(value, call, call.count)
            call.count += 1
            value = renew_route(value)
        super().append(value)

    def take(self, registrations: Iterable[Registration]) -> None:
        """Put routes in, those of a deleted cell again as they would be made now."""
        taken = list(registrations)
        for one in taken:
            self._renew_one(one)
        super().take(taken)

    def renew(self) -> None:
        """Make the routes anew that the router's settings of now make other ones."""
        if self._is_plain:
            shown = [renew_route(one) for one in list.__iter__(self)]
            list.__setitem__(self, slice(None), shown)
            return
        for one in self.registrations:
            self._renew_one(one)
        self.settle()

    def _renew_one(self, registration: Registration) -> None:
        if (route := renew_route(registration.value)) is not registration.value:
            registration.value, registration.memo = route, None


class KeptFrontends:
    """The attribute `_frontend_routes`: the group of the folders that are served.

    Whichever cell served the first one has made the group; each folder in it is its
    own cell's.
    """

    def __get__(self, router: Any, cls: type) -> Any:
        return self if router is None else router.__dict__.get("_werkbook_frontends")

    def __set__(self, router: Any, group: Any) -> None:
        """Hold a group; a router that is made anew has that of before."""
        if group is not None:
            group.routes = OwnedList("frontend", router.__dict__[HOME], group.routes)
            router.__dict__["_werkbook_frontends"] = group

    def adopt(self, router: Any) -> None:
        """Hold the group that there is."""
        self.__set__(router, router.__dict__.pop("_frontend_routes", None))


class _Frontends:
    """The attribute `_low_priority_routes`: that group."""

    def __get__(self, router: Any, cls: type) -> Any:
        if router is None:
            return self
        group = router._frontend_routes
        return [] if group is None else [group]

    def __set__(self, router: Any, value: Any) -> None:
        """Take nothing: there is one group at most."""

    def adopt(self, router: Any) -> None:
        """Forget the list that there is."""
        router.__dict__.pop("_low_priority_routes", None)


def freeze_frontends(router: Any, frozen: Any) -> None:
    """Give a router the folders that another one serves now."""
    group = router.__dict__.get("_werkbook_frontends")
    if "_werkbook_frontends" in router.__dict__:
        made = type(group)(
            dependencies=router.dependencies,
            dependency_overrides_provider=router.dependency_overrides_provider,
        )
        made.routes = list(group.routes)
        frozen.__dict__["_frontend_routes"] = made
        frozen.__dict__["_low_priority_routes"] = [made]
    elif hasattr(router, "_low_priority_routes"):
        frozen.__dict__["_low_priority_routes"] = []
