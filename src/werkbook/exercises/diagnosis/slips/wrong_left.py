"""Mistakes of place: a value left alone in its line, a decorator above the rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ...words import say
from ..case import Case, Code, Finding
from ..wrong_cells import is_routed, is_routing

_ANSWERS = (
    *("redirect", "render_template", "render_template_string"),
    *("jsonify", "make_response", "send_file"),
)


def left_alone(case: Case) -> Finding | None:
    """An answer is made in the view, and its line returns it to nobody."""
    if case.has_crashed or case.view is case.code:
        return None
    made = next(filter(_is_answer, _left(case.view)), None)
    if made is None:
        return None
    return Finding(
        "no-return",
        say(
            "The line {code} makes an answer, and nobody gets it: write return in"
            " front of it.",
            code=f"`{ast.unparse(made)}`",
        ),
    )


def _left(view: Code) -> Iterator[ast.expr]:
    """Yield what stands in lines of its own; not the last of a `%%route` cell."""
    ends = [tree.body[-1] for tree in view.trees if tree.body]
    for node in view.nodes(ast.Expr):
        if node not in ends:
            yield node.value


def _is_answer(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") in _ANSWERS
    if isinstance(node, ast.Tuple):
        return any(_is_status(one) for one in node.elts)
    is_joined = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
    parts = list(ast.walk(node)) if is_joined else []
    texts = [one for one in parts if isinstance(getattr(one, "value", None), str)]
    return isinstance(node, ast.JoinedStr) or bool(texts)


def _is_status(node: ast.expr) -> bool:
    value = node.value if isinstance(node, ast.Constant) else None
    return type(value) is int and 100 <= value <= 599


def value_below_return(case: Case) -> Finding | None:
    """A return stands alone, and what it should give in the line below it."""
    if case.raised(r"returned None|without a return|valid response") is None:
        return None
    for block in _blocks(case.view):
        for above, below in pairwise(block):
            is_bare = isinstance(above, ast.Return) and above.value is None
            if is_bare and isinstance(below, ast.Expr):
                return Finding(
                    "no-return",
                    say(
                        "return gives what stands in its own line. Write it there:"
                        " return {code}",
                        code=ast.unparse(below.value),
                    ),
                )
    return None


def _blocks(view: Code) -> Iterator[list[Any]]:
    for node in view.nodes(ast.stmt):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def kept_in_function(case: Case) -> Finding | None:
    """What a view keeps in a name of its own is looked for in another view."""
    if case.has_crashed or case.view is case.code:
        return None
    read = {node.id for node in case.view.nodes(ast.Name)} - _own(case.view)
    made = {name for tree in case.code.trees for name in _assigned(tree)}
    for function in case.code.functions:
        own = _own(Code((ast.unparse(function),)))
        lost = sorted(own & read & made) if is_routed(function) else []
        if lost:
            return Finding(
                "global-missing",
                say(
                    "{name} in {function} is its own: what it assigns there, no other"
                    " view sees. What belongs to one visitor goes into session; what"
                    " is everybody's needs global.",
                    name=lost[0],
                    function=function.name,
                ),
            )
    return None


def _own(code: Code) -> set[str]:
    """Return the names that functions assign, and that stay inside of them."""
    stored = {
        node.id for node in code.nodes(ast.Name) if isinstance(node.ctx, ast.Store)
    }
    arguments = {node.arg for node in code.nodes(ast.arg)}
    shared = {name for node in code.nodes(ast.Global) for name in node.names}
    return (stored | arguments) - shared


def _assigned(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a cell assigns outside of functions."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))


def decorator_above(case: Case) -> Finding | None:
    """A decorator stands above the rule, which has taken the function by then."""
    for function in case.view.functions:
        routed = False  # nearest to the function first
        for one in reversed(function.decorator_list):
            called = one.func if isinstance(one, ast.Call) else one
            if isinstance(called, ast.Name) and routed:
                return Finding(
                    "decorator-order",
                    say(
                        "The rule takes the function as it is below it, so that"
                        " @{name} above the rule is never asked. The rule stands"
                        " first, @{name} right above the function.",
                        name=called.id,
                    ),
                )
            routed = routed or is_routing(one)
    return None
