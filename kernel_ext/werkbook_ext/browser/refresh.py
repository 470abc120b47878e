"""After a cell ran: show the pages anew that it can have changed."""

from __future__ import annotations

import weakref
from typing import Any
from wsgiref.types import WSGIApplication

from werkbook import live

from .background import start
from .conversation import View
from .widget import Browser


class Watch:
    """Follows the cells of one notebook for its mini browsers."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._changes: list[Any] = []
        self._followed: list[tuple[weakref.ref[Browser], WSGIApplication]] = []
        live.subscribe(self._changes.append)
        shell.events.register("post_run_cell", self._post_run_cell)

    def follow(self, browser: Browser, app: WSGIApplication) -> None:
        """Keep the pages of a browser up to date."""
        if all(known() is not browser for known, _ in self._followed):
            self._followed.append((weakref.ref(browser), app))

    def cell_ran(self, changes: Any, result: Any) -> None:
        """Show anew what a cell changed; returns before it is shown."""
        for known, _ in self._followed:
            browser = known()
            if browser is not None and browser.is_live:
                for view in list(browser.conversation.views.values()):
                    refresh_soon(browser, view)

    def _post_run_cell(self, result: Any) -> None:
        changes, self._changes[:] = list(self._changes), []
        self.cell_ran(changes, result)


def refresh_soon(browser: Browser, view: View) -> None:
    start(lambda: browser.conversation.refresh(view))


_watches: weakref.WeakKeyDictionary[Any, Watch] = weakref.WeakKeyDictionary()


def watch_of(shell: Any) -> Watch:
    """Return the watch of a notebook; the same one each time."""
    watch = _watches.get(shell)
    if watch is None:
        watch = _watches[shell] = Watch(shell)
    return watch
