"""The fixture itself: what other browser tests rely on."""

from __future__ import annotations

from tests.browser.lab import Notebook


def test_cells_run_and_their_output_is_seen(notebook: Notebook) -> None:
    notebook.set_cells("x = 20", "x + 1")
    notebook.run_all()
    assert notebook.output(1) == "21"
    notebook.set_cell(0, "x = 40")
    notebook.run_cell(0)
    notebook.run_cell(1)
    assert notebook.output(1) == "41"
    assert notebook.output(notebook.run("print(x)")) == "40"


def test_fresh_notebook_has_a_kernel_of_its_own(notebook: Notebook, fresh) -> None:
    notebook.run("shared = 1")
    other = fresh("'shared' in globals()")
    other.run_all()
    assert other.output(0) == "False"
    notebook.activate()
    assert notebook.output(notebook.run("shared")) == "1"


def test_themes_switch(notebook: Notebook, theme) -> None:
    theme("dark")
    theme("light")
