"""The lifespan of a router of FastAPI's, which those of included routers join.

`include_router` copies the other router's functions of start-up and shutdown, and puts
its lifespan around the router's own. What another cell says of either later would not
reach such a copy, and the copy would hide it. So a router remembers which ones it
includes, and asks them.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .kept import LateList

EVENTS = {"on_startup": "_startup", "on_shutdown": "_shutdown"}
"""The lists of functions that a router has, and what calls them."""
INCLUDED = "_werkbook_included"
_ABOVE = "_werkbook_above"
_including: ContextVar[Any] = ContextVar("werkbook_including", default=None)


def lifespan_names(cls: type) -> dict[str, Any]:
    """Return what the live class of a router has beyond it."""
    plain: Any = cls

    def add_event_handler(self: Any, event_type: str, func: Any) -> None:
        """Add a function; those of a router that is included now are asked for."""
        if _including.get() is not self:
            plain.add_event_handler(self, event_type, func)

    return {
        INCLUDED: LateList("included"),
        "lifespan_context": JoinedLifespan(),
        "add_event_handler": add_event_handler,
    }


class IncludedEvents:
    """A function of a router's start-up or shutdown: it calls an included router's.

    Args:
        router: The included router.
        name: One of `EVENTS`.
    """

    def __init__(self, router: Any, name: str) -> None:
        self._router, self._name = router, name

    async def __call__(self) -> None:
        """Call the functions that the router has now."""
        await getattr(self._router, EVENTS[self._name])()


class JoinedLifespan:
    """The attribute `lifespan_context`: the router's own, and those it includes."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, router: Any, cls: type) -> Any:
        if router is None:
            return self
        try:
            return self.join(router, router.__dict__[self.name])
        except KeyError:
            raise AttributeError(self.name) from None

    def __set__(self, router: Any, value: Any) -> None:
        claims = router.__dict__.get("_attributes")
        if claims is None:
            router.__dict__[self.name] = value
        elif _including.get() is not router:  # which would put both into one
            claims._set(self.name, value)

    def join(self, router: Any, own: Any) -> Any:
        """Return a router's own lifespan joined by those of the routers it includes."""
        routing: Any = sys.modules["fastapi.routing"]
        for one in getattr(router, INCLUDED):
            own = routing._merge_lifespan_context(own, one.lifespan_context)
        return own


@contextmanager
def including(router: Any, included: Any) -> Iterator[None]:
    """Let the block include a router in another one, and remember it."""
    if included is None:
        yield
        return
    token = _including.set(router)
    try:
        yield
    finally:
        _including.reset(token)
    for name in EVENTS:
        getattr(router, name).append(IncludedEvents(included, name))
    getattr(router, INCLUDED).append(included)
    note_above(included, router)


def note_above(router: Any, above: Any) -> None:
    """Note which app or router has a router."""
    known = router.__dict__.setdefault(_ABOVE, weakref.WeakValueDictionary())
    known[id(above)] = above  # a router has no hash


def tell_above(router: Any) -> None:
    """Tell the apps that have a router, also by others, that a run has ended."""
    for one in list(router.__dict__.get(_ABOVE, {}).values()):
        one._werkbook_run_ended()


def list_lifespan(router: Any) -> Iterator[Any]:
    """Yield all functions of a router's lifespan, those of included ones as well."""
    own = router.__dict__
    for name in EVENTS:
        held = own.get(name, ())
        yield from (one for one in held if not isinstance(one, IncludedEvents))
    context = own.get("lifespan_context")
    if not type(context).__name__.startswith("_Default"):  # of which each has one
        yield context
    for included in own.get(INCLUDED, ()):
        yield from list_lifespan(included)
