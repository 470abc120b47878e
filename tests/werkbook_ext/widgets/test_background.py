"""Work beside the cell that runs."""

from __future__ import annotations

import threading

import pytest

from werkbook_ext.widgets.background import RepeatedWork


def test_work_that_is_asked_for_while_it_is_done_is_done_once_more() -> None:
    """However often it is asked for: the last time sees all that came before."""
    has_begun, may_end, is_over = (threading.Event() for _ in range(3))
    done: list[int] = []
    repeated = RepeatedWork()

    def first() -> None:
        has_begun.set()
        assert may_end.wait(20)
        done.append(1)

    def last() -> None:
        done.append(3)
        is_over.set()

    repeated.ask(first)
    assert has_begun.wait(20)
    repeated.ask(lambda: done.append(2))
    repeated.ask(last)
    may_end.set()
    assert is_over.wait(20)
    assert done == [1, 3]


def test_work_that_fails_holds_up_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    has_begun, may_fail, is_over = (threading.Event() for _ in range(3))
    repeated = RepeatedWork()

    def fail() -> None:
        has_begun.set()
        assert may_fail.wait(20)
        raise ValueError("a page that cannot be loaded")

    repeated.ask(fail)
    assert has_begun.wait(20)
    repeated.ask(is_over.set)
    may_fail.set()
    assert is_over.wait(20)
    assert "a page that cannot be loaded" in capsys.readouterr().err
