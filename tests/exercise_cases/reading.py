"""Reads the files of solutions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_HEAD = re.compile(r"^#### (\w+)(?: ([\w-]+))?(?:: (.*))?$", re.MULTILINE)


@dataclass(frozen=True)
class Solution:
    """A solution of an exercise.

    Attributes:
        code: The mistake that must be named; empty for a right one.
    """

    exercise: str
    words: str
    cells: tuple[str, ...]
    code: str = ""

    def __str__(self) -> str:
        return f"{self.exercise}: {self.words}"


@dataclass(frozen=True)
class ExerciseCase:
    name: str
    exercise: str
    given: str
    solutions: tuple[Solution, ...]

    def __str__(self) -> str:
        return self.name


def read_case(path: Path) -> ExerciseCase:
    """Read one file."""
    text = path.read_text("utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    parts = [
        (head, text[head.end() : end].strip("\n"))
        for head, end in zip(heads, ends, strict=True)
    ]
    named = {head[1]: body for head, body in parts if head[1] in ("exercise", "given")}
    solutions = tuple(
        Solution(path.stem, head[3], tuple(body.split("\n# %%\n")), head[2] or "")
        for head, body in parts
        if head[1] in ("wrong", "right")
    )
    return ExerciseCase(path.stem, named["exercise"], named["given"], solutions)


CASES = [read_case(path) for path in sorted(HERE.glob("*.txt"))]
"""Ten exercises, which make a course."""

MORE = [read_case(path) for path in sorted(HERE.glob("more/*.txt"))]
"""More exercises, with other mistakes."""


def table() -> str:
    """Return what each solution is held to, as a table in Markdown."""
    rows = [
        f"| {one.exercise} | {one.words} | {one.code or 'done'} |"
        for case in CASES + MORE
        for one in case.solutions
    ]
    wrong = sum(1 for case in CASES + MORE for one in case.solutions if one.code)
    head = [
        f"{wrong} wrong solutions, each of which must be named so (50 of 60 are asked",
        f"for), and {len(rows) - wrong} right ones, all of which must pass.",
        "`tests/werkbook_ext/exercises/test_solutions.py` runs each line.",
        "",
        "| exercise | solution | what is found |",
        "| --- | --- | --- |",
    ]
    return "\n".join([*head, *rows, ""])


if __name__ == "__main__":
    (HERE / "TABLE.md").write_text(table(), "utf-8")
