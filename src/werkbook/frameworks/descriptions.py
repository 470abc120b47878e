"""What an app of another framework consists of, as names and texts to compare.

For apps that cells can own parts of: FastAPI's, Starlette's, FastHTML's and Bottle's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType
from typing import Any

from .listed_rules import list_routes
from .rule_order import RuleOrder

ROUTE_SETTINGS = (
    "status_code",
    "response_model",
    "response_class",
    "dependencies",
    "tags",
    "summary",
    "description",
    "deprecated",
    "operation_id",
    "include_in_schema",
)
HOLDERS = (
    "config",
    "dependency_overrides",
    "error_handler",
    "exception_handlers",
    "middleware_stack",
    "openapi_schema",
    "plugins",
    "resources",
    "router",
    "routes",
    "state",
    "user_middleware",
)
"""Attributes whose content is described thing by thing, or is made of the others."""
OWN_MODULES = re.compile(r"\b(?:__main__|__werkbook_check__)\.")
SIMPLE = (str, bytes, int, float, complex, bool, type(None))
Fingerprint = Callable[[Any], str]


def can_describe(app: Any) -> bool:
    """Say whether an app is of a framework whose parts cells can own."""
    has_routes = isinstance(getattr(app, "routes", None), list)
    is_known = hasattr(app, "user_middleware") or hasattr(app, "error_handler")
    return has_routes and is_known


def describe_app(app: Any, fingerprint: Fingerprint) -> dict[str, str]:
    """Return what an app consists of: a name for each thing, and what it is like.

    Args:
        app: An app that `can_describe` knows.
        fingerprint: Makes a text that is the same for the same code in any process.
    """
    look = _Look(fingerprint)
    return {
        **dict(_rules(app, look)),
        **{name: look.at(value) for name, value in _things(app)},
    }


def functions_of(app: Any) -> list[Any]:
    """Return the functions that an app may call for a request."""
    found = [value for _, value in _things(app)]
    for rule, route in list_routes(app):
        found += [rule.view, getattr(route, "dependencies", None)]
    return [one for value in found for one in _functions(value)]


def name_registration(kind: str, key: Any, value: Any) -> str:
    """Return the name of the thing that a cell registered, as descriptions have it."""
    if kind in ("exception_handler", "error_handler"):
        return f"error handler for {_name(key)}"
    if kind == "dependency_override":
        return f"dependency override for {_name(key)}"
    if key is None:
        return f"{kind}: {_name(value)}"
    return f"{kind} {key}"


def _rules(app: Any, look: _Look) -> Iterator[tuple[str, str]]:
    order = RuleOrder()
    for rule, route in list_routes(app):
        methods = frozenset(rule.methods) - {"HEAD", "OPTIONS"}
        label = f"{', '.join(sorted(methods))} {rule.rule} -> {rule.endpoint}"
        settings = [look.at(one) for one in _settings(app, route)]
        yield label, f"{look.at(rule.view)} {settings}"
        # The first rule that fits a request answers it.
        for other in order.tell(rule.rule, label, methods):
            yield f"{other} before {label}", ""


def _settings(app: Any, route: Any) -> Iterator[Any]:
    for name in ROUTE_SETTINGS:
        yield getattr(route, name, None)
    config = getattr(route, "config", None)
    if isinstance(config, Mapping):  # Bottle's, which has its app's as well
        yield {key: one for key, one in config.items() if app.config.get(key) != one}


def _things(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield what an app has beside its rules: names, and the values themselves."""
    for number, one in enumerate(getattr(app, "user_middleware", ()), 1):
        yield f"middleware {number}: {_name(one)}", one
    for number, one in enumerate(getattr(app, "plugins", ()), 1):
        yield f"plugin {number}: {_name(one)}", one
    for kind in ("exception_handlers", "error_handler"):
        for key, value in getattr(app, kind, {}).items():
            yield f"error handler for {_name(key)}", value
    for key, value in getattr(app, "dependency_overrides", {}).items():
        yield f"dependency override for {_name(key)}", value
    for name, value in getattr(getattr(app, "state", None), "_state", {}).items():
        yield f"state {name}", value
    config = getattr(app, "config", None)
    for name, value in (config if isinstance(config, Mapping) else {}).items():
        yield f"config {name}", value
    yield from _hooks(app)
    for name, value in vars(app).items():
        if not name.startswith("_") and name not in HOLDERS:
            yield f"attribute {name}", value


