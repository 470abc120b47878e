"""What a long proof shows in its cell's output while it works; nothing of it stays."""

from __future__ import annotations

import time

from IPython.display import DisplayHandle, Pretty, display

from werkbook.processes.stepped_progress import SteppedProgress

from ..notebook.environment import has_reader

AFTER_S = 5.0
"""Seconds after which the cell says what the proof does."""
EVERY_S = 1.0


class CellProgress(SteppedProgress):
    """A line in the cell's output, shown when the proof takes long.

    What follows takes its place, as a saved notebook must be the same after each run,
    however long the proof took, and what the cell printed before must stay.
    """

    def __init__(self) -> None:
        super().__init__()
        self._handle: DisplayHandle | None = None

    def tick(self) -> None:
        """Show the seconds anew."""
        now_s = time.monotonic()
        is_early = now_s - self._began_s < AFTER_S
        if is_early or now_s - self._said_s < EVERY_S or not has_reader():
            return
        self._said_s = now_s
        line = _plain(self._line(now_s))
        if self._handle is None:
            self._handle = DisplayHandle()  # type: ignore[no-untyped-call]  # IPython's
            self._handle.display(line)  # type: ignore[no-untyped-call]  # IPython's
        else:
            self._handle.update(line)  # type: ignore[no-untyped-call]  # IPython's

    def done(self) -> None:
        """Leave the line until something takes its place."""

    def give_way(self, text: str = "") -> None:
        """Show a text where the line is; nothing of the line is saved.

        Without a text, a line that was shown becomes empty.
        """
        if self._handle is not None:
            self._handle.update(_plain(text))  # type: ignore[no-untyped-call]  # IPython's
        elif text:
            display(_plain(text))  # type: ignore[no-untyped-call]  # IPython's


def _plain(text: str) -> Pretty:
    return Pretty(text)  # type: ignore[no-untyped-call]  # IPython's
