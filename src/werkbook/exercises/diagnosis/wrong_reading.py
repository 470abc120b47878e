"""Mistakes in reading what was sent: a form, JSON, the query."""

from __future__ import annotations

import ast
import re
from typing import Any

from ..wanted import quoted
from ..words import say
from .case import FORM_TYPES, Case, Code, Finding

_JSON_NAMES = ("json", "get_json")
_POST_WITHOUT_F = re.compile(
    r"^\s*(?:\w+\s*=\s*)?%http\s+(?!.*(?:\s-f\b|--form|--multipart))[^\n]*\w=\S",
    re.MULTILINE,
)


def _reads_json(case: Case) -> bool:
    return case.view.reads(*_JSON_NAMES)


def post_without_f(case: Case) -> Finding | None:
    """The student tried it with JSON, and so reads JSON; a browser sends a form."""
    is_tried = _POST_WITHOUT_F.search(case.code.text) is not None
    if case.taken_type != "form" or not _reads_json(case) or not is_tried:
        return None
    return Finding(
        "post-without-f",
        say(
            "%http without -f sends JSON; a browser sends its forms as a form. Try it"
            " with %http -f POST ..., and read request.form."
        ),
    )


def json_for_form(case: Case) -> Finding | None:
    """The view reads JSON, and a form was sent, or nothing at all."""
    is_empty = case.method == "GET" and not case.taken_type
    if is_empty and case.answer.status == 415 and _reads_json(case):
        return Finding(
            "json-for-get",
            say(
                "A GET sends no JSON, and reading it answers 415: read it where"
                ' request.method == "POST" alone.'
            ),
        )
    if case.taken_type != "form" or not _reads_json(case):
        return None
    return Finding(
        "json-for-form",
        say("A form was sent, and the view reads JSON: request.form has the fields."),
    )


def form_for_json(case: Case) -> Finding | None:
    """The view reads a form, and JSON was sent."""
    if case.taken_type != "json" or not case.view.reads("form") or _reads_json(case):
        return None
    return Finding(
        "form-for-json",
        say("JSON was sent, and the view reads a form: request.get_json() has it."),
    )


def args_for_form(case: Case) -> Finding | None:
    """The view reads the query, and a form was sent."""
    is_read = case.view.reads("args") and not case.view.reads("form", "values")
    if (case.taken_type != "form" or not is_read) and not _was_misread(case):
        return None
    return Finding(
        "args-for-form",
        say(
            "request.args is what follows the ? of a URL; a form's fields are in"
            " request.form."
        ),
    )


def _was_misread(case: Case) -> bool:
    """Say whether a view that was sent a form before this kept what its query says."""
    if not case.has_crashed or not any(_sent_form(line) for line in case.before):
        return False
    views = [Code((ast.unparse(one),)) for one in case.code.functions if _posts(one)]
    return any(view.reads("args") and not view.reads("form") for view in views)


def _sent_form(line: Any) -> bool:
    headers = dict(line.answer.request_headers) if line.answer is not None else {}
    return str(headers.get("Content-Type", "")).startswith(FORM_TYPES)


def _posts(function: Any) -> bool:
    return any("post" in ast.unparse(one).lower() for one in function.decorator_list)


def args_for_json(case: Case) -> Finding | None:
    """The view reads the query, and JSON was sent."""
    is_read = case.view.reads("args") and not case.view.reads("form", "values")
    if case.taken_type != "json" or not is_read or _reads_json(case):
        return None
    return Finding(
        "args-for-json",
        say(
            "request.args is what follows the ? of a URL; the JSON that was sent is"
            " request.get_json()."
        ),
    )


def method_case(case: Case) -> Finding | None:
    """The method is compared with small letters."""
    for node in case.view.nodes(ast.Compare):
        is_method = getattr(node.left, "attr", "") == "method"
        values = [
            one.value for one in node.comparators if isinstance(one, ast.Constant)
        ]
        if is_method and any(str(one) != str(one).upper() for one in values):
            return Finding(
                "method-case",
                say(
                    "A method is written in capitals: {method} is never what"
                    ' request.method says, "POST" is.',
                    method=quoted(str(values[0])),
                ),
            )
    return None


def _asks_for_empty(node: ast.If | ast.IfExp) -> bool:
    """Say whether a condition tells a text that is empty from one that is not."""
    parts = node.test.values if isinstance(node.test, ast.BoolOp) else [node.test]
    for part in parts:
        test = part.operand if isinstance(part, ast.UnaryOp) else part
        if not isinstance(test, ast.Compare):
            return True
        sides = [test.left, *test.comparators]
        if any(getattr(one, "value", None) == "" for one in sides):
            return True
        if any(getattr(getattr(one, "func", None), "id", "") == "len" for one in sides):
            return True
    return False


def empty_text(case: Case) -> Finding | None:
    """A field that was left empty is taken as filled in."""
    command = case.check.command
    items = command.request.items if command is not None else ()
    has_empty = any(item.is_data and not item.value for item in items)
    is_refused = any(one.startswith("4") for one in case.wanted_statuses)
    if not (has_empty and is_refused and case.phrase.kind == "status"):
        return None
    if not 200 <= case.answer.status < 400 or case.sent_type != "form":
        return None
    if any(map(_asks_for_empty, case.view.nodes(ast.If, ast.IfExp))):
        return None  # what is wrong is another thing
    return Finding(
        "empty-text",
        say(
            "A field that was left empty is sent all the same, as an empty text and"
            " not as None: if not name: abort({status})",
            status=case.wanted_statuses[0],
        ),
    )


def form_for_args(case: Case) -> Finding | None:
    """The view reads a form, and the query has the value."""
    is_read = case.view.reads("form") and not case.view.reads("args", "values")
    is_asked = "?" in case.url or (case.answer.status == 400 and _sends_no_form(case))
    if case.method != "GET" or not is_asked or not is_read:
        return None
    return Finding(
        "form-for-args",
        say(
            "What follows the ? of a URL is in request.args; request.form is what a"
            " form sent with POST."
        ),
    )


def _sends_no_form(case: Case) -> bool:
    """Tell whether all that the exercise sends are queries."""
    commands = (check.command for check in case.exercise.checks)
    requests = [one.request for one in commands if one is not None]
    return all(one.method_or_guess() == "GET" for one in requests) and any(
        "?" in one.url for one in requests
    )


def missing_key(case: Case) -> Finding | None:
    """The view asks for a field that nobody sent."""
    if case.answer.status != 400 or "400" in case.wanted_statuses:
        return None
    asked = case.view.find_keys("form", "args", "values", "files", "cookies")
    missing = [key for key in asked if key not in case.sent_names]
    if not missing:
        return None
    return Finding(
        "missing-key",
        say(
            "Your view asks for {key}, and it was not sent: brackets answer"
            ' 400 then. Use the right name, or .get("{name}", "").',
            key=quoted(missing[0]),
            name=missing[0],
        ),
    )
