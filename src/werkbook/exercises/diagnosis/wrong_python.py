"""Slips of the pen in Python: a word for a value, == for =, a return in a loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from ..words import say
from .case import Case, Finding

_UNKNOWN = re.compile(r"name '(\w+)' is not defined")
_WORD = re.compile(r"\w+")


def undefined_name(case: Case) -> Finding | None:
    """The view uses a name that nothing defines."""
    mishap = case.answer.mishap
    found = _UNKNOWN.search(mishap.message) if mishap is not None else None
    if found is None:
        return None
    return Finding(
        "undefined-name",
        say(
            "Your view does not know the name {name}. Is it written as where it was"
            " made? A module has to be imported.",
            name=found[1],
        ),
    )


def name_shadowed(case: Case) -> Finding | None:
    """A function has the name of the list that a view wants to use."""
    mishap = case.answer.mishap
    is_about = mishap is not None and "'function' object" in mishap.message
    if mishap is None or not is_about:
        return None
    functions = {function.name for function in case.code.functions}
    name = next((one for one in _WORD.findall(mishap.code) if one in functions), None)
    if name is None:
        return None
    return Finding(
        "name-shadowed",
        say(
            "{name} is a function by now: one of your views has the name of what was"
            " kept there. Give the view another name.",
            name=name,
        ),
    )


def compared(case: Case) -> Finding | None:
    """A line compares where it should assign."""
    for node in case.code.nodes(ast.Expr):
        is_equal = isinstance(node.value, ast.Compare) and isinstance(
            node.value.ops[0], ast.Eq
        )
        if is_equal and _is_in_function(case, node):
            return Finding(
                "compared",
                say(
                    "The line {code} compares and changes nothing: one = assigns.",
                    code=f"`{ast.unparse(node)}`",
                ),
            )
    return None


def _is_in_function(case: Case, node: Any) -> bool:
    """Say whether a line is in a function, and not the last one, which may be shown."""
    bodies = [function.body for function in case.code.functions]
    return any(node in body[:-1] or node in _inner(body) for body in bodies)


def _inner(body: list[Any]) -> Iterator[Any]:
    for one in body:
        for name in ("body", "orelse"):
            yield from getattr(one, name, ())


def name_unused(case: Case) -> Finding | None:
    """The answer has a name where its value belongs."""
    if case.phrase.kind not in ("text", "page") or case.phrase.verb == "lacks":
        return None
    for function in case.view.functions:
        loaded = {one.id for one in _names(function, ast.Load)}
        kept = {one.id for one in _names(function, ast.Store)}
        kept |= {one.arg for one in function.args.args}
        for text in _returned_texts(function):
            words = set(_WORD.findall(text)) & (kept - loaded)
            if words and text in case.answer.visible_text:
                return _named(sorted(words)[0])
    return None


def _named(name: str) -> Finding:
    return Finding(
        "name-unused",
        say(
            "In quotes {name} is only a word. An f in front of the text and braces"
            ' give its value: f"... {{{name}}}".',
            name=name,
        ),
    )


def _names(function: Any, context: type) -> Iterator[ast.Name]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, context):
            yield node


def _returned_texts(function: Any) -> Iterator[str]:
    for node in ast.walk(function):
        value = getattr(node, "value", None) if isinstance(node, ast.Return) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def early_return(case: Case) -> Finding | None:
    """A return in a loop ends the view in the loop's first turn."""
    if case.phrase.kind not in ("json", "text", "page") or case.answer.mishap:
        return None
    if case.phrase.verb == "lacks" or case.answer.status >= 300:
        return None
    for loop in case.view.nodes(ast.For):
        if any(isinstance(node, ast.Return) for node in ast.walk(loop)):
            return Finding(
                "early-return",
                say(
                    "return ends your view at once, in the middle of the loop. Collect"
                    " in the loop, and return behind it."
                ),
            )
    return None


def none_shown(case: Case) -> Finding | None:
    """None stands in the page, since something was not there."""
    is_about = case.phrase.kind in ("text", "page") and case.phrase.verb != "lacks"
    if not is_about or not re.search(r"\bNone\b", case.answer.visible_text):
        return None
    return Finding(
        "none-shown",
        say(
            "None stands there: what was asked for is not there. Look at the name, and"
            " at where it is read: request.form, request.args, request.get_json()."
        ),
    )


def list_shown(case: Case) -> Finding | None:
    """A whole list stands in the page, as Python writes one."""
    is_about = case.phrase.kind in ("text", "page") and not case.answer.is_json
    if not is_about or not re.search(r"\[['\"{(]", case.answer.visible_text):
        return None
    return Finding(
        "list-shown",
        say(
            "A whole list stands there, as Python writes one. Go through it: in a"
            " template {{% for one in list %}} ... {{% endfor %}}."
        ),
    )


def url_for_path(case: Case) -> Finding | None:
    """url_for gets a path."""
    mishap = case.answer.mishap
    is_about = mishap is not None and (
        mishap.kind in ("BuildError", "UnknownEndpointError") and "'/" in mishap.message
    )
    if not is_about:
        return None
    return Finding(
        "url-for",
        say('url_for takes the name of a view, as in url_for("index"), and no path.'),
    )
