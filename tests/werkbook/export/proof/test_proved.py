"""What happens to the slice when the proof fails: it may only grow."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from werkbook.cells.asked import asked_by
from werkbook.cells.cell import Cell
from werkbook.export import Options
from werkbook.export.proof.folder import Layout
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


def test_a_wider_file_that_can_not_be_written_leaves_the_smaller_one() -> None:
    """A cell of an earlier app has two views of one name, which Flask refuses."""
    views = ("@app.route('/a')\ndef a(): return '1'", "@app.route('/b')\ndef a(): pass")
    cells = [
        Cell("a", "\n\n".join((FLASK, *views))),
        Cell(
            "b", "app = Flask('other')\n\n@app.route('/')\ndef c():\n    return 1 / 0"
        ),
    ]
    done = proved(cells)
    said = report(done, [], []).splitlines()
    assert said[-1] == (
        "Not proved: Each request raises, here and in the notebook:"
        " that proves nothing."
    )
    assert "Flask('other')" in done.export.source and "'/a'" not in done.export.source


@pytest.mark.parametrize("in_view", [False, True])
def test_a_file_that_writes_over_itself_is_not_proved(
    tmp_path: Path, in_view: bool
) -> None:
    """Cells that make a project's empty files make `app.py`, too."""
    names = "names = ['models.py', 'app.py']"
    make = "for name in names:\n    open(name, 'w').close()"
    body = make.replace("\n", "\n    ") if in_view else "pass"
    body += "\n    return open('models.py').read()"
    view = f"@app.route('/')\ndef index():\n    {body}"
    cells = [Cell("a", names), Cell("b", FLASK), Cell("c", view)]
    if not in_view:
        cells[1:1] = [Cell("d", make)]
    done = proved(cells, tmp_path)
    assert report(done, [], []).splitlines()[-1] == (
        "Not proved: cell 1, line 1: The file writes over itself: 'app.py' is another"
        " file after its first start. Give the export another name."
    )
    with Prover(Subject(cells, tmp_path, asked_by(cells)), tries_workers=False) as one:
        other = export_and_prove(cells, Options(), one, Layout("other.py")).proof
    assert other is not None and other.is_proved


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


@pytest.mark.parametrize(
    ("taken", "kept"),
    [
        ("stock.get()", "stock.get()"),
        ("print(stock.get(timeout=1))", "stock.get(timeout=1)"),
        ("last = stock.get_nowait()", "stock.get_nowait()"),
        ("stock.get(True, 1)", "stock.get(True, 1)"),
    ],
)
def test_what_is_taken_out_of_a_queue_stays_out(taken: str, kept: str) -> None:
    """A queue's `get` changes it, though a view shows that only when it is known."""
    view = """@app.route("/")
def index():
    return str(stock.qsize()) if "zeta" in request.args else "there\""""
    make = "import queue\n\nstock = queue.LifoQueue()\nstock.put(1)\nstock.put(2)"
    cells = [
        Cell("a", FLASK.replace("import Flask", "import Flask, request")),
        Cell("b", make),
        Cell("c", view),
        Cell("d", taken),
    ]
    done = proved(cells)
    assert done.proof is not None
    assert (done.proof.is_proved, done.proof.held_otherwise) == (True, [])
    assert kept in done.export.source


AGAIN = {
    "Flask": (FLASK, '@app.get("/")\ndef index():\n    return "x"'),
    "FastAPI": (
        "from fastapi import FastAPI\n\napp = FastAPI()",
        '@app.get("/")\ndef index():\n    return "x"',
    ),
}


@pytest.mark.parametrize("kind", AGAIN)
def test_an_app_that_is_bound_again_without_rules_is_named(kind: str) -> None:
    """The notebook ends with an app that answers nothing: the cell is said."""
    make, view = AGAIN[kind]
    cells = [Cell("a", make), Cell("b", view), Cell("c", make.splitlines()[-1])]
    done = proved(cells)
    assert done.proof is not None
    assert [str(one) for one in done.proof.differences] == [
        "cell 3, line 1: 'app' is bound again here, and nothing registers a rule on it:"
        " the notebook ends without the rules of the app that cell 1 makes."
    ]


STORE = """%%writefile store.py
def add():
    from app import bag

    bag.append(1)
    return len(bag)
"""


def test_a_file_that_imports_itself_is_no_other_when_run_by_itself() -> None:
    """`python app.py` has two modules of the file then: what one keeps is split."""
    named = 'import sys\n\nsys.modules["app"] = sys.modules["__main__"]'
    view = '@app.get("/")\ndef index():\n    return f"{store.add()} of {len(bag)}"'
    cells = [
        Cell("a", STORE),
        Cell("b", f"{FLASK}\nbag = []\n{named}\nimport store"),
        Cell("c", view),
    ]
    done = proved(cells)
    assert done.proof is not None
    assert [str(one) for one in done.proof.differences] == [
        "cell 3, line 1: GET / is answered otherwise when the file is run by itself, as"
        " `python app.py`.\n--- imported\n+++ app.py\n@@ -1 +1 @@\n-1 of 1\n+1 of 0"
    ]


