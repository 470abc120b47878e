"""How runs of cells reach the live app: events, failures, notes, the saved notebook."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import (
    KernelNotebook,
    Notebook,
    RealKernel,
    ShellNotebook,
)

from werkbook.registrations.ledger import ledger

APP = "from werkbook import App\napp = App('__main__')"
HELLO = '@app.get("/hello/<name>")\ndef hello(name):\n    return f"hello {name}"'


@pytest.fixture
def base(notebook: Notebook) -> Notebook:
    notebook.run("app", APP)
    return notebook


def test_loading_cell_owns_what_it_registers(plain_shell: InteractiveShell) -> None:
    notebook = ShellNotebook(plain_shell)
    notebook.run("one", f"%load_ext werkbook\n{APP}\n{HELLO}")
    assert notebook.get("/hello/Ada") == "hello Ada"
    notebook.run("one", APP)
    assert notebook.get("/hello/Ada") == "404"
    plain_shell.run_line_magic("unload_ext", "werkbook")


def test_rules_are_announced_in_one_line_each(base: Notebook) -> None:
    ran = base.run("k", f'{HELLO}\n@app.post("/items")\ndef add():\n    return ""')
    assert ran.text.strip() == "GET /hello/<name> -> hello\nPOST /items -> add"
    again = base.run("k", f'{HELLO}\n@app.post("/items")\ndef add():\n    return ""')
    assert again.text == ran.text


def test_announcements_can_be_switched_off(base: Notebook) -> None:
    base.run("o", "%config Werkbook.announce = False")
    ran = base.run("k", HELLO)
    base.run("o", "%config Werkbook.announce = True")
    assert ran.text.strip() == ""


def test_cell_that_registers_nothing_says_nothing(base: Notebook) -> None:
    assert base.run("k", "x = 1").text == ""


def test_failed_cell_says_what_it_did_not_register(base: Notebook) -> None:
    ran = base.fail("k", f"{HELLO}\n1 / 0")
    assert (
        "Not registered, because the cell failed: GET /hello/<name> -> hello;"
        " the app is as it was before." in ran.text
    )
    assert base.get("/hello/Ada") == "404"


def test_failed_cell_says_in_one_word_that_it_made_an_app(base: Notebook) -> None:
    made = "app = App('__main__', static_folder=None)\napp.secret_key = 'k'\n"
    assert base.fail("app", f"{made}1 / 0").text.endswith(
        "Not registered, because the cell failed: App('__main__'),"
        " app.config['SECRET_KEY']; the app is as it was before.\n"
    )


def test_failed_cell_says_in_one_word_that_it_made_a_blueprint(base: Notebook) -> None:
    made = "from werkbook import Blueprint\nbp = Blueprint('shop', '__main__')\n"
    assert base.fail("bp", f"{made}1 / 0").text.endswith(
        "Not registered, because the cell failed: Blueprint('shop'); the app is as it"
        " was before.\n"
    )


def test_conflict_is_told_in_one_line_without_counts(base: Notebook) -> None:
    base.run("a", HELLO)
    ran = base.run("b", HELLO.replace("def hello", "def greet"))
    lines = [line for line in ran.text.splitlines() if "takes over" in line]
    assert lines == [
        "GET /hello/<name> -> greet takes over from the cell"
        " '@app.get(\"/hello/<name>\")'"
    ]


def test_failing_run_of_a_script_is_a_failure(base: Notebook, tmp_path: Path) -> None:
    script = tmp_path / "routes.py"
    script.write_text(f"{HELLO}\n1 / 0")
    base.fail("k", f"%run -i {script}")
    assert base.get("/hello/Ada") == "404"
    script.write_text(HELLO)
    base.run("k", f"%run -i {script}")
    assert base.get("/hello/Ada") == "hello Ada"
    script.write_text("raise SystemExit(3)")
    base.try_run("k", f"%run -i {script}")
    assert base.get("/hello/Ada") == "hello Ada"


def test_failing_run_of_an_ipython_script(base: Notebook, tmp_path: Path) -> None:
    script = tmp_path / "routes.ipy"
    script.write_text(f"{HELLO}\n1 / 0")
    base.fail("k", f"%run -i {script}")
    assert base.get("/hello/Ada") == "404"


def test_failing_capture_is_a_failure(base: Notebook) -> None:
    base.try_run("k", f"%%capture\n{HELLO}\n1 / 0")
    assert base.get("/hello/Ada") == "404"
    base.run("k", f"%%capture\n{HELLO}")
    assert base.get("/hello/Ada") == "hello Ada"
    base.run("k", "%%capture\npass")
    assert base.get("/hello/Ada") == "404"


def test_failing_nested_run_cell_is_a_failure(base: Notebook) -> None:
    base.try_run("k", f"{HELLO}\nget_ipython().run_cell('1 / 0')\nNone")
    assert base.get("/hello/Ada") == "404"


def test_exception_that_the_cell_caught_is_no_failure(base: Notebook) -> None:
    shown = "try:\n    1 / 0\nexcept Exception:\n    get_ipython().showtraceback()\n"
    base.run("k", shown + HELLO)
    assert base.get("/hello/Ada") == "hello Ada"


def test_time_magic_is_part_of_the_cell(base: Notebook) -> None:
    base.run("k", f"%%time\n{HELLO}")
    assert base.get("/hello/Ada") == "hello Ada"
    base.run("k", "pass")
    assert base.get("/hello/Ada") == "404"


def test_asynchronous_cell_owns_what_it_registers(base: Notebook) -> None:
    wait = "import asyncio\nawait asyncio.sleep(0.01)\n"
    base.run("k", f"{wait}{HELLO}")
    assert base.get("/hello/Ada") == "hello Ada"
    base.fail("k", f"{wait}{HELLO.replace('hello {name}', 'bye')}\n1 / 0")
    assert base.get("/hello/Ada") == "hello Ada"
    base.run("k", f"{wait}pass")
    assert base.get("/hello/Ada") == "404"


def test_empty_cell_changes_nothing(base: Notebook) -> None:
    base.run("k", HELLO)
    base.run("k", " \n")
    base.run("x", "pass")
    assert base.get("/hello/Ada") == "hello Ada"


@pytest.mark.parametrize(
    "wait", ["import time; time.sleep(60)", "import asyncio; await asyncio.sleep(60)"]
)
def test_interrupted_cell_is_a_failure(kernel: RealKernel, wait: str) -> None:
    kernel.run(f"%load_ext werkbook\n{APP}", "app")
    kernel.send(f"{HELLO}\nprint('waiting')\n{wait}", "k")
    while "waiting" not in str(kernel.client.get_iopub_msg(timeout=30)["content"]):
        pass
    kernel.manager.interrupt_kernel()
    # ipykernel answers no request that was interrupted while it awaits, and aborts
    # the one that comes next.
    while kernel.run("pass", "next").has_failed:
        pass
    assert kernel.ask("len([r for r in app.url_map.iter_rules()])") == 1
    kernel.run(HELLO, "k")
    assert kernel.ask("app.test_client().get('/hello/Ada').text") == "hello Ada"


def test_request_threads_own_nothing(base: Notebook) -> None:
    base.run(
        "k",
        '@app.get("/more")\ndef more():\n'
        "    app.config['MORE'] = 1\n    return 'ok'\n",
    )
    base.run("x", "import threading\nask = lambda: app.test_client().get('/more')")
    base.run("x2", "t = threading.Thread(target=ask); t.start(); t.join()")
    base.run("x2", "pass")
    assert base.ask("app.config.get('MORE')") == 1


def test_unload_takes_listeners_and_magics_away(plain_shell: InteractiveShell) -> None:
    plain_shell.run_line_magic("load_ext", "werkbook")
    plain_shell.run_line_magic("unload_ext", "werkbook")
    assert ledger.front_end is None
    assert "route" not in plain_shell.magics_manager.magics["cell"]
    names = [
        type(getattr(callback, "__self__", None)).__name__
        for callback in plain_shell.events.callbacks["post_run_cell"]
    ]
    assert "LiveCells" not in names
    assert "showtraceback" not in vars(plain_shell)


class Saving:
    """A notebook whose file is saved by the test, as a front end would."""

    def __init__(self, notebook: Notebook, path: Path) -> None:
        self.notebook = notebook
        self.path = path

    def save(self, *cells: tuple[str, str] | str) -> None:
        """Save into a new file that takes the old one's place, as editors do."""
        spare = self.path.with_suffix(".new")
        spare.write_text(self._text(*cells))
        spare.replace(self.path)

    def rewrite(self, *cells: tuple[str, str] | str) -> None:
        """Save into the file that is there, as Jupyter does."""
        self.path.write_text(self._text(*cells))

    def _text(self, *cells: tuple[str, str] | str) -> str:
        made = [
            {
                "cell_type": "code",
                "id": self.notebook.prefix
                + (cell if isinstance(cell, str) else cell[0]),
                "source": "pass" if isinstance(cell, str) else cell[1],
            }
            for cell in cells
        ]
        return json.dumps({"cells": made, "nbformat": 4})


