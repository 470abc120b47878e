"""Values that an answer gives and a later request sends back: a form's token, an id.

A replay gets other tokens and ids than the notebook got. What a request took from an
answer is therefore taken anew, from the same place of the answer of the app that is
asked; so a form with a token is accepted, and its answer is compared.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

_VALUE = re.compile(r"[\w.~+/-]{6,}={0,2}")
_PART = re.compile(r"[\w.~+-]{6,}={0,2}")
_CONTEXTS = (8, 16, 24, 40, 80)
"""Characters in front of a value by which it is found again, the fewest that do."""
_MAX_VALUES = 40
_MAX_CHARS = 500_000

Question = dict[str, Any]


class Carrier:
    """Knows the answers so far, and what requests take from them."""

    def __init__(self) -> None:
        """Nothing is answered yet."""
        self._texts: list[str] = []

    def note(self, text: str) -> None:
        """Take the next answer."""
        self._texts.append(text[:_MAX_CHARS])

    def find(self, question: Question) -> list[list[Any]]:
        """List what a request sends back: answer's number, value, what stands before.

        Of a value that several answers have the last one counts.
        """
        found = []
        for value in _values_sent(question):
            for number in range(len(self._texts) - 1, -1, -1):
                before = _context(self._texts[number], value)
                if before is not None:
                    found.append([number, value, before])
                    break
        return found

    def renew(self, question: Question) -> Question:
        """Give a request with the values that the answers here have in their places."""
        changes = {}
        for number, value, before in question.get("carried", ()):
            text = self._texts[number] if number < len(self._texts) else ""
            match = _pattern(before, value).search(text)
            if match and match[1] != value:
                changes[value] = match[1]
        return _changed(question, changes) if changes else question


def answer_text(answer: dict[str, Any]) -> str:
    """What of an answer a later request may send back."""
    body = base64.b64decode(answer["body"]).decode("utf-8", "replace")
    return f"{answer['location']}\n{body}"


def _values_sent(question: Question) -> list[str]:
    """The texts in a request that may have come from an answer, the longest first."""
    body = base64.b64decode(question.get("body", "")).decode("latin-1")
    sent = [question["url"], body]
    sent += [value for _, value in question.get("headers", ())]
    found: dict[str, None] = {}
    for text in (*sent, *map(unquote_plus, sent)):
        for pattern in (_VALUE, _PART):
            found |= dict.fromkeys(pattern.findall(text))
    return sorted(found, key=len, reverse=True)[:_MAX_VALUES]


def _context(text: str, value: str) -> str | None:
    """What stands in front of a value, enough of it to find the value again."""
    start = _find_whole(text, value)
    if start < 0:
        return None
    for length in _CONTEXTS:
        before = text[max(0, start - length) : start]
        match = _pattern(before, value).search(text)
        if match and match.start(1) == start and match[1] == value:
            return before
    return None


def _find_whole(text: str, value: str) -> int:
    """Where a value stands by itself, not as a part of a longer word; -1: nowhere."""
    start = text.find(value)
    while start >= 0:
        around = text[max(0, start - 1) : start], text[start + len(value) :][:1]
        if not any(one.isalnum() or (one in "_-" and one) for one in around):
            return start
        start = text.find(value, start + 1)
    return -1


def _pattern(before: str, value: str) -> re.Pattern[str]:
    kind = r"[\w.~+/-]" if "/" in value else r"[\w.~+-]"
    return re.compile(f"{re.escape(before)}({kind}{{4,}}={{0,2}})")


def _changed(question: Question, changes: dict[str, str]) -> Question:
    body = base64.b64decode(question.get("body", "")).decode("latin-1")
    headers = [
        [name, _replaced(value, changes)] for name, value in question.get("headers", ())
    ]
    return {
        **question,
        "url": _replaced(question["url"], changes),
        "headers": headers,
        "body": base64.b64encode(_replaced(body, changes).encode("latin-1")).decode(),
    }


def _replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        for before, after in _spellings(old, new):
            text = text.replace(before, after)
    return text


def _spellings(old: str, new: str) -> Iterator[tuple[str, str]]:
    """A value as it stands, and as it is written in URLs and forms."""
    yield old, new
    for write in (quote_plus, quote, _quote_all):
        if write(old) != old:
            yield write(old), write(new)


def _quote_all(text: str) -> str:
    return quote(text, safe="")
