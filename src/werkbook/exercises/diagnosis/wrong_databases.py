"""Mistakes with a database (SQLite)."""

from __future__ import annotations

import ast
import difflib
import re
from typing import Any

from ..wanted import quoted
from ..words import say
from .case import Case, Code, Finding

_CHANGES = re.compile(r"\b(insert|update|delete|replace)\b", re.IGNORECASE)
_CREATED = re.compile(r"create\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)", re.I)
_CALLS = ("execute", "executemany", "executescript")


def _message(case: Case) -> str:
    mishap = case.answer.mishap
    is_database = mishap is not None and mishap.kind in (
        "OperationalError",
        "ProgrammingError",
        "IntegrityError",
    )
    return mishap.message if mishap is not None and is_database else ""


def no_table(case: Case) -> Finding | None:
    """The statement names a table that is not there."""
    found = re.search(
        r"(?:no such (?:table|column):|has no column named) (\S+)", _message(case)
    )
    if not found or _is_name(case, found[1]):
        return None
    made = [one.lower() for one in _CREATED.findall(case.code.text)]
    is_table = "no such table" in f"{_message(case)}"
    near = difflib.get_close_matches(found[1].lower(), made, 1)
    if is_table and not near and found[1].lower() not in made:
        return Finding(
            "no-table",
            say(
                "Nothing has made the table {name}: create table if not exists {name}"
                " (...) does, in the same database.",
                name=found[1],
            ),
        )
    return Finding(
        "no-table",
        say(
            "The database has no {name}: the statement must name what create table"
            " made.",
            name=quoted(found[1]),
        ),
    )


def _is_name(case: Case, name: str) -> bool:
    """Say whether a column that is not there is a name of the view's own."""
    stored = (node.id for node in case.view.nodes(ast.Name))
    return "column" in _message(case) and name in stored


def sql_name(case: Case) -> Finding | None:
    """A statement has a name of Python's, or another number of values."""
    message = _message(case)
    found = re.search(r"no such column: (\S+)", message)
    if found and _is_name(case, found[1]):
        return Finding(
            "sql-values",
            say(
                "The database knows no names of Python: write ? for {name}, and give"
                ' its value beside the statement: execute("... (?)", [{name}]).',
                name=found[1],
            ),
        )
    if "values were supplied" in message or "values for" in message:
        return Finding(
            "sql-values",
            say("The statement has another number of values than there are columns."),
        )
    return None


def sql_syntax(case: Case) -> Finding | None:
    """The statement is no SQL."""
    found = re.search(r"near (\".*?\"): syntax error", _message(case))
    if not found:
        return None
    statements = [ast.unparse(one) for one in _executions(case.code)]
    if found[1] == '"%"' and not any(" like " in one.lower() for one in statements):
        return Finding(
            "sql-syntax",
            say(
                "In SQLite the place of a value is a ?, and no %s. The value stands"
                " beside the statement, in a list."
            ),
        )
    if found[1] == '"%"':
        return Finding("sql-syntax", percent_signs())
    return Finding(
        "sql-syntax",
        say(
            "That is no SQL, near {place}. A statement reads: insert into notes"
            " values (?), or select text from notes.",
            place=found[1],
        ),
    )


def percent_signs() -> str:
    """Say where the signs of like belong."""
    return say(
        "like finds a part where its value has a % on each side: ... like ?, with the"
        ' value f"%{{word}}%".'
    )


def not_in_database(case: Case) -> Finding | None:
    """The database has nothing of it, since nothing is written there."""
    is_about = case.check.kind == "database" and not case.answer.mishap
    if not is_about or any(map(_is_change, _executions(case.code))):
        return None
    return Finding(
        "not-in-database",
        say("Nothing in your cells writes to the database: insert into ... does."),
    )


def other_database(case: Case) -> Finding | None:
    """The cells write to another file than the one that is looked at."""
    if case.check.kind != "database":
        return None
    calls = [one for one in case.code.nodes(ast.Call) if one.args]
    files = [
        str(one.args[0].value)
        for one in calls
        if getattr(one.func, "attr", "") == "connect"
        and isinstance(one.args[0], ast.Constant)
    ]
    others = [one for one in files if one != case.check.subject]
    if "." not in case.check.subject or not others:
        return None
    return Finding(
        "other-database",
        say(
            "Your cells write to {other}, and looked at is {name}: it must be the same"
            " file.",
            other=others[-1],
            name=case.check.subject,
        ),
    )


def _is_change(call: Any) -> bool:
    return _CHANGES.search(ast.unparse(call)) is not None


def sql_values(case: Case) -> Finding | None:
    """A text stands where the list of values belongs."""
    message = _message(case)
    if "bindings supplied" not in message and "unsupported type" not in message:
        return None
    statements = [ast.unparse(one.args[0]) for one in _executions(case.view)]
    is_quoted = any(re.search(r"'[^',]*\?[^',]*'", one[1:-1]) for one in statements)
    if is_quoted and not any(" like " in one.lower() for one in statements):
        return Finding(
            "sql-values",
            say(
                "A ? in quotes is a question mark, and no place for a value: take the"
                " quotes away."
            ),
        )
    if is_quoted:
        return Finding(
            "sql-values",
            say(
                "A ? in quotes is a question mark, and no place for a value: ... like"
                ' ?, with the value f"%{{word}}%".'
            ),
        )
    return Finding(
        "sql-values",
        say("The values of a statement are a list, even of one: execute(..., [text])."),
    )


