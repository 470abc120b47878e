"""A coroutine that nobody awaits, in an app of WSGI or ASGI."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from ...words import say
from ..case import Case, Code, Finding, Function

_NAMED = (
    re.compile(r"coroutine object ([\w.<>]+)"),
    re.compile(r"coroutine '([\w.<>]+)' was never awaited"),
)
_KINDS = ("coroutine", "AwaitableOrContextManager")
_STARTED_BY = ("run", "create_task", "gather", "ensure_future", "wait_for", "wait")
"""What is given a coroutine, and sees to it."""
_OF_REQUESTS = ("body", "form", "get_data", "get_json", "json", "read", "files", "data")
"""What frameworks of ASGI have to be awaited, of a request or an uploaded file."""


def not_awaited(case: Case) -> Finding | None:
    """A coroutine stands where its value was meant."""
    told = _told(case)
    if told is None:
        return None
    found = _find_unawaited(case, told)
    if found is None:
        text = say(
            "A coroutine stands where its value is meant: the call of an async function"
            " has no value before it is awaited. Write await in front of it."
        )
        return Finding("not-awaited", text)
    function, node = found
    is_called = isinstance(node, ast.Call)
    call = ast.unparse(node.func) + "(...)" if is_called else ast.unparse(node)
    if isinstance(function, ast.AsyncFunctionDef):
        text = say("{call} has no value before it is awaited: await {call}", call=call)
    else:
        text = say(
            "{call} has no value before it is awaited: await {call}. Only an async"
            " function can await: async def {function}(...).",
            call=call,
            function=function.name,
        )
    return Finding("not-awaited", text)


def _told(case: Case) -> str | None:
    """Return the name of a coroutine that was seen; empty for one without a name."""
    mishap = case.answer.mishap
    seen = [case.answer.output, case.answer.text, case.answer.visible_text]
    seen += [mishap.message] if mishap is not None else []
    for text in seen:
        for pattern in _NAMED:
            if found := pattern.search(text):
                return found[1].rpartition(".")[2]
    is_raised = mishap is not None and any(one in mishap.message for one in _KINDS)
    return "" if is_raised else None


def _find_unawaited(case: Case, told: str) -> tuple[Function, Any] | None:
    """Find what lacks an await, in the view first, and the function it stands in."""
    names = {one.name for one in case.code.nodes(ast.AsyncFunctionDef)}
    for code in (case.view, case.code):
        for function, node in _unawaited(code, names):
            name = getattr(getattr(node, "func", node), "attr", None)
            name = name or getattr(getattr(node, "func", node), "id", "")
            if told in ("", name) or told not in names:
                return function, node
    return None


def _unawaited(code: Code, names: set[str]) -> Iterator[tuple[Function, Any]]:
    """Yield each call of a coroutine function, and whose code it stands in."""
    for function in code.functions:
        awaited: set[int] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Await):
                awaited |= {id(node.value), id(getattr(node.value, "func", None))}
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in _STARTED_BY:
                    awaited |= {id(one) for one in node.args}
        for node in ast.walk(function):
            if id(node) not in awaited and _gives_coroutine(node, names):
                yield function, node


def _gives_coroutine(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id in names
        is_known = getattr(node.func, "attr", "") in {*names, *_OF_REQUESTS}
        return isinstance(node.func, ast.Attribute) and is_known
    is_attribute = isinstance(node, ast.Attribute) and node.attr in _OF_REQUESTS
    return is_attribute and getattr(node.value, "id", "") == "request"  # type: ignore[attr-defined]
