import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

APP = "from werkbook import App, render_template\napp = App('__main__')"
HELLO = "@app.get('/hello')\ndef hello():\n    return greeting()"
GREETING = "def greeting():\n    return 'hello'"
SAME = "Restart and Run All gives this app."


@pytest.fixture
def here(shell: InteractiveShell) -> Iterator[ShellNotebook]:
    shell.run_line_magic("config", "Werkbook.try_get = False")
    notebook = ShellNotebook(shell)
    notebook.run("app", APP)
    notebook.run("greeting", GREETING)
    notebook.run("hello", HELLO)
    yield notebook
    notebook.delete_all()


def check(notebook: ShellNotebook) -> str:
    return notebook.run("check", "%check").text.strip()


def test_check_of_a_notebook_that_ran_in_order(here: ShellNotebook) -> None:
    here.run("route", "%%route GET /items/<int:n>\nx = n\nf'{x}'")
    here.run("template", "%%template t.html\n<b>{{ x }}</b>\n")
    here.run("static", "%%static s.css\nbody {}\n")
    here.run("hook", "@app.before_request\ndef hook():\n    pass")
    here.run("config", "app.config['K'] = 3\napp.secret_key = 'x'")
    here.run("filter", "@app.template_filter('k')\ndef k(v):\n    return v")
    assert check(here) == SAME


def test_check_names_what_a_deleted_cell_left(here: ShellNotebook) -> None:
    here.delete("greeting")
    assert check(here).splitlines()[1:] == [
        "name greeting: only the live app has it"
        " (the cell 'def greeting():' is no longer in the notebook)"
    ]


def test_check_names_a_cell_that_was_edited_and_not_run(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "n.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    shell.run_line_magic("unload_ext", "werkbook")
    shell.run_line_magic("load_ext", "werkbook")
    notebook = ShellNotebook(shell)
    notebook.run("app", APP)
    notebook.run("greeting", GREETING)
    notebook.run("hello", HELLO)
    edited = {
        "app": APP,
        "greeting": GREETING,
        "hello": HELLO.replace("/hello", "/bye"),
        "other": "@app.get('/other')\ndef other():\n    return ''",
    }
    cells = [
        {"cell_type": "code", "id": notebook.prefix + name, "source": source}
        for name, source in edited.items()
    ]
    path.write_text(json.dumps({"cells": cells}))
    assert check(notebook).splitlines() == [
        "Restart and Run All gives another app:",
        "GET /bye -> hello: the live app lacks it",
        "GET /hello -> hello: only the live app has it"
        " (the cell \"@app.get('/hello')\" was edited since it ran)",
        "GET /other -> other: the live app lacks it"
        " (the cell \"@app.get('/other')\" did not run)",
    ]


def test_check_sees_that_the_order_matters(here: ShellNotebook) -> None:
    here.run("late", "def greeting():\n    return 'late'")
    here.run("greeting", GREETING)
    assert check(here).splitlines()[1:] == [
        "name greeting: it is another one in the live app (the cell 'def greeting():')"
    ]


def test_check_of_a_rule_that_a_deleted_cell_named(here: ShellNotebook) -> None:
    here.run("path", "path = '/later'")
    here.run("late", "@app.get(path)\ndef late():\n    return ''")
    here.delete("path")
    assert check(here).splitlines()[1:] == [
        "GET /later -> late: only the live app has it (the cell '@app.get(path)')"
    ]


def test_check_without_an_app_in_the_cells(here: ShellNotebook) -> None:
    here.delete("app")
    ran = here.fail("check", "%check")
    assert "CheckError: The notebook's cells do not make an app." in ran.text


def test_check_wrong_arguments(here: ShellNotebook) -> None:
    assert "UsageError" in here.fail("check", "%check nothing").text
    assert "UsageError: %check: " in here.fail("check", "%check a b").text
