"""The traceback of a failing view, trimmed to the user's own frames."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path

from IPython.core.getipython import get_ipython

from werkbook.dispatch.error_page import (
    find_user_frames,
    name_cell,
    name_place,
    read_lines_around,
)
from werkbook.plain_words import MAX_TEXT_CHARS, cut_inside

from ..notebook import find_live_cells
from ..notebook.cells import first_line


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a traceback.

    Attributes:
        place: `Cell In[5], line 3`, or the file's name and the line.
        steady_place: The same in each run: the cell by its first line.
        function: The function's name.
        source: The lines around the place, as they were when the code ran.
        first_line: The number of the first of them.
        line: The number of the line that failed.
    """

    place: str
    steady_place: str
    function: str
    source: tuple[str, ...]
    first_line: int
    line: int

    @property
    def code(self) -> str:
        """The line that failed."""
        index = self.line - self.first_line
        return self.source[index].strip() if 0 <= index < len(self.source) else ""


def summarize_error(error: BaseException) -> str:
    """Return the last lines of a traceback: the error's type and its message.

    Of a message without measure (one that quotes all data) the middle is left out.
    """
    text = "".join(traceback.format_exception_only(error)).rstrip("\n")
    return cut_inside(text, MAX_TEXT_CHARS)


def list_frames(error: BaseException) -> tuple[Frame, ...]:
    """Return the user's own frames of an error, the innermost last."""
    return tuple(_frame(*found) for found in find_user_frames(error))


def _frame(filename: str, line: int, function: str) -> Frame:
    lines = read_lines_around(filename, line)
    return Frame(
        place=name_place(filename, line),
        steady_place=f"{_steady_name(filename)}, line {line}",
        function=function,
        source=tuple(text for _, text in lines),
        first_line=lines[0][0] if lines else line,
        line=line,
    )


def _steady_name(filename: str) -> str:
    """Name a file or a cell without what differs from run to run, and by front end.

    That are folders, execution counts, and ids, which nbclient does not send.
    """
    name = name_cell(filename)
    if name is None:
        return Path(filename).name
    shell = get_ipython()
    cells = find_live_cells(shell) if shell is not None else None
    known = cells.known.find_label(name.removeprefix("Cell ")) if cells else None
    line = first_line(known.cell.source) if known is not None else ""
    return f"Cell {line!r}" if line else "Cell"
