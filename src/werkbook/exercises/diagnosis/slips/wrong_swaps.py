"""Mistakes in an order: values behind the wrong name, arguments, places of a list."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ...check_judging import judge
from ...wanted import quoted
from ...words import say
from ..case import Case, Finding
from ..more.wrong_json import value_at

_FILLED = re.compile(r"(\w+)\s*(?:=|<>|!=|<=|>=|<|>|\blike\b)\s*\?", re.IGNORECASE)
_INSERTED = re.compile(
    r"insert\s.*?\binto\s+\w+\s*\(([^)]*)\)\s*values\s*\(([^)]*)\)",
    re.IGNORECASE | re.DOTALL,
)
_WORD = re.compile(r"[A-Za-z]+")


def swapped_values(case: Case) -> Finding | None:
    """Two values of an object stand behind each other's names."""
    value = case.answer.json
    if case.phrase.kind != "json" or not isinstance(value, dict):
        return None
    pair = _swapped_names(case, value)
    if pair is None:
        return None
    return Finding(
        "swapped",
        say(
            "What belongs to {name} stands at {other}: look which value is behind which"
            " name.",
            name=pair[0],
            other=pair[1],
        ),
    )


def _swapped_names(case: Case, value: dict[str, Any]) -> tuple[str, str] | None:
    """Return two names with which all would be right the other way round."""
    phrases = [one for one in case.check.phrases if one.kind == "json"]
    names = [one.subject for one in phrases if one.subject in value]
    for one, other in combinations(dict.fromkeys(names), 2):
        turned = {**value, one: value[other], other: value[one]}
        answer = replace(case.answer, body=json.dumps(turned).encode())
        if all(judge(phrase, answer).holds for phrase in phrases):
            return one, other
    wanted, name = case.phrase.value, case.phrase.subject
    if not isinstance(wanted, str) or name not in value or len(wanted) < 2:
        return None
    others = [key for key, held in value.items() if held == wanted and key != name]
    return (name, others[0]) if others else None


def swapped_default(case: Case) -> Finding | None:
    """.get has what counts instead in front of the name."""
    is_about = case.phrase.kind in ("text", "page", "json") and not case.has_crashed
    wanted = str(case.phrase.value or "")
    if not is_about or case.phrase.verb not in ("has", "is", "=="):
        return None
    for node in case.view.nodes(ast.Call):
        if getattr(node.func, "attr", "") not in ("get", "getenv"):
            continue
        given = [getattr(one, "value", None) for one in node.args]
        if len(given) != 2 or not all(isinstance(one, str) and one for one in given):
            continue
        name, other = map(str, given)
        if name in wanted and other in case.answer.text:
            return Finding(
                "swapped",
                say(
                    "{code} looks for {name}, and gives {other} where there is none."
                    " What is looked for comes first, what counts instead second.",
                    code=f"`{ast.unparse(node)}`",
                    name=repr(name),
                    other=repr(other),
                ),
            )
    return None


def values_order(case: Case) -> Finding | None:
    """The values of a statement stand in another order than its question marks."""
    for call in _statements(case):
        columns = _columns(str(call.args[0].value))
        values = [ast.unparse(one) for one in call.args[1].elts]
        if len(columns) != len(values):
            continue
        for (n, one), (m, other) in combinations(enumerate(columns), 2):
            is_turned = _fits(one, values[m]) and _fits(other, values[n])
            if is_turned and not _fits(one, values[n]):
                return Finding(
                    "values-order",
                    say(
                        "The first ? gets the first value: here {one} gets {value} and"
                        " {other} gets {second}. Put the values in the order of the"
                        " question marks.",
                        one=one,
                        value=f"`{values[n]}`",
                        other=other,
                        second=f"`{values[m]}`",
                    ),
                )
    return None


def _statements(case: Case) -> Iterator[Any]:
    """Yield the calls of execute with a text and a list of values."""
    for node in case.code.nodes(ast.Call):
        if getattr(node.func, "attr", "") != "execute" or len(node.args) != 2:
            continue
        is_text = isinstance(getattr(node.args[0], "value", None), str)
        if is_text and isinstance(node.args[1], (ast.List, ast.Tuple)):
            yield node


def _columns(statement: str) -> list[str]:
    """Return the columns that a statement's question marks stand for."""
    inserted = _INSERTED.search(statement)
    if inserted is None:
        return [one.lower() for one in _FILLED.findall(statement)]
    names = [one.strip().lower() for one in inserted[1].split(",")]
    marks = [one.strip() for one in inserted[2].split(",")]
    return [one for one, mark in zip(names, marks, strict=False) if mark == "?"]


def _fits(column: str, value: str) -> bool:
    """Say whether a value is called as a column: request.form["note"], book_id."""
    return column in [one.lower() for one in _WORD.findall(value)] or column in (
        value.lower().split("_")
    )


def wrong_place(case: Case) -> Finding | None:
    """Another place of a list is taken than the one that was asked for."""
    is_about = case.phrase.kind in ("text", "page", "json") and not case.has_crashed
    if not is_about or case.phrase.verb == "lacks" or case.answer.status >= 400:
        return None
    for node in case.view.nodes(ast.Subscript):
        moved = node.slice
        names = re.findall(r"<int[^<>]*:(\w+)>", case.answer.rule)
        is_moved = isinstance(moved, ast.BinOp) and isinstance(
            moved.op, (ast.Add, ast.Sub)
        )
        if is_moved and getattr(moved.left, "id", "") in names:
            return Finding(
                "wrong-place",
                say(
                    "{code} is another place than {name}: the places of a list begin"
                    " with 0, and so do the numbers that are asked for.",
                    code=f"`{ast.unparse(node)}`",
                    name=moved.left.id,
                ),
            )
    return None


