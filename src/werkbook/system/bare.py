"""A system without threads, sockets and processes: Python in a browser's worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from threading import Event
from time import monotonic
from typing import TypeVar

from . import hashing

Item = TypeVar("Item")
PAUSE_S = 0.01
"""How long others may have their turn between two steps of a long work."""


class BareSystem:
    """See `System`. Everything is done in the caller, before it goes on."""

    has_threads = has_sockets = has_processes = False

    def __init__(self) -> None:
        """No long work is under way."""
        self._tasks: set[asyncio.Task[None]] = set()

    def prepare(self) -> None:
        """Add the hash functions that OpenSSL would bring."""
        hashing.install()

    def start(self, work: Callable[[], object], name: str) -> None:
        """Do a work now."""
        work()

    def start_steps(self, steps: Iterator[object], name: str) -> None:
        """Do a step whenever the event loop has time; all now where none runs."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            for _ in steps:
                continue
            return
        task = loop.create_task(_walk(steps), name=name)
        self._tasks.add(task)  # the loop itself keeps no task alive
        task.add_done_callback(self._tasks.discard)

    def start_later(
        self, work: Callable[[], object], delay_s: float, name: str
    ) -> Callable[[], None]:
        """Do a work now; there is nothing to call off."""
        work()
        return lambda: None

    def wait(self, event: Event, timeout_s: float | None) -> bool:
        """Say whether the event is set: nobody else could set it meanwhile."""
        return event.is_set()

    def take_in_time(self, items: Iterable[Item], timeout_s: float) -> Iterator[Item]:
        """Yield items until the time is over; each is waited for to its end."""
        end_s = monotonic() + timeout_s
        for item in items:
            yield item
            if monotonic() > end_s:
                return


async def _walk(steps: Iterator[object]) -> None:
    for _ in steps:
        await asyncio.sleep(PAUSE_S)
