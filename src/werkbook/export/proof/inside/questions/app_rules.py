"""The rules of an app, whatever framework it is of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from werkbook.cells.talks import METHOD

_HTTP = ("get", "post", "put", "patch", "delete")
_AUTOMATIC = frozenset(("HEAD", "OPTIONS"))
_DOCUMENTATION = ("/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json")
"""What FastAPI adds by itself."""
_OF_THE_NOTEBOOK = ("/_alive_",)
"""What Dash adds where it runs in a notebook, with a name that no two runs share."""
_INNER = ("app", "wsgi_app", "application", "_app", "wrapped_app", "inner")
"""What middleware calls the app that it holds."""
_MAX_DEPTH = 5
_VARIABLE = re.compile(
    r"<(?:(?P<converter>[^:<>]+):)?(?P<name>[^<>]+)>|\{(?P<other>[^{}]+)\}"
)


@dataclass
class AppRule:
    """One rule, with what answers it.

    Attributes:
        text: As its framework writes it: `/user/<int:id>`, `/user/{id}`.
        methods: In capitals, sorted, those that come by themselves left out;
            `WEBSOCKET` alone of what opens one.
        endpoint: Its name, or "".
        view: The function; None when it is not known.
        all_methods: With those that come by themselves.
        mount: Below which an app that is mounted has it; "" of the app's own.
    """

    text: str
    methods: list[str]
    endpoint: str = ""
    view: Any = None
    all_methods: list[str] = field(default_factory=list)
    mount: str = ""

    @property
    def is_static(self) -> bool:
        """It serves a folder of files."""
        return self.endpoint == "static" or self.endpoint.endswith(".static")

    def matches(self, path: str) -> bool:
        """Say whether a path is one of the rule's."""
        return _pattern(self.text).fullmatch(path) is not None

    def variables(self) -> list[tuple[str, str]]:
        """The name and the converter of each variable."""
        found = []
        for match in _VARIABLE.finditer(self.text):
            if match["other"]:
                name, _, converter = match["other"].partition(":")
            else:
                name, converter = match["name"], match["converter"] or ""
                if converter.isidentifier() and ":" in name:
                    converter, _, name = name.partition(":")  # Bottle: <id:int>
                elif converter and "(" not in converter and not _is_name(name):
                    name, converter = converter, name
            found.append((name, converter))
        return found

    def fill(self, values: list[str]) -> str:
        """Write the URL with a value for each variable."""
        remaining = iter(values)
        return _VARIABLE.sub(lambda match: next(remaining), self.text)


def _is_name(text: str) -> bool:
    return text.isidentifier() and text not in ("int", "float", "path", "re")


def _pattern(rule: str) -> re.Pattern[str]:
    parts, last = [], 0
    for match in _VARIABLE.finditer(rule):
        parts.append(re.escape(rule[last : match.start()]))
        parts.append(".+" if "path" in match[0] else "[^/]+")
        last = match.end()
    parts.append(re.escape(rule[last:]))
    return re.compile("".join(parts) + "/?")


def list_rules(app: Any, depth: int = 0) -> list[AppRule]:
    """List the rules of an app; none where its framework is not known."""
    if hasattr(app, "url_map") and hasattr(app.url_map, "iter_rules"):
        return [*_of_flask(app), *mounted_rules(app, depth)]
    if type(app).__module__.startswith("falcon"):
        return _of_falcon(app)
    if type(app).__module__.startswith("django.core.handlers"):
        patterns = import_module("django.urls").get_resolver().url_patterns
        return list(_of_django(patterns, "/"))
    routes = getattr(app, "routes", None)
    if isinstance(routes, list):
        found = list(_of_routes(routes, ""))
        return [one for one in found if one.text not in _DOCUMENTATION]
    return list(_of_inner_apps(app, depth))


def _of_inner_apps(app: Any, depth: int) -> Iterable[AppRule]:
    """Read the rules of what a dispatcher or a middleware stands in front of."""
    if depth >= _MAX_DEPTH or not hasattr(app, "__dict__"):
        return
    inner = [vars(app).get(name) for name in _INNER]
    for one in filter(callable, inner):
        yield from list_rules(one, depth + 1)
    mounts = vars(app).get("mounts")
    for prefix, mount in mounts.items() if isinstance(mounts, dict) else ():
        for rule in list_rules(mount, depth + 1):
            yield replace(
                rule, text=f"{prefix}{rule.text}", mount=f"{prefix}{rule.mount}"
            )


