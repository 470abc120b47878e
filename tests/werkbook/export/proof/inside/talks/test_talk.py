"""Conversations as data: which belong together, in which order what was said."""

from __future__ import annotations

import base64
import json

from werkbook.export.proof.inside.talks.talk import (
    CLOSE,
    END,
    RecordedTalk,
    TalkGroup,
    in_groups,
    opened_urls,
)


def talk(url: str) -> RecordedTalk:
    """A line that was opened now."""
    return RecordedTalk(object(), 0, url, [], [], [])


def test_lines_that_are_open_at_once_are_one_talk() -> None:
    """What comes after all have closed is another one; a request stays itself."""
    first = talk("/a")
    second = talk("/b")
    first.said("hi")
    second.heard("hi")
    first.note(CLOSE, 1000)
    second.note(CLOSE, 1000)
    request = object()
    third = talk("/c")
    found = in_groups([first, second, request, third])
    assert found == [TalkGroup([first, second]), request, TalkGroup([third])]
    question = found[0].as_question()
    assert opened_urls(question) == ["/a", "/b"]
    assert json.loads(base64.b64decode(question["body"]))["turns"] == [
        [0, "open", None],
        [1, "open", None],
        [0, "text", "hi"],
        [1, "hear", None],
        [0, "close", [1000, False]],
        [1, "close", [1000, False]],
    ]


def test_nothing_happens_after_an_end() -> None:
    """Both sides tell of an end; the first one counts."""
    one = talk("/a")
    one.note(END, [1000, ""])
    one.note(CLOSE, 1005)
    one.said("late")
    assert [event.what for event in one.events] == [END]


def test_a_talk_is_the_same_out_of_memory() -> None:
    """Its place among the others, what was said and when."""
    one = talk("/a")
    one.said(b"\x00\xff")
    one.heard("text")
    one.status, one.protocol = "101 -", "chat"
    known = json.loads(json.dumps(one.as_memory()))
    other = talk("/a")
    other.remember(known)
    assert other.turns(0) == one.turns(0)
    assert (other.status, other.protocol) == ("101 -", "chat")
    assert other.key == one.key
