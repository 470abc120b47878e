"""Two apps that are asked the same: the exported file and the notebook's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.ports import free_port

from werkbook.cells.asked import Asked, asked_by
from werkbook.cells.cell import Cell
from werkbook.export import Options, export
from werkbook.export.exercise_requests import exercise_requests
from werkbook.export.proof.answers import (
    ComparedRequest,
    KnownAnswer,
    Proof,
    RuleLine,
)
from werkbook.export.proof.judging import tell_reasons
from werkbook.export.proof.notebook_run import Reference
from werkbook.export.proof.proof import Prover, leave_out_kit_pages
from werkbook.export.proof.subject import Subject
from werkbook.export.report import verdict

FLASK = "from flask import Flask, request\n\napp = Flask(__name__)"
INDEX = '@app.get("/")\ndef index():\n    return {}'


def cells_of(*sources: str) -> list[Cell]:
    return [Cell(f"c{number}", source) for number, source in enumerate(sources)]


def prove(
    *sources: str,
    folder: Path | None = None,
    change: tuple[str, str] = ("", ""),
    tries_workers: bool = False,
    **more: object,
) -> Proof:
    """Prove the export of a few cells, with a fault put into its text."""
    cells = cells_of(*sources)
    made = export(cells, Options())
    assert change[0] in made.source
    made.source = made.source.replace(*change)
    exercises = exercise_requests(cells)
    subject = Subject(
        cells,
        folder,
        asked_by(cells),
        exercises=exercises,
        **more,  # type: ignore[arg-type]
    )
    with Prover(subject, tries_workers=tries_workers) as prover:
        return prover.prove(made)


def whats(proof: Proof) -> list[str]:
    return [one.what for one in proof.differences]


def test_what_no_cell_asks_is_asked_of_both() -> None:
    """A notebook that asks nothing is proved by requests of the proof's own."""
    proof = prove(FLASK, INDEX.format("'home'"))
    assert verdict(proof) == ["Proved: 1 of 1 rule asked, 1 answer equal"]
    [one] = proof.exchanges
    assert (one.asked.method, one.asked.url, one.asked.cell) == ("GET", "/", "")
    assert one.here == one.file


def test_another_answer_is_a_difference() -> None:
    """It names the cell of the view, and shows what differs."""
    proof = prove(FLASK, INDEX.format("'home'"), change=("'home'", "'away'"))
    assert verdict(proof) == [
        "Not proved: cell 2, line 1: GET / has another body.",
        "  --- notebook",
        "  +++ app.py",
        "  @@ -1 +1 @@",
        "  -home",
        "  +away",
    ]


def test_requests_of_cells_are_asked_in_the_state_that_cells_make() -> None:
    """A view redefined later, and state that a later cell resets, count as they end."""
    proof = prove(
        FLASK,
        "items = []",
        '@app.post("/add")\ndef add():\n    items.append(1)\n    return str(items)',
        INDEX.format("'first'"),
        "client = app.test_client()\nclient.post('/add')\nclient.get('/')",
        "app.view_functions['index'] = lambda: f'{len(items)} items'\nitems.clear()",
        "for number in range(2):\n    client.get(f'/?n={number}')",
    )
    assert verdict(proof) == ["Proved: 2 of 2 rules asked, 4 answers equal"]
    asked = [(one.asked.url, one.asked.cell) for one in proof.exchanges]
    assert asked == [
        ("/add", "cell 5"),
        ("/", "cell 5"),
        ("/?n=0", "cell 7"),
        ("/?n=1", "cell 7"),
    ]
    assert [one.file.body for one in proof.exchanges if one.file] == [
        b"[1]",
        b"1 items",
        b"1 items",
        b"1 items",
    ]


def test_what_capture_keeps_is_there_in_the_notebook() -> None:
    """A view that reads it raises neither there nor in the file."""
    kept = "%%capture out\nprint('text')"
    proof = prove(FLASK, kept, INDEX.format("out.stdout"))
    assert (whats(proof), proof.equal, list(proof.held_otherwise)) == ([], 1, [])


def test_head_options_and_a_refused_method_are_compared() -> None:
    """They belong to no rule by themselves: they count where they differ only."""
    hook = """@app.after_request
def stamp(answer):
    if request.method != "GET":
        answer.headers["X-Method"] = request.method
    return answer"""
    proof = prove(FLASK, INDEX.format("'home'"), hook)
    assert (whats(proof), proof.equal, len(proof.exchanges)) == ([], 1, 1)
    other = prove(
        FLASK, INDEX.format("'home'"), hook, change=("= request.method", "= 'other'")
    )
    assert whats(other) == [
        f"{method} / sends X-Method: 'other', not '{method}'."
        for method in ("HEAD", "OPTIONS", "DELETE")
    ]


def test_a_header_and_the_page_of_an_unknown_url_are_compared() -> None:
    """So are a cookie's attributes; that page counts as no answer of a rule."""
    hook = "@app.after_request\ndef stamp(answer):\n    answer.headers['X-A'] = 'b'\n"
    page = "@app.errorhandler(404)\ndef lost(error):\n    return 'lost', 404"
    sources = FLASK, INDEX, f"{hook}    return answer", page
    proof = prove(*sources)
    assert (whats(proof), proof.equal) == ([], 1)
    assert whats(prove(*sources, change=("= 'b'", "= 'c'"))) == [
        "GET / sends X-A: 'c', not 'b'.",
        "GET /werkbook/no/such/page sends X-A: 'c', not 'b'.",
    ]
    assert whats(prove(*sources, change=("'lost'", "'gone'"))) == [
        "GET /werkbook/no/such/page has another body."
    ]


def test_the_one_who_asks_has_an_address() -> None:
    """As a server tells it: a view that shows it raises in neither app."""
    view = "@app.get('/')\ndef index():\n    return 'from ' + request.remote_addr"
    proof = prove(FLASK, view)
    assert (proof.is_proved, proof.exchanges[0].file.body) == (True, b"from 127.0.0.1")