@pytest.mark.parametrize(
    "asks",
    [
        "'ipykernel' in sys.modules",
        "'IPKernelApp' in getattr(shell, 'config', ())",
        "type(shell).__name__ == 'ZMQInteractiveShell'",
        "hasattr(shell, 'kernel')",
        "len(sys.argv) > 1",
        "'JPY_PARENT_PID' in os.environ",
    ],
)
def test_what_asks_whether_it_is_in_a_notebook_is_not_proved(asks: str) -> None:
    """A kernel answers yes, and so does the notebook in the proof; the file is none."""
    looks = "import os, sys\ntry:\n    shell = get_ipython()\n"
    looks += f"except NameError:\n    shell = None\nplace = 'nb' if {asks} else 'file'"
    view = '@app.get("/")\ndef index():\n    return place'
    done = proved([Cell("a", FLASK), Cell("b", looks), Cell("c", view)])
    assert done.proof is not None
    (difference,) = done.proof.differences
    assert "-nb\n+file" in str(difference)
    line = 2 if "shell" in asks else 6
    told = f"cell 2, line {line} asks whether it runs in a notebook: there the answer"
    assert (f"{told} is yes, in the file no." in done.proof.notes) is (
        "argv" not in asks
    )


def test_what_asks_whether_it_is_in_colab_is_proved() -> None:
    """Neither this notebook nor the file is."""
    asks = "place = 'colab' if 'google.colab' in str(get_ipython()) else 'here'"
    view = '@app.get("/")\ndef index():\n    return place'
    done = proved([Cell("a", FLASK), Cell("b", asks), Cell("c", view)])
    assert done.proof is not None
    assert done.proof.is_proved


def test_what_reads_the_name_of_its_module_is_explained() -> None:
    """The notebook is `__main__`, as the file is when it is run by itself."""
    cells = [
        Cell("a", FLASK),
        Cell("b", '@app.get("/")\ndef index():\n    return __name__'),
    ]
    done = proved(cells)
    assert done.proof is not None
    assert not done.proof.is_proved
    assert done.proof.notes == [
        "Run by itself (python app.py) the file answers as the notebook does: what"
        " reads the module's name finds '__main__' there, and the file's name under a"
        " server."
    ]


def test_a_wsgi_function_in_the_place_of_an_app_is_served_as_one() -> None:
    """The last block calls no method that a function does not have."""
    plain = "def app(environ, start_response):\n"
    plain += '    start_response("200 OK", [("Content-Type", "text/plain")])\n'
    cells = [
        Cell("a", f"{FLASK}\n\n@app.get('/')\ndef index():\n    return 'x'"),
        Cell("b", f'{plain}    return [b"plain"]'),
    ]
    done = proved(cells)
    assert done.proof is not None
    assert done.proof.is_proved
    assert "server.serve_forever()" in done.export.source
    assert "app.run(" not in done.export.source


def test_cell_that_is_saved_as_failed_for_a_package_fails_again() -> None:
    """The package is nobody's to stand in for: the app of before is the notebook's."""
    error = "ModuleNotFoundError: No module named 'absent_routes'"
    later = "from absent_routes import users\n\napp = Flask(__name__)"
    done = proved(
        [
            Cell("a", FLASK),
            Cell("b", '@app.route("/")\ndef index():\n    return "home"'),
            Cell("c", later, error=error),
        ]
    )
    assert done.proof is not None
    assert done.proof.is_proved
    assert [one.what for one in done.proof.differences] == []
    assert not any("does nothing" in one for one in done.proof.notes)


def test_cell_that_asks_a_server_that_is_not_there_is_told_in_few_words() -> None:
    """The error of the requests library has the same over three lines."""
    with socket.socket() as other:  # bound, and never listening: refused
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        ask = f"import requests\nrequests.get('http://127.0.0.1:{port}/people?a=1')"
        view = "@app.route('/')\ndef index(): return 'x'"
        done = proved([Cell("a", FLASK), Cell("b", view), Cell("c", ask)])
    assert done.proof is not None
    assert done.proof.notes == [
        "In the clean run of the notebook cell 3 fails: nothing answers at"
        f" 127.0.0.1:{port} there."
    ]


def test_what_fasthtml_adds_in_a_notebook_is_told() -> None:
    """The pages are compared without it."""
    make = "from fasthtml.common import *\n\napp, rt = fast_app()"
    done = proved(
        [Cell("a", make), Cell("b", "@rt('/')\ndef get():\n    return P('x')")]
    )
    assert done.proof is not None and done.proof.is_proved
    assert done.proof.notes == [
        "In a notebook FastHTML adds a script to its pages and lets pages of other"
        " origins ask it; the file does neither, and is compared with the app without"
        " both."
    ]
