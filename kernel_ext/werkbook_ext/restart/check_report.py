"""What `%check` says, line by line: under a cell, and to programs."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from werkbook.app import App
from werkbook.frameworks.descriptions import can_describe

from ..notebook.flask_itself import is_of_flask_itself, make_error
from .checking import (
    AppDifference,
    compare_with_restart,
    deleted_lines,
    failed_lines,
    unplaced_lines,
)

UNKNOWN = "Can't know whether Restart and Run All gives this app:"


def describe_check(
    shell: InteractiveShell,
    app: WSGIApplication,
    name: str | None = None,
    *,
    has_ids: bool = False,
) -> tuple[list[str], bool]:
    """Compare an app with the one of Restart and Run All, and say how they differ.

    Args:
        shell: The shell with the notebook's cells.
        app: One of its apps.
        name: What the notebook calls it; None for whichever name a cell binds.
        has_ids: Whether differences name the ids of cells.

    Returns:
        The lines, and whether there is something to look at.

    Raises:
        UsageError: The app is of a framework of whose apps cells own nothing.
        CheckError: The cells do not make an app at all.
    """
    if is_of_flask_itself(app):
        raise make_error(shell, app, "%check", "its cells own nothing")
    if not isinstance(app, App) and not can_describe(app):
        raise UsageError(
            "%check: cells own nothing of this app's framework. Apps of Werkbook,"
            " FastAPI, Starlette, FastHTML and Bottle can be checked"
        )
    unplaced = unplaced_lines(shell)
    if unplaced:
        return [UNKNOWN, *unplaced], True
    differences = compare_with_restart(shell, app, name)
    failed = failed_lines(shell)
    notes = [*failed, *deleted_lines(shell)]
    if not differences:
        return ["Restart and Run All gives this app.", *notes], bool(failed)
    head = "Restart and Run All gives another app:"
    lines = [_describe(one, has_ids) for one in differences]
    return [head, *lines, *notes], True


def _describe(difference: AppDifference, has_ids: bool) -> str:
    if not has_ids or not difference.cell_id:
        return str(difference)
    return f"{difference}, cell {difference.cell_id}"
