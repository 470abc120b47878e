"""A WebSocket whose view became another one is closed: its client can connect again.

The view that it talks to runs on as it was when the connection began, so it would speak
for a cell that says something else by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from werkbook import live, serving
from werkbook.serving import Exchange

RESTART = 1012  # RFC 6455's registry: the service restarts, and clients may come again
REASON = "The notebook has another view now: connect again."
OUTSIDE = "wsgi_app"
"""The attribute under which middleware answers for an app: Flask-SocketIO's does."""


@dataclass(frozen=True)
class OutdatedViews:
    """What became another one of an app.

    Attributes:
        endpoints: Whose views; those of blueprints with the blueprint's name alone.
        has_middleware: Whether it is what stands before the app.
    """

    endpoints: frozenset[str]
    has_middleware: bool

    def answered(self, exchange: Exchange) -> bool:
        """Tell whether one of them speaks on a WebSocket."""
        endpoint = exchange.endpoint
        if endpoint is None:
            return self.has_middleware
        parts = endpoint.split(".")
        return not self.endpoints.isdisjoint({endpoint, ".".join(parts[-2:])})


def end_outdated(changes: live.Changes) -> None:
    """Close the WebSockets whose views a cell defined anew, or took away."""
    if changes.is_rolled_back:
        return
    taken = [one.registration for one in changes.taken]
    told = [*changes.registered, *changes.removed, *taken]
    for server in serving.servers():
        outdated = _outdated(told, server.app)
        if outdated.endpoints or outdated.has_middleware:
            server.end_websockets(outdated.answered, RESTART, REASON)
        lost = _find_lost(changes, server.app)
        if lost:
            server.end_websockets_of(lost, RESTART, REASON)


def _outdated(told: Iterable[live.Registration], app: object) -> OutdatedViews:
    apps = live.apps()
    endpoints, has_middleware = set(), False
    for one in told:
        if one.kind == "view" and one.app is app:
            endpoints.add(str(one.key))
        elif one.kind == "view" and one.app not in apps:
            endpoints.add(f"{getattr(one.app, 'name', '')}.{one.key}")
        elif one.key == OUTSIDE and one.app is app:
            has_middleware = True
    return OutdatedViews(frozenset(endpoints), has_middleware)


def _find_lost(changes: live.Changes, app: object) -> list[object]:
    """Return the views that an app of Starlette's or FastAPI's has no longer."""
    gone = [one.value for one in changes.removed if one.kind == "route"]
    gone += [
        rival.value
        for one in changes.taken
        if one.registration.kind == "route"
        for _, rival in one.registration.container.rivals([one.registration])
    ]
    if not gone:
        return []
    present = {id(view) for view in _find_views(getattr(app, "routes", ()), set())}
    return [view for view in _find_views(gone, set()) if id(view) not in present]


def _find_views(routes: Iterable[Any], seen: set[int]) -> Iterator[object]:
    """Find the views of routes, those of mounted apps and included routers too."""
    for route in routes:
        if id(route) in seen:
            continue
        seen.add(id(route))
        view = getattr(route, "endpoint", None)
        if view is not None:
            yield view
        router = getattr(route, "original_router", route)
        yield from _find_views(getattr(router, "routes", None) or (), seen)