def test_a_file_of_a_folder_below_static_has_the_headers_of_one_on_the_disk() -> None:
    """Its name in Content-Disposition is the file's alone."""
    static = "import os\nos.makedirs('static/css', exist_ok=True)"
    written = "%%writefile static/css/s.css\nbody {}"
    proof = prove(FLASK, static, written, INDEX)
    assert (whats(proof), proof.equal) == ([], 2)


def test_a_server_error_of_the_file_alone_is_a_difference() -> None:
    """With or without an expectation."""
    view = INDEX.format("str(1 / number)")
    proof = prove(FLASK, "number = 2", view, change=("number = 2", "number = 0"))
    [what] = whats(proof)
    assert what == ("GET / answers 500, not 200: ZeroDivisionError: division by zero")
    assert proof.differences[0].cell == "cell 3, line 1"


def test_a_server_error_of_both_is_said() -> None:
    """It is no difference where other answers are compared."""
    ratio = '@app.get("/ratio/<int:n>")\ndef ratio(n):\n    return str(1 // (n - 1))'
    proof = prove(FLASK, INDEX.format("'home'"), ratio)
    assert proof.is_proved
    [said] = [one for one in proof.notes if "ZeroDivisionError" in one]
    assert said.startswith("GET /ratio/1 raises ZeroDivisionError: ")
    assert said.endswith(" in both.")


def test_nothing_but_errors_is_no_proof() -> None:
    """Where each request raises in both, nothing has been compared."""
    proof = prove(FLASK, INDEX.format("1 / 0"))
    assert verdict(proof) == [
        "Not proved: Each request raises, here and in the notebook: that proves"
        " nothing."
    ]


def test_a_template_that_nobody_ships_is_a_difference() -> None:
    """Both answer 500, and the verdict names the template."""
    source = "from flask import Flask, render_template\n\napp = Flask(__name__)"
    proof = prove(source, INDEX.format("render_template('home.html')"))
    assert verdict(proof) == [
        "Not proved: cell 2, line 1: GET / answers 500: the template 'home.html' is not"
        " there.",
        "  TemplateNotFound: home.html",
    ]


def test_a_file_that_is_not_there_is_named() -> None:
    """The statement stays, and the verdict has its cell and line."""
    proof = prove(FLASK, "rows = open('gone.csv').read()", INDEX.format("rows"))
    assert verdict(proof)[:2] == [
        "Not proved: cell 2, line 1: The file does not start: the file 'gone.csv' is"
        " not there.",
        "  rows = open('gone.csv').read()",
    ]


def test_a_database_that_cannot_be_opened_is_named_with_its_cell() -> None:
    """SQLite does not say which file it was; a long traceback hides the cell."""
    connect = (
        "import sqlite3\n\n\ndef connect(depth=90):\n    if depth % 2:\n"
        "        return connect(depth - 1)\n    if depth:\n"
        "        return connect(depth - 1)\n"
        "    return sqlite3.connect('gone/data.db')"
    )
    view = INDEX.format("str(database)")
    proof = prove(FLASK, connect, "database = connect()", view)
    assert verdict(proof)[0] == (
        "Not proved: cell 3, line 1: The file does not start: the file 'gone/data.db'"
        " is not there."
    )


def test_database_that_is_not_there_is_named_where_its_tables_are_read() -> None:
    """SQLite makes an empty one: both apps raise alike, which proves nothing."""
    read = "sqlite3.connect('shop.db').execute('select * from items').fetchall()"
    views = (
        INDEX.format("'home'")
        + f"\n@app.get('/items')\ndef items():\n    return {read}"
    )
    proof = prove(FLASK, "import sqlite3", views)
    assert whats(proof) == [
        "GET /items answers 500: the database 'shop.db' is not there."
    ]


def test_table_that_the_app_has_yet_to_make_is_no_missing_database() -> None:
    """Asked before it made its table, the app raises as the notebook's does."""
    views = (
        "@app.get('/a')\ndef read():\n"
        "    return connect().execute('select * from items').fetchall()\n"
        "@app.get('/b')\ndef make():\n"
        "    connect().execute('create table items (name)')\n    return 'made'"
    )
    connect = "import sqlite3\ndef connect():\n    return sqlite3.connect('shop.db')"
    proof = prove(FLASK, connect, views)
    assert (whats(proof), proof.equal) == ([], 2)


def test_class_of_a_database_that_is_not_there_names_the_database() -> None:
    """SQLAlchemy reflects no tables, and has no class for one."""
    reflected = (
        "from sqlalchemy import create_engine\n"
        "from sqlalchemy.ext.automap import automap_base\n"
        "engine = create_engine('sqlite:///weather.sqlite')\n"
        "base = automap_base()\nbase.prepare(autoload_with=engine)\n"
        "Station = base.classes.station"
    )
    proof = prove(FLASK, reflected, INDEX.format("str(Station)"))
    assert verdict(proof)[0] == (
        "Not proved: cell 2, line 6: The file does not start:"
        " the database 'weather.sqlite' is not there."
    )


def test_a_package_that_is_not_there_is_named() -> None:
    """So is a missing module."""
    proof = prove(FLASK, "from nowhere import rows", INDEX.format("str(rows)"))
    assert whats(proof) == [
        "The file does not start: the package 'nowhere' is not installed here."
    ]


def test_a_name_that_a_module_lacks_is_told_with_its_cell(tmp_path: Path) -> None:
    """The traceback begins in the file, not in what runs it for the proof."""
    (tmp_path / "tools.py").write_text("size = 1\n")
    cells = (FLASK, "from tools import rows", INDEX.format("str(rows)"))
    [found] = prove(*cells, folder=tmp_path).differences
    assert (found.cell, found.what) == (
        "cell 2, line 1",
        "The file does not start: ImportError: cannot import name 'rows' from 'tools'"
        " (tools.py).",
    )
    first, *_, last = found.detail.splitlines()
    assert first.startswith('File "app.py", line ')
    assert last.startswith("ImportError: cannot import name 'rows' from 'tools'")
    assert "<frozen" not in found.detail


def test_an_app_that_cannot_be_called_is_a_difference() -> None:
    """No server can load it."""
    change = ("if __name__", "app = 3\nif __name__")
    proof = prove(FLASK, INDEX.format("'x'"), change=change)
    assert whats(proof) == [
        "'app' of the file is of the type 'int': no server can call it."
    ]


