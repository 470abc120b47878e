"""What a cell takes out of a list of another cell's stays out, as after Run All."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.held_kinds import FASTAPI, FASTHTML, STARLETTE
from tests.werkbook_ext.kinds import BASE
from tests.werkbook_ext.notebooks import ShellNotebook

KEPT = "[one for one in app.routes if getattr(one, 'path', '') != '{}']"
WITHOUT = "app.router.routes = " + KEPT.format("/probe")
FIND = "next(one for one in app.routes if getattr(one, 'path', '') == '{}')"
REMOVE = f"app.routes.remove({FIND.format('/probe')})"
DEL = f"del app.routes[app.routes.index({FIND.format('/docs')})]"
HTML_PAGE = FASTHTML + "\n@app.get('/probe')\ndef probe(): return 'given'"
PAGE = STARLETTE + "\napp.add_route('/probe', page('given'))"
HOOK = BASE + "\n@app.before_request\ndef hook(): see('given')"
SIGNAL = (
    BASE
    + "\ndef receive(sender, **extra): see('given')"
    + "\nsignals.request_started.connect(receive, app)"
)
ASKED = "ask('/probe')"
DOCS = "send('/docs').status_code == 200 or None"
SEEN = "ask('/probe/') or None"
CASES = {
    "FastAPI, assigned": (FASTAPI, WITHOUT, ASKED),
    "FastAPI, remove": (FASTAPI, REMOVE, ASKED),
    "FastAPI, of its constructor": (FASTAPI, DEL, DOCS),
    "FastAPI, an included router": (
        FASTAPI + "\n@router.get('/x')\ndef x(): return 'given'",
        "for one in list(app.routes):\n"
        "    if getattr(one, 'original_router', None) is router:\n"
        "        app.routes.remove(one)",
        "ask('/r/x')",
    ),
    "Starlette": (PAGE, REMOVE, ASKED),
    "FastHTML": (HTML_PAGE, WITHOUT, ASKED),
    "FastHTML header": (
        FASTHTML + "\napp.hdrs.append('one')",
        "app.hdrs.pop()",
        "app.hdrs[-1] == 'one' or None",
    ),
    "hook": (HOOK, "app.before_request_funcs[None].pop()", SEEN),
    "signal": (SIGNAL, "signals.request_started.disconnect(receive, app)", SEEN),
}


@pytest.fixture
def here(shell: InteractiveShell) -> ShellNotebook:
    return ShellNotebook(shell)


@pytest.mark.parametrize(("base", "removal", "asked"), CASES.values(), ids=CASES)
def test_what_a_cell_takes_out_stays_out(
    here: ShellNotebook, base: str, removal: str, asked: str
) -> None:
    """Whichever cell runs again, or fails; it is back when the cell goes."""
    here.run("app", base)
    given = here.ask(asked)
    assert given is not None
    here.run("removal", removal)
    assert here.ask(asked) is None
    for _ in range(2):
        here.run("app", base)
        assert here.ask(asked) is None
    here.fail("app", base + "\n1 / 0")
    assert here.ask(asked) is None
    here.run("app", base)
    here.run("removal", removal)
    assert here.ask(asked) is None
    here.delete("removal")
    assert here.ask(asked) == given


def test_a_cell_takes_nothing_out_of_what_comes_after_it(here: ShellNotebook) -> None:
    """After Restart and Run All, the route is added when the cell has run."""
    route = "@app.get('/late')\ndef late():\n    return 'late'"
    removal = "app.router.routes = " + KEPT.format("/late")
    here.run("app", FASTAPI)
    here.run("removal", removal)
    here.run("late", route)
    here.run("removal", removal)
    here.run("late", route)
    assert here.ask("ask('/late')") == "late"


ASSIGNED = {
    "hooks": (
        "app.before_request_funcs = {None: [lambda: see('own')]}",
        "@app.before_request\ndef later(): see('{}')",
        "ask('/probe/')",
        ("own", "own,one", "own,two"),
    ),
    "hooks of contexts": (
        "app.shell_context_processors = [lambda: {'own': 1}]",
        "app.shell_context_processor(lambda: {{'{}': 1}})",
        "[name for name in ('own', 'one', 'two') if name in app.make_shell_context()]",
        (["own"], ["own", "one"], ["own", "two"]),
    ),
    "globals of templates": (
        "app.jinja_env.globals = {**app.jinja_env.globals, 'own': 1}",
        "app.jinja_env.globals['{}'] = 1",
        "[name for name in app.jinja_env.globals if name in ('own', 'one', 'two')]",
        (["own"], ["own", "one"], ["own", "two"]),
    ),
    "error handlers": (
        "app.error_handler_spec = {None: {404: {}}}",
        "app.register_error_handler(404, lambda error: '{}')",
        "ask('/nothing')",
        (None, "one", "two"),
    ),
    "views": (
        "app.view_functions = {**app.view_functions, 'own': lambda: 'own'}",
        "@app.get('/{}')\ndef later(): return ''",
        "[name for name in app.view_functions if name in ('own', 'later')]"
        " + [rule for rule in ('/one', '/two') if ask(rule) == '']",
        (["own"], ["own", "later", "/one"], ["own", "later", "/two"]),
    ),
    "error handlers of FastAPI": (
        "app.exception_handlers = {}",
        "@app.exception_handler(404)\n"
        "def lost(request, error): return PlainTextResponse('{}')",
        "ask('/nothing')",
        (None, "one", "two"),
    ),
}


@pytest.mark.parametrize(
    ("own", "told", "asked", "expected"), ASSIGNED.values(), ids=ASSIGNED
)
def test_what_is_told_after_a_container_was_assigned(
    here: ShellNotebook, own: str, told: str, asked: str, expected: tuple[object, ...]
) -> None:
    """The assignment says what the container holds; what comes then has its owner."""
    nothing, one, two = expected
    here.run("app", FASTAPI if "exception_handlers" in own else BASE)
    before = here.ask(asked)
    here.run("assigned", own)
    assert here.ask(asked) == nothing
    here.run("told", told.format("one"))
    for cell_id, source in (("told", told.format("one")), ("assigned", own)):
        here.run(cell_id, source)
        assert here.ask(asked) == one
    here.run("told", told.format("two"))
    assert here.ask(asked) == two
    here.fail("told", told.format("one") + "\n1 / 0")
    here.fail("assigned", own + "\n1 / 0")
    assert here.ask(asked) == two
    here.delete("told")
    assert here.ask(asked) == nothing
    here.delete("assigned")
    assert here.ask(asked) == before


def test_one_of_several_that_are_alike_is_taken_out(here: ShellNotebook) -> None:
    """The same one of them as before, though all have the same name."""
    told = (
        "\nfor n in range(3):\n    @app.before_request\n    def hook(n=n): see(str(n))"
    )
    here.run("app", BASE + told)
    here.run("removal", "del app.before_request_funcs[None][1]")
    for _ in range(2):
        assert here.ask("ask('/probe/')") == "0,2"
        here.run("app", BASE + told)


def test_fasthtml_route_of_two_cells_is_that_of_the_last_run(
    here: ShellNotebook,
) -> None:
    """Of the same path, name and methods, which FastHTML itself replaces."""
    route = "@app.get('/k')\ndef k(): return PlainTextResponse('{}')"
    here.run("app", FASTHTML)
    here.run("a", route.format("a"))
    for last in ("b", "a", "b"):
        here.run(last, route.format(last))
        assert here.ask("ask('/k')") == last
    here.delete("b")
    assert here.ask("ask('/k')") == "a"
    here.run("a", route.format("a") + "\n" + route.format("again"))
    assert here.ask("[ask('/k'), len([1 for r in app.routes if r.path == '/k'])]") == [
        "again",
        1,
    ]


def test_fasthtml_app_that_has_another_host_takes_routes(here: ShellNotebook) -> None:
    """A cell runs again after one that told the app of a host."""
    here.run("app", FASTHTML)
    here.run("host", "other = FastHTML(secret_key='k')\napp.host('o.example', other)")
    here.run("a", "@app.get('/k')\ndef k(): return PlainTextResponse('k')")
    assert here.ask("ask('/k')") == "k"
