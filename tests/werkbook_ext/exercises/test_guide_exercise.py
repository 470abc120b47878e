"""The exercise that the guide makes from nothing does what its page says."""

from __future__ import annotations

import textwrap
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

from werkbook.exercises.checking import check_exercise
from werkbook.exercises.reading import read_exercise_cell
from werkbook_ext.exercises.attempts import Attempts

ROOT = Path(__file__).parents[3]


def test_exercise_from_nothing_is_done_by_its_solution(
    emptied_shell: InteractiveShell,
) -> None:
    """The page on making exercises: its cell, the wrong view, and its solution."""
    text = (ROOT / "docs/howto/teaching/exercises.md").read_text("utf-8")
    cell = text.partition("````text\n")[2].partition("````")[0]
    exercise = read_exercise_cell(cell)
    assert exercise is not None
    attempts = Attempts(emptied_shell)
    steps = cell.partition("solution: Then the view")[2].partition("\n")[2]
    right = textwrap.dedent(steps)
    wrong = right.replace("{escape(name)}", "{name}")
    shown = []
    for code in ("from werkbook import App\napp = App()", wrong, right):
        attempts.note(emptied_shell.run_cell(code))
        lines = check_exercise(exercise, attempts.workplace()).lines
        shown.append([line.is_done for line in lines])
    assert shown[1:] == [[True, True, False, True], [True] * 4]
