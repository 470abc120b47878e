"""Reads the cell of an exercise: `%%exercise NAME [options]`, text, checks, hints."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from werkbook.cells.requests import WrittenRequest, read_request
from werkbook.cells.requests.punctuation import split_arrow, split_note
from werkbook.cells.requests.vocabulary import (
    Phrase,
    VocabularyError,
    read_phrase,
    read_phrases,
    unquoted,
)
from werkbook.errors import WerkbookError
from werkbook.syntax_trees import parse_python

from .exercise import DEFAULT_TIMEOUT_S, Check, Exercise, Remark

MAGIC = "exercise"
USAGE = (
    "%%exercise NAME [--points N] [--app NAME] [--timeout S] [--no-solution]"
    " [--language CODE]"
)

_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_PREFIX = re.compile(
    r"(?P<hidden>hidden\s*:?\s+)?(?P<next>then\s*:?\s+)?"
    r"(?:as\s+(?P<visitor>\w+)\s*:?\s+)?(?:repeat\s+(?P<repeat>\d+)\s*:?\s+)?"
)
_KINDS = re.compile(
    rf"(?:(?P<method>{_METHODS})\s+\S|(?P<template>template\s)"
    r"|(?P<database>database\s)|(?P<rules>rules(?=\s*(?:->|→))))"
)
_KEY = re.compile(r"(?P<key>hint|solution)\s*:(?:\s+(?P<text>.*)|\s*)\Z")
_WHEN = re.compile(
    r"when\s+(?P<when>.+?)\s+say\s+(?P<say>\"(?:[^\"\\]|\\.)*\"|“.*”)\s*"
)
_CODE = re.compile(r"code\s+has\s+(?P<text>.+)\Z", re.DOTALL)
_NAME = re.compile(r"[\w-]+\Z")
MAX_REPEAT = 100


class ExerciseError(WerkbookError, ValueError):
    """The cell of an exercise is not written as one."""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are this package's own."""

    def error(self, message: str) -> NoReturn:
        raise ExerciseError(
            f"%%exercise: {message}.",
            why="its line is " + USAGE + ".",
            fix="write %%exercise greet --points 2",
        )


