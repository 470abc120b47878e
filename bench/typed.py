"""What a typed view costs, in process, beside other frameworks that read hints.

    python bench/typed.py [--rounds 7] [--only body]

Each workload is the same view: it reads the query and a JSON body by their types, and
answers with JSON. FastAPI's ASGI app is called in this process too, by an event loop
that stays. "By hand" is a WSGI callable that reads with msgspec and does nothing else.
Every round times each app once, in turn, so that a noisy machine is noisy for all of
them; a cell is the median in microseconds, and how many times as long as Werkbook the
other takes. Ends with 1 where Werkbook is less than 1.5 times as fast as FastAPI, or
takes more than 1.5 times as long as by hand.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

sys.path.insert(0, str(Path(__file__).parent))

from peers import require

require("falcon", "fastapi", "flask", "flask_openapi3", "msgspec", "pydantic")

import falcon
import fastapi
import flask
import flask_openapi3
import msgspec
import pydantic
from dispatch import measure

from werkbook import App

MIN_FASTER_THAN_FASTAPI = 1.5
MAX_SLOWER_THAN_BY_HAND = 1.5
BODY = json.dumps({"name": "lamp", "price": 9.5, "tags": ["a", "b"]}).encode()
WORKLOADS = {
    "query": ("GET", "/items", "limit=3&word=lamp", b""),
    "body": ("POST", "/items", "limit=3", BODY),
}
Call = Callable[[], bytes]


class Item(msgspec.Struct):
    """What Werkbook, Falcon and the callable by hand read and send."""

    name: str
    price: float
    tags: list[str]


class Found(msgspec.Struct):
    """What the query is answered with."""

    limit: int
    word: str


class ItemModel(pydantic.BaseModel):
    """What pydantic's frameworks read and send."""

    name: str
    price: float
    tags: list[str]


class FoundModel(pydantic.BaseModel):
    """What they answer the query with."""

    limit: int
    word: str


class ListQuery(pydantic.BaseModel):
    """What they read of a query."""

    limit: int = 10
    word: str = ""


def make_werkbook() -> Any:
    """Return the app of typed views."""
    app = App("bench")

    @app.get("/items")
    def find(limit: int = 10, word: str = "") -> Found:
        return Found(limit, word)

    @app.post("/items")
    def add(item: Item, limit: int = 10) -> Item:
        return item

    return app


def make_fastapi() -> Any:
    """Return FastAPI's app, with views that need no thread."""
    app = fastapi.FastAPI()

    @app.get("/items")
    async def find(limit: int = 10, word: str = "") -> FoundModel:
        return FoundModel(limit=limit, word=word)

    @app.post("/items")
    async def add(item: ItemModel, limit: int = 10) -> ItemModel:
        return item

    return app


def make_flask() -> Any:
    """Return Flask's app, whose views call pydantic."""
    app = flask.Flask("bench")

    @app.get("/items")
    def find() -> Any:
        query = ListQuery.model_validate(flask.request.args.to_dict())
        found = FoundModel(limit=query.limit, word=query.word)
        return app.response_class(found.model_dump_json(), mimetype="application/json")

    @app.post("/items")
    def add() -> Any:
        ListQuery.model_validate(flask.request.args.to_dict())
        item = ItemModel.model_validate_json(flask.request.get_data())
        return app.response_class(item.model_dump_json(), mimetype="application/json")

    return app


def make_flask_openapi3() -> Any:
    """Return flask-openapi3's app."""
    app = flask_openapi3.OpenAPI("bench")

    @app.get("/items")
    def find(query: ListQuery) -> Any:
        found = FoundModel(limit=query.limit, word=query.word)
        return app.response_class(found.model_dump_json(), mimetype="application/json")

    @app.post("/items")
    def add(query: ListQuery, body: ItemModel) -> Any:
        return app.response_class(body.model_dump_json(), mimetype="application/json")

    return app


class FalconItems:
    """Falcon's resource, which reads with msgspec."""

    def on_get(self, request: Any, response: Any) -> None:
        limit = request.get_param_as_int("limit", default=10)
        found = Found(limit, request.get_param("word", default=""))
        response.data = msgspec.json.encode(found)

    def on_post(self, request: Any, response: Any) -> None:
        request.get_param_as_int("limit", default=10)
        item = msgspec.json.decode(request.bounded_stream.read(), type=Item)
        response.data = msgspec.json.encode(item)