def _hooks(app: Any) -> Iterator[tuple[str, Any]]:
    router = getattr(app, "router", None)
    lists = {
        **(getattr(app, "_hooks", None) or {}),  # Bottle's
        "on_startup": getattr(router, "on_startup", ()),
        "on_shutdown": getattr(router, "on_shutdown", ()),
    }
    for kind, functions in lists.items():
        for number, function in enumerate(functions, 1):
            yield f"{kind} {number}: {_name(function)}", function


def _name(value: Any) -> str:
    own = (
        getattr(value, "kwargs", {}).get("dispatch") if _is_middleware(value) else None
    )
    value = own or getattr(value, "cls", value)
    if isinstance(value, SIMPLE):
        return str(value)
    return str(getattr(value, "__name__", type(value).__name__))


def _is_middleware(value: Any) -> bool:
    return hasattr(value, "cls") and isinstance(getattr(value, "kwargs", None), Mapping)


def _functions(value: Any) -> Iterator[FunctionType]:
    """Yield the functions in a value: those of middleware, dependencies, defaults."""
    if isinstance(value, FunctionType):
        yield value
        for default in _defaults(value):
            yield from _functions(getattr(default, "dependency", None))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _functions(getattr(one, "dependency", one))
    elif _is_middleware(value):
        yield from _functions(list(value.kwargs.values()))


def _defaults(function: Any) -> list[Any]:
    by_name = getattr(function, "__kwdefaults__", None) or {}
    return [*(getattr(function, "__defaults__", None) or ()), *by_name.values()]


class _Look:
    """Makes texts of values that are the same for the same value in any process."""

    def __init__(self, fingerprint: Fingerprint) -> None:
        self._fingerprint = fingerprint

    def at(self, value: Any, depth: int = 0) -> str:
        """Return the text of a value; of an object that no code is of, its type's."""
        if isinstance(value, SIMPLE):
            return repr(value)
        if depth > 5:
            return "…"
        if isinstance(value, Mapping):
            return str([(str(key), self.at(value[key], depth + 1)) for key in value])
        if isinstance(value, list | tuple):
            return str([self.at(one, depth + 1) for one in value])
        if isinstance(value, set | frozenset):
            return str(sorted(self.at(one, depth + 1) for one in value))
        if isinstance(value, FunctionType):
            return self._function(value, depth)
        if isinstance(value, type):
            hints = vars(value).get("__annotations__", {})
            return f"{value.__qualname__} {_hints(hints)} {self._fingerprint(value)}"
        if _is_middleware(value):
            return f"{self.at(value.cls, depth + 1)} {self.at(value.kwargs, depth + 1)}"
        if hasattr(value, "dependency"):
            return f"{type(value).__name__} {self.at(value.dependency, depth + 1)}"
        return self._fingerprint(value)

    def _function(self, function: FunctionType, depth: int) -> str:
        given = [self.at(one, depth + 1) for one in _defaults(function)]
        hints = dict(function.__annotations__)
        return f"{self._fingerprint(function)} {given} {_hints(hints)}"


def _hints(hints: Mapping[str, Any]) -> str:
    """Return the text of annotations, whichever module their classes are of."""
    named = {
        name: hint.__qualname__ if isinstance(hint, type) else str(hint)
        for name, hint in hints.items()
    }
    return OWN_MODULES.sub("", str(named))
