"""The results of grading in the forms that other programs read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from werkbook.cells.requests.vocabulary import optional_library

from ...plain_words import in_xml, json_not_obeyed, not_obeyed
from .results import Graded

# Where a spreadsheet begins a cell, should it part the line at another mark.
_FORMULA = re.compile(r"(\A|[;,|\t\n])(?=\s*[=+\-@\t＝＋－＠])")


def as_csv(results: Sequence[Graded]) -> str:
    """Return a line for each student: the points of each exercise, and their sum."""
    names = list(dict.fromkeys(row[0] for one in results for row in one.rows))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", *map(_cell, names), "points", "max_points", "problem"])
    for one in results:
        points = {name: f"{got:g}" for name, got, _, _ in one.rows}
        values = [points.get(name, "") for name in names]
        writer.writerow(
            [
                _cell(one.student),
                *values,
                f"{one.points:g}",
                f"{one.max_points:g}",
                _cell(one.problem),
            ]
        )
    return text.getvalue()


def _cell(text: str) -> str:
    """Keep a spreadsheet from taking a student's text as a formula."""
    # Python's csv takes a bare \r for no end of a line, which readers take for one.
    return _FORMULA.sub(r"\1'", not_obeyed(text.replace("\r", " ")))


def as_json(results: Sequence[Graded]) -> str:
    """Return all that was found, but for the bodies of the answers."""
    data = [_data(one) for one in results]
    return json_not_obeyed(json.dumps(data, ensure_ascii=False, indent=1))


def _data(graded: Graded) -> dict[str, Any]:
    return {
        "student": graded.student,
        "path": graded.path,
        "points": graded.points,
        "max_points": graded.max_points,
        "problem": graded.problem,
        "duration_s": round(graded.duration_s, 2),
        "exercises": [
            {
                "name": one.exercise.name,
                "points": one.points,
                "max_points": one.exercise.points,
                "checks": [
                    {
                        "check": line.check.source,
                        "is_done": line.is_done,
                        "is_hidden": line.check.is_hidden,
                        "words": line.words,
                        "mistake": line.finding.code if line.finding else "",
                    }
                    for line in one.lines
                ],
            }
            for one in graded.progresses
        ],
        "tests": [vars(one) for one in graded.tests],
    }


def as_junit(results: Sequence[Graded]) -> str:
    """Return a suite for each student with a case for each exercise (JUnit XML)."""
    junit = optional_library("junitparser")
    report = junit.JUnitXml("werkbook grade")
    for one in results:
        student = in_xml(one.student)
        suite = junit.TestSuite(student)
        for name, got, most, words in one.rows:
            case = junit.TestCase(in_xml(name), student)
            if words or got < most:
                text = words or one.problem or "not done"
                case.result = [junit.Failure(in_xml(text))]
            suite.add_testcase(case)
        if one.problem:
            case = junit.TestCase("submission", student)
            case.result = [junit.Error(in_xml(one.problem))]
            suite.add_testcase(case)
        suite.time = round(one.duration_s, 2)
        report.add_testsuite(suite)
    report.update_statistics()
    return str(report.tostring().decode("utf-8"))


def as_gradescope(graded: Graded) -> str:
    """Return what Gradescope reads from an autograder of one submission.

    https://gradescope-autograders.readthedocs.io/en/latest/specs/
    """
    tests = [
        {
            "name": name,
            "score": got,
            "max_score": most,
            "output": words or "Done.",
            "status": "passed" if got >= most and not words else "failed",
        }
        for name, got, most, words in graded.rows
    ]
    data: dict[str, Any] = {"tests": tests, "execution_time": round(graded.duration_s)}
    if graded.problem:
        data["output"] = graded.problem
    if not tests:
        data["score"] = 0
    return json_not_obeyed(json.dumps(data, ensure_ascii=False, indent=1))
