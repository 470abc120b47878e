import re

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import (
    KernelNotebook,
    Notebook,
    RealKernel,
    ShellNotebook,
)

from werkbook.system import using
from werkbook.system.bare import BareSystem
from werkbook.system.watching import TimeIsOverError

APP = "from werkbook import App, Blueprint, request\napp = App('__main__')"

MOUNTS = """app.register_blueprint(bp)
app.register_blueprint(bp, name='two', url_prefix='/two')"""


@pytest.fixture
def base(notebook: Notebook) -> Notebook:
    notebook.run("o", "%config Werkbook.try_get = False")
    notebook.run("app", APP)
    return notebook


def test_route_serves_its_last_expression(base: Notebook) -> None:
    ran = base.run("k", "%%route GET /hello/<name>\nloud = name.upper()\nf'hi {loud}'")
    assert ran.text.strip() == "GET /hello/<name> -> hello_name"
    assert base.get("/hello/Ada") == "hi ADA"
    assert base.ask("'hello_name' in globals() or 'loud' in globals()") is False


def test_route_get_is_the_default_method(base: Notebook) -> None:
    base.run("k", "%%route /\n'home'")
    assert base.get("/") == "home"
    assert base.ask("list(app.view_functions)") == ["static", "index"]


def test_route_with_methods_and_return(base: Notebook) -> None:
    base.run(
        "k", "%%route post,PUT /items/<int:n>\nreturn request.method + str(n), 201"
    )
    assert base.get("/items/3", "POST") == "POST3"
    assert base.get("/items/3", "PUT") == "PUT3"
    assert base.get("/items/3") == "405"
    assert base.ask("list(app.view_functions)[-1]") == "post_put_items_n"


def test_route_semicolon_changes_nothing(base: Notebook) -> None:
    base.run("k", "%%route /\n'home';")
    assert base.get("/") == "home"


def test_route_that_yields_is_a_stream(base: Notebook) -> None:
    base.run("k", "%%route /\nfor n in range(3):\n    yield str(n)")
    assert base.get("/") == "012"


def test_route_that_awaits_is_asynchronous(base: Notebook) -> None:
    base.run("k", "%%route /\nimport asyncio\nawait asyncio.sleep(0.001)\n'waited'")
    assert base.get("/") == "waited"


