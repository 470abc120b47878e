"""What may trip an exported app."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from werkbook.export import Cell, Options, export
from werkbook.export.cautions import NOT_KEPT, list_cautions

VIEW = '@app.route("/")\ndef index():\n    hits.append(1)\n    return nowhere'
FILES = '@app.route("/f")\ndef f():\n    open("/home/ann/x")\n    return open("y.csv")'


def test_cautions_name_cell_and_line(tmp_path: Path) -> None:
    """Changed globals, machine paths, secrets, missing names and files."""
    cells = [
        Cell("a", "from flask import Flask\n\napp = Flask(__name__)"),
        Cell("b", 'app.secret_key = "hush hush"\nhits = []', execution_count=2),
        Cell("c", VIEW, execution_count=3),
        Cell("d", FILES),
    ]
    assert list_cautions(export(cells, Options()), tmp_path) == [
        "In[2], line 1: the secret app.secret_key stands in the source; "
        "read it from os.environ.",
        "In[3], line 3: the view 'index' changes the global 'hits'; "
        "with several workers each has its own.",
        "cell 4, line 3: the path '/home/ann/x' is this machine's.",
        "cell 4, line 4: the app opens 'y.csv', which the export does not ship.",
        "In[3], line 1: no cell binds 'nowhere'.",
    ]


def test_what_nobody_says_on_websockets_is_not_proved() -> None:
    """A server needs threads for them, whether somebody talks there or not."""
    cells = [
        Cell("a", "from flask import Flask\nfrom flask_sock import Sock"),
        Cell("b", "app = Flask(__name__)\nsock = Sock(app)"),
        Cell("c", '@sock.route("/echo")\ndef echo(ws):\n    ws.send(ws.receive())'),
    ]
    found = list_cautions(export(cells, Options()))
    assert found == [
        "what is said on the app's WebSockets is not compared: no cell talks on one"
        " (%http --ws does).",
        "each open WebSocket takes a thread of the server (gunicorn --threads 100), and"
        " those who talk to one another share one worker (-w 1).",
    ]
    assert list_cautions(export(cells, Options()), why_no_talk="") == found[1:]
    kept = list_cautions(export(cells, Options()), why_no_talk=NOT_KEPT)
    assert kept[0].startswith(
        "what is said on the app's WebSockets is not compared: what a running kernel's"
    )


@pytest.mark.parametrize(
    ("made", "socket"),
    [
        ("from fastapi import FastAPI\napp = FastAPI()", '@app.websocket("/ws")'),
        ("from fasthtml.common import *\napp, rt = fast_app()", '@app.ws("/ws")'),
        ("from quart import Quart\napp = Quart(__name__)", '@app.websocket("/ws")'),
    ],
)
def test_what_nobody_says_on_asgi_websockets_is_not_proved(
    made: str, socket: str
) -> None:
    """It is said of them as well; those who talk to each other share a process."""
    view = f"{socket}\nasync def talk(ws):\n    await ws.accept()"
    cells = [Cell("a", made), Cell("b", view)]
    assert list_cautions(export(cells, Options())) == [
        "what is said on the app's WebSockets is not compared: no cell talks on one"
        " (%http --ws does).",
        "those who talk to one another on WebSockets share one process (uvicorn"
        " --workers 1).",
    ]


def test_websockets_of_a_list_of_routes_are_not_proved() -> None:
    """Starlette takes them in its constructor."""
    cells = [
        Cell("a", "from starlette.applications import Starlette"),
        Cell("b", "from starlette.routing import WebSocketRoute\nasync def f(ws): ..."),
        Cell("c", 'app = Starlette(routes=[WebSocketRoute("/ws", f)])'),
    ]
    assert len(list_cautions(export(cells, Options()))) == 2


def caution_of(*sources: str) -> list[str]:
    """The cautions of a notebook with an app and these cells."""
    cells = [Cell("app", "from flask import Flask\n\napp = Flask(__name__)")]
    cells += [Cell(str(one), text) for one, text in enumerate(sources)]
    return list_cautions(export(cells, Options()), Path(__file__).parent)


def test_what_is_no_path_secret_or_file_is_not_named_so() -> None:
    """A rule, a tokenizer's name, a number of tokens, a model by its name."""
    settings = "import os\nos.environ['TOKENIZER_NAME'] = 'falcon-7b'"
    model = "import whisper\nmodel = whisper.load_model('base')"
    view = '@app.route("/data/v1/labels/")\ndef labels():'
    view += "\n    return os.environ['TOKENIZER_NAME'] + model.name"
    assert [one for one in caution_of(settings, model, view) if "cell" in one] == []


def test_a_name_that_a_failing_statement_would_bind_says_why_it_stays_out() -> None:
    """Not that it serves or asks the app, when it reads what nothing binds."""
    model = "model = tensorflow.load('m')"
    view = '@app.route("/")\ndef index():\n    return model.name'
    assert caution_of(model, view) == [
        "cell 3, line 1: 'model' comes from cell 2, line 1, which stays out, as it"
        " reads 'tensorflow' before a cell binds it."
    ]


