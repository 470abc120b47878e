"""Files that are no notebooks, or odd ones, through each command that reads them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.exercise_cases.course import code, notebook

from werkbook.exercises.commands import build_command, grade_command
from werkbook.exercises.course.build import CourseError, build_course
from werkbook.export.command import export_command
from werkbook.export.openapi_command import openapi_command

EXERCISE = "%%exercise greet\nGreet.\n\nGET / -> 200"
DEEP = '{"cells": [], "metadata": ' + '{"a":' * 2_000 + "1" + "}" * 2_000 + "}"
NO_NOTEBOOK = {
    "{": "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    "{}": "it has no 'cells'",
    '{"cells": 5}': "its cells are a number",
    '{"cells": [null]}': "cell 1 is null",
    '{"cells": [{"source": null}]}': "the source of cell 1 is null, not text",
    '{"cells": [{"source": ["x", 5]}]}': "the source of cell 1 is a number, not text",
    '{"cells": [{"source": "x"}, {"source": "\\ud800"}]}': (
        "cell 2 holds half a character, a lone surrogate"
    ),
    '{"nbformat": 3, "worksheets": 7}': "it has no 'cells'",
    DEEP: "it nests too deeply",
}
WHY = "a saved notebook is JSON with a list of cells ("
Make = Callable[[Path], object]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "nb.ipynb"
    path.write_text(json.dumps(notebook([code(EXERCISE)])))
    build_course(path, tmp_path / "course")
    path.unlink()
    return tmp_path / "course" / "key"


def _run(path: Path, key: Path) -> list[tuple[int, str]]:
    """Give each command the file; return the statuses and what is said.

    Nothing is written but what grading says of it.
    """
    out = path.parent / "out"
    done = [
        CliRunner().invoke(command, [str(one) for one in arguments])
        for command, arguments in (
            (export_command, [path, "-o", out / "app.py", "--openapi"]),
            (export_command, [path, "--project", out]),
            (openapi_command, [path, "-o", out / "openapi.json"]),
            (build_command, [path, out]),
        )
    ]
    assert not out.exists()
    grades = path.parent / "grades.csv"
    graded = CliRunner().invoke(
        grade_command, [str(path), "--key", str(key), "--csv", str(grades)]
    )
    assert graded.exit_code == 0
    assert ",0,1," in grades.read_text()
    return [(one.exit_code, one.output) for one in done] + [(1, grades.read_text())]


@pytest.mark.parametrize("content", list(NO_NOTEBOOK))
def test_what_is_no_notebook_is_named(tmp_path: Path, key: Path, content: str) -> None:
    """With what is wrong, by each command in the same words; nothing is written."""
    path = tmp_path / "nb.ipynb"
    path.write_text(content)
    for status, said in _run(path, key):
        assert status == 1
        assert f"{str(path)!r} is not a notebook." in said
        assert f"{WHY}{NO_NOTEBOOK[content]})." in said.replace("A saved", "a saved")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _other_text(path: Path) -> None:
    path.write_bytes('{"cells": []}'.encode("utf-16"))


@pytest.mark.parametrize("make", [_pipe, _device, _other_text])
def test_file_without_an_end_is_not_read(tmp_path: Path, key: Path, make: Make) -> None:
    """Nor what is not UTF-8."""
    path = tmp_path / "nb.ipynb"
    make(path)
    for status, said in _run(path, key):
        assert status == 1
        assert f"{str(path)!r} is no" in said.replace("\n", "")


POINTS = {"grade": True, "grade_id": "a", "points": [1]}
BUILD_ONLY = {
    '{"cells": [{"source": "x", "id": "\\ud800"}]}': (
        "Why: a saved notebook is JSON with a list of cells (cell 1 holds half a"
        " character, a lone surrogate)."
    ),
    '{"cells": [], "metadata": {"\\udfff": 1}}': (
        "Why: a saved notebook is JSON with a list of cells (its metadata holds half a"
        " character)."
    ),
    DEEP.replace('{"a":' * 1_500, "").replace("}" * 1_500, ""): (
        "Why: a saved notebook is JSON with a list of cells (it nests too deeply)."
    ),
    '{"worksheets": [{"cells": []}]}': "Fix: jupyter nbconvert --to notebook",
    json.dumps({"cells": [{"source": "", "metadata": {"nbgrader": POINTS}}]}): (
        "'nb.ipynb', cell 1: Its points are [1]."
    ),
    json.dumps({"cells": [{"source": "%%exercise"}]}): (
        "'nb.ipynb', cell 1: %%exercise: the following arguments are required: NAME."
    ),
}


@pytest.mark.parametrize("content", list(BUILD_ONLY))
def test_what_no_course_can_be_made_of_is_named(tmp_path: Path, content: str) -> None:
    """It can't be written again, or graded; nothing is written."""
    path = tmp_path / "nb.ipynb"
    path.write_text(content)
    done = CliRunner().invoke(build_command, [str(path), str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "nb.ipynb'" in done.output
    assert BUILD_ONLY[content] in done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "more",
    [
        {"metadata": 5},
        {"metadata": None},
        {"metadata": {"nbgrader": 7, "tags": 5}},
        {"metadata": {"nbgrader": {"grade": True, "solution": True, "points": [1]}}},
        {"outputs": 5},
        {"outputs": [{"output_type": "stream", "text": 5}]},
        {"outputs": [{"output_type": ["error"], "evalue": {"a": 1}}]},
        {"execution_count": "x"},
        {"id": {"a": 1}},
    ],
)
def test_odd_cell_is_no_matter(
    tmp_path: Path, key: Path, more: dict[str, object]
) -> None:
    """The code is what counts: no student loses points for an output."""
    path = tmp_path / "nb.ipynb"
    cells = [{"cell_type": "code", "source": "x = 1", **more}, code(EXERCISE)]
    path.write_text(json.dumps({"nbformat": 4, "cells": cells}))
    build_course(path, tmp_path / "other")
    grades = tmp_path / "grades.csv"
    CliRunner().invoke(
        grade_command, [str(path), "--key", str(key), "--csv", str(grades)]
    )
    assert "is not a notebook" not in grades.read_text()


def test_course_error_is_one_of_its_notebook(tmp_path: Path) -> None:
    """A cell without a type is one of code, as for every other reader."""
    path = tmp_path / "nb.ipynb"
    path.write_text(json.dumps({"cells": [{"source": EXERCISE}] * 2}))
    with pytest.raises(CourseError, match=r"Two exercises of .nb\.ipynb"):
        build_course(path, tmp_path / "out")
