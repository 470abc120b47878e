"""What a phrase wants, in plain words."""

from __future__ import annotations

import pytest

from werkbook.cells.requests.vocabulary import read_phrases
from werkbook.exercises.wanted import say_wanted


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (r'text matches /^a\/b$/ as "a path of two parts"', "a path of two parts"),
        (r"text matches /^a\/b$/", r"text with the pattern “^a\/b$”"),
    ],
)
def test_pattern_is_said_in_words(written: str, words: str) -> None:
    """The teacher's words stand for a regular expression, where there are some."""
    assert [say_wanted(one) for one in read_phrases(written)] == [words]
