"""How a function's work grows with what it is given."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time

# Quadratic work is four times as long for twice the input. Below this it can't be told.
LEAST_S = 0.15


def grows_linearly(work: Callable[[str], object], piece: str, chars: int) -> bool:
    """Tell whether twice the text takes about twice this thread's time, not four times.

    Args:
        work: What is measured.
        piece: What the text repeats.
        chars: How long the shorter text is.
    """
    short = piece * (chars // len(piece))
    return any(
        _seconds(work, short * 2) <= 3 * _seconds(work, short) + LEAST_S
        for _ in range(3)  # other work of this machine's may come between
    )


def _seconds(work: Callable[[str], object], text: str) -> float:
    start_s = thread_time()
    work(text)
    return thread_time() - start_s
