"""Each WebSocket of an ASGI app: noted as an exchange, and ended when it has to."""

import asyncio
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

from werkbook.serving.asgi.asgi_scopes import (
    AsgiApplication,
    MakeScope,
    Message,
    Receive,
    Scope,
    Send,
)
from werkbook.serving.asgi.told_routes import find_rule
from werkbook.serving.exchanges import ExchangeRing
from werkbook.serving.http.upgraded_socket import FAILED
from werkbook.serving.output import catch_output, current_exchange
from werkbook.serving.recording import ENVIRON_KEY, NotedExchange

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class OpenWebSocket:
    """One WebSocket, between the server and the app.

    Args:
        noted: Its exchange.
        environ: The request that began it, as the gates let it in.
        scope: What the app gets.
        receive: Gives what the client sends.
        send: Takes what the app sends.
    """

    def __init__(
        self,
        noted: NotedExchange,
        environ: "WSGIEnvironment",
        scope: Scope,
        receive: Receive,
        send: Send,
    ):
        self.environ, self.scope = environ, scope
        self.is_accepted = self.has_ended = False
        self._noted = noted
        self._receive, self._send = receive, send
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[Message] = self._loop.create_future()
        self._coming: asyncio.Future[Message] | None = None

    @property
    def view(self) -> object:
        """What speaks on it, where the app's framework says so."""
        return self.scope.get("endpoint")

    async def receive(self) -> Message:
        """Be the app's `receive`: an end from this side comes as the client's would."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._receive())
        waited = {self._coming, self._ended}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if self._ended.done():
            self.has_ended = True
            return self._ended.result()
        message, self._coming = self._coming.result(), None
        self.has_ended = message["type"] == "websocket.disconnect"
        return message

    async def send(self, message: Message) -> None:
        """Be the app's `send`; nothing is sent once it has ended."""
        if self._ended.done():
            return
        if message["type"] == "websocket.accept":
            self.is_accepted = True
            exchange = self._noted.exchange
            if exchange.rule is None:
                exchange.rule, exchange.endpoint = find_rule(self.scope)
            self._noted.begin(101, "Switching Protocols", [])
        elif message["type"] == "websocket.close" and not self.is_accepted:
            self._noted.begin(403, "Forbidden", [])
        await self._send(message)

    def end(self, code: int, reason: str) -> None:
        """Tell both sides that it is over, from any thread."""
        self._loop.call_soon_threadsafe(self._end_here, code, reason)

    def _end_here(self, code: int, reason: str) -> None:
        if not self._ended.done():
            message = {"type": "websocket.disconnect", "code": code, "reason": reason}
            self._ended.set_result(message)
            self._loop.create_task(self.close(code, reason))

    async def close(self, code: int, reason: str) -> None:
        """Close it, if it is open."""
        if self.is_accepted:
            try:
                await self._send(
                    {"type": "websocket.close", "code": code, "reason": reason}
                )
            except Exception:
                return  # it has closed meanwhile: each server says so in its own way

    def forget(self) -> None:
        """Want nothing more of the client: the app has returned."""
        if self._coming is not None:
            self._coming.cancel()


_FAREWELLS = ("starlette.websockets", "litestar.exceptions")
"""The modules of the exception by which a view learns that its WebSocket has ended."""


def _is_farewell(error: Exception) -> bool:
    """Say whether a view ended as its WebSocket did: nothing has failed then."""
    kinds = (
        getattr(sys.modules.get(name), "WebSocketDisconnect", ()) for name in _FAREWELLS
    )
    return any(isinstance(error, kind) for kind in kinds)


class WebSocketCalls:
    """Calls an ASGI app for WebSockets and notes each in a ring.

    Args:
        app: Who answers.
        ring: What remembers.
    """

    def __init__(self, app: AsgiApplication, ring: ExchangeRing):
        self._app = app
        self._ring = ring
        self._tally = ring.find_tally(app)
        self._open: dict[int, OpenWebSocket] = {}

    def open(self) -> list[OpenWebSocket]:
        """Return those that are open."""
        return [one for one in list(self._open.values()) if one.is_accepted]

    async def answer(
        self,
        environ: "WSGIEnvironment",
        make_scope: MakeScope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Let the app speak on a WebSocket, to its end; see `NotedCalls.answer`."""
        started_s = perf_counter()
        catch_output()
        exchange = environ[ENVIRON_KEY] = self._ring.begin(environ)
        noted = NotedExchange(exchange, self._ring, self._tally, started_s)
        scope: Any = make_scope(environ)
        scope.setdefault("state", {})[ENVIRON_KEY] = exchange
        opened = OpenWebSocket(noted, environ, scope, receive, send)
        self._open[id(noted)] = opened
        token = current_exchange.set(exchange)
        try:
            await self._app(scope, opened.receive, opened.send)
        except Exception as error:
            if opened.has_ended and _is_farewell(error):
                return
            noted.fail(self._app, error, environ)
            if not opened.is_accepted:
                raise
            await opened.close(FAILED, "The view failed.")
        finally:
            current_exchange.reset(token)
            self._open.pop(id(noted), None)
            opened.forget()
            noted.finish()
