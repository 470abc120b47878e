"""The exchanges of an app that its server, or this process, remembers."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import serving

from ..notebook.apps import named_apps
from .sessions import find_ring


def list_exchanges(shell: InteractiveShell, app: Any) -> list[serving.Exchange]:
    """Return the exchanges of an app that are remembered, oldest first."""
    if app is None or not any(value is app for _, value in named_apps(shell)):
        return []
    return list(find_ring(app) or ())
