"""What Restart and Run All gives: the notebook's document, exported and compared.

`%export` and `%check` are made of it. Only magics import it.
"""

from .checking import AppDifference, compare_with_restart, deleted_lines, unplaced_lines
from .exporting import export_notebook, notebook_path

__all__ = [
    "AppDifference",
    "compare_with_restart",
    "deleted_lines",
    "export_notebook",
    "notebook_path",
    "unplaced_lines",
]
