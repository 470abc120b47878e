"""A WebSocket to an ASGI app, in this process.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html#websocket
"""

from __future__ import annotations

import asyncio
import queue
from contextlib import suppress
from typing import Any

from werkbook.cells.talks import NORMAL

from ..questions.asgi import AsgiAsWsgi
from .client_line import LAST_S, Answered, ClientLine, Ended, Event
from .talk import SWITCHING

_REFUSED = 403
_FAREWELLS = ("WebSocketDisconnect", "ClientDisconnected", "CancelledError")
"""What an app raises where its client has gone, which is no fault of its."""


class AsgiLine(ClientLine):
    """Calls an app for one WebSocket.

    Args:
        app: The app, in the loop in which it lives.
        environ: The handshake as a WSGI server has it.
        protocols: The subprotocols that are offered.
    """

    def __init__(
        self, app: AsgiAsWsgi, environ: dict[str, Any], protocols: list[str]
    ) -> None:
        super().__init__()
        self._app = app
        self._going: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._coming: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._is_accepted = False
        scope = app.scope(environ) | {
            "type": "websocket",
            "scheme": "ws",
            "subprotocols": protocols,
            "extensions": {"websocket.http.response": {}},
        }
        del scope["method"]
        self._task = app.run(self._live(scope))
        self._put({"type": "websocket.connect"})

    async def _live(self, scope: dict[str, Any]) -> None:
        try:
            await self._app.app(scope, self._going.get, self._hear)
        except BaseException as error:
            is_farewell = type(error).__name__ in _FAREWELLS
            if not self._is_accepted:
                self._coming.put(Answered(500))
            self._coming.put(Ended("", None if is_farewell else error))
        else:
            self._coming.put(Ended())

    async def _hear(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            self._is_accepted = True
            headers = _text_of(message.get("headers", ()))
            if message.get("subprotocol"):
                headers.append(("Sec-WebSocket-Protocol", message["subprotocol"]))
            self._coming.put(Answered(SWITCHING, headers))
        elif kind == "websocket.send":
            text = message.get("text")
            self._coming.put(message.get("bytes") or b"" if text is None else text)
        elif kind == "websocket.http.response.start":
            self._is_accepted = True
            headers = _text_of(message.get("headers", ()))
            self._coming.put(Answered(message["status"], headers))
        elif kind == "websocket.close" and self._is_accepted:
            code = message.get("code") or NORMAL
            text = f"closed {code} {message.get('reason') or ''}".strip()
            self._coming.put(Ended(text))
        elif kind == "websocket.close":
            self._is_accepted = True
            self._coming.put(Answered(_REFUSED))

    def _put(self, message: dict[str, Any]) -> None:
        self._app.run(self._going.put(message)).result(LAST_S)

    def say(self, data: str | bytes) -> None:
        """See `ClientLine`."""
        kind = "text" if isinstance(data, str) else "bytes"
        self._put({"type": "websocket.receive", kind: data})

    def close(self, code: int) -> None:
        """See `ClientLine`."""
        self._put({"type": "websocket.disconnect", "code": code, "reason": ""})

    def release(self) -> None:
        """See `ClientLine`."""
        with suppress(BaseException):  # what it raised has been heard
            self._task.result(LAST_S)
        self._task.cancel()

    def _next(self, wait_s: float) -> Event | None:
        with suppress(queue.Empty):
            return self._coming.get(timeout=wait_s)
        return None


def _text_of(headers: Any) -> list[tuple[str, str]]:
    return [(key.decode("latin-1"), value.decode("latin-1")) for key, value in headers]
