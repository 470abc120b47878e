"""Mistakes with JSON and with headers: their shape, names, kinds, missing ones."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from typing import Any

from werkbook.cells.requests.vocabulary import optional_library

from ...check_answers import NoJSON
from ...words import say
from ..case import Case, Finding


def not_json(case: Case) -> Finding | None:
    """Text where JSON was wanted."""
    is_about_header = case.phrase.kind == "header" and "json" in str(case.phrase.value)
    if case.phrase.kind != "json" and not is_about_header:
        return None
    is_broken = isinstance(case.answer.json, NoJSON)
    if case.answer.is_json and case.answer.body and is_broken:
        return Finding(
            "not-json",
            say(
                "It is called JSON, and is none: JSON has double quotes. Return the"
                " dict or the list itself."
            ),
        )
    if case.answer.is_json or not case.answer.body or case.answer.status >= 400:
        return None
    return Finding(
        "not-json",
        say(
            "Return the dict or the list itself, and it is sent as JSON; a text is not."
        ),
    )


def json_shape(case: Case) -> Finding | None:
    """The JSON has what is wanted, in another place."""
    wanted = set(_strings(case.phrase.value))
    is_about = case.phrase.kind == "json" and case.phrase.verb in ("==", "is", "has")
    if is_about and _is_list_wanted(case) and isinstance(case.answer.json, dict):
        return Finding(
            "json-shape",
            say(
                "A list is asked for, and your view answers with an object. Return the"
                " list itself: [...]."
            ),
        )
    name = case.phrase.subject
    if is_about and isinstance(case.answer.json, list) and name.isidentifier():
        return Finding(
            "json-shape",
            say(
                "An object with names is asked for, and your view answers with a list:"
                ' return {{"{name}": ...}}.',
                name=name,
            ),
        )
    if not is_about or not wanted or isinstance(case.answer.json, NoJSON):
        return None
    if not wanted <= set(_strings(case.answer.json)):
        return None
    if _is_list_of_such(_at(case), case.phrase.value):
        return None  # the shape is right, and what the list holds is not
    return Finding(
        "json-shape",
        say(
            "It is in the JSON, but elsewhere: compare its shape with {path}. A list"
            " begins with [, an object with names begins with {{.",
            path=case.phrase.subject,
        ),
    )


def _is_list_of_such(found: object, wanted: object) -> bool:
    """Say whether two lists hold values of the same kinds."""
    if not isinstance(found, list) or not isinstance(wanted, list):
        return False
    return {type(one) for one in found} == {type(one) for one in wanted}


def _is_list_wanted(case: Case) -> bool:
    """Say whether a phrase speaks of the answer as of a list."""
    path = case.phrase.subject
    return path.startswith(("[", "length(@)")) or (
        path == "@" and isinstance(case.phrase.value, list)
    )


def json_names(case: Case) -> Finding | None:
    """The object that is sent lacks a name that is asked for."""
    value, name = case.answer.json, case.phrase.subject
    is_about = case.phrase.kind == "json" and name.isidentifier()
    if not is_about or not isinstance(value, dict) or name in value or not value:
        return None
    if case.answer.status >= 400:
        return None
    inner = next(
        (k for k, v in value.items() if isinstance(v, dict) and name in v), None
    )
    if inner is not None:
        return Finding(
            "json-shape",
            say(
                'What is asked for lies one step deeper, in "{name}": return that'
                " itself.",
                name=inner,
            ),
        )
    return Finding(
        "json-names",
        say(
            "What your view sends is called {names}; what is asked for is {name}.",
            names=", ".join(sorted(map(str, value))),
            name=name,
        ),
    )


def not_counted(case: Case) -> Finding | None:
    """A number is asked for, to compare, and there is a list, or a text of digits."""
    is_about = case.phrase.kind == "json" and case.phrase.verb in ("<", "<=", ">", ">=")
    found = _at(case) if is_about else None
    if isinstance(found, list):
        return Finding(
            "not-counted",
            say("That is the list itself; how many there are says len(...)."),
        )
    if isinstance(found, str) and found.isdigit():
        return Finding(
            "json-value",
            say("That is a text, in quotes, and a number is asked for: int(...)."),
        )
    return None


def json_value(case: Case) -> Finding | None:
    """A text for a number, or the other way round; a list of one; no null."""
    if case.phrase.kind != "json" or case.phrase.verb != "==":
        return None
    wanted, found = case.phrase.value, _at(case)
    if wanted is None and found is not None:
        return Finding(
            "json-value", say("null in JSON is None in Python, without quotes.")
        )
    is_text = isinstance(found, str) and isinstance(wanted, str)
    if is_text and found != wanted and _bare(found) == _bare(wanted) != "":
        return Finding(
            "near-text",
            say("It is nearly there: compare capitals, spaces and punctuation."),
        )
    if isinstance(found, list) and found == [wanted]:
        return Finding(
            "row-for-value",
            say("It is a list of one, such as a row is: row[0] is what is in it."),
        )
    if isinstance(found, str) and _is_number(wanted) and found == str(wanted):
        return Finding(
            "json-value",
            say("That is a text, in quotes, and a number is asked for: int(...)."),
        )
    if isinstance(wanted, str) and _is_number(found) and wanted == str(found):
        return Finding(
            "json-value",
            say("That is a number, and a text is asked for: str(...)."),
        )
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _at(case: Case) -> Any:
    """Return what stands in the JSON at the phrase's path; None where nothing does."""
    if isinstance(case.answer.json, NoJSON):
        return None
    jmespath = optional_library("jmespath")
    try:
        return jmespath.search(case.phrase.subject, case.answer.json)
    except jmespath.exceptions.JMESPathError:
        return None


