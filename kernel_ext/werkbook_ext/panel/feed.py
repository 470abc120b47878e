"""Sends the state of the apps to pages: soon after a change, and never without one."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import live, serving
from werkbook.system import this_system

from ..browser.browsers import tab_address
from ..front_end.link import Link
from ..notebook.apps import named_apps
from ..notebook.live_cells import LiveCells
from ..transport.sessions import find_ring
from .state import find_app, read_state

PAUSE_S = 0.15
"""How long changes are collected before they are sent."""


class Feed:
    """Follows the apps of a shell as long as a page listens.

    Args:
        shell: The shell whose apps are followed.
        cells: Its cells.
        link: The line to the pages.
    """

    def __init__(self, shell: InteractiveShell, cells: LiveCells, link: Link) -> None:
        self.shell = shell
        self.cells = cells
        self.link = link
        self._lock = threading.Lock()
        self._call_off: Callable[[], None] | None = None
        self._sent: dict[str, Any] | None = None
        self._rings: weakref.WeakKeyDictionary[Any, Callable[[], None]]
        self._rings = weakref.WeakKeyDictionary()
        self._end_following = live.subscribe(lambda changes: self.plan())
        cells.subscribe(lambda end: self.plan())
        for kind in ("document", "cells", "sources"):
            self._plan_after(kind)
        link.takers |= {"tab": self.tell_tab, "stop": self.stop_server}

    def close(self) -> None:
        """Follow nothing any more."""
        self._end_following()
        for end_following in list(self._rings.values()):
            end_following()
        self._rings.clear()
        with self._lock:
            if self._call_off is not None:
                self._call_off()

    def plan(self) -> None:
        """Send the state soon, unless no page listens."""
        if not self.cells.documents or self.link.comm is None:
            return
        if not this_system().has_threads:
            self.send()
            return
        with self._lock:
            if self._call_off is None:
                self._call_off = this_system().start_later(
                    self._send_planned, PAUSE_S, "werkbook-panel"
                )

    def send(self) -> None:
        """Send the state, if it is another than the one that pages have."""
        self._follow_servers()
        state = read_state(self.shell, self.cells)
        if state != self._sent:
            self._sent = state
            self.link.send(state)

    def tell_tab(self, content: dict[str, Any]) -> None:
        """Tell which port opens an app in a tab of its own, and serve it there."""
        app, host = find_app(self.shell, content.get("app")), content.get("host")
        if app is not None and isinstance(host, str):
            this_system().start(
                lambda: self.link.send(
                    {"type": "tab", "id": content.get("id"), **tab_address(app, host)}
                ),
                "werkbook-tab",
            )

    def stop_server(self, content: dict[str, Any]) -> None:
        """Stop an app's server."""
        app = find_app(self.shell, content.get("app"))
        server = serving.find_server(app) if app is not None else None
        if server is not None:
            this_system().start(server.stop, "werkbook-stop")
            self.plan()

    def _plan_after(self, kind: str) -> None:
        take = self.link.takers[kind]

        def take_and_plan(content: dict[str, Any]) -> None:
            take(content)
            if kind == "document":
                self._sent = None  # a page that has just come has seen nothing yet
            self.plan()

        self.link.takers[kind] = take_and_plan

    def _send_planned(self) -> None:
        with self._lock:
            self._call_off = None
        self.send()

    def _follow_servers(self) -> None:
        """Hear of the requests to each app that is asked now."""
        for _, app in named_apps(self.shell):
            ring = find_ring(app)
            if ring is not None and ring not in self._rings:
                self._rings[ring] = ring.subscribe(lambda exchange: self.plan())
