"""Cells of random Starlette notebooks; a router that is mounted is their blueprint."""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import (
    Router,  # noqa: F401  # for the cells, which import all of this
)
from tests.werkbook_ext.vocabularies import Vocabulary
from tests.werkbook_ext.vocabularies.asgi import (
    Mark,  # noqa: F401  # for the cells
    ask_all,
)

URLS = ("/a", "/b", "/v/word", "/v/3", "/bp/x", "/pb/x", "/in/x", "/boom", "/no")
VOCABULARY = Vocabulary(
    module=__name__,
    routers=("router = Router()", "app.mount({prefix!r}, router)"),
    route="app.add_route({path!r}, view({text!r}), methods={methods!r})",
    paths=("/a", "/b", "/v/{x}", "/v/{y}", "/v/{n:int}"),
    keyed={
        "404": "app.add_exception_handler(404, handler({t!r}))",
        "410": "app.add_exception_handler(410, handler({t!r}))",
        "lookup": "app.add_exception_handler(LookupError, handler({t!r}))",
        "state": "app.state.k = {t!r}",
        "router x": "router.add_route('/x', view({t!r}))",
    },
    ordered={"middleware": "app.add_middleware(Mark, text={t!r})"},
    included="app.mount('/in', router)",
)


async def boom(request: Request) -> Response:
    raise HTTPException(410)


def make_app() -> Starlette:
    """Make an app with the view that handlers are for."""
    app = Starlette()
    app.add_route("/boom", boom)
    return app


def view(text: str) -> Callable[..., Any]:
    async def answer(request: Request) -> Response:
        return PlainTextResponse(text)

    return answer


def handler(text: str) -> Callable[..., Any]:
    async def handle(request: Any, error: Any) -> Response:
        return PlainTextResponse(text, error.status_code)

    return handle


def observe(app: Starlette) -> dict[str, Any]:
    """All that can be seen of an app from outside and inside."""
    return {
        "answers": ask_all(app, URLS),
        "state": getattr(app.state, "k", None),
        "handlers": sorted(map(str, app.exception_handlers)),
        "middleware": [one.kwargs for one in app.user_middleware],
        "urls": sorted(getattr(one, "path", "") for one in app.routes),
    }
