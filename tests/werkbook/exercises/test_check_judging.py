"""Whether a phrase holds of an answer, and what is said where it does not."""

from __future__ import annotations

from werkbook.cells.requests.vocabulary import Phrase
from werkbook.exercises.check_answers import Answer, Hop
from werkbook.exercises.check_judging import judge
from werkbook.exercises.visitor import Mishap


def test_error_is_told_without_addresses() -> None:
    """Where an object lies is another place each time, and nothing to save."""
    mishap = Mishap("NoViewError", "It has <function power at 0x7ff61b5d5bc0> there.")
    answer = Answer((Hop("GET", "/", 500),), mishap=mishap)
    verdict = judge(Phrase("text", "has", value="9"), answer)
    assert "0x7ff61b5d5bc0" not in verdict.found
    assert "<function power at 0x…>" in verdict.found
