"""The laws L4 and L6 for apps of FastAPI, Starlette and Bottle, and their lifespans."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import websocket
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.held_kinds import BOTTLE, FASTAPI, FASTHTML, STARLETTE
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook import live, serving

APP = "from fastapi import FastAPI\napp = FastAPI({})"
ASK = """
from starlette.testclient import TestClient
def ask(url, method="GET"):
    response = TestClient(app, raise_server_exceptions=False).request(method, url)
    return response.text.strip('"') if response.status_code == 200 else None
"""


@pytest.fixture
def here(shell: InteractiveShell) -> ShellNotebook:
    return ShellNotebook(shell)


def view(path: str, text: str, method: str = "get") -> str:
    return f'@app.{method}("{path}")\ndef view():\n    return "{text}"'


def test_l4_app_cell_keeps_app_routes_and_server(here: ShellNotebook) -> None:
    """The app is the same object, with other cells' routes, and its server stays."""
    here.run("app", APP.format("title='one'"))
    here.run("a", view("/a", "a"))
    here.run("s", "%serve")
    (server,) = serving.servers()
    before = here.shell.user_ns["app"]
    here.run("app", APP.format("title='two', docs_url=None"))
    assert here.shell.user_ns["app"] is before
    assert serving.servers() == [server]
    assert requests.get(f"{server.url}/a", timeout=10).json() == "a"
    document = requests.get(f"{server.url}/openapi.json", timeout=10).json()
    assert document["info"]["title"] == "two"
    assert list(document["paths"]) == ["/a"]
    assert requests.get(f"{server.url}/docs", timeout=10).status_code == 404


def test_l4_a_failing_app_cell_changes_nothing(here: ShellNotebook) -> None:
    """What its settings were they are again; its own routes are there as before."""
    here.run("app", APP.format("title='one'") + "\n" + view("/own", "own") + ASK)
    here.run("a", view("/a", "a"))
    here.fail("app", APP.format("title='two', docs_url=None") + "\n1 / 0")
    assert here.ask("app.title") == "one"
    assert here.ask("[ask('/own'), ask('/a'), ask('/docs') is not None]") == [
        "own",
        "a",
        True,
    ]


def test_l4_app_of_a_new_cell_inherits(here: ShellNotebook) -> None:
    """Where the app's cell has gone, an app of the same name goes on."""
    here.run("app", APP.format("") + ASK)
    here.run("a", view("/a", "a"))
    here.delete("app")
    here.run("new", APP.format(""))
    assert here.ask("ask('/a')") == "a"


