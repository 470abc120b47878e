"""Hear what cells and an app say to each other on WebSockets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from werkbook.cells.talks import CLOSE, END, NORMAL

from ..hooks import Change
from .talk import SWITCHING, RecordedTalk

_NO_STATUS = 1005
_OF_PROTOCOL = ("Upgrade", "Sec-Websocket-")


def is_upgrade(environ: dict[str, Any]) -> bool:
    """Say whether a WSGI request wants to open a WebSocket."""
    return str(environ.get("HTTP_UPGRADE", "")).lower() == "websocket"


def offered(environ: dict[str, Any]) -> list[str]:
    """List the subprotocols that a handshake offers."""
    text = environ.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "")
    return [one.strip() for one in text.split(",") if one.strip()]


def own_headers(headers: list[list[str]], host: str) -> list[list[str]]:
    """List the headers of a handshake that are not the protocol's.

    An origin that is the server's own has the port of that run.
    """
    return [
        [name, value]
        for name, value in headers
        if not name.startswith(_OF_PROTOCOL)
        and (name, value.partition("://")[2]) != ("Origin", host)
    ]


class TalkRecorder:
    """Lets apps talk, and hears what is said.

    WSGI apps talk through simple-websocket, which Flask-Sock and Flask-SocketIO bring:
    it takes the socket out of the environ.
    """

    def __init__(self) -> None:
        """Nobody talks yet."""
        self._here = threading.local()

    def talk(
        self,
        one: RecordedTalk,
        call: Callable[..., Any],
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Any:
        """Let a WSGI app talk; what is said by way of this thread is noted."""

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            one.status = one.status or status  # it has taken the socket, or refuses
            return start_response(status, headers, *more)

        self._here.talk = one
        try:
            return call(one.app, environ, start)
        finally:
            self._here.talk = None

    async def talk_asgi(
        self, one: RecordedTalk, call: Any, scope: Any, receive: Any, send: Any
    ) -> None:
        """Let an ASGI app talk."""
        hears = _overheard_receive(one, receive)
        await call(one.app, scope, hears, _overheard_send(one, send))

    def changes(self) -> dict[str, Change]:
        """What is done to the library's module."""
        return {"simple_websocket.ws": self._hear}

    def _hear(self, module: Any) -> None:
        cls, here = module.Server, self._here
        make, receive, send, close = cls.__init__, cls.receive, cls.send, cls.close

        def noted_make(server: Any, *arguments: Any, **more: Any) -> None:
            server.overheard = getattr(here, "talk", None)
            make(server, *arguments, **more)
            if server.overheard is not None:
                server.overheard.status = f"{SWITCHING} -"
                server.overheard.protocol = server.subprotocol or ""

        def noted_receive(server: Any, timeout: float | None = None) -> Any:
            try:
                data = receive(server, timeout)
            except module.ConnectionClosed:
                if server.overheard is not None:
                    server.overheard.note(CLOSE, int(server.close_reason))
                raise
            if data is not None and server.overheard is not None:
                server.overheard.said(data)
            return data

        def noted_send(server: Any, data: Any) -> None:
            send(server, data)
            if server.overheard is not None:
                is_bytes = isinstance(data, bytes)
                server.overheard.heard(data if is_bytes else str(data))

        def noted_close(
            server: Any, reason: int | None = None, message: str | None = None
        ) -> None:
            close(server, reason, message)
            if server.overheard is not None:
                server.overheard.note(END, [int(reason or NORMAL), message or ""])

        cls.__init__, cls.receive = noted_make, noted_receive
        cls.send, cls.close = noted_send, noted_close


def _overheard_receive(one: RecordedTalk, receive: Any) -> Any:
    """Give an ASGI app's `receive` that notes what the client says."""

    async def overheard() -> Any:
        message = await receive()
        if message["type"] == "websocket.receive":
            text = message.get("text")
            one.said(message.get("bytes") or b"" if text is None else text)
        elif message["type"] == "websocket.disconnect":
            one.note(CLOSE, message.get("code") or _NO_STATUS)
        return message

    return overheard


def _overheard_send(one: RecordedTalk, send: Any) -> Any:
    """Give an ASGI app's `send` that notes what it says."""

    async def overheard(message: Any) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            one.status = f"{SWITCHING} -"
            one.protocol = message.get("subprotocol") or ""
            one.response_headers = [
                (key.decode("latin-1"), value.decode("latin-1"))
                for key, value in message.get("headers", ())
            ]
        elif kind == "websocket.send":
            text = message.get("text")
            one.heard(message.get("bytes") or b"" if text is None else text)
        elif kind == "websocket.close":
            one.status = one.status or "403 -"
            code = message.get("code") or NORMAL
            one.note(END, [code, message.get("reason") or ""])
        elif kind == "websocket.http.response.start":
            one.status = f"{message['status']} -"
        await send(message)

    return overheard
