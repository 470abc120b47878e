"""What must hold of an answer, in words: `200, text has "Hello", json n == 3`.

The same words stand behind `->` in an exercise and in `%http`, and after `--expect`.
Here they become data; `werkbook.exercises.check_judging` judges whether they hold.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkbook.errors import close_matches

from .grammar import RequestSyntaxError
from .punctuation import outer_characters

_STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|“[^”]*”)"""
_OPERATORS = ("==", "!=", "<=", ">=", "<", ">")
_STATUS = r"[1-5](?:\d\d|xx)"

HELP = """\
  200, 2xx, 200 or 201               the status
  text has "..."  text lacks "..."   what stands in the answer ("... 3 times" counts)
  text is "..."   text matches /.../ all of it; a regular expression (... as "words")
  page has h1                        a CSS selector; page has "li" with text "Tea"
  form has field name                what a form sends; ... with value "Ada"
  json title == "Ada"                a JMESPath and a value; also != < > has lacks
  header NAME has "..."              or is "...", set, not set
  cookie NAME set                    or not set, is "..."
  redirects to /login
  within 0.5 s                       the time until the whole answer was there
"""


class VocabularyError(RequestSyntaxError):
    """Words that say no known thing about an answer."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing that must hold.

    Attributes:
        kind: What is looked at: status, text, page, form, json, header, cookie,
            redirect, time, rules, value, rows.
        verb: What must hold of it: has, lacks, is, matches, set, unset, an operator.
        subject: The selector, the path in the JSON, the header's or field's name; a
            regular expression in the teacher's words.
        value: What it is compared with; None where nothing is.
        times: How often it must be there; None for at least once.
        source: The phrase as it was written.
    """

    kind: str
    verb: str = ""
    subject: str = ""
    value: Any = None
    times: int | None = None
    source: str = ""

    @property
    def is_of_answer(self) -> bool:
        """Whether the phrase is about a response, not about rules or a database."""
        return self.kind not in ("rules", "value", "rows")

    @property
    def is_redirect(self) -> bool:
        """Whether the phrase is about a redirect, which then is not followed."""
        if self.kind == "status":
            return any(status.startswith("3") for status in self.value)
        return self.kind == "redirect"


def read_phrases(text: str) -> tuple[Phrase, ...]:
    """Read phrases that commas part.

    Raises:
        VocabularyError: One of them is not of the vocabulary.
    """
    return tuple(read_phrase(part) for part in _parts(text))


