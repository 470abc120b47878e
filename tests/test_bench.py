"""`make bench`: pages that keep their prose, and benchmarks that say what they lack."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bench import peers, plot, run

ROOT = Path(__file__).parents[1]


def test_page_keeps_its_prose(tmp_path: Path) -> None:
    """Only what stands between the markers is measured anew."""
    page = tmp_path / "cells.md"
    page.write_text(f"# Title\n\nBefore.\n\n{run.BEGIN}\nold\n{run.END}\n\nAfter.\n")
    run.update(page, "cells", f"{run.BEGIN}\nnew\n{run.END}")
    text = f"# Title\n\nBefore.\n\n{run.BEGIN}\nnew\n{run.END}\n\nAfter.\n"
    assert page.read_text() == text


def test_new_page_begins_with_the_docstring(tmp_path: Path) -> None:
    """A benchmark without a page gets one that says what it measures."""
    page = tmp_path / "cells.md"
    run.update(page, "cells", "figures")
    assert page.read_text().startswith(
        "# What the hooks around each cell cost\n\nAn app"
    )
    assert page.read_text().endswith("figures\n")


def test_failed_benchmark_leaves_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a benchmark printed before it failed is no figure."""
    (tmp_path / "broken.py").write_text("print('half')\nraise SystemExit(1)\n")
    pages = tmp_path / "pages"
    monkeypatch.setattr(run, "HERE", tmp_path)
    monkeypatch.setattr(run, "PAGES", pages)
    monkeypatch.setattr(sys, "argv", ["run.py"])
    assert run.main() == 1
    assert list(pages.iterdir()) == []
    assert capsys.readouterr().out.endswith("failed: broken\n")


def test_missing_peer_is_named() -> None:
    """A benchmark without a peer says which, and the command."""
    with pytest.raises(SystemExit) as raised:
        peers.require("sys", "no_such_peer")
    assert str(raised.value) == (
        "This benchmark compares with no_such_peer, not installed here.\n"
        "  Why: peers are no dependency of Werkbook.\n"
        "  Fix: run 'make bench', or: python -m pip install no_such_peer"
    )


def test_benchmarks_can_be_asked_for_by_name() -> None:
    """A name that is none is an error that lists them."""
    command = [sys.executable, str(ROOT / "bench/run.py"), "nothing"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no benchmark 'nothing'; there are cards, cells," in done.stderr


def test_figures_are_drawn_as_bars() -> None:
    """A row of text, or of a table, is a label and a bar for each of its numbers."""
    text = (
        "a title without figures\nwerkbook      12.5 ms   1.00 x\nflask  1,250 ms  2 x"
    )
    table = "| app | ms | ratio |\n| --- | ---: | ---: |\n| flask | 1,250 | 2 |"
    assert plot.read_rows(text) == [
        plot.Row("werkbook", (12.5, 1.0)),
        plot.Row("flask", (1250.0, 2.0)),
    ]
    assert plot.read_rows(table) == [plot.Row("flask", (1250.0, 2.0))]
    picture = plot.draw(text, "A title")
    assert picture is not None
    assert picture.count("<rect") == 5
    assert ">1,250<" in picture


def test_page_shows_the_picture_of_its_figures(tmp_path: Path) -> None:
    """It stands above the figures, in a file beside the page."""
    shown = run.plot_beside(tmp_path / "cells.md", "pre_run_cell  0.0120 ms")
    assert "cells.svg" in run.block("python bench/cells.py", "0.0120 ms", 0.0, shown)
    assert (tmp_path / "cells.svg").read_text().startswith("<svg")
    assert run.plot_beside(tmp_path / "none.md", "no figures") == ""
