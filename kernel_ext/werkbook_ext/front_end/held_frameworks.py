"""Apps of FastAPI, Starlette, FastHTML and Bottle: live once they are imported."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import frameworks, serving

from ..notebook import LiveCells, RunEnd
from ..notebook.late_imports import when_imported
from ..output.notes import show_note
from .notebook_front_end import keep_for_debugger


def install(shell: InteractiveShell, cells: LiveCells) -> Callable[[], None]:
    """Hold what those frameworks make from now on; return what ends the waiting.

    What the notebook has already is held as well.
    """
    ends = [
        when_imported(name, partial(_hold, shell, name)) for name in frameworks.ADAPTERS
    ]
    cells.subscribe(partial(_renew_lifespans, shell))

    def undo() -> None:
        for end in ends:
            end()

    return undo


def _hold(shell: InteractiveShell, name: str, module: Any) -> None:
    held = tuple(frameworks.hold(name, module))
    for value in list(shell.user_ns.values()):
        if isinstance(value, held):
            frameworks.adopt(value)


def _renew_lifespans(shell: InteractiveShell, end: RunEnd) -> None:
    """Do the start-up of apps whose lifespan the cell has changed."""
    for server in serving.servers():
        try:
            frameworks.renew_lifespan(server.app)
        except Exception as error:
            keep_for_debugger(shell, error)
            told = f"{type(error).__name__}: {error}"
            show_note([f"The app's start-up failed: {told}"], is_warning=True)
