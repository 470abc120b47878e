"""Cells whose last run failed, with the line: the app is as it was before them."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass

from IPython.core.interactiveshell import InteractiveShell

from ..cards.tracebacks import Frame, list_frames, summarize_error
from ..notebook import LiveCells, RunEnd


@dataclass(frozen=True)
class CellFailure:
    """How a cell's last run failed.

    Attributes:
        cell_id: The cell.
        error: The error's type and message.
        frames: The cells' own frames of its traceback; none of code that does not
            compile.
        line: The line that does not compile, or None.
    """

    cell_id: str
    error: str
    frames: tuple[Frame, ...] = ()
    line: int | None = None


_failed: weakref.WeakKeyDictionary[InteractiveShell, dict[str, CellFailure]]
_failed = weakref.WeakKeyDictionary()


def install(shell: InteractiveShell, cells: LiveCells) -> Callable[[], None]:
    """Remember from now on which cells fail; return what forgets them."""
    failed = _failed[shell] = {}

    def note(end: RunEnd) -> None:
        cell_id = end.run.owner.id
        failed.pop(cell_id, None)
        if end.has_failed:
            failed[cell_id] = _describe(cell_id, sys.exc_info()[1] or _last_error())

    cells.subscribe(note)

    def undo() -> None:
        _failed.pop(shell, None)

    return undo


def list_failed_cells(shell: InteractiveShell, cells: LiveCells) -> list[CellFailure]:
    """Return the notebook's cells whose last run failed, in the order of their runs."""
    return [
        one
        for cell_id, one in _failed.get(shell, {}).items()
        if (known := cells.known.get(cell_id)) is not None and not known.is_forgotten
    ]


def _last_error() -> BaseException | None:
    """Return the error that IPython showed last: it keeps it where Python does."""
    found = getattr(sys, "last_value", None)
    return found if isinstance(found, BaseException) else None


def _describe(cell_id: str, error: BaseException | None) -> CellFailure:
    if error is None:
        return CellFailure(cell_id, "it failed")
    if isinstance(error, SyntaxError):
        text = f"{type(error).__name__}: {error.msg}"
        return CellFailure(cell_id, text, line=error.lineno)
    return CellFailure(cell_id, summarize_error(error), list_frames(error))