def test_a_rule_too_few_is_a_difference() -> None:
    """The URL maps are compared."""
    change = ('@app.get("/")\n', "")
    proof = prove(FLASK, INDEX.format("'x'"), change=change)
    assert whats(proof)[0] == (
        "The file has no rule '/' (GET, HEAD, OPTIONS) of the endpoint 'index'."
    )


def test_what_varies_by_nature_is_no_difference() -> None:
    """A token differs in each process; what stands beside it is compared."""
    token = "import secrets\n" + INDEX.format("f'key {secrets.token_hex()} end'")
    assert prove(FLASK, token).is_proved
    proof = prove(FLASK, token, change=(" end'", " stop'"))
    assert whats(proof) == ["GET / has another body."]


def test_cookies_are_kept_as_the_cells_kept_them() -> None:
    """A new client of a cell is a new visitor."""
    proof = prove(
        FLASK + "\napp.secret_key = 'x'\nfrom flask import session",
        '@app.get("/in")\ndef enter():\n    session["a"] = 1\n    return "in"',
        INDEX.format("str('a' in session)"),
        "one = app.test_client()\none.get('/in')\none.get('/')",
        "app.test_client().get('/')\none.get('/')",
    )
    assert proof.is_proved
    bodies = [one.file.body for one in proof.exchanges if one.file]
    assert bodies == [b"in", b"True", b"False", b"True"]


def test_bodies_are_made_up_for_forms_and_json() -> None:
    """A rule that no cell asks is asked with an empty and with a plausible body."""
    form = '@app.post("/add")\ndef add():\n    return "Hi " + request.form["name"]'
    data = (
        '@app.post("/sum")\ndef total():\n'
        '    return str(request.get_json()["a"] + request.json["b"])'
    )
    proof = prove(FLASK, form, data)
    assert verdict(proof) == ["Proved: 2 of 2 rules asked, 4 answers equal"]
    found = [(one.file.status, one.asked.body) for one in proof.exchanges if one.file]
    assert found == [
        (400, b""),
        (200, b"name=example"),
        (415, b""),
        (200, b'{"a": 1, "b": 1}'),
    ]


def test_the_notebook_runs_in_a_copy_without_the_network(tmp_path: Path) -> None:
    """Nothing of the folder changes; a prompt and a host are refused."""
    (tmp_path / "data.txt").write_text("before")
    proof = prove(
        FLASK,
        "import os\ntext = open('data.txt').read()\nos.remove('data.txt')",
        INDEX.format("text"),
        "input('Who? ')",
        "from urllib.request import urlopen\nurlopen('http://198.51.100.7/', None, 2)",
        folder=tmp_path,
    )
    assert (tmp_path / "data.txt").read_text() == "before"
    assert proof.is_proved
    notes = [one for one in proof.notes if "fails" in one]
    assert notes[0] == (
        "In the clean run of the notebook cell 4 fails: RefusedInputError:"
        " input('Who? ') asks, and nobody answers here."
    )
    assert "'198.51.100.7' cannot be reached" in notes[1]


def test_a_cell_that_does_not_parse_is_told_of_once() -> None:
    """The export says that it stays out; that it fails says nothing more."""
    proof = prove(FLASK, "open a file = ", "1 / 0", INDEX.format("'a'"))
    assert proof.is_proved
    assert proof.notes == [
        "In the clean run of the notebook cell 3 fails: ZeroDivisionError: division by"
        " zero."
    ]


def test_what_no_service_answers_is_called_so() -> None:
    """A secret of Colab's is no text here; Python's own error says why."""
    colab = "import os\nfrom google.colab import userdata\n"
    proof = prove(
        FLASK, colab + "os.environ['A'] = userdata.get('A')", INDEX.format("'a'")
    )
    assert proof.is_proved
    assert proof.notes[-1] == (
        "In the clean run of the notebook cell 2 fails: TypeError: str expected, not"
        " answer of a person or a service, which is not asked here."
    )


def test_servers_of_the_notebook_do_not_block() -> None:
    """`app.run()` serves in the background, and cells below can ask it."""
    proof = prove(
        FLASK,
        INDEX.format("'home'"),
        "app.run(port=5077)",
        "import urllib.request\n"
        "text = urllib.request.urlopen('http://127.0.0.1:5077/').read()\n"
        "assert text == b'home', text",
    )
    assert proof.is_proved
    assert not [one for one in proof.notes if "fails" in one]
    assert proof.exchanges[0].asked.cell == "cell 4"


def test_servers_of_the_shell_do_not_block() -> None:
    """A command that serves goes on, and its app is the file's that cells wrote."""
    written = (
        "%%writefile shop.py\nfrom flask import Flask\napp = Flask(__name__)\n"
        "@app.get('/')\ndef index():\n    return 'home'\n\n"
        "if __name__ == '__main__':\n    app.run(port=5078)\n"
    )
    ask = (
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:5078/').read()"
    )
    proof = prove(written, "!python shop.py", ask)
    assert verdict(proof) == ["Proved: 1 of 1 rule asked, 1 answer equal"]
    assert not [one for one in proof.notes if "fails" in one]


def test_a_loop_that_only_waits_is_interrupted() -> None:
    """As a person would; the app is asked all the same."""
    loop = "import time\nwhile True:\n    time.sleep(5)"
    proof = prove(FLASK, INDEX.format("'home'"), loop)
    assert proof.is_proved


def test_an_endless_stream_is_let_go_after_its_first_part() -> None:
    """The proof goes on."""
    stream = (
        "from flask import Response\nimport time\n"
        '@app.get("/feed")\ndef feed():\n'
        "    def parts():\n        while True:\n"
        '            yield "data: x\\n\\n"\n            time.sleep(0.1)\n'
        "    return Response(parts(), mimetype='text/event-stream')"
    )
    proof = prove(FLASK, stream)
    assert proof.is_proved
    [one] = proof.exchanges
    assert one.file is not None
    assert one.file.is_cut


