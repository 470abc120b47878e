"""A body that still arrives: a thread reads it, so that nobody waits for its end."""

from __future__ import annotations

import secrets
import threading

from ..widgets.background import start
from .fetching import PageResponse

# Pieces that come within this time are sent as one message: each message costs.
GAP_S = 0.03
# A stream without an end is cut here.
MAX_BYTES = 32_000_000


class ArrivingBody:
    """The body of a response, as far as it has arrived.

    Args:
        answer: Whose body is read from now on.

    Attributes:
        name: Which body it is, in messages about it.
        error: Why it broke off by itself; None when it did not.
    """

    def __init__(self, answer: PageResponse) -> None:
        self.name = secrets.token_hex(8)
        self._answer = answer
        self._news = threading.Condition()
        self._fresh: list[bytes] = []
        self._is_at_end = False
        self._stopped = threading.Event()
        self.error: Exception | None = None
        start(self._read)

    @property
    def is_stopped(self) -> bool:
        """Whether it was broken off before its end."""
        return self._stopped.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; returns whether it has come."""
        with self._news:
            return self._news.wait_for(lambda: self._is_at_end, timeout_s)

    def take(self) -> bytes:
        """Return what has come since the last time, waiting for some; empty at the end.

        What comes within the next moment is waited for and returned with it.
        """
        with self._news:
            self._news.wait_for(lambda: self._fresh or self._is_at_end)
            self._news.wait_for(lambda: self._is_at_end, GAP_S)
            return self._taken()

    def so_far(self) -> bytes:
        """Return what has come since the last time, which can be nothing."""
        with self._news:
            return self._taken()

    def stop(self) -> None:
        """Break off; the app notices when it sends its next piece."""
        self._stopped.set()
        self._answer.stop()
        with self._news:
            self._is_at_end = True
            self._news.notify_all()

    def _add(self, piece: bytes) -> None:
        if piece:
            with self._news:
                self._fresh.append(piece)
                self._news.notify_all()

    def _taken(self) -> bytes:
        taken, self._fresh = b"".join(self._fresh), []
        return taken

    def _read(self) -> None:
        size = 0
        try:
            for piece in self._answer.pieces:
                if self.is_stopped:
                    break
                self._add(piece)
                size += len(piece)
                if size > MAX_BYTES:
                    self._answer.stop()
                    self.error = ValueError(
                        f"the body is longer than {MAX_BYTES:,} bytes"
                    )
                    break
        except (OSError, ValueError, AttributeError) as error:
            # urllib3 raises the last when another thread closes what this one reads.
            self.error = None if self.is_stopped else error
        finally:
            with self._news:
                self._is_at_end = True
                self._news.notify_all()
