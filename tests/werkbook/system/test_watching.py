"""A call that has no thread of its own ends when its time is over."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count, repeat
from types import SimpleNamespace
from typing import Any

import pytest
from tests.traced_monitoring import have_monitoring

from werkbook.system.watching import TimeIsOverError, call_in_time


@pytest.fixture(autouse=True)
def monitoring(monkeypatch: pytest.MonkeyPatch) -> Any:
    return have_monitoring(monkeypatch)


def loop() -> None:
    while True:
        pass


def go_through() -> None:
    for _ in repeat(None):
        pass


def generate() -> int:
    return sum(1 for _ in count())


def call_again(number: int = 60) -> int:
    return number if number < 2 else call_again(number - 1) + call_again(number - 2)


def catch_all() -> None:
    while True:
        try:
            loop()
        except Exception:
            continue


@pytest.mark.parametrize("endless", [loop, go_through, generate, call_again, catch_all])
def test_endless_call_is_ended(endless: Callable[[], object], monitoring: Any) -> None:
    """Loops, generators, recursion, and what catches every exception."""
    with pytest.raises(TimeIsOverError, match=r"^no end within 0\.05 s$"):
        call_in_time(endless, 0.05)
    assert [monitoring.get_tool(tool) for tool in (3, 4)] == [None, None]


def test_call_in_time_returns_its_value() -> None:
    assert call_in_time(lambda: "value", 60) == "value"


def test_error_of_a_call_is_its_own() -> None:
    with pytest.raises(ZeroDivisionError):
        call_in_time(lambda: 1 / 0, 60)


def test_call_within_a_call_has_its_own_limit() -> None:
    """Whose time is over first is ended, and nobody else."""

    def within(timeout_s: float) -> str:
        try:
            call_in_time(loop, timeout_s)
        except TimeIsOverError:
            return "the inner"
        return "none"

    assert call_in_time(lambda: within(0.05), 60) == "the inner"
    with pytest.raises(TimeIsOverError, match=r"0\.05 s$"):
        call_in_time(lambda: within(60), 0.05)


def test_value_of_a_call_that_was_interrupted_does_not_count() -> None:
    """A framework makes the page of an error even of what no `except` should catch."""

    def call() -> str:
        try:
            loop()
        except BaseException:
            return "500"
        return "never"

    with pytest.raises(TimeIsOverError):
        call_in_time(call, 0.05)


def test_what_cleans_up_is_not_interrupted_again() -> None:
    """An interrupted call closes what it has opened."""
    closed = []

    def call() -> None:
        try:
            loop()
        finally:
            while len(closed) < 3:
                closed.append("closed")

    with pytest.raises(TimeIsOverError):
        call_in_time(call, 0.05)
    assert closed == ["closed"] * 3


def test_without_monitoring_there_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Python 3.12, and where other tools have all numbers."""
    taken = SimpleNamespace(get_tool=lambda tool: "another")
    for monitoring in (None, taken):
        monkeypatch.setattr(sys, "monitoring", monitoring, raising=False)
        assert call_in_time(lambda: "value", 0.0) == "value"
