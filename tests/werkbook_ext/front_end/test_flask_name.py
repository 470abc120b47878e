"""`%load_ext werkbook` gives Flask's name where nobody has imported Flask."""

import sys
from collections.abc import Iterator
from pathlib import Path

import flask as real
import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook import App, flask_names, live, serving
from werkbook.live import instances
from werkbook_ext.agents.tools import ToolCall, tell_openapi
from werkbook_ext.config import get_options
from werkbook_ext.front_end.flask_name import LATE
from werkbook_ext.notebook import find_live_cells
from werkbook_ext.notebook.flask_itself import FlaskItselfError
from werkbook_ext.panel.state import read_state

LINE = (
    "import flask gives Werkbook here, and its apps are live. For Flask itself, before"
    " the import: %config Werkbook.as_flask = False\n"
)
APP = "import flask\napp = flask.Flask('__main__')"
WARNING = (
    "app is an app of Flask itself, imported before Werkbook had its name: it keeps"
    " this rule as it is, whatever becomes of the cell.\n"
    "To have it live, restart the kernel, and run %load_ext werkbook above the first"
    " import of flask.\n"
)
UNWANTED = (
    "app is an app of Flask itself, imported while as_flask was False: it keeps this"
    " rule as it is, whatever becomes of the cell.\n"
    "To have it live, restart the kernel, and leave as_flask = False out.\n"
)
UNLOADED = (
    "app is an app of Flask itself, imported after %unload_ext werkbook: it keeps this"
    " rule as it is, whatever becomes of the cell.\n"
    "To have it live, restart the kernel, and leave %unload_ext werkbook out.\n"
)
QUIET = (
    "app is Flask's own and not live: restart the kernel, and run %load_ext werkbook"
    " above the first import of flask.\n"
)
ONE = "@app.get('/one')\ndef one():\n    return 'one'"
FIX = (
    "  Fix: restart the kernel, and run %load_ext werkbook above the first import of"
    " flask.\n"
)


@pytest.fixture
def new(
    plain_shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ShellNotebook]:
    """A shell of a process that has not imported Flask; the extension is not loaded."""
    for name in [one for one in sys.modules if one.partition(".")[0] == "flask"]:
        monkeypatch.delitem(sys.modules, name)
    yield ShellNotebook(plain_shell)
    end(plain_shell)
    if flask_names.real_flask() is not None:
        drop_flask()
    assert not flask_names.is_in_use()


@pytest.fixture
def late(plain_shell: InteractiveShell) -> Iterator[ShellNotebook]:
    """A notebook that imported Flask and made an app of it before the extension."""
    notebook = ShellNotebook(plain_shell)
    notebook.run("app", APP)
    assert notebook.run("load", "%load_ext werkbook").text == ""
    notebook.run("options", "%config Werkbook.try_get = False")
    yield notebook
    end(plain_shell)


def end(shell: InteractiveShell) -> None:
    for server in serving.servers():
        server.stop()
    if "werkbook" in shell.extension_manager.loaded:
        shell.run_line_magic("unload_ext", "werkbook")
    instances._instances.clear()
    for owner in live.owners():
        live.forget(owner.id)
    live.notebook.templates.clear()


def drop_flask() -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] == "flask"]:
        del sys.modules[name]


def test_loading_gives_flasks_name_and_says_so(new: ShellNotebook) -> None:
    assert new.run("load", "%load_ext werkbook").text == LINE
    new.run("app", APP)
    assert isinstance(new.shell.user_ns["app"], App)
    new.run("hello", "@app.get('/hello')\ndef hello():\n    return 'one'")
    new.run("hello", "@app.get('/bye')\ndef bye():\n    return 'two'")
    assert (new.get("/hello"), new.get("/bye")) == ("404", "two")
    assert new.run("load", "%load_ext werkbook").text.count("import flask") == 0


def test_option_leaves_flasks_name_alone(new: ShellNotebook) -> None:
    get_options(new.shell).as_flask = False
    assert new.run("load", "%load_ext werkbook").text == ""
    new.run("app", APP)
    app = new.shell.user_ns["app"]
    assert not isinstance(app, App)
    assert UNWANTED in new.run("route", "%%route GET /more\n'more'").text


