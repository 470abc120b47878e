"""A WebSocket of a page: its frames go over the comm to the kernel, and on to the app.

What waits is bounded on each side. A page that sends more than may wait is cut off; an
app that sends more than the front end has taken is not read any further.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkbook.system import this_system

from ...transport.websocket_client import (
    ABNORMAL,
    NO_STATUS,
    Data,
    Ending,
    Refusal,
    WebSocketClient,
)
from ...widgets.background import THREAD_NAME, start
from ...widgets.message_fields import is_name

MAX_SOCKETS = 32
"""How many a view may have open."""

MAX_WAITING_BYTES = 16_000_000
MAX_WAITING = 2000
"""How much a page may send before the app takes it, in bytes and in messages."""

MAX_UNSEEN_BYTES = 8_000_000
MAX_UNSEEN = 1000
"""How much of an app's goes to the front end before that says it has it."""

UNSEEN_TIMEOUT_S = 30.0
CLOSE_TIMEOUT_S = 5.0
"""How long an app may take to answer that a page closes."""

GOING_AWAY = 1001
TOO_MUCH = 1008
MAX_REASON_BYTES = 123
MAX_PROTOCOLS = 20

Tell = Callable[[dict[str, Any], list[bytes]], object]
Closing = tuple[int, str]


@dataclass(frozen=True)
class SocketRequest:
    """What a page's script asked for: a WebSocket of its app."""

    url: str
    protocols: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)


def read_socket_request(
    message: dict[str, Any], headers: list[tuple[str, str]]
) -> SocketRequest | None:
    """Return what a message asks for; None when it is not well formed."""
    url, protocols = message.get("url"), message.get("protocols")
    if not (is_name(message.get("id")) and isinstance(url, str)):
        return None
    if not isinstance(protocols, list) or len(protocols) > MAX_PROTOCOLS:
        return None
    if not all(isinstance(one, str) and one.isascii() for one in protocols):
        return None
    return SocketRequest(url, protocols, headers)


