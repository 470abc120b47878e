"""The notebook file beside the kernel: which cells its newest save holds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell


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
        self.signature: tuple[int, int] | None = None
        self.cells: tuple[SavedCell, ...] = ()

    def refresh(self) -> bool:
        """Read the file if it was saved since; say whether there is a newer save.

        A file that is missing, half written or no notebook changes nothing.
        """
        if self.path is None:
            return False
        signature = _signature_of(self.path)
        if signature is None or signature == self.signature:
            return False
        cells = _read_code_cells(self.path)
        if cells is None:
            return False
        self.signature, self.cells = signature, cells
        return True

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


def _signature_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


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