@pytest.fixture(params=["shell", "kernel"])
def saving(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Saving]:
    path = tmp_path / "n.ipynb"
    if request.param == "shell":
        monkeypatch.setenv("JPY_SESSION_NAME", str(path))
        shell = request.getfixturevalue("shell")
        notebook: Notebook = ShellNotebook(shell)
        notebook.run("app", APP)
        yield Saving(notebook, path)
    else:
        with RealKernel({"JPY_SESSION_NAME": str(path)}) as kernel:
            notebook = KernelNotebook(kernel)
            notebook.run("load", "%load_ext werkbook")
            notebook.run("app", APP)
            yield Saving(notebook, path)


def test_cell_that_a_newer_save_no_longer_holds_is_gone(saving: Saving) -> None:
    notebook = saving.notebook
    notebook.run("k", HELLO)
    saving.save("load", "app", ("k", HELLO))
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "hello Ada"
    saving.save("load", "app", "x")
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "404"
    saving.save("load", "app", "x", ("k", HELLO))
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "hello Ada"


def test_cell_that_was_emptied_or_became_text_is_gone(saving: Saving) -> None:
    notebook = saving.notebook
    notebook.run("k", HELLO)
    saving.save("load", "app", ("k", " "))
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "404"


def test_cell_younger_than_the_save_stays(saving: Saving) -> None:
    notebook = saving.notebook
    saving.save("load", "app")
    notebook.run("k", HELLO)
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "hello Ada"


