"""A talk that is held again: what is waited for, what counts."""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Sequence
from typing import Any

from werkbook.export.proof.inside.talks.client_line import (
    Answered,
    ClientLine,
    Ended,
    Event,
)
from werkbook.export.proof.inside.talks.repeating import SILENCE_S, hold


class Scripted(ClientLine):
    """An app that says what is written, and answers words."""

    def __init__(
        self, says: Sequence[Event], answers: dict[str, Sequence[Event]] | None = None
    ) -> None:
        super().__init__()
        self._coming = deque(says)
        self._answers = answers or {}
        self.said: list[str | bytes] = []
        self.waited: list[float] = []
        self.closed: list[int] = []
        self.is_released = False

    def say(self, data: str | bytes) -> None:
        self.said.append(data)
        self._coming += self._answers.get(str(data), ())

    def close(self, code: int) -> None:
        self.closed.append(code)
        self._coming.append(Ended("closed 1000"))

    def release(self) -> None:
        self.is_released = True

    def _next(self, wait_s: float) -> Event | None:
        if self._coming:
            return self._coming.popleft()
        self.waited.append(round(wait_s, 1))
        return None


def question(*turns: Sequence[Any], lines: int = 1) -> dict[str, Any]:
    """A talk of so many lines."""
    line = {"url": "/", "headers": [], "protocols": []}
    talk = {"lines": [line] * lines, "turns": turns}
    return {"body": base64.b64encode(json.dumps(talk).encode()).decode()}


def test_a_word_follows_what_was_heard_before_it() -> None:
    """All that was heard counts, and the line is closed as it was."""
    line = Scripted([Answered(101), "welcome"], {"a": ["A"], "b": [b"\x01"]})
    asked = question(
        [0, "open", None],
        [0, "hear", None],
        [0, "text", "a"],
        [0, "hear", None],
        [0, "text", "b"],
        [0, "hear", None],
        [0, "close", [1001, False]],
    )
    held = hold(asked, lambda spec: line)
    assert (held.status, held.text) == (101, "welcome\nA\n1 bytes 01")
    assert line.said == ["a", "b"]
    assert line.closed == [1001]
    assert line.is_released


def test_what_does_not_come_is_waited_for_once() -> None:
    """Many that are missing do not take the time of each."""
    line = Scripted([Answered(101)])
    hears = [[0, "hear", None]] * 3
    held = hold(question([0, "open", None], *hears), lambda spec: line)
    assert held.text == ""
    assert line.waited == [SILENCE_S, 0.1, 0.1]


def test_what_comes_beside_counts_where_it_was_quiet() -> None:
    """A message more is a difference, but of an app that goes on talking."""
    says = [Answered(101), "one", "two"]
    turns = [[0, "open", None], [0, "hear", None]]
    quiet = question(*turns, [0, "close", [1000, True]])
    assert hold(quiet, lambda spec: Scripted(says)).text == "one\ntwo"
    hurried = question(*turns, [0, "close", [1000, False]])
    assert hold(hurried, lambda spec: Scripted(says)).text == "one"


def test_how_the_app_ends_it_is_written_down() -> None:
    """With all that it said until then; its exception is kept."""
    error = ValueError("no")
    line = Scripted([Answered(101), "one", "two", Ended("closed 4000 no", error)])
    held = hold(question([0, "open", None], [0, "end", None]), lambda spec: line)
    assert held.text == "one\ntwo\nclosed 4000 no"
    assert held.error is error
    assert line.closed == []


def test_a_refusal_is_the_answer() -> None:
    """Nothing is said where nothing was opened."""
    line = Scripted([Answered(403, [("X", "1")]), Ended()])
    asked = question([0, "open", None], [0, "text", "a"], [0, "hear", None])
    held = hold(asked, lambda spec: line)
    assert (held.status, held.headers, held.text) == (403, [("X", "1")], "")
    assert line.said == []


def test_each_of_several_lines_has_its_number() -> None:
    """One that is refused is named; the status is the first one's."""
    given = iter([Scripted([Answered(101), "hi"]), Scripted([Answered(404), Ended()])])
    asked = question([0, "open", None], [1, "open", None], [0, "hear", None], lines=2)
    held = hold(asked, lambda spec: next(given))
    assert (held.status, held.text) == (101, "1> hi\n2> refused 404")
