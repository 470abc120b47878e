"""The notebook file beside the kernel: which cells its newest save holds."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from .moved_files import Identity, find_moved, identify_file, notebooks_with

Signature = tuple[int, int]
"""When a file was saved, in nanoseconds, and its size in bytes."""


@dataclass(frozen=True)
class SavedCell:
    """One code cell of the saved notebook."""

    id: str
    source: str


class SavedNotebook:
    """Reads the notebook's file again whenever it was saved."""

    def __init__(self, path: Path | None) -> None:
        """Watch a file.

        Args:
            path: The notebook; None where the front end does not tell it.
        """
        self.path = path
        self.signature: Signature | None = None
        self.cells: tuple[SavedCell, ...] = ()
        self._file: Identity | None = None
        self._searched: Signature | None = None
        self._ids_before: list[str] = []

    def refresh(self, running_id: str = "") -> bool:
        """Read the file if it was saved since; say whether there is a newer save.

        A file that was renamed or moved is followed. One that is missing, half written
        or no notebook changes nothing.

        Args:
            running_id: A cell of the notebook; a file that got another name before
                this kernel saw it is known by it.
        """
        if self.path is None:
            return False
        status = self._followed(self.path, running_id)
        if status is None or save_signature(status) == self.signature:
            return False
        cells = _read_code_cells(self.path)
        if cells is None:
            return False
        self._ids_before = [cell.id for cell in self.cells]
        self.signature, self.cells = save_signature(status), cells
        self._file = identify_file(status)
        return True

    def _followed(self, path: Path, running_id: str) -> os.stat_result | None:
        status = _read_status(path)
        if status is not None and self._file in (None, identify_file(status)):
            return status
        # The file was renamed, or an editor replaced it by a new file of its name.
        if self._file is not None or running_id:
            folder = _read_status(path.parent)
            changed = save_signature(folder) if folder is not None else None
            if changed is None or changed != self._searched:
                self._searched = changed
                self.path = path = self._find(path, running_id) or path
        return _read_status(path)

    def _find(self, path: Path, running_id: str) -> Path | None:
        if self._file is not None:
            return find_moved(self._file, path)
        # Copies hold the same cells: the one that was saved last is being worked in.
        found = notebooks_with(running_id, path.parent)
        return max(found, key=_saved_ns, default=None)

    def moved(self, cell_ids: Collection[str]) -> set[str]:
        """Return which of some cells stand elsewhere than in the save before.

        Args:
            cell_ids: Cells that may have been moved; the others did not move.
        """
        ids = [cell.id for cell in self.cells]
        others = {*ids} & {*self._ids_before} - {*cell_ids}
        return {
            one
            for one in cell_ids
            if one in ids
            and one in self._ids_before
            and _above(one, ids) & others != _above(one, self._ids_before) & others
        }

    def holds(self, cell_id: str) -> bool:
        """Say whether the newest save has the code cell, with something in it."""
        return any(cell.id == cell_id for cell in self.cells)


def find_notebook(shell: InteractiveShell) -> Path | None:
    """Return the path of the notebook that this kernel runs, where it is known.

    Jupyter Server sets `JPY_SESSION_NAME`, VS Code a name in the notebook.
    """
    for name in (
        os.environ.get("JPY_SESSION_NAME"),
        shell.user_ns.get("__vsc_ipynb_file__"),
    ):
        if isinstance(name, str) and name.endswith(".ipynb"):
            return Path(name)
    return None


def _above(cell_id: str, ids: list[str]) -> set[str]:
    return set(ids[: ids.index(cell_id)])


def save_signature(status: os.stat_result) -> Signature:
    """Return a value that differs after each save."""
    return status.st_mtime_ns, status.st_size


def _read_status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _saved_ns(path: Path) -> int:
    status = _read_status(path)
    return status.st_mtime_ns if status is not None else 0


def _read_code_cells(path: Path) -> tuple[SavedCell, ...] | None:
    try:
        notebook = json.loads(path.read_bytes())
        return tuple(_code_cells(notebook["cells"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _code_cells(cells: Iterable[dict[str, Any]]) -> Iterable[SavedCell]:
    for cell in cells:
        lines = cell["source"]
        source = lines if isinstance(lines, str) else "".join(lines)
        if cell["cell_type"] == "code" and source.strip():
            yield SavedCell(str(cell.get("id", "")), source)