def test_a_slow_start_names_the_statement_and_the_option() -> None:
    """Which statement it was at when the time was over."""
    slow = "import time\n\n\ndef train():\n    time.sleep(90)\n    return 3"
    cells = (FLASK, slow, "model = train()", INDEX.format("str(model)"))
    proof = prove(*cells, timeout_s=4)
    assert verdict(proof) == [
        "Not proved: cell 3, line 1: The file does not start within 4 s: it is still"
        " at `model = train()`; --timeout 16 gives it more."
    ]


def test_an_import_that_takes_long_is_named_with_its_cell(tmp_path: Path) -> None:
    """It is the library that takes the time, and the option gives it more."""
    (tmp_path / "slow_library.py").write_text("import time\n\ntime.sleep(90)\nX = 1")
    cells = ("import slow_library", FLASK, INDEX.format("str(slow_library.X)"))
    proof = prove(*cells, folder=tmp_path, timeout_s=4)
    assert verdict(proof) == [
        "Not proved: cell 1, line 1: The import takes longer than the 4 s of a start:"
        " `import slow_library`; --timeout 16 gives it more."
    ]


def test_a_cell_of_the_notebook_that_takes_long_is_told_so() -> None:
    """Not as an interrupt, which nobody made; the file does not need the cell."""
    cells = (FLASK, INDEX.format("'a'"), "n = 0\nwhile n < 10**12:\n    n += 1")
    proof = prove(*cells, timeout_s=4)
    assert proof.notes == [
        "In the clean run of the notebook cell 3 takes more than half of what is left"
        " of 4 s and is stopped; --timeout 16 gives more."
    ]


def test_a_cell_that_the_file_needs_and_that_takes_long_is_the_reason_alone() -> None:
    """What is answered otherwise says nothing: rows of the notebook are lacking."""
    fills = "import sys\n\nrows = [1]\nwhile 'IPython' in sys.modules:\n    pass"
    proof = prove(FLASK, f"{fills}\nrows.append(2)", INDEX.format("rows"), timeout_s=8)
    assert verdict(proof) == [
        "Not proved: In the clean run of the notebook cell 2 takes more than half of"
        " what is left of 8 s and is stopped; --timeout 32 gives more."
    ]
    assert proof.notes == []


def test_a_cell_that_only_waits_is_told_so() -> None:
    """More time would not help it."""
    waits = "import time\n\nwhile True:\n    time.sleep(1)"
    proof = prove(FLASK, INDEX.format("'a'"), waits)
    assert verdict(proof) == ["Proved: 1 of 1 rule asked, 1 answer equal"]
    note = "In the clean run of the notebook cell 3 only waits, and is stopped."
    assert proof.notes == [note]


def test_a_cell_waits_for_its_command() -> None:
    """The sleeps with which it looks whether the command has ended are not its own."""
    makes = "!sleep 2; echo tea > made.txt"
    reads = "NAME = open('made.txt').read()"
    proof = prove(FLASK, makes, reads, INDEX.format("NAME"))
    assert proof.notes == []
    assert [one.here.body for one in proof.exchanges if one.here] == [b"tea\n"]


SECOND = "# the second one\n%%writefile second.py\n" + FLASK


def test_apps_of_two_cells_are_not_compared() -> None:
    """The cell that makes the file's app fails in the notebook: that is the reason."""
    first = FLASK + "\n" + INDEX.format("'a'")
    second = SECOND + "\n@app.get('/b')\ndef b():\n    return 'b'"
    proof = prove(first, second)
    assert verdict(proof) == [
        "Not proved: cell 2, line 5: this cell makes the file's app, and fails in the"
        " clean run of the notebook (UsageError: Line magic function `%%writefile` not"
        " found): the notebook's app is that of cell 1."
    ]


def test_the_failing_cell_that_makes_the_app_is_named_of_several() -> None:
    """Not the first one, which only looks."""
    proof = prove("nothing_here", SECOND + "\n" + INDEX.format("'a'"))
    assert verdict(proof) == [
        "Starts, nothing compared: the notebook makes no app here, as cell 2 fails:"
        " UsageError: Line magic function `%%writefile` not found."
    ]


def test_an_app_without_rules_is_not_said_to_be_asked_by_rules() -> None:
    """A cell asks it, and gets what every app answers."""
    asks = "app.test_client().get('/nowhere').status"
    assert verdict(
        prove("from flask import Flask\n\napp = Flask('a', static_folder=None)", asks)
    ) == ["Proved: the app has no rules of its own, 2 answers equal"]


def test_a_cell_saved_without_the_framework_counts_where_others_need_it() -> None:
    """The file needs it as well: the error is old."""
    first = Cell("a", FLASK + "\n" + INDEX.format("'a'"))
    error = "ModuleNotFoundError: No module named 'flask'"
    second = Cell("b", FLASK + "\n" + INDEX.format("'b'"), error=error)
    assert "return 'b'" in export([first, second], Options()).source


@pytest.mark.parametrize(
    ("sets", "reads", "answer"),
    [
        (
            "import decimal\ndecimal.getcontext().prec = 4\n"
            "third = decimal.Decimal(1) / 3",
            "str(decimal.Decimal(1) / 2 / 3) + str(third)",
            "0.16666666666666666666666666670.3333",
        ),
        (
            "from contextvars import ContextVar\n"
            "lang = ContextVar('lang', default='en')\nlang.set('de')",
            "lang.get()",
            "en",
        ),
        (
            "import threading\nlocal = threading.local()\nlocal.user = 'Ada'",
            "getattr(local, 'user', 'nobody')",
            "nobody",
        ),
    ],
)
def test_requests_see_nothing_that_the_main_thread_has_set_for_itself(
    sets: str, reads: str, answer: str
) -> None:
    """Servers answer in threads: those of the kernel, of `app.run` and of gunicorn."""
    proof = prove(FLASK, sets, INDEX.format(reads), tries_workers=True)
    assert proof.is_proved, whats(proof)
    assert [one.file.body for one in proof.exchanges if one.file] == [answer.encode()]
    assert proof.one_process == []


