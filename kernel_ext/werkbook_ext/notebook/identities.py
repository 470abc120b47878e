"""Which owner a cell has: its own id, or the one under which an agent ran it.

Tools that edit notebooks run cells without an id. Such a run takes the id of the cell
that holds its source. Where none does yet, the source stands for the cell until the
notebook holds it; from then on the two are one.
"""

from __future__ import annotations

from collections.abc import Iterable

from werkbook.registrations.owners import Owner

from .documents.saved import SavedCell


class Identities:
    """Owners of cells whose first run had no id."""

    def __init__(self) -> None:
        """Every cell has its own id so far."""
        self._owner_ids: dict[str, str] = {}

    def owner_id(self, cell_id: str) -> str:
        """Return the id of the owner that stands for a cell."""
        return self._owner_ids.get(cell_id, cell_id)

    def find_owner(self, owner: Owner) -> Owner:
        """Return who owns what a cell registers that runs under its own id."""
        owner_id = self.owner_id(owner.id)
        return owner if owner_id == owner.id else Owner(owner_id, owner.label)

    def found(self, owner: Owner, source: str, cells: Iterable[SavedCell]) -> Owner:
        """Return the owner of a run without an id: that of the cell with its source.

        Args:
            owner: Who stands for the source.
            source: What runs.
            cells: The cells of the notebook.
        """
        cell_id = find_holder(source, cells)
        if cell_id is None:
            return owner
        return Owner(self.owner_id(cell_id), owner.label)

    def is_united(self, owner_id: str) -> bool:
        """Say whether an owner without an id of its own has been found a cell."""
        return owner_id in self._owner_ids.values()

    def unite(self, cell_id: str, owner: Owner) -> str | None:
        """Let a cell have the owner under which its source ran without an id.

        Returns:
            The owner that stood for the cell before, which nothing stands for now.
        """
        before = self.owner_id(cell_id)
        if before == owner.id:
            return None
        self._owner_ids[cell_id] = owner.id
        owner.is_approximate = False
        return before


def find_holder(source: str, cells: Iterable[SavedCell]) -> str | None:
    """Return the id of the first cell that holds a source."""
    text = source.rstrip()
    found = (cell.id for cell in cells if cell.id and cell.source.rstrip() == text)
    return next(found, None)
