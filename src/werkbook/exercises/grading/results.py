"""What grading found, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..checking import Progress


@dataclass(frozen=True)
class GradedTest:
    """How a cell of tests in Python went, as nbgrader and otter have them.

    Attributes:
        error: What it raised; empty when it passed.
    """

    name: str
    points: float
    error: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it passed."""
        return not self.error


@dataclass(frozen=True)
class Graded:
    """One submission.

    Attributes:
        student: The name that its file or folder gives.
        path: The notebook.
        progresses: Its exercises.
        tests: Its cells of tests.
        problem: Why it could not be graded, or not to its end; empty when it could.
        failed: The cells that failed: the error's name and text.
        holds: What its process could not do, in words.
        duration_s: How long it took.
        max_points: What there was to reach.
    """

    student: str
    path: str
    progresses: tuple[Progress, ...] = ()
    tests: tuple[GradedTest, ...] = ()
    problem: str = ""
    failed: tuple[tuple[str, str], ...] = ()
    holds: tuple[str, ...] = field(default=())
    duration_s: float = 0.0
    max_points: float = 0.0

    @property
    def points(self) -> float:
        """The points that it reached."""
        points = sum(one.points for one in self.progresses)
        points += sum(one.points for one in self.tests if one.is_done)
        return round(points, 2)

    @property
    def reason(self) -> str:
        """Why there are no points, or not all could be asked; empty when all could."""
        if self.problem or self.points or not self.failed:
            return self.problem
        kind, text = self.failed[0]
        first = text.strip().partition("\n")[0]
        return f"A cell failed: {kind}: {first}".removesuffix(": ")

    @property
    def rows(self) -> list[tuple[str, float, float, str]]:
        """For each exercise: its name, points, the most points, and what is wrong."""
        found = [
            (
                one.exercise.name,
                one.points,
                one.exercise.points,
                next((line.words for line in one.lines if not line.is_done), ""),
            )
            for one in self.progresses
        ]
        tests = [
            (one.name, one.points if one.is_done else 0.0, one.points, one.error)
            for one in self.tests
        ]
        return found + tests
