"""Mistakes in calls: square brackets for round ones, or none at all."""

from __future__ import annotations

import ast
import re
from typing import Any

from ...words import say
from ..case import Case, Finding
from ..wrong_python import forgotten_call

_FIELDS = (
    *("form", "args", "values", "files", "cookies", "headers", "json", "config"),
    *("environ", "session"),
)
_NOT_ITERABLE = (
    r"^TypeError: (?:argument of type '(?:function|method|builtin_function_or_method)'"
    r"|'builtin_function_or_method' object is not iterable"
    r"|'in <string>' requires string as left operand, not"
    r" (?:function|method|builtin_function_or_method))"
)


def square_brackets(case: Case) -> Finding | None:
    """A function is called with square brackets."""
    code = case.answer.mishap.code if case.answer.mishap else ""
    if not case.raised(
        r"^TypeError: '(?:function|method|builtin_function_or_method)' object is not"
        r" subscriptable"
    ):
        return None
    names = re.findall(r"([A-Za-z_][\w.]*)\[", code)
    fitting = [one for one in names if one.rpartition(".")[2] not in _FIELDS]
    dotted = [one for one in fitting if "." in one]
    name = next((one for one in dotted), "")
    if not name:
        return None
    return Finding(
        "call-forgotten",
        say(
            "{name} is a function, and round brackets call it: {name}(...).",
            name=name,
        ),
    )


def kept_without_call(case: Case) -> Finding | None:
    """A name holds a function and not what it gives: `q = text.lower`."""
    if not case.raised(_NOT_ITERABLE):
        return None
    code = case.answer.mishap.code if case.answer.mishap else ""
    for node in case.view.nodes(ast.Assign):
        names = [one.id for one in node.targets if isinstance(one, ast.Name)]
        is_used = any(re.search(rf"\b{name}\b", code) for name in names)
        if is_used and isinstance(node.value, ast.Attribute):
            return forgotten_call(ast.unparse(node.value))
    for node in case.view.nodes(ast.keyword):
        is_call = isinstance(getattr(node.value, "value", None), ast.Call)
        if isinstance(node.value, ast.Attribute) and is_call:
            return forgotten_call(ast.unparse(node.value))
    return None


def tested_without_call(case: Case) -> Finding | None:
    """A condition asks whether there is a function, which there always is."""
    if case.has_crashed:
        return None
    for node in case.code.nodes(ast.If, ast.IfExp):
        test = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
        if getattr(test, "attr", "") in ("isdigit", "isnumeric", "isdecimal"):
            return forgotten_call(ast.unparse(test))
    for node in case.code.nodes(ast.Expr):
        if getattr(node.value, "attr", "") in ("clear", "commit", "append", "pop"):
            return forgotten_call(ast.unparse(node.value))
    return None


def helper_without_return(case: Case) -> Finding | None:
    """A function of the student's returns nothing, and its value is on the page."""
    is_about = case.phrase.kind in ("text", "page") and case.phrase.verb != "lacks"
    if not is_about or not re.search(r"\bNone\b", case.answer.visible_text):
        return None
    called = {getattr(one.func, "id", "") for one in case.view.nodes(ast.Call)}
    for function in case.code.functions:
        if function.name in called and not _gives(function):
            return Finding(
                "no-return",
                say(
                    "{name} has no return, so that its call gives None: end it with"
                    " return and the value.",
                    name=function.name,
                ),
            )
    return None


def _gives(function: Any) -> bool:
    kinds = (ast.Yield, ast.YieldFrom)
    nodes = list(ast.walk(function))
    returns = [one for one in nodes if isinstance(one, ast.Return)]
    return any(one.value for one in returns) or any(isinstance(n, kinds) for n in nodes)
