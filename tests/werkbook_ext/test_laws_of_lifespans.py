"""The lifespans of FastAPI's apps, which those of the routers they include join."""

import pytest
import requests
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook import serving


@pytest.fixture
def here(shell: InteractiveShell) -> ShellNotebook:
    notebook = ShellNotebook(shell)
    notebook.run("names", NAMES)
    return notebook


NAMES = """
from contextlib import asynccontextmanager
from fastapi import APIRouter, FastAPI, Request
from starlette.testclient import TestClient
told = []
def lives(name):
    @asynccontextmanager
    async def lifespan(app):
        told.append(f"up {name}")
        yield {"db": name, "items": [name]}
        told.append(f"down {name}")
    return lifespan
kept = lives("kept")
def starts():
    told.clear()
    with TestClient(app):
        pass
    return [one for one in told if not one.startswith("down")]
"""


def test_l4_lifespans_of_an_app_and_its_routers_are_those_of_now(
    here: ShellNotebook,
) -> None:
    """An included router's joins that which the app is made with later."""
    here.run("app", "app = FastAPI()")
    here.run("r", "router, inner = APIRouter(), APIRouter()")
    here.run(
        "i", "router.include_router(inner)\napp.include_router(router, prefix='/r')"
    )
    assert here.ask("starts()") == []
    here.run("app", "app = FastAPI(lifespan=lives('app'))")
    assert here.ask("starts()") == ["up app"]
    here.run("r", "router, inner = APIRouter(lifespan=lives('r')), APIRouter()")
    assert here.ask("starts()") == ["up app", "up r"]
    here.fail("r", "router, inner = APIRouter(), APIRouter()\n1 / 0")
    assert here.ask("starts()") == ["up app", "up r"]
    here.run("app", "app = FastAPI(on_startup=[lambda: told.append('event')])")
    assert here.ask("starts()") == ["event", "up r"]
    here.run("r", "router, inner = APIRouter(), APIRouter(lifespan=lives('in'))")
    assert here.ask("starts()") == ["event", "up in"]
    here.delete("i")
    assert here.ask("starts()") == ["event"]


def test_l3_lifespan_that_a_cell_sets_goes_from_what_others_joined_to_it(
    here: ShellNotebook,
) -> None:
    """It hides those of the routers that are included above it, as in FastAPI."""
    here.run("app", "app = FastAPI(lifespan=lives('app'))")
    here.run("r", "router = APIRouter(lifespan=lives('r'))")
    here.run("set", "app.router.lifespan_context = lives('set')")
    here.run("i", "app.include_router(router)")
    assert here.ask("starts()") == ["up set", "up r"]
    below = "app.router.lifespan_context = lives('below')"
    here.run("below", below)
    assert here.ask("starts()") == ["up below"]
    here.delete("below")
    here.delete("set")
    assert here.ask("starts()") == ["up app", "up r"]


def test_lifespan_that_wraps_the_routers_begins_each_once(
    here: ShellNotebook,
) -> None:
    """Also when its cell runs again."""
    here.run("app", "app = FastAPI(lifespan=lives('app'))")
    here.run("i", "app.include_router(APIRouter(lifespan=lives('r')))")
    wrap = """
before = app.router.lifespan_context
@asynccontextmanager
async def around(app):
    told.append("around")
    async with before(app) as state:
        yield state
app.router.lifespan_context = around
"""
    for _ in range(2):
        here.run("w", wrap)
        assert here.ask("starts()") == ["around", "up app", "up r"]


def test_router_includes_what_is_told_to_it_above_its_own_place(
    here: ShellNotebook,
) -> None:
    """As FastAPI after Restart and Run All, which reads a router as it is then."""
    here.run("app", "app = FastAPI()")
    here.run("r", "router, inner = APIRouter(), APIRouter(lifespan=lives('in'))")
    here.run("i", "app.include_router(router)\nrouter.include_router(inner)")
    assert here.ask("starts()") == []


def test_app_from_before_keeps_its_own_lifespan_apart(
    here: ShellNotebook,
) -> None:
    """A router that its cell included begins once."""
    here.run("off", "%unload_ext werkbook")
    here.run(
        "app",
        "app, router = FastAPI(lifespan=lives('app')), APIRouter(lifespan=lives('r'))\n"
        "app.include_router(router)",
    )
    here.run("on", "%load_ext werkbook")
    assert here.ask("starts()") == ["up app", "up r"]


SERVED = """
@app.get("/items")
def items(request: Request):
    request.state.items.append("more")
    return request.state.items
"""


def test_lifespan_begins_anew_where_it_changed_and_nowhere_else(
    here: ShellNotebook,
) -> None:
    """What a start-up made stays, whatever router without a lifespan is included."""
    here.run("app", "app = FastAPI(lifespan=lives('first'))")
    here.run("app", "app = FastAPI(lifespan=kept)")
    here.run("v", SERVED)
    here.run("s", "%serve")
    (server,) = serving.servers()

    def ask() -> int:
        return len(requests.get(f"{server.url}/items", timeout=10).json())

    assert ask() == 2
    here.run("r", "router = APIRouter()")
    here.run("i", "app.include_router(router, prefix='/r')")
    assert here.ask("[*app.router.on_startup, *app.router.on_shutdown]") == []
    here.run("p", "@router.get('/p')\ndef page(): return 'p'")
    here.run("r", "router = APIRouter(tags=['r'])")
    here.run("app", "app = FastAPI(lifespan=kept, title='again')")
    here.fail("r", "router = APIRouter(lifespan=lives('failed'))\n1 / 0")
    assert ask() == 3
    assert here.ask("told") == ["up kept"]
    here.run("r", "router = APIRouter(lifespan=lives('r'))")
    assert here.ask("told") == ["up kept", "down kept", "up kept", "up r"]
    assert ask() == 2
    here.run("other", "other = 1")
    assert ask() == 3
    here.delete("i")
    here.run("other", "other = 2")
    assert here.ask("told")[4:] == ["down r", "down kept", "up kept"]


MADE = {
    "FastAPI": "app = FastAPI()",
    "Starlette": "from starlette.applications import Starlette\napp = Starlette()",
    "FastHTML": "from fasthtml.core import FastHTML\napp = FastHTML(secret_key='k')",
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_l6_a_cell_is_told_whose_lifespan_it_takes(
    here: ShellNotebook, made: str
) -> None:
    """Not where an app is made with one, nor where a router is included."""
    here.run("app", made.replace("(", "(lifespan=kept, ", 1).replace(", )", ")"))
    source = "app.router.lifespan_context = lives({!r})"
    assert "takes over" not in here.run("one", source.format("one")).text
    told = here.run("two", source.format("two")).text
    assert "'s lifespan_context takes over from the cell" in told
    assert here.ask("starts()") == ["up two"]
    router = "app.include_router(APIRouter(lifespan=lives('r')))"
    if made == MADE["FastAPI"]:
        assert "takes over" not in here.run("r", router).text
    here.delete("two")
    assert here.ask("starts()")[0] == "up one"
