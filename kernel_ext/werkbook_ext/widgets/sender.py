"""The one thread from which mini browsers speak to the front end.

ipykernel makes a socket for each thread that sends, which only a garbage collection
frees. A page that asks a hundred times a second would use up the kernel's descriptors.
"""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

from .sendable import sendable

Send = Callable[[dict[str, Any], list[bytes]], object]

MAX_BYTES = 16_000_000
MAX_MESSAGES = 500
ROOM_TIMEOUT_S = 30.0


class Sender:
    """Sends messages in the order in which they were handed in.

    Its thread lives as long as any mini browser: see `open` and `close`.
    """

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._waiting: deque[tuple[Send, dict[str, Any], list[bytes]]] = deque()
        self._waiting_bytes = 0
        self._users = 0
        self._is_running = False

    def open(self) -> None:
        """Say that one more sends from now on."""
        with self._news:
            self._users += 1

    def close(self) -> None:
        """Say that one of them sends no more; after the last the thread ends."""
        with self._news:
            self._users = max(0, self._users - 1)
            self._news.notify_all()

    def put(self, send: Send, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Hand in a message; returns at once.

        Args:
            send: Called with the message in the sender's thread.
            content: What is JSON of it.
            buffers: What is bytes.
        """
        with self._news:
            self._waiting.append((send, content, buffers))
            self._waiting_bytes += _size(buffers)
            self._news.notify_all()
            if self._is_running:
                return
            self._is_running = True
        thread = threading.Thread(target=self._run, name="werkbook-sender", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no threads here (Pyodide), or no more of them
            self._run(may_wait=False)

    def wait_for_room(self) -> None:
        """Wait until what was handed in has gone, but for a little: back pressure."""
        with self._news:
            self._news.wait_for(self._has_room, ROOM_TIMEOUT_S)

    def _has_room(self) -> bool:
        is_small = self._waiting_bytes < MAX_BYTES
        return is_small and len(self._waiting) < MAX_MESSAGES

    def _run(self, *, may_wait: bool = True) -> None:
        while (message := self._next(may_wait)) is not None:
            _send(*message)

    def _next(self, may_wait: bool) -> tuple[Send, dict[str, Any], list[bytes]] | None:
        with self._news:
            if may_wait:
                self._news.wait_for(lambda: self._waiting or not self._users)
            if not self._waiting:
                self._is_running = False
                return None
            message = self._waiting.popleft()
            self._waiting_bytes -= _size(message[2])
            self._news.notify_all()
            return message


def _send(send: Send, content: dict[str, Any], buffers: list[bytes]) -> None:
    try:
        try:
            send(content, buffers)
        except (UnicodeError, ValueError, RecursionError):
            # A page may have stored half a character (a lone surrogate), say.
            send(sendable(content), buffers)
    except Exception:  # the comm has closed meanwhile; other messages have other comms
        traceback.print_exc()


def _size(buffers: list[bytes]) -> int:
    return sum(len(buffer) for buffer in buffers)


sender = Sender()
"""The process's own: a kernel has one channel to its front ends."""
