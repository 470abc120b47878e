"""Slips of the pen in Python: a word for a value, == for =, a return in a loop."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from typing import Any

from ..words import say
from .case import Case, Code, Finding
from .wrong_cells import is_routed

_UNKNOWN = re.compile(r"name '(\w+)' is not defined")
_WORD = re.compile(r"\w+")
_CHECKED = (
    *("isdigit", "isnumeric", "isdecimal", "isalpha", "isalnum", "startswith"),
    *("endswith", "is_json", "exists", "is_file"),
)
"""Methods that a condition calls."""
_FUNCTION_SHOWN = re.compile(
    r"<(?:built-in method|bound method|function) (?:[\w.<>]+\.)?(\w+)[^>]*>"
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
    if not any(is_routed(one) for one in case.code.functions if one.name == name):
        return forgotten_call(name)
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
            values = dict(values_of_rule(case))
            named = set() if _is_wanted_elsewhere(case, text) else kept - loaded
            named |= {one for one in values if _is_meant(case, text, one, values[one])}
            words = set(_WORD.findall(text)) & named
            if words and text in case.answer.visible_text:
                return _named(sorted(words)[0])
    return None


def values_of_rule(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the variables of the rule that answered, with their texts."""
    parts = zip(case.answer.rule.split("/"), case.path.split("/"), strict=False)
    for part, value in parts:
        found = re.fullmatch(r"<(?:\w+:)?(\w+)>", part)
        if found is not None:
            yield found[1], value


def _is_wanted_elsewhere(case: Case, text: str) -> bool:
    """Say whether a text is right for another check: it is no slip, but fixed."""
    wanted = [one.value for check in case.exercise.checks for one in check.phrases]
    return any(isinstance(one, str) and one and one in text for one in wanted)


def _is_meant(case: Case, text: str, name: str, value: str) -> bool:
    """Say whether a text would be right with a name's value in place of its name."""
    wanted = str(case.phrase.value)
    fillings = (re.sub(rf"\b{name}\b", lambda _: value, text, count=n) for n in (0, 1))
    return wanted not in text and any(wanted in one for one in fillings)


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
    if ".get(" in case.view.text and not case.view.mentions("request"):
        return Finding(
            "none-shown",
            say(
                "None stands there: .get gives it where nothing is. A second value says"
                ' what counts instead: .get(name, "...").'
            ),
        )
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


def forgotten_call(name: str) -> Finding:
    """Say that a function stands there by its name alone."""
    return Finding(
        "call-forgotten",
        say(
            "{name} is a function: it does its work when brackets behind its name call"
            " it, {name}().",
            name=name,
        ),
    )


def call_forgotten(case: Case) -> Finding | None:
    """A function stands there, and is not called."""
    if case.raised(r"^TypeError: '(?:function|method)' object is not iterable"):
        text = case.answer.mishap.code if case.answer.mishap else ""
        for name in re.findall(r"\bin (\w+)(?![\w(.])", f"{text} {case.view.text}"):
            return forgotten_call(name)
    if case.raised(r"object of type '(?:function|method)' has no len\(\)"):
        text = case.answer.mishap.code if case.answer.mishap else ""
        for name in re.findall(r"\blen\((\w+)\)", text):
            return forgotten_call(name)
    used = _used_function(case)
    if used:
        return forgotten_call(used)
    shown = _FUNCTION_SHOWN.search(f"{case.answer.text} {case.answer.visible_text}")
    if shown is not None and not case.has_crashed:
        return forgotten_call(shown[1])
    view = case.view
    if case.check.kind == "database":
        view = Code(tuple(map(ast.unparse, case.code.functions)))
    lines = (one.value for one in view.nodes(ast.Expr))
    left = [one for one in lines if isinstance(one, ast.Attribute)]
    left += [one.value for one in view.nodes(ast.Expr) if _is_abort(one.value)]
    tests = [one.test for one in view.nodes(ast.If, ast.IfExp)]
    tests = [one.operand if isinstance(one, ast.UnaryOp) else one for one in tests]
    left += [one for one in tests if getattr(one, "attr", "") in _CHECKED]
    if view is case.code or not left:
        return None
    return forgotten_call(ast.unparse(left[0]))


