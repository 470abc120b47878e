"""Mistakes with the rows of a database: what execute gives, one, none, their names."""

from __future__ import annotations

import ast
import re

from ...words import say
from ..case import Case, Finding
from ..wrong_pages import loop_attributes

_AGGREGATE = re.compile(r"\b(?:count|sum|max|min|avg)\s*\(", re.IGNORECASE)
"""Of such a statement there always is one row."""
_ROW = re.compile(r"""\((?:'[^']*'|"[^"]*"|\d+),\)|<sqlite3\.Row""")


def one_row(case: Case) -> Finding | None:
    """Only the first row is read, and all are wanted."""
    is_about = case.phrase.kind in ("text", "page", "json") and case.method == "GET"
    calls = [getattr(one.func, "attr", "") for one in case.view.nodes(ast.Call)]
    if not is_about or case.phrase.verb == "lacks" or "fetchone" not in calls:
        return None
    if _AGGREGATE.search(case.view.text):
        return None  # there is one row alone
    return Finding(
        "one-row",
        say("fetchone() gives the first row alone; fetchall() gives all of them."),
    )


def rows_counted(case: Case) -> Finding | None:
    """A select is asked for its rowcount, which is that of changes."""
    is_asked = any(one.attr == "rowcount" for one in case.view.nodes(ast.Attribute))
    if not is_asked or case.phrase.kind not in ("json", "text", "page"):
        return None
    return Finding(
        "rowcount",
        say(
            "rowcount says how many rows a statement has changed, and of a select it"
            " says -1. Count with select count(*), or len(rows.fetchall())."
        ),
    )


def rows_shown(case: Case) -> Finding | None:
    """Rows are shown, and not what is in them."""
    if not _ROW.search(case.answer.visible_text):
        return None
    return Finding(
        "rows-shown",
        say("A row is a tuple, even of one value: row[0] is the first of them."),
    )


def row_names(case: Case) -> Finding | None:
    """A template asks a row for a name, and the rows have none."""
    if "sqlite3" not in case.code.text or "row_factory" in case.code.text:
        return None
    is_about = case.phrase.kind in ("page", "text") and case.phrase.verb == "has"
    if not is_about or case.answer.mishap is not None:
        return None
    for loop, name in loop_attributes(case):
        return Finding(
            "row-names",
            say(
                "A row is a tuple without names, so {{{{ {loop}.{name} }}}} stays"
                " empty: connection.row_factory = sqlite3.Row gives them.",
                loop=loop,
                name=name,
            ),
        )
    return None


def rows_sent(case: Case) -> Finding | None:
    """Rows, or a cursor, are sent as they are."""
    if case.raised(r"Cursor' (?:object is not subscriptable|has no len|object has no)"):
        return Finding(
            "cursor",
            say(
                "What execute gives has no rows in it yet: .fetchone() gives the next"
                " one, .fetchall() a list of all."
            ),
        )
    found = case.raised(r"\b(Row|Cursor)\b(?: is not JSON|$)")
    if found is None:
        return None
    return Finding(
        "rows-sent",
        say(
            "What a database gives is no JSON yet. fetchone() gives a row and dict(row)"
            " an object of it; [dict(row) for row in rows] is a list of all."
        ),
    )


def not_json_value(case: Case) -> Finding | None:
    """Something is sent as JSON that JSON has no way to write."""
    found = case.raised(r"^NotSerializableError: Object of type (\w+)")
    if found is None or found[1].endswith(("function", "method", "function_or_method")):
        return None  # it is to be called
    return Finding(
        "bad-return",
        say(
            "JSON has texts, numbers, lists and dicts, and no {kind}. Make one of those"
            " of it first, str(...) or list(...) say.",
            kind=found[1],
        ),
    )


def row_twice(case: Case) -> Finding | None:
    """A row is added that is there already."""
    found = case.raised(r"UNIQUE constraint failed: (\S+)")
    if found is None:
        return None
    return Finding(
        "row-twice",
        say(
            "A row with this {column} is there already. Change it instead: update ..."
            " set ... where ..., or insert ... on conflict (...) do update.",
            column=found[1].rpartition(".")[2],
        ),
    )


def no_row(case: Case) -> Finding | None:
    """A row is used that was not found."""
    is_about = case.raised(r"^TypeError: .*NoneType.*(?:subscriptable|iterable)")
    if not is_about and not _is_missed(case):
        return None
    if "fetchone" not in case.view.text:
        return None
    return Finding(
        "no-row",
        say(
            "fetchone() gives None where no row fits. Look at that first: if row is"
            " None: ..."
        ),
    )


def _is_missed(case: Case) -> bool:
    """Say whether the view answers as if a row was there, and never looks."""
    wanted = case.phrase.value[0] if case.phrase.kind == "status" else ""
    is_answered = 200 <= case.answer.status < 300 and case.answer.mishap is None
    tests = any(case.view.nodes(ast.If, ast.IfExp, ast.BoolOp, ast.Match))
    has_row = _AGGREGATE.search(case.view.text) is not None
    return wanted == "404" and is_answered and not tests and not has_row
