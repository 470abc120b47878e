"""Messages between a tab of the browser's own and the kernel, over HTTP.

A tab sends what it has to say in one request, and asks for news in another, which is
held back until there is some. Each carries several messages: the length of their table
in four bytes, the table as JSON (each message with the sizes of its buffers), and all
buffers one after the other.
"""

from __future__ import annotations

import json
import struct
import threading
import time
from collections import deque
from typing import Any

from ...widgets.sendable import sendable

Message = tuple[dict[str, Any], list[bytes]]
MAX_BYTES = 16_000_000
ROOM_TIMEOUT_S = 30.0
_LENGTH = struct.Struct(">I")


class TabChannel:
    """What waits to be fetched by one tab."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._waiting: deque[Message] = deque()
        self._waiting_bytes = 0
        self._is_closed = False
        self.asked_s = time.monotonic()

    def put(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Hand in a message; returns at once."""
        with self._news:
            self._waiting.append((content, buffers))
            self._waiting_bytes += sum(map(len, buffers))
            self._news.notify_all()

    def wait_for_room(self) -> None:
        """Wait until the tab has fetched what there is, but for a little."""
        with self._news:
            self._news.wait_for(self._has_room, ROOM_TIMEOUT_S)

    def _has_room(self) -> bool:
        return self._waiting_bytes < MAX_BYTES or self._is_closed

    def take(self, timeout_s: float) -> list[Message]:
        """Return all that waits; waits itself where there is nothing yet."""
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._is_closed, timeout_s)
            self.asked_s = time.monotonic()
            taken = list(self._waiting)
            self._waiting.clear()
            self._waiting_bytes = 0
            self._news.notify_all()
            return taken

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._news:
            self._is_closed = True
            self._news.notify_all()


def packed(messages: list[Message]) -> bytes:
    """Write messages as one body."""
    table = [
        {"content": sendable(content), "sizes": [len(one) for one in buffers]}
        for content, buffers in messages
    ]
    head = json.dumps(table).encode()
    pieces = [piece for _, buffers in messages for piece in buffers]
    return b"".join([_LENGTH.pack(len(head)), head, *pieces])


def unpacked(body: bytes) -> list[Message]:
    """Read the messages of a body.

    Raises:
        ValueError: The body is not of that form.
    """
    try:
        (size,) = _LENGTH.unpack_from(body)
        place = _LENGTH.size + size
        table = json.loads(body[_LENGTH.size : place])
        messages = []
        for one in table:
            buffers = []
            for length in one["sizes"]:
                if length < 0 or place + length > len(body):
                    raise ValueError("a buffer ends beyond the body")
                buffers.append(body[place : place + length])
                place += length
            messages.append((dict(one["content"]), buffers))
    except (struct.error, KeyError, TypeError) as error:
        raise ValueError(str(error)) from error
    return messages
