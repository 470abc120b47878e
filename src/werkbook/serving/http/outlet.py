"""What goes out to a client: at once, or as fast as it takes it.

A system keeps some of an answer for a client that does not read. Beyond that whoever
sends has to wait, and a client that takes a byte now and then would hold it for ever.
"""

import array
import select
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import Any

from werkbook.serving.http.limits import Limits

try:
    import fcntl
    import termios

    _WAITING: int | None = termios.TIOCOUTQ
except (ImportError, AttributeError):  # Windows, WebAssembly
    _WAITING = None

LOOK_EVERY_S = 1.0
_DONT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)


class Patience:
    """How long one client is waited for: what it takes earns it time.

    Args:
        limits: The server's; `idle_s` is the most that it can have.
    """

    def __init__(self, limits: Limits):
        self._limits = limits
        self._left_s = limits.idle_s

    @property
    def look_s(self) -> float:
        """Return how long to wait before the next look."""
        return min(LOOK_EVERY_S, self._limits.idle_s / 4)

    def is_over(self, waited_s: float, taken_bytes: int) -> bool:
        """Take note of what a wait has brought; say whether it was the last."""
        if taken_bytes > 0:
            self._left_s += self._limits.answer_time_s(taken_bytes)
        self._left_s = min(self._left_s - waited_s, self._limits.idle_s)
        return self._left_s <= 0


class Outlet:
    """The way out of one connection, for one thread at a time.

    Args:
        sock: The connection, in blocking mode or (Windows) with a time-out.
        limits: How fast a client has to take what it asked for.
    """

    __slots__ = ("_given", "_patience", "_sock", "_taken")

    def __init__(self, sock: socket.socket, limits: Limits):
        self._sock = sock
        self._patience = Patience(limits)
        self._given = self._taken = 0

    def sendall(self, data: bytes) -> None:
        """Send all of it; only time in which the client takes too little counts.

        Raises:
            TimeoutError: The client takes it more slowly than `answer_bytes_per_s`.
            OSError: The client has gone.
        """
        sent = self._send_now(data)
        if sent < len(data):
            self._send_slowly(memoryview(data)[sent:])

    def _send_now(self, data: bytes | memoryview) -> int:
        try:
            sent = self._sock.send(data, _DONT_WAIT)
        except BlockingIOError:
            return 0
        self._given += sent
        return sent

    def _send_slowly(self, left: memoryview) -> None:
        while left:
            since_s = time.monotonic()
            _wait_for_room(self._sock, self._patience.look_s)
            left = left[self._send_now(left) :]
            # What it took before, in whatever time, has earned it some as well.
            before, self._taken = self._taken, self._given - count_waiting(self._sock)
            waited_s = time.monotonic() - since_s
            if self._patience.is_over(waited_s, self._taken - before):
                give_up(self._sock)
                raise TimeoutError("The client takes its answer too slowly.")


def give_up(sock: Any) -> None:
    """Let the system throw away what it keeps for a client, once this is closed.

    Otherwise it would offer that for as long as the client says that it has no room.
    """
    with suppress(OSError):
        now = struct.pack("ii" if sys.platform != "win32" else "hh", 1, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)


def count_waiting(sock: Any) -> int:
    """Return the bytes that the system keeps for a client; 0 where it does not tell."""
    if _WAITING is None:
        return 0
    number = array.array("i", [0])
    try:
        fcntl.ioctl(sock.fileno(), _WAITING, number)
    except (OSError, ValueError):  # no socket of the network's, or closed
        return 0
    return number[0]


def _wait_for_room(sock: socket.socket, timeout_s: float) -> None:
    if not hasattr(select, "poll"):
        select.select([], [sock], [], timeout_s)
        return
    poll = select.poll()
    poll.register(sock, select.POLLOUT)
    poll.poll(timeout_s * 1000)
