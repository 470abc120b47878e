"""Cells of random FastHTML notebooks; an `APIRouter` of its is their blueprint."""

from collections.abc import Callable
from typing import Any

from fasthtml.core import (
    APIRouter,  # noqa: F401  # for the cells, which import all of this
    FastHTML,
)
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from tests.werkbook_ext.vocabularies import Vocabulary
from tests.werkbook_ext.vocabularies.asgi import (
    Mark,  # noqa: F401  # for the cells
    ask_all,
)

URLS = ("/a", "/b", "/v/word", "/v/3", "/bp/x", "/pb/x", "/boom", "/no")
VOCABULARY = Vocabulary(
    module=__name__,
    routers=("router = APIRouter(prefix={prefix!r})",),
    route="add_page(app, {path!r}, view({text!r}), methods={methods!r})",
    paths=("/a", "/b", "/v/{x}", "/v/{y}", "/v/{n:int}"),
    keyed={
        "404": "app.add_exception_handler(404, handler({t!r}))",
        "410": "app.add_exception_handler(410, handler({t!r}))",
        "title": "app.title = {t!r}",
        "state": "app.state.k = {t!r}",
        "router x": "router('/x', name='x')(view({t!r}))",
    },
    ordered={
        "middleware": "app.add_middleware(Mark, text={t!r})",
        "startup": "app.on_event('startup')(give({t!r}))",
        "before": "app.before.append(see({t!r}))",
        "header": "app.hdrs.append({t!r})",
    },
    included="router.to_app(app)",
)


def boom() -> None:
    raise HTTPException(410)


def make_app() -> FastHTML:
    """Make an app with the view that handlers are for."""
    app = FastHTML(secret_key="test", sess_cls=None, default_hdrs=False)
    app.route("/boom")(boom)
    return app


def add_page(app: Any, path: str, function: Any, methods: list[str]) -> None:
    app.route(path, methods=methods)(function)


def view(text: str) -> Callable[..., Any]:
    def answer(request: Any) -> Response:
        return PlainTextResponse(f"{text}|{request.scope.get('seen', '')}")

    return answer


def see(text: str) -> Callable[..., Any]:
    """Return a function that each request passes before its view."""

    def before(request: Any) -> None:
        request.scope["seen"] = request.scope.get("seen", "") + text

    return before


def give(text: str) -> Callable[[], Any]:
    def start() -> str:
        return text

    start.__doc__ = text
    return start


def handler(text: str) -> Callable[..., Any]:
    async def handle(request: Any, error: Any) -> Response:
        return PlainTextResponse(text, error.status_code)

    return handle


def observe(app: FastHTML) -> dict[str, Any]:
    """All that can be seen of an app from outside and inside."""
    return {
        "answers": ask_all(app, URLS),
        "title": app.title,
        "state": getattr(app.state, "k", None),
        "handlers": sorted(map(str, app.exception_handlers)),
        "startup": [one.__doc__ for one in app.router.lifespan_context.startup],
        "headers": [*app.hdrs],
        "middleware": [one.kwargs for one in app.user_middleware],
        "urls": sorted(one.path for one in app.routes),
    }