def test_option_set_after_flask_itself_says_how_it_came(new: ShellNotebook) -> None:
    new.run("load", "%load_ext werkbook")
    new.run("option", "%config Werkbook.as_flask = False")
    new.run("app", APP)
    assert new.run("option", "%config Werkbook.as_flask = True").text == LATE + "\n"
    assert UNWANTED in new.run("route", "%%route GET /more\n'more'").text


def test_flask_imported_while_unloaded_says_how_it_came(new: ShellNotebook) -> None:
    new.run("load", "%load_ext werkbook")
    new.run("unload", "%unload_ext werkbook")
    new.run("app", APP)
    assert new.run("load", "%load_ext werkbook").text == (
        "import flask gives Flask itself, imported after %unload_ext werkbook: its apps"
        " are not live. To have them live, restart the kernel, and leave %unload_ext"
        " werkbook out.\n"
    )
    assert UNLOADED in new.run("route", "%%route GET /more\n'more'").text


def test_name_taken_again_forgets_that_it_was_given_back(new: ShellNotebook) -> None:
    new.run("load", "%load_ext werkbook")
    new.run("unload", "%unload_ext werkbook")
    assert new.run("load", "%load_ext werkbook").text == LINE
    new.run("app", APP)
    assert isinstance(new.shell.user_ns["app"], App)


def test_flask_there_first_and_unwanted_needs_both_changed(late: ShellNotebook) -> None:
    late.run("option", "%config Werkbook.as_flask = False")
    assert late.run("r", "%%route GET /one\n'one'").text.endswith(
        "To have it live, restart the kernel, and run %load_ext werkbook above the"
        " first import of flask, with as_flask = True.\n"
    )


def test_option_set_before_the_import_gives_the_name_back(new: ShellNotebook) -> None:
    new.run("load", "%load_ext werkbook")
    new.run("option", "%config Werkbook.as_flask = False")
    assert flask_names._finder not in sys.meta_path
    new.run("option", "%config Werkbook.as_flask = True")
    new.run("app", APP)
    assert isinstance(new.shell.user_ns["app"], App)


def test_option_set_after_the_import_says_what_to_do(new: ShellNotebook) -> None:
    new.run("load", "%load_ext werkbook")
    new.run("app", APP)
    assert new.run("option", "%config Werkbook.as_flask = False").text == (
        "Flask's name was used already: restart the kernel, and set Werkbook.as_flask"
        " above the first import of flask.\n"
    )
    assert new.run("option", "%config Werkbook.as_flask = True").text == ""


def test_unloading_gives_the_name_back(new: ShellNotebook) -> None:
    new.run("load", "%load_ext werkbook")
    new.run("app", APP)
    new.run("unload", "%unload_ext werkbook")
    assert flask_names._finder not in sys.meta_path
    assert not flask_names.is_in_use()


def test_name_that_a_cell_took_stays(new: ShellNotebook) -> None:
    new.run("take", "import werkbook\nwerkbook.install_as_flask()")
    new.run("app", APP)
    new.run("unload", "%unload_ext werkbook")
    assert flask_names.is_in_use()
    flask_names.give_name_back()


def test_flask_that_was_there_first_stays(late: ShellNotebook) -> None:
    assert isinstance(late.shell.user_ns["app"], real.Flask)
    assert flask_names._finder not in sys.meta_path


def test_cell_that_adds_to_flask_itself_says_so_once(late: ShellNotebook) -> None:
    assert late.run("p", "print(app.name)").text == "__main__\n"
    assert late.run("one", ONE).text == QUIET
    assert late.run("two", ONE.replace("one", "two")).text == ""
    other = APP.replace("app =", "other =")
    assert late.run("other", other).text == ""
    hook = "@other.before_request\ndef look():\n    return None"
    assert late.run("hook", hook).text == QUIET.replace("app", "other", 1)


