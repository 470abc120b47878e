"""Mistakes in what is worked out: another number, one too few, text for a sum."""

from __future__ import annotations

import ast
import re
from typing import Any

from ...words import say
from ..case import Case, Finding
from ..more.wrong_json import value_at

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_SIGN = re.compile(r"\s*(\*\*|//|[-+*/])\s*")


def outside_braces(case: Case) -> Finding | None:
    """A sign stands between two pairs of braces, where it is text."""
    if case.phrase.kind not in ("text", "page", "json") or case.has_crashed:
        return None
    for node in case.view.nodes(ast.JoinedStr):
        for one, sign, other in zip(
            node.values, node.values[1:], node.values[2:], strict=False
        ):
            found = _SIGN.fullmatch(str(getattr(sign, "value", "")))
            parts = (one, other)
            if found is None or not all(map(_is_filled_in, parts)):
                continue
            before, after = (ast.unparse(part.value) for part in parts)
            return Finding(
                "outside-braces",
                say(
                    "Between two pairs of braces {sign} is text. Within one pair it is"
                    " worked out: {{{sum}}}",
                    sign=found[1],
                    sum=f"{before} {found[1]} {after}",
                ),
            )
    return None


def _is_filled_in(node: ast.AST) -> bool:
    return isinstance(node, ast.FormattedValue)


def other_number(case: Case) -> Finding | None:
    """The answer has a number in its place, and it is another one."""
    wanted, found = _wanted_number(case), _found_number(case)
    is_answered = case.answer.status < 400 and not case.has_crashed
    if wanted is None or found is None or wanted == found or not is_answered:
        return None
    if abs(wanted - found) == 1 and float(wanted).is_integer():
        text = (
            say("It is one too few.") if found < wanted else say("It is one too many.")
        )
        more = say(
            "Look where your code begins to count and where it ends, and whether it"
            " counts before or after it adds."
        )
        return Finding("off-by-one", f"{text} {more}")
    return Finding(
        "other-number",
        say(
            "Your code comes to {found}, and asked for is {wanted}: go through its"
            " calculation with what was sent here.",
            found=found,
            wanted=wanted,
        ),
    )


def _wanted_number(case: Case) -> float | int | None:
    phrase = case.phrase
    if phrase.kind in ("json", "value") and phrase.verb == "==":
        return _as_number(phrase.value)
    if phrase.kind in ("text", "page") and phrase.verb in ("has", "is"):
        return _as_number(_of_text(str(phrase.value or "")))
    return None


def _found_number(case: Case) -> float | int | None:
    if case.phrase.kind == "json":
        return _as_number(value_at(case))
    if case.phrase.kind == "value":
        return _as_number(case.answer.rows[0][0]) if case.answer.rows else None
    return _as_number(_of_text(case.answer.visible_text))


def _of_text(text: str) -> float | int | None:
    """Return the only number in a text; None where there are several."""
    found = _NUMBER.findall(text)
    if len(found) != 1 or len(text) > 200:
        return None
    return float(found[0]) if "." in found[0] else int(found[0])


def _as_number(value: object) -> float | int | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None  # type: ignore[return-value]


def all_for_one(case: Case) -> Finding | None:
    """A number is asked for, and there is all that it is one of."""
    is_about = case.phrase.kind == "json" and case.phrase.verb == "=="
    found = value_at(case) if is_about else None
    if _as_number(case.phrase.value) is None or not isinstance(found, dict):
        return None
    for node in case.view.nodes(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            name = getattr(value, "id", "")
            is_it = getattr(key, "value", None) == case.phrase.subject
            if is_it and isinstance(case.place.names.get(name), dict):
                return Finding(
                    "all-for-one",
                    say(
                        "{name} is all of them, and one number is asked for:"
                        " {name}[key] takes it out.",
                        name=name,
                    ),
                )
    return None


def digits_compared(case: Case) -> Finding | None:
    """A number that is kept is compared with a text of digits."""
    if case.has_crashed or case.phrase.kind not in ("json", "text", "page", "rows"):
        return None
    loops = {
        one.target.id
        for one in case.view.nodes(ast.comprehension, ast.For)
        if isinstance(one.target, ast.Name)
    }
    for node in case.view.nodes(ast.Compare):
        sides = [node.left, *node.comparators]
        digits = [one for one in sides if _is_digits(one)]
        of_loop = [one for one in sides if _base(one) in loops]
        if digits and of_loop and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
            return Finding(
                "text-number",
                say(
                    "In quotes {text} is a text, and never equal to the number: write"
                    " {number} in {code}.",
                    text=ast.unparse(digits[0]),
                    number=digits[0].value,
                    code=f"`{ast.unparse(node)}`",
                ),
            )
    return None


def _is_digits(node: ast.expr) -> bool:
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, str) and value.isdigit()


def _base(node: ast.expr) -> str:
    """Return the name of what a key or an attribute is taken out of."""
    inner: Any = getattr(node, "value", None)
    is_part = isinstance(node, (ast.Subscript, ast.Attribute))
    return getattr(inner, "id", "") if is_part else ""


def plus_sign(case: Case) -> Finding | None:
    """=+ sets a number, where += adds it."""
    if case.has_crashed:
        return None
    for node in case.code.nodes(ast.Assign):
        is_sign = isinstance(node.value, ast.UnaryOp)
        if is_sign and isinstance(node.value.op, (ast.UAdd, ast.USub)):
            is_plus = isinstance(node.value.op, ast.UAdd)
            if not is_plus and not isinstance(node.targets[0], ast.Subscript):
                continue  # -1 is a number that a name may well begin with
            sign = "+" if is_plus else "-"
            return Finding(
                "plus-sign",
                say(
                    "={sign} sets {name} to {value} each time; {sign}= changes it by"
                    " that.",
                    sign=sign,
                    name=ast.unparse(node.targets[0]),
                    value=ast.unparse(node.value),
                ),
            )
    return None


def joined_numbers(case: Case) -> Finding | None:
    """Numbers are joined, which only texts can be."""
    found = case.raised(r"sequence item \d+: expected str instance, (\w+) found")
    if found is None:
        return None
    return Finding(
        "text-number",
        say(
            "join puts texts together, and there is a value of another kind among them"
            ' ({kind}): ",".join(str(one) for one in values).',
            kind=found[1],
        ),
    )
