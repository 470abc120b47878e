"""Options of an export that no case shows."""

from __future__ import annotations

import pytest

from werkbook.export import Cell, NoAppError, Options, export

APP = "from flask import Flask\nfrom flask_cors import CORS\n\napp = Flask(__name__)"


def test_target_werkbook_gives_extensions_its_name() -> None:
    """`import flask` in an extension must find Werkbook."""
    cells = [Cell("a", APP), Cell("b", "CORS(app)")]
    source = export(cells, Options(target="werkbook")).source
    assert "\nimport werkbook\nfrom werkbook import App\n" in source
    assert source.index("install_as_flask()") < source.index("import CORS")
    assert "app = App(__name__)" in source


def test_app_that_is_not_there_is_an_error() -> None:
    """The error says what --app names."""
    with pytest.raises(NoAppError) as caught:
        export([Cell("a", APP)], Options(app="shop"))
    assert str(caught.value) == (
        "The notebook makes no app named 'shop'.\n"
        "  Why: --app names a variable that a cell binds to an app.\n"
        "  Fix: leave --app out to export the app that ran last."
    )


@pytest.mark.parametrize(
    ("sources", "problem", "why", "fix"),
    [
        (["x = 1"], "", "", ""),
        (
            ["x = 1", "this is no code"],
            " that can be exported (cell 2: it does not parse at line 1: invalid"
            " syntax)",
            "",
            ", or check the cells that are left out",
        ),
        (
            ["x = 1", "import json\nfrom http.server import HTTPServer"],
            "",
            "what http.server serves (cell 2, line 2) is none: ",
            ", with its answers as views",
        ),
        (
            ["from aiohttp import web"],
            "",
            "what aiohttp.web serves (cell 1, line 1) is none: ",
            ", with its answers as views",
        ),
    ],
)
def test_notebook_without_an_app_is_told_what_one_is(
    sources: list[str], problem: str, why: str, fix: str
) -> None:
    """Servers of another kind are named; cells are only when some stay out."""
    with pytest.raises(NoAppError) as caught:
        export([Cell(str(n), one) for n, one in enumerate(sources)], Options())
    assert str(caught.value) == (
        f"No cell of 'notebook.ipynb' makes an app{problem}.\n"
        f"  Why: {why}an export starts from an app of Flask, Bottle, FastAPI, Dash or"
        " another framework, or a WSGI function, and what is registered on it.\n"
        f"  Fix: write app = App() in a cell{fix}."
    )


def test_cells_that_stay_out_are_named() -> None:
    """With the reason: no Python, a wrong first line, a name that comes too late."""
    cells = [
        Cell("a", "@app.get('/')\ndef early(): pass"),
        Cell("b", APP, execution_count=7),
        Cell("c", "this is no code"),
        Cell("d", "%%route nowhere\n'x'", execution_count=9),
    ]
    result = export(cells, Options())
    assert [(one.cell, one.reason) for one in result.left_out] == [
        ("cell 3", "it does not parse at line 1: invalid syntax"),
        ("In[9]", "'NOWHERE' is not an HTTP method."),
    ]
    assert [(one.statement.place, one.name) for one in result.program.premature] == [
        ("cell 1, line 1", "app")
    ]


@pytest.mark.parametrize("is_outer_first", [True, False])
def test_blueprints_are_mounted_when_they_are_filled(is_outer_first: bool) -> None:
    """A nested one is not changed by its parent, and a strict app takes no more."""
    mounts = ["app.register_blueprint(outer)", "outer.register_blueprint(inner)"]
    cells = [
        "from werkbook import App, Blueprint\napp = App(__name__)",
        "outer = Blueprint('o', 'x')\ninner = Blueprint('i', 'x')",
        *(mounts if is_outer_first else mounts[::-1]),
        "@outer.get('/o')\ndef o():\n    return 'o'",
        "@inner.get('/i')\ndef i():\n    return 'i'",
    ]
    made = [Cell(str(number), text) for number, text in enumerate(cells)]
    source = export(made, Options()).source
    steps = [
        "def i",
        "outer.register_blueprint(inner)",
        "app.register_blueprint(outer)",
    ]
    assert sorted(map(source.index, steps)) == list(map(source.index, steps))
    assert source.index("def o") < source.index(steps[2])


def test_executed_text_that_names_the_app_is_kept() -> None:
    """And a text that does not name it stays out."""
    registers = "exec(\"@app.get('/x')\\ndef x(): return ''\")"
    cells = [Cell("a", APP), Cell("b", registers), Cell("c", 'exec("print(1)")')]
    source = export(cells, Options()).source
    assert source.count("exec(") == 1
    assert registers in source


