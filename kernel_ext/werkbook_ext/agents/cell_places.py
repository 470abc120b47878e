"""Cells and lines as a program finds them: by the cell's id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..cards.tracebacks import Frame
from ..notebook import LiveCells
from ..notebook.cells import first_line

_PLACE = re.compile(r"Cell (?P<label>In\[\d+\]), line (?P<line>\d+)")


def describe_cell(cells: LiveCells, owner_id: str) -> str:
    """Return `cell 4f1c2a In[7] '@app.get("/")'` for a cell that ran."""
    known = cells.known.get(owner_id)
    if known is None:
        return cells.name_cell(owner_id)
    owner = known.cell.owner
    name = "without an id" if owner.is_approximate else owner.id
    return f"cell {name} {owner.label} {first_line(known.cell.source)!r}"


def describe_frames(cells: LiveCells, frames: Iterable[Frame]) -> Iterator[str]:
    """Yield the places of a traceback, each with the source lines around it."""
    for frame in frames:
        found = _PLACE.fullmatch(frame.place)
        known = cells.known.find_label(found["label"]) if found is not None else None
        where = frame.place
        if known is not None:
            cell = describe_cell(cells, known.cell.owner.id)
            where = f"{cell}, line {frame.line}"
            if found is not None and found["label"] != known.cell.owner.label:
                where += f" as it ran in {found['label']}"
        yield f"{where}, in {frame.function}"
        for number, text in enumerate(frame.source, frame.first_line):
            mark = ">" if number == frame.line else " "
            yield f"  {mark} {number:>3}  {text}"
