"""What a notebook drives: runs of cells, deletions, and the apps that there are.

`from werkbook import live` is how a front end uses it: `live.begin(owner)`. The other
modules here make an app of a cell the same object when the cell runs again
(`instances`, law L4), give modules that a cell imports what they register (`modules`),
and hold the template and static cells (`notebook_cells`).

Imports `registrations` and `typing`. Everything from `templating` up may import it.
"""

from __future__ import annotations

from .control import (
    Changes,
    FrontEnd,
    Notebook,
    Owner,
    Registration,
    RuleInfo,
    Run,
    Takeover,
    apps,
    before_requests,
    begin,
    commit,
    current_owner,
    disable,
    enable,
    forget,
    is_enabled,
    notebook,
    owners,
    recall,
    registrations_of,
    roll_back,
    rules,
    set_front_end,
    subscribe,
)

__all__ = [
    "Changes",
    "FrontEnd",
    "Notebook",
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
    "notebook",
    "owners",
    "recall",
    "registrations_of",
    "roll_back",
    "rules",
    "set_front_end",
    "subscribe",
]
