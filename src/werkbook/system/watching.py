"""A time limit for what runs in the caller, where no thread can be given up.

Python tells of each jump of a loop and each call of a function while such a call runs
(`sys.monitoring`, PEP 669; Python 3.12), and what the listener raises goes through the
code that it interrupts. What waits in C code goes on until it returns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import get_ident
from time import monotonic
from typing import Any, TypeVar

Value = TypeVar("Value")
GRACE_S = 0.5
"""How long what was interrupted may take to clean up, before it is a second time."""
_TOOLS = (3, 4, 5, 2, 1, 0)
"""The numbers that tools of `sys.monitoring` have, those that nobody expects first."""


class TimeIsOverError(Exception):
    """A call did not end in time."""


class _Interrupted(BaseException):
    """Ends the call; no `except Exception` catches it."""


def call_in_time(function: Callable[[], Value], timeout_s: float) -> Value:
    """Call a function and interrupt it when its time is over.

    A call within such a call has a limit of its own. There is no limit before Python
    3.12, and where other tools have all of `sys.monitoring`'s numbers.

    Args:
        function: What is called, in this thread.
        timeout_s: Seconds it may take.

    Raises:
        TimeIsOverError: It took longer.
    """
    monitoring: Any = getattr(sys, "monitoring", None)
    tool = _free_tool(monitoring) if monitoring is not None else None
    if tool is None:
        return function()
    watch = _TimeWatch(timeout_s)
    monitoring.use_tool_id(tool, "werkbook")
    try:
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(tool, event, watch.look)
        events = monitoring.events.JUMP | monitoring.events.PY_START
        monitoring.set_events(tool, events)
        value = function()
    except _Interrupted as error:
        if error.args != (watch,):
            raise
        raise TimeIsOverError(f"no end within {timeout_s:g} s") from None
    finally:
        watch.is_ended = True
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
    if watch.is_told:  # what it caught, and made a value of, was the end of its time
        raise TimeIsOverError(f"no end within {timeout_s:g} s")
    return value


def _free_tool(monitoring: Any) -> int | None:
    free = (tool for tool in _TOOLS if monitoring.get_tool(tool) is None)
    return next(free, None)


class _TimeWatch:
    """Looks at the time whenever the call goes a step on."""

    def __init__(self, timeout_s: float) -> None:
        self._end = monotonic() + timeout_s
        self._thread = get_ident()
        self.is_told = self.is_ended = False

    def look(self, *step: object) -> None:
        """Interrupt when the time is over: once, and after a moment at each step."""
        if monotonic() < self._end or self.is_ended or self._thread != get_ident():
            return
        if not self.is_told:
            self.is_told = True
            self._end = monotonic() + GRACE_S
        raise _Interrupted(self)
