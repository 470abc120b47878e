"""A WebSocket over a socket: to a worker, or to a WSGI app in this process.

wsproto knows the protocol (RFC 6455): simple-websocket, which WSGI apps use, brings it.
"""

from __future__ import annotations

import importlib
import socket
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from .client_line import LAST_S, Answered, ClientLine, Ended, Event, Start
from .talk import SWITCHING

_PART_BYTES = 65536
_GONE = (ConnectionError, StopIteration)
"""What apps raise where a WebSocket is over and the server has nothing to send."""


class SocketLine(ClientLine):
    """Speaks the protocol on a socket.

    Args:
        sock: It leads to what answers; it is closed at the end.
        target: Path and query.
        headers: Those of the handshake that are the client's own.
        protocols: The subprotocols that are offered.

    Attributes:
        handshake: The request that opens it, as it is sent.
    """

    def __init__(
        self,
        sock: socket.socket,
        target: str,
        headers: Sequence[tuple[str, str]],
        protocols: list[str],
    ) -> None:
        super().__init__()
        self._sock = sock
        self._events: Any = importlib.import_module("wsproto.events")
        wsproto: Any = importlib.import_module("wsproto")
        self._protocol = wsproto.WSConnection(wsproto.ConnectionType.CLIENT)
        self._waiting: deque[Event] = deque()
        self._parts: list[Any] = []
        asked = self._events.Request(
            host="localhost",
            target=target,
            extra_headers=[
                (name.encode("latin-1"), value.encode("latin-1", "replace"))
                for name, value in headers
            ],
            subprotocols=protocols,
        )
        self.handshake: bytes = self._protocol.send(asked)

    def begin(self) -> None:
        """Send the handshake."""
        self._sock.sendall(self.handshake)

    def say(self, data: str | bytes) -> None:
        """See `ClientLine`."""
        events = self._events
        kind = events.TextMessage if isinstance(data, str) else events.BytesMessage
        self._put(kind(data))

    def close(self, code: int) -> None:
        """See `ClientLine`."""
        self._put(self._events.CloseConnection(code))

    def release(self) -> None:
        """See `ClientLine`."""
        self._sock.close()

    def _put(self, event: Any) -> None:
        with suppress(OSError, self._closed_error()):  # the app has ended it
            self._sock.sendall(self._protocol.send(event))

    @staticmethod
    def _closed_error() -> type[Exception]:
        utilities: Any = importlib.import_module("wsproto.utilities")
        error: type[Exception] = utilities.LocalProtocolError
        return error

    def _next(self, wait_s: float) -> Event | None:
        while not self._waiting:
            self._sock.settimeout(wait_s)
            try:
                data = self._sock.recv(_PART_BYTES)
            except TimeoutError:
                return None
            except OSError:
                data = b""
            if not data:
                self._waiting.append(Ended())
                break
            self._protocol.receive_data(data)
            for event in self._protocol.events():
                self._take_event(event)
        return self._waiting.popleft()

    def _take_event(self, event: Any) -> None:
        events = self._events
        if isinstance(event, events.AcceptConnection):
            headers = _text_of(event.extra_headers)
            if event.subprotocol:
                headers.append(("Sec-WebSocket-Protocol", event.subprotocol))
            self._waiting.append(Answered(SWITCHING, headers))
        elif isinstance(event, events.RejectConnection):
            headers = _text_of(event.headers)
            self._waiting.append(Answered(event.status_code, headers))
        elif isinstance(event, events.Ping):
            self._put(event.response())
        elif isinstance(event, events.CloseConnection):
            text = f"closed {int(event.code)} {event.reason or ''}".strip()
            self._put(event.response())
            self._waiting.append(Ended(text))
        elif isinstance(event, events.Message):
            self._parts.append(event.data)
            if event.message_finished:
                is_text = isinstance(event, events.TextMessage)
                whole = "".join(self._parts) if is_text else b"".join(self._parts)
                self._waiting.append(whole)
                self._parts = []


class WsgiLine(SocketLine):
    """Calls a WSGI app in a thread, with one end of a pair of sockets.

    Args:
        app: The app.
        environ: The handshake, as far as it is not the protocol's own.
        target: Path and query.
        protocols: The subprotocols that are offered.
    """

    def __init__(
        self, app: Any, environ: dict[str, Any], target: str, protocols: list[str]
    ) -> None:
        mine, self._theirs = socket.socketpair()
        super().__init__(mine, target, (), protocols)
        self._app = app
        environ |= dict(map(_as_variable, _head_lines(self.handshake)))
        environ["werkzeug.socket"] = self._theirs
        self._environ = environ
        self._answer: Answered | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(
            target=self._call, name="proof-websocket", daemon=True
        )

    def begin(self) -> None:
        """Call the app: it has the handshake in its environ."""
        self._thread.start()

    def _call(self) -> None:
        def start(status: str, headers: Any, *more: Any) -> Start:
            self._answer = Answered(int(status.split()[0]), [*headers])
            return lambda data: None

        try:
            body = self._app(self._environ, start)
            for _ in body:
                continue
            getattr(body, "close", lambda: None)()
        except _GONE:
            pass
        except BaseException as error:
            self._error = error
        finally:
            with suppress(OSError):  # its library may have closed it
                self._theirs.shutdown(socket.SHUT_RDWR)
            self._theirs.close()

    def _next(self, wait_s: float) -> Event | None:
        event = super()._next(wait_s)
        if isinstance(event, Ended):
            self._thread.join(LAST_S)
            if self.answered is None and self._answer is not None:
                self._waiting.append(Ended("", self._error))
                return self._answer  # by HTTP: it did not take the socket
            return Ended(event.text, self._error)
        return event

    def release(self) -> None:
        """See `ClientLine`."""
        super().release()
        self._thread.join(LAST_S)


def _head_lines(handshake: bytes) -> list[tuple[str, str]]:
    lines = handshake.decode("latin-1").strip().split("\r\n")[1:]
    return [(name, text.strip()) for name, _, text in (x.partition(":") for x in lines)]


def _as_variable(pair: tuple[str, str]) -> tuple[str, str]:
    name, value = pair
    return f"HTTP_{name.upper().replace('-', '_')}", value


def _text_of(headers: Any) -> list[tuple[str, str]]:
    pairs = [(bytes(key), bytes(value)) for key, value in headers]
    return [(key.decode("latin-1"), value.decode("latin-1")) for key, value in pairs]