def test_a_database_of_the_main_thread_fails_in_both() -> None:
    """SQLite refuses it to a server's threads, whichever of both asks."""
    makes = "import sqlite3\ndatabase = sqlite3.connect(':memory:')"
    proof = prove(
        FLASK, makes, INDEX.format("str(database.execute('select 1').fetchall())")
    )
    [one] = proof.exchanges
    assert one.file is not None and one.here is not None
    assert (one.file.status, one.here.status) == (500, 500)
    assert proof.notes == [
        "GET / raises ProgrammingError: SQLite objects created in a thread can only be"
        " used in that same thread. The object was created in thread id … and this is"
        " thread id … in both."
    ]


def test_an_endless_view_is_given_up_and_the_next_is_asked() -> None:
    """Its thread ends, whatever `except Exception` it has."""
    loops = """
@app.get("/a")
def a():
    while True:
        try:
            app.name
        except Exception:
            pass
"""
    proof = prove(FLASK, loops, INDEX.format("'home'"), timeout_s=6)
    answers = {one.asked.url: one.file for one in proof.exchanges}
    assert answers["/a"] is not None and answers["/a"].problem == "late"
    assert answers["/"] is not None and answers["/"].status == 200


def test_data_that_requests_of_cells_left_are_not_in_the_file() -> None:
    """A test client of a cell changed a list: the file starts with the empty one."""
    app = FLASK + "\nfrom flask import request\nitems = []"
    views = "@app.post('/items')\ndef add():\n    items.append(1)\n    return 'added'"
    views += "\n@app.get('/items')\ndef show():\n    return str(items)"
    posts = "client = app.test_client()\nclient.post('/items')\nclient.get('/items')"
    proof = prove(app, views, posts)
    assert proof.is_proved
    assert proof.notes == [
        "The file starts without what cells' own requests left in 'items':"
        " POST /items (cell 3)."
    ]
    assert prove(app, views, "app.test_client().get('/items')").notes == []


@pytest.mark.parametrize(
    ("made", "add", "named"),
    [
        ("items = []", "items.append(1)", "'items'"),
        (
            "import sqlite3\n"
            "items = sqlite3.connect(':memory:', check_same_thread=False)\n"
            "_ = items.execute('create table t(x)')",
            "items.execute('insert into t values (1)')",
            "'items'",
        ),
        ("class Shop:\n    items = {}", "Shop.items['a'] = 1", "'Shop'"),
    ],
)
def test_what_requests_of_cells_left_anywhere_is_named(
    made: str, add: str, named: str
) -> None:
    """In any data that views read, by a prefixed rule, by a test client or %http."""
    views = f"""
from flask import Blueprint
{made}
api = Blueprint("api", __name__)
@api.post("/items")
def post():
    {add}
    return "added"
app.register_blueprint(api, url_prefix="/api")"""
    proof = prove(FLASK + views, "app.test_client().post('/api/items?n=1')")
    assert proof.is_proved
    assert proof.notes == [
        f"The file starts without what cells' own requests left in {named}:"
        " POST /api/items (cell 2)."
    ]
    loads = "%load_ext werkbook\n"
    asks = "%http POST /api/items"
    proof = prove(loads + FLASK + views, asks)
    assert f"left in {named}: POST /api/items (cell 2)." in "".join(proof.notes)


def test_what_requests_to_another_app_left_is_named() -> None:
    """Its views change data that the exported app's views read."""
    admin = "admin = Flask('admin')\nitems = []\n@admin.get('/fill')\ndef fill():\n"
    admin += "    items.append(1)\n    return 'filled'"
    asks = "admin.test_client().get('/fill')"
    proof = prove(FLASK, admin, INDEX.format("str(items)"), asks)
    assert proof.is_proved
    assert proof.notes == [
        "The file starts without what cells' own requests left in 'items':"
        " GET /fill (cell 4)."
    ]


def test_what_requests_of_cells_wrote_into_a_file_is_named() -> None:
    """The database file lies in the notebook's folder, and in no other."""
    code = """
import sqlite3
def ask(what):
    with sqlite3.connect("shop.db") as database:
        return str(database.execute(what).fetchall())
ask("create table items(x)")"""
    views = "@app.post('/')\ndef add():\n    return ask('insert into items values (1)')"
    views += "\n@app.get('/')\ndef show():\n    return ask('select * from items')"
    asks = "for _ in range(2):\n    app.test_client().post('/')"
    proof = prove(FLASK + code, views, asks)
    assert proof.is_proved
    assert proof.notes == [
        "What cells' own requests wrote is only in 'shop.db' of the notebook's folder:"
        " POST / (cell 3)."
    ]


def test_rules_of_a_cell_that_fails_for_its_own_requests_are_not_the_notebooks() -> (
    None
):
    """Flask takes no rule once it has answered: Restart and Run All has none."""
    late = "@app.get('/late')\ndef late():\n    return 'late'"
    proof = prove(FLASK, INDEX.format("'a'"), "app.test_client().get('/')\n" + late)
    assert not proof.is_proved
    assert whats(proof) == [
        "Only the file has the rule '/late' (GET, HEAD, OPTIONS) of the endpoint"
        " 'late'."
    ]
    assert proof.notes[0].startswith("In the clean run of the notebook cell 3 fails:")


def test_a_difference_in_a_rule_with_a_prefix_names_its_cell() -> None:
    """The rule stands in its cell without the prefix."""
    bp = "from flask import Blueprint\napi = Blueprint('api', __name__)"
    view = "@api.get('/price')\ndef price():\n    return 'tea'"
    told = "app.register_blueprint(api, url_prefix='/api')"
    proof = prove(FLASK, bp, view, told, change=("'tea'", "'cake'"))
    assert [one.cell for one in proof.differences] == ["cell 3, line 1"]