class PageSocket:
    """One WebSocket of a page.

    Args:
        client: The connection with the app, which is yet to be opened.
        tell: Sends a message about it to the view.
        wait_for_room: Waits while too much is on its way to the front end.
        when_ended: Called once it has ended, whoever ended it.
    """

    def __init__(
        self,
        client: WebSocketClient,
        tell: Tell,
        wait_for_room: Callable[[], object],
        when_ended: Callable[[], object],
    ) -> None:
        self._client = client
        self._tell = tell
        self._wait_for_room = wait_for_room
        self._when_ended = when_ended
        self._news = threading.Condition()
        self._waiting: deque[list[Data] | Closing] = deque()
        self._waiting_count = self._waiting_bytes = 0
        self._unseen_count = self._unseen_bytes = 0
        self._is_open = self._is_over = self._is_finished = False
        self._call_off: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Connect and follow it, in a thread of its own."""
        start(self._run)

    def put(self, messages: list[Data]) -> None:
        """Send what the page sent; returns at once."""
        with self._news:
            self._waiting.append(messages)
            self._waiting_count += len(messages)
            self._waiting_bytes += sum(map(len, messages))
            self._news.notify_all()
            is_much = self._waiting_bytes > MAX_WAITING_BYTES
            if not is_much and self._waiting_count <= MAX_WAITING:
                return
        self.stop(TOO_MUCH, "The page sends more than the app takes.")

    def shut(self, code: int = NO_STATUS, reason: str = "") -> None:
        """Close it, behind what the page has sent before."""
        with self._news:
            self._waiting.append((code, reason))
            self._news.notify_all()
        self._abort_later()

    def note_seen(self, count: int, size_bytes: int) -> None:
        """Note that the front end has taken so much of what the app sent."""
        with self._news:
            self._unseen_count -= count
            self._unseen_bytes -= size_bytes
            self._news.notify_all()

    def stop(self, code: int = GOING_AWAY, reason: str = "") -> None:
        """Close it without what still waits: its page has gone."""
        with self._news:
            self._is_over = True
            self._waiting.clear()
            self._waiting.append((code, reason))
            self._news.notify_all()
            is_open = self._is_open
        if is_open:
            self._abort_later()
        else:
            self._client.abort()

    def _abort_later(self) -> None:
        with self._news:
            self._call_off()
            if not self._is_finished:
                self._call_off = this_system().start_later(
                    self._client.abort, CLOSE_TIMEOUT_S, THREAD_NAME
                )

    # --- from the app to the page

    def _run(self) -> None:
        ending = Ending(ABNORMAL, is_clean=False)
        detail = ""
        try:
            self._client.connect()
            protocol = self._client.protocol
            with self._news:
                self._is_open = True
            self._tell({"t": "accepted", "protocol": protocol}, [])
            start(self._send_all)
            while messages := self._client.receive():
                self._pass_on(messages)
            ending = self._client.ending or ending
        except Refusal as refusal:
            detail = str(refusal)
        except (OSError, ValueError) as error:
            detail = f"{type(error).__name__}: {error}"
        finally:
            self._finish(ending, detail)

    def _pass_on(self, messages: list[Data]) -> None:
        kinds = ["text" if isinstance(one, str) else "binary" for one in messages]
        buffers = [one.encode() if isinstance(one, str) else one for one in messages]
        with self._news:
            self._news.wait_for(self._has_room, UNSEEN_TIMEOUT_S)
            self._unseen_count += len(buffers)
            self._unseen_bytes += sum(map(len, buffers))
            if self._is_over:
                return
        self._wait_for_room()
        self._tell({"t": "frames", "kinds": kinds}, buffers)

    def _has_room(self) -> bool:
        is_small = self._unseen_bytes < MAX_UNSEEN_BYTES
        return self._is_over or (is_small and self._unseen_count < MAX_UNSEEN)

    def _finish(self, ending: Ending, detail: str) -> None:
        with self._news:
            self._call_off()
            self._is_over = self._is_finished = True
            self._waiting.append((NO_STATUS, ""))  # wakes who sends
            self._news.notify_all()
        self._when_ended()
        told = {"code": ending.code, "reason": ending.reason, "detail": detail}
        self._tell({"t": "closed", **told, "is_clean": ending.is_clean}, [])

    # --- from the page to the app

    def _send_all(self) -> None:
        try:
            while isinstance(taken := self._next(), list):
                for message in taken:
                    self._client.send(message)
                size_bytes = sum(map(len, taken))
                with self._news:
                    self._waiting_count -= len(taken)
                    self._waiting_bytes -= size_bytes
                self._tell({"t": "taken", "count": len(taken)}, [])
            self._client.close(*taken)
        except (OSError, ValueError):
            return  # it has ended, which is told by who reads

    def _next(self) -> list[Data] | Closing:
        with self._news:
            self._news.wait_for(lambda: self._waiting)
            return self._waiting.popleft()


def read_frames(kinds: Any, buffers: Sequence[bytes]) -> list[Data] | None:
    """Return the messages of a page; None when they are not well formed."""
    if not isinstance(kinds, list) or len(kinds) != len(buffers):
        return None
    pairs = zip(kinds, buffers, strict=True)
    return [
        data.decode("utf-8", "replace") if kind == "text" else data
        for kind, data in pairs
    ]


def read_closing(message: dict[str, Any]) -> Closing:
    """Return the code and the reason with which a page closes."""
    code, reason = message.get("code"), message.get("reason")
    is_code = isinstance(code, int) and (code == 1000 or 3000 <= code <= 4999)
    if not is_code:
        return NO_STATUS, ""
    text = reason if isinstance(reason, str) else ""
    is_short = len(text.encode("utf-8", "replace")) <= MAX_REASON_BYTES
    return int(str(code)), text if is_short else ""
