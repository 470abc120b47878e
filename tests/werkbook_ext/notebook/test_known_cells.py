"""What is remembered of the cells that ran."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from werkbook.live import Owner
from werkbook_ext.notebook.cells import CellRun
from werkbook_ext.notebook.known_cells import KnownCell, KnownCells


def known(number: int) -> KnownCell:
    return KnownCell(CellRun(Owner(f"cell{number}", f"In[{number}]"), "", number), None)


@pytest.mark.parametrize(
    "read", [iter, KnownCells.items, KnownCells.values], ids=["ids", "items", "values"]
)
def test_reader_sees_the_cells_of_when_it_began(
    read: Callable[[KnownCells], Iterable[object]],
) -> None:
    """A page is told of the cells by a thread of its own, while the next one runs."""
    cells = KnownCells()
    for number in (1, 2):
        cells[f"cell{number}"] = known(number)
    seen = 0
    for number, _ in enumerate(read(cells), 3):
        cells[f"cell{number}"] = known(number)
        seen += 1
    assert (seen, len(cells)) == (2, 4)
