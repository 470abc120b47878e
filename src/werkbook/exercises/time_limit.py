"""Calls a function for no longer than a limit, in a thread where there are some."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from threading import Event, Lock, Thread, get_ident
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from werkbook.system import this_system
from werkbook.system.watching import TimeIsOverError, call_in_time

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

Value = TypeVar("Value")
GRACE_S = 0.5
"""How long a thread that was told to end may take for it."""
_LOOK_S = 0.02
"""How often it is looked whether that thread heard it."""
_hook_lock = Lock()


class HangsError(Exception):
    """A function did not return in time."""


class LeftError(Exception):
    """A function raised what is no `Exception`: a KeyboardInterrupt of its own.

    Attributes:
        raised: What it raised.
    """

    def __init__(self, raised: BaseException) -> None:
        """Note what was raised."""
        super().__init__(type(raised).__name__)
        self.raised = raised


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
        """Raise in the thread; a call that waits in C code goes on until it returns.

        What is raised in a finalizer or in a callback of a weak reference ends that
        alone, as Python does, and is then raised again.
        """
        end = monotonic() + GRACE_S
        with _lost_interrupts(self.thread) as is_lost:
            self._raise()
            while self.thread.is_alive() and monotonic() < end:
                self.thread.join(_LOOK_S)
                if is_lost.is_set():
                    is_lost.clear()
                    self._raise()

    def _raise(self) -> None:
        number = self.thread.ident
        with self._lock:
            if number is not None and not self._is_over:
                interrupt_thread(number)


def interrupt_thread(number: int) -> None:
    """Raise `Interrupted` in a thread, at its next step of Python code."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(number), ctypes.py_object(Interrupted)
    )


@contextmanager
def _lost_interrupts(thread: Thread) -> Iterator[Event]:
    """Hear of each interrupt of a thread that Python would print and forget."""
    is_lost = Event()

    def hear(lost: UnraisableHookArgs) -> None:
        if get_ident() == thread.ident and issubclass(lost.exc_type, Interrupted):
            is_lost.set()
        else:
            previous(lost)

    with _hook_lock:
        previous, sys.unraisablehook = sys.unraisablehook, hear
        try:
            yield is_lost
        finally:
            sys.unraisablehook = previous


def limited(function: Callable[[], Value], timeout_s: float) -> Value:
    """Call a function in a context of its own, in a thread that can be given up.

    Without threads it is called here, and interrupted between two steps of Python code.

    Args:
        function: What is called.
        timeout_s: Seconds it may take.

    Raises:
        HangsError: It took longer.
        LeftError: It raised what is no `Exception`; only its thread was to hear that.
    """
    if not this_system().has_threads:
        try:
            return call_in_time(lambda: Context().run(function), timeout_s)
        except TimeIsOverError as error:
            raise HangsError(f"no answer within {timeout_s:g} s") from error
    call = _Call(function)
    call.thread.start()
    call.thread.join(timeout_s)
    if call.thread.is_alive():
        call.interrupt()
        raise HangsError(f"no answer within {timeout_s:g} s")
    if isinstance(call.error, Exception):
        raise call.error
    if call.error is not None:
        raise LeftError(call.error)
    return call.value[0]
