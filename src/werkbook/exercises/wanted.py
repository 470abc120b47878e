"""What a phrase wants of an answer, in plain words: "a page with <h1>"."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from werkbook.cells.requests.vocabulary import Phrase

from .words import count, say

MAX_SHOWN_CHARS = 80
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
"""Where an object is in memory, which is another place each time."""


def without_addresses(text: str) -> str:
    """Return text without the addresses of objects, the same each time."""
    return _ADDRESS.sub("0x…", text)


def quoted(text: str) -> str:
    """Return text in quotes, shortened to what a line can show."""
    shown = without_addresses(" ".join(text.split()))
    if len(shown) > MAX_SHOWN_CHARS:
        shown = shown[: MAX_SHOWN_CHARS - 1] + "…"
    return say("“{text}”", text=shown)


def shown_json(value: Any) -> str:
    """Return a value as JSON, shortened to what a line can show."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_SHOWN_CHARS else text[: MAX_SHOWN_CHARS - 1] + "…"


def say_wanted(phrase: Phrase) -> str:
    """Say what a phrase wants."""
    return _WANTED[phrase.kind](phrase)


def _want_status(phrase: Phrase) -> str:
    statuses = say(" or ").join(phrase.value)
    return say("the status {status}", status=statuses)


def _want_text(phrase: Phrase) -> str:
    value = phrase.value
    if phrase.verb == "matches":
        if phrase.subject:
            return phrase.subject
        pattern = quoted(str(value).replace("/", "\\/"))
        return say("text with the pattern {pattern}", pattern=pattern)
    if phrase.verb == "is":
        return say("only the text {text}", text=quoted(value))
    if phrase.verb == "lacks":
        return say("no text {text}", text=quoted(value))
    if phrase.times is not None:
        return count(
            "the text {text} {number} time",
            "the text {text} {number} times",
            phrase.times,
            text=quoted(value),
        )
    return say("the text {text}", text=quoted(value))


def _want_page(phrase: Phrase) -> str:
    what = f"<{phrase.subject}>" if phrase.subject.isalnum() else phrase.subject
    values = {"what": what, "text": quoted(phrase.value or "")}
    if phrase.verb == "lacks" and phrase.value is not None:
        return say("no {what} with the text {text}", **values)
    if phrase.verb == "lacks":
        return say("no {what} in the page", **values)
    if phrase.times is not None:
        return count(
            "{number} {what} in the page",
            "{number} times {what} in the page",
            phrase.times,
            **values,
        )
    if phrase.value is not None:
        return say("a page with {what} and in it the text {text}", **values)
    return say("a page with {what}", **values)


def _want_form(phrase: Phrase) -> str:
    field, value = phrase.subject, phrase.value
    if phrase.verb == "lacks":
        return say("a form without the field {field}", field=quoted(field))
    if value is not None:
        return say(
            "a form whose field {field} holds {value}",
            field=quoted(field),
            value=quoted(value),
        )
    return say("a form with the field {field}", field=quoted(field))


def _want_json(phrase: Phrase) -> str:
    path, value = phrase.subject, shown_json(phrase.value)
    if phrase.verb == "set":
        return say("JSON in which {path} is something", path=path)
    if path == "@":
        return say("JSON that {verb} {value}", verb=_verb(phrase.verb), value=value)
    return say(
        "JSON in which {path} {verb} {value}",
        path=path,
        verb=_verb(phrase.verb),
        value=value,
    )


def _verb(verb: str) -> str:
    words = {"==": say("is"), "!=": say("is not"), "has": say("has")}
    return {**words, "lacks": say("lacks")}.get(verb, verb)


def _want_named(phrase: Phrase) -> str:
    if phrase.kind == "header":
        what = say("the header {name}", name=phrase.subject)
    else:
        what = say("the cookie {name}", name=phrase.subject)
    if phrase.verb == "unset":
        return say("{what} not to be set", what=what)
    if phrase.verb == "set":
        return say("{what} to be set", what=what)
    if phrase.verb == "has":
        return say("{what} with {text}", what=what, text=quoted(phrase.value or ""))
    if phrase.verb == "lacks":
        return say("{what} without {text}", what=what, text=quoted(phrase.value or ""))
    return say("{what} to be {text}", what=what, text=quoted(phrase.value or ""))


def _want_redirect(phrase: Phrase) -> str:
    return say("a redirect to {url}", url=phrase.value)


def _want_time(phrase: Phrase) -> str:
    return say("the answer within {seconds} s", seconds=f"{phrase.value:g}")


def _want_rules(phrase: Phrase) -> str:
    rule = f"{phrase.value} {phrase.subject}".strip()
    if phrase.verb == "lacks":
        return say("no rule {rule}", rule=rule)
    return say("a rule {rule}", rule=rule)


def _want_rows(phrase: Phrase) -> str:
    value = shown_json(phrase.value)
    if phrase.kind == "value":
        return say("a value that {verb} {value}", verb=_verb(phrase.verb), value=value)
    return say("rows: {verb} {value}", verb=_verb(phrase.verb), value=value)


_WANTED: dict[str, Callable[[Phrase], str]] = {
    "status": _want_status,
    "text": _want_text,
    "page": _want_page,
    "form": _want_form,
    "json": _want_json,
    "header": _want_named,
    "cookie": _want_named,
    "redirect": _want_redirect,
    "time": _want_time,
    "rules": _want_rules,
    "value": _want_rows,
    "rows": _want_rows,
}
