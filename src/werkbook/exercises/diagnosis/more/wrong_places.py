"""Mistakes in where a rule is: on another app, no part of the app, a static file."""

from __future__ import annotations

import ast
import difflib
import re
from typing import Any
from urllib.parse import urlsplit

from werkbook.cells.source import magics

from ...words import say
from ..case import Case, Finding
from ..wrong_rules import matches

_HANDLES = re.compile(r"errorhandler\((\d+)\)\n(?:async )?def (\w+)")


def not_registered(case: Case) -> Finding | None:
    """The rules are a blueprint's that the app does not have."""
    if not case.is_lost or "register_blueprint" in case.code.text:
        return None
    names = case.place.names
    for node in case.code.nodes(ast.Assign):
        made = getattr(getattr(node.value, "func", None), "id", "")
        if made == "Blueprint" and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in names and f"@{name}." in case.code.text:
                return Finding(
                    "not-registered",
                    say(
                        "Your rule is the blueprint {name}'s, and the app does not have"
                        " it yet: app.register_blueprint({name})",
                        name=name,
                    ),
                )
    return None


def other_app(case: Case) -> Finding | None:
    """The rule is another app's."""
    if not case.is_lost:
        return None
    for name, value in list(case.place.names.items()):
        # Of its type: a proxy such as `request` refuses to be looked at here.
        is_app = callable(getattr(type(value), "wsgi_app", None))
        if name.startswith("_") or not is_app or value is case.place.app:
            continue
        if _has_rule(value, case.path, case.method):
            return Finding(
                "other-app",
                say(
                    "Your rule is on {name}, and another app is asked here. Put it on"
                    " that one: the name in front of the rule must be its name.",
                    name=name,
                ),
            )
    return None


def _has_rule(app: Any, path: str, method: str) -> bool:
    from werkzeug.exceptions import HTTPException  # only where a rule is missing

    try:
        app.url_map.bind("localhost").match(path, method)
    except (HTTPException, AttributeError):
        return False
    return True


def handler_for_rule(case: Case) -> Finding | None:
    """A function handles an error, and is called as the path, which has no rule."""
    wanted = case.wanted_statuses[0] if case.wanted_statuses else ""
    parts = re.findall(r"\w+", case.path)
    if not case.is_lost or not any(
        wanted != "404" and status == wanted and name in parts
        for status, name in _HANDLES.findall(case.code.text)
    ):
        return None
    return Finding(
        "handler-for-rule",
        say(
            "@app.errorhandler({status}) says what is shown when that error happens. No"
            ' rule leads to {path}: @app.get("{path}")',
            status=wanted,
            path=case.path,
        ),
    )


def handler_slips(case: Case) -> Finding | None:
    """A handler of errors is a view as well, or raises the error that it handles."""
    mishap = case.answer.mishap
    if mishap is None:
        return None
    handlers = {one.name for one in case.code.functions if _handles(one)}
    if case.answer.endpoint in handlers and "Argument" in mishap.kind:
        return Finding(
            "handler-for-rule",
            say(
                "{name} handles an error, which it takes as its argument, and a rule"
                " leads to it as well: take the rule away from it.",
                name=case.answer.endpoint,
            ),
        )
    if mishap.function in handlers and "abort(" in mishap.code:
        return Finding(
            "handler-raises",
            say(
                "A handler is there to answer, and abort raises the error anew: return"
                ' "...", {status}',
                status=case.wanted_statuses[0] if case.wanted_statuses else "404",
            ),
        )
    return None


def separator(case: Case) -> Finding | None:
    """A rule has another sign between its parts than the slash that is asked for."""
    if not case.is_lost:
        return None
    for rule, _ in case.place.rules:
        better = re.sub(r"(?<=>)[-_.,:;+|]+(?=<)", "/", rule)
        if better != rule and matches(better, case.path):
            return Finding(
                "separator",
                say(
                    "I asked for {path}, with a / between its parts, and your rule is"
                    " {rule}: let it be {better}.",
                    path=case.path,
                    rule=rule,
                    better=better,
                ),
            )
    return None


def hook_arguments(case: Case) -> Finding | None:
    """A hook before each request wants the response, which is not there yet."""
    found = case.raised(r"^TypeError: (\w+)\(\) missing \d+ required positional")
    if found is None:
        return None
    for function in case.code.functions:
        names = [getattr(one, "attr", "") for one in function.decorator_list]
        if function.name == found[1] and "before_request" in names:
            return Finding(
                "hook-arguments",
                say(
                    "A hook before each request gets nothing: there is no response yet."
                    " @app.after_request gets it, and returns it."
                ),
            )
    return None


def _handles(function: Any) -> bool:
    called = [getattr(one, "func", None) for one in function.decorator_list]
    return any(getattr(one, "attr", "") == "errorhandler" for one in called)