def test_loops_of_the_shell_and_another_order_are_named(tmp_path: Path) -> None:
    """Where the file differs: it does not do them; the proof goes from the top."""
    loop = "!mkdir -p data\n!for i in 1 2; do echo $i > data/$i; done"
    listed = "import os\nnames = sorted(os.listdir('data'))"
    proof = prove(FLASK, loop, listed, INDEX.format("str(names)"), folder=tmp_path)
    assert not proof.is_proved
    assert proof.notes == [
        "cell 2, line 2: the shell's `for i in 1 2; do echo $i > data/$i; done` is run"
        " in the notebook only; write it in Python, and the file does it, too."
    ]
    script = "%%bash\nwhile false\ndo true; done"
    cells = [Cell("a", script, execution_count=3), Cell("b", "1", execution_count=2)]
    made = export([Cell("c", FLASK)], Options())
    assert tell_reasons(Subject(cells), made) == [
        "In[3], line 2: the shell's `while false` is run in the notebook only; write it"
        " in Python, and the file does it, too.",
        "The saved counts tell of another order (In[3] stands before In[2]); the proof"
        " goes from top to bottom, as Restart and Run All.",
    ]


def test_a_process_that_ends_itself_is_a_difference() -> None:
    """`os._exit` leaves no word."""
    code = (FLASK + "\nimport os", INDEX.format("os.sep"))
    proof = prove(*code, change=("app = ", "os._exit(3)\napp = "))
    assert whats(proof)[0].startswith("The file ends its process while it starts")


@pytest.mark.parametrize(
    "started",
    [
        "import threading, time\nt = threading.Thread(target=time.sleep, args=(300,))\n"
        "t.start()",
        "import subprocess\nt = subprocess.Popen(['sleep', '301.5'])",
        "import subprocess\nt = subprocess.Popen('setsid sleep 301.5 &', shell=True)",
    ],
)
def test_threads_and_children_of_the_app_end_with_the_proof(started: str) -> None:
    """The proof ends when its answers are in, and nothing outlives it."""
    proof = prove(FLASK, started, INDEX.format("str(bool(t))"))
    assert verdict(proof) == ["Proved: 1 of 1 rule asked, 1 answer equal"]
    left = [
        path for path in Path("/proc").glob("[0-9]*/cmdline") if b"301.5" in _read(path)
    ]
    assert not left


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_the_file_cannot_write_outside_of_its_folder(tmp_path: Path) -> None:
    """Where the system cannot refuse it, one line says so."""
    outside = tmp_path / "outside.txt"
    proof = prove(
        FLASK,
        f"def write():\n    open({str(outside)!r}, 'w').write('x')",
        "try:\n    write()\n    text = 'done'\nexcept OSError:\n    text = 'refused'",
        INDEX.format("text"),
    )
    assert proof.is_proved
    said = any("could write outside of its folder" in one for one in proof.notes)
    assert outside.exists() == said


def test_home_is_an_empty_folder() -> None:
    """And of the environment there is what was handed on."""
    view = INDEX.format("str(os.listdir(os.path.expanduser('~')))")
    proof = prove(FLASK + "\nimport os", view)
    assert [one.file.body for one in proof.exchanges if one.file] == [b"[]"]


def test_variables_are_handed_on_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are not."""
    monkeypatch.setenv("MY_KEY", "secret")
    code = (FLASK + "\nimport os", INDEX.format("os.environ.get('MY_KEY', 'none')"))
    for env, body in (((), b"none"), (("MY_KEY",), b"secret")):
        proof = prove(*code, env=env)
        assert [one.file.body for one in proof.exchanges if one.file] == [body]


def test_recorded_answers_count_where_nothing_is_run() -> None:
    """With `--check recorded` the notebook is not run."""
    cells = cells_of(FLASK, INDEX.format("'home'"), "1 / 0")
    made = export(cells, Options())
    recorded = Asked("cell 4", "GET", "/", status=200, response=b"home")
    wrong = Asked("cell 4", "GET", "/", status=200, response=b"away")
    for asked, is_proved in ((recorded, True), (wrong, False)):
        subject = Subject(cells, None, [asked], "recorded")
        with Prover(subject, tries_workers=False) as prover:
            assert prover.prove(made).is_proved is is_proved


def test_nothing_recorded_is_said() -> None:
    """The third verdict: it starts, and nothing could be compared."""
    cells = cells_of(FLASK, INDEX.format("'home'"))
    with Prover(Subject(cells, check="recorded"), tries_workers=False) as prover:
        proof = prover.prove(export(cells, Options()))
    assert verdict(proof) == [
        "Starts, nothing compared: the saved notebook holds no answer; run it with a"
        " %http cell and save it, or leave --check recorded out."
    ]


def test_a_live_app_is_asked_what_get_can_ask() -> None:
    """Its recorded answers count, and nothing is run again."""
    view = '@app.post("/add")\ndef add():\n    return "added"'
    cells = cells_of(FLASK, INDEX.format("'home'"), view)
    seen: list[str] = []

    def ask(asked: Asked) -> KnownAnswer:
        seen.append(f"{asked.method} {asked.url}")
        if asked.url != "/":
            return KnownAnswer(404)
        return KnownAnswer(200, "text/html", b"home")

    subject = Subject(cells, check="live", ask_live=ask)
    with Prover(subject, tries_workers=False) as prover:
        proof = prover.prove(export(cells, Options()))
    assert proof.is_proved
    assert seen == ["GET /", "GET /werkbook/no/such/page"]
    assert [(one.rule, one.left) for one in proof.rules_asked] == [
        ("/", ()),
        ("/add", ("POST",)),
    ]


def test_no_copy_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof cleans up, also where its folder lies in the notebook's."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    proof = prove(FLASK, INDEX.format("'home'"), folder=tmp_path)
    assert proof.is_proved
    assert not list(tmp_path.iterdir())


def test_several_workers_show_what_lives_in_one_process() -> None:
    """A counter differs between two workers, and its cell is named."""
    count = (
        '@app.get("/")\ndef index():\n    global visits\n    visits += 1\n'
        "    return str(visits)"
    )
    ask = "client = app.test_client()\nfor _ in range(3):\n    client.get('/')"
    proof = prove(FLASK, "visits = 0", count, ask, tries_workers=True)
    assert proof.is_proved
    assert [str(one) for one in proof.one_process or ()] == [
        "cell 3, line 4: the view 'index' changes the global 'visits'"
    ]


def test_several_workers_of_uvicorn_show_it_too() -> None:
    """An ASGI app is served as its project serves it, with a restart in the middle."""
    app = (
        "from fastapi import FastAPI\n\napp = FastAPI()\nseen = []\n\n"
        '@app.get("/")\nasync def index():\n    seen.append(1)\n    return len(seen)'
    )
    ask = (
        "from fastapi.testclient import TestClient\nclient = TestClient(app)\n"
        "for _ in range(3):\n    client.get('/')"
    )
    proof = prove(app, ask, tries_workers=True)
    assert verdict(proof) == ["Proved: 1 of 1 rule asked, 3 answers equal"]
    assert [one.workers.body for one in proof.exchanges if one.workers] == [
        b"1",
        b"1",
        b"1",
    ]
    assert [str(one) for one in proof.one_process or ()] == [
        "cell 1, line 8: the view 'index' changes the global 'seen'"
    ]


def test_app_that_echoes_its_request_lives_in_no_process() -> None:
    """The workers get the headers that the app got, no more and no less."""
    echo = (
        '@app.route("/", methods=["GET", "POST"])\ndef index():\n'
        "    return {'headers': dict(request.headers), 'form': request.form}"
    )
    ask = "app.test_client().post('/', data={'a': 1}, headers={'X-A': 'b'})"
    proof = prove(FLASK, echo, ask, tries_workers=True)
    assert proof.is_proved
    assert proof.one_process == []


def test_several_workers_share_a_file() -> None:
    """What is kept on the disk is the same for both, before and after a restart."""
    count = (
        '@app.get("/")\ndef index():\n'
        "    with open('visits.txt', 'a') as file:\n        file.write('x')\n"
        "    return str(len(open('visits.txt').read()))"
    )
    ask = "client = app.test_client()\nfor _ in range(4):\n    client.get('/')"
    proof = prove(FLASK, count, ask, tries_workers=True)
    assert proof.is_proved
    assert proof.one_process == []


def test_progress_names_what_is_done() -> None:
    """Each cell and each request is a step."""
    steps: list[str] = []

    class Noting:
        def step(self, text: str) -> None:
            steps.append(text)

        def tick(self) -> None:
            """Nothing."""

        def done(self) -> None:
            steps.append("done")

    cells = cells_of(FLASK, INDEX.format("'home'"))
    with Prover(Subject(cells), Noting(), tries_workers=False) as prover:
        prover.prove(export(cells, Options()))
    text = "\n".join(steps)
    assert re.search("the notebook runs cell 1\n.*the notebook runs cell 2", text, re.S)
    assert "the notebook's app is asked GET /" in text
    assert "the file is asked GET /" in text
    assert steps[-1] == "done"


CSRF = """
import secrets
from flask import redirect, session

