"""The notebook in this kernel: its cells, their runs, its apps and its saved file.

`live_cells` ties the runs of cells to the live app; it knows neither cards nor output,
and tells those who subscribe. All packages above import from here.
"""

from .apps import app_here, name_app, which_app
from .live_cells import LiveCells, find_live_cells
from .runs import RunEnd

__all__ = [
    "LiveCells",
    "RunEnd",
    "app_here",
    "find_live_cells",
    "name_app",
    "which_app",
]
