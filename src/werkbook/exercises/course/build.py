"""Builds a course: `SRC` becomes the students' notebooks and the teacher's key."""

from __future__ import annotations

import copy
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from werkbook.cells.notebook_json import read_saved
from werkbook.errors import WerkbookError
from werkbook.plain_words import shortened

from ..reading import read_exercise_cell
from . import marks
from .key import FILE as KEY_FILE
from .key import FILES, Key, KeyTest, NotebookKey, digest_cells, write_key
from .placing import put_back, replace_folders

STUDENT, KEY = "student", "key"


class CourseError(WerkbookError, ValueError):
    """A source cannot be made a course."""


@dataclass(frozen=True)
class Built:
    """What was built of one notebook.

    Attributes:
        key: Its part of the key.
        source: The notebook as the teacher wrote it, with its solutions.
        student: The notebook that students get.
    """

    key: NotebookKey
    source: dict[str, Any]
    student: dict[str, Any]


def build_course(source: Path, target: Path) -> tuple[list[Built], Key]:
    """Write the students' notebooks and the key.

    Files beside the notebooks go to both, so that the notebooks find them.

    Args:
        source: A notebook, or a folder of notebooks.
        target: Gets the folders `student` and `key`, whole or not at all.

    Raises:
        CourseError: There is no notebook, no exercise, or the target is in use.
        OSError: A file cannot be read or written.
        NotebookError: A file is no notebook.
        ExerciseError: An exercise cannot be read.
        RequestSyntaxError: A check cannot be read.
    """
    paths = sorted(source.glob("*.ipynb")) if source.is_dir() else [source]
    built = [build_notebook(path) for path in paths]
    if not any(one.key.sources or one.key.tests for one in built):
        raise CourseError(
            f"There is no exercise in {str(source)!r}.",
            why="a course is made of cells that begin with %%exercise, or of those that"
            " nbgrader or otter grade.",
            fix='%%exercise greet\\nGreet.\\n\\nGET / -> 200, text has "Hello"',
        )
    put_back(target, (STUDENT, KEY))
    _refuse_foreign(source, target)
    key = Key(tuple(one.key for one in built))
    with tempfile.TemporaryDirectory(prefix="werkbook-course-") as place:
        made = Path(place)
        _write(made, built, key, _files_beside(source, target))
        replace_folders(made, target, (STUDENT, KEY))
    files = target / KEY / FILES
    return built, Key(key.notebooks, files if files.is_dir() else None)


def _refuse_foreign(source: Path, target: Path) -> None:
    """Keep what this command did not write, and what it reads, from being replaced."""
    is_built = (target / KEY / KEY_FILE).is_file()
    for place in (target / STUDENT, target / KEY):
        if os.path.realpath(place) in _with_parents(source):
            raise CourseError(
                f"{str(source)!r} lies in {str(place)!r}.",
                why="building a course replaces the folders student and key.",
                fix="name another folder.",
            )
        if os.path.lexists(place) and (not is_built or place.is_symlink()):
            raise CourseError(
                f"{str(place)!r} is there, and was not built by this command.",
                why="building a course replaces the folders student and key.",
                fix="name another folder.",
            )


def _with_parents(path: Path) -> list[str]:
    real = Path(os.path.realpath(path))
    return [str(one) for one in (real, *real.parents)]


def _write(made: Path, built: list[Built], key: Key, beside: Iterable[Path]) -> None:
    (made / STUDENT).mkdir()
    (made / KEY).mkdir()
    for one in built:
        text = json.dumps(one.student, ensure_ascii=False, indent=1)
        (made / STUDENT / one.key.name).write_text(text + "\n", encoding="utf-8")
    write_key(key, made / KEY)
    for path in beside:
        for folder in (made / STUDENT, made / KEY / FILES):
            folder.mkdir(exist_ok=True)
            if path.is_dir():
                shutil.copytree(
                    path,
                    folder / path.name,
                    ignore=_left_out,
                    copy_function=_copy_file,
                )
            else:
                _copy_file(str(path), str(folder / path.name))


