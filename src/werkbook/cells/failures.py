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
_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_FOR_NOTEBOOKS = re.compile(
    r"ngrok|cloudflared|localtunnel|colab|jupyter|kora|nest_", re.I
)
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_NAME = re.compile(r"[A-Za-z_]\w*")
_REGISTERS = re.compile(r"^[ \t]*@\w+\.(?:route|get|post|put|patch|delete)\b", re.M)
_SERVES = re.compile(r"\.run\(|\.get\(|\.post\(|\bngrok|test_client|start\(\)")


def failed_cells(cells: Iterable[Cell]) -> set[str]:
    """The ids of cells whose saved error is their own, and would come again.

    Not so: an interrupted server, a busy port, a package that the notebook installs or
    that a cell which did not fail imports for its own rules, Flask's refusal to define
    a view again, a name that an earlier cell does define, and whatever happened in a
    cell that serves or asks the app, for its registrations came before that.
    """
    every = [cell for cell in cells if cell.kind == "code"]
    installs = " ".join(
        re.sub(r"[-_.]+", "-", line).lower()
        for cell in every
        for line in cell.source.splitlines()
        if "pip" in line or "conda" in line
    )
    rules = "\n".join(
        cell.source
        for cell in every
        if not cell.error and _REGISTERS.search(cell.source)
    )
    failed = set()
    names: set[str] = set()
    for cell in every:
        if cell.error and not _is_of_the_moment(cell, names, installs, rules):
            failed.add(cell.id)
        names.update(_NAME.findall(cell.source))
    return failed


def _is_of_the_moment(cell: Cell, names: set[str], installs: str, rules: str) -> bool:
    if cell.source.lstrip().startswith(("%%template", "%%static")):
        return False
    name = cell.error.partition(":")[0].rpartition(".")[2]
    if name in _OF_THE_MOMENT or name.endswith(("Warning", "Timeout")):
        return True
    if name == "EndpointTakenError":
        return False  # a live kernel lets a cell define its own views again
    if _OF_FLASK.search(cell.error):
        return True
    if name in ("ModuleNotFoundError", "ImportError"):
        return _is_installed_later(cell.error, installs, rules)
    undefined = _UNDEFINED.search(cell.error)
    # REQUEST exists only while Kernel Gateway answers a request.
    if undefined and undefined[1] in {*names, "REQUEST"}:
        return True
    return bool(_SERVES.search(cell.source) and _REGISTERS.search(cell.source))


def _is_installed_later(error: str, installs: str, rules: str) -> bool:
    """Say whether a missing module is a notebook's own, or comes by other cells.

    Args:
        error: What was saved.
        installs: The cells' lines that install packages.
        rules: The text of the cells that add rules, and did not fail.
    """
    module = _NO_MODULE.search(error)
    if module is None:
        return True  # a name that another version has
    if _FOR_NOTEBOOKS.search(module[1]):
        return True
    top = re.escape(module[1].partition(".")[0])
    if re.search(rf"^[ \t]*(?:from|import)[ \t]+{top}\b", rules, re.M):
        return True
    package = re.sub(r"[-_.]+", "-", module[1].partition(".")[0]).lower()
    return package in installs
