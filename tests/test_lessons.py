"""Each exercise of the lessons is solved by its own solution, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from tests.exercise_cases.course import code, notebook

from werkbook.exercises.course.course_proof import step_cells
from werkbook.exercises.course.key import Key, NotebookKey
from werkbook.exercises.grading.confinement import SubmissionLimits
from werkbook.exercises.grading.grading import grade
from werkbook.exercises.grading.results import Graded
from werkbook.exercises.grading.submissions import Submission
from werkbook.exercises.reading import read_exercise_cell

FOLDER = Path(__file__).parents[1] / "notebooks"
LESSONS = sorted(path.name for path in FOLDER.glob("0[1-9]_*.ipynb"))


def cells_of(name: str) -> list[str]:
    """Return a lesson's cells of code, without those that show or export."""
    cells = nbformat.read(FOLDER / name, as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    return [one for one in sources if not one.startswith(("%check", "%export"))]


def graded(name: str, tmp_path: Path, added: list[str]) -> Graded:
    """Grade a lesson that has further cells at its end."""
    sources = cells_of(name)
    path = tmp_path / name
    cells = list(map(code, [*sources, *added]))
    path.write_text(nbformat.writes(nbformat.from_dict(notebook(cells))))
    kept = tuple(one for one in sources if read_exercise_cell(one) is not None)
    key = Key((NotebookKey(name, kept),))
    return grade(Submission("solution", path), key, SubmissionLimits(timeout_s=120))


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_has_exercises(name: str) -> None:
    """Five or more, with hints and a solution each."""
    exercises = [one for one in map(read_exercise_cell, cells_of(name)) if one]
    assert len(exercises) >= 5
    for exercise in exercises:
        assert exercise.hints, exercise.name
        assert exercise.solution, exercise.name


@pytest.mark.parametrize("name", LESSONS)
def test_solutions_solve(name: str, tmp_path: Path) -> None:
    """What the cards show as the solution is one."""
    exercises = [one for one in map(read_exercise_cell, cells_of(name)) if one]
    solution = [cell for one in exercises for cell in step_cells(one)]
    result = graded(name, tmp_path, solution)
    assert result.problem == ""
    assert [row for row in result.rows if row[3]] == []
    assert result.points == result.max_points


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_is_solved_at_first(name: str, tmp_path: Path) -> None:
    """The lesson as it is solves none of its exercises."""
    result = graded(name, tmp_path, [])
    assert result.problem == ""
    assert [one.exercise.name for one in result.progresses if one.is_done] == []


ONE_TOO_MANY = """\
from markupsafe import escape
from werkbook import abort

@app.get("/entries/<int:number>")
def entry(number):
    if number > len(entries):
        abort(404)
    return f"{escape(entries[number]['text'])} {escape(entries[number]['name'])}"
"""


def test_one_entry_too_many_is_refused(tmp_path: Path) -> None:
    """The number behind the last one is asked for, whatever the lesson has kept."""
    result = graded("02_pages.ipynb", tmp_path, [ONE_TOO_MANY])
    (entry,) = (one for one in result.progresses if one.exercise.name == "entry")
    failing = [line for line in entry.lines if not line.is_done]
    assert [line.check.asked for line in failing] == ["GET /entries/4"]
    assert failing[0].finding is not None
    assert failing[0].finding.code == "last-number"
