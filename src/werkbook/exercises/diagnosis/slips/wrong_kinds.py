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


def placeholder_left(case: Case) -> Finding | None:
    """A place for a value stands in the answer, and nothing was put into it."""
    is_about = case.phrase.kind in ("text", "page") and case.phrase.verb == "has"
    found = re.search(r"%[sd]\b|\{\}", case.answer.visible_text)
    if not is_about or found is None or case.answer.is_json or case.has_crashed:
        return None
    if found[0] not in case.view.text:
        return None
    return Finding(
        "placeholder",
        say(
            "{place} stands there as it is: nothing was put into it. An f-string says"
            ' the value in its place: f"... {{name}}".',
            place=found[0],
        ),
    )


def loop_slips(case: Case) -> Finding | None:
    """A loop keeps its last round alone, or goes through a text letter by letter."""
    is_about = case.phrase.kind in ("text", "page", "json") and (
        case.phrase.verb in ("has", "==")
    )
    if not is_about or case.has_crashed or case.answer.status >= 400:
        return None
    for loop in case.view.nodes(ast.For):
        for node in loop.body:
            name = _begun_anew(node)
            if name and _is_read_outside(case, loop, name):
                return Finding(
                    "last-round",
                    say(
                        "Each round of the loop sets {name} anew, so that the last one"
                        " is left: begin with an empty one above the loop, and add to"
                        " it, {name} += ...",
                        name=name,
                    ),
                )
    return _letters(case)


def _begun_anew(node: ast.stmt) -> str:
    """Name what a line sets without a look at what it was; empty for none."""
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    if not isinstance(node, ast.Assign) or not isinstance(target, ast.Name):
        return ""
    used = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
    return "" if target.id in used else target.id


def _is_read_outside(case: Case, loop: ast.For, name: str) -> bool:
    """Say whether a name that began empty is read behind a loop, and never in it."""
    inside = {id(one) for one in ast.walk(loop)}
    began = any(
        getattr(one.targets[0], "id", "") == name
        and ast.unparse(one.value) in ("''", "[]")
        for one in case.view.nodes(ast.Assign)
        if id(one) not in inside
    )
    reads = [
        id(one) in inside
        for one in case.view.nodes(ast.Name)
        if one.id == name and isinstance(one.ctx, ast.Load)
    ]
    return began and bool(reads) and not any(reads)


def _letters(case: Case) -> Finding | None:
    if case.phrase.kind != "page" or len(str(case.phrase.value or "")) < 2:
        return None
    from bs4 import BeautifulSoup  # an optional library

    page = BeautifulSoup(case.answer.text, "html.parser")
    texts = [one.get_text() for one in page.select(case.phrase.subject)]
    if len(texts) < 3 or any(len(one) != 1 for one in texts):
        return None
    return Finding(
        "letter-by-letter",
        say(
            "The loop goes through a text, letter by letter, and not through a list."
            " Look at what stands behind its in, and at what the view gives for it."
        ),
    )
