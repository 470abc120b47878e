"""Mistakes in the paths and views of an ASGI app: FastAPI's, mostly."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from ...words import say
from ..case import Case, Finding
from ..wrong_rules import find_fixed_rule, find_short_rule, find_unrouted

_VARIABLE = re.compile(r"<(?:[^<>:]+:)?(\w+)>")
_ROUTING = ("get", "post", "put", "patch", "delete", "head", "options", "route")


def in_braces(text: str) -> str:
    """Write the variables of a rule as ASGI's frameworks do: `{name}`."""
    return _VARIABLE.sub(r"{\1}", text)


def with_braces(
    diagnosis: Callable[[Case], Finding | None],
) -> Callable[[Case], Finding | None]:
    """Return a diagnosis that names paths as the student wrote them."""

    def diagnose(case: Case) -> Finding | None:
        found = diagnosis(case)
        if found is None:
            return None
        return Finding(found.code, in_braces(found.text), found.instead)

    return diagnose


def angle_brackets(case: Case) -> Finding | None:
    """A part that varies stands in angle brackets."""
    if not case.is_lost:
        return None
    for function in case.code.functions:
        for one in function.decorator_list:
            path = _path(one)
            if path and _VARIABLE.search(path):
                return Finding(
                    "angle-brackets",
                    say(
                        "In a path of this framework a part that varies stands in curly"
                        " brackets: {better}",
                        better=in_braces(path),
                    ),
                )
    return None


def _path(decorator: ast.expr) -> str:
    """Return the path that a decorator gives a view; empty for another decorator."""
    name = getattr(getattr(decorator, "func", None), "attr", "")
    if not isinstance(decorator, ast.Call) or not decorator.args:
        return ""
    value = getattr(decorator.args[0], "value", "")
    return value if name in (*_ROUTING, "api_route") and isinstance(value, str) else ""


def fixed_path(case: Case) -> Finding | None:
    """The path says for one value what must hold for each."""
    found = find_fixed_rule(case)
    if found is None:
        return None
    return Finding(
        "fixed-rule",
        say(
            "Your path {path} fits this one address only. A part in curly brackets"
            " varies: {better}",
            path=found[0],
            better=in_braces(found[1]),
        ),
    )


def short_path(case: Case) -> Finding | None:
    """A path ends before the part that varies."""
    rule = find_short_rule(case)
    if rule is None:
        return None
    better = f"{rule.rstrip('/')}/{{name}}"
    return Finding(
        "short-rule",
        say(
            "Your path {path} ends too early. A part in curly brackets takes what"
            " follows: {better}",
            path=in_braces(rule),
            better=better,
        ),
    )


def no_path(case: Case) -> Finding | None:
    """A function is there that no path leads to."""
    found = find_unrouted(case)
    if found is None:
        return None
    name, rule = found
    return Finding(
        "no-route",
        say(
            "No path leads to your function {name}. Put one above it:"
            ' @app.{method}("{path}")',
            name=name,
            method="get" if "405" in case.wanted_statuses else case.method.lower(),
            path=in_braces(rule),
        ),
    )


def other_method(case: Case) -> Finding | None:
    """The path is there, but not for this method."""
    if case.answer.status != 405 or "405" in case.wanted_statuses:
        return None
    method = case.answer.hops[-1].method
    return Finding(
        "methods",
        say(
            "No view takes {method} there. Each method has a decorator of its own:"
            ' @app.{name}("{path}")',
            method=method,
            name=method.lower(),
            path=case.answer.rule or case.path,
        ),
    )


def invalid_input(case: Case) -> Finding | None:
    """FastAPI refused what was sent, and says which field of it."""
    if case.answer.status != 422 or "422" in case.wanted_statuses:
        return None
    detail = getattr(case.answer.json, "get", lambda _: None)("detail")
    if not isinstance(detail, list) or not detail:
        return None
    place, *names = [str(one) for one in detail[0]["loc"]]
    variables = _VARIABLE.findall(in_angles(case.answer.rule))
    taken = {one.arg for view in case.view.functions for one in _arguments(view)}
    if place == "query" and set(variables) - taken:
        return Finding(
            "argument-names",
            say(
                "The path {path} gives its view {names}; the function must take"
                " arguments of just these names.",
                path=case.answer.rule,
                names=", ".join(variables),
            ),
        )
    return _other_place(case, place) or Finding(
        "invalid-input",
        say(
            "The app refused what was sent: {field}: {problem}.",
            field=".".join([place, *names]),
            problem=str(detail[0]["msg"]).rstrip("."),
        ),
    )