OTHERS = {
    "FastAPI": "from fastapi import FastAPI\napp = FastAPI()",
    "Bottle": "from bottle import Bottle\napp = Bottle()",
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_l4_no_app_becomes_one_of_another_framework(
    here: ShellNotebook, other: str
) -> None:
    """A cell's app of another framework is a new one; the first waits to come back."""
    flask = "from werkbook import App\napp = App('werkbook')"
    here.run("app", flask)
    first = here.shell.user_ns["app"]
    here.run("a", "@app.get('/a')\ndef a():\n    return 'a'")
    here.run("app", other)
    assert not set(vars(here.shell.user_ns["app"])) & {"url_map", "view_functions"}
    here.run("app", flask)
    assert here.shell.user_ns["app"] is first
    assert here.ask("app.test_client().get('/a').text") == "a"


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_l4_an_app_inherits_nothing_of_another_framework(
    here: ShellNotebook, other: str
) -> None:
    """A cell that failed, or is gone, leaves an app of its name to its framework."""
    flask = "from werkbook import App\napp = App('werkbook')"
    here.fail("failed", other + "\n1 / 0")
    here.run("app", flask)
    assert here.ask("app.test_client().get('/').status_code") == 404
    here.run("gone", other)
    here.delete("gone")
    here.run("again", flask)
    assert here.ask("app.test_client().get('/').status_code") == 404


def test_an_override_holds_for_a_dependency_that_is_redefined(
    here: ShellNotebook,
) -> None:
    """Until its own cell goes: by its name the function is the same one."""
    given = "from fastapi import Depends, FastAPI\napp = FastAPI()" + ASK
    given += "def given():\n    return {!r}\n"
    shown = "@app.get('/')\ndef shown(value=Depends(given)):\n    return value"
    here.run("given", given.format("one") + shown)
    here.run("other", "app.dependency_overrides[given] = lambda: 'other'")
    here.run("given", given.format("two") + shown)
    assert here.ask("ask('/')") == "other"
    here.fail("given", given.format("three") + shown + "\n1 / 0")
    assert here.ask("ask('/')") == "other"
    here.delete("other")
    assert here.ask("ask('/')") == "two"


def test_an_override_holds_for_no_other_function_of_its_name(
    here: ShellNotebook,
) -> None:
    """Functions that a loop makes are not versions of each other."""
    loop = "from fastapi import Depends, FastAPI\napp = FastAPI()\nmade = []" + ASK
    loop += "for n in range(3):\n    def given(n=n): return n\n    made.append(given)\n"
    loop += "@app.get('/')\ndef shown(a=Depends(made[1])):\n    return a"
    here.run("loop", loop)
    here.run("other", "app.dependency_overrides[made[0]] = lambda: 'other'")
    assert here.ask("ask('/')") == "1"


def test_l4_router_cell_keeps_what_other_cells_added(here: ShellNotebook) -> None:
    """A router stays the same object, included once, whichever cell runs again."""
    here.run("app", APP.format("") + ASK)
    router = "from fastapi import APIRouter\nrouter = APIRouter()"
    here.run("r", router)
    here.run("i", "app.include_router(router, prefix='/api')")
    here.run("a", view("/a", "a").replace("app", "router"))
    here.run("r", router)
    here.run("app", APP.format(""))
    assert here.ask("ask('/api/a')") == "a"
    here.run("i", "app.include_router(router, prefix='/v2')")
    assert here.ask("[ask('/api/a'), ask('/v2/a')]") == [None, "a"]
    here.run("i", "pass")
    assert here.ask("ask('/v2/a')") is None


def test_l4_bottle_app_cell_keeps_routes(here: ShellNotebook) -> None:
    """Bottle's app is the same object, too, and keeps other cells' routes."""
    here.run("app", BOTTLE)
    here.run("a", view("/a", "a"))
    before = here.shell.user_ns["app"]
    here.run("app", BOTTLE)
    assert here.shell.user_ns["app"] is before
    assert here.ask("[ask('/a'), send('/boom').status_code]") == ["a", 418]


@pytest.mark.parametrize("change", ["app", "delete"])
def test_bottle_route_that_comes_back_has_the_plugins_of_now(
    here: ShellNotebook, change: str
) -> None:
    """Another cell had its place, or it was deleted, while the plugins changed."""
    plugin = "def shout(view):\n    return lambda: view().upper()\napp.install(shout)"
    here.run("app", f"{BOTTLE}\n{plugin}" if change == "app" else BOTTLE)
    here.run("plugin", "pass" if change == "app" else plugin)
    here.run("one", "@app.get('/a')\ndef a():\n    return 'one'")
    assert here.ask("ask('/a')") == "ONE"
    here.run("two", "@app.get('/a')\ndef a():\n    return 'two'")
    assert here.ask("ask('/a')") == "TWO"
    here.run(
        "app" if change == "app" else "plugin", BOTTLE if change == "app" else "pass"
    )
    assert here.ask("ask('/a')") == "two"
    here.run("two", "pass")
    assert here.ask("ask('/a')") == "one"


def test_bottle_rules_follow_their_filter(here: ShellNotebook) -> None:
    """A filter told anew is that of other cells' rules; these match nothing without."""
    here.run("app", BOTTLE)
    told = 'app.router.add_filter("kind", lambda config: ("{}", str.upper, None))'
    here.run("filter", told.format("x+"))
    here.run("rule", '@app.get("/k/<k:kind>")\ndef k(k):\n    return k')
    asked = "[ask('/k/xx'), ask('/k/yy'), ask('/probe')]"
    assert here.ask(asked) == ["XX", None, ""]
    here.run("filter", told.format("y+"))
    assert here.ask(asked) == [None, "YY", ""]
    here.delete("filter")
    assert here.ask(asked) == [None, None, ""]
    here.fail("rule", '@app.get("/k/<k:kind>")\ndef k(k):\n    return k')
    here.run("filter", told.format("x+"))
    assert here.ask(asked) == ["XX", None, ""]


@pytest.mark.parametrize("fault", ["", "1 / 0", "raise KeyboardInterrupt"])
def test_bottle_router_keeps_what_other_cells_tell_it(
    here: ShellNotebook, fault: str
) -> None:
    """The app's cell runs again, whole or not; then the cell that told it goes."""
    here.run("app", BOTTLE)
    here.run(
        "told",
        "app.router.strict_order = True\n"
        "app.router.add_filter('kind', lambda config: ('x+', str.upper, None))",
    )
    here.run("rule", '@app.get("/k/<k:kind>")\ndef k(k):\n    return k')
    asked = "[app.router.strict_order, ask('/k/xx')]"
    assert here.ask(asked) == [True, "XX"]
    here.try_run("app", f"{BOTTLE}\n{fault}")
    assert here.ask(asked) == [True, "XX"]
    here.delete("told")
    assert here.ask(asked) == [False, None]


def test_bottle_route_has_settings_that_its_cell_makes_after_it(
    here: ShellNotebook,
) -> None:
    """Also where the cell runs again and says nothing new."""
    here.run("app", "from bottle import Bottle\napp = Bottle()")
    source = "@app.get('/a')\ndef view(): return 'a'\napp.config['k'] = {!r}"
    of_route = "app.routes[0].config.get('k')"
    for _ in range(2):
        here.run("a", source.format("own"))
        assert here.ask(of_route) == "own"
    here.run("k", "app.config['k'] = 'other'")
    here.run("a", source.format("own"))
    assert here.ask(of_route) == "own"
    here.run("a", source.format("other"))
    assert here.ask(of_route) == "other"


@pytest.mark.filterwarnings("ignore:Warning. Use of deprecated feature")
def test_l4_bottle_app_made_otherwise_has_no_setting_of_before(
    here: ShellNotebook,
) -> None:
    """What only the previous constructor set is gone; other settings stay."""
    made = "from bottle import Bottle\napp = Bottle({})"
    here.run("app", made.format(""))
    plain = here.ask("dict(app.config)")
    here.run("app", made.format("autojson=False"))
    assert here.ask("dict(app.config)") == {**plain, "json.disable": True}
    here.fail("app", made.format("") + "\n1 / 0")
    assert here.ask("app.config['json.disable']") is True
    here.run("app", made.format("") + "\nseen = 'json.disable' in app.config")
    assert here.ask("[dict(app.config), seen]") == [plain, False]
    here.fail("app", made.format("autojson=False") + "\n1 / 0")
    assert here.ask("dict(app.config)") == plain
    here.delete("app")
    assert here.ask("dict(app.config)") == plain


@pytest.mark.parametrize("base", ["fastapi.FastAPI", "werkbook.App", "bottle.Bottle"])
def test_l4_app_made_otherwise_has_no_attribute_of_before(
    here: ShellNotebook, base: str
) -> None:
    """A class whose constructor sets one only at times."""
    name = "'__main__'" if base == "werkbook.App" else ""
    here.run(
        "class",
        f"import {base.partition('.')[0]}\nclass Own({base}):\n"
        f"    def __init__(self, own=None):\n        super().__init__({name})\n"
        "        if own:\n            self.own = own",
    )
    here.run("app", "app = Own('own')")
    assert here.ask("app.own") == "own"
    here.fail("app", "app = Own()\n1 / 0")
    assert here.ask("app.own") == "own"
    here.run("app", "app = Own()\nseen = hasattr(app, 'own')")
    assert here.ask("[hasattr(app, 'own'), seen]") == [False, False]
    here.fail("app", "app = Own('own')\n1 / 0")
    assert here.ask("hasattr(app, 'own')") is False
    here.delete("app")
    assert here.ask("hasattr(app, 'own')") is False


def test_fasthtml_cells_keep_their_own_routes(here: ShellNotebook) -> None:
    """FastHTML assigns all routes whenever one is added; each stays its cell's."""
    here.run("app", FASTHTML)
    route = '@app.get("{}")\ndef {}(): return PlainTextResponse("{}")'
    here.run("a", route.format("/a", "a", "a"))
    here.run("b", route.format("/b", "b", "b"))
    here.run("a", route.format("/a2", "a", "a2"))
    asked = "[ask('/a'), ask('/a2'), ask('/b')]"
    assert here.ask(asked) == [None, "a2", "b"]
    here.run("app", FASTHTML)
    assert here.ask(asked) == [None, "a2", "b"]
    here.delete("b")
    assert here.ask(asked) == [None, "a2", None]


@pytest.mark.parametrize(
    "base",
    [FASTAPI, STARLETTE, FASTHTML, BOTTLE],
    ids=["FastAPI", "Starlette", "FastHTML", "Bottle"],
)
def test_l4_a_cell_that_makes_its_app_no_longer(here: ShellNotebook, base: str) -> None:
    """The app goes on under its name, and the cell's code may use it as before."""
    add = 'app.add_route("/k", page("k"))' if base is STARLETTE else view("/k", "k")
    here.run("app", base + "\n" + add.replace("/k", "/j"))
    here.run("app", add)
    answers = here.ask("[ask('/j'), ask('/k')]")
    assert answers == [None, "k"]
    here.run("app", add.replace("/k", "/l"))
    assert here.ask("[ask('/k'), ask('/l')]") == [None, "k"]


def test_l4_a_cell_that_makes_its_router_no_longer(here: ShellNotebook) -> None:
    """The router's settings are those that it was made with."""
    here.run("app", FASTAPI)
    here.run("i", ROUTERS.format("prefix='/one'") + "app.include_router(router)")
    here.run("i", view("/a", "a").replace("app", "router"))
    here.run("j", "app.include_router(router)")
    assert here.ask("ask('/one/a')") == "a"


IMPORTED = "from starlette.responses import PlainTextResponse\n"
HANDLERS = """
def given(request, error):
    from starlette.responses import PlainTextResponse
    return PlainTextResponse("given", 404)
app = {}(exception_handlers={{404: given}})
from starlette.testclient import TestClient
def missing():
    return TestClient(app).get("/no").text.strip('"')
"""


@pytest.mark.parametrize(
    "made", [FASTAPI, STARLETTE, FASTHTML], ids=["FastAPI", "Starlette", "FastHTML"]
)
def test_l4_handlers_of_a_constructor_stand_below_those_of_cells(
    here: ShellNotebook, made: str
) -> None:
    """At Restart and Run All a cell's own handler comes after the constructor."""
    name = next(one for one in ("FastAPI", "Starlette", "FastHTML") if one in made)
    app = made.partition("app =")[0] + HANDLERS.format(name)
    here.run("app", app)
    assert here.ask("missing()") == "given"
    handler = "async def own(request, error): return PlainTextResponse('own', 404)\n"
    here.run("e", IMPORTED + handler + "app.add_exception_handler(404, own)")
    assert here.ask("missing()") == "own"
    ran = here.run("app", app)
    assert here.ask("missing()") == "own"
    assert "now" not in ran.text
    here.fail("app", app + "1 / 0")
    assert here.ask("missing()") == "own"
    here.delete("e")
    assert here.ask("missing()") == "given"
    here.run("app", app.replace("exception_handlers={404: given}", ""))
    assert "Not Found" in here.ask("missing()")


def test_l4_defaults_of_a_constructor_come_back(here: ShellNotebook) -> None:
    """FastAPI's own handler is in force again when the cell of another one goes."""
    here.run("app", APP.format("") + ASK)
    default = here.ask("len(app.exception_handlers)")
    handler = "from starlette.exceptions import HTTPException\n"
    handler += "app.add_exception_handler(HTTPException, lambda *given: None)"
    here.run("e", handler)
    here.run("app", APP.format("") + ASK)
    here.delete("e")
    assert here.ask("len(app.exception_handlers)") == default


def test_l4_fasthtml_pages_have_what_the_app_has_now(here: ShellNotebook) -> None:
    """A page of a constructor's handler, and the wrapper of other cells' pages."""
    app = "from fasthtml.common import *\n"
    app += "app = FastHTML(exception_handlers={404: lambda req, exc: P('none')},"
    app += " default_hdrs=False, secret_key='test'%s)\n"
    app += "from starlette.testclient import TestClient\n"
    app += "def ask(url): return TestClient(app).get(url).text"
    here.run("app", app % "")
    here.run("h", "app.hdrs.append(Meta(name='later'))\napp.bodykw['cls'] = 'cell'")
    assert here.ask("['later' in ask('/no'), 'class=\"cell\"' in ask('/no')]") == [
        True,
        True,
    ]
    here.run("a", "@app.get('/a')\ndef a(): return P('a')")
    here.run("r", "router = APIRouter()\n@router.get('/r')\ndef r(): return P('r')")
    here.run("i", "router.to_app(app)")
    wrap = "def wrap(c, req): return Div(*c, id='{}')\n"
    wrapped = app % ", body_wrap=wrap"
    here.run("app", wrap.format("one") + wrapped)
    asked = (
        "[name for name in ('one', 'two') for url in '{}' if name in ask('/' + url)]"
    )
    assert here.ask(asked.format("a")) == ["one"]
    assert here.ask(asked.format("r")) == []
    here.fail("app", wrap.format("two") + wrapped + "\n1 / 0")
    assert here.ask(asked.format("a")) == ["one"]
    here.run("app", wrap.format("two") + (app % ", body_wrap=wrap, cls='made'"))
    assert here.ask(asked.format("a")) == ["two"]
    assert here.ask("'class=\"cell\"' in ask('/a')")
    here.run("app", app % "")
    assert here.ask(asked.format("a")) == []


def test_fasthtml_attributes_stand_as_run_all_would_put_them(
    here: ShellNotebook,
) -> None:
    """In the order of their cells' first runs, whichever cell ran last."""
    app = (
        "from fasthtml.common import *\nfrom starlette.testclient import TestClient\n"
        "app = FastHTML(default_hdrs=False, secret_key='test', htmlkw={'lang': 'de'})\n"
        "@app.get('/')\ndef index(): return Titled('Page')\n"
        "def first_tag(): return TestClient(app).get('/').text.split('>')[1].strip()"
    )
    here.run("app", app)
    here.run("a", "app.htmlkw['data_a'] = 'a'")
    here.run("b", "app.htmlkw.update(data_b='b', data_c='c')")
    expected = '<html lang="de" data-a="a" data-b="b" data-c="c"'
    assert here.ask("first_tag()") == expected
    here.run("a", "pass")
    here.run("a", "app.htmlkw['data_a'] = 'a'")
    assert here.ask("first_tag()") == expected
    here.run("app", app)
    assert here.ask("first_tag()") == expected
    here.run("b", "app.htmlkw['data_a'] = 'b'")
    assert here.ask("first_tag()") == '<html lang="de" data-a="b"'


def test_l4_fasthtml_router_moves_routes_of_other_cells(here: ShellNotebook) -> None:
    """Its prefix is that of all its routes, whichever cell added it to the app."""
    here.run("app", FASTHTML)
    router = "router = APIRouter(prefix={!r})"
    here.run("r", router.format("/one"))
    here.run("i", "router.to_app(app)")
    route = '@router.get("/{0}")\ndef {0}(): return PlainTextResponse("{0}")'
    here.run("a", route.format("a"))
    asked = "[ask(url) for url in ('/one/a', '/one/b', '/two/a', '/two/b')]"
    assert here.ask(asked) == ["a", None, None, None]
    here.fail("r", router.format("/failed") + "\n1 / 0")
    assert here.ask(asked) == ["a", None, None, None]
    here.run("a", route.format("b"))
    assert here.ask(asked) == [None, "b", None, None]
    here.run("r", router.format("/two"))
    assert here.ask(asked) == [None, None, None, "b"]
    assert here.ask("[str(router.b), router.routes[0][1]]") == ["/one/b", "/two/b"]
    here.delete("i")
    assert here.ask(asked) == [None, None, None, None]


def test_fasthtml_start_up_begins_anew_where_a_cell_changed_it(
    here: ShellNotebook,
) -> None:
    """A function of `app.on_event` starts with the app that is served."""
    here.run("app", FASTHTML + "told = []")
    here.run("s", "%serve")
    start = "@app.on_event('startup')\ndef start(): told.append({!r})"
    here.run("e", start.format("one"))
    here.run("e", start.format("two"))
    assert here.ask("told") == ["one", "two"]


def test_subclass_that_makes_routers_of_its_own(here: ShellNotebook) -> None:
    """Only the app's own router is the one it had before."""
    source = STARLETTE + (
        "class Api(Starlette):\n    def __init__(self, text):\n"
        "        inner = Router([Route('/k', page(text))])\n"
        "        super().__init__(routes=[Mount('/before', inner)])\n"
        "        self.mount('/after', Router([Route('/k', page(text))]))\n"
        "app = Api('{}')"
    )
    here.run("app", source.replace("{}", "one"))
    here.run("a", 'app.add_route("/a", page("a"))')
    asked = "[ask('/before/k'), ask('/after/k'), ask('/a')]"
    assert here.ask(asked) == ["one", "one", "a"]
    here.run("app", source.replace("{}", "two"))
    assert here.ask(asked) == ["two", "two", "a"]


@pytest.mark.parametrize("base", [FASTAPI, BOTTLE], ids=["FastAPI", "Bottle"])
def test_l6_the_cell_run_last_has_a_route(here: ShellNotebook, base: str) -> None:
    """It says so in one line; when it goes, the other's claim returns."""
    here.run("app", base)
    here.run("a", view("/k", "a"))
    ran = here.run("b", view("/k", "b"))
    assert "GET /k -> view takes over from" in ran.text
    assert here.ask("ask('/k')") == "b"
    here.run("a", view("/k", "a2"))
    assert here.ask("ask('/k')") == "a2"
    here.delete("a")
    assert here.ask("ask('/k')") == "b"


def test_l6_names_of_parameters_make_no_other_path(here: ShellNotebook) -> None:
    """`/k/{x}` and `/k/{y}` are one path; `/k/{x:int}` is another."""
    here.run("app", STARLETTE)
    here.run("a", 'app.add_route("/k/{x}", page("a"))')
    here.run("b", 'app.add_route("/k/{y}", page("b"))')
    here.run("c", 'app.add_route("/k/{y:int}", page("c"))')
    assert here.ask("[ask('/k/w'), ask('/k/1')]") == ["b", "b"]
    here.delete("b")
    assert here.ask("ask('/k/w')") == "a"


def test_l6_a_route_keeps_the_methods_that_nobody_took(here: ShellNotebook) -> None:
    """Of two methods one is taken; the other is still answered."""
    here.run("app", FASTAPI)
    here.run("a", '@app.api_route("/k", methods=["GET", "PUT"])\ndef a(): return "a"')
    here.run("b", view("/k", "b"))
    assert here.ask("[ask('/k'), ask('/k', 'PUT')]") == ["b", "a"]
    here.delete("b")
    assert here.ask("[ask('/k'), ask('/k', 'PUT')]") == ["a", "a"]


def test_cells_say_what_they_register(here: ShellNotebook) -> None:
    """A line names each route; an app's own pages are not told."""
    assert "->" not in here.run("app", APP.format("")).text
    assert "GET /k -> view" in here.run("a", view("/k", "a")).text
    ran = here.fail("a", view("/l", "a") + "\n1 / 0")
    assert "Not registered, because the cell failed: GET /l -> view" in ran.text


def test_fasthtml_cells_say_what_they_register(here: ShellNotebook) -> None:
    """A line names each route of theirs; those that FastHTML brings are not told."""
    ran = here.run("app", "from fasthtml.common import *\napp, rt = fast_app()")
    assert "->" not in ran.text
    assert "GET, POST /k -> k" in here.run("a", "@rt\ndef k(): return 'k'").text
    router = "r = APIRouter('/r')\n@r.get('/l')\ndef l(): return 'l'\nr.to_app(app)"
    assert "GET /r/l -> l" in here.run("b", router).text
    ran = here.fail("b", "@r.get('/m')\ndef m(): return 'm'\n1 / 0")
    assert "Not registered, because the cell failed: GET /r/m -> m; the" in ran.text


def test_apps_from_before_are_held_once_the_extension_is_loaded(
    plain_shell: InteractiveShell, request: pytest.FixtureRequest
) -> None:
    """What it had is owned by nobody; what cells tell it from then on is theirs."""
    here = ShellNotebook(plain_shell)
    here.run("app", FASTAPI + view("/old", "old"))
    here.run("ask", "ask('/old')")
    request.getfixturevalue("shell")
    here.run("a", view("/k", "one"))
    here.run("a", view("/k2", "two"))
    assert here.ask("[ask('/old'), ask('/k'), ask('/k2')]") == ["old", None, "two"]


LIFESPAN = """
from contextlib import asynccontextmanager
from fastapi import FastAPI, Request
@asynccontextmanager
async def lifespan(app):
    told.append("up {v}")
    yield {{"db": "{v}"}}
    told.append("down {v}")
app = FastAPI(lifespan=lifespan)
"""


def test_lifespan_begins_anew_where_its_cell_ran(here: ShellNotebook) -> None:
    """Shutdown of the old one, start-up of the new one; other cells change nothing."""
    here.run("told", "told = []")
    here.run("app", LIFESPAN.format(v="one"))
    here.run(
        "a",
        "from fastapi import Request\n@app.get('/')\ndef db(request: Request):\n"
        "    return request.state.db",
    )
    here.run("s", "%serve")
    (server,) = serving.servers()
    assert requests.get(server.url, timeout=10).json() == "one"
    here.run("b", view("/b", "b"))
    assert here.ask("told") == ["up one"]
    here.run("app", LIFESPAN.format(v="two"))
    assert here.ask("told") == ["up one", "down one", "up two"]
    assert requests.get(server.url, timeout=10).json() == "two"
    failing = LIFESPAN.format(v="three").replace("yield", "1 / 0\n    yield")
    ran = here.run("app", failing)
    assert "The app's start-up failed: ZeroDivisionError: division by zero" in ran.text


def test_middleware_stays_while_routes_change(here: ShellNotebook) -> None:
    """What counts requests goes on counting when a cell changes a route."""
    here.run("app", FASTAPI)
    here.run(
        "m",
        "class Count:\n    def __init__(self, app):\n"
        "        self.app, self.count = app, 0\n"
        "    async def __call__(self, scope, receive, send):\n"
        "        self.count += 1\n        scope['count'] = self.count\n"
        "        await self.app(scope, receive, send)\n"
        "app.add_middleware(Count)",
    )
    here.run(
        "a",
        "from fastapi import Request\n@app.get('/count')\n"
        "def count(request: Request):\n    return str(request.scope['count'])",
    )
    assert here.ask("ask('/count')") == "1"
    here.run("b", view("/b", "b"))
    assert here.ask("[ask('/b'), ask('/count')]") == ["b", "3"]


def test_nothing_is_imported_before_the_user_does() -> None:
    """Loading the extension imports no framework, and no uvicorn."""
    names = ["fastapi", "starlette", "fasthtml", "litestar", "quart", "uvicorn"]
    names += ["bottle", "werkbook.frameworks.starlette_apps"]
    code = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_line_magic('load_ext', 'werkbook')\n"
        f"print([name for name in {names!r} if name in sys.modules])"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environ
    )
    assert ran.stdout.splitlines()[-1] == "[]", ran.stderr


