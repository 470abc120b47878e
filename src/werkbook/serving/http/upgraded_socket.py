"""A connection that leaves HTTP: what a WebSocket library gets as its socket.

Libraries for WSGI (simple-websocket, and with it Flask-Sock and Flask-SocketIO) take
the socket from the environ and read and write it by themselves. This one lets the
server close it in good order at any time, and holds back a client that sends more than
the view takes.
"""

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from werkbook.serving.http.frame_reader import FrameReader, close_frame
from werkbook.serving.http.limits import Limits
from werkbook.serving.http.outlet import Outlet

GOING_AWAY, FAILED, TOO_BIG, RESTART = 1001, 1011, 1009, 1012  # RFC 6455, 7.4.1
LINGER_S = 1.0
LOOK_EVERY_S = 0.02
LOCK_TIMEOUT_S = 0.2
_END_OF_HEAD = b"\r\n\r\n"
_SWITCHING = b"HTTP/1.1 101"
_DONT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)
_TCP_INFO = getattr(socket, "TCP_INFO", None)
_CLOSED_STATES = (6, 7)  # TIME_WAIT and CLOSE: linux/tcp_states.h


class UpgradedSocket:
    """A client's connection, for the library that speaks on it.

    It does what a socket does. Whatever the app does with it, the connection's own
    thread closes it once the view has returned.

    Args:
        sock: The connection, in blocking mode.
        received: What has come behind the request already.
        limits: How much a client may send.

    Attributes:
        environ: Of the request that began it.
    """

    def __init__(
        self,
        sock: socket.socket,
        received: bytes,
        limits: Limits,
        environ: dict[str, Any],
    ):
        self.environ = environ
        self._sock = sock
        self._outlet = Outlet(sock, limits)
        self._received = received
        self._limits = limits
        self._head: bytes | None = b""
        self._incoming, self._outgoing = FrameReader(), FrameReader()
        self._sending = threading.Lock()
        self._is_over = False
        self.is_taken = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def fileno(self) -> int:
        """Return what a selector waits for; -1 when it is over."""
        return -1 if self._is_over else self._sock.fileno()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Read what has come; empty once one of the two sides has ended it."""
        if self.is_taken:
            self._wait_for_reader(sys._getframe(1))
        if self._is_over:
            return b""
        if self._received:
            data, self._received = self._received[:size], self._received[size:]
        else:
            data = self._sock.recv(size, flags)
        if self._is_over:  # meanwhile; what the client still says is nobody's
            return b""
        if self.is_taken and self._incoming.feed(data) > self._limits.message_bytes:
            limit = f"{self._limits.message_bytes:,} bytes"
            self.end(TOO_BIG, f"A message may have {limit}.")
            return b""
        return data

    def send(self, data: bytes, flags: int = 0) -> int:
        """Send all of it, and return its length."""
        with self._sending:
            if not self._is_over:
                self._follow(bytes(data))
                self._outlet.sendall(data)
        return len(data)

    def sendall(self, data: bytes, flags: int = 0) -> None:
        """Send all of it."""
        self.send(data)

    def close(self) -> None:
        """End it for the app: the client is told at once that nothing follows."""
        self._is_over = True
        with suppress(OSError):  # gone already
            self._sock.shutdown(socket.SHUT_WR)

    def detach(self) -> int:
        """Refuse to give the connection away: its thread closes it."""
        raise OSError("the server keeps this connection")

    # --- what the server does

    def end(self, code: int, reason: str) -> None:
        """Tell both sides that it is over: the client by a frame, the app by an end.

        Args:
            code: Why, in the numbers of RFC 6455, 7.4.
            reason: The same in words: up to 123 bytes.
        """
        is_held = self._sending.acquire(timeout=LOCK_TIMEOUT_S)
        was_over, self._is_over = self._is_over, True
        if is_held:
            if not (was_over or self._outgoing.has_close):
                with suppress(OSError):  # gone, or it takes nothing more
                    self._sock.send(close_frame(code, reason), _DONT_WAIT)
            self._sending.release()
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RD)  # whoever reads wakes up

    def finish(self, *, has_failed: bool) -> None:
        """Say the last word for a view that has returned, and wait for the client's."""
        if self._incoming.has_close:
            # The library's thread wakes the view before it answers the client.
            _linger(lambda: self._is_over or self._outgoing.has_close)
        if not self._is_over:
            code, reason = (FAILED, "The view failed.") if has_failed else (1000, "")
            self.end(code, reason)
        self.close()
        _linger(self._has_client_ended)

    def _follow(self, data: bytes) -> None:
        """Follow what the app sends: the head of its answer, then frames."""
        if self._head is None:
            self._outgoing.feed(data)
            return
        self._head += data
        head, end, frames = self._head.partition(_END_OF_HEAD)
        if not end:
            return
        self._head = None
        if head.startswith(_SWITCHING):
            self._take()
            self._outgoing.feed(frames)

    def _take(self) -> None:
        """Let it wait as long as it likes from now on: silence is no fault here."""
        self.is_taken = True
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if sys.platform == "win32":
            self._sock.settimeout(None)
            return
        never = struct.pack("ll", 0, 0)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, never)

    def _wait_for_reader(self, frame: Any) -> None:
        """Read no more while the view has not taken what came.

        simple-websocket reads in a thread of its own, into a list without an end: a
        client could fill the memory of the process. That list is its caller's.
        """
        buffer = getattr(frame.f_locals.get("self"), "input_buffer", None)
        if not isinstance(buffer, list):
            return
        while self._is_too_much(buffer) and not self._is_over:
            time.sleep(LOOK_EVERY_S)

    def _is_too_much(self, waiting: list[Any]) -> bool:
        limits = self._limits
        return len(waiting) >= limits.waiting_messages or (
            len(waiting) > 1 and sum(map(len, waiting)) > limits.message_bytes
        )

    def _has_client_ended(self) -> bool:
        """Read what the client still says; tell whether it has closed its side."""
        try:
            while self._sock.recv(65536, _DONT_WAIT):
                pass
            return _TCP_INFO is None or self._state() in _CLOSED_STATES
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _state(self) -> int:
        assert _TCP_INFO is not None
        return int(self._sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0])


def _linger(is_done: Callable[[], bool]) -> None:
    """Wait a little while for the other side to finish."""
    deadline_s = time.monotonic() + LINGER_S
    while time.monotonic() < deadline_s and not is_done():
        time.sleep(LOOK_EVERY_S / 2)


def taken_socket(environ: dict[str, Any]) -> UpgradedSocket | None:
    """Return the socket of a request whose app has left HTTP with it."""
    found = environ.get("werkzeug.socket")
    return found if isinstance(found, UpgradedSocket) and found.is_taken else None
