"""The law L4 where a cell makes several apps, blueprints or routers (`instances`)."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.held_kinds import BOTTLE, FASTAPI, STARLETTE
from tests.werkbook_ext.notebooks import ShellNotebook

FLASK = """
from werkbook import App, Blueprint
app = App("__main__")
def ask(url):
    response = app.test_client().get(url)
    return response.text if response.status_code == 200 else None
"""
BLUEPRINTS = {
    "Flask": (
        FLASK,
        "{0} = Blueprint('{0}', '__main__', url_prefix='/{0}')\n",
        "app.register_blueprint({0})\n",
        "@{0}.get('/x')\ndef x(): return 'x'",
    ),
    "FastAPI": (
        FASTAPI,
        "{0} = APIRouter(prefix='/{0}')\n",
        "app.include_router({0})\n",
        "@{0}.get('/x')\ndef x(): return 'x'",
    ),
    "Starlette": (
        STARLETTE,
        "{0} = Router(routes=[Mount('/m', routes=[])])\n",
        "app.mount('/{0}', {0})\n",
        "{0}.add_route('/x', page('x'))",
    ),
    "Bottle": (
        BOTTLE,
        "{0} = Bottle()\n",
        "app.mount('/{0}/', {0})\n",
        "@{0}.get('/x')\ndef x(): return 'x'",
    ),
}


@pytest.fixture
def here(shell: InteractiveShell) -> ShellNotebook:
    return ShellNotebook(shell)


@pytest.mark.parametrize("words", BLUEPRINTS.values(), ids=BLUEPRINTS)
def test_l4_what_is_made_above_takes_the_place_of_nothing(
    here: ShellNotebook, words: tuple[str, str, str, str]
) -> None:
    """Added above, put in another order, taken away, and after a run that failed."""
    base, make, include, route = words
    asked = "[ask(f'/{name}/x') for name in ('one', 'two')]"

    def makes(*names: str) -> str:
        return "".join(map(make.format, names))

    def includes(*names: str) -> str:
        return "".join(map(include.format, names))

    here.run("app", base)
    here.run("make", makes("two"))
    here.run("route", route.format("two"))
    here.run("include", includes("two"))
    assert here.ask(asked) == [None, "x"]
    here.fail("make", makes("one", "two") + "1 / 0")
    here.run("make", makes("two"))
    assert here.ask(asked) == [None, "x"]
    here.run("make", makes("one", "two"))
    here.run("include", includes("one", "two"))
    assert here.ask(asked) == [None, "x"]
    here.run("route 1", route.format("one"))
    here.run("make", makes("two", "one"))
    assert here.ask(asked) == ["x", "x"]
    here.run("route 1", "pass")
    assert here.ask(asked) == [None, "x"]
    here.run("include", includes("two"))
    here.run("make", makes("two"))
    here.run("elsewhere", makes("one"))
    here.run("include", includes("two", "one"))
    assert here.ask(asked) == [None, "x"]


def test_l4_a_router_is_not_that_of_a_mount(here: ShellNotebook) -> None:
    """Which makes one of its own, before the router that has it."""
    here.run("app", STARLETTE)
    here.run("make", "one, two = Router(), Router()")
    here.run("mount", "app.mount('/one', one)\none.mount('/two', two)")
    here.run("route", "two.add_route('/x', page('x'))")
    deep = "Router([Mount('/m', routes=[Route('/y', page('y'))])])"
    here.run("make", f"one, two = Router(), {deep}")
    asked = "[ask('/one/two/' + url) for url in ('x', 'y', 'm/x', 'm/y')]"
    assert here.ask(asked) == ["x", None, None, "y"]