ROUTERS = """
from fastapi import APIRouter, Depends, FastAPI, Response
def mark(text):
    def give(response: Response):
        response.headers.append("X-Mark", text)
    return Depends(give)
router = APIRouter({})
"""
MARKS = "(ask({0!r}), send({0!r}).headers.get('X-Mark'))"


def test_l4_settings_of_a_router_hold_for_other_cells_routes(
    here: ShellNotebook,
) -> None:
    """Prefix and dependencies of a router that is made anew are those of its routes."""
    here.run("app", FASTAPI)
    here.run("r", ROUTERS.format("prefix='/one', dependencies=[mark('one')]"))
    here.run("i", "app.include_router(router, prefix='/v1')")
    here.run("a", view("/a", "a").replace("app", "router"))
    here.run("w", "@router.websocket('/w')\nasync def w(ws): ...")
    assert here.ask(MARKS.format("/v1/one/a")) == ["a", "one"]
    failing = ROUTERS.format("prefix='/failed', dependencies=[mark('failed')]")
    here.fail("r", failing + "1 / 0")
    assert here.ask(MARKS.format("/v1/one/a")) == ["a", "one"]
    here.run("r", ROUTERS.format("prefix='/two', tags=['k']"))
    assert here.ask(MARKS.format("/v1/one/a")) == [None, None]
    assert here.ask(MARKS.format("/v1/two/a")) == ["a", None]
    assert here.ask("app.openapi()['paths']['/v1/two/a']['get']['tags']") == ["k"]
    assert here.ask("[one.path for one in router.routes]") == ["/two/a", "/two/w"]


