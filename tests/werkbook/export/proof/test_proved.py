"""What happens to the slice when the proof fails."""

from __future__ import annotations

from pathlib import Path

from werkbook.cells.asked import asked_by
from werkbook.export import Cell, Options
from werkbook.export.proof.proved import export_and_prove

FLASK = "from flask import Flask\n\napp = Flask(__name__)"


def test_slice_is_widened_once() -> None:
    """A name that only a call made by text binds comes with the wide slice."""
    fill = "def fill(space):\n    space['hidden'] = 'found'\n\n\nfill(globals())"
    cells = [
        Cell("a", FLASK),
        Cell("b", fill),
        Cell("c", '@app.route("/")\ndef index():\n    return hidden'),
        Cell("d", "%http /"),
    ]
    done = export_and_prove(cells, Options(), folder=None, requests=asked_by(cells))
    assert done.is_widened
    assert done.proof is not None
    assert done.proof.is_proved


def test_failing_statement_stays_out_with_what_needs_it(tmp_path: Path) -> None:
    """A file that is not there takes its data along, but not the app."""
    cells = [
        Cell("a", FLASK),
        Cell("b", "text = open('gone.csv').read()\nrows = text.split()"),
        Cell("c", '@app.route("/")\ndef index():\n    return "ok"'),
        Cell("d", '@app.route("/rows")\ndef show():\n    return rows'),
    ]
    done = export_and_prove(cells, Options(), folder=tmp_path)
    assert [one.place for one in done.failing] == ["cell 2, line 1"]
    assert "FileNotFoundError" in done.failing[0].error
    assert "gone.csv" not in done.export.source
    assert done.proof is not None
    assert done.proof.is_proved


def test_rule_that_goes_with_a_failing_statement_is_a_difference() -> None:
    """The file starts, but it is not proved."""
    cells = [
        Cell("a", FLASK),
        Cell("b", 'extra = {"rule": open("gone").read()}'),
        Cell("c", '@app.route("/", defaults=extra)\ndef index(rule):\n    return rule'),
        Cell("d", '@app.route("/ok")\ndef ok():\n    return "ok"'),
    ]
    done = export_and_prove(cells, Options(), folder=None)
    assert done.proof is not None
    assert [one.what for one in done.proof.differences] == [
        "The rule '/' went with a statement that fails."
    ]