def test_names_that_a_view_binds_or_that_notebooks_have_are_told_so() -> None:
    """`global` in a view binds a name; `display` is there in notebooks only."""
    first = '@app.route("/a")\ndef first():\n    global last\n    last = "a"'
    first += "\n    display(last)\n    return last"
    second = '@app.route("/b")\ndef second():\n    return last'
    found = [one for one in caution_of(first, second) if "workers" not in one]
    assert found == [
        "cell 2, line 1: 'display' is there in notebooks only; a file has no such"
        " name.",
        "cell 3, line 1: only 'first' binds 'last', when it is called.",
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "size = size if 'size' in globals() else 4",
        "try:\n    size\nexcept NameError:\n    size = 4",
        "kept = size if 'size' in globals() else 4\nsize = kept",
    ],
)
def test_a_name_that_a_cell_looks_for_first_is_bound(cell: str) -> None:
    """A cell that keeps what it has when it runs again reads no name too early."""
    view = '@app.get("/")\ndef index():\n    return str(size)'
    assert caution_of(cell, view) == []
    assert caution_of(f"print(nowhere)\n{cell}", view) == []
    assert caution_of("size = 1 if nowhere else 2", view) != []


@pytest.mark.parametrize(
    "binding",
    [
        'def put():\n    globals()["size"] = 4\n\nput()',
        "def put(name, value):\n    globals()[name] = value\n\nput('size', 4)",
        "def put(**more):\n    globals().update(more)\n\nput(size=4)",
        "import builtins\n\nsetattr(builtins, 'size', 4)",
        "import sys\n\nsetattr(sys.modules[__name__], 'size', 4)",
    ],
)
def test_a_name_that_is_bound_by_its_text_is_bound(
    binding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a function, too; another name's text binds nothing."""
    cells = [
        Cell("a", "from flask import Flask\n\napp = Flask(__name__)"),
        Cell("b", binding),
        Cell("c", "double = 2 * size"),
        Cell("d", '@app.get("/")\ndef index():\n    return str(size + double)'),
    ]
    made = export(cells, Options())
    assert list_cautions(made) == []
    module = ModuleType("app")
    monkeypatch.setitem(sys.modules, "app", module)
    exec(compile(made.source, "app.py", "exec"), vars(module))
    assert module.app.test_client().get("/").text == "12"
    vars(builtins).pop("size", None)


def test_a_name_whose_text_is_another_ones_is_not_bound() -> None:
    """Where the text is not known, it may be any."""
    known = "def put():\n    globals()['other'] = 4\n\nput()"
    cells = [
        Cell("a", "from flask import Flask\n\napp = Flask(__name__)"),
        Cell("b", known),
        Cell("c", '@app.get("/")\ndef index():\n    return str(size)'),
    ]
    told = ["cell 3, line 1: no cell binds 'size'."]
    assert list_cautions(export(cells, Options())) == told
    cells[1] = Cell("b", known.replace("'other'", "input()"))
    assert list_cautions(export(cells, Options())) == []


@pytest.mark.parametrize("back", ["%cd ..", 'os.chdir("..")'])
def test_files_that_cells_write_into_other_folders_are_there(
    back: str, tmp_path: Path
) -> None:
    """Where cells go into a folder, files count by their names."""
    cells = [
        Cell("a", "import os\n\nfrom flask import Flask\n\napp = Flask(__name__)"),
        Cell("b", 'os.makedirs("data", exist_ok=True)'),
        Cell("c", "%cd data"),
        Cell("d", 'with open("x.txt", "w") as f:\n    f.write("inside")'),
        Cell("e", back),
        Cell("f", '@app.get("/")\ndef index():\n    return open("data/x.txt").read()'),
        Cell("g", '@app.get("/y")\ndef other():\n    return open("data/y.txt").read()'),
    ]
    assert list_cautions(
        export(cells, Options(is_wide=True, is_whole=True)), tmp_path
    ) == ["cell 7, line 3: the app opens 'data/y.txt', which the export does not ship."]


def test_cautions_of_twice_the_functions_look_at_twice_the_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each function binds a global that a view reads, and calls the one before."""
    looked = []
    walk = ast.walk

    def noted(node: ast.AST) -> Iterator[ast.AST]:
        looked.append(node)
        return walk(node)

    monkeypatch.setattr(ast, "walk", noted)
    counts = []
    for size in (20, 40):
        made = export(_chained(size), Options(version_of=lambda name: None))
        looked.clear()
        assert len(list_cautions(made)) == size
        counts.append(len(looked))
    assert counts[1] < counts[0] * 2.2


def _chained(size: int) -> list[Cell]:
    """A notebook of so many functions, each with a view."""
    cells = [Cell("a", "from flask import Flask\n\napp = Flask(__name__)")]
    for n in range(size):
        body = f"    global g{n}\n    g{n} = {f'f{n - 1}()' if n else '1'}"
        view = f"@app.get('/{n}')\ndef v{n}():\n    f{n}()\n    return str(g{n})"
        cells += [Cell(f"f{n}", f"def f{n}():\n{body}"), Cell(f"v{n}", view)]
    return cells