def _positive(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1e6:
        raise ValueError(text)
    return number


PARSER = _Parser(prog="%%exercise", add_help=False, allow_abbrev=False)
PARSER.add_argument(
    "name", metavar="NAME", help="Its name, by which it is graded: a-z 0-9 _ -"
)
PARSER.add_argument(
    "--points",
    type=_positive,
    default=1.0,
    metavar="N",
    help="What it is worth; each check gets its share.",
)
PARSER.add_argument(
    "--app", metavar="NAME", help="The app to ask, where there are several."
)
PARSER.add_argument(
    "--timeout",
    type=_positive,
    default=DEFAULT_TIMEOUT_S,
    metavar="S",
    help="Seconds that one answer may take.",
)
PARSER.add_argument(
    "--no-solution", action="store_true", help="Never show the solution."
)
PARSER.add_argument(
    "--language",
    default="",
    metavar="CODE",
    help="The language of the card: en, de, es; else the configured one.",
)


@dataclass
class _Parts:
    """What has been read of an exercise so far."""

    text: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    solution: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    open_list: list[str] | None = None
    """The hints or steps whose last one goes on in the next lines."""

    @property
    def has_begun(self) -> bool:
        """Whether the text is over, since a check or a key came."""
        return bool(self.checks or self.hints or self.solution or self.remarks)


def read_exercise_cell(source: str) -> Exercise | None:
    """Read a whole cell; None when it is no exercise's.

    Raises:
        ExerciseError: The cell is not written as an exercise.
        RequestSyntaxError: A request or a phrase in it cannot be read.
    """
    first, _, body = source.lstrip("\n").partition("\n")
    magic, _, line = first.strip().partition(" ")
    return read_exercise(line, body) if magic == f"%%{MAGIC}" else None


def read_exercise(line: str, body: str) -> Exercise:
    """Read what follows `%%exercise`, and the cell below it.

    Raises:
        ExerciseError: The cell is not written as an exercise.
        RequestSyntaxError: A request or a phrase in it cannot be read.
    """
    options = PARSER.parse_args(_words(line))
    if not _NAME.match(options.name):
        PARSER.error(f"the name {options.name!r} has other characters than a-z 0-9 _ -")
    parts = _Parts()
    for number, text in enumerate(body.splitlines(), 2):
        _take_line(parts, text, number)
    if not parts.checks:
        raise ExerciseError(
            f"The exercise {options.name!r} has no check.",
            why="a check is what tells that it is solved.",
            fix='add a line such as GET / -> 200, text has "Hello"',
        )
    return Exercise(
        name=options.name,
        text="\n".join(parts.text).strip(),
        checks=tuple(parts.checks),
        hints=tuple(text.strip() for text in parts.hints),
        solution=tuple(text.strip("\n") for text in parts.solution),
        remarks=tuple(parts.remarks),
        points=options.points,
        app=options.app,
        timeout_s=options.timeout or DEFAULT_TIMEOUT_S,
        shows_solution=not options.no_solution,
        language=options.language,
    )


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        PARSER.error(str(error).lower())


def _take_line(parts: _Parts, line: str, number: int) -> None:
    key = _KEY.match(line)
    if key:
        parts.open_list = parts.hints if key["key"] == "hint" else parts.solution
        parts.open_list.append(key["text"] or "")
    elif parts.open_list is not None and (not line.strip() or line[0].isspace()):
        parts.open_list[-1] += _continued(parts.open_list[-1], line)
    elif remark := _WHEN.fullmatch(line):
        parts.open_list = None
        parts.remarks.append(_remark(remark))
    elif is_check(line):
        parts.open_list = None
        parts.checks.append(_read_check(line, number, parts.checks))
    elif line.strip() and parts.open_list is not None:
        parts.open_list[-1] += "\n" + line
    elif line.strip() and parts.has_begun:
        raise _stray(line, number)
    elif not parts.has_begun:
        parts.text.append(line)


def _continued(text: str, line: str) -> str:
    """Return a line to add; before indented code Markdown wants a blank line."""
    before = text.rpartition("\n")[2]
    is_first_of_code = line[:4].isspace() and before and not before[0].isspace()
    return ("\n\n" if is_first_of_code else "\n") + line


def is_check(line: str) -> bool:
    """Tell a check from a line of the text."""
    prefix = _PREFIX.match(line)
    assert prefix is not None, "all of the prefix may be missing"
    rest = line[prefix.end() :]
    return bool(_KINDS.match(rest)) and split_arrow(rest)[1] is not None


def _stray(line: str, number: int) -> ExerciseError:
    prefix = _PREFIX.match(line)
    assert prefix is not None, "all of the prefix may be missing"
    if _KINDS.match(line[prefix.end() :]):
        return ExerciseError(
            f"Line {number} says not what must hold: {line.strip()!r}.",
            why="a check is a request, an arrow and what must hold of the answer.",
            fix=f"write {line.strip()} -> 200",
        )
    return ExerciseError(
        f"Line {number} is neither a check nor a hint: {line.strip()!r}.",
        why="the text of an exercise comes first, then its checks, hints and solution.",
        fix="move the line up to the text, or begin it with hint:",
    )


def _read_check(line: str, number: int, before: list[Check]) -> Check:
    try:
        check = read_check(line)
    except WerkbookError as error:
        error.problem = f"Line {number}: {error.problem}"
        raise
    if check.is_next and not before:
        raise ExerciseError(
            f"Line {number} goes on from no line: {line.strip()!r}.",
            why="then means the visitor of the check above, and there is none.",
            fix="take the word then away.",
        )
    return replace(check, line=number)


def read_check(line: str) -> Check:
    """Read one line that is a check.

    Raises:
        RequestSyntaxError: The request or a phrase cannot be read.
        ExerciseError: What is asked is no request, template, database or rules.
    """
    prefix = _PREFIX.match(line)
    assert prefix is not None, "all of the prefix may be missing"
    whole, note = split_note(line[prefix.end() :])
    asked, wanted = split_arrow(whole)
    check = Check(
        source=split_note(line)[0].strip(),
        phrases=read_phrases(wanted or ""),
        asked=asked,
        is_next=bool(prefix["next"]),
        visitor=prefix["visitor"] or "",
        repeat=_repeat(prefix["repeat"]),
        note=note,
        is_hidden=bool(prefix["hidden"]),
    )
    return _with_subject(_without_closing_tags(check))


_CLOSING_TAG = re.compile(r"</(?=\w+>)")


def _without_closing_tags(check: Check) -> Check:
    """Send `</b>` in a path as `<b>`, and look for that in the answer.

    A slash ends a part of a path, encoded or not: no rule's `<name>` ever takes one.
    """
    url = next((word for word in check.asked.split() if word.startswith("/")), "")
    path = url.partition("?")[0]
    if not _CLOSING_TAG.search(path):
        return check
    sent = check.asked.replace(path, _CLOSING_TAG.sub("<", path), 1)
    phrases = tuple(
        replace(one, value=_CLOSING_TAG.sub("<", one.value))
        if isinstance(one.value, str) and one.kind in ("text", "page")
        else one
        for one in check.phrases
    )
    return replace(check, asked=sent, phrases=phrases)


def _repeat(text: str | None) -> int:
    count = int(text or 1)
    if not 1 <= count <= MAX_REPEAT:
        raise ExerciseError(
            f"repeat {count} is no number of times.",
            why=f"a request is sent once to {MAX_REPEAT} times.",
            fix="write repeat 3: in front of the request.",
        )
    return count


def _with_subject(check: Check) -> Check:
    word = check.asked.split(maxsplit=1)[0]
    if word == "template":
        check = _template(check)
    elif word == "database":
        check = _database(check)
    elif word == "rules":
        check = replace(check, kind="rules")
    else:
        check = replace(check, command=_command(check.asked))
    _fit(check)
    return check


def _command(asked: str) -> WrittenRequest:
    return read_request(asked)


_KINDS_OF_PHRASES = {
    "request": {"status", "text", "page", "form", "json", "header", "cookie"}
    | {"redirect", "time"},
    "template": {"text", "page", "form", "time"},
    "database": {"value", "rows", "time"},
    "rules": {"rules"},
}


def _fit(check: Check) -> None:
    """Refuse what cannot be said of what is asked, such as the status of a template."""
    for phrase in check.phrases:
        if phrase.kind not in _KINDS_OF_PHRASES[check.kind]:
            fitting = ", ".join(sorted(_KINDS_OF_PHRASES[check.kind]))
            raise VocabularyError(
                f"{phrase.source!r} cannot be said of {check.asked!r}.",
                why=f"of a {check.kind} one can say: {fitting}.",
                fix="put it behind the request whose answer it is about.",
            )


_TEMPLATE = re.compile(r"template\s+(?P<name>\S+)(?:\s+with\s+(?P<values>.+))?\Z")


def _template(check: Check) -> Check:
    found = _TEMPLATE.match(check.asked)
    values = _values(found["values"] or "", check.asked) if found else {}
    if found is None:
        raise ExerciseError(
            f"{check.asked!r} names no template.",
            why="it is rendered with the values behind the word with.",
            fix='write template hello.html with name="Ada"',
        )
    name = unquoted(found["name"])
    return replace(check, kind="template", subject=name, values=tuple(values.items()))


def _values(text: str, asked: str) -> dict[str, Any]:
    """Read `name="Ada", n=3` as Python reads the arguments of a call."""
    try:
        call = parse_python(f"_({text})", mode="eval").body
        assert isinstance(call, ast.Call)
        return {one.arg or "": ast.literal_eval(one.value) for one in call.keywords}
    except (SyntaxError, ValueError, AssertionError):
        raise ExerciseError(
            f"The values in {asked!r} cannot be read.",
            why="they are names and constants of Python, with commas between.",
            fix='write template hello.html with name="Ada", n=3',
        ) from None


_DATABASE = re.compile(
    r"database\s+(?P<where>\S+)\s+(?P<statement>\"(?:[^\"\\]|\\.)*\"|“[^”]*”)\Z"
)


def _database(check: Check) -> Check:
    found = _DATABASE.match(check.asked)
    if found is None:
        raise ExerciseError(
            f"{check.asked!r} is no question to a database.",
            why="it takes where the database is (a file, a name of the notebook or a"
            " key of app.config), and a statement in quotes.",
            fix='write database notes.db "select count(*) from notes" -> value == 1',
        )
    statement = unquoted(found["statement"])
    return replace(check, kind="database", subject=found["where"], statement=statement)


def _remark(match: re.Match[str]) -> Remark:
    say, when = unquoted(match["say"]), match["when"].strip()
    if code := _CODE.match(when):
        return Remark(say, text=unquoted(code["text"]), where="code")
    if unquoted(when) != when:
        return Remark(say, text=unquoted(when))
    return Remark(say, phrase=_phrase(when))


def _phrase(text: str) -> Phrase:
    return read_phrase(text)
