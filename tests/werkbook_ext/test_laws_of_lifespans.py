"""The lifespans of FastAPI's apps, which those of the routers they include join."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook


@pytest.fixture
def here(shell: InteractiveShell) -> ShellNotebook:
    return ShellNotebook(shell)


JOINED = """
from contextlib import asynccontextmanager
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient
told = []
def lives(name):
    @asynccontextmanager
    async def lifespan(app):
        told.append(f"up {name}")
        yield {"db": name}
    return lifespan
def starts():
    told.clear()
    with TestClient(app):
        pass
    return [*told]
"""


def test_l4_lifespans_of_an_app_and_its_routers_are_those_of_now(
    here: ShellNotebook,
) -> None:
    """An included router's joins that which the app is made with later."""
    here.run("names", JOINED)
    here.run("app", "app = FastAPI()")
    here.run("r", "router, inner = APIRouter(), APIRouter()")
    here.run(
        "i", "app.include_router(router, prefix='/r')\nrouter.include_router(inner)"
    )
    assert here.ask("starts()") == []
    here.run("app", "app = FastAPI(lifespan=lives('app'))")
    assert here.ask("starts()") == ["up app"]
    here.run("r", "router, inner = APIRouter(lifespan=lives('r')), APIRouter()")
    assert here.ask("starts()") == ["up app", "up r"]
    started = "router.on_startup.append(lambda: told.append('late'))"
    here.fail("late", f"app.{started}\n1 / 0")
    here.run("r", f"router, inner = APIRouter(), APIRouter()\n{started}")
    # Once as the app's own, were it not for its lifespan; once as the router's.
    assert here.ask("starts()") == ["up app", "late"]
    here.run("app", "app = FastAPI()")
    assert here.ask("starts()") == ["late", "late"]
    here.run("set", "app.router.lifespan_context = lives('set')")
    assert here.ask("starts()") == ["up set", "late"]
    here.delete("set")
    here.run("r", "router, inner = APIRouter(), APIRouter(lifespan=lives('in'))")
    assert here.ask("starts()") == ["up in"]
    here.delete("i")
    assert here.ask("starts()") == []


def test_lifespan_begins_anew_where_an_included_routers_changed(
    here: ShellNotebook,
) -> None:
    """By the router's cell, or by one that adds a function to the app's router."""
    here.run("names", JOINED)
    here.run("app", "app = FastAPI()\nrouter = APIRouter()")
    here.run("i", "app.include_router(router, prefix='/r')")
    here.run("e", "app.router.add_event_handler('startup', lambda: told.append('e'))")
    here.run("s", "%serve")
    assert here.ask("told") == ["e"]
    here.run("app", "app = FastAPI()\nrouter = APIRouter(lifespan=lives('r'))")
    assert here.ask("told") == ["e", "e", "up r"]
    here.run("other", "pass")
    here.run("e", "pass")
    assert here.ask("told") == ["e", "e", "up r", "up r"]
