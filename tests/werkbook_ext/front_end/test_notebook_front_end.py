import re
import sys
import traceback
from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import Notebook, RealKernel, ShellNotebook

from werkbook.registrations.ledger import ledger

APP = "from werkbook import App, render_template\napp = App('__main__')"
FAILING = """@app.get('/')
def index():
    inside = 42
    return 1 / 0
"""


@pytest.fixture(autouse=True)
def last_exception_is_kept() -> Iterator[None]:
    names = ("last_exc", "last_type", "last_value", "last_traceback")
    before = {name: getattr(sys, name) for name in names if hasattr(sys, name)}
    yield
    for name in names:
        if hasattr(sys, name):
            delattr(sys, name)
    for name, value in before.items():
        setattr(sys, name, value)


@pytest.fixture
def here(shell: InteractiveShell) -> ShellNotebook:
    notebook = ShellNotebook(shell)
    notebook.run("app", APP)
    return notebook


def ask_root(notebook: Notebook) -> str:
    return notebook.get("/")


def test_failing_view_is_what_debug_opens(here: ShellNotebook) -> None:
    here.run("k", FAILING)
    assert ask_root(here) == "500"
    assert isinstance(sys.last_value, ZeroDivisionError)
    assert sys.last_exc is sys.last_value  # type: ignore[attr-defined]
    traceback = here.shell.InteractiveTB.tb
    assert traceback is sys.last_traceback
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    assert traceback.tb_frame.f_locals["inside"] == 42


def test_front_end_names_cells(here: ShellNotebook) -> None:
    here.run("k", FAILING)
    assert ledger.front_end is not None
    view = here.shell.user_ns["index"]
    assert ledger.front_end.name_cell(view.__code__.co_filename) == "Cell In[2]"
    assert ledger.front_end.name_cell(__file__) is None


def notes() -> list[str]:
    return list(getattr(sys.last_value, "__notes__", []))


def test_hint_for_a_name_that_should_be_global(here: ShellNotebook) -> None:
    here.run("c", "counter = 0")
    here.run("k", "@app.get('/')\ndef i():\n    counter += 1\n    return ''")
    assert ask_root(here) == "500"
    assert notes() == [
        "Names assigned in a view are local, and the notebook has a counter too."
        " To change that one, begin with: global counter"
    ]


def test_hint_for_a_template_that_no_cell_holds(here: ShellNotebook) -> None:
    here.run("k", "@app.get('/')\ndef i():\n    return render_template('x.html')")
    assert ask_root(here) == "500"
    assert notes() == [
        "No cell holds it. Write a cell that begins with: %%template x.html"
    ]


def test_hint_for_a_sqlite_connection_of_a_cell(here: ShellNotebook) -> None:
    here.run("c", "import sqlite3\ndb = sqlite3.connect(':memory:')")
    here.run("k", "@app.get('/')\ndef i():\n    return str(db.execute('select 1'))")
    asking = "t = threading.Thread(target=app.test_client().get, args=['/'])"
    here.run("t", f"import threading\n{asking}\nt.start(); t.join()")
    assert notes() == [
        "Views run in the server's threads, and this connection was made by a cell."
        " Write sqlite3.connect(..., check_same_thread=False), or connect in the view."
    ]
    here.run("c", "db.close()")


def test_failing_template_names_the_line_of_its_cell(here: ShellNotebook) -> None:
    here.run("t", "%%template t.html\n<p>\n{{ nothing.at.all }}")
    here.run("k", "@app.get('/')\ndef i():\n    return render_template('t.html')")
    page = here.ask("app.test_client().get('/').text")
    assert "Cell In[2], line 3" in page
    assert "<mark>   3  {{ nothing.at.all }}</mark>" in page


@pytest.mark.parametrize(
    ("cell", "line", "marked"),
    [
        ("@app.get('/')\ndef i():\n    x = 3", 2, "def i():"),
        (
            "@app.get('/')\n@plain\nasync def i(): return 3",
            3,
            "async def i(): return 3",
        ),
        ("%%route / --name i\nx = 3", 1, "def i():"),
        ("@app.get('/', defaults={'n': 1})\ndef i():\n    return ''", 2, "def i():"),
        (
            "class I(MethodView):\n    def get(self):\n        pass\n"
            "app.add_url_rule('/', view_func=I.as_view('i'))",
            2,
            "    def get(self):",
        ),
    ],
)
def test_view_that_no_line_of_its_own_failed_is_named(
    here: ShellNotebook, cell: str, line: int, marked: str
) -> None:
    here.run("w", "from werkbook.views import MethodView\nplain = lambda view: view")
    here.try_run("k", cell)
    page = here.ask("app.test_client().get('/').text")
    assert re.findall(r"<p>.*</p>", page) == [
        f"<p>Cell In[3], line {line}, in {'get' if 'class' in cell else 'i'}</p>"
    ]
    assert f"<mark>{line:>4}  {marked}</mark>" in page


