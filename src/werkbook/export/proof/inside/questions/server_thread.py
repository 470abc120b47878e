"""Call an app where a server calls it: in a thread that has seen nothing of the cells.

What the main thread sets for itself no request sees, here and under a server: a
context variable (`decimal`'s precision, NumPy's error handling), a `threading.local`.
And SQLite lets a connection be used only in the thread that made it.
"""

from __future__ import annotations

import contextvars
import importlib
import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

_GRACE_S = 1.0
"""Seconds that a thread which is told to end has for it."""

Value = TypeVar("Value")
Limit = Callable[[Callable[[], Any], float], Any]
"""Calls a function, for so many seconds at most, and raises TookTooLongError then."""


class TookTooLongError(BaseException):
    """The time for something is over; no `except Exception` of an app takes it."""


def call_in_time(function: Callable[[], Value], limit_s: float) -> Value:
    """Call a function, and interrupt it when its time is over.

    There is no limit but in the main thread of a system that has timers.

    Raises:
        TookTooLongError: It took longer.
    """
    is_possible = hasattr(signal, "setitimer") and (
        threading.current_thread() is threading.main_thread()
    )
    if not is_possible:
        return function()

    def stop(number: int, frame: Any) -> None:
        raise TookTooLongError(f"no end within {limit_s:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        return function()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def call_as_server(
    function: Callable[[], Value], limit_s: float, otherwise: Limit = call_in_time
) -> Value:
    """Call a function in a new thread, and wait for what it returns or raises.

    Where no thread can be started (Pyodide), a new context is all that it gets.

    Args:
        function: What is called.
        limit_s: Seconds that it may take.
        otherwise: Calls it in time where no thread can be started.

    Raises:
        TookTooLongError: It took longer. Its thread is told to end; a call that waits
            in C code goes on until it returns.
    """
    values: list[Value] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            values.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=call, name="proof-request", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        value: Value = otherwise(partial(contextvars.Context().run, function), limit_s)
        return value
    thread.join(limit_s)
    if thread.is_alive():
        _end(thread)
        raise TookTooLongError(f"no end within {limit_s:g} s")
    if errors:
        raise errors[0]
    return values[0]


def _end(thread: threading.Thread) -> None:
    ctypes: Any = importlib.import_module("ctypes")  # most apps are in time
    number = ctypes.c_ulong(thread.ident)
    raised = ctypes.py_object(TookTooLongError)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(number, raised)
    thread.join(_GRACE_S)
