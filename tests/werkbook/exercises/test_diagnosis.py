"""What is said of a mistake: true, in words that lead on."""

from __future__ import annotations

import pytest

from werkbook import App
from werkbook.exercises.checking import check_exercise
from werkbook.exercises.reading import read_exercise_cell
from werkbook.exercises.workplace import Workplace
from werkbook.routing.rules import RuleError

GREET = "%%exercise greet\nGreet.\n\nGET /hello/Ada -> 200\n"


def said_of(cell: str, place: Workplace) -> str:
    """Return what the first line of an exercise says."""
    exercise = read_exercise_cell(cell)
    assert exercise is not None
    return check_exercise(exercise, place).lines[0].words


def test_failed_cell_says_what_to_type() -> None:
    """An error of Werkbook's own has a fix, which a student must not look for."""
    app = App("lesson")
    with pytest.raises(RuleError) as raised:
        app.get("hello/<name>")(lambda name: name)
    place = Workplace(app, failed=(("RuleError", str(raised.value)),))
    words = said_of(GREET, place)
    assert "does not begin with a slash. Fix: write '/hello/<name>'.)" in words


def test_failed_cell_says_no_address() -> None:
    """Where an object lies is another place each time, and nothing to save."""
    failed = (("TypeError", "no rule: <function hello at 0x7ff61b5d5bc0>"),)
    words = said_of(GREET, Workplace(App("lesson"), failed=failed))
    assert "<function hello at 0x…>" in words
