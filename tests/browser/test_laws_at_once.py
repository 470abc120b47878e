"""What the extension tells of cells reaches the app before anything else runs (L3)."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.browser.lab import Notebook

APP = """%load_ext werkbook
from werkbook import App, serving
app = App("__main__")
server = serving.serve(app)
print(server.url)"""
ONE = "@app.get('/one')\ndef one():\n    return 'one'"
TWO = "@app.get('/two')\ndef two():\n    return 'two'"
BOTH = (200, 200)


class Opened:
    """A notebook whose app is asked over the network, past the kernel's main thread."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.url = notebook.wait_output(0, "http").split()[-1].rstrip("/")

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def statuses(self) -> tuple[int, int]:
        return self.status("/one"), self.status("/two")

    def becomes(self, *expected: int) -> bool:
        return bool(self.notebook.wait(lambda: self.statuses() == expected, 5))

    def command(self, name: str, index: int | None = None) -> None:
        self.notebook.page.evaluate(
            """async ([name, index]) => {
              const notebook = jupyterapp.shell.currentWidget.content;
              if (index !== null) { notebook.activeCellIndex = index; }
              notebook.deselectAll();
              await jupyterapp.commands.execute(name);
            }""",
            [name, index],
        )


@pytest.fixture
def opened(fresh: Callable[..., Notebook]) -> Opened:
    notebook = fresh(APP, ONE, TWO)
    notebook.run_all()
    opened = Opened(notebook)
    assert opened.becomes(*BOTH)
    return opened


def test_deleted_and_undone(opened: Opened) -> None:
    opened.command("notebook:delete-cell", 1)
    assert opened.becomes(404, 200)
    opened.command("notebook:undo-cell-action")
    assert opened.becomes(*BOTH)


def test_cut_and_pasted(opened: Opened) -> None:
    opened.command("notebook:cut-cell", 1)
    assert opened.becomes(404, 200)
    opened.command("notebook:paste-cell-below")
    assert opened.becomes(*BOTH)


def test_several_at_once(opened: Opened) -> None:
    opened.notebook.page.evaluate(
        """async () => {
          const notebook = jupyterapp.shell.currentWidget.content;
          notebook.activeCellIndex = 1;
          notebook.extendContiguousSelectionTo(2);
          await jupyterapp.commands.execute('notebook:cut-cell');
        }"""
    )
    assert opened.becomes(404, 404)
    opened.command("notebook:paste-cell-above", 0)
    assert opened.becomes(*BOTH)


def test_deleted_in_a_second_view_whose_first_is_closed(opened: Opened) -> None:
    page = opened.notebook.page
    page.evaluate(
        """async () => {
          const first = jupyterapp.shell.currentWidget;
          await jupyterapp.commands.execute('docmanager:clone');
          const second = [...jupyterapp.shell.widgets('main')].find(
            (one) => one !== first && one.context === first.context);
          await second.revealed;
          first.close();
          jupyterapp.shell.activateById(second.id);
        }"""
    )
    opened.notebook.wait_ready()
    opened.command("notebook:delete-cell", 1)
    assert opened.becomes(404, 200)


def test_turned_into_text_and_back(opened: Opened) -> None:
    opened.command("notebook:change-cell-to-markdown", 2)
    assert opened.becomes(200, 404)
    opened.command("notebook:change-cell-to-code", 2)
    assert opened.becomes(*BOTH)


def test_merged_and_undone(opened: Opened) -> None:
    """The merged cell is a new one, which did not run yet."""
    opened.command("notebook:merge-cell-below", 1)
    assert opened.becomes(404, 404)
    opened.command("notebook:undo-cell-action")
    assert opened.becomes(*BOTH)


def test_reverted_to_a_checkpoint(opened: Opened) -> None:
    opened.notebook.page.evaluate(
        """async () => {
          const {context} = jupyterapp.shell.currentWidget;
          await context.save();
          await context.createCheckpoint();
        }"""
    )
    opened.command("notebook:delete-cell", 2)
    assert opened.becomes(200, 404)
    opened.notebook.page.evaluate(
        """async () => {
          const {context} = jupyterapp.shell.currentWidget;
          await context.restoreCheckpoint();
          await context.revert();
        }"""
    )
    assert opened.becomes(*BOTH)


def test_moved_to_another_notebook(
    opened: Opened, fresh: Callable[..., Notebook]
) -> None:
    """There it is another cell, which did not run yet."""
    opened.command("notebook:cut-cell", 1)
    assert opened.becomes(404, 200)
    fresh("1")
    opened.command("notebook:paste-cell-below", 0)
    assert opened.becomes(404, 200)


def test_deleted_while_another_cell_runs(opened: Opened) -> None:
    index = opened.notebook.add_cell("while not stop:\n    pass")
    opened.notebook.run("stop = False")
    opened.notebook.start_cell(index)
    opened.command("notebook:delete-cell", 1)
    assert opened.becomes(404, 200)
    opened.command("notebook:interrupt-kernel")


@pytest.mark.parametrize("name", ["delete-cell", "change-cell-to-markdown"])
def test_gone_while_its_request_is_waited_for(opened: Opened, name: str) -> None:
    """The kernel is free at once: nobody sees an answer, or could press Stop."""
    notebook = opened.notebook
    notebook.run(
        "import threading\ngo = threading.Event()\n"
        "@app.get('/slow')\ndef slow():\n    go.wait(600)\n    return ''"
    )
    index = notebook.add_cell("%http /slow --timeout=600")
    notebook.start_cell(index)
    waiting = notebook.cell(index).locator(".wb-card-waiting")
    expect(waiting).to_contain_text("waiting for GET /slow")
    opened.command(f"notebook:{name}", index)
    # What is queued behind an interrupted cell does not run, so it is asked again.
    free = notebook.add_cell("go.set(); 'free'")
    assert notebook.wait(lambda: notebook.start_cell(free) or notebook.outputs(free))


def test_edited_cell_is_marked_in_routes(opened: Opened) -> None:
    index = opened.notebook.run("%routes")
    assert "*" not in opened.notebook.wait_output(index, "/two")
    opened.notebook.set_cell(2, TWO.replace("'two'", "'2'"))
    opened.notebook.run_cell(index)
    opened.notebook.wait_output(index, r"\[3\]\*")


def test_closed_page_leaves_the_app_and_its_next_one_finds_it(opened: Opened) -> None:
    notebook = opened.notebook
    notebook.page.evaluate("() => jupyterapp.shell.currentWidget.context.save()")
    notebook.page.goto(notebook.lab.page_url(notebook.path))
    notebook.wait_ready()
    assert opened.statuses() == BOTH
    opened.command("notebook:delete-cell", 1)
    assert opened.becomes(404, 200)


def test_nothing_is_sent_while_nothing_happens(opened: Opened) -> None:
    """A second passes in which the kernel and the page say nothing to each other."""
    notebook = opened.notebook
    notebook.page.evaluate(
        """() => {
          window.lastSaid = performance.now();
          const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
          kernel.anyMessage.connect(() => { window.lastSaid = performance.now(); });
        }"""
    )
    quiet = "() => performance.now() - window.lastSaid > 1000"
    assert notebook.wait(lambda: notebook.page.evaluate(quiet), 10)