def test_l4_settings_of_an_app_hold_for_other_cells_routes(here: ShellNotebook) -> None:
    """Dependencies of an app that is made anew are those of its routes and routers."""
    here.run("app", FASTAPI)
    here.run("r", ROUTERS.format(""))
    here.run("i", "app.include_router(router, prefix='/v1')")
    here.run("a", view("/a", "a"))
    here.run("b", view("/b", "b").replace("app", "router"))
    here.run("app", FASTAPI.replace("FastAPI()", "FastAPI(dependencies=[mark('m')])"))
    assert here.ask(MARKS.format("/a")) == ["a", "m"]
    assert here.ask(MARKS.format("/v1/b")) == ["b", "m"]


def test_l4_prefix_set_on_a_router_holds_for_later_routes(here: ShellNotebook) -> None:
    """As in FastAPI; the router's cell run again changes the rest alone."""
    here.run("app", FASTAPI)
    here.run("r", ROUTERS.format("prefix='/one'") + "app.include_router(router)")
    here.run("a", view("/a", "a").replace("app", "router"))
    here.run("p", "router.prefix = '/later'")
    here.run("b", view("/b", "b").replace("app", "router"))
    asked = "[one.path for one in router.routes]"
    assert here.ask(asked) == ["/one/a", "/later/b"]
    here.run("r", ROUTERS.format("prefix='/two'") + "app.include_router(router)")
    assert here.ask(asked) == ["/two/a", "/later/b"]


