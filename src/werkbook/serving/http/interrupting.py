"""Ending a thread that does not end by itself."""

import ctypes
import sys
import threading


class ServerStoppedError(BaseException):
    """Raised in a view that still runs when its server has stopped."""


def interrupt(thread: threading.Thread) -> None:
    """Raise `ServerStoppedError` in a thread, the next time it runs Python code.

    A thread that waits for a queue, an event or a condition is woken first: it would
    never run again otherwise. What waits in a system call gets it afterwards.
    """
    if thread.ident is None or not thread.is_alive():
        return
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident), ctypes.py_object(ServerStoppedError)
    )
    frame = sys._current_frames().get(thread.ident)
    if frame is None or frame.f_code is not threading.Condition.wait.__code__:
        return
    waiter = frame.f_locals.get("waiter")
    if waiter is not None and waiter.locked():
        try:
            waiter.release()
        except RuntimeError:  # it woke up by itself
            return
