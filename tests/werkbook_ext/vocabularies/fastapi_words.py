"""Cells of random FastAPI notebooks; a router of FastAPI's is their blueprint."""

import warnings
from collections.abc import Callable
from typing import Any

from fastapi import (
    APIRouter,  # noqa: F401  # for the cells, which import all of this
    Depends,
    FastAPI,
    HTTPException,
    Response,
)
from starlette.responses import PlainTextResponse
from tests.werkbook_ext.vocabularies import Vocabulary
from tests.werkbook_ext.vocabularies.asgi import (
    Mark,  # noqa: F401  # for the cells
    ask_all,
)

URLS = ("/a", "/b", "/v/word", "/v/3", "/bp/x", "/pb/x", "/boom", "/given", "/no")
VOCABULARY = Vocabulary(
    module=__name__,
    routers=("router = APIRouter(prefix={prefix!r})",),
    route="app.add_api_route({path!r}, view({text!r}), methods={methods!r})",
    paths=("/a", "/b", "/v/{x}", "/v/{y}", "/v/{n:int}"),
    keyed={
        "404": "app.add_exception_handler(404, handler({t!r}))",
        "410": "app.add_exception_handler(410, handler({t!r}))",
        "override": "app.dependency_overrides[given] = give({t!r})",
        "state": "app.state.k = {t!r}",
        "title": "app.title = {t!r}",
        "router x": "router.add_api_route('/x', view({t!r}))",
    },
    ordered={
        "middleware": "app.add_middleware(Mark, text={t!r})",
        "startup": "app.router.add_event_handler('startup', give({t!r}))",
    },
    included="app.include_router(router)",
)


async def given() -> str:
    return "given"


async def boom() -> None:
    raise HTTPException(410)


async def show(value: str = Depends(given)) -> Response:
    return PlainTextResponse(value)


def make_app() -> FastAPI:
    """Make an app with the views that handlers and overrides are for."""
    app = FastAPI(docs_url=None, redoc_url=None)
    app.add_api_route("/boom", boom)
    app.add_api_route("/given", show)
    return app


def view(text: str) -> Callable[..., Any]:
    async def answer() -> Response:
        return PlainTextResponse(text)

    return answer


def handler(text: str) -> Callable[..., Any]:
    async def handle(request: Any, error: Any) -> Response:
        return PlainTextResponse(text, error.status_code)

    return handle


def give(text: str) -> Callable[[], Any]:
    """Return a dependency, or a function for the app's start-up."""

    async def give_text() -> str:
        return text

    give_text.__doc__ = text
    return give_text


def observe(app: FastAPI) -> dict[str, Any]:
    """All that can be seen of an app from outside and inside."""
    # FastAPI says of a view with two methods that both have one operation id.
    warnings.filterwarnings("ignore", "Duplicate Operation ID")
    return {
        "answers": ask_all(app, URLS),
        "title": app.openapi()["info"]["title"],
        "documented": {
            path: ",".join(sorted(methods))
            for path, methods in app.openapi()["paths"].items()
        },
        "state": getattr(app.state, "k", None),
        "startup": [one.__doc__ for one in app.router.on_startup],
        "middleware": [one.kwargs for one in app.user_middleware],
    }
