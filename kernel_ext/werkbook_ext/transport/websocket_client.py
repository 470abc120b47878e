"""A WebSocket's client (RFC 6455), for the pages and the cells of a notebook.

wsproto knows the protocol; here are the socket and the two threads that may use it:
one waits for what comes while another sends.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

CONNECT_TIMEOUT_S = 10.0
HANDSHAKE_TIMEOUT_S = 60.0
MAX_MESSAGE_BYTES = 32 * 1024**2
RECEIVE_BYTES = 65536
ABNORMAL = 1006
NO_STATUS = 1005
TOO_BIG = 1009

Data = str | bytes
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Ending:
    """How a connection ended: the code and the reason that the other side gave."""

    code: int
    reason: str = ""
    is_clean: bool = True


@dataclass(eq=False)
class Refusal(ConnectionError):
    """The server answered the handshake by HTTP, and stays there."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def __str__(self) -> str:
        """Say what the server answered."""
        return f"the server answered {self.status}"


class WebSocketClient:
    """One connection; `receive` is for one thread, all else is for any.

    Args:
        address: Host and port of the server.
        host: What the request's ``Host`` says.
        target: Path and query.
        headers: More headers of the request.
        protocols: The subprotocols that are offered.

    Attributes:
        protocol: The subprotocol that the server chose; empty for none.
        headers: Those of the server's answer.
        ending: How it ended; None as long as it is open.
    """

    def __init__(
        self,
        address: tuple[str, int],
        host: str,
        target: str,
        headers: Headers = (),
        protocols: Sequence[str] = (),
    ) -> None:
        """Note what is asked for; `connect` asks."""
        self._address = address
        self._request = Request(
            host=host,
            target=target,
            extra_headers=[
                (name.encode("latin-1"), value.encode("latin-1", "replace"))
                for name, value in headers
            ],
            subprotocols=list(protocols),
        )
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._state = threading.Lock()
        self._sending = threading.Lock()
        self._outgoing: deque[bytes] = deque()
        self._messages: list[Data] = []
        self._parts: list[str] | list[bytes] = []
        self._size_bytes = 0
        self._accepted: AcceptConnection | None = None
        self._refusal: Refusal | None = None
        self._sock: socket.socket | None = None
        self._is_aborted = False
        self.protocol = ""
        self.headers: list[tuple[str, str]] = []
        self.ending: Ending | None = None

    def connect(self) -> None:
        """Connect, and wait for the server's answer to the handshake.

        Raises:
            Refusal: The server answers by HTTP.
            OSError: It can't be reached, or what it says is no WebSocket's.
        """
        sock = socket.create_connection(self._address, CONNECT_TIMEOUT_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(HANDSHAKE_TIMEOUT_S)
        self._sock = sock
        try:
            if self._is_aborted:
                raise ConnectionAbortedError("it was closed before it was open")
            self._put(self._request)
            while self._accepted is None:
                self._read(sock)
                if self._refusal is not None:
                    raise self._refusal
                if self.ending is not None and self._accepted is None:
                    raise ConnectionError(self.ending.reason or "no whole answer")
            sock.settimeout(None)
        except BaseException:
            sock.close()
            raise

    def receive(self, timeout_s: float | None = None) -> list[Data]:
        """Wait for messages, and return all that came at once.

        Args:
            timeout_s: How long to wait; None for as long as it takes.

        Returns:
            The messages; none at the end (see `ending`), or when nothing came in time.
        """
        sock = self._sock
        assert sock is not None
        if self.ending is None:
            sock.settimeout(timeout_s)
        with suppress(TimeoutError):
            while not self._messages and self.ending is None:
                self._read(sock)
        taken, self._messages = self._messages, []
        if self.ending is not None and not taken:
            sock.close()
        return taken

    def send(self, data: Data) -> None:
        """Send a message; waits while the server takes none.

        Raises:
            OSError: The connection has ended.
        """
        if isinstance(data, str):
            self._put(TextMessage(data))
        else:
            self._put(BytesMessage(data))

    def close(self, code: int = NO_STATUS, reason: str = "") -> None:
        """Begin to close; `receive` returns what still comes until it is closed.

        Args:
            code: Why (RFC 6455, 7.4); 1005 says nothing.
            reason: The same in words: up to 123 bytes, and only with a code.
        """
        is_silent = code == NO_STATUS
        given = CloseReason.NO_STATUS_RCVD if is_silent else code
        with suppress(OSError):
            self._put(CloseConnection(given, None if is_silent else reason or None))

    def abort(self) -> None:
        """End it now; whoever waits for it wakes up."""
        self._is_aborted = True
        if self._sock is not None:
            with suppress(OSError):  # it has ended already
                self._sock.shutdown(socket.SHUT_RDWR)

    def _put(self, event: Event, *, is_patient: bool = True) -> None:
        """Send what says an event; who may not wait leaves it to the one who sends."""
        with self._state:
            try:
                self._outgoing.append(self._protocol.send(event))
            except LocalProtocolError as error:
                raise ConnectionError(str(error)) from error
        assert self._sock is not None
        while self._outgoing and self._sending.acquire(blocking=is_patient):
            try:
                while self._outgoing:
                    self._sock.sendall(self._outgoing.popleft())
            finally:
                self._sending.release()

    def _read(self, sock: socket.socket) -> None:
        try:
            data = sock.recv(RECEIVE_BYTES)
        except TimeoutError:
            raise
        except OSError as error:
            self.ending = Ending(ABNORMAL, str(error), is_clean=False)
            return
        if not data:
            self.ending = Ending(ABNORMAL, is_clean=False)
            return
        try:
            with self._state:
                self._protocol.receive_data(data)
                events = list(self._protocol.events())
        except RemoteProtocolError as error:
            self.ending = Ending(ABNORMAL, str(error), is_clean=False)
            return
        for event in events:
            self._take(event)

    def _take(self, event: Event) -> None:
        if isinstance(event, TextMessage | BytesMessage):
            self._take_part(event)
        elif isinstance(event, Ping):
            with suppress(OSError):
                self._put(event.response(), is_patient=False)
        elif isinstance(event, CloseConnection):
            # One that was begun here is answered now; else this is the answer.
            with suppress(OSError):
                self._put(event.response(), is_patient=False)
            self.ending = Ending(int(event.code), event.reason or "")
        elif isinstance(event, AcceptConnection):
            self._accepted = event
            self.protocol = event.subprotocol or ""
            self.headers = _read_headers(event.extra_headers)
        elif isinstance(event, RejectConnection):
            self._refusal = Refusal(event.status_code, _read_headers(event.headers))
        elif isinstance(event, RejectData) and self._refusal is not None:
            self._refusal.body += event.data

    def _take_part(self, event: TextMessage | BytesMessage) -> None:
        self._size_bytes += len(event.data)
        if self._size_bytes > MAX_MESSAGE_BYTES:
            limit = f"{MAX_MESSAGE_BYTES:,} bytes"
            self.close(TOO_BIG, f"A message may have {limit}.")
            self.ending = Ending(ABNORMAL, f"a message has over {limit}", False)
            return
        self._parts.append(event.data)  # type: ignore[arg-type]  # all parts are alike
        if event.message_finished:
            whole = "" if isinstance(event, TextMessage) else b""
            self._messages.append(whole.join(self._parts))  # type: ignore[arg-type]  # as above
            self._parts, self._size_bytes = [], 0


def _read_headers(pairs: Sequence[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(bytes(k).decode("latin-1"), bytes(v).decode("latin-1")) for k, v in pairs]
