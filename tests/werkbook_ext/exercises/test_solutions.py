"""How often beginners' mistakes are named, and right ways pass: the two tables."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import bottle
import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.exercise_cases.reading import (
    CASES,
    HERE,
    MORE,
    ExerciseCase,
    Solution,
    table,
)

from werkbook.exercises.checking import Progress, check_exercise
from werkbook.exercises.reading import read_exercise_cell
from werkbook_ext.exercises.attempts import Attempts

EVERY = CASES + MORE
WRONG = [(case, one) for case in EVERY for one in case.solutions if one.code]
RIGHT = [(case, one) for case in EVERY for one in case.solutions if not one.code]
assert bottle.__version__, "imported here, as it hooks itself into sys.meta_path"

Solve = Callable[[ExerciseCase, Solution], Progress]


@pytest.fixture
def awaits_nothing(
    request: pytest.FixtureRequest, modules_shell: InteractiveShell
) -> Iterator[None]:
    """Let a coroutine that nobody awaits warn here, where that is meant."""
    yield
    solution = request.node.callspec.params.get("solution")
    if solution is not None and solution.code == "not-awaited":
        for name in ("last_exc", "last_value", "last_traceback"):  # for %debug
            vars(sys).pop(name, None)
        modules_shell.InteractiveTB.tb = None
        gc.collect()


@pytest.fixture
def solve(
    awaits_nothing: None,
    emptied_shell: InteractiveShell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Solve:
    """Return what runs a solution's cells in a notebook, and checks its exercise."""
    monkeypatch.chdir(tmp_path)  # a solution may write files where it runs

    def run(case: ExerciseCase, solution: Solution) -> Progress:
        attempts = Attempts(emptied_shell)
        for cell in (*case.given.split("\n# %%\n"), *solution.cells):
            attempts.note(emptied_shell.run_cell(cell))
        exercise = read_exercise_cell(case.exercise)
        assert exercise is not None
        progress = check_exercise(exercise, attempts.workplace())
        caplog.clear()  # a record holds its exception, and that a coroutine
        return progress

    return run


def found_in(progress: Progress) -> str:
    """Name the first mistake that was found."""
    failing = [line for line in progress.lines if not line.is_done]
    if not failing:
        return "done"
    finding = failing[0].finding
    return finding.code if finding is not None else "none"


def test_solutions_are_enough() -> None:
    """At least six wrong solutions of each of ten exercises, and forty right ones."""
    wrong = {case.name: 0 for case in EVERY}
    for case, _ in WRONG:
        wrong[case.name] += 1
    assert len(wrong) >= 10
    assert min(wrong[case.name] for case in CASES) >= 6
    assert len(WRONG) >= 60
    assert len(RIGHT) >= 40


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize(("case", "solution"), WRONG, ids=lambda one: str(one)[:60])
def test_wrong_solution_is_named(
    solve: Solve, case: ExerciseCase, solution: Solution
) -> None:
    """A wrong solution is not done, and its mistake is named first."""
    progress = solve(case, solution)
    assert found_in(progress) == solution.code
    line = next(line for line in progress.lines if not line.is_done)
    assert line.finding is not None
    assert line.words.endswith(line.finding.text)


@pytest.mark.parametrize(("case", "solution"), RIGHT, ids=lambda one: str(one)[:60])
def test_right_solution_passes(
    solve: Solve, case: ExerciseCase, solution: Solution
) -> None:
    """A right solution is done, in whatever way it was written."""
    progress = solve(case, solution)
    assert [line.words for line in progress.lines if not line.is_done] == []
    assert progress.points == progress.exercise.points


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_empty_solution_fails(solve: Solve, case: ExerciseCase) -> None:
    """Without any solution no exercise is done."""
    assert not solve(case, Solution(case.name, "nothing", ())).is_done


def test_table_is_of_today() -> None:
    """The table in the repository lists what these tests hold each solution to."""
    assert (HERE / "TABLE.md").read_text("utf-8") == table()
