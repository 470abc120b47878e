"""Proves a course: its solutions solve each exercise, and nothing solves none."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from ..exercise import Exercise
from ..grading.confinement import SubmissionLimits
from ..grading.grading import UNCHANGED, grade_all
from ..grading.results import Graded
from ..grading.submissions import Submission
from . import marks
from .build import Built
from .key import Key

_CODE = re.compile(r"^(?:    .*\n?|\n(?=    ))+", re.MULTILINE)
"""The first indented lines of a step, with the empty ones between."""


@dataclass(frozen=True)
class Flaw:
    """What keeps an exercise from being one.

    Attributes:
        notebook: The notebook's name.
        exercise: The exercise's name; empty for the notebook as a whole.
        what: One sentence.
    """

    notebook: str
    exercise: str
    what: str


def prove_course(built: list[Built], key: Key, limits: SubmissionLimits) -> list[Flaw]:
    """Grade the solutions and the students' own notebooks.

    Args:
        built: What was built.
        key: Its key.
        limits: What each run may use.
    """
    with tempfile.TemporaryDirectory(prefix="werkbook-proof-") as place:
        submissions = []
        for kind in ("source", "student"):
            for one in built:
                path = Path(place, kind, one.key.name)
                path.parent.mkdir(exist_ok=True)
                _write(path, one.student if kind == "student" else solved(one))
                submissions.append(Submission(kind, path))
        results = grade_all(submissions, key, limits)
    flaws: list[Flaw] = []
    for graded, one in zip(results[: len(built)], built, strict=True):
        flaws += _unsolved(graded, one.key.name)
    for graded, one in zip(results[len(built) :], built, strict=True):
        flaws += _solved(graded, one.key.name)
    return flaws


def solved(built: Built) -> dict[str, Any]:
    """Return a notebook with its solutions.

    They are the cells between marks. Where a notebook has none the steps that its
    exercises show are the solutions: their code, each step in a cell at the end.
    """
    sources = ["".join(cell["source"]) for cell in built.source["cells"]]
    kept = [marks.nbgrader_settings(cell) for cell in built.source["cells"]]
    is_marked = any(one.get("solution") for one in kept)
    if built.key.tests or is_marked or any(map(marks.has_solution, sources)):
        return built.source
    cells = [cell for one in built.key.exercises for cell in step_cells(one)]
    added: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"step-{number}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(cells)
    ]
    return {**built.source, "cells": [*built.source["cells"], *added]}


def step_cells(exercise: Exercise) -> list[str]:
    """Return the cells that the steps of a solution tell to write."""
    found = (_CODE.search(f"{step}\n") for step in exercise.solution)
    return [dedent(one[0]) for one in found if one is not None]


def _write(path: Path, notebook: dict[str, Any]) -> None:
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _unsolved(graded: Graded, name: str) -> list[Flaw]:
    """List what the solutions do not solve."""
    flaws = [Flaw(name, "", graded.problem)] if graded.problem else []
    for exercise, points, most, words in graded.rows:
        if points < most or words:
            what = f"its own solution does not solve it: {words}"
            flaws.append(Flaw(name, exercise, what))
    return flaws


def _solved(graded: Graded, name: str) -> list[Flaw]:
    """List what is solved before anybody has done anything."""
    flaws = [Flaw(name, "", f"The students' one: {graded.problem}")]
    flaws = flaws if graded.problem not in ("", UNCHANGED) else []
    done = [one.exercise.name for one in graded.progresses if one.is_done]
    done += [one.name for one in graded.tests if one.is_done and one.points]
    return flaws + [
        Flaw(name, exercise, "it is solved before anything is done.")
        for exercise in done
    ]
