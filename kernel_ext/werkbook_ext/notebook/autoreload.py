"""`%autoreload` executes a module that registered as a whole.

IPython's newer algorithm runs no more than the definitions that changed in the file.
What the module registered before would stay beside it.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from werkbook import live

_MODULE = "IPython.extensions.deduperreload.deduperreload"
_original: Any = None


def watch() -> None:
    """Look after `%autoreload`, as soon as its code is loaded; cheap to repeat."""
    global _original
    module = sys.modules.get(_MODULE)
    if module is None or _original is not None:
        return
    reloader: Any = getattr(module, "DeduperReloader", None)
    _original = getattr(reloader, "maybe_reload_module", None)
    if _original is not None:
        reloader.maybe_reload_module = _patched_unless_it_registered


def unwatch() -> None:
    """Leave `%autoreload` as IPython made it."""
    global _original
    if _original is not None:
        reloader: Any = sys.modules[_MODULE]
        reloader.DeduperReloader.maybe_reload_module = _original
        _original = None


def _patched_unless_it_registered(reloader: Any, module: ModuleType) -> bool:
    """Say that the module could not be patched: then IPython executes it again."""
    if live.list_registrations(f"module:{module.__name__}"):
        return False
    return bool(_original(reloader, module))
