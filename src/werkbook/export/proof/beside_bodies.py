"""Compare what is no body: URL maps, and the headers that an app sets itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from werkbook.export.proof.answers import Difference, KnownAnswer, RuleLine

_DATE = re.compile(r"\w{3}, \d\d[ -]\w{3}[ -]\d{4} \d\d:\d\d:\d\d gmt", re.I)
_OF_A_FILE = frozenset(("etag", "last-modified"))
"""They tell when a file was written, and a file that an export embeds has none."""
_OF_NOW = frozenset(("age", "expires"))
"""Their values tell when a request was made."""
_KEPT = ("cache-control", "expires")
_OF_A_CELL = "max-age=0, no-cache"
"""How the live app sends the files of `%%static` cells: no browser is to keep them."""
_MEASURED = re.compile(r"time|timing|duration|elapsed|runtime|latency")
"""The names of headers that tell how long an answer took."""


def header_differences(
    here: KnownAnswer, file: KnownAnswer, again: Iterable[KnownAnswer]
) -> Iterator[str]:
    """Say of each header that the file sends otherwise how it does.

    Args:
        here: What the notebook's own app answers.
        file: What the file answers.
        again: What it answers in other processes: what differs there varies by nature.
    """
    if here.headers is None or file.headers is None:
        return
    mine, theirs = _by_name(here), _by_name(file)
    others = [_by_name(one) for one in again if one.headers is not None]
    names = mine.keys() | theirs.keys()
    if mine.get("cache-control") == _OF_A_CELL and "content-disposition" in mine:
        names -= set(_KEPT)
    for name in sorted(names):
        wanted, found = mine.get(name), theirs.get(name)
        values = [found, *(other.get(name) for other in others)]
        is_steady = len(set(values)) == 1 or (wanted is None and None not in values)
        if wanted != found and is_steady:
            yield f"sends {name.title()}: {_shown(found)}, not {_shown(wanted)}"


def _by_name(answer: KnownAnswer) -> dict[str, str]:
    """Put together the values of each header that is compared."""
    found: dict[str, list[str]] = {}
    for name, value in answer.headers or ():
        if name in _OF_A_FILE:
            continue
        found.setdefault(name, []).append(_steady(name, value))
    return {name: ", ".join(sorted(values)) for name, values in found.items()}


def _steady(name: str, value: str) -> str:
    if name in _OF_NOW or _MEASURED.search(name):
        return "~"
    parts = _DATE.sub("~", value).split(",")
    return ", ".join(sorted(one.strip() for one in parts))


def _shown(value: str | None) -> str:
    return "nothing" if value is None else repr(value)


def compare_rules(
    expected: Iterable[RuleLine], found: Iterable[RuleLine]
) -> list[Difference]:
    """Compare two URL maps."""
    wanted = {(rule, tuple(sorted(methods)), name) for rule, methods, name in expected}
    have = {(rule, tuple(sorted(methods)), name) for rule, methods, name in found}
    missing = [
        Difference("", f"The file has no rule {_rule_text(one)}.")
        for one in sorted(wanted - have)
    ]
    more = [
        Difference("", f"Only the file has the rule {_rule_text(one)}.")
        for one in sorted(have - wanted)
    ]
    return missing + more


def _rule_text(rule: RuleLine) -> str:
    return f"{rule[0]!r} ({', '.join(rule[1])}) of the endpoint {rule[2]!r}"
