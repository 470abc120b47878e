"""The rules that statements register: `@app.get("/")`, `app.add_url_rule(...)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from werkbook.cells.source.trees import chain, simple_statements

ROUTE_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass
class RuleCall:
    """One rule as a statement registers it.

    Attributes:
        owner: The name that it is registered on: `app`, or a blueprint's.
        rule: The URL pattern, or None when it is not a literal.
        methods: In capitals; None when they are not literals.
        endpoint: The endpoint's name, or None.
        number: The statement.
        node: The decorator or call.
        is_decorator: It stands above its view function.
    """

    owner: str
    rule: str | None
    methods: tuple[str, ...] | None
    endpoint: str | None
    number: int
    node: ast.Call
    is_decorator: bool = True


def find_rules(node: ast.stmt, number: int) -> list[RuleCall]:
    """The rules that a statement registers, on whatever name."""
    found = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        for decorator in node.decorator_list:
            rule = _decorator_rule(decorator, number, node.name)
            if rule is not None:
                found.append(rule)
    else:
        for one in simple_statements(node):
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
                rule = _call_rule(one.value, number)
                if rule is not None:
                    found.append(rule)
    return found


def _decorator_rule(decorator: ast.expr, number: int, function: str) -> RuleCall | None:
    if not isinstance(decorator, ast.Call):
        return None
    owner, attributes = chain(decorator.func)
    verb = attributes[-1] if len(attributes) == 1 else None
    if owner is None or verb not in ("route", *ROUTE_METHODS):
        return None
    rule = _literal(decorator.args[0]) if decorator.args else _option(decorator, "rule")
    if rule is not None and not isinstance(rule, str):
        return None
    methods = _methods(decorator) if verb == "route" else (verb.upper(),)
    endpoint = _option(decorator, "endpoint")
    name = endpoint if isinstance(endpoint, str) else function
    return RuleCall(owner, rule, methods, name, number, decorator)


def _call_rule(call: ast.Call, number: int) -> RuleCall | None:
    owner, attributes = chain(call.func)
    if owner is None or attributes != ["add_url_rule"] or not call.args:
        return None
    rule = _literal(call.args[0])
    endpoint = _literal(call.args[1]) if len(call.args) > 1 else None
    endpoint = endpoint or _option(call, "endpoint")
    view = call.args[2] if len(call.args) > 2 else None
    for keyword in call.keywords:
        if keyword.arg == "view_func":
            view = keyword.value
    if endpoint is None and isinstance(view, ast.Name):
        endpoint = view.id
    return RuleCall(
        owner,
        rule if isinstance(rule, str) else None,
        _methods(call),
        endpoint if isinstance(endpoint, str) else None,
        number,
        call,
        is_decorator=False,
    )


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError):
        return None


def _option(call: ast.Call, name: str) -> object:
    for keyword in call.keywords:
        if keyword.arg == name:
            return _literal(keyword.value)
    return None


def _methods(call: ast.Call) -> tuple[str, ...] | None:
    for keyword in call.keywords:
        if keyword.arg in ("methods", "method"):
            value = _literal(keyword.value)
            if isinstance(value, str):
                return (value.upper(),)
            if isinstance(value, (list, tuple, set)):
                return tuple(sorted(str(one).upper() for one in value))
            return None
    return ("GET",)
