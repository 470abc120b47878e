"""What differs between the answers of two runs of a cell."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from werkbook_ext.bodies.body import Body
from werkbook_ext.cards import changes
from werkbook_ext.cards.changes import list_changes
from werkbook_ext.cards.model import Card, StatusLine


def card(
    content: str | bytes, kind: str = "text/plain", headers: Any = (), status: int = 200
) -> Card:
    body = content if isinstance(content, bytes) else content.encode()
    return Card(
        hops=(StatusLine("GET", "/x", status, "OK"),),
        request_headers=(),
        request=Body(b""),
        headers=tuple(headers),
        body=Body(body, kind),
    )


def test_lines_that_differ_are_told_with_those_around() -> None:
    before = card("1\n2\n3\n4\n5\n6")
    after = card("1\n2\n3\n4\n5\nsix\nseven")
    assert list_changes(before, after) == [
        ("…", 5),
        (" ", "4"),
        (" ", "5"),
        ("-", "6"),
        ("+", "six"),
        ("+", "seven"),
    ]


def test_unchanged_lines_between_and_after_changes_are_counted() -> None:
    before = card("\n".join("abcdefghijklmnop"))
    after = card("\n".join("aBcdefghijklmNop"))
    numbers = [line for mark, line in list_changes(before, after) if mark == "…"]
    assert numbers == [1, 7]


def test_same_answers_have_no_changes() -> None:
    assert list_changes(card("a"), card("a")) == []


def test_headers_that_tell_of_the_moment_do_not_count() -> None:
    before = card("a", headers=[("Date", "then"), ("X-A", "1")])
    after = card("a", headers=[("Date", "now"), ("X-A", "1")])
    assert list_changes(before, after) == []


def test_status_and_headers_are_compared() -> None:
    before = card("a", headers=[("X-A", "1")])
    after = card("a", headers=[("X-A", "2")], status=201)
    assert list_changes(before, after) == [
        ("-", "GET /x -> 200 OK"),
        ("-", "X-A: 1"),
        ("+", "GET /x -> 201 OK"),
        ("+", "X-A: 2"),
        (" ", ""),
        (" ", "a"),
    ]


def test_json_is_compared_value_by_value() -> None:
    before = card(json.dumps({"a": 1, "b": [1, 2]}), "application/json")
    after = card(json.dumps({"a": 1, "b": [1, 3]}), "application/json")
    assert [row for row in list_changes(before, after) if row[0] in "+-"] == [
        ("-", "    2"),
        ("+", "    3"),
    ]


def test_bytes_are_compared_by_their_size() -> None:
    rows = list_changes(card(b"\0" * 3, "image/png"), card(b"\0" * 4, "image/png"))
    assert [row for row in rows if row[0] in "+-"] == [
        ("-", "image, 3 bytes"),
        ("+", "image, 4 bytes"),
    ]


def test_lone_surrogates_can_be_sent() -> None:
    rows = list_changes(card('["\\ud800"]', "application/json"), card("[]"))
    json.dumps(rows, ensure_ascii=False).encode()


LINES = st.lists(st.sampled_from("abc"), min_size=1, max_size=9)


@given(LINES, LINES, st.booleans())
def test_changes_give_both_answers_back(
    old: list[str], new: list[str], is_too_long: bool
) -> None:
    """Whatever the texts are, and where they are too long to be compared, too."""
    most, changes.MAX_PAIRS = changes.MAX_PAIRS, 0 if is_too_long else 4_000_000
    try:
        rows = list_changes(card("\n".join(old)), card("\n".join(new)))
    finally:
        changes.MAX_PAIRS = most
    at = {"-": ["GET /x -> 200 OK", "", *old], "+": ["GET /x -> 200 OK", "", *new]}
    if not rows:
        assert old == new
    for mark, lines in at.items() if rows else ():
        told: list[str] = []
        for kind, value in rows:
            if isinstance(value, int):
                told += lines[len(told) : len(told) + value]
            elif kind in (" ", mark):
                told.append(value)
        assert told == lines
