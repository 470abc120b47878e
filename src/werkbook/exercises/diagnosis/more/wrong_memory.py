"""Mistakes in what requests change: a copy, an odd value, nothing at all."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from werkzeug.exceptions import HTTPException

from ...words import say
from ..case import Case, Finding
from .wrong_statuses import begins_anew

_CHANGING = ("append", "extend", "insert", "sort", "reverse", "clear", "remove")
_SHOWS = (
    *("redirect", "url_for", "render_template", "render_template_string", "escape"),
    *("str", "len", "jsonify"),
)


def _asked_views(case: Case) -> dict[str, str]:
    """Return the views that this exercise asked so far, each with its last method."""
    found = {}
    for check in (*(line.check for line in case.before), case.check):
        if check.command is None:
            continue
        request = check.command.request
        method = request.method_or_guess()
        name = _view_of(case.place.app, urlsplit(request.url).path, method)
        found[name] = method
    return found


def _view_of(app: Any, path: str, method: str) -> str:
    """Return the name of the function that a request is for; empty for none."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(unquote(path), method)
        view = app.view_functions[endpoint]
    except (HTTPException, AttributeError, LookupError):
        return ""
    return str(getattr(inspect.unwrap(view), "__name__", ""))


def changers(case: Case) -> list[Any]:
    """Return the functions of the views that were sent something before, or now."""
    views = _asked_views(case)
    names = {name for name, method in views.items() if method != "GET"}
    return _newest(case, names)


def _newest(case: Case, names: set[str]) -> list[Any]:
    """Return the functions of some names; of one that was written again the last."""
    found = {one.name: one for one in case.code.functions if one.name in names}
    return list(found.values())


def _concerned(case: Case) -> list[Any]:
    """Return the functions of all asked views, and those that they call themselves."""
    names = set(_asked_views(case))
    views = _newest(case, names)
    called = {
        node.id
        for view in views
        for node in ast.walk(view)
        if isinstance(node, ast.Name)
    }
    return _newest(case, names | called)


def none_kept(case: Case) -> Finding | None:
    """What append() gives is kept: None."""
    if not case.before and not case.has_crashed:
        return None
    for function in _concerned(case):
        for node in ast.walk(function):
            value = node.value if isinstance(node, ast.Assign) else None
            method = getattr(getattr(value, "func", None), "attr", "")
            if method in _CHANGING:
                return Finding(
                    "none-kept",
                    say(
                        "{method}() changes what it is called on and gives None, and"
                        " that is what {code} keeps. Call it on a line of its own.",
                        method=method,
                        code=f"`{ast.unparse(node)}`",
                    ),
                )
    return None


def always_true(case: Case) -> Finding | None:
    """A condition that holds whatever is asked: a == "x" or "y"."""
    for function in _concerned(case):
        for node in ast.walk(function):
            test = getattr(node, "test", None)
            if not isinstance(test, ast.BoolOp) or not isinstance(test.op, ast.Or):
                continue
            first, *rest = test.values
            if isinstance(first, ast.Compare) and any(map(_is_full_text, rest)):
                return Finding(
                    "always-true",
                    say(
                        "The condition {code} always holds, since a text that is not"
                        " empty counts as true. Name the values in brackets: {name} in"
                        " (..., ...).",
                        code=f"`{ast.unparse(test)}`",
                        name=ast.unparse(first.left),
                    ),
                )
    return None


def text_or(case: Case) -> Finding | None:
    """A text with `or` behind it: what follows is never looked at."""
    for function in _concerned(case):
        for node in ast.walk(function):
            is_or = isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
            if is_or and _is_full_text(node.values[0]):  # type: ignore[attr-defined]
                first, *rest = node.values  # type: ignore[attr-defined]
                if all(map(_is_full_text, rest)):
                    return _always_text(node, first)
                return Finding(
                    "always-true",
                    say(
                        "{code} is always {first}: or takes the first that is not"
                        " empty. Write it the other way round: {rest} or {first}.",
                        code=f"`{ast.unparse(node)}`",
                        first=ast.unparse(first),
                        rest=ast.unparse(rest[-1]),
                    ),
                )
    return None


