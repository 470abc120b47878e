"""Mistakes in keeping: cookies on no answer, what was sent is put nowhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ..words import say
from .case import Case, Code, Finding
from .wrong_cells import is_routed
from .wrong_session import CHANGING, list_module_names

_HARMLESS = {
    *("redirect", "url_for", "render_template", "render_template_string", "jsonify"),
    *("make_response", "get", "get_json", "getlist", "str", "int", "float", "len"),
    *("abort", "escape", "strip", "lower", "upper", "dict", "list", "print", "flash"),
    *("sorted", "route", "post", "put", "patch", "delete"),
}
"""Calls that keep nothing."""


def sent_and_lost(case: Case) -> Finding | None:
    """What was sent is not there afterwards, since the view puts it nowhere."""
    sent = next((one for one in reversed(case.before) if _sends(one)), None)
    is_about = case.phrase.kind in ("json", "text", "page") and case.check.is_next
    if sent is None or not is_about or case.answer.mishap or case.method != "GET":
        return None
    if case.phrase.verb == "lacks" or "flash(" in case.code.text:
        return None
    answer = sent.answer
    if answer is None or not 200 <= answer.status < 400:
        return None
    rule = answer.rule or case.answer.rule
    functions = [one for one in case.code.functions if is_routed(one)]
    local = next(filter(None, map(_emptied, functions)), None)
    if local is not None and local in set(list_module_names(case.code)):
        return Finding(
            "always-anew",
            say(
                "{name} begins empty in each request, since your view makes it anew."
                " Take that line out: the one outside of the view stays.",
                name=local,
            ),
        )
    if any(map(_keeps, functions)) or case.code.route_cells or not functions:
        return None
    return Finding(
        "not-kept",
        say(
            "What was sent to {rule} is kept nowhere: put it into a list, the session"
            " or a database, where the next request finds it.",
            rule=rule,
        ),
    )


def _sends(line: Any) -> bool:
    command = line.check.command
    if command is None:
        return False
    return bool(command.request.method_or_guess() in ("POST", "PUT", "PATCH"))


def _emptied(function: Any) -> str | None:
    """Return a name that a function binds to something empty, and then fills."""
    names = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _is_empty(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    filled = {
        getattr(node.value, "id", "")
        for node in ast.walk(function)
        if (isinstance(node, ast.Attribute) and node.attr in CHANGING)
        or (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store))
    }
    return next(iter(sorted(names & filled)), None)


def _is_empty(node: ast.expr) -> bool:
    if isinstance(node, ast.Dict):
        return not node.keys
    return isinstance(node, (ast.List, ast.Set)) and not node.elts


def _keeps(function: Any) -> bool:
    """Say whether a function may keep something: changes, stores, or calls others."""
    for node in ast.walk(function):
        if isinstance(node, (ast.Global, ast.Nonlocal, ast.With, ast.AugAssign)):
            return True
        if isinstance(node, ast.Delete):
            return True
        is_stored = isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(
            node.ctx, ast.Store
        )
        is_call = isinstance(node, ast.Call) and not _is_harmless(node)
        if is_stored or is_call:
            return True
    return False


def _is_harmless(call: ast.Call) -> bool:
    """Say whether a call changes nothing that stays."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return name in _HARMLESS


def set_on_request(case: Case) -> Finding | None:
    """A cookie, or a field, is assigned to what the browser sent."""
    mishap = case.answer.mishap
    if mishap is None or "objects are immutable" not in mishap.message:
        return None
    if not case.view.reads("cookies"):
        return None
    return Finding(
        "cookie-on-request",
        say(
            "request.cookies is what the browser sent. A cookie is set on the answer:"
            " response = make_response(...), response.set_cookie(...), return response."
        ),
    )


def on_another_response(case: Case) -> Finding | None:
    """The response that has the cookie is not the one that is returned."""
    if case.phrase.kind != "cookie" or case.answer.mishap is not None:
        return None
    for function in case.view.functions or [None]:
        nodes = case.view.trees if function is None else [function]
        names = {name for node in nodes for name in _with_cookies(node)}
        returned = {name for node in nodes for name in _returned(node)}
        lost = sorted(names - returned)
        if lost:
            return Finding(
                "cookie-lost",
                say(
                    "The cookie is set on {name}, and another answer is returned: write"
                    " return {name}.",
                    name=lost[0],
                ),
            )
    return None


def _with_cookies(tree: ast.AST) -> Iterator[str]:
    """Yield the names of the responses that get a cookie."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "set_cookie":
            yield getattr(node.value, "id", "")


def _returned(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from (
                one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)
            )


def in_session(case: Case) -> Finding | None:
    """The session has what a cookie of its own was to have."""
    if case.phrase.kind != "cookie" or "set_cookie" in case.code.text:
        return None
    if not case.view.mentions("session"):
        return None
    return Finding(
        "session-for-cookie",
        say(
            "The session is a signed cookie with a name of its own. What is asked for"
            " is a cookie called {name}: response.set_cookie({quoted}, ...)",
            name=case.phrase.subject,
            quoted=f'"{case.phrase.subject}"',
        ),
    )


def other_name(case: Case) -> Finding | None:
    """A cookie is set, under another name."""
    wanted = case.phrase.subject
    if case.phrase.kind != "cookie" or not wanted:
        return None
    names = [name for name in _set_names(case.code) if name != wanted]
    held = {name for name, _ in case.answer.cookies}
    other = next((name for name in names if name in held), None)
    if other is None or wanted in held:
        return None
    return Finding(
        "cookie-name",
        say(
            "The app sets a cookie called {other}, and {name} is asked for.",
            other=other,
            name=wanted,
        ),
    )


def _set_names(code: Code) -> Iterator[str]:
    for node in code.nodes(ast.Call):
        if getattr(node.func, "attr", "") == "set_cookie" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value)


def other_path(case: Case) -> Finding | None:
    """The cookie is for a part of the app, and another part wants it."""
    if not case.check.is_next or not case.view.reads("cookies"):
        return None
    for node in case.code.nodes(ast.Call):
        if getattr(node.func, "attr", "") != "set_cookie":
            continue
        path = next((one.value.value for one in node.keywords if _is_path(one)), None)
        if path is not None and not case.path.startswith(str(path)):
            return Finding(
                "cookie-path",
                say(
                    "The cookie has the path {path}, so the browser sends it to"
                    " addresses below that only. Leave the path out.",
                    path=path,
                ),
            )
    return None


def _is_path(keyword: ast.keyword) -> bool:
    return keyword.arg == "path" and isinstance(keyword.value, ast.Constant)
