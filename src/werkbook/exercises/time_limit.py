"""Calls a function for no longer than a limit, where threads make that possible."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from threading import Lock, Thread
from typing import Generic, TypeVar

from werkbook.system import this_system

Value = TypeVar("Value")
GRACE_S = 0.5
"""How long a thread that was told to end may take for it."""


class HangsError(Exception):
    """A function did not return in time."""


class Interrupted(BaseException):
    """Ends a thread that takes too long; no `except Exception` catches it."""


class _Call(Generic[Value]):
    """One call in a thread of its own."""

    def __init__(self, function: Callable[[], Value]) -> None:
        self._function = function
        self.value: list[Value] = []
        self.error: BaseException | None = None
        self._lock = Lock()
        self._is_over = False
        self.thread = Thread(target=self._run, name="werkbook-check", daemon=True)

    def _run(self) -> None:
        with suppress(Interrupted):  # which may come while the rest is done
            try:
                self.value.append(self._function())
            except BaseException as error:
                self.error = error
            finally:
                with self._lock:
                    self._is_over = True

    def interrupt(self) -> None:
        """Raise in the thread; a call that waits in C code goes on until it returns."""
        number = self.thread.ident
        with self._lock:
            if number is None or self._is_over:
                return
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(number), ctypes.py_object(Interrupted)
            )
        self.thread.join(GRACE_S)


def limited(function: Callable[[], Value], timeout_s: float) -> Value:
    """Call a function in a context of its own, in a thread that can be given up.

    Args:
        function: What is called.
        timeout_s: Seconds it may take. Without threads there is no limit.

    Raises:
        HangsError: It took longer.
    """
    if not this_system().has_threads:
        return Context().run(function)
    call = _Call(function)
    call.thread.start()
    call.thread.join(timeout_s)
    if call.thread.is_alive():
        call.interrupt()
        raise HangsError(f"no answer within {timeout_s:g} s")
    if call.error is not None:
        raise call.error
    return call.value[0]
