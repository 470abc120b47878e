"""The public names of Werkbook's modules, for Sphinx to document with their types."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType
from typing import Any

from werkzeug.local import LocalProxy

from .markdown import code, first_sentence

MODULES = (
    "werkbook",
    "werkbook_ext",
    "werkbook.serving",
    "werkbook.typed",
    "werkbook.openapi",
    "werkbook.config",
    "werkbook.ctx",
    "werkbook.json",
    "werkbook.json.provider",
    "werkbook.sessions",
    "werkbook.signals",
    "werkbook.testing",
    "werkbook.views",
    "werkbook.cli",
    "werkbook.export.delivering",
)
"""The modules that people import from."""

WHOLE = frozenset({"App", "Blueprint", "FlaskClient", "Config", "MethodView"})
"""Classes that are shown with what they inherit within Werkbook."""

PROXIES = {
    "app_ctx": "The application context that is active.",
    "current_app": "The app that answers the request, or whose context is pushed.",
    "g": "What the functions of one request share; gone after it.",
    "request": "The request that is answered.",
    "request_ctx": "The request context that is active.",
    "session": "What the visitor's signed cookie holds.",
}
"""What each name stands for that means something else in each request."""


def write() -> str:
    """Write each module with its public names."""
    return "\n\n".join(_section(name) for name in MODULES)


def public_names(module: ModuleType) -> list[str]:
    """Return the names that a module offers: those of `__all__`, else its own."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return [name for name in listed if not inspect.ismodule(_get(module, name))]
    return sorted(
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", None) == module.__name__
    )


def _get(module: ModuleType, name: str) -> Any:
    return getattr(module, name)


def _section(name: str) -> str:
    module = importlib.import_module(name)
    words = first_sentence(module.__doc__)
    parts = [_directive(name, module, one) for one in public_names(module)]
    block = "\n\n".join(parts)
    return f"## {code(name)}\n\n{words}\n\n```{{eval-rst}}\n{block}\n```"


def _directive(name: str, module: ModuleType, one: str) -> str:
    value = _get(module, one)
    is_class = type(value) is type or (
        isinstance(type(value), type) and issubclass(type(value), type)
    )
    if is_class and value.__name__ != one:
        return (
            f".. py:data:: {name}.{one}\n\n   The same class as ``{value.__name__}``."
        )
    if is_class:
        kind = "autoexception" if issubclass(value, BaseException) else "autoclass"
        options = "" if kind == "autoexception" else "   :members:\n"
        if one in WHOLE:
            options += "   :inherited-members: dict\n"
        return f".. {kind}:: {name}.{one}\n{options}"
    if issubclass(type(value), LocalProxy):
        of = module.__annotations__.get(one, "")
        return f".. py:data:: {name}.{one}\n   :type: {of}\n\n   {PROXIES[one]}"
    if inspect.isroutine(value):
        return f".. autofunction:: {name}.{one}\n"
    return f".. autodata:: {name}.{one}\n   :no-value:\n"