def _used_function(case: Case) -> str:
    """Name the function that is used as if it were what it gives; empty for none."""
    code = case.answer.mishap.code if case.answer.mishap else ""
    attribute = case.raised(rf"^AttributeError: {_A_FUNCTION} has no attribute '(\w+)'")
    if attribute is not None:
        pattern = rf"([A-Za-z_][\w.]*)\.{attribute[1]}\b"
    elif case.raised(rf"^TypeError: {_A_FUNCTION} is not subscriptable"):
        pattern = r"([A-Za-z_][\w.]*)\["
    elif case.raised(
        r"Object of type (?:builtin_function_or_method|function|method)\b"
    ):
        return next(_functions_sent(case), "")
    else:
        return ""
    found = re.search(pattern, code)
    return found[1] if found is not None else ""


_A_FUNCTION = "'(?:function|method|builtin_function_or_method)' object"


def _functions_sent(case: Case) -> Iterator[str]:
    """Yield the functions that stand as values in what a view returns."""
    for node in case.view.nodes(ast.Dict, ast.List, ast.Tuple):
        for one in node.values if isinstance(node, ast.Dict) else node.elts:
            name = ast.unparse(one) if isinstance(one, ast.Name | ast.Attribute) else ""
            value = case.place.names.get(name, getattr(builtins, name, None))
            if name and (callable(value) or isinstance(one, ast.Attribute)):
                yield name


def _is_abort(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "abort"


def after_return(case: Case) -> Finding | None:
    """What was to be sent stands behind a return."""
    if case.has_crashed or case.is_lost:
        return None
    for function in case.view.functions:
        for block in (function.body, *_blocks(function)):
            ends = [n for n, one in enumerate(block) if isinstance(one, ast.Return)]
            if ends and ends[0] < len(block) - 1:
                return Finding(
                    "after-return",
                    say(
                        "return ends your view: the line {code} behind it never runs.",
                        code=f"`{ast.unparse(block[ends[0] + 1]).splitlines()[0]}`",
                    ),
                )
    return None


def _blocks(function: Any) -> Iterator[list[Any]]:
    for node in ast.walk(function):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def is_for_equal(case: Case) -> Finding | None:
    """`is` compares a text, which asks whether it is the very same object."""
    for node in case.view.nodes(ast.Compare):
        is_is = isinstance(node.ops[0], (ast.Is, ast.IsNot))
        values = [getattr(one, "value", None) for one in node.comparators]
        if is_is and any(
            isinstance(one, str | int) and one not in (True, False) for one in values
        ):
            return Finding(
                "is-for-equal",
                say(
                    "is asks whether two things are the very same object; == asks"
                    " whether they are equal: write == in {code}.",
                    code=f"`{ast.unparse(node)}`",
                ),
            )
    return None


def own_name(case: Case) -> Finding | None:
    """A view has the name of the function that it calls, and calls itself."""
    if not case.raised(r"^RecursionError"):
        return None
    for function in case.view.functions:
        calls = (one for one in ast.walk(function) if isinstance(one, ast.Call))
        if any(getattr(one.func, "id", "") == function.name for one in calls):
            return Finding(
                "name-shadowed",
                say(
                    "Your view is called {name}, as the function that it calls, and so"
                    " calls itself without end. Give the view another name.",
                    name=function.name,
                ),
            )
    return None


def abort_for_raise(case: Case) -> Finding | None:
    """A number is raised, or abort gets a text where its number belongs."""
    if case.raised(r"exceptions must derive from BaseException"):
        code = case.answer.mishap.code if case.answer.mishap else ""
    else:
        found = case.raised(r"^LookupError: no exception for '(\d+)'")
        code = found[1] if found else ""
    status = re.search(r"\b[45]\d\d\b", code)
    if status is None:
        return None
    return Finding(
        "abort-number",
        say(
            "A status ends a view by abort with the number: abort({status}).",
            status=status[0],
        ),
    )


def key_without_quotes(case: Case) -> Finding | None:
    """A dict's key is a name without quotes, and so that name's value."""
    wanted = {str(one.subject) for one in case.check.phrases if one.kind == "json"}
    for node in case.view.nodes(ast.Dict):
        names = [one.id for one in node.keys if isinstance(one, ast.Name)]
        name = next((one for one in names if one in wanted), None)
        if name is not None:
            return Finding(
                "key-without-quotes",
                say(
                    "Without quotes {name} is the value of that name. A key is a text:"
                    ' {{"{name}": ...}}',
                    name=name,
                ),
            )
    return None
