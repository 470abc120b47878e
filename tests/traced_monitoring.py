"""What stands in for `sys.monitoring` where Python 3.11 runs the tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

from werkbook.system import watching


class TracedMonitoring:
    """The part of `sys.monitoring` that is used, for Python 3.11: it traces lines."""

    events = SimpleNamespace(JUMP=1, PY_START=2)

    def __init__(self) -> None:
        self.tools: dict[int, str] = {}
        self.callbacks: dict[int, Callable[..., object]] = {}

    def get_tool(self, tool: int) -> str | None:
        return self.tools.get(tool)

    def use_tool_id(self, tool: int, name: str) -> None:
        self.tools[tool] = name

    def free_tool_id(self, tool: int) -> None:
        del self.tools[tool]

    def register_callback(
        self, tool: int, event: int, callback: Callable[..., object]
    ) -> None:
        self.callbacks[tool] = callback

    def set_events(self, tool: int, events: int) -> None:
        if not events:
            del self.callbacks[tool]
        sys.settrace(self.trace if self.callbacks else None)

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line" and frame.f_code.co_filename != watching.__file__:
            for callback in list(self.callbacks.values()):
                try:
                    callback()
                except BaseException:
                    sys.settrace(self.trace)  # what raises is traced no more
                    raise
        return self.trace


def have_monitoring(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return `sys.monitoring`, or what stands in for it."""
    if not hasattr(sys, "monitoring"):
        monkeypatch.setattr(sys, "monitoring", TracedMonitoring(), raising=False)
    return sys.monitoring