def test_loading_after_flask_and_all_rules_says_what_to_type(
    plain_shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the export is written
    notebook = ShellNotebook(plain_shell)
    notebook.run("app", APP)
    notebook.run("one", ONE)
    assert notebook.run("load", "%load_ext werkbook").text == QUIET
    more = ONE.replace("one", "two")
    assert notebook.run("two", more).text == ""  # it is told once
    cells = find_live_cells(plain_shell)
    assert cells is not None
    (app,) = read_state(plain_shell, cells)["apps"]
    assert app["note"] == QUIET.strip()
    exported = notebook.run("export", "%export --no-check")
    assert exported.text.endswith(QUIET)
    end(plain_shell)


def test_app_with_rules_from_one_cell_says_so(late: ShellNotebook) -> None:
    assert late.run("all", f"{APP}\n{ONE}").text == QUIET


def test_cell_that_adds_to_flask_itself_by_wish_is_quiet(late: ShellNotebook) -> None:
    late.run("option", "%config Werkbook.as_flask = False")
    assert late.run("one", ONE).text == ""


def test_plain_cell_after_a_magic_that_said_it_is_quiet(late: ShellNotebook) -> None:
    late.run("r", "%%route GET /two\n'two'")
    assert late.run("one", ONE).text == ""


def test_rules_of_flask_itself_say_that_no_cell_owns_them(late: ShellNotebook) -> None:
    late.run("one", ONE)
    for _ in range(2):
        assert late.run("routes", "%routes").text.endswith(f"\n{QUIET}")


def test_route_on_flask_itself_says_what_it_cannot(late: ShellNotebook) -> None:
    ran = late.run("r", "%%route GET /one\n'one'")
    assert ran.text == f"GET /one -> one\n{WARNING}"
    assert late.get("/one") == "one"


def test_route_that_runs_again_on_flask_itself_says_why_not(
    late: ShellNotebook,
) -> None:
    late.run("r", "%%route GET /one\n'one'")
    assert late.fail("r", "%%route GET /one\n'two'").text.startswith(
        "FlaskItselfError: %%route /one does nothing for 'app', an app of Flask itself."
        "\n  Why: Flask was imported before Werkbook had its name, and keeps what a"
        " cell's first run said.\n" + FIX
    )


def test_view_defined_again_on_flask_itself_says_why_not(late: ShellNotebook) -> None:
    """Flask's own error stays, and lines of ours say what to type."""
    late.run("r", "@app.get('/one')\ndef one():\n    return 'one'")
    lines = (
        "app is an app of Flask itself, imported before Werkbook had its name: it keeps"
        " what a cell's first run said.\nTo have it live, restart the kernel, and run"
        " %load_ext werkbook above the first import of flask.\n"
    )
    again = late.fail("r", "@app.get('/one')\ndef one():\n    return 'two'")
    assert "View function mapping is overwriting" in again.text
    assert again.text.endswith(lines)
    late.shell.user_ns["app"].test_client().get("/one")
    more = late.fail("m", "@app.get('/more')\ndef more():\n    return 'more'")
    assert "The setup method 'get' can no longer be called" in more.text.replace(
        "'route'", "'get'"
    )
    assert more.text.endswith(lines)
    assert lines not in late.fail("x", "assert False, 'The setup method'[:3]").text


@pytest.mark.parametrize("magic", ["%%template a.html", "%%static a.css"])
def test_cells_that_flask_itself_does_not_see_say_so(
    late: ShellNotebook, magic: str
) -> None:
    ran = late.fail("t", f"{magic}\nx")
    assert ran.text == (
        f"FlaskItselfError: {magic} does nothing for 'app', an app of Flask itself.\n"
        "  Why: Flask was imported before Werkbook had its name, and finds neither"
        " templates nor files in cells.\n" + FIX
    )
    assert "a.html" not in live.notebook.templates


def test_check_of_flask_itself_says_why_not(late: ShellNotebook) -> None:
    assert late.fail("c", "%check").text == (
        "FlaskItselfError: %check does nothing for 'app', an app of Flask itself.\n"
        "  Why: Flask was imported before Werkbook had its name, and its cells own"
        " nothing.\n" + FIX
    )


def test_docs_of_flask_itself_say_why_not(late: ShellNotebook) -> None:
    """Nothing of it is at /docs, as there is for another framework's app, perhaps."""
    assert late.fail("d", "%docs").text == (
        "FlaskItselfError: %docs does nothing for 'app', an app of Flask itself.\n"
        "  Why: Flask was imported before Werkbook had its name, and describes no"
        " API.\n" + FIX
    )
    call = ToolCall(late.shell, find_live_cells(late.shell), {})
    with pytest.raises(FlaskItselfError, match="openapi does nothing for 'app'"):
        tell_openapi(call)


def test_template_with_an_app_of_werkbooks_beside_is_taken(late: ShellNotebook) -> None:
    late.run("mine", "from werkbook import App\nmine = App('mine')")
    late.run("t", "%%template a.html\nx")
    assert "a.html" in live.notebook.templates
