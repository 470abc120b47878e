"""The cells that ran, and what is remembered of each."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, ValuesView
from dataclasses import dataclass

from werkbook import live

from .cells import CellRun, first_line

MAX_UNNAMED = 500
"""How many runs without a cell id are remembered beyond those that own something."""


@dataclass
class KnownCell:
    """What is remembered of a cell's last run; `error` is how it failed, or ""."""

    cell: CellRun
    save_at_run: tuple[int, int] | None
    is_forgotten: bool = False
    error: str = ""


class KnownCells(dict[str, KnownCell]):
    """Cells by the ids of their owners.

    Threads of the panel, of pages and of exercises read it while a cell runs: who goes
    through it sees the cells of the moment when it began.
    """

    def __init__(self) -> None:
        """No cell has run yet."""
        super().__init__()
        self._labels: dict[str, str] = {}

    def __setitem__(self, owner_id: str, known: KnownCell) -> None:
        """Remember a cell's run."""
        super().__setitem__(owner_id, known)
        self._labels[known.cell.owner.label] = owner_id

    def __iter__(self) -> Iterator[str]:
        """Go through the ids of now."""
        return iter(self.copy())

    def items(self) -> ItemsView[str, KnownCell]:  # type: ignore[override]
        """Return the ids and cells of now."""
        return self.copy().items()

    def values(self) -> ValuesView[KnownCell]:  # type: ignore[override]
        """Return the cells of now."""
        return self.copy().values()

    def forget(self, owner_id: str, *, unless: CellRun | None = None) -> None:
        """Take a cell's part out of the apps, which `recall` undoes."""
        known = self.get(owner_id)
        if known is None or known.is_forgotten:
            return
        if unless is not None and owner_id == unless.owner.id:
            return
        known.is_forgotten = True
        live.forget(owner_id)

    def recall(self, owner_id: str) -> None:
        """Give a cell that was forgotten its part of the apps back."""
        known = self.get(owner_id)
        if known is not None and known.is_forgotten:
            known.is_forgotten = False
            live.recall(owner_id)

    def drop_oldest_unnamed(self) -> None:
        """Drop the oldest runs without an id that own nothing."""
        unnamed = [
            owner_id
            for owner_id, known in self.items()
            if known.cell.owner.is_approximate and not live.list_registrations(owner_id)
        ]
        for owner_id in unnamed[:-MAX_UNNAMED]:
            del self[owner_id]

    def find_label(self, label: str) -> KnownCell | None:
        """Return the cell that ran as `In[5]`; it may have run again since."""
        return self.get(self._labels.get(label, ""))

    def name(self, owner_id: str) -> str:
        """Name a cell in words that are the same in every session."""
        if owner_id.startswith("module:"):
            return f"module {owner_id.removeprefix('module:')}"
        known = self.get(owner_id)
        line = first_line(known.cell.source) if known is not None else ""
        return f"the cell {line!r}" if line else "another cell"
