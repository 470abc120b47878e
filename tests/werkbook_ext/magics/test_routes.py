import json
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import KernelNotebook, Notebook, ShellNotebook

from werkbook_ext import routes

APP = """from werkbook import App
app = App('__main__')
@app.get('/hello/<name>')
def hello(name):
    return 'hello'
"""


@pytest.fixture
def here(shell: InteractiveShell) -> ShellNotebook:
    notebook = ShellNotebook(shell)
    notebook.run("app", APP)
    return notebook


def test_routes_in_a_terminal_shows_everything(here: ShellNotebook) -> None:
    here.run("s", "from werkbook_ext import serve\nserver = serve(app)")
    here.run(
        "r", "import urllib.request as u\n_ = u.urlopen(server.url + '/hello/x').read()"
    )
    text = here.run("r", "%routes").text
    lines = [line.split() for line in text.strip().splitlines()]
    assert lines[0] == [
        "rule",
        "methods",
        "endpoint",
        "cell",
        "requests",
        "last",
        "status",
    ]
    assert ["/hello/<name>", "GET", "hello", "[1]", "1", "200"] in lines


def test_routes_in_a_notebook_saves_what_does_not_vary(
    kernel_notebook: KernelNotebook,
) -> None:
    kernel_notebook.run("app", APP)
    output = kernel_notebook.run("r", "%routes").outputs[0]
    first = output["data"]
    kernel_notebook.run("ask", "%http /hello/x")
    second = kernel_notebook.run("r", "%routes").outputs[0]["data"]
    assert first == second
    assert list(first) == ["text/plain", "text/html"]
    assert list(output["metadata"]["werkbook"]) == ["widget"]
    line = "from werkbook import App"
    assert [one.split(maxsplit=3) for one in first["text/plain"].splitlines()] == [
        ["rule", "methods", "endpoint", "cell"],
        ["/static/<path:filename>", "GET", "static", line],
        ["/hello/<name>", "GET", "hello", line],
    ]
    assert "/hello/&lt;name&gt;" in first["text/html"]


@pytest.mark.parametrize("front_end", ["VS Code", "Colab"])
def test_routes_are_html_where_the_extension_cannot_be(
    kernel_notebook: KernelNotebook, front_end: str
) -> None:
    """A widget would be an error there when the notebook is opened again."""
    mark = "__vsc_ipynb_file__ = 'n.ipynb'"
    if front_end == "Colab":
        mark = "import sys, types; sys.modules['google.colab'] = types.ModuleType('g')"
    kernel_notebook.run("app", APP)
    kernel_notebook.run("mark", mark)
    data = kernel_notebook.run("r", "%routes").outputs[0]["data"]
    assert set(data) == {"text/plain", "text/html"}
    kernel_notebook.run("mark", "import sys; sys.modules.pop('google.colab', None)")


def test_routes_twin(here: ShellNotebook) -> None:
    rows = {row.rule: row for row in routes(here.shell.user_ns["app"])}
    assert rows["/hello/<name>"].endpoint == "hello"
    assert rows["/hello/<name>"].requests == 0
    assert rows["/hello/<name>"].last_status is None


def test_routes_says_when_ownership_is_approximate(shell: InteractiveShell) -> None:
    notebook = ShellNotebook(shell)
    shell.run_cell(APP, store_history=True)
    text = notebook.run("r", "%routes").text
    assert "~[1]" in text
    assert "a cell is known by its source" in text


def test_routes_marks_a_cell_that_was_edited_since_it_ran(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "n.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    shell.run_line_magic("unload_ext", "werkbook")
    shell.run_line_magic("load_ext", "werkbook")
    notebook = ShellNotebook(shell)

    def save(source: str) -> None:
        cell = {"cell_type": "code", "id": f"{notebook.prefix}app", "source": source}
        path.write_text(json.dumps({"cells": [cell]}))

    def mark() -> str:
        notebook.run("other", "pass")
        rows = {row.rule: row.cell for row in routes(shell.user_ns["app"])}
        return rows["/hello/<name>"]

    save(APP)
    notebook.run("app", APP)
    assert mark() == "[1]"
    edited = APP.replace("'hello'", "'hello!'")
    save(edited)
    assert mark() == "[1]*"
    assert "[1]*" in notebook.run("r", "%routes").text
    notebook.run("app", edited)
    assert mark() == "[5]"
    notebook.run("app", APP)  # run, and not saved yet
    assert mark() == "[7]"
    save(APP + "\n")
    assert mark() == "[7]"


def test_routes_of_a_real_flask_app(here: ShellNotebook) -> None:
    here.run("f", "import flask\nother = flask.Flask('x')")
    assert "/static/<path:filename>" in here.run("r", "%routes other").text


def test_routes_log(here: ShellNotebook) -> None:
    here.run("s", "from werkbook_ext import serve\nserver = serve(app)")
    here.run(
        "r", "import urllib.request as u\n_ = u.urlopen(server.url + '/hello/x').read()"
    )
    assert "/hello/x" in here.run("r", "%routes --log").text


@pytest.mark.parametrize("line", ["a b", "--nothing", "nothing", "app --app app"])
def test_routes_wrong_arguments(notebook: Notebook, line: str) -> None:
    notebook.run("app", APP)
    ran = notebook.fail("r", f"%routes {line}")
    assert "UsageError: " in ran.text
    assert "Traceback" not in ran.text + ran.error
