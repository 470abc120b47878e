"""What happens to the slice when the proof fails."""

from __future__ import annotations

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
