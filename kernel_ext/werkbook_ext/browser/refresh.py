"""Show pages anew after a cell ran that can have changed them.

A page is shown anew when its rule, its view's code or globals that this reads, its
templates, static files or hooks became other ones. Any other cell leaves it alone.
"""

from __future__ import annotations

import re
import weakref
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIApplication

from werkbook import live
from werkbook.live import Changes

from ..page_usage.reads import State, touched_names
from ..page_usage.usage import functions_used, is_touched, names_used
from .browser_view import BrowserView
from .browser_widget import Browser

# These calls run code that is not in the cell and so cannot be read here.
OPAQUE = re.compile(
    r"\breload\s*\(|run_line_magic\('(?:run|load|autoreload|reload_ext)'"
)


@dataclass(frozen=True)
class PageDependencies:
    """What a page depended on before a cell ran."""

    state: State
    functions: list[int]


class Watch:
    """Follows the cells of one notebook for its mini browsers.

    Args:
        shell: The notebook's shell; its events are listened to from now on.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._told: list[Changes] = []
        self._before: dict[str, PageDependencies] = {}
        self._browsers: list[tuple[weakref.ref[Browser], WSGIApplication]] = []
        self._started: set[str] = set()
        self._unsubscribe = live.subscribe(self._take)
        shell.events.register("pre_run_cell", self._pre_run_cell)
        shell.events.register("post_run_cell", self._post_run_cell)

    def follow(self, browser: Browser, app: WSGIApplication) -> None:
        """Keep the pages of a browser up to date."""
        if all(known() is not browser for known, _ in self._browsers):
            self._browsers.append((weakref.ref(browser), app))

    def close(self) -> None:
        """Stop listening; pages stay as they are from now on."""
        self._unsubscribe()
        self._shell.events.unregister("pre_run_cell", self._pre_run_cell)
        self._shell.events.unregister("post_run_cell", self._post_run_cell)

    def cell_ran(self, changes: list[Changes], result: Any) -> list[BrowserView]:
        """Show anew what a cell changed; returns those views, before they are shown.

        Args:
            changes: What the cell registered and took back.
            result: IPython's ExecutionResult.
        """
        source = executed_source(result)
        found = []
        for browser, app, view in self._views():
            if view.id in self._started:
                found.append(view)
            elif self._is_changed(app, view, changes, source):
                found.append(view)
                refresh_soon(browser, view)
        self._started.clear()
        return found

    def _take(self, changes: Changes) -> None:
        """Note what changed, and begin to load the pages that it touches.

        Other listeners show what the cell registered; a page need not wait for them.
        """
        self._told.append(changes)
        names = self._shell.user_ns
        is_end_of_run = not live.is_running()
        for browser, app, view in self._views():
            if is_touched(changes, app, view.usage, names):
                # A deletion beside a cell says nothing of what that cell will change.
                if is_end_of_run:
                    self._started.add(view.id)
                refresh_soon(browser, view)

    def _is_changed(
        self, app: Any, view: BrowserView, changes: list[Changes], source: str
    ) -> bool:
        if OPAQUE.search(source):
            return True
        names = self._shell.user_ns
        if any(is_touched(one, app, view.usage, names) for one in changes):
            return True
        before = self._before.get(view.id)
        if before is None:
            return False
        if is_foreign(app) and before.functions != identities(app, view):
            return True
        return bool(before.state.changed(lambda: touched_names(source, names)))

    def _views(self) -> list[tuple[Browser, Any, BrowserView]]:
        self._browsers = [one for one in self._browsers if one[0]() is not None]
        return [
            (browser, app, view)
            for known, app in self._browsers
            if (browser := known()) is not None and browser.is_live
            for view in list(browser.conversation.views.values())
        ]

    def _pre_run_cell(self, info: Any) -> None:
        names = self._shell.user_ns
        # Changes that came before the cell began are judged again when it has ended.
        self._started.clear()
        self._before = {
            view.id: PageDependencies(
                State(names_used(app, view.usage, names), names),
                identities(app, view) if is_foreign(app) else [],
            )
            for _, app, view in self._views()
        }

    def _post_run_cell(self, result: Any) -> None:
        changes, self._told[:] = list(self._told), []
        self.cell_ran(changes, result)


def is_foreign(app: Any) -> bool:
    """Tell whether an app is another framework's, which tells of no changes."""
    return app not in live.apps()


def identities(app: Any, view: BrowserView) -> list[int]:
    return [id(function) for function in functions_used(app, view.usage)]


def executed_source(result: Any) -> str:
    """Return a cell's code as Python, magics turned into calls."""
    info = getattr(result, "info", None)
    text = getattr(info, "transformed_cell", None) or getattr(info, "raw_cell", None)
    return str(text or "")


def refresh_soon(browser: Browser, view: BrowserView) -> None:
    """Refresh a view beside the cell that runs."""
    view.refreshing.ask(lambda: browser.conversation.refresh(view))


_watches: weakref.WeakKeyDictionary[Any, Watch] = weakref.WeakKeyDictionary()


def get_watch(shell: Any) -> Watch:
    """Return the watch of a notebook; the same one each time."""
    watch = _watches.get(shell)
    if watch is None:
        watch = _watches[shell] = Watch(shell)
    return watch


def close_watch(shell: Any) -> None:
    """Stop following the cells of a notebook, if its pages were followed."""
    watch = _watches.pop(shell, None)
    if watch is not None:
        watch.close()


def cell_ran(changes: list[Changes], result: Any, shell: Any) -> None:
    """Tell the mini browsers of a notebook that a cell ran; see `Watch.cell_ran`."""
    watch = _watches.get(shell)
    if watch is not None:
        watch.cell_ran(changes, result)