def _always_text(node: ast.AST, first: ast.expr) -> Finding:
    return Finding(
        "always-true",
        say(
            "{code} is always {first}: or takes the first that is not empty, and what"
            " stands in quotes is a text. In front of or belongs what looks the value"
            " up, without quotes around all of it.",
            code=f"`{ast.unparse(node)}`",
            first=ast.unparse(first),
        ),
    )


def _is_full_text(node: ast.expr) -> bool:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text and bool(node.value)  # type: ignore[attr-defined]


def list_not_put_back(case: Case) -> Finding | None:
    """A list of the session's is changed, and the session does not notice."""
    if not case.before or case.has_crashed or ".modified" in case.code.text:
        return None
    for function in _concerned(case):
        text = ast.unparse(function)
        found = re.search(r"session\.setdefault\(['\"](\w+)['\"].*?\)\.append\(", text)
        got = re.search(r"(\w+) = session\.get\(['\"](\w+)['\"], .*\)\n", text)
        is_changed = got is not None and f"{got[1]}.append(" in text
        if "session[" in text or not (found or is_changed):
            continue
        key = found[1] if found else (got[2] if got else "")
        return Finding(
            "not-modified",
            say(
                'A list of the session\'s is changed, and session["{key}"] is assigned'
                ' nothing, so that nothing is kept: session["{key}"] = ... behind it.',
                key=key,
            ),
        )
    return None


def key_anew(case: Case) -> Finding | None:
    """Each request has another secret key, so that no session can be read again."""
    if not case.before or case.has_crashed:
        return None
    for function in case.code.functions:
        if not function.decorator_list:
            continue
        for node in ast.walk(function):
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            text = ast.unparse(target) if target is not None else ""
            if text.endswith((".secret_key", "['SECRET_KEY']")):
                return Finding(
                    "key-anew",
                    say(
                        "{function} sets the key anew in each request, and a session"
                        " that another key has signed counts for nothing. Set it once,"
                        " outside of all functions.",
                        function=function.name,
                    ),
                )
    return None


def set_to_same(case: Case) -> Finding | None:
    """What is counted or collected is set to the same value by each request."""
    if len(case.before) < 2 or case.has_crashed or case.phrase.kind == "status":
        return None
    for function in changers(case):
        changes = [
            node
            for node in ast.walk(function)
            if isinstance(node, (ast.Assign, ast.AugAssign))
        ]
        bases = [_base(node) for node in changes]
        for node, base in zip(changes, bases, strict=True):
            if base and bases.count(base) == 1 and _forgets(node, base):
                return Finding(
                    "always-anew",
                    say(
                        "{code} forgets what was there before, each time. Add to it.",
                        code=f"`{ast.unparse(node)}`",
                    ),
                )
    return None


def _base(node: Any) -> str:
    """Return the name of the dict that an assignment puts something into."""
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
    if not isinstance(target, ast.Subscript):
        return ""
    return str(getattr(target.value, "id", ""))


def _forgets(node: Any, base: str) -> bool:
    if not isinstance(node, ast.Assign) or f"{base}." in ast.unparse(node.value):
        return False
    is_number = isinstance(node.value, ast.Constant) and type(node.value.value) is int
    is_list = isinstance(node.value, ast.List) and len(node.value.elts) == 1
    is_list = is_list and not isinstance(node.value.elts[0], (ast.Starred, ast.Dict))  # type: ignore[attr-defined]
    return is_number or is_list


def changes_nothing(case: Case) -> Finding | None:
    """The view that was to change something only sends the visitor on."""
    if not case.before or case.has_crashed or case.method != "GET":
        return None
    check, answer = case.before[-1].check, case.before[-1].answer
    command = check.command
    if answer is None or command is None or not case.check.is_next:
        return None
    if command.request.method_or_guess() == "GET" or not answer.endpoint:
        return None
    functions = getattr(case.place.app, "view_functions", None) or {}
    name = getattr(functions.get(answer.endpoint), "__name__", "")
    for function in case.code.functions:
        if function.name != name or len(function.body) != 1:
            continue
        is_return = isinstance(function.body[0], ast.Return)
        if is_return and _only_shows(function) and not _reads_request(function):
            return Finding(
                "changes-nothing",
                say(
                    "Your view {name} answers, and changes nothing: do what was asked"
                    " for before the return.",
                    name=name,
                ),
            )
    return None


