"""A body that still arrives: nobody waits for its end."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator

from werkbook.system import this_system

from ..widgets.background import start
from .fetching import MAX_BODY_BYTES, PageResponse

# Pieces that come within this time are sent as one message: each message costs.
GAP_S = 0.03


class ArrivingBody:
    """The body of a response, as far as it has arrived; a thread reads it.

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
        self._begin()

    def _begin(self) -> None:
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
        for _ in self._pieces():
            continue

    def _pieces(self) -> Iterator[bytes]:
        """Take in the body piece by piece; yield each, for whoever counts them."""
        size = 0
        try:
            for piece in self._answer.pieces:
                if self.is_stopped:
                    break
                self._add(piece)
                size += len(piece)
                if size > MAX_BODY_BYTES:
                    self._answer.stop()
                    self.error = ValueError(
                        f"the body is longer than {MAX_BODY_BYTES:,} bytes"
                    )
                    break
                yield piece
        except (OSError, ValueError, AttributeError) as error:
            # urllib3 raises the last when another thread closes what this one reads.
            self.error = None if self.is_stopped else error
        finally:
            with self._news:
                self._is_at_end = True
                self._news.notify_all()


class PulledBody(ArrivingBody):
    """The same without threads: who wants a piece reads it, and waits for the app."""

    def _begin(self) -> None:
        self._coming = self._pieces()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Read to the end, but for no longer than that."""
        end_s = None if timeout_s is None else time.monotonic() + timeout_s
        for _ in self._coming:
            if end_s is not None and time.monotonic() > end_s:
                break
        return self._is_at_end

    def take(self) -> bytes:
        """Return what was read since the last time, or the next piece."""
        while not self._fresh and not self._is_at_end:
            next(self._coming, None)
        return self._taken()


def follow_body(answer: PageResponse) -> ArrivingBody:
    """Return the body of a response that is about to arrive."""
    return (ArrivingBody if this_system().has_threads else PulledBody)(answer)
