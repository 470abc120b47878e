"""A request that takes its time is shown: it can be stopped, and fills as it comes.

The request is sent by a thread of its own, so that the cell's thread can show what has
come. An answer that is there at once is shown as if there were none of this.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Event, Thread
from typing import Generic, TypeVar

from ..notebook.environment import has_reader
from .pending import PendingResponse

SHOWN_AFTER_S = 0.25
LOOKS_EVERY_S = 0.2
END_TIMEOUT_S = 2.0
"""How long an answer that was stopped half-way has to end."""

Answer = TypeVar("Answer")


class Waiting(Generic[Answer]):
    """Waits for one request.

    Args:
        send: Sends it, and returns its whole answer.
        show: Shows that it is waited for; called with what stops it, once.
            Never called where nobody can see it (`environment.has_reader`).
        show_so_far: Shows what has come of the answer.
        is_unwanted: Whether nobody can see the answer any more, or stop the waiting.
            It ends where two looks in turn find it so.

    Attributes:
        progress: What has come so far.
        answer: The whole answer, or what came until it was stopped; None before.
    """

    def __init__(
        self,
        send: Callable[[PendingResponse], Answer],
        show: Callable[[Callable[[], None]], object],
        show_so_far: Callable[[PendingResponse], object],
        is_unwanted: Callable[[], bool] = lambda: False,
    ) -> None:
        """Begin nothing yet."""
        self.progress = PendingResponse()
        self._send = send
        self._show = show
        self._show_so_far = show_so_far
        self._is_unwanted = is_unwanted
        self.answer: Answer | None = None
        self._error: BaseException | None = None
        self._ended = Event()

    def run(self, asked: str) -> Answer:
        """Send the request and return its answer, or raise what it raises.

        Args:
            asked: Names the request: `GET /slow`.

        Raises:
            KeyboardInterrupt: The reader stopped it before its answer began, the cell
                is gone or the kernel was interrupted; `answer` then is what had come,
                if anything.
        """
        context = copy_context()  # the cell that asks is known to its thread as well
        thread = Thread(
            target=context.run, args=[self._work], name="werkbook-ask", daemon=True
        )
        thread.start()
        try:
            thread.join(SHOWN_AFTER_S if has_reader() else None)
            if thread.is_alive():
                self._show(self.progress.stop)
                self._watch(thread)
        except KeyboardInterrupt:
            self.progress.stop()
            if self.progress.response is not None:
                # Python 3.11 takes a thread whose join is interrupted for ended.
                self._ended.wait(END_TIMEOUT_S)
            raise self._interrupt(asked) from None
        if self._error is not None:
            if self.progress.stopped.is_set():  # between two redirects
                raise self._interrupt(asked)
            raise self._error
        assert self.answer is not None
        return self.answer

    def _interrupt(self, asked: str) -> KeyboardInterrupt:
        if self.answer is not None:
            return KeyboardInterrupt(
                f"{asked} was interrupted while its answer came: its card has what"
                " had come."
            )
        return KeyboardInterrupt(
            f"{asked} had no answer yet. Its view, in a thread of the server, runs"
            " on until it returns."
        )

    def _work(self) -> None:
        try:
            self.answer = self._send(self.progress)
        except BaseException as error:  # raised again where it is waited for
            self._error = error
        finally:
            self._ended.set()

    def _watch(self, thread: Thread) -> None:
        shown = 0
        was_unwanted = False
        while thread.is_alive():
            thread.join(LOOKS_EVERY_S)
            count = len(self.progress.pieces)
            if self.progress.response is None and self.progress.stopped.is_set():
                raise KeyboardInterrupt
            is_unwanted = self._is_unwanted()
            if is_unwanted and was_unwanted:
                raise KeyboardInterrupt
            was_unwanted = is_unwanted
            if count != shown and thread.is_alive():
                shown = count
                self._show_so_far(self.progress)
