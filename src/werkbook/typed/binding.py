"""Calling a view function, or a method of a `MethodView`, as its contract says."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from types import FunctionType, MethodType, SimpleNamespace
from typing import Any

from werkzeug.wrappers import Response

from ..globals import current_app
from ..registrations.ledger import ledger
from ..routing.view_functions import check_arguments
from .calling import Finish, make_calling
from .candidates import list_rule_variables, may_be_typed
from .contract import Contract, make_contract
from .decoding import load_msgspec
from .hints import UnknownHintError
from .return_values import Result, ResultMismatchError

View = Callable[..., Any]
_INSTANCE = "werkbook instance"
"""Under this name the object of the request is handed on; no parameter can have it."""


def declare(rule: Any, view: View, typed: bool | None) -> None:
    """Compile the contract of a view function when its rule is registered.

    Args:
        rule: The rule, which keeps it.
        view: The view function.
        typed: The keyword of its decorator.

    Raises:
        ParameterError: A parameter can't be read from where it is said to be.
    """
    # A later cell may define what is missing; the first request says so if none did.
    with contextlib.suppress(UnknownHintError, ImportError):
        rule.contract = make_contract(view, list_rule_variables(rule), typed)


def find_contract(rule: Any, view: View) -> Contract | None:
    """Return what the hints of a rule's view function say, as they are now.

    Returns:
        None where they change nothing.

    Raises:
        ParameterError: A parameter can't be read from where it is said to be.
        UnknownHintError: A hint names what is not defined.
        NoMsgspecError: msgspec is not installed.
    """
    typed = getattr(rule, "typed", None)
    variables = list_rule_variables(rule)
    if not may_be_typed(view, variables, typed):
        return None
    kept: Contract | None = getattr(rule, "contract", None)
    if kept is None or kept.view is not view or not kept.hints.are_current():
        kept = rule.contract = make_contract(view, variables, typed)
    return kept if kept.is_typed or kept.hints.dependencies else None


def bind(rule: Any, view: View, called: View) -> View | None:
    """Return what reads a view's parameters from the request, and calls it.

    Args:
        rule: Its rule.
        view: The view function, whose hints count.
        called: What is called, without `await`.

    Returns:
        None where the hints change nothing.
    """
    try:
        contract = find_contract(rule, view)
    except (UnknownHintError, ImportError):
        return _make_retrying(rule, view, called)
    if contract is None:
        return None
    if contract.hints.dependencies:
        return _make_following(rule, view, called, contract)
    return make_call(contract, called, rule.rule)


def make_call(contract: Contract, called: View, rule_text: str) -> View:
    """Return what calls a view function with what its parameters are in the request."""
    if not contract.is_typed:
        return called
    names = {*contract.variables, *(one.name for one in contract.parameters)}
    called = check_arguments(called, rule_text, names)
    finish = _make_finish(contract)
    return make_calling(contract.parameters, called, finish, contract.result)


def _make_following(rule: Any, view: View, called: View, contract: Contract) -> View:
    """Return a call that follows the classes that cells define anew."""
    current = contract, make_call(contract, called, rule.rule)

    def follow(**values: Any) -> Any:
        nonlocal current
        contract, call = current
        if not contract.hints.are_current():
            contract = find_contract(rule, view) or contract
            current = contract, (call := make_call(contract, called, rule.rule))
        return call(**values)

    return follow


def _make_retrying(rule: Any, view: View, called: View) -> View:
    """Return a call that reads the hints when it is called: names may be there then."""

    def retry(**values: Any) -> Any:
        contract = find_contract(rule, view)
        if contract is None:
            return called(**values)
        return make_call(contract, called, rule.rule)(**values)

    return retry


def _make_finish(contract: Contract) -> Finish | None:
    """Return what makes a value into what is sent; None where nothing is to do."""
    result = contract.result
    if result is None:
        return None
    name = getattr(contract.view, "__name__", repr(contract.view))

    def finish(value: Any, context: Any) -> Any:
        rest: tuple[Any, ...] = ()
        if type(value) is tuple and not result.is_tuple:
            value, *others = value
            rest = tuple(others)
        if isinstance(value, Response):
            if ledger.is_live and value.is_json and value.status_code < 300:
                _note_contradictions(result, value.get_json(silent=True), context)
            return (value, *rest) if rest else value
        try:
            body = _make_body(result, value, context)
        except ResultMismatchError as error:
            error.problem = error.problem.replace(
                "A view function's value", f"What view function {name!r} returned"
            )
            raise
        return (body, *rest) if rest else body

    return finish


def _make_body(result: Result, value: Any, context: Any) -> Any:
    snapshot = context._snapshot
    if snapshot.conditions.is_debug:
        result.check(value)
    if not result.is_encoded:
        if snapshot.is_live:
            _note_contradictions(result, value, context)
        return value
    body = result.encode(value)
    if snapshot.is_live:
        _note_contradictions(result, load_msgspec().json.decode(body.data), context)
    return body


def _note_contradictions(result: Result, value: Any, context: Any) -> None:
    """Let the card of a response say what is not as its view function declares."""
    exchange = context.environ.get("werkbook.exchange")
    if exchange is not None:
        exchange.contradictions = tuple(map(str, result.find_problems(value)))


class MethodCalls:
    """The calls of the methods of one rule's class, made when they are asked first.

    Args:
        rule: The rule, which keeps this.
    """

    def __init__(self, rule: Any) -> None:
        self._rule = rule
        self._made: dict[Any, Callable[..., Any] | None] = {}

    def find(self, method: Any) -> Callable[..., Any] | None:
        """Return what reads a method's parameters from the request, and calls it.

        Args:
            method: A method, bound to the object of the request.

        Returns:
            None where its hints change nothing.
        """
        function = getattr(method, "__func__", None)
        if not isinstance(function, FunctionType):
            return None
        if function not in self._made:
            self._made[function] = self._make(function, type(method.__self__))
        call = self._made[function]
        return None if call is None else partial(call, **{_INSTANCE: method.__self__})

    def _make(self, function: FunctionType, cls: type) -> Callable[..., Any] | None:
        def invoke(**values: Any) -> Any:
            method = MethodType(function, values.pop(_INSTANCE))
            return current_app.ensure_sync(method)(**values)

        return bind(_stand_in(self._rule), MethodType(function, cls), invoke)


def declare_methods(rule: Any, view_class: type, typed: bool | None) -> None:
    """Compile the contracts of a class's methods when its rule is registered.

    Raises:
        ParameterError: A parameter can't be read from where it is said to be.
    """
    for name in getattr(view_class, "methods", None) or ():
        method = find_method(view_class, name)
        if method is not None:
            declare(_stand_in(rule), method, typed)


def find_method_contract(rule: Any, view_class: type, name: str) -> Contract | None:
    """Return what the hints of the method for an HTTP method say; see `find_contract`.

    Args:
        rule: The rule.
        view_class: Its class.
        name: The HTTP method.
    """
    method = find_method(view_class, name)
    return None if method is None else find_contract(_stand_in(rule), method)


def find_method(view_class: type, name: str) -> MethodType | None:
    """Return a class's method for an HTTP method, bound as an object's would be."""
    function = getattr(view_class, name.lower(), None)
    if not isinstance(function, FunctionType):
        return None
    return MethodType(function, view_class)


def _stand_in(rule: Any) -> SimpleNamespace:
    """Return what keeps one method's contract: a rule keeps one alone."""
    names = ("rule", "subdomain", "host", "defaults", "typed")
    return SimpleNamespace(**{name: getattr(rule, name, None) for name in names})