def abort_text(case: Case) -> Finding | None:
    """An error says what it always says, and not why."""
    is_about = case.phrase.kind in ("text", "json", "page")
    is_wanted = str(case.answer.status) in case.wanted_statuses
    is_error = is_wanted and case.answer.status >= 400 and not case.has_crashed
    if not is_about or not is_error or case.phrase.verb == "lacks":
        return None
    for node in case.view.nodes(ast.Call):
        is_abort = getattr(node.func, "id", "") == "abort"
        is_bare = is_abort and len(node.args) == 1 and not node.keywords
        if is_bare and case.phrase.kind == "json" and not case.answer.is_json:
            return Finding(
                "error-page",
                say(
                    "abort answers with a page, and JSON is asked for:"
                    ' return {{"error": "..."}}, {status}',
                    status=case.answer.status,
                ),
            )
        if is_bare and str(getattr(node.args[0], "value", None)) == str(
            case.answer.status
        ):
            return Finding(
                "abort-text",
                say(
                    'abort says why in a second value: abort({status}, "...").',
                    status=case.answer.status,
                ),
            )
    return None


def content_type(case: Case) -> Finding | None:
    """The answer does not say what it is, and so is taken for HTML."""
    is_about = case.phrase.kind == "header" and case.phrase.subject.lower() == (
        "content-type"
    )
    is_html = case.answer.mimetype == "text/html"
    if is_about and case.answer.is_json and case.answer.status < 400:
        return _json_for_text(case)
    written = next((one for one in _written_names(case) if _is_near(one)), None)
    if is_about and written is not None:
        return Finding(
            "no-header",
            say(
                "The header is called {name}, and your answer has {other}.",
                name=case.phrase.subject,
                other=written,
            ),
        )
    if not is_about or not is_html or case.answer.status >= 400:
        return None
    return Finding(
        "content-type",
        say(
            "Text that a view returns is sent as HTML. A third value says what it is:"
            ' return text, 200, {{"Content-Type": "{kind}"}}',
            kind=case.phrase.value or "text/plain",
        ),
    )


def _written_names(case: Case) -> list[str]:
    """Return the headers of the answer's own."""
    return [name for name, _ in case.answer.headers]


def _is_near(name: str) -> bool:
    """Say whether a name is that of the type, misspelt."""
    wanted = "content-type"
    ratio = difflib.SequenceMatcher(None, name.lower(), wanted).ratio()
    is_other = name.lower() in (wanted, "content-length", "content-language")
    return ratio > 0.8 and not is_other


def near_header(case: Case) -> Finding | None:
    """A header's value is there but for quotes, hyphens or capitals."""
    found = case.answer.header(case.phrase.subject) if _is_header(case) else None
    if found is None or _bare(str(case.phrase.value)) not in _bare(found):
        return None
    return Finding(
        "near-text",
        say("It is nearly there: compare capitals, spaces and punctuation."),
    )


def _is_header(case: Case) -> bool:
    is_value = case.phrase.verb in ("is", "has", "==") and bool(case.phrase.value)
    return case.phrase.kind == "header" and is_value


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _json_for_text(case: Case) -> Finding:
    return Finding(
        "content-type",
        say(
            "A dict, a list and jsonify are sent as JSON. Return a text, and say what"
            ' it is: return text, 200, {{"Content-Type": "{kind}"}}',
            kind=case.phrase.value or "text/plain",
        ),
    )


def no_header(case: Case) -> Finding | None:
    """A header is missing, or has another name."""
    name = case.phrase.subject
    if case.phrase.kind != "header" or case.answer.header(name) is not None:
        return None
    if case.phrase.verb in ("lacks", "unset") or case.answer.status >= 400:
        return None
    names = [one for one, _ in case.answer.headers]
    near = difflib.get_close_matches(name, names, 1, 0.8)  # not Content-Type alone
    if near:
        text = say(
            "The header is called {name}, and your answer has {other}.",
            name=name,
            other=near[0],
        )
    elif _is_for_pages(case, name):
        return None  # nothing was tried yet, and no view is where it belongs
    else:
        text = say(
            "A header stands behind the answer, in a dict:"
            ' return text, 200, {{"{name}": "..."}}',
            name=name,
        )
    return Finding("no-header", text)


def _is_for_pages(case: Case, name: str) -> bool:
    """Say whether several pages must have headers, and the code has not this one."""
    pages = [
        check
        for check in case.exercise.checks
        if any(phrase.kind == "header" for phrase in check.phrases)
    ]
    return len(pages) > 1 and name.lower() not in case.code.text.lower()


def line_ends(case: Case) -> Finding | None:
    """Lines do not end as they do in plain text."""
    is_about = case.phrase.kind == "text" and case.phrase.verb in ("matches", "has")
    wanted = str(case.phrase.value)
    if not is_about or not ("\\n" in wanted or "\n" in wanted):
        return None
    if case.answer.mishap or case.answer.status >= 400 or not case.answer.body:
        return None
    is_slash = "/n" in case.answer.text or "<br" in case.answer.text
    if "\n" in case.answer.text.strip() and not is_slash:
        return None
    return Finding(
        "line-ends", say("A line of plain text ends with \\n, a backslash and an n.")
    )


def _strings(value: Any) -> Iterator[str]:
    """Yield the texts in a JSON value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
