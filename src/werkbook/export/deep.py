"""Room for deep syntax trees: a sum of a thousand terms is a thousand levels."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from werkbook.cells.cell import NotebookError
from werkbook.system import this_system

Result = TypeVar("Result")

LEVELS = 30_000
STACK_BYTES = 512 * 1024 * 1024
"""Reserved, not used: a system takes memory for what is touched."""


def with_deep_stack(function: Callable[[], Result]) -> Result:
    """Call a function; again with a deep stack, when it nests too deeply for Python's.

    Raises:
        NotebookError: It nests deeper than that.
    """
    try:
        return function()
    except RecursionError as error:
        if not this_system().has_threads:
            raise _too_deep(sys.getrecursionlimit()) from error
    found: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            found.append(function())
        except BaseException as error:  # raised again in the caller's thread
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    try:
        sys.setrecursionlimit(max(limit, LEVELS))
        thread = threading.Thread(target=run, name="werkbook-export")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if not errors:
        return found[0]
    if isinstance(errors[0], RecursionError | MemoryError):
        raise _too_deep(LEVELS) from errors[0]
    raise errors[0]


def _too_deep(levels: int) -> NotebookError:
    return NotebookError(
        "A cell of the notebook nests too deeply.",
        why=f"its syntax tree has more than some {levels} levels.",
        fix="cut the longest expression of the notebook into several.",
    )