def _parts(text: str) -> list[str]:
    places = [place for place, char in outer_characters(text) if char == ","]
    starts, ends = [0, *(place + 1 for place in places)], [*places, len(text)]
    parts = [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    if not all(parts):
        raise VocabularyError(
            f"Nothing stands between two commas in {text!r}.",
            why="commas part what must hold of the answer.",
            fix="take the comma away, or write what must hold.",
        )
    return parts


def read_phrase(text: str) -> Phrase:
    """Read one phrase.

    Raises:
        VocabularyError: It is not of the vocabulary.
    """
    for pattern, make in _FORMS:
        found = re.fullmatch(pattern, text, re.DOTALL | re.IGNORECASE)
        if found:
            return make(found)
    raise _unknown(text)


def _unknown(text: str) -> VocabularyError:
    word = text.split()[0].lower()
    starts = list(_EXAMPLES)
    near = word if word in starts else next(iter(close_matches(word, starts)), "")
    fix = _EXAMPLES.get(near, '200, or text has "Hello"')
    return VocabularyError(
        f"{text!r} says nothing that can be checked.",
        why="what can be said begins with a status, or with one of "
        + ", ".join(starts)
        + ".",
        fix=f"write {fix}",
    )


_EXAMPLES = {
    "status": "status 200",
    "text": 'text has "Hello", text lacks "<b>" or text matches /[0-9]+/',
    "page": 'page has h1, or page has "li" with text "Tea"',
    "form": "form has field name",
    "json": 'json title == "Emma", or json length(@) == 3',
    "header": 'header Content-Type has "json", or header Allow set',
    "cookie": "cookie session set",
    "redirects": "redirects to /login",
    "within": "within 0.5 s",
    "has": "has GET /hello/<name>",
    "lacks": "lacks /old",
    "value": "value == 1",
    "rows": "rows has [1]",
}


def unquoted(text: str) -> str:
    """Return the text of a string without its quotes; other text as it stands."""
    if re.fullmatch(_STRING, text, re.DOTALL):
        if text[0] == "“":
            return text[1:-1]
        return re.sub(r"\\(.)", _unescaped, text[1:-1], flags=re.DOTALL)
    return text


def _unescaped(match: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(match[1], match[1])


def optional_library(name: str) -> Any:
    """Import a library that only some words need.

    Raises:
        VocabularyError: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise VocabularyError(
            f"The library {name} is missing.",
            why="JSON paths and CSS selectors are read by libraries of their own.",
            fix="pip install werkbook[teach]",
        ) from None


def _times(match: re.Match[str]) -> int | None:
    return int(match["times"]) if match["times"] else None


def _status(match: re.Match[str]) -> Phrase:
    wanted = tuple(re.split(r"\s+or\s+", match["status"].lower()))
    return Phrase("status", "is", value=wanted, source=match[0])


def _text(match: re.Match[str]) -> Phrase:
    verb = match["verb"].lower()
    value = unquoted(match["value"])
    return Phrase("text", verb, value=value, times=_times(match), source=match[0])


def _text_matches(match: re.Match[str]) -> Phrase:
    flags = "".join(f"(?{flag})" for flag in sorted(set(match["flags"].lower())))
    pattern = flags + match["pattern"].replace(r"\/", "/")
    try:
        re.compile(pattern)
    except re.error as error:
        raise VocabularyError(
            f"/{match['pattern']}/ is no regular expression: {error}.",
            why="text matches takes one of Python's, between two slashes.",
            fix=r"write a backslash before . * + ? ( ) [ ] that mean themselves.",
        ) from None
    words = unquoted(match["words"] or "")
    return Phrase("text", "matches", words, pattern, source=match[0])


def _page(match: re.Match[str]) -> Phrase:
    selector = unquoted(match["selector"])
    soupsieve = optional_library("soupsieve")
    try:
        soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError as error:
        raise VocabularyError(
            f"{selector!r} is no CSS selector: {str(error).splitlines()[0]}",
            why="page has takes one: h1, .name, #id, form[method=post].",
            fix='write page has "ul > li".',
        ) from None
    text = unquoted(match["text"]) if match["text"] else None
    return Phrase(
        "page", match["verb"].lower(), selector, text, _times(match), match[0]
    )


def _form(match: re.Match[str]) -> Phrase:
    field = unquoted(match["field"])
    value = unquoted(match["value"]) if match["value"] else None
    return Phrase("form", match["verb"].lower(), field, value, source=match[0])


def _json(match: re.Match[str]) -> Phrase:
    text = match["rest"].strip()
    path, verb, value = _compared(text)
    jmespath = optional_library("jmespath")
    try:
        jmespath.compile(path or "@")
    except jmespath.exceptions.JMESPathError as error:
        raise VocabularyError(
            f"{path!r} is no path into JSON: {str(error).splitlines()[0]}",
            why="json takes a JMESPath (jmespath.org) and what its value must be.",
            fix='write json title == "Emma", or json [0].title == "Emma".',
        ) from None
    return Phrase("json", verb, path or "@", value, source=match[0])


def _compared(text: str) -> tuple[str, str, Any]:
    """Split a comparison into what is looked at, the operator and the value."""
    for place, _ in outer_characters(text):
        verb = next((op for op in _OPERATORS if text.startswith(op, place)), None)
        if verb is None and (word := re.match(r"\s(has|lacks)\s", text[place:])):
            verb, place = word[1], place + 1
        if verb is not None:
            rest = text[place + len(verb) :].strip()
            return text[:place].strip(), verb, _value(rest, text)
    return text, "set", None


def _value(text: str, phrase: str) -> Any:
    """Read a value: JSON, or Python's way to write the same."""
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError):
            continue
    if text.startswith("“") and text.endswith("”"):
        return text[1:-1]
    raise VocabularyError(
        f"{text!r} in {phrase!r} is no value.",
        why="behind the operator stands JSON: 3, true, null, [1, 2] or text in quotes.",
        fix=f'write "{text}" for a text.',
    )


def _compare(kind: str) -> Callable[[re.Match[str]], Phrase]:
    def make(match: re.Match[str]) -> Phrase:
        _, verb, value = _compared("_ " + match["rest"].strip())
        if verb == "set":
            raise _unknown(match[0])
        return Phrase(kind, verb, value=value, source=match[0])

    return make


def _named(kind: str) -> Callable[[re.Match[str]], Phrase]:
    def make(match: re.Match[str]) -> Phrase:
        verb = {"set": "set", "not set": "unset", "==": "is"}.get(
            re.sub(r"\s+", " ", match["verb"].lower()), match["verb"].lower()
        )
        value = unquoted(match["value"]) if match["value"] else None
        return Phrase(kind, verb, unquoted(match["name"]), value, source=match[0])

    return make


def _redirect(match: re.Match[str]) -> Phrase:
    return Phrase("redirect", "is", value=unquoted(match["url"]), source=match[0])


def _within(match: re.Match[str]) -> Phrase:
    factor = 0.001 if match["unit"].lower() == "ms" else 1.0
    return Phrase("time", "<=", value=float(match["time"]) * factor, source=match[0])


def _rules(match: re.Match[str]) -> Phrase:
    method = (match["method"] or "").upper()
    return Phrase(
        "rules", match["verb"].lower(), match["rule"], method, source=match[0]
    )


_WORD = rf"(?:{_STRING}|\S+)"
_TIMES = r"(?:\s+(?P<times>\d+)\s+times?)?"
_FORMS: tuple[tuple[str, Callable[[re.Match[str]], Phrase]], ...] = (
    (rf"(?:status\s+)?(?P<status>{_STATUS}(?:\s+or\s+{_STATUS})*)", _status),
    (rf"text\s+(?P<verb>has|lacks|is)\s+(?P<value>{_STRING}){_TIMES}", _text),
    (
        r"text\s+matches\s+/(?P<pattern>(?:[^/\\]|\\.)+)/(?P<flags>[ims]*)"
        rf"(?:\s+as\s+(?P<words>{_STRING}))?",
        _text_matches,
    ),
    (
        rf"page\s+(?P<verb>has|lacks)\s+(?P<selector>{_STRING}|.+?)"
        rf"(?:\s+with\s+text\s+(?P<text>{_STRING}))?{_TIMES}",
        _page,
    ),
    (
        rf"form\s+(?P<verb>has|lacks)\s+field\s+(?P<field>{_WORD})"
        rf"(?:\s+with\s+value\s+(?P<value>{_STRING}))?",
        _form,
    ),
    (r"json\s(?P<rest>.+)", _json),
    (
        rf"header\s+(?P<name>{_WORD})\s+(?:(?P<verb>has|lacks|is|==|set|not\s+set))"
        rf"(?:\s+(?P<value>{_WORD}.*))?",
        _named("header"),
    ),
    (
        rf"cookie\s+(?P<name>{_WORD})\s+(?P<verb>is|==|set|not\s+set)"
        rf"(?:\s+(?P<value>{_STRING}))?",
        _named("cookie"),
    ),
    (rf"redirects\s+to\s+(?P<url>{_WORD})", _redirect),
    (r"within\s+(?P<time>\d+(?:\.\d+)?)\s*(?P<unit>s|ms)", _within),
    (
        r"(?P<verb>has|lacks)\s+(?:(?P<method>[a-z]+)\s+)?(?P<rule>/\S*)",
        _rules,
    ),
    (r"value\s*(?P<rest>.+)", _compare("value")),
    (r"rows\s*(?P<rest>.+)", _compare("rows")),
)