def argument_unused(case: Case) -> Finding | None:
    """The view never looks at what its rule gives it, and so all is the same."""
    wanted = case.phrase.value[0] if case.phrase.kind == "status" else ""
    is_answered = 200 <= case.answer.status < 300 and not case.has_crashed
    names = re.findall(r"<(?:[^<>:]+:)?(\w+)>", case.answer.rule)
    is_right_once = any(
        line.is_done and line.answer.rule == case.answer.rule for line in case.before
    )
    if wanted != "404" or not is_answered or not is_right_once:
        return None
    name = next((one for one in names if not _is_read(case, one)), None)
    if name is None:
        return None
    return Finding(
        "fixed-answer",
        say(
            "Your view never looks at {name}, and so answers the same whatever stands"
            " there.",
            name=name,
        ),
    )


def _is_read(case: Case, name: str) -> bool:
    arguments = [one.args for one in case.view.functions]
    takes_all = any(one.kwarg is not None for one in arguments)
    return takes_all or "view_args" in case.view.text or case.view.mentions(name)


def first_for_last(case: Case) -> Finding | None:
    """The first of a list is taken, and the text of another one is asked for."""
    is_about = case.phrase.kind in ("text", "json") and case.phrase.verb != "lacks"
    if not is_about or case.has_crashed or case.answer.status >= 400:
        return None
    for node in case.view.nodes(ast.Subscript):
        is_first = isinstance(node.slice, ast.Constant) and node.slice.value == 0
        if not is_first or type(node.slice.value) is not int:
            continue
        of = ast.unparse(node.value)
        if of.endswith("()") or isinstance(case.place.names.get(of), list):
            return Finding(
                "wrong-place",
                say(
                    "{name}[0] is the first one; [1] is the second, and [-1] the last.",
                    name=of,
                ),
            )
    return None


def slice_side(case: Case) -> Finding | None:
    """A list is cut on the other side of the colon."""
    is_about = case.phrase.kind == "json" and not case.has_crashed
    if not is_about or case.answer.status >= 400:
        return None
    for node in case.view.nodes(ast.Slice):
        if node.upper is None and node.step is None and _is_worked_out(node.lower):
            number = ast.unparse(node.lower)
            return Finding(
                "slice-side",
                say(
                    "[{number}:] leaves out the first {number}; [:{number}] takes just"
                    " those.",
                    number=number,
                ),
            )
    return None


def _is_worked_out(node: ast.expr | None) -> bool:
    return node is not None and not isinstance(node, (ast.Constant, ast.UnaryOp))


def echoed(case: Case) -> Finding | None:
    """What was asked with is sent, and not what belongs to it."""
    found, wanted = value_at(case), case.phrase.value
    is_about = case.phrase.kind == "json" and case.phrase.verb == "=="
    if not is_about or not isinstance(found, str) or found == wanted:
        return None
    sent = [value for _, value in parse_qsl(urlsplit(case.url).query)]
    if found not in sent or not isinstance(wanted, str):
        return None
    return Finding(
        "echoed",
        say(
            "{value} is what was asked with. Look at what your view takes of each row"
            " or dict: it is another part of it.",
            value=quoted(found),
        ),
    )


def negated(case: Case) -> Finding | None:
    """What is kept is all that lacks the word."""
    is_about = case.phrase.kind in ("text", "page", "json") and not case.has_crashed
    if not is_about or "?" not in case.url:
        return None
    for node in case.view.nodes(ast.comprehension):
        for test in node.ifs:
            if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotIn):
                return Finding(
                    "negated",
                    say(
                        "{code} keeps those in which it does not stand: in keeps the"
                        " others.",
                        code=f"`{ast.unparse(test)}`",
                    ),
                )
    return None


def searched_field(case: Case) -> Finding | None:
    """A word is looked for in one value of a dict, and stands in another."""
    if case.phrase.kind not in ("text", "page", "json") or case.has_crashed:
        return None
    wanted = str(case.phrase.value or "").lower()
    for loop in case.view.nodes(ast.comprehension, ast.For):
        things = case.place.names.get(getattr(loop.iter, "id", ""))
        name = getattr(loop.target, "id", "")
        if not isinstance(things, list) or not wanted or not name:
            continue
        holding = {
            str(key)
            for one in things
            if isinstance(one, dict)
            for key, text in one.items()
            if wanted in str(text).lower()
        }
        looked = set(re.findall(rf"\bin {name}\[['\"](\w+)['\"]\]", case.view.text))
        if holding and looked and not holding & looked:
            return Finding(
                "searched-field",
                say(
                    'Your view looks into {name}["{looked}"], and what is asked for'
                    ' stands in {name}["{other}"].',
                    name=name,
                    looked=min(looked),
                    other=min(holding),
                ),
            )
    return None


def other_rows(case: Case) -> Finding | None:
    """A statement chooses other rows than were asked for."""
    is_about = case.phrase.kind in ("json", "text", "page") and not case.has_crashed
    is_answered = 200 <= case.answer.status < 300 and case.phrase.verb != "lacks"
    if not is_about or not is_answered:
        return None
    for node in case.view.nodes(ast.Call):
        text = node.args[0] if node.args else None
        if getattr(node.func, "attr", "") != "execute" or text is None:
            continue
        found = re.search(
            r"\bwhere\b\s+(.*?)\s*(?:\border by\b.*|\blimit\b.*)?$",
            " ".join(str(getattr(text, "value", "")).split()),
            re.IGNORECASE,
        )
        if found is not None:
            return Finding(
                "other-rows",
                say(
                    "Your statement chooses the rows where {condition}: are those the"
                    " ones that are asked for?",
                    condition=f"`{found[1]}`",
                ),
            )
    return None
