"""A client's end of a WebSocket: what has come on it, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .talk import SWITCHING

OPEN_S = 10.0
"""Seconds that an app has to let a WebSocket be opened."""
LAST_S = 1.0
"""Seconds that an app has to return once its client has gone."""
MAX_MESSAGES = 1000
MAX_MESSAGE_BYTES = 2_000_000

Start = Callable[..., Any]


@dataclass(frozen=True)
class Ended:
    """A line's end.

    Attributes:
        text: As it is written below what was said: `closed 1000`, or "" where the
            app's end went without a word.
        error: What the app raised, or None.
    """

    text: str = ""
    error: BaseException | None = None


@dataclass(frozen=True)
class Answered:
    """What the app says to a handshake.

    Attributes:
        status: 101, or what it refuses with.
        headers: Those of the answer.
    """

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)


Event = str | bytes | Answered | Ended


class ClientLine:
    """A WebSocket to an app; subclasses say and hear.

    Attributes:
        answered: What the app says to the handshake; None until it says so.
        messages: What it has said.
        ended: How the line has ended, or None.
    """

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.answered: Answered | None = None
        self.messages: list[str | bytes] = []
        self.ended: Ended | None = None

    @property
    def is_open(self) -> bool:
        """The app has let it be opened, and it has not ended."""
        answered = self.answered
        return bool(answered and answered.status == SWITCHING) and self.ended is None

    def wait_until_open(self) -> None:
        """Wait for the app's answer to the handshake."""
        self._hear_until(lambda: self.answered is not None, OPEN_S)

    def wait_for(self, count: int, wait_s: float) -> bool:
        """Wait until so many messages have come; say whether they have."""
        self._hear_until(lambda: len(self.messages) >= count, wait_s)
        return len(self.messages) >= count

    def wait_for_end(self, wait_s: float) -> None:
        """Wait until the line has ended."""
        self._hear_until(lambda: False, wait_s)

    def _hear_until(self, is_there: Callable[[], bool], wait_s: float) -> None:
        end_s = time.monotonic() + wait_s
        while not is_there() and self.ended is None:
            left_s = end_s - time.monotonic()
            event = self._next(left_s) if left_s > 0 else None
            if event is None:
                return
            self._take(event)

    def _take(self, event: Event) -> None:
        if isinstance(event, Answered):
            self.answered = event
        elif isinstance(event, Ended):
            self.ended = event
        elif len(self.messages) < MAX_MESSAGES:
            self.messages.append(event[:MAX_MESSAGE_BYTES])

    def say(self, data: str | bytes) -> None:
        """Send a message."""
        raise NotImplementedError

    def close(self, code: int) -> None:
        """Close it, as the client does."""
        raise NotImplementedError

    def release(self) -> None:
        """Give up what is held for it; the app has had its time."""
        raise NotImplementedError

    def _next(self, wait_s: float) -> Event | None:
        """Wait for what comes next; None where nothing does in time."""
        raise NotImplementedError