def _other_place(case: Case, place: str) -> Finding | None:
    """Say where the fields are that were looked for elsewhere."""
    if case.sent_type == "form" and place in ("query", "body"):
        return Finding(
            "form-for-json" if place == "body" else "form-for-args",
            say(
                "What a form sends is taken by Form():"
                " def view(name: Annotated[str, Form()])"
            ),
        )
    if case.sent_type == "json" and place == "query":
        return Finding(
            "json-for-args",
            say(
                "A plain argument is looked for in the query. What is sent as JSON is"
                " taken by a model, or by Body():"
                " def view(name: Annotated[str, Body(embed=True)])"
            ),
        )
    return None


def in_angles(path: str) -> str:
    """Write the variables of a path as rules do."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", r"<\1>", path)


def _arguments(function: Any) -> list[ast.arg]:
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def nothing_returned(case: Case) -> Finding | None:
    """The view returns None, which FastAPI sends as null and Starlette calls."""
    mishap = case.answer.mishap
    is_null = case.answer.status < 300 and case.answer.body == b"null"
    is_called = mishap is not None and "'NoneType' object is not callable" in (
        mishap.message
    )
    has_value = any(
        one.value is not None and getattr(one.value, "value", "") is not None
        for one in case.view.nodes(ast.Return)
    )
    if not (is_null or is_called) or has_value:
        return None
    if case.answer.output.strip() and _prints(case):
        return Finding(
            "print",
            say(
                "Your view prints its text, which only you see. What the browser gets"
                " is what it returns: write return instead of print."
            ),
        )
    return Finding(
        "no-return",
        say(
            "Your view {name} returns nothing. End it with return and the answer.",
            name=case.answer.endpoint.rpartition(".")[2],
        ),
    )


def _prints(case: Case) -> bool:
    calls = case.view.nodes(ast.Call)
    return any(getattr(node.func, "id", "") == "print" for node in calls)


_BRACES = re.compile(r"\{\{? ?([\w.]+) ?\}?\}")


def braces(case: Case) -> Finding | None:
    """Braces stand in the answer as they are."""
    found = _BRACES.search(case.answer.text)
    if found is None or case.has_crashed:
        return None
    returned = "".join(ast.unparse(one) for one in case.view.nodes(ast.Return))
    if found[0] not in returned:
        return None
    return Finding(
        "braces",
        say(
            "{{{name}}} stands there as it is: a text that fills in names begins with"
            ' an f, f"...".',
            name=found[1],
        ),
    )


def text_as_json(case: Case) -> Finding | None:
    """A page is wanted, and FastAPI sends the text of it as JSON."""
    is_text = case.answer.is_json and case.answer.body[:1] == b'"'
    if not is_text or case.phrase.kind not in ("page", "form", "text", "header"):
        return None
    return Finding(
        "text-as-json",
        say(
            "FastAPI sends a text as JSON, in quotes. Say what it is:"
            " response_class=HTMLResponse (or PlainTextResponse) in the decorator."
        ),
    )


def no_response(case: Case) -> Finding | None:
    """A view of Starlette returns something else than a response."""
    mishap = case.answer.mishap
    found = re.fullmatch(
        r"'(str|dict|list|int|tuple)' object is not callable",
        mishap.message if mishap is not None else "",
    )
    if found is None or (mishap is not None and mishap.code):
        return None
    return Finding(
        "bad-return",
        say(
            "A view of Starlette returns a response, and yours a {kind}: put it into"
            " HTMLResponse(...), PlainTextResponse(...) or JSONResponse(...).",
            kind=found[1],
        ),
    )