app.secret_key = secrets.token_hex()

@app.get("/sign")
def form():
    session["token"] = secrets.token_urlsafe()
    hidden = f'<input type="hidden" name="token" value="{session["token"]}">'
    return f'<form method="post">{hidden}<input name="name"></form>'

@app.post("/sign")
def sign():
    if request.form.get("token") != session.get("token"):
        return "forged", 400
    return "Hello " + request.form["name"]
"""


def test_token_of_a_form_is_carried_to_the_next_request() -> None:
    """In each process the request has the token that the page there had."""
    asking = (
        "import re\nclient = app.test_client()\npage = client.get('/sign').text\n"
        "token = re.search('value=\"(.+?)\"', page)[1]\n"
        "client.post('/sign', data={'token': token, 'name': 'Ada'})"
    )
    proof = prove(FLASK + CSRF, asking)
    assert verdict(proof) == ["Proved: 2 of 2 rules asked, 2 answers equal"]
    assert [one.file.body for one in proof.exchanges[1:] if one.file] == [b"Hello Ada"]
    changed = prove(FLASK + CSRF, asking, change=('"Hello "', '"Bye "'))
    assert whats(changed) == ["POST /sign has another body."]


def test_form_that_no_cell_sends_is_sent_with_its_hidden_fields() -> None:
    """As a browser sends it: the token is the page's, the name is made up."""
    proof = prove(FLASK + CSRF)
    bodies = [one.file.body for one in proof.exchanges if one.file]
    assert bodies[-1] == b"Hello example"
    assert proof.is_proved


def test_item_is_asked_for_by_the_id_that_it_has_now() -> None:
    """The id is another one in each process."""
    view = """
import uuid
items = {}

@app.post("/items")
def add():
    key = str(uuid.uuid4())
    items[key] = request.json
    return {"id": key}, 201

@app.get("/items/<key>")
def item(key):
    return items[key] if key in items else ("gone", 404)
"""
    asking = (
        "client = app.test_client()\n"
        "key = client.post('/items', json={'name': 'tea'}).json['id']\n"
        "client.get('/items/' + key)"
    )
    proof = prove(FLASK + view, asking)
    assert proof.is_proved
    [_, last] = [one.file for one in proof.exchanges if one.asked.cell]
    assert last is not None and last.status == 200


def test_requests_of_exercises_count_as_asked() -> None:
    """Once, after the cells, by visitors with cookies of their own."""
    exercise = (
        '%%exercise count\nCount.\n\nrepeat 2: GET /count -> text has "2"\n'
        'GET /count -> text has "1"\nPOST -f /add name=tea -> 200'
    )
    views = """
from flask import session
app.secret_key = "x"
@app.get("/count")
def count():
    session["n"] = session.get("n", 0) + 1
    return str(session["n"])
@app.post("/add")
def add():
    return request.form["name"]
"""
    proof = prove("%load_ext werkbook", FLASK + views, exercise, "x = 1")
    assert verdict(proof) == ["Proved: 2 of 2 rules asked, 4 answers equal"]
    found = [
        (one.asked.cell, one.asked.url, one.file.body)
        for one in proof.exchanges
        if one.file
    ]
    assert found == [
        ("cell 3", "/count", b"1"),
        ("cell 3", "/count", b"2"),
        ("cell 3", "/count", b"1"),
        ("cell 3", "/add", b"tea"),
    ]


