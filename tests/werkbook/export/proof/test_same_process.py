"""The proof where no process can be started."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from werkbook.cells.asked import Asked
from werkbook.cells.cell import Cell
from werkbook.export.delivering import Delivery, Wish, deliver
from werkbook.export.proof.answers import KnownAnswer
from werkbook.system import using
from werkbook.system.bare import BareSystem

FLASK = "from flask import Flask\n\napp = Flask(__name__)"
INDEX = '@app.route("/")\ndef index():\n    return "hello"'
NOTE = (
    "Note: The file ran in this kernel, where no process can start: several workers and"
    " a restart were not tried."
)


@pytest.fixture(autouse=True)
def bare() -> Iterator[None]:
    with using(BareSystem()):
        yield


def delivered(folder: Path, *sources: str, timeout_s: float = 30) -> Delivery:
    cells = [Cell(str(number), source) for number, source in enumerate(sources)]
    wish = Wish(
        folder / "n.ipynb", folder / "app.py", check="live", timeout_s=timeout_s
    )
    return deliver(cells, wish, ask_live=answer_live)


def answer_live(asked: Asked) -> KnownAnswer:
    """Answer as the notebook's own app."""
    if asked.url != "/":
        return KnownAnswer(404)
    return KnownAnswer(200, "text/html; charset=utf-8", b"hello")


def test_file_starts_here_and_is_asked(tmp_path: Path) -> None:
    """The verdict is as from a clean process, with what could not be tried."""
    modules, place = dict(sys.modules), Path.cwd()
    done = delivered(tmp_path, FLASK, INDEX)
    assert done.text.splitlines()[-2:] == [
        NOTE,
        "Proved: 1 of 1 rule asked, 1 answer equal",
    ]
    assert "app" not in sys.modules or sys.modules["app"] is modules.get("app")
    assert Path.cwd() == place


def test_file_is_run_by_itself_beside_the_kernel(tmp_path: Path) -> None:
    """It is `__main__` while it answers; the kernel's own is there afterwards."""
    own = sys.modules["__main__"]
    named = 'kept = "hello" if __name__ == "app" else "other"'
    view = '@app.route("/")\ndef index():\n    return kept'
    done = delivered(tmp_path, FLASK, named, view)
    assert sys.modules["__main__"] is own
    assert done.proved.proof is not None
    assert [str(one) for one in done.proved.proof.differences] == [
        "cell 3, line 1: GET / is answered otherwise when the file is run by itself, as"
        " `python app.py`.\n--- imported\n+++ app.py\n@@ -1 +1 @@\n-hello\n+other"
    ]


def test_file_that_does_not_start(tmp_path: Path) -> None:
    """The difference names the cell, as a clean process's does."""
    rows = '@app.route("/rows")\ndef show():\n    return rows'
    done = delivered(tmp_path, FLASK, "rows = open('gone.csv').read()", rows)
    assert done.proved.proof is not None
    assert [str(one).splitlines()[0] for one in done.proved.proof.differences] == [
        "cell 2, line 1: The file does not start: the file 'gone.csv' is not there."
    ]


def test_file_needs_no_werkbook(tmp_path: Path) -> None:
    """A file that imports Werkbook by a detour fails, as it would without it."""
    sneaky = "import importlib\nhidden = importlib.import_module('werk' + 'book')"
    uses = '@app.route("/x")\ndef x():\n    return hidden.__name__'
    done = delivered(tmp_path, FLASK, sneaky, uses)
    assert done.proved.proof is not None
    assert "werkbook" in done.text
    assert not done.is_proved
    import werkbook

    assert sys.modules["werkbook"] is werkbook


def test_file_without_an_end_is_stopped(tmp_path: Path) -> None:
    """The kernel goes on, and the difference names the cell."""
    endless = "rows = []\nwhile not rows:\n    rows = list(rows)"
    rows = '@app.route("/rows")\ndef show():\n    return rows'
    done = delivered(tmp_path, FLASK, endless, rows, timeout_s=1)
    assert done.proved.proof is not None
    (difference,) = done.proved.proof.differences
    assert "The file does not start within 1 s: it is still at" in str(difference)
    assert str(difference).startswith("cell 2, line")


def test_view_without_an_end_is_stopped(tmp_path: Path) -> None:
    """The kernel goes on, and the others are asked."""
    endless = '@app.route("/on")\ndef go_on():\n    while True:\n        pass'
    done = delivered(tmp_path, FLASK, endless, INDEX, timeout_s=1)
    assert done.text.splitlines()[-1] == (
        "Not proved: cell 2, line 1: GET /on does not answer in time; --timeout gives"
        " it more."
    )