def test_hint_that_a_newer_save_contradicts_is_taken_back(saving: Saving) -> None:
    notebook = saving.notebook
    notebook.run("k", HELLO)
    notebook.delete("k")
    assert notebook.get("/hello/Ada") == "404"
    saving.save("app", ("k", HELLO), "other")
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "hello Ada"


def test_a_save_brings_a_cell_back_before_any_cell_runs(saving: Saving) -> None:
    notebook = saving.notebook
    notebook.run("k", HELLO)
    saving.save("load", "app", ("k", HELLO))
    notebook.delete("k")
    assert notebook.get("/hello/Ada") == "404"
    saving.save("load", "app", ("k", HELLO), "other")
    assert notebook.get("/hello/Ada") == "hello Ada"
    saving.save("load", "app", "other")
    assert notebook.get("/hello/Ada") == "hello Ada"
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "404"


def test_a_save_before_any_cell_runs_is_followed_by_the_next(saving: Saving) -> None:
    notebook = saving.notebook
    notebook.run("k", HELLO)
    notebook.run("m", "@app.get('/m')\ndef m():\n    return 'm'")
    saving.save("load", "app", "k", "m")
    notebook.delete("k")
    saving.save("load", "app", ("k", HELLO), "other")
    assert [notebook.get("/hello/Ada"), notebook.get("/m")] == ["hello Ada", "m"]
    notebook.run("x", "pass")
    assert [notebook.get("/hello/Ada"), notebook.get("/m")] == ["hello Ada", "404"]


