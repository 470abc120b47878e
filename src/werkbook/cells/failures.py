"""Which cells failed in the notebook, by what their saved output shows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from werkbook.cells.cell import Cell

_OF_THE_MOMENT = (
    "KeyboardInterrupt",
    "SystemExit",
    "OSError",
    "ConnectionError",
    "ModuleNotFoundError",
    "ImportError",
    "UnsupportedOperation",
    "PyngrokNgrokError",
    "CalledProcessError",
    "TimeoutError",
    "URLError",
    "HTTPError",
    "MaxRetryError",
    "JSONDecodeError",
    "RuntimeError",
    "PermissionError",
    "FileNotFoundError",
    "gaierror",
    "SyntaxError",
    "IndentationError",
    "TabError",
)
"""Errors of the machine or of serving, which say little of the cell."""

_OF_FLASK = re.compile(
    r"overwriting an existing endpoint|setup method|first request"
    r"|already (?:been )?registered|a view function mapping",
    re.IGNORECASE,
)
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_REGISTERS = re.compile(r"^\s*@\w+\.(?:route|get|post|put|patch|delete)\b", re.M)
_SERVES = re.compile(r"\.run\(|\.get\(|\.post\(|\bngrok|test_client|start\(\)")


def failed_cells(cells: Iterable[Cell]) -> set[str]:
    """The ids of cells whose saved error is their own, and would come again.

    Not so: an interrupted server, a busy port, a missing package, Flask's refusal to
    define a view again, a name that an earlier cell does define, and whatever happened
    in a cell that serves or asks the app, for its registrations came before that.
    """
    failed = set()
    before = ""
    for cell in cells:
        if cell.kind == "code":
            if cell.error and not _is_of_the_moment(cell, before):
                failed.add(cell.id)
            before += cell.source + "\n"
    return failed


def _is_of_the_moment(cell: Cell, before: str) -> bool:
    name = cell.error.partition(":")[0].rpartition(".")[2]
    if name in _OF_THE_MOMENT or name.endswith(("Warning", "Timeout")):
        return True
    if _OF_FLASK.search(cell.error):
        return True
    undefined = _UNDEFINED.search(cell.error)
    if undefined and re.search(rf"\b{undefined[1]}\b", before):
        return True
    return bool(_SERVES.search(cell.source) and _REGISTERS.search(cell.source))
