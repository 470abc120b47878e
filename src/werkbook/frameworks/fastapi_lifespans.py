"""The lifespan of a router of FastAPI's, which those of included routers join.

`include_router` puts the lifespan of the other router of then around that which the
router has then. One that either is given later would not be in it. So what a router
says by itself is kept apart, and joined by what the routers that it includes now say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from .fastapi_routes import find_place, is_including

_NAME = "lifespan_context"
_MERGED = "_merge_lifespan_context.<locals>.merged_lifespan"
Place = tuple[float, int] | None


def lifespan_names(cls: type) -> dict[str, Any]:
    """Return what the live class of a router of FastAPI's has for its lifespan.

    A version of FastAPI's that copies the routes of a router has nothing to ask later.
    """
    routing: Any = sys.modules.get("fastapi.routing")
    if not hasattr(routing, "_IncludedRouter") or not issubclass(
        cls, routing.APIRouter
    ):
        return {}
    return {_NAME: KeptLifespan()}


class KeptLifespan:
    """The attribute `lifespan_context`: the router's own, and those it includes."""

    def __get__(self, router: Any, cls: type) -> Any:
        if router is None:
            return self
        try:
            return self.join(router, router.__dict__[_NAME])
        except KeyError:
            raise AttributeError(_NAME) from None

    def __set__(self, router: Any, value: Any) -> None:
        if not is_including(router):  # which would put both into one
            router.__dict__["_attributes"]._set(_NAME, value)

    def adopt(self, router: Any) -> None:
        """Keep a router's own apart from those that have joined it."""
        router.__dict__[_NAME] = _find_own(router.__dict__[_NAME])

    def join(self, router: Any, own: Any, before: Place = None) -> Any:
        """Return a router's own lifespan, joined by those of the routers it includes.

        Args:
            router: The router.
            own: Its own lifespan.
            before: Only by those that it includes before this place.
        """
        after = _find_place_of(router, own)
        included = [
            (place, one)
            for place, one in _list_included(router)
            if place is None
            or ((after is None or after < place) and (before is None or place < before))
        ]
        return JoinedLifespan(own, included) if included else own


class JoinedLifespan:
    """A lifespan that those of included routers join, as they are when it begins.

    Args:
        own: The lifespan of the router that includes them.
        included: The routers, each with the place where it is included.
    """

    def __init__(self, own: Any, included: list[tuple[Place, Any]]) -> None:
        self._own = own
        self._included = included

    def __call__(self, app: Any) -> Any:
        """Return the context in which the app runs."""
        routing: Any = sys.modules["fastapi.routing"]
        first, *others = self.list_parts()
        for one in others:
            first = routing._merge_lifespan_context(first, one)
        return first(app)

    def list_parts(self) -> list[Any]:
        """Return all lifespans of now, the router's own first."""
        return [self._own, *(_find_lifespan(one, at) for at, one in self._included)]


def list_functions(context: Any) -> Iterator[Any]:
    """Yield all that a lifespan calls: what it is made of, and functions of events."""
    if isinstance(context, JoinedLifespan):
        for one in context.list_parts():
            yield from list_functions(one)
    elif type(context).__name__.startswith("_Default"):  # of which each router has one
        router = getattr(context, "_router", None)
        yield from getattr(router, "on_startup", ())
        yield from getattr(router, "on_shutdown", ())
    else:
        yield context


def _list_included(router: Any) -> Iterator[tuple[Place, Any]]:
    for route in router.routes:
        if (one := getattr(route, "original_router", None)) is not None:
            yield find_place(route), one


def _find_lifespan(router: Any, before: Place) -> Any:
    """Return the lifespan that a router of now has at the place that includes it."""
    kept = getattr(type(router), _NAME, None)
    if not isinstance(kept, KeptLifespan):
        return router.lifespan_context
    return kept.join(router, router.__dict__[_NAME], before)


def _find_place_of(router: Any, own: Any) -> Place:
    """Return where a cell sets a router's own lifespan, None for a constructor."""
    claims = router.__dict__.get("_attributes")
    for claim in () if claims is None else reversed(claims.claims_to(_NAME)):
        if claim.value is own:
            return (claim.slot, claim.number) if claims.is_set(claim) else None
    return None


def _find_own(context: Any) -> Any:
    """Return what FastAPI has put other lifespans around."""
    merged: Any = getattr(context, "__wrapped__", None)
    code = getattr(merged, "__code__", None)
    if code is None or code.co_qualname != _MERGED:
        return context
    cells = dict(zip(code.co_freevars, merged.__closure__, strict=True))
    return _find_own(cells["original_context"].cell_contents)
