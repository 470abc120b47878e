"""A system with threads, sockets and processes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TypeVar

Item = TypeVar("Item")


class FullSystem:
    """See `System`."""

    has_threads = has_sockets = has_processes = True

    def prepare(self) -> None:
        """Do nothing: the standard library is whole."""

    def start(self, work: Callable[[], object], name: str) -> None:
        """Do a work in a thread; in the caller when no more can be started."""
        thread = threading.Thread(target=work, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            work()

    def start_steps(self, steps: Iterator[object], name: str) -> None:
        """Do all steps in a thread."""
        self.start(lambda: deque(steps, 0), name)

    def start_later(
        self, work: Callable[[], object], delay_s: float, name: str
    ) -> Callable[[], None]:
        """Do a work in a thread, after some seconds."""
        timer = threading.Timer(delay_s, work)
        timer.daemon, timer.name = True, name
        timer.start()
        return timer.cancel

    def wait(self, event: threading.Event, timeout_s: float | None) -> bool:
        """Wait for the event."""
        return event.wait(timeout_s)

    def take_in_time(self, items: Iterable[Item], timeout_s: float) -> Iterator[Item]:
        """Yield what comes in time; a thread waits, so that the caller need not.

        An `OSError`, `ValueError` or `AttributeError` of `items` ends them: so ends
        what is closed while the thread waits for more.
        """
        queue: SimpleQueue[tuple[Item, ...]] = SimpleQueue()
        is_over = threading.Event()

        def read() -> None:
            try:
                for item in items:
                    if is_over.is_set():
                        return
                    queue.put((item,))
            except (OSError, AttributeError, ValueError):
                pass
            queue.put(())

        self.start(read, "werkbook-stream")
        end_s = monotonic() + timeout_s
        try:
            while (left_s := end_s - monotonic()) > 0:
                found = queue.get(timeout=left_s)
                if not found:
                    return
                yield found[0]
        except Empty:
            return
        finally:
            is_over.set()