def test_name_that_was_meant_is_told(here: ShellNotebook) -> None:
    here.run("k", "@app.get('/')\ndef i():\n    heading = 1\n    return headin")
    assert ask_root(here) == "500"
    assert notes() == ["Did you mean heading?"]
    here.run("k", "@app.get('/')\ndef i():\n    return render_templat('t.html')")
    assert ask_root(here) == "500"
    assert notes() == ["Did you mean render_template?"]
    here.run("k", "@app.get('/')\ndef i():\n    return prnt('t.html')")
    assert ask_root(here) == "500"
    assert notes() == ["Did you mean print?"]
    here.run("k", "@app.get('/')\ndef i():\n    return qqq")
    assert ask_root(here) == "500"
    assert notes() == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("stream_with_context(g())", "from werkbook import stream_with_context"),
        ("secrets.token_hex()", "import secrets"),
    ],
)
def test_name_that_no_cell_imported_is_told_with_its_import(
    here: ShellNotebook, code: str, line: str
) -> None:
    here.run("k", f"@app.get('/')\ndef i():\n    return {code}")
    assert ask_root(here) == "500"
    assert notes() == [f"Run this in a cell first: {line}"]


def test_hint_for_a_template_whose_name_is_near(here: ShellNotebook) -> None:
    here.run("t", "%%template layout.html\n<b>")
    here.run("p", "%%template page.html\n{% extends 'layuot.html' %}")
    here.run("k", "@app.get('/')\ndef i():\n    return render_template('page.html')")
    assert ask_root(here) == "500"
    assert notes() == ["Did you mean 'layout.html'?"]
    here.run("p", "%%template page.html\n{{ 1|ronud }}")
    assert ask_root(here) == "500"
    assert notes() == ["Did you mean round?"]


def test_hint_stands_on_the_page(here: ShellNotebook) -> None:
    here.run("k", "@app.get('/')\ndef i():\n    return render_template('x.html')")
    page = here.ask("app.test_client().get('/').text")
    assert "Write a cell that begins with: %%template x.html" in page


TEMPLATE = """%%template list.html
<ul>{% for item in items %}
<li>{{ item.name.upper() }}</li>{% endfor %}</ul>"""


def test_debug_after_a_template_error_has_the_variables_of_both(
    here: ShellNotebook,
) -> None:
    """It opens the view's line, where the template's loop variable is known too."""
    here.run("template", TEMPLATE)
    here.run(
        "list",
        "from werkbook import render_template\n@app.get('/list')\ndef names():\n"
        "    size = 2\n    return render_template('list.html', items=[{'name': 7}])",
    )
    here.get("/list")
    frames = list(traceback.walk_tb(sys.last_traceback))
    frame, line = frames[-1]
    assert (frame.f_code.co_name, line) == ("names", 5)
    assert eval("(size, item['name'], items)", frame.f_globals, frame.f_locals) == (
        2,
        7,
        [{"name": 7}],
    )
    assert [one.f_code.co_name for one, _ in frames].count("names") == 1
    error = sys.last_value
    assert error is not None
    told = [one.name for one in traceback.extract_tb(error.__traceback__)]
    assert told.count("names") == 1


def test_debug_in_a_real_kernel_opens_the_view(kernel: RealKernel) -> None:
    """The debugger's prompt, over the kernel's stdin channel, stands in the view."""
    kernel.run("%load_ext werkbook", "load")
    kernel.run(APP, "app")
    kernel.run(FAILING, "k")
    asking = "from werkbook_ext import serve\nimport requests\n"
    ran = kernel.run(f"{asking}requests.get(serve(app).url).status_code", "ask")
    assert "500" in ran.text
    ran = kernel.converse("%debug", "p inside, type(app).__name__", "up", "q")
    shown = re.sub(r"\x1b\[[\d;]*m", "", ran.text)
    assert "----> 4     return 1 / 0" in shown
    assert "(42, 'App')" in shown
    assert "500" in kernel.run("requests.get(serve(app).url).status_code", "ask").text
