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


def test_what_no_answer_shows_is_kept_all_the_same() -> None:
    """A class's attribute that an object changes: no request asks what it is for."""
    view = """@app.route("/")
def index():
    return "on" if "zeta" in request.args and Settings.found else "off\""""
    cells = [
        Cell("a", FLASK.replace("import Flask", "import Flask, request")),
        Cell("b", "class Settings:\n    found = []"),
        Cell("c", "shown = Settings()\nshown.found.append(1)"),
        Cell("d", view),
    ]
    done = proved(cells)
    assert done.proof is not None
    assert (done.proof.is_proved, done.proof.held_otherwise) == (True, [])
    assert "shown.found.append(1)" in done.export.source
    assert done.taken_back == ("cell 3, line 1", "cell 3, line 2")


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
