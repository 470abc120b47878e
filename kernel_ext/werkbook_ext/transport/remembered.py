"""The exchanges of an app that its server, or this process, remembers."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import serving

from ..notebook.apps import named_apps
from .sessions import ORIGIN, InProcessAdapter, session_for


def list_exchanges(shell: InteractiveShell, app: Any) -> list[serving.Exchange]:
    """Return the exchanges of an app that are remembered, oldest first."""
    if app is None or not any(value is app for _, value in named_apps(shell)):
        return []
    server = serving.find_server(app)
    if server is not None:
        return list(server.exchanges)
    # Without sockets the app is called in this process; no server is started here.
    adapter = session_for(shell, app).get_adapter(f"{ORIGIN}/")
    return list(adapter.ring) if isinstance(adapter, InProcessAdapter) else []