def make_falcon() -> Any:
    """Return Falcon's app."""
    app = falcon.App()
    app.add_route("/items", FalconItems())
    return app


def make_by_hand() -> Any:
    """Return a WSGI callable that does what the views do, and nothing else."""
    decode = msgspec.json.Decoder(Item).decode
    encode = msgspec.json.Encoder().encode

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] != "/items":
            start_response("404 Not Found", [("Content-Length", "0")])
            return [b""]
        query = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
        try:
            limit = msgspec.convert(query.get("limit", ["10"])[0], int, strict=False)
            if environ["REQUEST_METHOD"] == "GET":
                data = encode(Found(limit, query.get("word", [""])[0]))
            else:
                if environ.get("CONTENT_TYPE") != "application/json":
                    start_response("415 Unsupported Media Type", [])
                    return []
                length = int(environ.get("CONTENT_LENGTH") or 0)
                data = encode(decode(environ["wsgi.input"].read(length)))
        except msgspec.DecodeError as error:
            data = str(error).encode()
            headers = [("Content-Length", str(len(data)))]
            start_response("422 Unprocessable Content", headers)
            return [data]
        headers = [("Content-Type", "application/json")]
        start_response("200 OK", [*headers, ("Content-Length", str(len(data)))])
        return [data]

    return app


def call_wsgi(app: Any, workload: str) -> Call:
    """Return a function that sends a workload's request to a WSGI app once."""
    method, path, query, body = WORKLOADS[workload]
    template = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        template["CONTENT_TYPE"] = "application/json"
        template["CONTENT_LENGTH"] = str(len(body))

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        return None

    def call() -> bytes:
        environ = dict(template)
        environ["wsgi.input"] = io.BytesIO(body)
        return b"".join(app(environ, start_response))

    return call


def call_asgi(app: Any, workload: str, loop: asyncio.AbstractEventLoop) -> Call:
    """Return a function that sends a workload's request to an ASGI app once."""
    method, path, query, body = WORKLOADS[workload]
    headers = [(b"host", b"localhost")]
    if body:
        headers.append((b"content-type", b"application/json"))
        headers.append((b"content-length", str(len(body)).encode()))

    async def answer() -> bytes:
        sent: list[bytes] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "scheme": "http",
            "server": ("localhost", 80),
            "client": ("127.0.0.1", 1),
            "headers": headers,
        }
        await app(scope, receive, send)
        return b"".join(sent)

    return lambda: loop.run_until_complete(answer())


def main() -> None:
    """Print the table, and what it says of the two limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=list(WORKLOADS), help="one workload")
    options = parser.parse_args()
    loop = asyncio.new_event_loop()
    apps = {
        "werkbook": make_werkbook(),
        "fastapi": make_fastapi(),
        "flask+pydantic": make_flask(),
        "flask-openapi3": make_flask_openapi3(),
        "falcon": make_falcon(),
        "by hand": make_by_hand(),
    }
    print(f"{'workload':<10}" + "".join(f"{name:>19}" for name in apps))
    is_met = True
    for workload in [options.only] if options.only else WORKLOADS:
        calls = {
            name: call_asgi(app, workload, loop)
            if name == "fastapi"
            else call_wsgi(app, workload)
            for name, app in apps.items()
        }
        answers = {name: json.loads(call()) for name, call in calls.items()}
        assert all(one == answers["by hand"] for one in answers.values()), answers
        times = measure(calls, options.rounds)
        own = times["werkbook"]
        cells = [f"{times[name]:9.2f} ({times[name] / own:5.2f})" for name in apps]
        print(f"{workload:<10}" + "".join(f"{cell:>19}" for cell in cells))
        is_met &= times["fastapi"] / own >= MIN_FASTER_THAN_FASTAPI
        is_met &= own / times["by hand"] <= MAX_SLOWER_THAN_BY_HAND
    loop.close()
    print("Both limits are met." if is_met else "A limit is not met.")
    sys.exit(not is_met)


if __name__ == "__main__":
    main()