def test_route_whose_try_is_not_answered_is_there(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cell has not failed, so that the view can be asked for longer."""
    here = ShellNotebook(shell)
    here.run("app", APP + "\nfrom threading import Event\ngate = Event()")
    monkeypatch.setattr("werkbook_ext.magics.route.LIMIT_S", 0.3)
    lines = here.run("k", "%%route /x\ngate.wait(20)\n'over'").text.splitlines()
    assert "GET /x was not answered within 0.3 s." in lines
    assert lines[-1] == (
        "  Fix: interrupt the view's work, or allow more: "
        "%http GET /x --timeout SECONDS."
    )
    here.run("open", "gate.set()")
    assert here.get("/x") == "over"


def test_route_that_nobody_can_interrupt_is_ended(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without threads the view is interrupted soon, and the cell has not failed."""

    def end(function: object, timeout_s: float) -> None:
        raise TimeIsOverError

    here = ShellNotebook(shell)
    here.run("app", APP)
    monkeypatch.setattr("werkbook_ext.transport.wsgi_adapter.call_in_time", end)
    with using(BareSystem()):
        text = here.run("k", "%%route /x\nwhile True:\n    pass").text
    lines = text.splitlines()
    assert "GET /x was not answered within 10 s." in lines
    assert lines[-1] == (
        "  Fix: correct the view, or allow more: %http GET /x --timeout SECONDS."
    )
    assert "/x" in here.ask("[one.rule for one in app.url_map.iter_rules()]")


def test_route_without_a_value_is_flasks_error(base: Notebook) -> None:
    base.run("k", "%%route /\nx = 1")
    assert base.get("/") == "500"


@pytest.mark.parametrize(
    "cell",
    [
        "%%route /\nname = 'Ada'\nprint(f'Hello {name}')",
        "@app.get('/')\ndef hello():\n    return print('Hello')",
    ],
)
def test_view_that_prints_its_page_is_told_to_return_it(
    base: Notebook, cell: str
) -> None:
    """A view that ends with `print(...)` is told what a view returns."""
    base.run("k", cell)
    ran = base.run("ask", "%http /")
    assert "GET / -> 500" in ran.text
    assert (
        "A view returns its page, and print returns nothing: what it prints is only"
        " shown with the request. Write the text itself in place of print(...)."
    ) in ran.text
    base.run("k", "%%route /\nprint('Hello')\nx = None\nx")
    assert "A view returns its page" not in base.run("ask", "%http /").text


def test_route_takes_a_blueprint(base: Notebook) -> None:
    base.run("bp", "bp = Blueprint('bp', '__main__', url_prefix='/bp')")
    base.run("register", "app.register_blueprint(bp)")
    base.run("k", "%%route /x --app bp\n'blue'")
    assert base.get("/bp/x") == "blue"
    base.run("k", "%%route /y --app bp\n'blue'")
    assert [base.get("/bp/x"), base.get("/bp/y")] == ["404", "blue"]


def test_route_of_a_mounted_blueprint_has_fields(base: Notebook) -> None:
    """Its lines are those of the apps that have it, told once, each with Try."""
    base.run("bp", "bp = Blueprint('bp', '__main__', url_prefix='/bp')")
    ran = base.run("k", "%%route /x/<n> --app bp\nn")
    assert ran.text.strip() == "GET /x/<n> -> x_n"
    base.run("register", "app.register_blueprint(bp)")
    ran = base.run("register", MOUNTS)
    assert "GET /two/x/<n> -> two.x_n" in ran.text
    ran = base.run("k", "%%route /x/<n> --app bp --try /bp/x/3\nn")
    lines = ran.text.strip().splitlines()
    assert lines[:2] == ["GET /bp/x/<n> -> bp.x_n", "GET /two/x/<n> -> two.x_n"]
    assert [line for line in lines if "->" in line][2:] == ["GET /bp/x/3 -> 200 OK"]
    ran = base.run("k", "%%route POST /y --app bp\n'blue'")
    assert ran.text.split("\n")[:2] == [
        "POST /bp/y -> bp.post_y",
        "POST /two/y -> two.post_y",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "%%route /x/{n}\n'x'",
        "@app.get('/x/{n}')\ndef x(n: str):\n    return n",
        "bp = Blueprint('bp', '__main__')\napp.register_blueprint(bp)\n"
        "@bp.get('/x/:n')\ndef x():\n    return 'x'",
    ],
)
def test_variables_of_other_frameworks_are_told(base: Notebook, source: str) -> None:
    """The rule stays text, and one line says how a variable is written."""
    ran = base.run("k", source)
    told = [line for line in ran.text.splitlines() if "text to its last" in line]
    text = "/x/:n" if ":n'" in source else "/x/{n}"
    assert told == [
        f"{text} is text to its last letter: a variable is written <name>, /x/<n>"
    ]
    assert "text to its last" not in base.run("k", "%%route /x/<n>\nn").text


def test_route_makes_an_app_when_there_is_none(kernel: RealKernel) -> None:
    notebook = KernelNotebook(kernel)
    notebook.run("load", "%load_ext werkbook")
    notebook.run("o", "%config Werkbook.try_get = False")
    ran = notebook.run("k", "%%route /\n'home'")
    assert ran.text.strip().splitlines() == [
        "There was no app yet: made app = App()",
        "GET / -> index",
    ]
    assert notebook.get("/") == "home"
    again = notebook.run("k", "%%route /\n'changed'")
    assert again.text.strip() == "GET / -> index"
    assert notebook.get("/") == "changed"
    notebook.run("k2", "%%route /two\n'two'", deleted=["k"])
    assert [notebook.get("/"), notebook.get("/two")] == ["404", "two"]


def test_route_says_when_a_global_is_missing(base: Notebook) -> None:
    base.run("c", "counter = 0")
    ran = base.run("k", "%%route /\ncounter += 1\nstr(counter)")
    assert "begin the cell with: global counter" in ran.text
    ran = base.run("k", "%%route /\nglobal counter\ncounter += 1\nstr(counter)")
    assert "global" not in ran.text
    assert [base.get("/"), base.get("/")] == ["1", "2"]


