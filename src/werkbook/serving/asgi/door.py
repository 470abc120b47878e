"""The ASGI app that uvicorn serves: gates, what is mounted beside, the app itself."""

from functools import partial
from typing import TYPE_CHECKING, Any

from werkbook.serving.asgi.asgi_scopes import (
    AsgiApplication,
    Message,
    Receive,
    Scope,
    Send,
    make_environ,
    make_scope,
)
from werkbook.serving.asgi.limited_bodies import TOO_LONG, LimitedBody
from werkbook.serving.asgi.noted_calls import NotedCalls
from werkbook.serving.asgi.passages import Passage
from werkbook.serving.asgi.websocket_calls import OpenWebSocket, WebSocketCalls
from werkbook.serving.asgi.wsgi_inside import answer_by_wsgi
from werkbook.serving.beside import Beside
from werkbook.serving.exchanges import ExchangeRing
from werkbook.serving.http.limits import Limits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

POLICY_VIOLATION = 1008  # RFC 6455 7.4.1


class Door:
    """Lets requests in to an ASGI app, and notes them.

    Args:
        app: Who answers.
        gates: The server's gates, around `passages.pass_on`.
        beside: What is mounted beside the app.
        ring: What remembers the exchanges.
        limits: What a client may ask for.

    Attributes:
        state: What each request finds as its scope's state: the lifespan's.
    """

    def __init__(
        self,
        app: AsgiApplication,
        gates: "WSGIApplication",
        beside: Beside,
        ring: ExchangeRing,
        limits: Limits,
    ):
        self._app = app
        self._gates = gates
        self._beside = beside
        self._calls = NotedCalls(app, ring)
        self._websockets = WebSocketCalls(app, ring)
        self._limits = limits
        self._under_way: dict[int, str] = {}
        self.state: dict[str, Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say why not."""
        environ = make_environ(scope)
        before = dict(environ)
        passage = Passage(self._gates, environ)
        if passage.environ is None:
            await _refuse(scope, send, passage)
            return
        environ = passage.environ
        line = f"{environ['REQUEST_METHOD']} {environ['REQUEST_URI']}"
        self._under_way[id(scope)] = line
        scope["state"] = dict(self.state)
        make = partial(_inner_scope, scope, before)
        try:
            await self._answer(scope, environ, make, receive, _out(passage, send))
        finally:
            self._under_way.pop(id(scope), None)

    async def _answer(
        self,
        scope: Scope,
        environ: "WSGIEnvironment",
        make: Any,
        receive: Receive,
        send: Send,
    ) -> None:
        if scope["type"] == "websocket":
            await self._websockets.answer(environ, make, receive, send)
            return
        if self._is_too_big(environ):
            await _say(send, 413, TOO_LONG)
            return
        body = LimitedBody(receive, send, self._limits, _say)
        receive, send = body.receive, body.send
        if self._beside.is_asked(environ):
            await answer_by_wsgi(self._beside, environ, receive, send)
        else:
            await self._calls.answer(environ, make, receive, send)

    def _is_too_big(self, environ: "WSGIEnvironment") -> bool:
        length = environ.get("CONTENT_LENGTH", "")
        return length.isdecimal() and int(length) > self._limits.body_bytes

    def websockets(self) -> list[OpenWebSocket]:
        """Return the WebSockets that are open."""
        return self._websockets.open()

    def running(self) -> list[str]:
        """Return the request lines of what is under way."""
        return list(self._under_way.values())


def _inner_scope(scope: Scope, before: Any, environ: "WSGIEnvironment") -> Scope:
    return make_scope(scope, environ, before)


def _out(passage: Passage, send: Send) -> Send:
    """Return a `send` that leads the head of a response through the gates."""

    async def send_out(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in message.get("headers", ())
            ]
            raw = passage.head_out(message["status"], headers)
            message = {**message, "headers": raw}
        await send(message)

    return send_out


async def _refuse(scope: Scope, send: Send, passage: Passage) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    start = {"type": "http.response.start", "headers": passage.raw_headers}
    await send({**start, "status": int(passage.status[:3])})
    await send({"type": "http.response.body", "body": passage.body})


async def _say(send: Send, status: int, text: str) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