def test_settings_that_a_cell_sets_on_a_router_go_with_it(here: ShellNotebook) -> None:
    """Routes that are added after it have what it says now, those before it never."""
    here.run("app", FASTAPI)
    here.run("early", view("/early", "early"))
    here.run(
        "names",
        "from fastapi.responses import PlainTextResponse\n"
        "from fastapi.routing import APIRoute\n"
        "class One(APIRoute): ...\nclass Two(APIRoute): ...",
    )
    here.run("class", "app.router.route_class = One")
    here.run("plain", "app.router.default_response_class = PlainTextResponse")
    here.run("late", view("/late", "late"))
    asked = (
        "{one.path: type(one).__name__ for one in app.routes"
        " if getattr(one, 'path', '') in ('/early', '/late')}"
    )
    kind = "send('/late').headers['content-type']"
    assert here.ask(asked) == {"/early": "APIRoute", "/late": "One"}
    assert here.ask(kind).startswith("text/plain")
    here.run("class", "app.router.route_class = Two")
    assert here.ask(asked) == {"/early": "APIRoute", "/late": "Two"}
    here.fail("class", "app.router.route_class = One\n1 / 0")
    here.fail("plain", "1 / 0")
    assert here.ask(asked) == {"/early": "APIRoute", "/late": "Two"}
    here.run("class", "pass")
    assert here.ask(asked) == {"/early": "APIRoute", "/late": "APIRoute"}
    here.delete("plain")
    assert here.ask(kind) == "application/json"
    here.run("late", "app.router.route_class = One\n" + view("/late", "late"))
    here.run("class", "app.router.route_class = Two")
    here.run("early", view("/early", "early"))
    assert here.ask(asked) == {"/early": "Two", "/late": "One"}
    here.delete("class")
    assert here.ask(asked) == {"/early": "One", "/late": "One"}
    here.delete("late")
    assert here.ask(asked) == {"/early": "APIRoute"}


