"""The forms in which other programs get the results."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from junitparser import JUnitXml

from werkbook.exercises.check_answers import Answer, Hop
from werkbook.exercises.checking import judge_exercise
from werkbook.exercises.grading.formats import as_csv, as_gradescope, as_json, as_junit
from werkbook.exercises.grading.results import Graded, GradedTest
from werkbook.exercises.grading.student_page import write_reports
from werkbook.exercises.reading import read_exercise_cell
from werkbook.exercises.workplace import Workplace

CELL = '%%exercise greet --points 2\nx\n\nGET / -> 200\nGET / -> text has "Hello"'


@pytest.fixture
def results() -> list[Graded]:
    exercise = read_exercise_cell(CELL)
    assert exercise is not None
    answer = Answer((Hop("GET", "/", 200),), body=b"<script>alert(1)</script>")
    progress = judge_exercise(exercise, [answer, answer], Workplace(None))
    graded = Graded(
        "=ada", "ada.ipynb", (progress,), (GradedTest("t", 1),), max_points=3
    )
    return [graded, Graded("bob", "bob.ipynb", problem="It did not end within 60 s.")]


def test_csv(results: list[Graded]) -> None:
    """A line for each student, which no spreadsheet takes as a formula."""
    rows = list(csv.reader(io.StringIO(as_csv(results))))
    assert rows == [
        ["student", "greet", "t", "points", "max_points", "problem"],
        ["'=ada", "1", "1", "2", "3", ""],
        ["bob", "", "", "0", "0", "It did not end within 60 s."],
    ]


def test_json(results: list[Graded]) -> None:
    """Each check with its words."""
    first = json.loads(as_json(results))[0]
    checks = first["exercises"][0]["checks"]
    assert [check["is_done"] for check in checks] == [True, False]
    assert checks[1]["words"].startswith("I asked for / and expected the text “Hello”.")


def test_junit(results: list[Graded]) -> None:
    """A suite for each student; a submission that died is an error."""
    report = JUnitXml.fromstring(as_junit(results).encode())
    assert (report.tests, report.failures, report.errors) == (3, 1, 1)


def test_gradescope(results: list[Graded]) -> None:
    """What Gradescope reads: a score for each exercise."""
    data = json.loads(as_gradescope(results[0]))
    assert [(one["name"], one["score"], one["max_score"]) for one in data["tests"]] == [
        ("greet", 1.0, 2.0),
        ("t", 1, 1),
    ]


def test_reports(results: list[Graded], tmp_path: Path) -> None:
    """A page for each student, in which what the app answered is text."""
    paths = write_reports([*results, results[1]], tmp_path)
    assert [path.name for path in paths] == ["ada.html", "bob.html", "bob-2.html"]
    page = paths[0].read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
