"""The live app is what the cells say, however a person moves them about in Lab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.browser.lab import Notebook

APP = """%load_ext werkbook
from werkbook import App
app = App("__main__")
def ask(*urls):
    return [app.test_client().get(url).status_code for url in urls]"""
ONE = "@app.get('/one')\ndef one():\n    return 'one'"
TWO = "@app.get('/two')\ndef two():\n    return 'two'"
SAME = "Restart and Run All gives this app."


@pytest.fixture
def opened(fresh: Callable[..., Notebook]) -> Notebook:
    notebook = fresh(APP, ONE, TWO)
    notebook.run_all()
    assert answers(notebook) == "[200, 200]"
    return notebook


def answers(notebook: Notebook) -> str:
    """Ask for both pages in a cell that does not stay."""
    index = notebook.run("ask('/one', '/two')")
    shown = notebook.wait_output(index, r"\[")
    notebook.delete_cell(index)
    return shown


def check(notebook: Notebook) -> str:
    index = notebook.run("%check")
    shown = notebook.wait_output(index, "Restart")
    notebook.delete_cell(index)
    return shown


def command(notebook: Notebook, name: str, index: int | None = None) -> None:
    notebook.page.evaluate(
        """async ([name, index]) => {
          const notebook = jupyterapp.shell.currentWidget.content;
          if (index !== null) { notebook.activeCellIndex = index; }
          notebook.deselectAll();
          await jupyterapp.commands.execute(name);
        }""",
        [name, index],
    )


def save(notebook: Notebook) -> None:
    command(notebook, "docmanager:save")


def rename(notebook: Notebook, path: str) -> None:
    """Give the notebook's file another name, its kernel being alive."""
    notebook.page.evaluate(
        "async (path) => void await jupyterapp.shell.currentWidget.context.rename(path)",
        path,
    )
    notebook.path = path
    notebook.wait_ready()


def share_kernel(notebook: Notebook, other: Notebook) -> None:
    """Run the cells of the notebook in front in the kernel of another one."""
    notebook.page.evaluate(
        """async (path) => {
          const widgets = [...jupyterapp.shell.widgets('main')];
          const {id} = widgets.find((one) => one.context?.path === path)
            .sessionContext.session.kernel;
          await jupyterapp.shell.currentWidget.sessionContext.changeKernel({id});
        }""",
        other.path,
    )
    notebook.wait_ready()


def test_deletion_and_its_undoing(opened: Notebook) -> None:
    opened.delete_cell(1)
    assert answers(opened) == "[404, 200]"
    assert check(opened).splitlines()[0] == SAME
    opened.add_cell(ONE)  # another cell with the same text is not that cell
    assert answers(opened) == "[404, 200]"
    opened.run_cell(opened.cell_count() - 1)
    assert answers(opened) == "[200, 200]"


def test_cut_and_paste_comes_back_at_once(opened: Notebook) -> None:
    """JupyterLab's extension tells of both steps; no save is waited for."""
    command(opened, "notebook:cut-cell", 1)
    assert answers(opened) == "[404, 200]"
    command(opened, "notebook:paste-cell-below", 1)
    assert answers(opened) == "[200, 200]"
    assert check(opened) == SAME
    save(opened)
    assert answers(opened) == "[200, 200]"
    assert check(opened) == SAME


def test_cell_that_became_text_and_code_again(opened: Notebook) -> None:
    command(opened, "notebook:change-cell-to-markdown", 1)
    save(opened)
    assert answers(opened) == "[404, 200]"
    assert check(opened) == SAME
    command(opened, "notebook:change-cell-to-code", 1)
    save(opened)
    assert answers(opened) == "[200, 200]"


def test_merged_cells_say_nothing_until_they_run(opened: Notebook) -> None:
    opened.page.evaluate(
        """() => {
          const notebook = jupyterapp.shell.currentWidget.content;
          notebook.activeCellIndex = 1;
          notebook.deselectAll();
        }"""
    )
    command(opened, "notebook:merge-cell-below", 1)
    save(opened)
    assert answers(opened) == "[404, 404]"
    assert "did not run" in check(opened)
    opened.run_cell(1)
    assert answers(opened) == "[200, 200]"
    assert check(opened) == SAME


def test_renamed_notebook_is_followed(opened: Notebook) -> None:
    rename(opened, "renamed_laws.ipynb")
    command(opened, "notebook:change-cell-to-markdown", 1)
    save(opened)
    assert answers(opened) == "[404, 200]"
    command(opened, "notebook:change-cell-to-code", 1)
    save(opened)
    assert answers(opened) == "[200, 200]"


def test_second_notebook_on_the_kernel_keeps_what_it_registered(
    opened: Notebook, fresh: Callable[..., Notebook]
) -> None:
    second = fresh("'nothing yet'")
    share_kernel(second, opened)
    second.run("@app.get('/three')\ndef three():\n    return 'three'")
    opened.activate()
    opened.add_cell("'a save'")
    save(opened)
    asked = opened.run("ask('/one', '/two', '/three')")
    assert opened.wait_output(asked, r"\[") == "[200, 200, 200]"
