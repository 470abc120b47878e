"""A request that is under way, as seen from another thread, which may stop it."""

from __future__ import annotations

from contextlib import suppress
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

    def begin(self, response: requests.Response) -> None:
        """Note a response whose head is there; one that was stopped before ends now."""
        self.response, self.pieces = response, []
        if self.stopped.is_set():
            self._end()

    def stop(self) -> None:
        """Want no more; whoever reads the body finds it broken off."""
        self.stopped.set()
        if self.response is not None:
            self._end()

    def _end(self) -> None:
        # A body that has ended has no connection left, one in process has no socket.
        with suppress(AttributeError, ValueError, OSError, RuntimeError):
            assert self.response is not None
            self.response.raw.shutdown()
