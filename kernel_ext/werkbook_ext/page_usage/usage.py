"""What a shown page used of its app, and whether a change touches that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from jinja2 import Environment, meta
from jinja2.exceptions import TemplateError

from werkbook import live
from werkbook.live import Changes, Registration

from .reads import constants_read, names_read

MAX_OBJECTS = 3_000
# This attribute of an app holds the views of all endpoints, not of a page's alone.
VIEWS = "view_functions"
WEBSOCKET = "WEBSOCKET"
"""Stands for the method of a page's WebSocket; it is no method of HTTP."""

# Changes of these packages' objects are known otherwise, or don't depend on cells.
TOLD = frozenset({"werkbook", "builtins"})


@dataclass
class Usage:
    """What a page and all that it loaded asked for, and what was shown.

    Attributes:
        endpoint_by_request: By method and path; None where the app does not tell.
        is_failed: Whether the page shows an error.
    """

    endpoint_by_request: dict[tuple[str, str], str | None] = field(default_factory=dict)
    is_failed: bool = False

    @property
    def endpoints(self) -> set[str]:
        return {one for one in self.endpoint_by_request.values() if one}

    def note(self, method: str, path: str, endpoint: str | None) -> None:
        """Note a request of the page."""
        self.endpoint_by_request[method, path.partition("?")[0]] = endpoint


def functions_used(app: Any, usage: Usage) -> list[Any]:
    """Return the functions of an app that answer for a page, its hooks included."""
    views: Mapping[str, Any] = getattr(app, VIEWS, None) or {}
    known = usage.endpoints
    used = [views[endpoint] for endpoint in known if endpoint in views]
    is_known = bool(known) and bool(views)
    others = list_functions(app, skip=VIEWS if is_known else "")
    mounted = [rule.view for rule in list_live_rules(app) if rule.endpoint in known]
    return [*used, *mounted, *others]


def list_live_rules(app: Any) -> list[Any]:
    return list(live.rules(app)) if app in live.apps() else []


def list_functions(app: Any, skip: str = "") -> list[Any]:
    """Return the functions that an object holds, in its containers too."""
    if isinstance(app, FunctionType):
        return [app]
    found: list[Any] = [app]
    package = find_package(app)
    waiting: list[Any] = [
        value for name, value in getattr(app, "__dict__", {}).items() if name != skip
    ]
    seen: set[int] = set()
    while waiting and len(seen) < MAX_OBJECTS:
        value = waiting.pop()
        # A proxy such as `request` stands for nothing outside a request.
        if id(value) in seen or hasattr(type(value), "_get_current_object"):
            continue
        seen.add(id(value))
        if isinstance(value, Mapping):
            waiting += list(value.values())
        elif isinstance(value, (list, tuple, set, frozenset)):
            waiting += list(value)
        elif isinstance(value, Environment):
            waiting += [value.globals, value.filters, value.tests]
        elif callable(value):
            found.append(value)
        if find_package(value) == package and package not in TOLD:
            # A framework's own objects, such as Bottle's routes, hold functions too.
            waiting += list_attributes(value)
    return found


def list_attributes(value: Any) -> list[Any]:
    """Return what an object's own attributes hold, not what a proxy's stands for."""
    try:
        return list(object.__getattribute__(value, "__dict__").values())
    except AttributeError:
        return []


def find_package(value: Any) -> str:
    """Return the package that an object's class comes from."""
    return str(type(value).__module__).partition(".")[0]


def names_used(app: Any, usage: Usage, namespace: Mapping[str, Any]) -> set[str]:
    """Return the notebook's names that a page depends on."""
    return names_read(functions_used(app, usage), namespace)


def is_touched(
    changes: Changes, app: Any, usage: Usage, namespace: Mapping[str, Any]
) -> bool:
    """Tell whether what cells registered or took back touches what a page used."""
    if changes.is_rolled_back:
        return False
    told = [*changes.registered, *changes.removed]
    of_app = [one for one in told if concerns(one, app)]
    if usage.is_failed and of_app:
        return True
    return any(touches(one, app, usage, namespace) for one in of_app)


def concerns(registration: Registration, app: Any) -> bool:
    """Tell whether a registration can be of an app, its blueprints or all apps."""
    other = registration.app
    return other is None or other is app or other not in live.apps()


def touches(
    registration: Registration, app: Any, usage: Usage, namespace: Mapping[str, Any]
) -> bool:
    kind, key = registration.kind, registration.key
    if kind == "rule":
        return is_rerouted(app, usage)
    if kind == "view":
        names = {str(key), f"{getattr(registration.app, 'name', '')}.{key}"}
        return bool(names & usage.endpoints)
    if kind == "template":
        return is_template_used(str(key), app, usage, namespace)
    if kind == "static":
        return any(path.endswith(f"/{key}") for _, path in usage.endpoint_by_request)
    return True


def is_rerouted(app: Any, usage: Usage) -> bool:
    """Tell whether an address of the page leads to another endpoint now."""
    url_map = getattr(app, "url_map", None)
    if url_map is None:
        return True
    for (method, path), endpoint in usage.endpoint_by_request.items():
        try:
            is_websocket = method == WEBSOCKET
            found = url_map.bind("localhost").match(
                path, "GET" if is_websocket else method, websocket=is_websocket
            )[0]
        except Exception:
            # It is NotFound, MethodNotAllowed, RequestRedirect or a converter's error.
            found = None
        if found != endpoint:
            return True
    return False


def is_template_used(
    name: str, app: Any, usage: Usage, namespace: Mapping[str, Any]
) -> bool:
    """Tell whether a page is made from a template, by `extends` and `include` too."""
    texts = constants_read(functions_used(app, usage), namespace)
    templates: Mapping[str, Any] = live.notebook.templates
    named = texts & (set(templates) | {name})
    if not named:
        return True  # the view computes the name of its template
    return name in with_referenced(named, templates)


def with_referenced(names: Iterable[str], templates: Mapping[str, Any]) -> set[str]:
    """Return the templates with those they extend, include and import."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            tree = Environment(autoescape=True).parse(str(templates.get(name, "")))
            references = set(meta.find_referenced_templates(tree))
        except TemplateError:
            continue
        if None in references:
            return found | set(templates)
        waiting += [one for one in references if one is not None]
    return found
