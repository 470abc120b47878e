"""Lists of routes: the cell that ran last has a path and method (law L6)."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..registrations.lists import OwnedList
from ..registrations.registration import Registration

_GROUP_NAME = re.compile(r"\?P<[^>]*>")
_WILDCARD_NAME = re.compile(r"<[^:>]*")
_AUTOMATIC = frozenset({"HEAD"})


class RouteFacts(NamedTuple):
    """What is asked of a route, of whichever framework.

    Attributes:
        path: Its path, as its author wrote it.
        methods: Its methods; None where it takes any.
        name: Its name, mostly that of its function.
        shape: What two routes share that match the same paths; None where a route
            takes no place from another.
        is_websocket: Whether it is a WebSocket.
    """

    path: str
    methods: frozenset[str] | None
    name: str
    shape: Any
    is_websocket: bool = False


def is_websocket(route: Any) -> bool:
    """Say whether a route of Starlette's or of who derives from it is a WebSocket."""
    return "WebSocket" in type(route).__name__


def describe_route(route: Any) -> RouteFacts:
    """Return what is asked of a route of Starlette's, FastAPI's or Bottle's."""
    if hasattr(route, "rule"):
        name = route.name or getattr(route.callback, "__name__", "")
        shape = "rule", _WILDCARD_NAME.sub("<", route.rule)
        return RouteFacts(route.rule, frozenset({route.method}), name, shape)
    path = getattr(route, "path", "")
    pattern = getattr(getattr(route, "path_regex", None), "pattern", None)
    methods = getattr(route, "methods", None)
    kind = "websocket" if is_websocket(route) else "http"
    return RouteFacts(
        path,
        frozenset(methods) if methods else None,
        getattr(route, "name", None) or "",
        None if pattern is None else (kind, _GROUP_NAME.sub("", pattern)),
        is_websocket(route),
    )


def find_view(route: Any) -> Any:
    """Return the view function of a route, without what FastHTML wraps around it."""
    view: Any = getattr(route, "endpoint", None) or getattr(route, "callback", None)
    names = getattr(getattr(view, "__code__", None), "co_freevars", ())
    if getattr(view, "__module__", "") == "fasthtml.core" and "f" in names:
        return view.__closure__[names.index("f")].cell_contents
    return view


class RouteList(OwnedList):
    """The routes of an app or a router, in the order in which cells add them."""

    def identity(self, value: Any) -> Any:
        """Two runs of a cell repeat a route when path and methods are the same."""
        facts = describe_route(value)
        return (facts.shape or _find_included(value)), facts.methods

    def in_force(self, *, for_cell: bool = False) -> list[Registration]:
        """Return the registrations of routes that have not lost all their methods."""
        held = sorted(super().in_force(for_cell=for_cell), key=_is_of_any_host)
        groups = _group(held)
        if len(groups) == len(held):
            return held
        return [one for one in held if not _has_lost_all(one, groups[_shape(one)])]

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        """Do nothing: FastHTML sorts by host, and so are these always."""

    def settle(self) -> None:
        """Show again what is in force, each with the methods that it still has."""
        if self._is_plain:
            return
        held = self.in_force()
        groups = _group(held)
        shown = [_narrowed(one, groups[_shape(one)]) for one in held]
        list.__setitem__(self, slice(None), shown)

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Find the routes of others that lose a method to one of these."""
        groups = _group(self.registrations)
        for registration in registrations:
            for other in groups.get(_shape(registration), ()):
                if other.owner != registration.owner and _takes(registration, other):
                    yield registration, other


def _find_included(route: Any) -> Any:
    """Return which router a route stands for, and at which prefix; else its own id."""
    router = getattr(route, "original_router", None)
    if router is None:
        return id(route)
    return id(router), getattr(route.include_context, "prefix", None)


def _is_of_any_host(registration: Registration) -> bool:
    """Say whether a route is none of FastHTML's for one host, which come first."""
    route = registration.value
    is_for_host = type(route).__name__ == "HostRoute" and bool(route.host)
    return not is_for_host


def _facts(registration: Registration) -> RouteFacts:
    if registration.memo is None:
        registration.memo = describe_route(registration.value)
    facts: RouteFacts = registration.memo
    return facts


def _shape(registration: Registration) -> Any:
    if registration.container is None:
        return id(registration)
    return _facts(registration).shape or id(registration)


def _group(held: list[Registration]) -> dict[Any, list[Registration]]:
    groups: dict[Any, list[Registration]] = {}
    for one in held:
        groups.setdefault(_shape(one), []).append(one)
    return groups


def _takes(one: Registration, other: Registration) -> bool:
    """Say whether a route takes a method from an older one of another run."""
    if other.sequence >= one.sequence:
        return False
    if one.owner == other.owner and one.is_previous == other.is_previous:
        return False  # within a cell the framework's own order holds
    own, others = _facts(one).methods, _facts(other).methods
    if own is None or others is None:
        return own is None
    return bool((own & others) - _AUTOMATIC or own & others == others)


def _left(registration: Registration, group: list[Registration]) -> Any:
    """Return the methods that nobody has taken: a set, or None for any."""
    methods = _facts(registration).methods
    for other in group:
        if other is not registration and _takes(other, registration):
            taken = _facts(other).methods
            if taken is None:
                return frozenset()
            if methods is not None:
                methods -= taken
    return methods


def _has_lost_all(registration: Registration, group: list[Registration]) -> bool:
    left = _left(registration, group)
    return left is not None and not left and len(group) > 1


def _narrowed(registration: Registration, group: list[Registration]) -> Any:
    """Return a route with the methods that it has left."""
    route = registration.value
    left = _left(registration, group) if len(group) > 1 else None
    if left is None or left == _facts(registration).methods:
        return route
    narrowed = copy.copy(route)
    narrowed.methods = set(left)
    return narrowed
