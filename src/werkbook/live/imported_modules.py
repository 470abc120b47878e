"""A module that a cell imports owns what its code registers.

The cell that imports it runs again without executing the module, so what the module
registered must not go with the cell's previous run. It is replaced when the module is
executed again: by `importlib.reload`, `%autoreload`, or an import after its removal
from `sys.modules`.
"""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

from ..registrations.ledger import in_run, ledger
from ..registrations.owners import Owner, owned_by

_exec_module: Any = SourceFileLoader.exec_module


def watch() -> None:
    """Note from now on which module is executed."""
    SourceFileLoader.exec_module = _exec_owned  # type: ignore[method-assign, assignment]  # the seam


def unwatch() -> None:
    """No longer note which module is executed."""
    SourceFileLoader.exec_module = _exec_module  # type: ignore[method-assign]  # the seam


def _exec_owned(self: SourceFileLoader, module: ModuleType) -> None:
    if not in_run():
        _exec_module(self, module)
        return
    owner = Owner(f"module:{module.__name__}", module.__name__)
    run = ledger.begin_module(owner)
    succeeded = False
    try:
        with owned_by((owner,)):
            _exec_module(self, module)
        succeeded = True
    finally:
        ledger.end_module(run, succeeded=succeeded)
