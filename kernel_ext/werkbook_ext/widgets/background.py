"""Work beside the cell that runs, where the platform has threads."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence

from werkbook.system import this_system

Work = Callable[[], object]
THREAD_NAME = "werkbook-browser"


def start(work: Work) -> None:
    """Run `work` in a thread that never keeps the kernel from ending.

    Without threads, and when no more can be started, it runs now, in the caller.
    """
    this_system().start(work, THREAD_NAME)


class WorkerThreads:
    """A few threads that take works from a queue; they end when it is empty.

    Args:
        max_threads: How many works run at the same time.
        max_waiting: How many works may wait.
    """

    def __init__(self, max_threads: int, max_waiting: int) -> None:
        self.max_waiting = max_waiting
        self._max_threads = max_threads
        self._waiting: deque[Work] = deque()
        self._threads = 0
        self._lock = threading.Lock()

    def start(self, work: Work) -> bool:
        """Have a work done; false where too many wait, and then it is not done."""
        with self._lock:
            if len(self._waiting) >= self.max_waiting:
                return False
            self._waiting.append(work)
            if self._threads >= self._max_threads:
                return True
            self._threads += 1
        start(self._take_turns)
        return True

    def _take_turns(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except Exception:  # the next works are done all the same
                traceback.print_exc()

    def _next(self) -> Work | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._threads -= 1
            return None


class RepeatedWork:
    """Work that is done by one thread at a time, each time the newest state's.

    What asks while it is done has it done once more; what asks before it began need
    not, as it will see what is there then.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: Work | None = None
        self._is_running = False

    def ask(self, work: Work) -> None:
        """Have the work done soon, beside the cell that runs."""
        with self._lock:
            self._asked = work
            if self._is_running:
                return
            self._is_running = True
        start(self._do_asked)

    def _do_asked(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except Exception:  # who asked meanwhile is not to wait for ever
                traceback.print_exc()

    def _next(self) -> Work | None:
        with self._lock:
            work, self._asked = self._asked, None
            self._is_running = work is not None
            return work


def do_together(works: Sequence[Work], max_threads: int) -> None:
    """Do works at the same time, a few of them at once; return when all are done."""
    waiting = deque(works)
    done = threading.Semaphore(0)

    def take_turns() -> None:
        try:
            while waiting:
                try:
                    work = waiting.popleft()
                except IndexError:  # another thread was faster
                    return
                work()
        finally:
            done.release()

    count = min(max_threads, len(works))
    for _ in range(count):
        start(take_turns)
    for _ in range(count):
        done.acquire()
