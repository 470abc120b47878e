"""What a notebook drives: runs of cells, deletions, and the apps that there are.

`from werkbook import live` is how a front end uses it: `live.begin(owner)`. The other
modules here make an app of a cell the same object when the cell runs again
(`instances`, law L4), give modules that a cell imports what they register
(`imported_modules`), and hold the template and static cells (`notebook_cells`).

Imports `registrations` and `typing`. Everything from `templating` up may import it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..registrations.changes import Changes, Takeover
from ..registrations.ledger import Run
from ..registrations.owners import Owner, current_owner
from ..registrations.registration import Registration
from ..typing import FrontEnd
from .notebook_cells import NotebookCells, notebook

if TYPE_CHECKING:
    from .control import (
        RuleInfo,
        apps,
        before_requests,
        begin,
        commit,
        disable,
        enable,
        forget,
        is_enabled,
        is_running,
        list_registrations,
        owners,
        recall,
        roll_back,
        rules,
        set_front_end,
        subscribe,
        tell_methods,
    )

__all__ = [
    "Changes",
    "FrontEnd",
    "NotebookCells",
    "Owner",
    "Registration",
    "RuleInfo",
    "Run",
    "Takeover",
    "apps",
    "before_requests",
    "begin",
    "commit",
    "current_owner",
    "disable",
    "enable",
    "forget",
    "is_enabled",
    "is_running",
    "list_registrations",
    "notebook",
    "owners",
    "recall",
    "roll_back",
    "rules",
    "set_front_end",
    "subscribe",
    "tell_methods",
]


def __getattr__(name: str) -> Any:
    # Start-up time: an app imports this package, and only a front end controls it.
    if name in __all__:
        value = globals()[name] = getattr(import_module(".control", __name__), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