def test_l4_routes_of_the_apps_cell_have_no_setting_of_later_cells(
    here: ShellNotebook,
) -> None:
    """As the app is made above them, also when its cell runs again."""
    source = FASTAPI + view("/own", "own")
    here.run("app", source)
    here.run(
        "class",
        "from fastapi.routing import APIRoute\nclass One(APIRoute): ...\n"
        "app.router.route_class = One",
    )
    here.run("app", source)
    assert here.ask("type(app.routes[-1]).__name__") == "APIRoute"
    assert here.ask("app.router.route_class.__name__") == "One"


def test_l4_deleted_cells_routes_come_back_under_the_prefix_of_now(
    here: ShellNotebook,
) -> None:
    """What is pasted again is as if it were run now."""
    here.run("app", FASTAPI)
    here.run("r", ROUTERS.format("prefix='/one'") + "app.include_router(router)")
    here.run("a", view("/a", "a").replace("app", "router"))
    here.delete("a")
    here.run("r", ROUTERS.format("prefix='/two'") + "app.include_router(router)")
    live.recall(here.prefix + "a")
    assert here.ask("ask('/two/a')") == "a"


def test_l4_cell_that_makes_an_app_and_a_router(here: ShellNotebook) -> None:
    """The router of the cell is none of the app's own, at each run."""
    source = (
        APP.format("title='{v}'")
        + ASK
        + "from fastapi import APIRouter\nrouter = APIRouter(prefix='/{v}')\n"
        "@router.get('/own')\ndef own(): return '{v}'\napp.include_router(router)"
    )
    here.run("app", source.replace("{v}", "one"))
    here.run("a", view("/a", "a"))
    here.run("b", view("/b", "b").replace("app", "router"))
    asked = "[ask(url) for url in ('/a', '/one/own', '/one/b', '/two/own', '/two/b')]"
    assert here.ask(asked) == ["a", "one", "b", None, None]
    for _ in range(2):
        here.run("app", source.replace("{v}", "two"))
        assert here.ask(asked) == ["a", None, None, "two", "b"]


