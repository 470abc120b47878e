import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import bottle  # noqa: F401  # its hook of the import system is no test's leak
import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import KernelNotebook, ShellNotebook

from werkbook.system import using
from werkbook.system.bare import BareSystem

APP = "from werkbook import App, render_template\napp = App('__main__')"
HELLO = "@app.get('/hello')\ndef hello():\n    return greeting()"
GREETING = "def greeting():\n    return 'hello'"
SAME = "Restart and Run All gives this app."
FAILED = "Run All stops where a cell fails, as "


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


def test_check_of_cells_that_use_what_another_imports(here: ShellNotebook) -> None:
    """The file that is compared with has its imports and functions in one piece."""
    here.run("imports", "import json\nfrom werkbook import request")
    here.run(
        "echo",
        "@app.post('/echo')\n"
        "def echo():\n"
        "    return json.dumps(request.get_json(), indent=1)",
    )
    here.run("echoes", "%%route POST /echoes\njson.dumps(request.get_json())")
    assert check(here) == SAME


def test_check_leaves_out_what_is_another_with_each_run(here: ShellNotebook) -> None:
    """A random key, a time, a new folder is no difference; what stands beside is."""
    here.run("key", "import os\napp.secret_key = os.urandom(16)\napp.config['K'] = 1")
    here.run("start", "import time\nSTART = time.time()\nlimit = 3")
    here.run("view", "@app.get('/age')\ndef age():\n    return f'{START} {limit}'")
    assert check(here) == SAME
    here.run("scratch", "limit = 4")
    here.delete("scratch")
    assert check(here).splitlines()[1:] == [
        "name limit: it is another one in the live app"
        " (the cell 'limit = 4' is no longer in the notebook)"
    ]


def test_check_says_the_same_where_no_process_can_start(here: ShellNotebook) -> None:
    """The cells are replayed in this interpreter, and the live app stays as it is."""
    there = check(here)
    with using(BareSystem()):
        assert check(here) == there
        here.delete("greeting")
        assert check(here).splitlines()[1:] == [
            "name greeting: only the live app has it"
            " (the cell 'def greeting():' is no longer in the notebook)"
        ]


def test_check_names_what_a_deleted_cell_left(here: ShellNotebook) -> None:
    here.delete("greeting")
    assert check(here).splitlines()[1:] == [
        "name greeting: only the live app has it"
        " (the cell 'def greeting():' is no longer in the notebook)"
    ]