def _copy_file(source: str, target: str) -> str:
    """Copy a file, as `shutil.copytree` asks for; a device would have no end.

    Raises:
        CourseError: It is a device, a pipe, or a link that leads nowhere.
    """
    if not os.path.isfile(source):
        raise CourseError(
            f"{source!r} is no file that can be copied.",
            why="a course takes along all that lies beside its notebooks.",
            fix="move it away; where it is a link, mend it.",
        )
    return shutil.copy2(source, target)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Return what is left out of a folder: built courses, links to folders above."""
    here = Path(folder).absolute()
    above = {one.resolve() for one in (here, *here.parents)}
    found = {name for name in names if (here / name).resolve() in above}
    return found | {name for name in names if _has_key(here / name)}


def _files_beside(source: Path, target: Path) -> Iterator[Path]:
    """Give what lies beside the notebooks, and is no course that was built of them.

    Such a course has the key: students must not get it with their files.
    """
    if not source.is_dir():
        return
    place = target.resolve()
    for path in sorted(source.iterdir()):
        is_ours = path.name.startswith(".") or path.name in (
            "__pycache__",
            KEY,
            STUDENT,
        )
        is_ours = is_ours or place.is_relative_to(path.resolve()) or _has_key(path)
        if path.suffix != ".ipynb" and not is_ours:
            yield path


def _has_key(path: Path) -> bool:
    """Tell whether a folder is a course that was built, or the key of one."""
    return any((path / name).is_file() for name in (KEY_FILE, f"{KEY}/{KEY_FILE}"))


def build_notebook(path: Path) -> Built:
    """Build one notebook; nothing is written.

    Raises:
        NotebookError: The file is no notebook.
        ExerciseError: An exercise cannot be read.
        RequestSyntaxError: A check cannot be read.
    """
    source = read_saved(path)
    builder = _Builder()
    for number, cell in enumerate(source["cells"], 1):
        try:
            builder.take(cell)
        except WerkbookError as error:
            error.problem = f"{path.name!r}, cell {number}: {error.problem}"
            raise
    student = {**source, "cells": builder.cells}
    given = digest_cells(
        "".join(cell["source"]) for cell in builder.cells if cell["cell_type"] == "code"
    )
    key = NotebookKey(path.name, tuple(builder.exercises), tuple(builder.tests), given)
    names = [exercise.name for exercise in key.exercises]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CourseError(
            f"Two exercises of {path.name!r} are called {twice!r}.",
            why="points and results go by the name.",
            fix=f"call one of them {twice}-2",
        )
    return Built(key, source, student)


def _points(value: Any) -> float:
    """Read the points that nbgrader keeps for a cell; none at all are 0.

    Raises:
        CourseError: They are no number that can be added up.
    """
    try:
        points = float(value or 0)
    except (TypeError, ValueError, OverflowError):
        points = math.nan
    if not math.isfinite(points):
        raise CourseError(
            f"Its points are {shortened(repr(value), 100)}.",
            why="nbgrader keeps them in the cell's metadata, as a number.",
            fix="set them in nbgrader's Create Assignment, and save the notebook.",
        )
    return points


def _exercise_name(source: str) -> str:
    exercise = read_exercise_cell(source)
    return exercise.name if exercise is not None else ""


def _stub(cell: dict[str, Any]) -> str:
    """Return what stands for a cell that is a solution as a whole."""
    return marks.PLACEHOLDER if cell["cell_type"] == "code" else marks.ANSWER


class _Builder:
    """Takes the cells of a source notebook, one after the other."""

    def __init__(self) -> None:
        self.cells: list[dict[str, Any]] = []
        self.exercises: list[str] = []
        self.tests: list[KeyTest] = []
        self._question = marks.Block("BEGIN", "QUESTION")
        self._inside: list[str] = []
        self._shared: list[int] = []
        """The numbers of the tests that share the points of the question."""
        self._own: list[bool] = []
        """Which of those say their own points."""

    def take(self, cell: dict[str, Any]) -> None:
        """Take one cell: for the students, for the key, or for both."""
        block = marks.read_block(cell)
        if block is not None:
            self._take_block(block)
            return
        source = cell["source"]
        settings = marks.nbgrader_settings(cell)
        if settings.get("solution") and not marks.has_solution(source):
            self._keep(cell, _stub(cell))  # the whole of it is the solution
        elif cell["cell_type"] != "code":
            self._keep(cell, marks.without_scheme(source))
        elif read_exercise_cell(marks.with_hidden_words(source)) is not None:
            self.exercises.append(marks.with_hidden_words(source))
            self._keep(cell, marks.without_steps(marks.without_hidden(source)))
        elif self._is_test(cell):
            self._take_test(cell, source)
        else:
            self._keep(cell, marks.without_solution(source))

    def _take_block(self, block: marks.Block) -> None:
        if block.edge == "BEGIN":
            self._inside.append(block.what)
            if block.what == "QUESTION":
                self._question = block
        elif block.what in self._inside:
            self._inside.remove(block.what)
            if block.what == "TESTS":
                self._share_points()

    def _is_test(self, cell: dict[str, Any]) -> bool:
        settings = marks.nbgrader_settings(cell)
        is_graded = bool(settings.get("grade")) and not settings.get("solution")
        return is_graded or "TESTS" in self._inside

    def _take_test(self, cell: dict[str, Any], source: str) -> None:
        settings = marks.nbgrader_settings(cell)
        number = len(self.tests) + 1
        name = settings.get("grade_id") or self._question.name or f"test-{number}"
        names = [test.name for test in self.tests]
        if name in names:
            name = f"{name}-{number}"
        if name in map(_exercise_name, self.exercises):
            name = f"{name}-tests"  # points and results go by the name
        own = marks.own_points(source) if "TESTS" in self._inside else None
        points = _points(settings.get("points", self._question.points))
        if "TESTS" in self._inside:
            self._shared.append(len(self.tests))
            points = points if own is None else own
            self._own.append(own is not None)
        text = marks.without_marks(source)
        self.tests.append(KeyTest(str(name), points, text))
        if not marks.is_hidden_cell(source):
            self._keep(cell, marks.without_hidden(source))

    def _share_points(self) -> None:
        """Have the tests of a question share its points, as otter does."""
        question, numbers = self._question, self._shared
        shares = list(question.shares)
        if len(shares) != len(numbers):
            of_others = sum(self.tests[n].points for n, own in self._marked() if own)
            open_ones = sum(not own for _, own in self._marked())
            rest = max(0.0, question.points - of_others) / max(1, open_ones)
            rest = question.points if question.each else rest
            shares = [self.tests[n].points if o else rest for n, o in self._marked()]
        for number, points in zip(numbers, shares, strict=True):
            self.tests[number] = replace(self.tests[number], points=points)
        self._shared, self._own = [], []

    def _marked(self) -> list[tuple[int, bool]]:
        return list(zip(self._shared, self._own, strict=True))

    def _keep(self, cell: dict[str, Any], source: str) -> None:
        if "SOLUTION" in self._inside:
            return
        kept = copy.deepcopy(cell)
        kept["source"] = source.splitlines(keepends=True)
        if kept.get("cell_type") == "code":
            kept["outputs"], kept["execution_count"] = [], None
        self.cells.append(kept)
