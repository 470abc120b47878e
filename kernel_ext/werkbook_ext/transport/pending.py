"""A request that is under way, as seen from another thread, which may stop it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event

import requests


@dataclass
class PendingResponse:
    """What has come of a response so far.

    Attributes:
        response: The response whose body comes; None until its head is there.
        pieces: What has come of the body.
        stopped: Set when the reader wants no more.
    """

    response: requests.Response | None = None
    pieces: list[bytes] = field(default_factory=list)
    stopped: Event = field(default_factory=Event)
    _end_of_wait: Callable[[], object] | None = None

    @contextmanager
    def ended_by(self, end: Callable[[], object]) -> Iterator[None]:
        """Have `stop` call what ends the waiting in this block, from its own thread."""
        self._end_of_wait = end
        if self.stopped.is_set():
            end()
        try:
            yield
        finally:
            self._end_of_wait = None

    def begin(self, response: requests.Response) -> None:
        """Note a response whose head is there; one that was stopped before ends now."""
        self.response, self.pieces = response, []
        if self.stopped.is_set():
            self._end()

    def stop(self) -> None:
        """Want no more; whoever reads the body finds it broken off."""
        self.stopped.set()
        end = self._end_of_wait or self._end
        with suppress(OSError):  # it has ended already
            end()

    def _end(self) -> None:
        # A body that has ended has no connection left, one in process has no socket.
        with suppress(AttributeError, ValueError, OSError, RuntimeError):
            if self.response is not None:
                self.response.raw.shutdown()


under_way: ContextVar[PendingResponse | None] = ContextVar("under_way", default=None)
"""The request that this thread sends, for its connection."""
