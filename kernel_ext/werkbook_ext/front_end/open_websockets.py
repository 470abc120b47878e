"""A WebSocket whose view became another one is closed: its client can connect again.

The view that it talks to runs on as it was when the connection began, so it would speak
for a cell that says something else by now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
