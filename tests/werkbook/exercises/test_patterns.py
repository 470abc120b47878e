"""Regular expressions against answers that were made to hold them up."""

from __future__ import annotations

import pytest

from werkbook.exercises import patterns
from werkbook.exercises.check_answers import Answer, Hop
from werkbook.exercises.checking import judge_exercise
from werkbook.exercises.reading import read_exercise_cell
from werkbook.exercises.workplace import Workplace


@pytest.mark.parametrize(
    ("pattern", "text", "is_there"),
    [
        ("a{2}", "aa", True),
        ("a{2}", "a", False),
        (r"\{e\}", "{e}", True),
        ("Hello {e}", "Hello {e}", True),
        ("Hello {e}", "Hellx ", False),
        ("x{s<=2}", "x{s<=2}", True),
        ("x{1,}y{,2}", "xxyy", True),
        ("x{a}", "x", False),
        ("[{}]", "}", True),
        (r"\N{DIGIT ONE}", "1", True),
        ("(?i)ada", "ADA", True),
        ("^b$", "a\nb", False),
        ("(?m)^b$", "a\nb", True),
    ],
)
def test_pattern_means_what_python_says(
    pattern: str, text: str, is_there: bool
) -> None:
    """Braces are braces: the library's own ways to match nearly are not in force."""
    assert patterns.is_found(pattern, text) is is_there


@pytest.mark.parametrize(
    ("check", "body"),
    [
        ("text matches /^(a|aa)+$/", b"a" * 5_000 + b"?"),
        ('page has "li" with text "x"', b"<li>" * 20_000),
    ],
)
def test_answer_that_takes_too_long_to_read_is_told(
    check: str, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs its check alone; the next one of the same app is judged."""
    monkeypatch.setattr(patterns, "TIMEOUT_S", 0.05)
    patterns._compiled.cache_clear()
    cell = f"%%exercise a --timeout 0.3\nx\n\nGET / -> {check}\nGET / -> 200"
    exercise = read_exercise_cell(cell)
    assert exercise is not None
    answer = Answer((Hop("GET", "/", 200),), body=body)
    slow, fast = judge_exercise(exercise, [answer, answer], Workplace(None)).lines
    assert slow.verdict is not None
    assert slow.verdict.found == "What the app answered takes too long to read."
    assert fast.is_done


@pytest.mark.parametrize("check", ["json a == 1", 'text has "1"', "json length(@) > 9"])
def test_json_that_is_nested_too_deep_is_judged(check: str) -> None:
    """No level of brackets ends more than its check."""
    exercise = read_exercise_cell(f"%%exercise a\nx\n\nGET / -> {check}\nGET / -> 200")
    assert exercise is not None
    headers = (("Content-Type", "application/json"),)
    for body in (b"[" * 500_000, b"[" * 900 + b"]" * 900, b"[" * 9000 + b"]" * 9000):
        answer = Answer((Hop("GET", "/", 200),), headers=headers, body=body)
        deep, plain = judge_exercise(exercise, [answer, answer], Workplace(None)).lines
        assert (deep.is_done, plain.is_done) == (False, True)