def test_comment_above_an_app_that_a_later_cell_makes_anew_stays_out() -> None:
    """It heads the file where something of its cell is in it."""
    told = "# Sums: /add\n\nfrom flask import Flask\n\napp = Flask(__name__)\n\n"
    view = "@app.get('/add')\ndef add():\n    return '3'"
    anew = "from flask import Flask\n\napp = Flask(__name__)\n\n"
    last = "@app.get('/')\ndef index():\n    return 'a'"
    cells = [Cell("a", told + view), Cell("b", anew + last)]
    assert "Sums" not in export(cells, Options()).source
    assert "# Sums: /add\n" in export(cells[:1], Options()).source
    plain = [Cell("a", "# Sums\nimport os"), Cell("b", anew + last)]
    assert "# Sums\n" in export(plain, Options()).source


def test_only_what_a_pickle_may_be_of_is_named_for_it() -> None:
    """No view, hook or start-up of an app; they are in no pickle."""
    cells = [
        Cell("a", "import pickle\nfrom fastapi import FastAPI\n\napp = FastAPI()"),
        Cell("b", "class Twice:\n    pass"),
        Cell(
            "c",
            "@app.on_event('startup')\ndef begin():\n    global model\n"
            "    model = pickle.load(open('model.pkl', 'rb'))",
        ),
        Cell("d", "@app.get('/')\ndef index():\n    return str(model)"),
    ]
    source = export(cells, Options()).source
    assert 'sys.modules["__main__"].Twice = Twice\n' in source
    assert source.count('sys.modules["__main__"]') == 1
    del cells[1]
    assert 'sys.modules["__main__"]' not in export(cells, Options()).source


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("x = !ls data", 'x = subprocess.getoutput("ls data").splitlines()'),
        ("x = !cat a.txt | wc -l", 'x = subprocess.getoutput("cat a.txt | wc -l")'),
        ("x = !ls $HOME", 'x = os.environ["X"].splitlines()'),
        ("x = !ls {folder}", 'x = os.environ["X"].splitlines()'),
        ("x = !cat a > b", 'x = os.environ["X"].splitlines()'),
        ("x = !git describe", 'x = os.environ["X"].splitlines()'),
    ],
)
def test_command_that_only_looks_is_asked_by_the_file(line: str, written: str) -> None:
    """Others are answered by this machine alone."""
    view = "@app.get('/')\ndef index():\n    return x"
    cells = [
        Cell("a", "import flask\napp = flask.Flask('a')\n" + line),
        Cell("b", view),
    ]
    assert written in export(cells, Options()).source


def test_script_that_runs_by_its_own_name_is_not_the_main_module() -> None:
    """`%run -n` leaves out what it does as one, and keeps the lines below."""
    script = "X = 1\nif __name__ == '__main__':\n    X = 2\n    Y = 2\nY = 3"
    view = "@app.get('/')\ndef index():\n    return str(X + Y)"
    cells = [
        Cell("a", "%%writefile s.py\n" + script),
        Cell("b", "import flask\napp = flask.Flask('a')\n%run -n s.py"),
        Cell("c", view),
    ]
    source = export(cells, Options()).source
    assert "X = 1\n" in source and "Y = 3\n" in source and "= 2" not in source


@pytest.mark.parametrize("first", [True, False])
def test_annotations_that_are_not_read_stay_unread(first: bool) -> None:
    """The future import stands above the file, whichever cell has it."""
    future = "from __future__ import annotations\n"
    make = "import flask\napp = flask.Flask('a')"
    view = "@app.get('/')\ndef index() -> Nowhere:\n    return 'a'"
    cells = [Cell("a", future * first + make), Cell("b", future * (not first) + view)]
    source = export(cells, Options()).source
    assert source.partition("# ///\n\n")[2].startswith(future)


def test_import_below_a_star_import_that_binds_its_name_stays_below() -> None:
    """Flask has modules `json` and `logging` of its own."""
    cells = [
        Cell("a", "from flask import *\n\napp = Flask('a')"),
        Cell("b", "import logging\n\nLEVEL = logging.getLevelName(10)"),
        Cell("c", "@app.get('/')\ndef index():\n    return LEVEL"),
    ]
    source = export(cells, Options()).source
    assert source.index("from flask import *") < source.index("import logging")
