"""What the cells of a random FastAPI notebook call, and all that the app shows.

See `observed`, which is the same for Werkbook's own apps.
"""

import asyncio
import threading
import warnings
from collections.abc import Callable, Iterable
from contextvars import Context
from typing import Any

from fastapi import (
    APIRouter,  # noqa: F401  # for the cells, which import all of this
    Depends,
    FastAPI,
    HTTPException,
    Response,
)
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from tests.werkbook_ext.law_model import METHODS, TEXTS, Statement
from tests.werkbook_ext.observed import flat

APP = "from tests.werkbook_ext.observed_fastapi import *\napp = make_app()"
ROUTERS = "router = APIRouter(prefix='{prefix}')"
HEADS = ("app = make_app()", "router = APIRouter(prefix={prefix!r})")
PATHS = ("/a", "/b", "/v/{x}", "/v/{y}", "/v/{n:int}")
URLS = ("/a", "/b", "/v/word", "/v/3", "/bp/x", "/pb/x", "/boom", "/given", "/no")
KEYED = {
    "404": "app.add_exception_handler(404, handler({t!r}))",
    "410": "app.add_exception_handler(410, handler({t!r}))",
    "override": "app.dependency_overrides[given] = override({t!r})",
    "state": "app.state.k = {t!r}",
    "title": "app.title = {t!r}",
    "router x": "router.add_api_route('/x', view({t!r}))",
}
ORDERED = {
    "middleware": "app.add_middleware(Mark, text={t!r})",
    "startup": "app.router.add_event_handler('startup', override({t!r}))",
}


class Mark:
    """Middleware that leaves its mark in each response, the innermost first."""

    def __init__(self, app: Any, text: str) -> None:
        self.app, self.text = app, text

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_marked(message: Any) -> None:
            if message["type"] == "http.response.start":
                mark = (b"x-mark", self.text.encode())
                message = {**message, "headers": [*message["headers"], mark]}
            await send(message)

        await self.app(scope, receive, send_marked)


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


def override(text: str) -> Callable[[], Any]:
    async def give() -> str:
        return text

    give.__doc__ = text
    return give


def shape(path: str) -> str:
    return path.replace("{x}", "{}").replace("{y}", "{}")


@st.composite
def cell_statements(draw: st.DrawFn, cell: str) -> tuple[Statement, ...]:
    """The registrations of a cell; it contradicts others, but not itself."""
    made: list[Statement] = []
    for path in draw(st.lists(st.sampled_from(PATHS), unique_by=shape, max_size=3)):
        methods = draw(st.sampled_from(METHODS))
        keys = frozenset((shape(path), method) for method in methods)
        text = f"{path}-{draw(TEXTS)}"
        line = f"app.add_api_route({path!r}, view({text!r}), methods={[*methods]!r})"
        made.append(Statement(line, keys))
    kinds = sorted([*KEYED, *ORDERED])
    for name in draw(st.lists(st.sampled_from(kinds), unique=True, max_size=4)):
        line = (KEYED.get(name) or ORDERED[name]).format(t=draw(TEXTS))
        made.append(Statement(line, frozenset({name} if name in KEYED else ())))
    if cell == "c2" and draw(st.booleans()):
        at = draw(st.integers(0, len(made)))
        made.insert(at, Statement("app.include_router(router)"))
    return tuple(made)


def fresh_app(lines: Iterable[str]) -> FastAPI:
    """Make an app of some statements outside any cell."""
    names = dict(globals())
    Context().run(exec, "\n".join(lines), names)
    made: FastAPI = names["app"]
    return made


def observe(app: FastAPI) -> dict[str, Any]:
    """All that can be seen of an app from outside and inside."""
    answers: dict[str, Any] = {}

    def ask_all() -> None:
        answers.update(asyncio.run(ask_each(app)))

    # FastAPI says of a view with two methods that both have one operation id.
    warnings.filterwarnings("ignore", "Duplicate Operation ID")
    asking = threading.Thread(target=ask_all)  # as a server's requests come: of no cell
    asking.start()
    asking.join()
    return {
        "answers": answers,
        "title": app.openapi()["info"]["title"],
        "documented": {
            path: ",".join(sorted(methods))
            for path, methods in app.openapi()["paths"].items()
        },
        "state": getattr(app.state, "k", None),
        "startup": [one.__doc__ for one in app.router.on_startup],
        "middleware": [one.kwargs for one in app.user_middleware],
    }


async def ask_each(app: FastAPI) -> dict[str, Any]:
    return {
        f"{method} {url}": await ask(app, method, url)
        for url in URLS
        for method in ("GET", "POST")
    }


async def ask(app: FastAPI, method: str, url: str) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": method, "path": url, "headers": []}
    await app({**scope, "query_string": b"", "root_path": ""}, receive, send)
    marks = [v.decode() for k, v in sent[0]["headers"] if k == b"x-mark"]
    body = b"".join(one.get("body", b"") for one in sent[1:])
    return [sent[0]["status"], body.decode(), marks]


def compare(app: FastAPI, lines: Iterable[str]) -> dict[str, list[Any]]:
    """Return what differs between the live app and one that is made of `lines`."""
    parts = flat(observe(app)), flat(observe(fresh_app(lines)))
    return {
        key: [parts[0].get(key), parts[1].get(key)]
        for key in sorted(parts[0].keys() | parts[1].keys())
        if parts[0].get(key) != parts[1].get(key)
    }