FIRST_LINE = (
    "\n  Why: the first line holds the methods, one rule, parameters in parentheses,"
    " and options."
)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("%%route", f"%%route has no rule.{FIRST_LINE}"),
        (
            "%%route GTE /x",
            f"%%route: 'GTE' is not an HTTP method; did you mean GET?{FIRST_LINE}",
        ),
        (
            "%%route GET x",
            f"%%route: The rule 'x' does not start with a slash.{FIRST_LINE}"
            "\n  Fix: write '/x'.",
        ),
        (
            "%%route GET /x --nam y",
            f"%%route has no option '--nam'; did you mean --name?{FIRST_LINE}",
        ),
        (
            "%%route GET /x --name 3",
            f"%%route: The endpoint '3' is not a Python name.{FIRST_LINE}\n  Fix: write"
            " letters, digits and underscores, such as --name show_item.",
        ),
        (
            "%%route GET /x (a b)",
            "%%route cannot read the parameters '(a b)'.\n  Why: they are written as a"
            " function's: a name, a hint, perhaps a default.\n  Fix: write %%route POST"
            " /items (item: NewItem, limit: int = 10)",
        ),
    ],
)
def test_route_wrong_arguments_say_why_and_the_usage(
    base: Notebook, line: str, told: str
) -> None:
    ran = base.fail("k", f"{line}\n'x'")
    usage = (
        "%%route [METHOD[,METHOD]] RULE [(PARAMETERS)] [--name ENDPOINT] [--try URL]..."
        " [--app NAME]"
    )
    assert f"UsageError: {told}\nUsage: {usage}" in ran.text
    assert "Traceback" not in ran.text + ran.error
    assert base.ask("list(app.view_functions)") == ["static"]


ITEM = """
from dataclasses import dataclass
@dataclass
class NewItem:
    name: str
"""


def test_route_declares_parameters_in_its_line(base: Notebook) -> None:
    """The line's parameters are the view's; their class may come later, and change."""
    line = "%%route POST /items/<int:n> (item: NewItem, limit: int = 10) -> NewItem"
    ran = base.run("k", f"{line}\nitem.name += str(limit + n)\nitem")
    assert ran.text.strip() == "POST /items/<int:n> -> post_items_n"
    base.run("item", ITEM)
    send = "app.test_client().post('/items/1?limit={}', json={}).text"
    assert base.ask(send.format(5, {"name": "a"})) == '{"name":"a6"}'
    assert "limit" in base.ask(send.format("x", {"name": "a"}))
    base.run("item", ITEM + "    year: int = 3\n")
    assert base.ask(send.format(5, {"name": "a"})) == '{"name":"a6","year":3}'


def test_route_with_required_parameters_is_not_tried(notebook: Notebook) -> None:
    """A GET that needs a value is no page to be tried; one with defaults is."""
    notebook.run("o", "%config Werkbook.try_get = True")
    notebook.run("app", APP)
    assert " 200 " not in notebook.run("a", "%%route /a (q: str)\nq").text
    assert " 200 " in notebook.run("b", "%%route /b (q: str = 'x')\nq").text


@pytest.mark.parametrize("name", ["nothing", "request", "print"])
def test_route_with_an_app_that_is_none(base: Notebook, name: str) -> None:
    ran = base.fail("k", f"%%route /x --app {name}\n'x'")
    assert "UsageError" in ran.text
    assert "Traceback" not in ran.text + ran.error


def test_route_body_that_does_not_parse(base: Notebook) -> None:
    base.run("k", "%%route /\n'before'")
    ran = base.fail("k", "%%route /\nx = 1\nretrun x")
    shown = (ran.text + ran.error).partition("RouteSyntaxError: ")[2]
    assert re.sub(r"In\[\d+\]", "In[n]", shown).splitlines()[:3] == [
        "The body of a %%route is no Python: Cell In[n], line 3: retrun x",
        "  Why: invalid syntax.",
        "  Fix: mend that line and run the cell again; the app is as it was before.",
    ]
    assert "Traceback" not in ran.text + ran.error
    assert base.get("/") == "before"


@pytest.mark.parametrize("line", ["break", "nonlocal x", "return *"])
def test_line_that_does_not_compile_is_shown(base: Notebook, line: str) -> None:
    ran = base.fail("k", f"%%route /\nx = 1\n{line}\nx")
    assert f", line 3: {line}\n" in ran.text + ran.error


@pytest.mark.parametrize("rule", ["/user/<itn:id>", "/user/<int:id"])
def test_route_rule_that_is_refused(base: Notebook, rule: str) -> None:
    ran = base.fail("k", f"%%route GET {rule}\n'x'")
    shown = ran.text + ran.error
    assert "Why:" in shown
    assert "run_cell_magic" not in shown
    assert base.ask("list(app.view_functions)") == ["static"]
