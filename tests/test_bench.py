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


def test_benchmark_is_called_with_arguments_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page says with which."""
    (tmp_path / "words.py").write_text("import sys\nprint('words', *sys.argv[1:])\n")
    monkeypatch.setattr(run, "HERE", tmp_path)
    monkeypatch.setattr(run, "PAGES", tmp_path / "pages")
    monkeypatch.setattr(sys, "argv", ["run.py", "words --rounds 3"])
    assert run.main() == 0
    page = (tmp_path / "pages/words.md").read_text()
    assert "by `python bench/words.py --rounds 3` on" in page
    assert "```text\nwords --rounds 3\n```" in page


def blocks(output: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a picture shows: its blocks, and the label and the text of each bar."""
    made = [
        one for table in plot.read_tables(output) for one in plot.make_blocks(table)
    ]
    return [(one.title, [(bar.label, bar.text) for bar in one.bars]) for one in made]


def test_columns_of_one_kind_of_figure_are_compared() -> None:
    """Each column is a block, of text as of a table; what is no figure has no bar."""
    text = (
        "server          alone      crowd    ratio\n"
        "werkbook      1.50 ms    3.00 ms    2.0 x\n"
        "waitress      1.00 ms     inf ms    inf x\n"
    )
    assert blocks(text) == [
        ("alone", [("werkbook", "1.50 ms"), ("waitress", "1.00 ms")]),
        ("crowd", [("werkbook", "3.00 ms"), ("waitress", "inf ms")]),
        ("ratio", [("werkbook", "2.0 x"), ("waitress", "inf x")]),
    ]
    table = "| app | ms |\n| --- | ---: |\n| flask | 1,250 |\n| bottle | never |\n"
    assert blocks(table) == [("ms", [("flask", "1,250"), ("bottle", "never")])]
    table = "| ratio | 16 | target |\n| --- | --- | --- |\n| a : b | 3.20 | 3 |"
    assert blocks(table) == [("a : b", [("16", "3.20"), ("target", "3")])]
    table = "| app | ms |\n| --- | ---: |\n| flask | 1,250 |\n| bottle | never |\n"
    longest, none = plot.make_blocks(plot.read_tables(table)[0])[0].bars
    assert (longest.length, none.length) == (1.0, None)


def test_what_is_asked_stands_beside_what_was_measured() -> None:
    """The bars of a row are compared; seconds with milliseconds, too."""
    text = "a click  500 ms  at most 1 s\nmessages  0  0"
    asked, messages = plot.make_blocks(plot.read_tables(text)[0])
    assert [bar.label for bar in asked.bars] == ["measured", "asked"]
    assert [bar.length for bar in asked.bars] == [0.5, 1.0]
    assert [bar.length for bar in messages.bars] == [0.0, 0.0]


def test_apps_beside_each_other_are_compared_row_by_row() -> None:
    """The slowest app has the longest bar; Werkbook's stands out."""
    text = "workload    werkbook         flask    bottle\nhello  10.00 ( 1.00)  "
    text += "40.00 ( 4.00)  -"
    (hello,) = plot.make_blocks(plot.read_tables(text)[0])
    assert [(bar.label, bar.length) for bar in hello.bars] == [
        ("werkbook", 0.25),
        ("flask", 1.0),
    ]
    assert [bar.colour for bar in hello.bars[:2]] == [plot.BAR, plot.OTHER]


def test_what_is_said_between_rows_is_the_title_of_the_next() -> None:
    """Rows with the same labels are told apart by it."""
    text = "Register.\n  250 rules  15.3\nAgain.\n  250 rules  20.3\n"
    assert blocks(text) == [
        ("Register", [("250 rules", "15.3")]),
        ("Again", [("250 rules", "20.3")]),
    ]


def test_picture_has_a_bar_for_each_figure() -> None:
    """And a name for those who do not see it."""
    picture = plot.draw("werkbook      12.5 ms\nflask  1,250 ms", "A <title>")
    assert picture is not None
    assert picture.count("<rect") == 3
    assert ">1,250 ms<" in picture
    assert "<title>A &lt;title&gt;</title>" in picture
    assert plot.draw("no figures", "A title") is None


def test_page_shows_the_picture_of_its_figures(tmp_path: Path) -> None:
    """It stands above the figures, in a file beside the page."""
    shown = run.plot_beside(tmp_path / "cells.md", "pre_run_cell  0.0120 ms")
    assert "cells.svg" in run.block("python bench/cells.py", "0.0120 ms", 0.0, shown)
    assert (tmp_path / "cells.svg").read_text().startswith("<svg")
    assert run.plot_beside(tmp_path / "none.md", "no figures") == ""
