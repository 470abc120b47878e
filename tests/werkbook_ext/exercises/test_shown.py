"""What the card of an exercise shows of a stranger's texts and answers."""

from __future__ import annotations

import json

import pytest

from werkbook.exercises.check_judging import Verdict
from werkbook.exercises.checking import CheckLine, Progress
from werkbook.exercises.reading import read_exercise
from werkbook_ext.exercises.shown import widget_state, write_html, write_text

HTML = "<img src=x onerror=alert(1)><script>alert(2)</script></code></pre>"
OBEYED = "\x1b]0;title\x07\x1b[2J\x9b31m\x00\x7f\ud800"


@pytest.fixture
def progress() -> Progress:
    check = f'GET / -> text has "{HTML}\x1b[2J" # {OBEYED[:-1]}'
    text = f"{HTML}\n\n{check}\nhint: {HTML}\nsolution: {HTML}"
    exercise = read_exercise("greet", text)
    found = Verdict(False, "the text", f"The app answered {HTML}{OBEYED}.")
    lines = (CheckLine(exercise.checks[0], verdict=found),)
    return Progress(exercise, lines)


def test_no_text_is_obeyed_by_a_terminal(progress: Progress) -> None:
    """Control characters are the pictures of them; all of it can be saved."""
    state = json.dumps(widget_state(progress), ensure_ascii=False)
    for shown in (write_text(progress), write_html(progress), state):
        assert [one for one in shown if ord(one) < 32 and one != "\n"] == []
        assert [one for one in shown if 0x7F <= ord(one) < 0xA0] == []
        assert shown.encode()
        assert "␛]0;title␇␛[2J�31m␀␡" in shown


def test_no_text_is_html(progress: Progress) -> None:
    """Neither what the exercise says, nor its checks, nor what an app answered."""
    state = widget_state(progress)
    parts = [write_html(progress), state["html"], *state["hints"], *state["steps"]]
    assert len(parts) == 4
    for shown in parts:
        assert "<img" not in shown
        assert "<script" not in shown
        assert "&lt;img src=x" in shown
