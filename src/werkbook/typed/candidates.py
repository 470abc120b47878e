"""Which view functions could be typed: all others never load what reads hints."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from importlib import import_module
from types import FunctionType
from typing import Any

from ..routing.variables import list_variables
from ..routing.view_functions import find_view_class
from ..views import MethodView
from .markers import Marker

View = Callable[..., Any]
_NO_VARIABLES: frozenset[str] = frozenset()


def list_rule_variables(rule: Any) -> frozenset[str]:
    """Return the names that a rule gives its view function."""
    text = f"{rule.subdomain or ''} {rule.host or ''} {rule.rule}"
    return frozenset((*list_variables(text), *(rule.defaults or ())))


def may_be_typed(view: Any, variables: Collection[str], typed: bool | None) -> bool:
    """Tell in no time whether a view function could have a contract.

    Args:
        view: The view function.
        variables: The variables of its rule.
        typed: The keyword of its decorator; None: the hints decide.
    """
    if typed is not None:
        return typed
    annotations = getattr(view, "__annotations__", None)
    if annotations and not annotations.keys() <= variables:
        return True
    inner = inspect.unwrap(view) if hasattr(view, "__wrapped__") else view
    defaults = getattr(inner, "__defaults__", None) or ()
    keyword_defaults = getattr(inner, "__kwdefaults__", None) or {}
    for one in (*defaults, *keyword_defaults.values()):
        if isinstance(one, Marker):
            return True
    return False


def is_plain(view: Any) -> bool:
    """Tell in no time that a view is a function which could have no contract."""
    if type(view) is not FunctionType:
        return False
    # A function makes its `__dict__` when it is asked for it: thousands for nothing.
    if not (
        view.__kwdefaults__
        or view.__annotations__
        or hasattr(view, "__wrapped__")
        or hasattr(view, "view_class")
    ):
        for one in view.__defaults__ or ():  # noqa: SIM110  # no generator for each of thousands
            if isinstance(one, Marker):
                return False
        return True
    return not may_be_typed(view, _NO_VARIABLES, None)


def may_have_typed_methods(view: Any, rule: Any) -> bool:
    """Tell whether a view is a class whose methods could have contracts."""
    view_class = find_view_class(view)
    if view_class is None or not issubclass(view_class, MethodView):
        return False
    variables = list_rule_variables(rule)
    typed = getattr(rule, "typed", None)
    return any(
        may_be_typed(function, variables, typed)
        for name in view_class.methods or ()
        if (function := getattr(view_class, name.lower(), None)) is not None
    )


def declare(rule: Any, view: View, typed: bool | None) -> None:
    """Compile the contract of a view function when its rule is registered.

    See `binding.declare`.
    """
    rule.typed = typed
    if (view_class := find_view_class(view)) is not None:
        if may_have_typed_methods(view, rule):
            _load_binding().declare_methods(rule, view_class, typed)
    elif typed is not False and may_be_typed(view, list_rule_variables(rule), typed):
        _load_binding().declare(rule, view, typed)


def bind(rule: Any, view: View, called: View) -> View | None:
    """Return what reads a view's parameters from the request, and calls it.

    See `binding.bind`. A class has a method that does: the rule then keeps the calls.
    """
    if find_view_class(view) is not None:
        rule.method_calls = None
        if may_have_typed_methods(view, rule):
            rule.method_calls = _load_binding().MethodCalls(rule)
        return None
    typed = getattr(rule, "typed", None)
    if not may_be_typed(view, list_rule_variables(rule), typed):
        return None
    made: View | None = _load_binding().bind(rule, view, called)
    return made


def _load_binding() -> Any:
    """Import what reads hints when a view function has some: it is large."""
    return import_module("werkbook.typed.binding")