def other_thread(case: Case) -> Finding | None:
    """A connection of a cell is used in a request."""
    if "same thread" not in _message(case):
        return None
    return Finding(
        "other-thread",
        say(
            "A connection belongs to the thread that opened it, and requests have their"
            " own: connect inside of the view."
        ),
    )


def sql_text(case: Case) -> Finding | None:
    """A value is put into the text of a statement."""
    calls = _executions(case.view)
    if case.check.kind == "database":  # of all cells, what changes something
        calls = list(filter(_is_change, calls))
    is_glued = any(map(_is_glued, calls))
    if not is_glued or not (_message(case) or case.answer.mishap is None):
        return None
    return Finding(
        "sql-text",
        say(
            "What a visitor sends must not become part of a statement, or they write"
            ' it. Put a ? there and give the value beside it: execute("... values'
            ' (?)", [text]).'
        ),
    )


def _executions(code: Code) -> list[Any]:
    return [
        node
        for node in code.nodes(ast.Call)
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in _CALLS
        and node.args
    ]


def _is_glued(call: Any) -> bool:
    statement = call.args[0]
    if isinstance(statement, ast.JoinedStr):
        return any(isinstance(one, ast.FormattedValue) for one in statement.values)
    if isinstance(statement, ast.BinOp):
        return True
    return isinstance(statement, ast.Call) and (
        getattr(statement.func, "attr", "") == "format"
    )


def no_commit(case: Case) -> Finding | None:
    """What was written is never committed."""
    is_about = case.phrase.kind not in ("header", "cookie", "time")
    is_about &= case.answer.mishap is None
    return _uncommitted(case) if is_about else None


def _is_committed(case: Case) -> bool:
    """Say whether something commits: called, and reached, and of a kept connection."""
    reached = [
        node
        for function in case.code.functions
        for node in function.body
        if not _is_behind_return(function.body, node)
    ]
    in_functions = [inner for node in reached for inner in ast.walk(node)]
    trees = [node for tree in case.code.trees for node in tree.body]
    outside = [n for node in trees if not hasattr(node, "body") for n in ast.walk(node)]
    calls = [one for one in (*in_functions, *outside) if isinstance(one, ast.Call)]
    funcs = [one.func for one in calls if isinstance(one.func, ast.Attribute)]
    return any(one.attr == "commit" and not _is_new(case, one.value) for one in funcs)


def _is_new(case: Case, node: ast.expr) -> bool:
    """Say whether a connection is made by a call, another one each time."""
    name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
    made = case.code.definition(name) if name else ""
    return "connect(" in made and not re.search(r"\bg\b|global|cache", made)


def _is_behind_return(block: list[Any], node: Any) -> bool:
    ends = [at for at, one in enumerate(block) if isinstance(one, ast.Return)]
    return bool(ends) and block.index(node) > ends[0]


def _uncommitted(case: Case) -> Finding | None:
    text = case.code.text
    changes = list(filter(_is_change, _executions(case.code)))
    if not changes:
        return None
    if not _is_committed_too_early(case) and _is_committed(case):
        return None
    blocks = [ast.unparse(one) for one in case.code.nodes(ast.With)]
    is_in_block = all(any(ast.unparse(one) in two for two in blocks) for one in changes)
    if "isolation_level" in text or "autocommit" in text or is_in_block:
        return None
    return _not_committed()


def _not_committed() -> Finding:
    return Finding(
        "no-commit",
        say(
            "What a statement changes is kept when it is committed:"
            " connection.commit(), or with connection: around it."
        ),
    )


def _is_committed_too_early(case: Case) -> bool:
    """Say whether a function commits before it changes something, and never after."""
    for function in case.code.functions:
        calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
        commits = [
            one.lineno for one in calls if getattr(one.func, "attr", "") == "commit"
        ]
        changes = [
            one.lineno
            for one in calls
            if getattr(one.func, "attr", "") in _CALLS and _is_change(one)
        ]
        if commits and changes and max(commits) < min(changes):
            return True
    return False


def connection_slips(case: Case) -> Finding | None:
    """A statement after close, a table made twice, values one by one."""
    if case.raised(r"Cannot operate on a closed (?:database|cursor)"):
        text = say("The connection is closed by then. Ask all first, close last.")
    elif case.raised(r"table \S+ already exists"):
        text = say(
            "The table was made before: create table if not exists ... makes it once."
        )
    elif case.raised(r"^TypeError: execute expected at most 2 arguments"):
        text = say(
            "The values of a statement stand in one list:"
            " execute(..., [one, two]), a value for each ?."
        )
        return Finding("sql-values", text)
    elif case.raised(r"^OperationalError: database is locked"):
        return _not_committed()
    else:
        return None
    return Finding("connection", text)


def waits(case: Case) -> Finding | None:
    """A statement waits for a change that another connection never commits."""
    return _uncommitted(case) if case.answer.hangs else None


def no_where(case: Case) -> Finding | None:
    """A change is made to all rows."""
    is_about = case.phrase.kind in ("value", "rows", "json") and not case.has_crashed
    for call in _executions(case.code):
        statement = call.args[0]
        text = str(statement.value) if isinstance(statement, ast.Constant) else ""
        if is_about and re.match(
            r"\s*(?:update|delete)\b(?!.*\bwhere\b)", text, _FLAGS
        ):
            return Finding(
                "no-where",
                say(
                    "Without where a statement changes every row: {statement} where"
                    " ... = ?",
                    statement=" ".join(text.split()),
                ),
            )
    return None


_FLAGS = re.IGNORECASE | re.DOTALL