def test_l1_folders_of_a_frontend_are_their_cells(
    here: ShellNotebook, tmp_path: Path
) -> None:
    """They stay when the app's cell runs again, and go with their own."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    here.run("app", FASTAPI)
    here.run("f", f"app.frontend('/', directory={str(tmp_path / 'one')!r})")
    here.run("g", f"app.frontend('/in', directory={str(tmp_path / 'two')!r})")
    here.run("app", FASTAPI)
    assert here.ask("[ask('/'), ask('/in/'), ask('/probe')]") == ["one", "two", "given"]
    here.fail("f", f"app.frontend('/no', directory={str(tmp_path / 'two')!r})\n1 / 0")
    assert here.ask("[ask('/'), ask('/no/')]") == ["one", None]
    here.delete("f")
    assert here.ask("[ask('/'), ask('/in/')]") == [None, "two"]


SOCKETS = """
from fastapi import APIRouter, WebSocket
@{0}.websocket("/{1}")
async def {1}(ws: WebSocket):
    await ws.accept()
    async for text in ws.iter_text():
        await ws.send_text("{2} " + text)
"""


OF_STARLETTE = """
async def {0}(ws):
    await ws.accept()
    async for text in ws.iter_text():
        await ws.send_text("{1}")
app.routes.append(WebSocketRoute("/{0}", {0}))
"""
JSON = '{"data": "x"}'
"""What FastHTML takes; each view of these answers with its own word."""
OF_FASTHTML = """
@app.ws("/{0}")
async def {0}(data, send):
    await send("{1}")
