"""What FastAPI's apps and routers have beyond Starlette's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def is_app(app: Any) -> bool:
    """Say whether an app is one of FastAPI's."""
    fastapi: Any = sys.modules.get("fastapi.applications")
    return fastapi is not None and isinstance(app, fastapi.FastAPI)


def renew_router(router: Any, kind: str) -> None:
    """Make stale what FastAPI caches of a router and of its views.

    It counts the changes that are made through a router's methods alone.
    """
    own = router.__dict__
    if "_routes_version" in own:
        own["_routes_version"] += 1
    routing: Any = sys.modules.get("fastapi.routing")
    # By the address of a view, which the next one may have.
    getattr(routing, "_endpoint_context_cache", {}).clear()


def freeze_included(route: Any, freeze: Callable[[Any], Any]) -> Any:
    """Return a route; of a router that was included, one whose routes don't change."""
    router = getattr(route, "original_router", None)
    if router is None:
        return route
    return type(route)(freeze(router), route.include_context)
