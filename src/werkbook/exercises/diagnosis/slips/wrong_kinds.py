"""Mistakes of kind: a file is no field, a text is no number, a row no dict."""

from __future__ import annotations

import ast
import re

from ...words import say
from ..case import Case, Finding

_IN_JINJA = {
    "len": "{{ things|length }}",
    "enumerate": "{{ loop.index0 }}",
    "str": "{{ thing|string }}",
    "int": "{{ thing|int }}",
    "sum": "{{ numbers|sum }}",
    "sorted": "{% for thing in things|sort %}",
    "reversed": "{% for thing in things|reverse %}",
    "round": "{{ number|round }}",
    "max": "{{ numbers|max }}",
    "min": "{{ numbers|min }}",
    "list": "{{ things|list }}",
    "zip": "{{ others[loop.index0] }}",
}


def form_for_files(case: Case) -> Finding | None:
    """A file was sent, and the view looks for it among the fields."""
    command = case.check.command
    items = command.request.items if command is not None else ()
    file = next((item.key for item in items if item.separator == "@"), "")
    is_refused = case.answer.status >= 400
    if not file or not is_refused or case.view.reads("files"):
        return None
    if not case.view.reads("form", "data", "values", "file", "args", "stream", "json"):
        return None
    return Finding(
        "form-for-files",
        say(
            'A file that was sent is in request.files: request.files["{name}"]. It'
            " has filename and read().",
            name=file,
        ),
    )


def number_compared(case: Case) -> Finding | None:
    """What was sent is compared with a number, and is a text."""
    if case.has_crashed:
        return None
    sent = {
        target.id
        for node in case.view.nodes(ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and _is_sent(node.value)
    }
    for node in case.view.nodes(ast.Compare):
        left, right = node.left, node.comparators[0]
        if isinstance(left, ast.Constant):
            left, right = right, left
        is_of_sent = _is_sent(left) or getattr(left, "id", "") in sent
        is_number = isinstance(right, ast.Constant) and type(right.value) in (
            int,
            float,
        )
        if is_of_sent and is_number and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
            return Finding(
                "text-number",
                say(
                    "What a visitor sends is text, and never equal to a number: put the"
                    " number in quotes in {code}, or make a number of the text,"
                    " int(...).",
                    code=f"`{ast.unparse(node)}`",
                ),
            )
    return None


def _is_sent(node: ast.expr) -> bool:
    """Say whether an expression is a field as it was sent."""
    if isinstance(node, ast.Call):
        is_get = getattr(node.func, "attr", "") == "get" and not node.keywords
        default = node.args[1] if len(node.args) > 1 else None
        is_text = default is None or isinstance(getattr(default, "value", 0), str)
        whole = node.func.value if isinstance(node.func, ast.Attribute) else None
        return is_get and is_text and _is_fields(whole)
    return isinstance(node, ast.Subscript) and _is_fields(node.value)


def _is_fields(node: ast.expr | None) -> bool:
    is_of_request = getattr(getattr(node, "value", None), "id", "") == "request"
    return is_of_request and getattr(node, "attr", "") in ("form", "args", "cookies")


def row_by_name(case: Case) -> Finding | None:
    """A row of a database is a tuple, and the view reads it by a name."""
    if not case.raised(r"^TypeError: tuple indices must be integers.* not str$"):
        return None
    if not re.search(r"\b(?:execute|fetchall|fetchone)\b", case.code.text):
        return None
    return Finding(
        "row-names",
        say(
            "A row is a tuple, even of one value: row[0] is the first of them. By name"
            " it can be read where connection.row_factory = sqlite3.Row."
        ),
    )


def python_in_jinja(case: Case) -> Finding | None:
    """A template calls one of Python's functions, which Jinja does not know."""
    found = case.raised(r"^UndefinedError: '(\w+)' is undefined")
    if found is None or found[1] not in _IN_JINJA:
        return None
    return Finding(
        "python-in-jinja",
        say(
            "A template does not know Python's {name}(...): Jinja writes {better}.",
            name=found[1],
            better=_IN_JINJA[found[1]],
        ),
    )


def format_without_name(case: Case) -> Finding | None:
    """A name in the braces of .format was given no value."""
    found = case.raised(r"^KeyError: '(\w+)'$")
    code = case.answer.mishap.code if case.answer.mishap else ""
    if found is None or ".format(" not in code or f"{{{found[1]}" not in code:
        return None
    return Finding(
        "format-name",
        say(
            "{{{name}}} in a text gets its value by that name: .format({name}=...). An"
            ' f-string needs none: f"... {{{name}}}".',
            name=found[1],
        ),
    )
