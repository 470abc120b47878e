"""Mistakes in what the answer says: escaping, braces, letters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..check_answers import NoJSON
from ..words import say
from .case import Case, Finding

_BRACES = re.compile(r"\{\s*([A-Za-z_][^{}<>:;\n]{0,60})\}")
_NOT_LETTERS = re.compile(r"[\W_]+")


def unescaped(case: Case) -> Finding | None:
    """What a visitor sent stands in the page as HTML."""
    phrase = case.phrase
    is_about = phrase.kind == "text" and phrase.verb == "lacks" and "<" in phrase.value
    if not is_about or phrase.value not in case.answer.text:
        return None
    if "|safe" in case.code.text.replace(" ", "") or "Markup(" in case.code.text:
        text = say("|safe and Markup switch the escaping off: take them away.")
    else:
        text = say(
            "What a visitor sends must be escaped, or they put their own HTML into"
            " your page. In a template {{{{ name }}}} does it; in an f-string write"
            " escape(name)."
        )
    return Finding("unescaped", text)


def braces(case: Case) -> Finding | None:
    """Braces stand in the answer: an f is missing, or a second pair."""
    found = None if case.answer.is_json else _BRACES.search(case.answer.visible_text)
    if found is None or found[1] not in case.code.text:
        return None
    name = found[1].strip()
    if "{%" in case.code.text or "{{" in case.code.text:
        text = say("A template fills in {{{{ {name} }}}}, with two braces.", name=name)
    else:
        text = say(
            "{{{name}}} stands there as it is: a text that fills in names begins with"
            ' an f, f"...".',
            name=name,
        )
    return Finding("braces", text)


def caret(case: Case) -> Finding | None:
    """^ is no power in Python."""
    powers = [
        one for one in case.view.nodes(ast.BinOp) if isinstance(one.op, ast.BitXor)
    ]
    if not powers:
        return None
    return Finding(
        "caret", say("^ compares bits in Python; a power is written with **: n ** 2.")
    )


def not_json(case: Case) -> Finding | None:
    """Text where JSON was wanted."""
    is_about_header = case.phrase.kind == "header" and "json" in str(case.phrase.value)
    if case.phrase.kind != "json" and not is_about_header:
        return None
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
    if not is_about or not wanted or isinstance(case.answer.json, NoJSON):
        return None
    if not wanted <= set(_strings(case.answer.json)):
        return None
    return Finding(
        "json-shape",
        say(
            "It is in the JSON, but elsewhere: compare its shape with {path}. A list"
            " begins with [, an object with names begins with {{.",
            path=case.phrase.subject,
        ),
    )


def _strings(value: Any) -> Iterator[str]:
    """Yield the texts in a JSON value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def letter_case(case: Case) -> Finding | None:
    """Capitals count where they should not."""
    if case.phrase.kind not in ("json", "text", "page") or case.phrase.verb == "lacks":
        return None
    wanted = str(case.phrase.value)
    for word in _asked_words(case):
        if not _only_some(word, wanted):
            continue
        return Finding(
            "letter-case",
            say(
                "Capitals make another word for Python: compare .lower() with"
                ' .lower(), so that "{word}" finds "{other}" too.',
                word=word,
                other=word.capitalize(),
            ),
        )
    return None


def _asked_words(case: Case) -> list[str]:
    return [value for _, value in parse_qsl(urlsplit(case.url).query) if value]


def _only_some(word: str, wanted: str) -> bool:
    """Say whether a word stands in other letters in what was wanted."""
    return wanted.lower().count(word.lower()) > wanted.count(word)


def near_text(case: Case) -> Finding | None:
    """The text is there but for capitals, spaces or punctuation."""
    wanted = case.phrase.value
    is_about = case.phrase.kind in ("text", "page") and case.phrase.verb == "has"
    if not is_about or not isinstance(wanted, str):
        return None
    bare = _bare(wanted)
    if not bare or bare not in _bare(case.answer.visible_text):
        return None
    return Finding(
        "near-text",
        say("It is nearly there: compare capitals, spaces and punctuation."),
    )


def _bare(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()
