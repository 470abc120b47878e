"""What FastAPI's apps and routers have beyond Starlette's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .fastapi_routes import ApiRouteList, renew_route


def is_app(app: Any) -> bool:
    """Say whether an app is one of FastAPI's."""
    fastapi: Any = sys.modules.get("fastapi.applications")
    return fastapi is not None and isinstance(app, fastapi.FastAPI)


def renew_router(router: Any, kind: str) -> None:
    """Make anew what FastAPI makes of a router and its views, and caches."""
    routes = router.__dict__.get("routes")
    if (
        kind == "attribute"
        and isinstance(routes, ApiRouteList)
        and not router.__dict__.get("_werkbook_is_made_anew")
    ):
        routes.renew()
    routing: Any = sys.modules.get("fastapi.routing")
    # By the address of a view, which the next one may have.
    getattr(routing, "_endpoint_context_cache", {}).clear()


def freeze_included(route: Any, freeze: Callable[[Any], Any]) -> Any:
    """Return a route; of a router that was included, one whose routes don't change."""
    if getattr(route, "original_router", None) is None:
        return route
    route = renew_route(route)
    return type(route)(freeze(route.original_router), route.include_context)
