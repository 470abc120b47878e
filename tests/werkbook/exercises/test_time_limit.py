"""A call that takes too long ends, wherever it is when its time is over."""

from __future__ import annotations

from threading import enumerate as threads
from time import monotonic

import pytest
from tests.traced_monitoring import have_monitoring

from werkbook.exercises.time_limit import HangsError, limited
from werkbook.system import using
from werkbook.system.bare import BareSystem


class _SlowToEnd:
    """Its finalizer takes a while in Python code."""

    def __del__(self) -> None:
        end = monotonic() + 0.2
        while monotonic() < end:
            pass


def test_call_ends_although_python_lost_the_first_interrupt(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Python prints and forgets what is raised in a finalizer."""
    is_in_loop = []

    def call() -> None:
        _SlowToEnd()
        is_in_loop.append(True)
        while True:
            pass

    with pytest.raises(HangsError):
        limited(call, 0.05)
    assert is_in_loop
    assert "werkbook-check" not in [thread.name for thread in threads()]
    assert capsys.readouterr().err == ""


def test_call_without_a_thread_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser's Python has no threads: the call is interrupted where it is made."""
    have_monitoring(monkeypatch)

    def call() -> None:
        while True:
            pass

    with using(BareSystem()):
        with pytest.raises(HangsError, match=r"^no answer within 0\.05 s$"):
            limited(call, 0.05)
        assert limited(lambda: "value", 60) == "value"