@pytest.fixture
def in_saved(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ShellNotebook:
    """No cells yet, in a kernel that knows the notebook's file."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "n.ipynb"))
    shell.run_line_magic("unload_ext", "werkbook")
    shell.run_line_magic("load_ext", "werkbook")
    return ShellNotebook(shell)


@pytest.fixture
def saved(in_saved: ShellNotebook) -> Iterator[ShellNotebook]:
    """The cells of `here`, in a kernel that knows the notebook's file."""
    notebook = in_saved
    notebook.run("app", APP)
    notebook.run("greeting", GREETING)
    notebook.run("hello", HELLO)
    yield notebook
    notebook.delete_all()


def save(notebook: ShellNotebook, place: Path, **sources: str) -> None:
    cells = [
        {"cell_type": "code", "id": notebook.prefix + name, "source": source}
        for name, source in sources.items()
    ]
    (place / "n.ipynb").write_text(json.dumps({"cells": cells}))


def test_check_names_a_cell_that_was_edited_and_not_run(
    saved: ShellNotebook, tmp_path: Path
) -> None:
    edited = {
        "app": APP,
        "greeting": GREETING,
        "hello": HELLO.replace("/hello", "/bye"),
        "other": "@app.get('/other')\ndef other():\n    return ''",
    }
    save(saved, tmp_path, **edited)
    assert check(saved).splitlines() == [
        "Restart and Run All gives another app:",
        "GET /bye -> hello: the live app lacks it",
        "GET /hello -> hello: only the live app has it"
        " (the cell \"@app.get('/hello')\" was edited since it ran)",
        "GET /other -> other: the live app lacks it"
        " (the cell \"@app.get('/other')\" did not run)",
    ]


def test_check_leaves_out_what_was_deleted_since_the_save(
    saved: ShellNotebook, tmp_path: Path
) -> None:
    save(saved, tmp_path, app=APP, greeting=GREETING, hello=HELLO)
    saved.run("shows", "1")
    save(saved, tmp_path, app=APP, greeting=GREETING, hello=HELLO, shows="1")
    saved.delete("hello", "shows")
    assert check(saved).splitlines() == [
        SAME,
        "Left out, as deleted since the notebook was saved: the cell"
        " \"@app.get('/hello')\". If it is there again, save the notebook.",
    ]
    assert saved.get("/hello") == "404"
    save(saved, tmp_path, app=APP, hello=HELLO, greeting=GREETING)
    assert check(saved) == SAME
    assert saved.get("/hello") == "hello"


def test_check_follows_a_save_made_while_its_cell_runs(
    saved: ShellNotebook, tmp_path: Path
) -> None:
    save(saved, tmp_path, app=APP, greeting=GREETING, hello=HELLO)
    saved.run("other", "pass")
    save_now = partial(save, saved, tmp_path, app=APP, greeting=GREETING)
    saved.shell.user_ns["save_now"] = save_now
    saved.run("w", "save_now()\n%check")
    assert saved.get("/hello") == "404"


def test_check_follows_what_run_runs(saved: ShellNotebook, tmp_path: Path) -> None:
    (tmp_path / "more.py").write_text("@app.get('/more')\ndef more():\n    return ''")
    line = "%run -i more.py"
    saved.run("run", f"%cd -q {tmp_path}\n{line}")
    save(saved, tmp_path, app=APP, greeting=GREETING, hello=HELLO, run=line)
    assert check(saved) == SAME
    saved.run("back", "%cd -q -")


def test_check_cannot_know_of_runs_without_ids_until_the_next_save(
    shell: InteractiveShell, saved: ShellNotebook, tmp_path: Path
) -> None:
    """As nbclassic and agents run cells: a rename leaves its old rule for so long."""
    save(saved, tmp_path, app=APP, greeting=GREETING, hello=HELLO)
    renamed = HELLO.replace("/hello", "/bye")
    assert shell.run_cell(renamed, store_history=True).success
    assert shell.run_cell("1 + 1", store_history=True).success
    unknown = (
        "Can't know whether the notebook has the cell \"@app.get('/bye')\": it ran "
        "without an id, and the newest save does not hold it. Save the notebook."
    )
    assert check(saved).splitlines() == [
        "Can't know whether Restart and Run All gives this app:",
        unknown,
    ]
    app = tmp_path / "app.py"
    report = saved.run("export", f"%export {app} --no-check").text
    assert f"Caution: {unknown}" in report.splitlines()
    report = saved.run("export", f"%export {app} --force").text
    assert f"Not proved: {unknown}" in report.splitlines()
    save(saved, tmp_path, app=APP, greeting=GREETING, hello=renamed)
    assert check(saved) == SAME
    assert (saved.get("/hello"), saved.get("/bye")) == ("404", "hello")


def test_check_cannot_know_of_runs_without_ids_before_the_first_save(
    shell: InteractiveShell, saved: ShellNotebook
) -> None:
    """A notebook that is known and not yet on the disk holds nothing so far."""
    assert shell.run_cell(HELLO.replace("hello", "bye"), store_history=True).success
    assert check(saved).splitlines() == [
        "Can't know whether Restart and Run All gives this app:",
        "Can't know whether the notebook has the cell \"@app.get('/bye')\": it ran "
        "without an id, and the newest save does not hold it. Save the notebook.",
    ]


def test_check_of_a_blueprint_mounted_elsewhere(here: ShellNotebook) -> None:
    mount = "app.register_blueprint(bp, url_prefix='/b')"
    here.run("bp", "from werkbook import Blueprint\nbp = Blueprint('b', '__main__')")
    here.run("v", "@bp.get('/v')\ndef v():\n    return 'v'")
    here.run("mount", mount)
    here.run("bp", "from werkbook import Blueprint\nbp = Blueprint('b', '__main__')")
    here.run("mount", mount.replace("/b", "/c"))
    assert check(here) == SAME
    assert here.ask("len(app.template_context_processors['b'])") == 0


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


def test_check_leaves_counters_of_views_alone(here: ShellNotebook) -> None:
    here.run("c", "counter = 0")
    view = (
        "@app.get('/c')\ndef c():\n    global counter\n    counter += 1\n    return ''"
    )
    here.run("k", view)
    here.get("/c")
    assert check(here) == SAME


def test_check_takes_no_attribute_for_a_global(here: ShellNotebook) -> None:
    here.run("d", "def get(url):\n    return url")
    view = "@app.get('/k')\ndef k():\n    return [app.config.get('K', '')]"
    here.run("k", view)
    assert check(here) == SAME


def test_check_follows_globals_of_inner_functions(here: ShellNotebook) -> None:
    view = "@app.get('/k')\ndef k():\n    return (lambda: greeting())()"
    here.run("hello", view)
    here.run("late", "def greeting():\n    return 'late'")
    here.run("greeting", GREETING)
    assert [line[:14] for line in check(here).splitlines()[1:]] == ["name greeting:"]


def test_check_makes_nothing_for_its_own_cell(here: ShellNotebook) -> None:
    apps = "[one.name for one in __import__('werkbook.live').live.apps()]"
    before = here.ask(apps)
    assert check(here) == SAME
    assert here.shell.run_cell("import gc; _ = gc.collect()").success
    assert here.ask(apps) == before
    owner = f"{here.prefix}check"
    control = "__import__('werkbook.live').live"
    assert here.ask(f"len({control}.list_registrations({owner!r}))") == 0


def test_check_takes_the_name_that_the_cells_bind(here: ShellNotebook) -> None:
    here.run("app", "%config Werkbook.try_get = False\n" + APP + "\nweb = app")
    here.run("app", APP.replace("app =", "web ="))
    hello = HELLO.replace("@app", "@web")
    here.run("hello", hello)
    assert here.ask("web is app")
    assert check(here) == SAME
    assert here.run("check", "%check web").text.strip() == SAME


def test_check_names_the_cell_of_a_hook(saved: ShellNotebook, tmp_path: Path) -> None:
    one = "@app.before_request\ndef first():\n    return None"
    two = "@app.before_request\ndef second():\n    return 2"
    saved.run("one", one)
    saved.run("two", two)
    sources = {"app": APP, "greeting": GREETING, "hello": HELLO}
    save(saved, tmp_path, **sources, two=two, one=one)
    assert len(check(saved).splitlines()) == 5
    save(saved, tmp_path, **sources, one=one, two=two.replace("2", "3"))
    assert check(saved).splitlines()[1:] == [
        "before_request 2: second: it is another one in the live app"
        " (the cell '@app.before_request' was edited since it ran)"
    ]


def test_check_says_why_the_cells_fail(here: ShellNotebook) -> None:
    here.run("rule", "rule = '/ok'")
    here.run("late", "app.add_url_rule(rule, 'late', hello)")
    here.run("rule", "rule = 'no-slash'")
    ran = here.fail("check", "%check")
    assert ran.text == (
        "CheckError: The notebook's cells fail when they run from the top:"
        " Cell In[5], line 1.\n"
        "  Why: RuleError: Rule 'no-slash' does not begin with a slash.\n"
        "  Fix: mend that cell, or delete it.\n"
    )


def test_check_names_the_route_cell_that_fails(here: ShellNotebook) -> None:
    here.fail("bad", "%%route GET /a/<int:n\nstr(n)")
    ran = here.fail("check", "%check")
    assert "from the top: Cell In[" in ran.text
    assert "Why: RuleError: Rule '/a/<int:n' can't be read.\n" in ran.text


def test_check_of_a_nested_blueprint_that_is_filled_later(here: ShellNotebook) -> None:
    here.run(
        "bp",
        "from werkbook import Blueprint\nouter = Blueprint('o', '__main__')\n"
        "inner = Blueprint('i', '__main__')",
    )
    here.run("m", "app.register_blueprint(outer)\nouter.register_blueprint(inner)")
    here.run("v", "@inner.get('/v')\ndef v():\n    return 'v'")
    assert here.get("/v") == "v"
    assert check(here) == SAME


def test_check_without_an_app_in_the_cells(here: ShellNotebook) -> None:
    here.delete("app")
    ran = here.fail("check", "%check")
    assert "CheckError: The notebook's cells do not make an app." in ran.text


def test_check_wrong_arguments(here: ShellNotebook) -> None:
    assert "UsageError" in here.fail("check", "%check nothing").text
    assert "UsageError: %check: " in here.fail("check", "%check a b").text


ASYNC_CELLS = {
    "a task": "import asyncio\nstate = {}\nasync def tick():\n    state['n'] = 1\n"
    "task = asyncio.create_task(tick())\nawait task",
    "a coroutine": "async def load():\n    return {'n': 1}\nstate = await load()",
    "async with": "import asyncio\nasync with asyncio.Lock():\n    state = {'n': 1}",
    "async for": "async def numbers():\n    yield 'n'\n"
    "state = {name: 1 async for name in numbers()}",
    "several at once": "import asyncio\nasync def one():\n    return 'n', 1\n"
    "state = dict(await asyncio.gather(one()))",
    "the loop": "import asyncio\nfuture = asyncio.get_running_loop().create_future()\n"
    "future.set_result({'n': 1})\nstate = await future",
}
SHELL_CELLS = {
    "a command": "!true\nstate = 1",
    "%time": "%time state = 1",
    "%%time": "%%time\nstate = 1",
    "%%capture": "%%capture\nprint(1)\nstate = 1",
    "display": "from IPython.display import display\nstate = 1\ndisplay(state)\nstate",
    "help": "app?\nstate = 1",
    "a thread": "import threading\nstate = 1\n"
    "t = threading.Thread(target=print, daemon=True)\nt.start()",
}


@pytest.mark.parametrize("source", [*ASYNC_CELLS.values(), *SHELL_CELLS.values()])
def test_check_in_a_kernel_takes_what_cells_may_hold(
    kernel_notebook: KernelNotebook, source: str
) -> None:
    kernel_notebook.run("app", APP)
    kernel_notebook.run("state", source)
    kernel_notebook.run("view", "@app.get('/')\ndef view():\n    return str(state)")
    ran = kernel_notebook.run("check", "%check")
    assert ran.text.strip() == SAME


def test_check_leaves_out_a_cell_that_wanted_another_views_endpoint(
    here: ShellNotebook,
) -> None:
    """It failed, has no part of the live app, and would fail again."""
    two = (
        "@app.get('/one')\ndef one():\n    return '1'\n\n\n"
        "@app.get('/two', endpoint='one')\ndef two():\n    return '2'"
    )
    here.fail("two", two)
    first, failed = check(here).splitlines()
    assert first == SAME
    assert failed.startswith(
        FAILED + "the cell \"@app.get('/one')\" did when it last ran:"
    )


def test_check_leaves_out_a_template_that_does_not_parse(here: ShellNotebook) -> None:
    """Its cell fails by its own text, so no app has it; the cell is named."""
    here.fail("page", "%%template page.html\n<p>{% if %}</p>")
    here.fail("sheet", "%%static ../s.css\nbody {}")
    assert [line.partition(" did when")[0] for line in check(here).splitlines()] == [
        SAME,
        FAILED + "the cell '%%template page.html'",
        FAILED + "the cell '%%static ../s.css'",
    ]
    here.run("page", "%%template page.html\n<p>{{ x }}</p>")
    here.run("sheet", "%%static s.css\nbody {}")
    assert check(here) == SAME
    here.fail("page", "%%template page.html\n<p>{% if %}</p>")
    difference = check(here).splitlines()[1]
    assert difference.startswith(
        "template page.html: only the live app has it (the cell '%%template page.html'"
        " failed: TemplateCellError: Template 'page.html' does not parse"
    )


def test_check_names_the_cell_that_failed(here: ShellNotebook) -> None:
    here.fail("late", "1 / 0\n@app.get('/late')\ndef late():\n    return ''")
    error = "ZeroDivisionError: division by zero"
    assert check(here).splitlines()[1:] == [
        f"GET /late -> late: the live app lacks it (the cell '1 / 0' failed: {error})",
        f"{FAILED}the cell '1 / 0' did when it last ran: {error}",
    ]


def test_check_says_nothing_of_a_cell_that_was_stopped(here: ShellNotebook) -> None:
    here.fail("stopped", "raise KeyboardInterrupt")
    assert check(here) == SAME


FASTAPI = """from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel
app = FastAPI()"""
PARTS = {
    "framework": FASTAPI,
    "by_id": "@app.get('/items/{key}')\ndef by_id(key: str):\n    return rate",
    "own": "@app.get('/items/me', status_code=201)\ndef own():\n    return 1",
    "model": "class Item(BaseModel):\n    name: str",
    "post": "@app.post('/items')\ndef post(item: Item):\n    return item",
    "user": "def user():\n    return 'Ada'",
    "who": "@app.get('/who')\nasync def who(name=Depends(user)):\n    return name",
    "layer": "@app.middleware('http')\nasync def layer(request, call_next):\n"
    "    return await call_next(request)",
    "handler": "@app.exception_handler(KeyError)\nasync def lost(request, error):\n"
    "    raise error",
    "state": "app.state.mode = 'fast'\napp.title = 'Items'",
    "rate": "rate = 3",
}


@pytest.fixture
def fastapi_here(in_saved: ShellNotebook) -> Iterator[ShellNotebook]:
    """An app of FastAPI, in a kernel that knows the notebook's file."""
    notebook = in_saved
    for name, source in PARTS.items():
        notebook.run(name, source)
    yield notebook
    notebook.delete_all()


def test_check_of_an_app_of_fastapi(
    fastapi_here: ShellNotebook, tmp_path: Path
) -> None:
    save(fastapi_here, tmp_path, **PARTS)
    assert check(fastapi_here) == SAME


EDITS = {
    "by_id": ("rate", "rate + 1", "GET /items/{key} -> by_id"),
    "own": ("201", "202", "GET /items/me -> own"),
    "post": ("item: Item", "item: dict", "POST /items -> post"),
    "who": ("Depends(user)", "Depends(len)", "GET /who -> who"),
    "layer": ("call_next(request)", "call_next(0)", "middleware 1: layer"),
    "handler": ("raise error", "raise error from None", "error handler for KeyError"),
    "state": ("fast", "slow", "state mode"),
}


@pytest.mark.parametrize("name", EDITS)
def test_check_names_an_edited_cell_of_fastapi(
    fastapi_here: ShellNotebook, tmp_path: Path, name: str
) -> None:
    old, new, thing = EDITS[name]
    assert old in PARTS[name]
    save(fastapi_here, tmp_path, **{**PARTS, name: PARTS[name].replace(old, new)})
    head = PARTS[name].splitlines()[0]
    assert check(fastapi_here).splitlines()[1:] == [
        f"{thing}: it is another one in the live app"
        f" (the cell {head!r} was edited since it ran)"
    ]


def test_check_names_the_order_of_rules_of_fastapi(
    fastapi_here: ShellNotebook, tmp_path: Path
) -> None:
    """The first rule that fits answers: after Restart it is the one moved up."""
    names = ["framework", "own", *(name for name in PARTS if name != "own")]
    save(fastapi_here, tmp_path, **{name: PARTS[name] for name in names})
    assert check(fastapi_here).splitlines()[1:] == [
        "GET /items/{key} -> by_id before GET /items/me -> own: only the live app has"
        " it (the cell \"@app.get('/items/{key}')\")",
    ]


def test_check_of_an_app_that_cells_own_nothing_of(here: ShellNotebook) -> None:
    here.run("plain", "def plain(environ, start_response):\n    return []")
    ran = here.try_run("check", "%check plain")
    assert (
        "%check: cells own nothing of this app's framework. Apps of Werkbook, FastAPI,"
        " Starlette, FastHTML and Bottle can be checked"
    ) in " ".join((ran.text + ran.error).split())


BOTTLE = {
    "framework": "import bottle\napp = bottle.Bottle()",
    "view": "@app.route('/x')\ndef view():\n    return 'x'",
    "hook": "@app.hook('before_request')\ndef hook():\n    pass",
    "handler": "@app.error(404)\ndef lost(error):\n    return 'lost'",
    "config": "app.config['a'] = 3",
}
STARLETTE = {
    "framework": "from starlette.applications import Starlette\n"
    "from starlette.responses import JSONResponse\napp = Starlette()",
    "view": "async def view(request):\n    return JSONResponse(1)\n"
    "app.add_route('/x', view)",
    "hook": "app.add_middleware(lambda inner: inner)",
    "handler": "async def lost(request, error):\n    return JSONResponse('lost', 404)\n"
    "app.add_exception_handler(404, lost)",
    "config": "app.state.a = 3",
}
FASTHTML = {
    "framework": "from fasthtml.common import FastHTML, Titled\n"
    "app = FastHTML(secret_key='a secret of the tests')\nrt = app.route",
    "view": "@rt('/x')\ndef get(name: str = 'Ada'):\n    return Titled(name)",
    "hook": "app.add_middleware(lambda inner: inner)",
    "handler": "def lost(req, exc):\n    return 'lost'\n"
    "app.add_exception_handler(404, lost)",
    "config": "app.state.a = 3",
}


@pytest.mark.parametrize(
    "parts", [BOTTLE, STARLETTE, FASTHTML], ids=["bottle", "starlette", "fasthtml"]
)
def test_check_of_an_app_of_another_framework(
    fastapi_here: ShellNotebook, tmp_path: Path, parts: dict[str, str]
) -> None:
    fastapi_here.delete_all()
    for name, source in parts.items():
        fastapi_here.run(name, source)
    save(fastapi_here, tmp_path, **parts)
    assert check(fastapi_here) == SAME
    changed = parts["config"].replace("3", "4")
    save(fastapi_here, tmp_path, **{**parts, "config": changed})
    (line,) = check(fastapi_here).splitlines()[1:]
    assert " a: it is another one in the live app (the cell " in line
