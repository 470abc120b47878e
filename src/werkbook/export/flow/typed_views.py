"""Typed views in a notebook's text: what Flask can't do, and Werkbook can."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from werkbook.cells.source.parsed import Parsed
from werkbook.errors import WerkbookError
from werkbook.export.flow.apps.rule_calls import RuleCall, find_rules
from werkbook.routing.variables import list_variables
from werkbook.views import http_method_funcs

_PLAIN_SCALARS = ("int", "float", "bool")


class TypedTargetError(WerkbookError, ValueError):
    """An export with typed views was asked to need Flask alone."""


def choose_typed_target(is_flask_asked: bool) -> str:
    """Return the target of an export with typed views.

    Raises:
        TypedTargetError: Flask was asked for.
    """
    if is_flask_asked:
        raise TypedTargetError(
            "The notebook has typed views, and --target flask.",
            why="Flask reads no parameters by their hints; the file needs Werkbook.",
            fix="leave --target out, or write typed=False in their decorators.",
        )
    return "werkbook"


def has_typed_views(parsed: Parsed) -> bool:
    """Tell whether the cells of a notebook have typed views."""
    if any(one.route and one.route.signature for one in parsed.statements):
        return True
    return any_typed(one.node for one in parsed.statements)


def any_typed(nodes: Iterable[ast.stmt]) -> bool:
    """Tell whether statements define typed views."""
    found = list(nodes)
    classes = {one.name for one in found if isinstance(one, ast.ClassDef)}
    return any(
        _imports_typed(one)
        or _is_typed(one, classes)
        or _has_typed_methods(one, found, classes)
        for one in found
    )


def _has_typed_methods(
    node: ast.stmt, statements: list[ast.stmt], classes: set[str]
) -> bool:
    """Tell whether a class is a `MethodView` whose methods are typed."""
    if not isinstance(node, ast.ClassDef):
        return False
    if not any(ast.unparse(base).endswith("MethodView") for base in node.bases):
        return False
    methods = [
        one
        for one in node.body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        and one.name in http_method_funcs
    ]
    views = {f"{node.name}.as_view", *_list_views(node.name, statements)}
    rules = [
        rule
        for one in statements
        for rule in find_rules(one, 0)
        if any(
            ast.unparse(given).startswith(tuple(views))
            for given in (*rule.node.args, *(one.value for one in rule.node.keywords))
        )
    ]
    return any(
        _makes_typed(rule, method, classes) for rule in rules for method in methods
    )


def _list_views(name: str, statements: list[ast.stmt]) -> list[str]:
    """Return the names that are bound to the view function of a class."""
    return [
        ast.unparse(target)
        for one in statements
        if isinstance(one, ast.Assign)
        and ast.unparse(one.value).startswith(f"{name}.as_view")
        for target in one.targets
    ]


def _imports_typed(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        names = {one.name for one in node.names}
        is_inside = node.module == "werkbook" and "typed" in names
        return is_inside or node.module == "werkbook.typed"
    names = {one.name for one in node.names} if isinstance(node, ast.Import) else set()
    return "werkbook.typed" in names


def _is_typed(node: ast.stmt, classes: set[str]) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return any(_makes_typed(rule, node, classes) for rule in find_rules(node, 0))


def _makes_typed(
    rule: RuleCall, node: ast.FunctionDef | ast.AsyncFunctionDef, classes: set[str]
) -> bool:
    for keyword in rule.node.keywords:
        if keyword.arg == "typed" and isinstance(keyword.value, ast.Constant):
            return bool(keyword.value.value)
    variables = list_variables(rule.rule or "")
    parameters = [*node.args.args, *node.args.kwonlyargs]
    if any(one.annotation and one.arg not in variables for one in parameters):
        return True
    if node.returns is None:
        return False
    text = node.returns
    names = {one.id for one in ast.walk(text) if isinstance(one, ast.Name)}
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        names.add(text.value)
    is_scalar = isinstance(text, ast.Name) and text.id in _PLAIN_SCALARS
    return is_scalar or bool(names & classes)
