"""Proves a course: its solutions solve each exercise, and nothing solves none."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..grading.confinement import SubmissionLimits
from ..grading.grading import Submission, grade_all
from ..grading.results import Graded
from .build import Built
from .key import Key


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
                _write(path, getattr(one, kind))
                submissions.append(Submission(kind, path))
        results = grade_all(submissions, key, limits)
    flaws: list[Flaw] = []
    for graded, one in zip(results[: len(built)], built, strict=True):
        flaws += _unsolved(graded, one.key.name)
    for graded, one in zip(results[len(built) :], built, strict=True):
        flaws += _solved(graded, one.key.name)
    return flaws


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
    flaws = flaws if graded.problem else []
    done = [one.exercise.name for one in graded.progresses if one.is_done]
    done += [one.name for one in graded.tests if one.is_done and one.points]
    return flaws + [
        Flaw(name, exercise, "it is solved before anything is done.")
        for exercise in done
    ]
