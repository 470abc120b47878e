"""Which run of which cell sent a request: the same request can have several answers."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import live
from werkbook.serving import Exchange

from .cells import current_run

MAX_KEPT = 400  # twice what a server remembers


@dataclass(frozen=True)
class AskingRun:
    """One run of a cell.

    Attributes:
        cell_id: The cell that owns what runs.
        run: Tells its runs apart.
    """

    cell_id: str
    run: Any


_askers: weakref.WeakKeyDictionary[InteractiveShell, OrderedDict[str, AskingRun]]
_askers = weakref.WeakKeyDictionary()


def note_asker(shell: InteractiveShell | None, token: str) -> None:
    """Note that the cell that runs sent the request whose exchange has this token."""
    owner = live.current_owner()
    if shell is None or owner is None or not token:
        return
    known = _askers.setdefault(shell, OrderedDict())
    known[token] = AskingRun(owner.id, current_run(shell))
    while len(known) > MAX_KEPT:
        known.popitem(last=False)


def find_asker(shell: InteractiveShell, exchange: Exchange) -> AskingRun | None:
    """Return who sent an exchange's request; None for a page, a program, a button."""
    known = _askers.get(shell)
    return known.get(exchange.token or "") if known is not None else None
