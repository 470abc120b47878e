"""What another thread does to Python's parser at the worst moment, done in this one."""

import ast
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PARSERS = ("ast.parse", "IPython.core.compilerop.ast_parse")


@contextmanager
def disturbed_parsing() -> Iterator[list[str]]:
    """Parse something else in the middle of the first syntax tree that is made.

    Yields:
        The names of the functions that were disturbed; at most one.
    """
    disturbed: list[str] = []

    def come_between(phase: str, info: Any) -> None:
        frame = sys._getframe(1)
        name = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}"
        if name in PARSERS and not disturbed:
            disturbed.append(name)
            ast.parse("x = 1")

    thresholds = gc.get_threshold()
    gc.callbacks.append(come_between)
    gc.set_threshold(1)
    try:
        yield disturbed
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(come_between)