@pytest.mark.parametrize(
    "serve",
    [
        "app.run(host='127.0.0.1', port={port})",
        "from wsgiref.simple_server import make_server\n"
        "make_server('127.0.0.1', {port}, app).serve_forever()",
    ],
)
def test_server_of_an_earlier_cell_gives_way_to_the_next(serve: str) -> None:
    """A person ends it before going on; then the port is free for the next app."""
    port = free_port()
    sources = [
        "\n".join([FLASK, INDEX.format(repr(text)), serve.format(port=port)])
        for text in ("first", "second")
    ]
    asking = f"from urllib.request import urlopen\nurlopen('http://localhost:{port}/')"
    proof = prove(*sources, asking)
    assert verdict(proof) == ["Proved: 1 of 1 rule asked, 1 answer equal"]
    assert [one.file.body for one in proof.exchanges if one.file] == [b"second"]


def test_tunnel_of_a_written_file_is_stood_in_for() -> None:
    """The module of a service that is not here is not asked for by either app."""
    view = INDEX.format("'tunnel'")
    written = (
        "%%writefile served.py\nfrom flask_ngrok import run_with_ngrok\n"
        f"{FLASK}\nrun_with_ngrok(app)\n{view}\napp.run()"
    )
    proof = prove(written, "!python served.py")
    assert verdict(proof) == ["Proved: 1 of 1 rule asked, 1 answer equal"]


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ([], ["/items"]),
        ([("/items", ("GET",), "items")], ["/items"]),
        ([("/<name>", ("GET",), "page")], ["/docs", "/openapi.json", "/items"]),
        ([("/<path:name>", ("GET",), "p")], ["/docs", "/openapi.json", "/items"]),
        ([("/docs", ("GET",), "docs")], ["/docs", "/items"]),
    ],
)
def test_pages_of_the_kit_are_no_part_of_the_proof(
    rules: list[RuleLine], kept: list[str]
) -> None:
    """A file has no /docs and /openapi.json; only rules of the user's are compared."""
    asked = [Asked("In[1]", "GET", url) for url in ("/docs", "/openapi.json", "/items")]
    reference = Reference([ComparedRequest(one) for one in asked], rules)
    leave_out_kit_pages(reference)
    assert [one.asked.url for one in reference.exchanges] == kept


DRAWN = """
import os
import random
number = int([one for one in os.getcwd().split(os.sep) if one.isdigit()][-1])
lots = random.sample(["heads" if number in (2, 3) else "tails"], 1)
"""
"""What is drawn is known: by the number of the process's folder."""
TOSS = '@app.get("/toss")\ndef toss():\n    return "it is " + lots[0]'


def test_two_processes_that_draw_the_same_by_chance_are_not_enough() -> None:
    """The file draws lots: a third process shows that its answers vary by nature."""
    proof = prove(FLASK, DRAWN, TOSS)
    assert (whats(proof), proof.held_otherwise) == ([], [])
    assert proof.is_proved


@pytest.mark.parametrize("told", ["import time", "from datetime import datetime"])
def test_two_processes_that_run_in_one_second_are_not_enough(told: str) -> None:
    """The same of a file that tells the time: two ran in one second, one before it."""
    clock = told.rpartition(" ")[2]
    drawn = DRAWN.replace("import random", told)
    drawn = drawn.replace("random.sample([", f"{clock} and ([").replace(", 1)", ")")
    proof = prove(FLASK, drawn, TOSS)
    assert (whats(proof), proof.held_otherwise) == ([], [])


def test_what_no_lot_explains_differs() -> None:
    """The same, in a file that names nothing random and no time."""
    proof = prove(FLASK, re.sub(r"import random\n|random.sample|, 1", "", DRAWN), TOSS)
    assert whats(proof) == ["GET /toss has another body."]
    assert proof.held_otherwise == ["lots"]


def test_fault_of_a_file_that_draws_lots_is_found() -> None:
    """However often it is asked."""
    proof = prove(FLASK, DRAWN, TOSS, change=("it is ", "it was "))
    assert whats(proof) == ["GET /toss has another body."]


TAGS = "tags = {'red', 'green', 'blue', 'black', 'white'}"
ORDERED = "GET / answers in another order at each start, as sets do."


@pytest.mark.parametrize("answered", ["' '.join(tags)", "list(tags)"])
def test_order_of_a_set_is_no_difference_and_is_told(answered: str) -> None:
    """Strings are hashed otherwise in each process: no order of them can be wrong."""
    proof = prove(FLASK, TAGS, INDEX.format(answered), tries_workers=True)
    assert proof.is_proved, whats(proof)
    assert proof.notes == [ORDERED]
    assert proof.one_process == []


def test_order_of_a_set_is_none_that_a_fault_of_the_file_may_have() -> None:
    proof = prove(
        FLASK,
        TAGS,
        INDEX.format("{'tags': list(tags), 'all': len(tags)}"),
        change=("'green'", "'grey'"),
    )
    assert whats(proof) == ["GET / has another body."]


def test_order_of_a_list_is_a_difference() -> None:
    """It is the same in each process of the file."""
    view = INDEX.format("' '.join(['one', 'two', 'three'])")
    proof = prove(FLASK, view, change=("'one', 'two'", "'two', 'one'"))
    assert whats(proof) == ["GET / has another body."]
    assert proof.notes == []


def test_package_that_only_the_notebook_imports_need_not_be_here() -> None:
    """Its cell does the rest of what it says, and a note tells of it."""
    proof = prove(
        FLASK,
        "import absent_waits.ports\n\ndef start():\n    absent_waits.ports.wait(8000)\n"
        "def page():\n    return 'page'",
        INDEX.format("page()") + "\nstart()",
    )
    assert verdict(proof) == ["Proved: 1 of 1 rule asked, 1 answer equal"]
    assert proof.notes == [
        "The package 'absent_waits' is not installed here, and the file does not"
        " import it: in the clean run of the notebook it does nothing."
    ]


def test_package_that_the_file_imports_must_be_here() -> None:
    """The file does not start without it: nothing stands in for it there."""
    view = INDEX.format("absent_waits.page()")
    proof = prove(FLASK, "import absent_waits", view)
    assert verdict(proof)[0] == (
        "Not proved: cell 2, line 1: The file does not start:"
        " the package 'absent_waits' is not installed here."
    )
