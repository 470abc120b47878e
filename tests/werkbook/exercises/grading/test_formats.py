"""The forms in which other programs get the results."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
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


@pytest.mark.parametrize("first", "=+-@\t＝＋－＠")
@pytest.mark.parametrize("before", ["", "a;", "a\n", "a,", " "])
def test_csv_has_no_formula(first: str, before: str) -> None:
    """Nor where a spreadsheet parts the line at semicolons, as in some countries."""
    text = as_csv([Graded(f"{before}{first}1+1", "ada.ipynb")])
    student = list(csv.reader(io.StringIO(text, newline="")))[1][0]
    whole = f"{before}{first}1+1"
    mark = len(before.rstrip(" "))
    assert student == f"{whole[:mark]}'{whole[mark:]}"


def test_csv_has_a_line_for_each_student() -> None:
    """No sign in a name begins another."""
    text = as_csv([Graded("ada\r=1,\n2\r\n", "ada.ipynb")])
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[0] for row in rows] == ["student", "ada =1,\n2 \n"]


def test_any_text_fits_every_form(results: list[Graded], tmp_path: Path) -> None:
    """Control characters, lone bytes and very long names end no report."""
    odd = "".join(map(chr, range(0xA0))) + "\ufffe]]>&" + "n" * 300
    strange = replace(results[0], student=odd, problem=odd, failed=((odd, odd),))
    strange = replace(strange, tests=(GradedTest(odd, 1, odd),))
    report = JUnitXml.fromstring(as_junit([strange]).encode())
    assert report.errors == 1
    assert json.loads(as_json([strange]))[0]["student"] == odd
    assert json.loads(as_gradescope(strange))["output"] == odd
    assert as_csv([strange]).encode()
    first, second = write_reports([strange, strange], tmp_path)
    assert len(first.name) < 120
    assert second.name.endswith("-2.html")


def test_no_terminal_obeys_what_is_written(results: list[Graded]) -> None:
    """Whoever looks at a file with `cat` sees the text, and JSON has the same data."""
    odd = "a\x1b[2J\x7f\x9b31m\u202eb\u2066c\td\ne"
    strange = replace(results[0], student=odd, problem=odd)
    strange = replace(strange, tests=(GradedTest(odd, 1, odd),))
    texts = [
        write(strange)
        for write in (
            lambda one: as_csv([one]),
            lambda one: as_json([one]),
            lambda one: as_junit([one]),
            as_gradescope,
        )
    ]
    obeyed = {one for text in texts for one in text if not one.isprintable()}
    assert obeyed - set("\n\t\u202e\u2066") == set()
    assert not {"\u202e", "\u2066"} & set("".join([*texts[:2], texts[3]]))
    assert json.loads(texts[1])[0]["student"] == odd
    row = next(csv.DictReader(io.StringIO(texts[0], newline="")))
    assert row["student"] == "a\u241b[2J\u2421\ufffd31m\ufffdb\ufffdc\td\ne"


def test_report_of_many_headers_is_short(results: list[Graded], tmp_path: Path) -> None:
    """Of a hundred thousand the first ones are told."""
    progress = results[0].progresses[0]
    assert progress.lines[0].answer is not None
    headers = tuple((f"X-{number}", "v" * 20_000) for number in range(1000))
    line = replace(
        progress.lines[0], answer=replace(progress.lines[0].answer, headers=headers)
    )
    graded = replace(results[0], progresses=(replace(progress, lines=(line,)),))
    (path,) = write_reports([graded], tmp_path)
    assert path.stat().st_size < 1_100_000
    assert "(900 more headers)" in path.read_text("utf-8")


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
