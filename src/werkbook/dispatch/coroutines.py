"""Async view functions and hooks, run to their end: by asgiref, in a thread."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from ..errors import WerkbookError
from ..system import this_system
from ..system.waiting_here import run_here


class NoAsyncError(WerkbookError, RuntimeError):
    """A view function is `async`, and what runs it is not installed."""


def run_to_end(func: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    """Return a function that runs a coroutine function to its end.

    Raises:
        NoAsyncError: asgiref is not installed.
    """
    if not this_system().has_threads:
        return lambda *arguments, **named: run_here(func(*arguments, **named))
    try:
        from asgiref.sync import async_to_sync  # an optional dependency
    except ImportError:
        raise NoAsyncError(
            "Install Flask with the 'async' extra in order to use async views.",
            why=f"{func.__name__!r} is async, and asgiref runs such functions.",
            fix="pip install 'werkbook[async]'",
        ) from None
    return outside_loop(async_to_sync(func))


def outside_loop(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a function in a thread of its own where this one has a running event loop.

    asgiref refuses to wait in such a thread; a kernel's main thread is one.
    """
    import asyncio  # start-up time
    import contextvars
    import functools
    from concurrent.futures import ThreadPoolExecutor

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return function(*args, **kwargs)
        context = contextvars.copy_context()
        with ThreadPoolExecutor(1, "werkbook-async") as pool:
            return pool.submit(context.run, function, *args, **kwargs).result()

    return called
