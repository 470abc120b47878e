"""The exporter: from a notebook's cells to a standalone app.py.

Pure functions over a list of cells; nothing of the notebook is executed here.
"""

from werkbook.cells.cell import Cell, ExportExistsError, NoAppError, NotebookError
from werkbook.cells.read import Notebook, load, read_notebook
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
