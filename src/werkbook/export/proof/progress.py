"""What a proof says while it works, so that nobody looks at a still terminal."""

from __future__ import annotations

import sys
import time
from typing import Protocol, TextIO

from werkbook.processes.stepped_progress import SteppedProgress

WIDTH = 76
QUIET_S = 10.0
"""Seconds from one line to the next where lines are kept: in a file, in CI."""


class ProofProgress(Protocol):
    """Shows what the proof does."""

    def step(self, text: str) -> None:
        """Say what is done now."""
        ...

    def tick(self) -> None:
        """A second has passed."""
        ...

    def done(self) -> None:
        """The proof is over."""
        ...


class NoProgress:
    """Shows nothing."""

    def step(self, text: str) -> None:
        """Say nothing."""

    def tick(self) -> None:
        """Say nothing."""

    def done(self) -> None:
        """Say nothing."""


class LineProgress(SteppedProgress):
    """One line that changes in a terminal; elsewhere a line now and then.

    Args:
        stream: Where to write.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()

    def tick(self) -> None:
        """Show the seconds anew."""
        now_s = time.monotonic()
        line = self._line(now_s)
        if self._is_terminal:
            self._write(f"\r{line[:WIDTH]:<{WIDTH}}")
        elif now_s - self._said_s >= QUIET_S:
            self._said_s = now_s
            self._write(f"{line}\n")

    def done(self) -> None:
        """Leave the terminal's line empty."""
        if self._is_terminal and self._count:
            self._write(f"\r{'':<{WIDTH}}\r")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
