"""What a long piece of work says of itself: its steps, and how long it has taken."""

from __future__ import annotations

import time


class SteppedProgress:
    """Counts the steps, and knows the time since the first."""

    def __init__(self) -> None:
        self._began_s = self._said_s = time.monotonic()
        self._count = 0
        self._text = "it begins"

    def step(self, text: str) -> None:
        """Show the step, with its number and the seconds since the start."""
        self._count += 1
        self._text = text
        self.tick()

    def tick(self) -> None:
        """Show the seconds anew."""
        raise NotImplementedError

    def _line(self, now_s: float) -> str:
        return f"Proof, {now_s - self._began_s:.0f} s, step {self._count}: {self._text}"
