"""The rules of apps of other frameworks, as far as each tells of them.

None of the frameworks is imported: what an app has tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from werkbook import live
from werkbook.registrations.owners import Owner

from .route_lists import is_websocket

Listed = tuple[live.RuleInfo, Any]
"""A rule, and the framework's own object of it."""


def list_foreign_rules(app: Any) -> list[live.RuleInfo]:
    """Return the rules of an app in their order; none where it does not tell."""
    url_map: Any = getattr(app, "url_map", None)  # Flask itself, Quart
    if hasattr(url_map, "iter_rules"):
        return [
            _rule(one.rule, one.methods, one.endpoint, is_socket=one.websocket)
            for one in url_map.iter_rules()
        ]
    return [rule for rule, _ in list_routes(app)]


def list_routes(app: Any) -> list[Listed]:
    """Return the rules of an app that has a list of routes, each with its route."""
    routes = getattr(app, "routes", None)
    if not isinstance(routes, list):
        return []
    owners = _find_owners(routes)
    return [
        found for route in routes for found in _rules(route, owners.get(id(route)), "")
    ]


def _find_owners(routes: Any) -> dict[int, Owner | None]:
    """Return which cell each route of a live app is of."""
    held = getattr(routes, "registrations", ())
    return {id(one.value): one.owner for one in held}


def _rules(route: Any, owner: Owner | None, prefix: str) -> Iterator[Listed]:
    if hasattr(route, "rule"):  # Bottle's
        name = route.name or getattr(route.callback, "__name__", "")
        yield _rule(route.rule, [route.method], name, owner, route.callback), route
    elif hasattr(route, "route_handlers"):  # Litestar's
        yield from _handled(route)
    elif hasattr(route, "effective_candidates"):  # FastAPI's included routers
        owners = _find_owners(route.original_router.routes)
        for inner in route.effective_candidates():
            own = owners.get(id(getattr(inner, "original_route", None))) or owner
            yield from _rules(getattr(inner, "starlette_route", None) or inner, own, "")
    elif getattr(route, "endpoint", None) is not None:
        methods = getattr(route, "methods", None) or ()
        facts = prefix + route.path, methods, route.name, owner, route.endpoint
        yield _rule(*facts, is_socket=is_websocket(route)), route
    elif hasattr(route, "path"):  # Starlette's Mount
        inner_routes = getattr(route, "routes", None) or ()
        owners = _find_owners(inner_routes)
        for inner in inner_routes:
            own = owners.get(id(inner)) or owner
            yield from _rules(inner, own, prefix + route.path)


def _handled(route: Any) -> Iterator[Listed]:
    path = getattr(route, "path_format", route.path)
    for handler in route.route_handlers:
        methods = getattr(handler, "http_methods", ())
        view = getattr(handler, "fn", None)
        name = getattr(handler, "handler_name", None) or str(handler)
        yield _rule(path, methods, name, None, view), handler


def _rule(
    path: str,
    methods: Iterable[Any] | None,
    endpoint: str,
    owner: Owner | None = None,
    view: Any = None,
    *,
    is_socket: bool = False,
) -> live.RuleInfo:
    names = tuple(sorted(str(getattr(one, "value", one)) for one in methods or ()))
    told = path, names, endpoint, owner, view, ""
    return live.RuleInfo(*told, is_websocket=is_socket)
