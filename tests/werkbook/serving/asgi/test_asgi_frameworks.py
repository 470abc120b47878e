"""Real ASGI apps are served as they are: each by its framework's own means."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

PRINTED = "saying hello"


def fastapi_app() -> Any:
    from fastapi import FastAPI, Form
    from fastapi.responses import RedirectResponse

    app = FastAPI()

    @app.get("/hello/{name}")
    def hello(name: str) -> str:
        print(PRINTED)
        return f"Hello {name}"

    @app.post("/form")
    async def form(name: str = Form()) -> Any:
        return RedirectResponse(f"/hello/{name}", 303)

    @app.get("/boom")
    async def boom() -> None:
        raise LookupError("in the view")

    return app


def starlette_app() -> Any:
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, RedirectResponse
    from starlette.routing import Route

    def hello(request: Any) -> Any:
        print(PRINTED)
        return JSONResponse(f"Hello {request.path_params['name']}")

    async def form(request: Any) -> Any:
        data = await request.form()
        return RedirectResponse(f"/hello/{data['name']}", 303)

    def boom(request: Any) -> Any:
        raise LookupError("in the view")

    return Starlette(
        routes=[
            Route("/hello/{name}", hello),
            Route("/form", form, methods=["POST"]),
            Route("/boom", boom),
        ]
    )


def fasthtml_app() -> Any:
    from fasthtml.core import FastHTML
    from starlette.responses import JSONResponse, RedirectResponse

    app = FastHTML(secret_key="test")

    @app.route("/hello/{name}", methods=["GET", "HEAD"])
    def hello(name: str) -> Any:
        print(PRINTED)
        return JSONResponse(f"Hello {name}")

    @app.route("/form", methods=["POST"])
    def form(name: str) -> Any:
        return RedirectResponse(f"/hello/{name}", 303)

    @app.route("/boom", methods=["GET"])
    def boom() -> Any:
        raise LookupError("in the view")

    return app


def litestar_app() -> Any:
    import litestar
    from litestar.response import Redirect

    @litestar.get(
        "/hello/{name:str}", media_type="application/json", sync_to_thread=False
    )
    def hello(request: litestar.Request) -> str:  # type: ignore[type-arg]
        print(PRINTED)
        return f"Hello {request.path_params['name']}"

    @litestar.post("/form")
    async def form(request: litestar.Request) -> Redirect:  # type: ignore[type-arg]
        return Redirect(f"/hello/{(await request.form())['name']}", status_code=303)

    @litestar.get("/boom", sync_to_thread=False)
    def boom() -> None:
        raise LookupError("in the view")

    return litestar.Litestar([hello, form, boom], logging_config=None)


def quart_app() -> Any:
    import quart

    app = quart.Quart(__name__)

    @app.get("/hello/<name>")
    async def hello(name: str) -> Any:
        print(PRINTED)
        return quart.jsonify(f"Hello {name}")

    @app.post("/form")
    async def form() -> Any:
        return quart.redirect(f"/hello/{(await quart.request.form)['name']}", 303)

    @app.get("/boom")
    async def boom() -> str:
        raise LookupError("in the view")

    return app


def bare_app() -> Any:
    from urllib.parse import parse_qs

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise AssertionError("no lifespan")
        path, method = scope["path"], scope["method"]
        status, headers, body = 404, [], b"no"
        if path == "/boom":
            raise LookupError("in the view")
        if path == "/form" and method == "POST":
            name = parse_qs((await receive())["body"].decode())["name"][0]
            status, headers = 303, [(b"location", f"/hello/{name}".encode())]
        elif path.startswith("/hello/"):
            print(PRINTED)
            status, body = 200, f'"Hello {path[7:]}"'.encode()
        headers.append((b"content-length", str(len(body)).encode()))
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})

    return app


MAKERS: dict[str, Callable[[], Any]] = {
    "fastapi": fastapi_app,
    "starlette": starlette_app,
    "fasthtml": fasthtml_app,
    "litestar": litestar_app,
    "quart": quart_app,
    "bare": bare_app,
}
RULES = {
    "fastapi": ("/hello/{name}", "hello"),
    "starlette": ("/hello/{name}", "hello"),
    "fasthtml": ("/hello/{name}", "fasthtml_app_hello"),
    "litestar": ("/hello/{name}", "hello"),
    "quart": ("/hello/<name>", "hello"),
    "bare": (None, None),
}


@pytest.mark.parametrize("framework", MAKERS)
def test_asgi_framework_is_served(started: Any, framework: str, capsys: Any) -> None:
    """Its views answer, what they print and raise is in their exchanges alone."""
    server = started(MAKERS[framework]())
    with requests.Session() as session:
        response = session.get(f"{server.url}/hello/Ada", timeout=10)
        assert (response.status_code, response.text.strip('"\n')) == (200, "Hello Ada")
        exchange = server.exchanges.last()
        assert exchange.output == f"{PRINTED}\n"
        assert (exchange.rule, exchange.endpoint) == RULES[framework]
        assert exchange.response_body == response.content
        response = session.post(f"{server.url}/form", data={"name": "Bo"}, timeout=10)
        assert response.text.strip('"\n') == "Hello Bo"
        sent = [one for one in server.exchanges if one.method == "POST"]
        assert [one.request_body for one in sent] == [b"name=Bo"]
        assert [one.request_size_bytes for one in sent] == [7]
        assert session.get(f"{server.url}/none", timeout=10).status_code == 404
        response = session.get(f"{server.url}/boom?why", timeout=10)
        assert response.status_code == 500
        failed = server.exchanges.last()
        assert (failed.url, repr(failed.exception)) == (
            "/boom?why",
            "LookupError('in the view')",
        )
        response = session.get(f"{server.url}/hello/Cy", timeout=10)
        assert response.text.strip('"\n') == "Hello Cy"
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