def _only_shows(function: Any) -> bool:
    calls = [node for node in ast.walk(function.body[0]) if isinstance(node, ast.Call)]
    return all(getattr(call.func, "id", "") in _SHOWS for call in calls)


def _reads_request(function: Any) -> bool:
    return "request." in ast.unparse(function.body[0])


def hook_without_return(case: Case) -> Finding | None:
    """A function after each request gives the response back to nobody."""
    if not case.raised(r"'NoneType' object (?:has no attribute|is not callable)"):
        return None
    for function in case.code.functions:
        is_hook = any(
            getattr(one, "attr", "") in ("after_request", "after_app_request")
            for one in function.decorator_list
        )
        if is_hook and not any(isinstance(n, ast.Return) for n in ast.walk(function)):
            return Finding(
                "hook-without-return",
                say(
                    "What {name} returns is the answer, and it returns nothing: end it"
                    " with return {response}.",
                    name=function.name,
                    response=function.args.args[0].arg,
                ),
            )
    return None


def new_each_time(case: Case) -> Finding | None:
    """What all requests share is made anew in the view that changes it."""
    is_about = case.phrase.kind in ("json", "text", "page") and bool(case.before)
    if not is_about or case.has_crashed or case.method != "GET":
        return None
    for function in changers(case):
        made = {
            target.id
            for node in function.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, (ast.Dict, ast.List))
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        text = ast.unparse(function)
        for name in sorted(made):
            if re.search(rf"\b{name}(?:\[.*\] \+?=|\.append\()", text):
                return begins_anew(name)
    return None


def default_shared(case: Case) -> Finding | None:
    """A default value is changed, and all calls share it."""
    if case.has_crashed or not case.before:
        return None
    for function in _concerned(case):
        arguments = function.args.args[-len(function.args.defaults) :]
        text = ast.unparse(function)
        for one, default in zip(arguments, function.args.defaults, strict=False):
            is_changed = re.search(rf"\b{one.arg}(?:\[.*\] \+?=|\.\w+\()", text)
            if isinstance(default, (ast.List, ast.Dict)) and is_changed:
                return Finding(
                    "default-shared",
                    say(
                        "The default value of {name} is made once, and all calls of"
                        " {function} share it. Make it inside of the function.",
                        name=one.arg,
                        function=function.name,
                    ),
                )
    return None


def in_session_of_one(case: Case) -> Finding | None:
    """What all visitors do together is kept for each of them alone."""
    if not case.before or case.has_crashed or _speaks_of_visitors(case):
        return None
    has_others = sum(not line.check.is_next for line in case.before) > 1
    is_read = (
        case.phrase.kind in ("json", "text", "page") and case.view is not case.code
    )
    if not (has_others and is_read and case.view.mentions("session")):
        return None
    if not any(map(_can_grow, _kept_in_session(case))):
        return None
    return Finding(
        "session-for-all",
        say(
            "session is each visitor's own, and here all of them count together: keep"
            " it outside of the views, in a dict say."
        ),
    )


def _kept_in_session(case: Case) -> Iterator[ast.expr]:
    """Yield what is put into the session."""
    for node in case.code.nodes(ast.Assign, ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for one in targets:
            if getattr(getattr(one, "value", None), "id", "") == "session":
                yield node.value
    for call in case.code.nodes(ast.Call):
        if ast.unparse(call.func) == "session.setdefault":
            yield from call.args[1:]


def _can_grow(value: ast.expr) -> bool:
    """Say whether a value is more than a mark such as True."""
    return not isinstance(value, ast.Constant)


def _speaks_of_visitors(case: Case) -> bool:
    """Say whether an exercise is about who the visitor is, or may be."""
    told = " ".join((case.exercise.text, *case.exercise.hints)).lower()
    statuses = {
        status
        for check in case.exercise.checks
        for phrase in check.phrases
        if phrase.kind == "status"
        for status in phrase.value
    }
    asked = " ".join(check.asked for check in case.exercise.checks)
    is_told = re.search(r"session|visitor|log|sitzung|besuch|sesi|visitante", told)
    return bool(is_told or statuses & {"401", "403"} or "password" in asked)
