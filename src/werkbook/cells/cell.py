"""A cell of a notebook, and what can be wrong with a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from werkbook.errors import WerkbookError


class NotebookError(WerkbookError, ValueError):
    """A file is not a notebook that can be exported."""


class NoAppError(WerkbookError, LookupError):
    """A notebook holds no app, or not the one that was asked for."""


class ExportExistsError(WerkbookError, FileExistsError):
    """A file that Werkbook did not write is in the way."""


@dataclass(frozen=True)
class Cell:
    """One cell, as a front end or a saved notebook holds it.

    Attributes:
        id: Its lasting identity; unique in the notebook.
        source: The text, magics included.
        kind: "code", "markdown" or "raw".
        execution_count: The number that people see, or None.
        error: The name and text of the exception that its saved output shows, or "".
        name: What people call it; see `label`.
        printed: What its saved output prints, prompts and their answers included.
        shown: What its saved output shows beside, as plain text.
    """

    id: str
    source: str
    kind: str = "code"
    execution_count: int | None = None
    error: str = ""
    printed: str = ""
    name: str = ""
    shown: tuple[str, ...] = ()


def label(cell: Cell, number: int) -> str:
    """Name a cell as people see it: by its count, else by its place among the cells."""
    if cell.name:
        return cell.name
    if cell.execution_count is not None:
        return f"In[{cell.execution_count}]"
    return f"cell {number}"


def named_code(cells: Iterable[Cell]) -> list[Cell]:
    """Return the code cells that say something, each named as people see it."""
    code = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
    return [replace(one, name=label(one, n)) for n, one in enumerate(code, 1)]