def test_cell_that_a_save_shows_elsewhere_was_cut_and_pasted(saving: Saving) -> None:
    notebook = saving.notebook
    notebook.run("k", HELLO)
    notebook.run("m", "pass")
    saving.save("load", "app", ("k", HELLO), "m")
    notebook.run("m", "pass")
    saving.save("load", "app", "m", ("k", HELLO))
    notebook.run("x", "pass", deleted=["k"])
    assert notebook.get("/hello/Ada") == "hello Ada"
    saving.save("load", "app", "m", ("k", HELLO), "x")
    notebook.run("x", "pass", deleted=["k"])
    assert notebook.get("/hello/Ada") == "404"


def test_save_of_another_notebook_tells_nothing(saving: Saving) -> None:
    notebook = saving.notebook
    notebook.run("k", HELLO)
    saving.save("p", "q")
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "hello Ada"


@pytest.mark.parametrize("place", ["renamed.ipynb", "below/n.ipynb", "../n.ipynb"])
def test_notebook_that_got_another_name_is_followed(saving: Saving, place: str) -> None:
    notebook = saving.notebook
    notebook.run("k", HELLO)
    saving.save("load", "app", ("k", HELLO))
    notebook.run("x", "pass")
    (saving.path.parent / "below").mkdir()
    saving.path = saving.path.rename(saving.path.parent / place)
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "hello Ada"
    saving.rewrite("load", "app", "x")
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "404"
    saving.rewrite("load", "app", "x", ("k", HELLO))
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "hello Ada"


def test_notebook_whose_old_name_another_one_has_is_followed(saving: Saving) -> None:
    notebook = saving.notebook
    notebook.run("k", HELLO)
    saving.save("load", "app", ("k", HELLO))
    notebook.run("x", "pass")
    other = saving.path
    saving.path = other.rename(other.with_name("renamed.ipynb"))
    other.write_bytes(saving.path.read_bytes())
    saving.rewrite("load", "app", "x")
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "404"


def test_notebook_renamed_before_the_restart_is_known_by_its_cells(
    saving: Saving,
) -> None:
    notebook = saving.notebook
    saving.path = saving.path.with_name("renamed.ipynb")
    notebook.run("k", HELLO)
    saving.save("load", "app", ("k", HELLO))
    notebook.run("k", HELLO)
    saving.save("load", "app", "x")
    notebook.run("x", "pass")
    assert notebook.get("/hello/Ada") == "404"


def test_cell_of_a_reloaded_page_is_the_notebooks(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    with RealKernel({"JPY_SESSION_NAME": str(path)}) as kernel:
        saving = Saving(KernelNotebook(kernel), path)
        prefix = saving.notebook.prefix
        saving.notebook.run("load", f"%load_ext werkbook\n{APP}")
        kernel.run(HELLO, f"{prefix}new", session="after the reload")
        saving.save("load", "x")
        kernel.run("pass", f"{prefix}x", session="after the reload")
        assert saving.notebook.get("/hello/Ada") == "404"


def test_cells_of_another_notebook_on_the_kernel_stay(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    with RealKernel({"JPY_SESSION_NAME": str(path)}) as kernel:
        saving = Saving(KernelNotebook(kernel), path)
        saving.notebook.run("load", "%load_ext werkbook")
        saving.notebook.run("app", APP)
        kernel.run(HELLO, "cell of another", session="another notebook")
        saving.save("load", "app")
        saving.notebook.run("x", "pass")
        assert saving.notebook.get("/hello/Ada") == "hello Ada"
        kernel.run("pass", "x of another", ["cell of another"], session="another")
        assert saving.notebook.get("/hello/Ada") == "404"
