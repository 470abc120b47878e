"""The requests that a notebook's exercises make of its app to check it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from werkbook.cells.asked import Asked
from werkbook.cells.cell import Cell, label
from werkbook.cells.requests import Filler, FillError, compose
from werkbook.errors import WerkbookError
from werkbook.exercises.exercise import Check, Exercise
from werkbook.exercises.reading import read_exercise_cell

_IN_URLS = "/:@!$&'()*+,;=~-._?%[]"
"""What a URL may hold; a server refuses one with a space in it."""


@dataclass(frozen=True)
class ExerciseRequest:
    """A request of an exercise's check.

    Attributes:
        asked: The request.
        app: The app that the exercise names; None for the notebook's own.
    """

    asked: Asked
    app: str | None = None


def exercise_requests(cells: Iterable[Cell]) -> list[ExerciseRequest]:
    """List what the checks of exercises ask, each visitor with cookies of their own.

    What is known only when the notebook runs is not listed, nor is a check that asks a
    template or a database.
    """
    found: list[ExerciseRequest] = []
    code = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
    for number, cell in enumerate(code, 1):
        try:
            exercise = read_exercise_cell(cell.source)
        except WerkbookError:
            continue  # the cell says so when it runs
        if exercise is not None:
            asked = _asked_by(exercise, label(cell, number), cell.id)
            found += [ExerciseRequest(one, exercise.app) for one in asked]
    return found


def _asked_by(exercise: Exercise, cell: str, cell_id: str) -> Iterator[Asked]:
    visitor = ""
    for number, check in enumerate(exercise.checks, 1):
        if check.visitor or not check.is_next:
            visitor = f"{exercise.name} {check.visitor or number}"
        asked = _asked(check, visitor, cell, cell_id)
        yield from [asked] * check.repeat if asked is not None else ()


def _asked(check: Check, visitor: str, cell: str, cell_id: str) -> Asked | None:
    if check.command is None:
        return None
    try:
        composed = compose(check.command, Filler(ast.literal_eval), _no_file)
    except (WerkbookError, FillError, OSError, ValueError):
        return None
    headers = tuple((name, value) for name, value in composed.headers if value)
    return Asked(
        cell,
        composed.method,
        quote(composed.url, safe=_IN_URLS),
        headers,
        composed.body or b"",
        cell_id=cell_id,
        follows=check.follows_redirects,
        visitor=visitor,
    )


def _no_file(path: str) -> bytes:
    raise OSError(path)
