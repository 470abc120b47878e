"""Coroutines where nothing can wait for them but the caller."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Value = TypeVar("Value")


def run_here(coroutine: Coroutine[Any, Any, Value]) -> Value:
    """Run a coroutine to its end in this thread, also where an event loop runs in it.

    Raises:
        RuntimeError: It waits for something, and Python can't in this browser.
    """
    run_sync = _find_run_sync()
    if run_sync is not None:
        waited: Value = run_sync(coroutine)
        return waited
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: Value = end.value
        return value
    coroutine.close()
    raise RuntimeError("an async function waits here, which this browser can't")


def _find_run_sync() -> Callable[[Any], Any] | None:
    """Return what waits for a promise in the middle of Python, where browsers can."""
    try:
        # Only Pyodide has them.
        from pyodide.ffi import (  # type: ignore[import-not-found]  # a browser's
            can_run_sync,
            run_sync,
        )
    except ImportError:
        return None
    return run_sync if can_run_sync() else None
