"""What a cell shows while a proof works, and what is left of it."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook_ext.output import progress

CELL = """
from werkbook_ext.output.progress import CellProgress
print("said before")
told = CellProgress()
told.step("asking for /")
told.done()
told.give_way({text!r})
"""


@pytest.mark.parametrize("after_s", [-1.0, 1000.0])
def test_report_takes_the_place_of_the_line(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, after_s: float
) -> None:
    """A long proof and a short one show the same; what was printed before stays."""
    monkeypatch.setattr(progress, "AFTER_S", after_s)
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    ran = ShellNotebook(shell).run("told", CELL.format(text="Proved"))
    assert ran.text == "said before\nProved\n"


def test_nothing_but_the_report_is_shown_where_nbval_runs_the_cell(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbval keeps the first of what a cell shows in one place."""
    monkeypatch.setattr(progress, "AFTER_S", -1.0)
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tour.ipynb::Cell 0 (setup)")
    ran = ShellNotebook(shell).run("told", CELL.format(text="Proved"))
    _, report = ran.outputs
    assert (report["data"]["text/plain"], report["display_id"]) == ("Proved", None)


def test_line_is_empty_after_a_failure(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no report follows, nothing of the line can be read any more."""
    monkeypatch.setattr(progress, "AFTER_S", -1.0)
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    ran = ShellNotebook(shell).run("told", CELL.format(text=""))
    assert ran.text == "said before\n\n"