def mounted_rules(app: Any, depth: int = 0) -> list[AppRule]:
    """List the rules that an app of Flask's kind has by its `wsgi_app` alone.

    `app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/api": api})`.
    """
    inner = _of_inner_apps(getattr(app, "wsgi_app", None), depth + 1)
    return [one for one in inner if one.mount and not one.is_static]


def _of_flask(app: Any) -> list[AppRule]:
    views = getattr(app, "view_functions", {})
    found = [
        _of_rule(rule, views.get(rule.endpoint))
        for rule in app.url_map.iter_rules()
        if not getattr(rule, "build_only", False)
        and not rule.rule.startswith(_OF_THE_NOTEBOOK)
    ]
    return sorted(found, key=lambda one: (one.text, one.methods, one.endpoint))


def _of_rule(rule: Any, view: Any) -> AppRule:
    """Read a rule of Werkzeug's kind."""
    given = set(rule.methods or ())
    if getattr(rule, "websocket", False):
        given = {METHOD}
    own = sorted(given - _AUTOMATIC) or sorted(given)
    return AppRule(rule.rule, own, rule.endpoint, view, sorted(given))


def _of_routes(routes: Iterable[Any], prefix: str) -> Iterable[AppRule]:
    """Read Bottle's, Starlette's and FastAPI's routes."""
    for one in routes:
        # FastAPI's routers stand before what they include.
        route = getattr(one, "starlette_route", None) or one
        included = getattr(route, "effective_route_contexts", None)
        inner = included() if callable(included) else getattr(route, "routes", None)
        text = str(getattr(route, "rule", None) or getattr(route, "path", None) or "")
        mount = getattr(route, "config", {}).get("mountpoint.prefix")  # Bottle's
        if mount:
            if "<" not in text:  # it has another rule, for what is below the prefix
                yield from _of_mounted(route.config["mountpoint.target"], mount)
        elif inner:
            yield from _of_routes(inner, prefix + text)
        elif type(route).__name__ in ("Mount", "Host"):
            for rule in list_rules(getattr(route, "app", None), 1):
                yield replace(rule, text=f"{prefix}{text}{rule.text}")
        elif text and "WebSocket" in type(route).__name__:
            view, name = getattr(route, "endpoint", None), getattr(route, "name", "")
            yield AppRule(prefix + text, [METHOD], name or "", view, [METHOD])
        elif text:
            yield from _of_route(route, prefix + text)


def _of_mounted(app: Any, prefix: str) -> Iterable[AppRule]:
    """Read the rules of what Bottle mounts; of an unknown callable its place is one."""
    place = f"/{prefix.strip('/')}"
    found = list_rules(app, 1) or [AppRule("", ["GET"], view=app, all_methods=["GET"])]
    for rule in found:
        yield replace(rule, text=f"{place}{rule.text}", mount=place)


def _of_route(route: Any, text: str) -> Iterable[AppRule]:
    view = getattr(route, "callback", None) or getattr(route, "endpoint", None)
    given = getattr(route, "methods", None) or [getattr(route, "method", "GET")]
    if isinstance(view, type):  # Starlette's HTTPEndpoint has a method for each
        given = [one.upper() for one in _HTTP if hasattr(view, one)] or given
    methods = sorted({str(one) for one in given})
    own = sorted(set(methods) - _AUTOMATIC) or methods
    yield AppRule(text, own, getattr(route, "name", "") or "", view, methods)


def _of_django(patterns: Iterable[Any], prefix: str) -> Iterable[AppRule]:
    """Read Django's URL patterns; one that is a regular expression is not known."""
    for one in patterns:
        text = getattr(one.pattern, "_route", None)
        if text is None:
            continue
        if hasattr(one, "url_patterns"):
            yield from _of_django(one.url_patterns, prefix + text)
        else:
            yield AppRule(prefix + text, ["GET"], one.name or "", one.callback, ["GET"])


def _of_falcon(app: Any) -> list[AppRule]:
    inspected = import_module("falcon.inspect").inspect_routes(app)
    found = []
    for route in inspected:
        methods = sorted(
            one.method for one in route.methods if not getattr(one, "internal", False)
        )
        if methods:
            found.append(AppRule(route.path, methods, route.class_name, None, methods))
    return found
