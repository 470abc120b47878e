"""What differs between the answers of two runs of a cell, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import takewhile

from ..bodies.body import Body
from ..bodies.masking import VARYING_HEADERS
from ..widgets.sendable import well_formed
from .model import Card
from .widget_state import body_head

Row = tuple[str, str | int]
"""`("-", line)`, `("+", line)`, `(" ", line)`, or `("…", count)` of unchanged lines."""

Place = tuple[str, int, int, int, int]
"""A tag of difflib's, the lines before and the lines now."""

CONTEXT_LINES = 2
MAX_PAIRS = 4_000_000
"""Texts with more pairs of lines are told as all different: it would take seconds."""


def list_changes(before: Card, after: Card) -> list[Row]:
    """Return the lines that differ, with a few around them; none where none differ.

    Status line, headers and the beginning of the body are compared, JSON written with
    one value a line. Headers that tell of the moment do not count.
    """
    old, new = _comparable_lines(before), _comparable_lines(after)
    if old == new:
        return []
    return list(_folded(old, new))


def _comparable_lines(card: Card) -> list[str]:
    headers = [
        f"{name}: {value}"
        for name, value in card.headers
        if name.lower() not in VARYING_HEADERS
    ]
    text = "\n".join([str(card.hops[-1]), *headers, "", _comparable_body(card.body)])
    return well_formed(text).split("\n")


def _comparable_body(body: Body) -> str:
    if body.kind not in ("json", "html", "text"):
        size_bytes = len(body.content) if body.size_bytes is None else body.size_bytes
        return f"{body.kind}, {size_bytes} bytes"
    text = Body(body_head(body), body.content_type).text
    try:
        value = json.loads(text)
        is_nested = isinstance(value, (dict, list))
        return json.dumps(value, indent=2, ensure_ascii=False) if is_nested else text
    except (ValueError, RecursionError):
        return text


def _folded(old: list[str], new: list[str]) -> Iterator[Row]:
    """Yield the changes with the lines near them; of those between tell the number."""
    at = 0
    for group in _groups(old, new):
        if group[0][1] > at:
            yield "…", group[0][1] - at
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from ((" ", line) for line in old[old_start:old_end])
            else:
                yield from (("-", line) for line in old[old_start:old_end])
                yield from (("+", line) for line in new[new_start:new_end])
        at = group[-1][2]
    if at < len(old):
        yield "…", len(old) - at


def _groups(old: list[str], new: list[str]) -> Iterator[list[Place]]:
    """Compare what lies between the first and the last line that differ."""
    start = _count_same(zip(old, new, strict=False))
    most = min(len(old), len(new)) - start
    end = min(most, _count_same(zip(reversed(old), reversed(new), strict=False)))
    old_end, new_end = len(old) - end, len(new) - end
    if (old_end - start) * (new_end - start) > MAX_PAIRS:
        yield [("replace", start, old_end, start, new_end)]
        return
    # The lines around are compared too: they are what is shown near a change.
    start, end = max(0, start - CONTEXT_LINES), max(0, end - CONTEXT_LINES)
    matcher = SequenceMatcher(
        None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False
    )
    for group in matcher.get_grouped_opcodes(CONTEXT_LINES):
        yield [
            (tag, start + i1, start + i2, start + j1, start + j2)
            for tag, i1, i2, j1, j2 in group
        ]


def _count_same(pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
