"""What happens to the slice when the proof fails: it may only grow."""

from __future__ import annotations

from pathlib import Path

from werkbook.cells.asked import asked_by
from werkbook.cells.cell import Cell
from werkbook.export import Options
from werkbook.export.proof.proof import Prover
from werkbook.export.proof.proved import Proved, export_and_prove
from werkbook.export.proof.subject import Subject
from werkbook.export.report import report

FLASK = "from flask import Flask\n\napp = Flask(__name__)"


def proved(cells: list[Cell], folder: Path | None = None) -> Proved:
    subject = Subject(cells, folder, asked_by(cells))
    with Prover(subject, tries_workers=False) as prover:
        return export_and_prove(cells, Options(), prover)


def test_slice_is_widened_once() -> None:
    """A name that only a call made by text binds comes with the wide slice."""
    fill = "def fill(space):\n    space['hid' + 'den'] = 'found'\n\n\nfill(vars())"
    cells = [
        Cell("a", FLASK),
        Cell("b", fill),
        Cell("c", '@app.route("/")\ndef index():\n    return hidden'),
    ]
    done = proved(cells)
    assert done.proof is not None
    assert done.proof.is_proved
    if done.taken_back:
        said = f"Took back what a smaller file lacked: {'; '.join(done.taken_back)}."
        assert said in report(done, [], [])


def test_what_raises_stays_in_the_file(tmp_path: Path) -> None:
    """A file that is not there makes the verdict, and takes nothing along."""
    cells = [
        Cell("a", FLASK),
        Cell("b", "text = open('gone.csv').read()\nrows = text.split()"),
        Cell("c", '@app.route("/")\ndef index():\n    return "ok"'),
        Cell("d", '@app.route("/rows")\ndef show():\n    return rows'),
    ]
    done = proved(cells, tmp_path)
    assert "open('gone.csv')" in done.export.source
    assert "def show():" in done.export.source
    assert done.proof is not None
    assert [str(one).splitlines()[0] for one in done.proof.differences] == [
        "cell 2, line 1: The file does not start: the file 'gone.csv' is not there."
    ]
