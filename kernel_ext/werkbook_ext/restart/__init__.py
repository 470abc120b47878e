"""What Restart and Run All gives: the notebook's document, exported and compared.

`%export` and `%check` are made of it. Only magics import it.
"""

from .check_report import describe_check
from .checking import AppDifference, compare_with_restart
from .exporting import export_notebook, notebook_path

__all__ = [
    "AppDifference",
    "compare_with_restart",
    "describe_check",
    "export_notebook",
    "notebook_path",
]
