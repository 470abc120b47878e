"""Mistakes with JSON: its shape, its names, the kinds of its values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from werkbook.cells.requests.vocabulary import optional_library

from ...check_answers import NoJSON
from ...words import say
from ..case import Case, Finding

_TRUTH_IN_TEMPLATE = re.compile(r"[\w.\[\]'\"]+ is (?:sameas )?(?:true|false)\b", re.I)


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
    is_read = isinstance(case.answer.json, (dict, list))
    if is_read and not is_about_header:
        return None  # what the text says is another thing than was asked for
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
    if isinstance(case.answer.json, dict) and _is_near(name, case.answer.json):
        return None  # its place is right, and its name is not
    if _is_list_of_such(value_at(case), case.phrase.value):
        return None  # the shape is right, and what the list holds is not
    return Finding(
        "json-shape",
        say(
            "It is in the JSON, but elsewhere: compare its shape with {path}. A list"
            " begins with [, an object with names begins with {{.",
            path=case.phrase.subject,
        ),
    )


def _is_near(name: str, value: dict[str, Any]) -> bool:
    """Say whether a name is in an object but for its capitals."""
    return name not in value and name.casefold() in map(str.casefold, value)


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
    found = value_at(case) if is_about else None
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
    wanted, found = case.phrase.value, value_at(case)
    if wanted is None and found is not None:
        return Finding(
            "json-value", say("null in JSON is None in Python, without quotes.")
        )
    is_text = isinstance(found, str) and isinstance(wanted, str)
    if is_text and found != wanted and bare(found) == bare(wanted) != "":
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
    if isinstance(wanted, bool) and found in (0, 1):
        return Finding(
            "truth-number",
            say(
                "That is a number, as SQLite keeps it, and true or false is asked"
                " for: bool(...)."
            ),
        )
    if isinstance(found, bool) and wanted in (0, 1):
        return Finding(
            "truth-number",
            say("That is true or false, and a number is asked for: int(...)."),
        )
    return None


def truth_of_database(case: Case) -> Finding | None:
    """`is False` asks whether a 0 of SQLite is Python's False, which it never is."""
    if "sqlite3" not in case.code.text:
        return None
    for node in case.view.nodes(ast.Compare):
        is_is = isinstance(node.ops[0], ast.Is | ast.IsNot)
        value = getattr(node.comparators[0], "value", None)
        if is_is and isinstance(value, bool):
            return _kept_as_number(ast.unparse(node))
    cells = (one for one in case.code.sources if one.startswith("%%template"))
    found = next(filter(None, map(_TRUTH_IN_TEMPLATE.search, cells)), None)
    return _kept_as_number(found[0]) if found is not None else None


def _kept_as_number(code: str) -> Finding:
    return Finding(
        "truth-number",
        say(
            "SQLite keeps 1 and 0 for true and false, and neither is True or False"
            " itself, which {code} asks for. Write the value alone there, with not in"
            " front of it where false is meant.",
            code=f"`{code}`",
        ),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def value_at(case: Case) -> Any:
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


def page_for_json(case: Case) -> Finding | None:
    """A view answers an error as a page, where JSON is asked for."""
    is_about = case.phrase.kind == "json" and isinstance(case.answer.json, NoJSON)
    is_wanted = str(case.answer.status) in case.wanted_statuses
    if not is_about or not is_wanted or case.has_crashed or not case.answer.body:
        return None
    if not case.answer.endpoint:  # no view sent it
        return None
    return Finding(
        "not-json",
        say(
            "What is sent here is a page or a text, and JSON is asked for: return"
            " {{...}}, {status}",
            status=case.answer.status,
        ),
    )


def bare(text: str) -> str:
    """Return the letters and digits of a text, all small."""
    return "".join(filter(str.isalnum, text)).casefold()


def _strings(value: Any) -> Iterator[str]:
    """Yield the texts in a JSON value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
