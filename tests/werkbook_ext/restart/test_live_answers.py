"""What the live app answers in a proof."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from werkzeug.test import Client

from werkbook import App, request
from werkbook.cells.asked import Asked
from werkbook.serving import ExchangeRing, recorded, serve
from werkbook_ext.restart.live_answers import ask_live_app, find_other_requests


def shop() -> App:
    app = App("shop")

    @app.route("/", methods=["GET", "POST"])
    def index() -> str:
        print("in the view")
        return request.method

    return app


def test_a_live_app_is_asked_with_get_alone() -> None:
    """Anything else could change it."""
    answer = ask_live_app(shop(), Asked("", "GET", "/"))
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"GET")
    assert ask_live_app(shop(), Asked("", "POST", "/")) is None


def test_a_live_asgi_app_keeps_the_lifespan_that_it_has() -> None:
    """It is asked in the loop that serves it: nothing starts again, nothing ends."""
    said = []

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, str]]:
        said.append("start")
        try:
            yield {"model": "loaded"}
        finally:
            said.append("end")

    async def index(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.state.model)

    app = Starlette(routes=[Route("/", index)], lifespan=lifespan)
    server = serve(app)
    try:
        for _ in range(2):
            answer = ask_live_app(app, Asked("", "GET", "/"))
            assert answer is not None
            assert (answer.status, answer.body) == (200, b"loaded")
        assert said == ["start"]
    finally:
        server.stop()
    assert said == ["start", "end"]
    assert ask_live_app(app, Asked("", "GET", "/")) is not None
    assert said == ["start", "end"] * 2


def test_requests_of_no_cell_make_the_state_unsure() -> None:
    """Those that change nothing, that failed, and those of cells do not."""
    ring = ExchangeRing()
    client = Client(recorded(shop(), ring))
    client.get("/")
    client.post("/nowhere")
    client.post("/").close()
    asked = [Asked("In[2]", "POST", "/")]
    assert find_other_requests(asked, list(ring)) == ""
    assert find_other_requests([], list(ring)) == (
        "the live app had requests that no cell makes (POST /)"
    )