def static_place(case: Case) -> Finding | None:
    """A static file is another one, or is looked for elsewhere."""
    if case.answer.status != 404 or case.answer.rule not in ("", _STATIC):
        return None
    wanted = case.path.removeprefix("/static/")
    files = [name for kind, name in _file_cells(case) if kind == "static"]
    templates = [name for kind, name in _file_cells(case) if kind == "template"]
    if not case.path.startswith("/static/"):
        if case.path.lstrip("/") not in files:
            return None
        text = say(
            "A static cell is at /static{path}. For {path} write a view.",
            path=case.path,
        )
    elif wanted in templates:
        text = say(
            "A template is no file that browsers can ask for: %%static {name}.",
            name=wanted,
        )
    elif f"static/{wanted}" in files:
        text = say(
            "/static/ stands before the name by itself: %%static {name}.", name=wanted
        )
    elif near := [
        *(one for one in files if one.rpartition(".")[0] == wanted.rpartition(".")[0]),
        *difflib.get_close_matches(wanted, files, 1, _NEAR),
    ]:
        text = say(
            "Your static file is called {name}, so it is at /static/{name}.",
            name=near[0],
        )
    else:
        return None
    return Finding("static-place", text)


def sent_to_nothing(case: Case) -> Finding | None:
    """A view sends the visitor to a page that is not there."""
    if not case.is_lost or not case.before or case.method != "GET":
        return None
    before = case.before[-1].answer
    target = before.header("Location") if before is not None else None
    if target is None or urlsplit(target).path != case.path:
        return None
    return Finding(
        "no-rule",
        say(
            "Your app sends the visitor to {path}, and no rule is there:"
            ' @app.get("{path}")',
            path=case.path,
        ),
    )


_STATIC = "/static/<path:filename>"
_NEAR = 0.75
"""How like each other two names of files are that mean one (see `difflib`)."""


def _file_cells(case: Case) -> list[tuple[str, str]]:
    found = []
    for source in case.code.sources:
        magic = magics.cell_magic(source)
        if magic is not None and magic.name in ("static", "template"):
            found.append((magic.name, magic.line.split()[0] if magic.line else ""))
    return found


def wrapper_lost(case: Case) -> Finding | None:
    """What is put around the app is made, and not put in its place."""
    if case.has_crashed:
        return None
    for node in case.code.nodes(ast.Expr):
        call = node.value
        is_call = isinstance(call, ast.Call) and call.args
        if is_call and getattr(call.args[0], "attr", "") == "wsgi_app":
            return Finding(
                "wrapper-lost",
                say(
                    "{code} is made, and nobody uses it. Put it in the app's place:"
                    " {app} = {code}",
                    code=ast.unparse(call),
                    app=ast.unparse(call.args[0]),
                ),
            )
    return None


def wraps_itself(case: Case) -> Finding | None:
    """What is put around the app gets the app, which then asks itself."""
    if case.raised(r"^RecursionError") is None:
        return None
    for node in case.code.nodes(ast.Assign):
        target, call = node.targets[0], node.value
        is_wrapped = getattr(target, "attr", "") == "wsgi_app"
        given = getattr(call, "args", None) or [None]
        app = ast.unparse(target).rpartition(".")[0]
        if is_wrapped and getattr(given[0], "id", "") == app:
            return Finding(
                "wraps-itself",
                say(
                    "The app asks what is around it, and that asks the app, without"
                    " end. Put it around {app}.wsgi_app: {name}({app}.wsgi_app, ...)",
                    app=app,
                    name=ast.unparse(call.func),
                ),
            )
    return Finding(
        "recursion",
        say(
            "A function calls itself without end. Has it the name of the one that it"
            " wants to call?"
        ),
    )


def query_unused(case: Case) -> Finding | None:
    """The view reads nothing of the query."""
    if "?" not in case.url or case.has_crashed or not case.answer.rule:
        return None
    is_read = case.view.reads("args", "values", "query_string", "url", "full_path")
    if is_read or case.view is case.code or case.method != "GET":
        return None
    if "request.args" in case.code.text and not case.view.trees:
        return None
    if not case.view.functions or re.search(r"request\.(?:args|val)", case.code.text):
        return None
    name = next(iter(sorted(case.sent_names)), "")
    return Finding(
        "query-unused",
        say(
            "Your view does not look at what follows the ? of the URL:"
            ' request.args.get("{name}") has it.',
            name=name,
        ),
    )


def not_deleted(case: Case) -> Finding | None:
    """What was deleted is still there."""
    is_wanted = bool(case.wanted_statuses) and case.wanted_statuses[0] in ("404", "410")
    if not is_wanted or not 200 <= case.answer.status < 300 or not case.check.is_next:
        return None
    path = case.path
    for line in case.before:
        command = line.check.command
        if command is None or command.request.method_or_guess() != "DELETE":
            continue
        if command.request.url == path:
            return Finding(
                "not-deleted",
                say(
                    "It is still there after DELETE: take it out of where it is kept,"
                    " by del things[key] say."
                ),
            )
    return None
