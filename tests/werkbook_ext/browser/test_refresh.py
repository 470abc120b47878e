"""Which cells refresh which pages, without a front end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from werkbook import live
from werkbook_ext.browser import refresh
from werkbook_ext.browser.browser_view import BrowserView
from werkbook_ext.browser.refresh import Watch, close_watch, get_watch
from werkbook_ext.page_usage.usage import Usage

APP = """from werkbook import App, render_template
app = App()
items = []
@app.get("/")
def index(): return render_template("a.html", items=items)
@app.get("/other")
def other(): return "other" """


# What a cell owned in another test would go when one of its id runs.
_numbers = itertools.count()


class FakeBrowser:
    """A browser with one view of `/`, which notes that it is to be refreshed."""

    def __init__(self) -> None:
        self.is_live = True
        self.conversation = self
        usage = Usage()
        usage.note("GET", "/", "index")
        self.views = {"v": BrowserView("v", [], usage=usage)}


class Page:
    """A notebook whose cells are run, and whether the page was refreshed."""

    def __init__(self, shell: InteractiveShell, refreshed: list[str]) -> None:
        self._shell = shell
        self._refreshed = refreshed

    def refreshes(self, act: Callable[[], object]) -> int:
        self._refreshed.clear()
        act()
        return len(self._refreshed)

    def is_refreshed_by(self, source: str, cell_id: str = "") -> bool:
        self._refreshed.clear()
        self._shell.run_cell(source, cell_id=cell_id or f"refresh {next(_numbers)}")
        return bool(self._refreshed)


@pytest.fixture
def page(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    refreshed: list[str] = []
    monkeypatch.setattr(
        refresh, "refresh_soon", lambda browser, view: refreshed.append(view.id)
    )
    shell.run_cell(APP, cell_id="app")
    shell.run_cell_magic("template", "base.html", "{% block b %}{% endblock %}")
    shell.run_cell_magic("template", "a.html", "{% extends 'base.html' %}")
    browser: Any = FakeBrowser()
    watch: Watch = get_watch(shell)
    watch.follow(browser, shell.user_ns["app"])
    yield Page(shell, refreshed)
    close_watch(shell)


@pytest.mark.parametrize(
    ("source", "matters"),
    [
        ("1 + 1", False),
        ("unrelated = 2", False),
        ("len(items)", False),
        ("items.append(1)", True),
        ("items = [1]", True),
        ("%%template a.html\nnew", True),
        ("%%template base.html\nnew", True),
        ("%%template unused.html\nnew", False),
        ("@app.get('/more')\ndef more(): return ''", False),
        ("@app.get('/other')\ndef other2(): return ''", False),
        ("@app.before_request\ndef hook(): pass", True),
        ("app.config['X'] = 1", True),
        ("@app.template_filter()\ndef shout(x): return x", True),
        ("raise ValueError", False),
        ("items.append(1); raise ValueError", True),
    ],
)
def test_cell_refreshes_what_it_changed(
    page: Page, source: str, matters: bool, capsys: Any
) -> None:
    assert page.is_refreshed_by(source) is matters


def test_registration_that_is_taken_back_refreshes(page: Page, capsys: Any) -> None:
    assert page.is_refreshed_by("@app.after_request\ndef f(r): return r", "hook")
    assert page.is_refreshed_by("None", "hook")


def test_failed_page_is_refreshed_by_any_registration(page: Page, capsys: Any) -> None:
    watch = get_watch(page._shell)
    _, _, view = watch._views()[0]
    view.usage.is_failed = True
    assert page.is_refreshed_by("@app.get('/more')\ndef more(): return ''")


def test_each_deletion_and_each_return_refreshes(page: Page, capsys: Any) -> None:
    """No cell runs between them, and the last one decides what the page is."""
    hook = "@app.after_request\ndef f(r): return r"
    assert page.is_refreshed_by(hook, "deleted")
    for _ in range(2):
        assert page.refreshes(lambda: live.forget("deleted")) == 1
        assert page.refreshes(lambda: live.recall("deleted")) == 1


def test_deletion_beside_a_cell_does_not_hide_what_the_cell_changed(
    page: Page, capsys: Any
) -> None:
    page._shell.run_cell("from werkbook import live", cell_id="live")
    hook = "@app.after_request\ndef f(r): return r"
    assert page.is_refreshed_by(hook, "deleted")
    source = "live.forget('deleted'); items.append(1)"
    run = lambda: page._shell.run_cell(source, cell_id="deletes")  # noqa: E731
    assert page.refreshes(run) == 2


def test_closed_watch_hears_nothing(page: Page, capsys: Any) -> None:
    close_watch(page._shell)
    assert not page.is_refreshed_by("items.append(1)")