"""


def connect(path: str) -> websocket.WebSocket:
    url = f"ws://127.0.0.1:{serving.servers()[0].port}{path}"
    return websocket.create_connection(url, timeout=20, suppress_origin=True)


def ask_socket(ws: websocket.WebSocket, text: str = "x") -> object:
    """Return what comes back for a text, or the code with which it was closed."""
    ws.send(text)
    opcode, frame = ws.recv_data_frame(control_frame=True)
    if opcode == websocket.ABNF.OPCODE_TEXT:
        return frame.data.decode()
    return int.from_bytes(frame.data[:2], "big")


def test_open_websocket_of_a_view_that_is_defined_anew_is_closed(
    here: ShellNotebook,
) -> None:
    """With 1012; those of other views, and all where a cell failed, stay open."""
    here.run("app", FASTAPI)
    here.run("a", SOCKETS.format("app", "a", "one"))
    here.run("b", SOCKETS.format("router", "b", "one"))
    here.run("s", "%serve")
    a, b = connect("/a"), connect("/r/b")
    assert (ask_socket(a), ask_socket(b)) == ("one x", "one x")
    here.fail("a", SOCKETS.format("app", "a", "two") + "1 / 0")
    here.run("other", view("/other", "other"))
    assert (ask_socket(a), ask_socket(b)) == ("one x", "one x")
    here.run("a", SOCKETS.format("app", "a", "two"))
    anew = connect("/a")
    assert (ask_socket(a), ask_socket(anew)) == (1012, "two x")
    here.run("taker", SOCKETS.format("app", "a", "three"))
    assert (ask_socket(anew), ask_socket(b)) == (1012, "one x")
    here.delete("b")
    assert ask_socket(b) == 1012
    for one in (a, b, anew):
        one.shutdown()


FIRST_IMPORTS = """
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook
here = ShellNotebook(InteractiveShell.instance())
here.run("load", "%load_ext werkbook")
for _ in range(2):
    here.run("app", "import bottle\\napp = bottle.Bottle()")
    here.run("a", "@app.get('/a')\\ndef a(): return 'a'")
here.run("app", "import bottle\\napp = bottle.Bottle()")
print(here.ask("[one.rule for one in app.routes]"))
here.run("quart", "from quart import Quart\\nquart_app = Quart('x')")
here.run("flask", "import werkbook\\nfrom flask import Flask")
print(here.ask("[Flask is werkbook.App, isinstance(quart_app, Flask)]"))
"""


def test_frameworks_that_a_cell_imports_first() -> None:
    """Bottle's default app is none of the cell's; Quart gets Flask, cells Werkbook."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", FIRST_IMPORTS],
        capture_output=True,
        text=True,
        env=environ,
    )
    assert ran.stdout.splitlines() == ["['/a']", "[True, False]"], ran.stderr


@pytest.mark.parametrize(
    ("app", "cell"),
    [
        (
            "from starlette.applications import Starlette\n"
            "from starlette.routing import WebSocketRoute\napp = Starlette()",
            OF_STARLETTE,
        ),
        ("from fasthtml.common import *\napp, rt = fast_app()", OF_FASTHTML),
    ],
    ids=["Starlette", "FastHTML"],
)
def test_other_frameworks_views_are_closed_as_well(
    here: ShellNotebook, app: str, cell: str
) -> None:
    """Only those of the view that its cell defines anew."""
    here.run("app", app)
    here.run("a", cell.format("a", "one"))
    here.run("b", cell.format("b", "one"))
    here.run("s", "%serve")
    a, b = connect("/a"), connect("/b")
    assert [ask_socket(ws, JSON) for ws in (a, b)] == ["one", "one"]
    here.run("a", cell.format("a", "two"))
    anew = connect("/a")
    assert [ask_socket(ws, JSON) for ws in (a, anew, b)] == [1012, "two", "one"]
    for one in (a, b, anew):
        one.shutdown()
