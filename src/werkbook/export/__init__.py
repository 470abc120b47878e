"""The exporter: from a notebook's cells to a standalone app.py.

Pure functions over a list of cells; nothing of the notebook is executed here.
"""

from typing import TYPE_CHECKING, Any

from werkbook.cells.cell import Cell, ExportExistsError, NoAppError, NotebookError
from werkbook.cells.read import Notebook, load, read_notebook

if TYPE_CHECKING:
    from werkbook.export.choosing import Options
    from werkbook.export.exporter import Export, export

__all__ = [
    "Cell",
    "Export",
    "ExportExistsError",
    "NoAppError",
    "Notebook",
    "NotebookError",
    "Options",
    "export",
    "load",
    "read_notebook",
]


def __getattr__(name: str) -> Any:
    # Loaded when asked for: the magics' options are there before the first export.
    if name == "Options":
        from werkbook.export.choosing import Options

        return Options
    if name in ("Export", "export"):
        from werkbook.export import exporter

        return getattr(exporter, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
