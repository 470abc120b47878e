"""Mistakes in what a view returns: behind a comma, a function, None."""

from __future__ import annotations

import ast
import re
from typing import Any

from ...words import say
from ..case import Case, Finding


def _value(node: ast.AST) -> Any:
    return node.value if isinstance(node, ast.Constant) else None


def tuple_returned(case: Case) -> Finding | None:
    """Behind the comma of a return stands something that is no status."""
    mishap = case.answer.mishap
    if mishap is None or mishap.kind not in (
        "ValueError",
        "AttributeError",
        "TypeError",
        "ResponseError",
    ):
        return None
    is_own = mishap.function in [one.name for one in case.code.functions]
    if is_own and not mishap.code.startswith(("def ", "async def ", "@", "return ")):
        return None  # the line is the student's own, and says more
    view = case.view if case.view.trees else case.code
    for node in (*view.nodes(ast.Return), *view.last_lines):
        call = node.value if isinstance(node.value, ast.Call) else None
        if call is not None and getattr(call.func, "id", "") == "redirect":
            is_two = len(call.args) > 1 and not isinstance(_value(call.args[1]), int)
            if is_two:
                return Finding(
                    "bad-return",
                    say(
                        "What stands behind the address of redirect is its status, a"
                        " number: redirect(address). A message goes by flash(...)."
                    ),
                )
        is_tuple = isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1
        if is_tuple and type(_value(node.value.elts[0])) is int:
            return Finding(
                "bad-return",
                say(
                    "The status stands behind what is sent: return ..., {status}",
                    status=_value(node.value.elts[0]),
                ),
            )
        if is_tuple and any(map(_is_odd, node.value.elts[1:], _PLACES)):
            return Finding(
                "bad-return",
                say(
                    "Behind the comma of a return stands the status, a number such as"
                    ' 404, or the headers, a dict: {{"Content-Type": "..."}}. To send'
                    " both values return a dict or a list."
                ),
            )
    return None


_PLACES = (("status", "headers"), ("headers",))
"""What may stand behind the first comma of a return, and behind the second."""


def _is_odd(node: ast.expr, kinds: tuple[str, ...]) -> bool:
    if isinstance(node, (ast.Dict, ast.List)):
        return "headers" not in kinds
    if isinstance(node, ast.Name) and "status" not in kinds:
        return False
    status = _value(node)
    is_status = isinstance(status, int) and 100 <= status <= 999
    return not (is_status and "status" in kinds)


def function_returned(case: Case) -> Finding | None:
    """A function is the answer, and not what it gives."""
    if not case.raised(
        r"return|valid response|'function' is not iterable|is not JSON serializable"
    ):
        return None
    own = {
        node.id for node in case.view.nodes(ast.Name) if isinstance(node.ctx, ast.Store)
    }
    known = {one.name for one in case.code.functions} - own
    for node in case.view.nodes(ast.Return):
        first = node.value
        if isinstance(first, ast.Tuple) and first.elts:
            first = first.elts[0]
        if not isinstance(first, (ast.Name, ast.Attribute)):
            continue
        name = ast.unparse(first)
        value = case.place.names.get(name)
        is_callable = callable(value) and not isinstance(value, type)
        if name in known or (is_callable and name not in own):
            return Finding(
                "call-forgotten",
                say(
                    "{name} is a function: it does its work when brackets behind its"
                    " name call it, {name}().",
                    name=name,
                ),
            )
    return None


def none_returned(case: Case) -> Finding | None:
    """What a view returns is None, though it returns something."""
    mishap = case.answer.mishap
    if mishap is None or not re.search("returned None", mishap.message):
        return None
    for function in case.view.functions[:1]:
        last = function.body[-1]
        value = last.value if isinstance(last, ast.Return) else None
        returns = [
            one.value for one in ast.walk(function) if isinstance(one, ast.Return)
        ]
        if not isinstance(value, ast.Call) or len(returns) > 1:
            continue
        if getattr(value.func, "id", "") in ("print", "redirect"):
            continue
        if getattr(value.func, "attr", "") == "get" and len(value.args) > 1:
            return Finding(
                "none-returned",
                say(
                    "{code} gives None here, since None was kept under that name: look"
                    " at where it is kept, and whether that was sent.",
                    code=f"`{ast.unparse(value)}`",
                ),
            )
        return Finding(
            "none-returned",
            say(
                "What your view returns is None: {code} gives that here. .get has a"
                ' second value for it: .get(name, "...").',
                code=f"`{ast.unparse(value)}`",
            ),
        )
    return None
