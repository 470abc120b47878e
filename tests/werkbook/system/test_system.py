"""What a full and a bare system do with the same work."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from werkbook.system import System, this_system, using
from werkbook.system.bare import BareSystem
from werkbook.system.full import FullSystem
from werkbook.system.waiting_here import run_here


@pytest.fixture(params=[FullSystem, BareSystem])
def system(request: pytest.FixtureRequest) -> System:
    made: System = request.param()
    return made


def test_this_python_has_everything() -> None:
    """A system is chosen once, and a test may use another for a while."""
    assert this_system().has_threads
    with using(BareSystem()):
        assert not this_system().has_processes
    assert this_system().has_processes


def test_works_are_done(system: System) -> None:
    """Each way to start a work does it."""
    done = [threading.Event() for _ in range(3)]
    system.start(done[0].set, "one")
    system.start_later(done[1].set, 0.01, "two")
    system.start_steps(iter([done[2].set()]), "three")
    assert all(one.wait(10) for one in done)


def test_work_is_called_off() -> None:
    """What was to be done later on a full system is not."""
    done = threading.Event()
    FullSystem().start_later(done.set, 60, "never")()
    assert not done.is_set()


def test_full_system_waits_for_another_thread() -> None:
    event = threading.Event()
    FullSystem().start(event.set, "sets")
    assert FullSystem().wait(event, 10)


def test_bare_system_waits_for_nobody() -> None:
    """No other thread could set the event meanwhile."""
    began_s = time.monotonic()
    assert not BareSystem().wait(threading.Event(), 60)
    assert time.monotonic() - began_s < 30


def test_items_that_come_in_time(system: System) -> None:
    assert list(system.take_in_time(iter("abc"), 10)) == ["a", "b", "c"]


def test_items_that_come_too_late(system: System) -> None:
    """A stream without an end is let go."""

    def endless() -> Iterator[int]:
        while True:
            time.sleep(0.001)
            yield 1

    assert list(system.take_in_time(endless(), 0.05))


def test_bare_system_takes_turns_with_the_event_loop() -> None:
    """A stream without an end leaves the kernel time for other things."""
    steps = []

    def endless() -> Iterator[None]:
        while True:
            steps.append(1)
            yield

    async def kernel() -> int:
        BareSystem().start_steps(endless(), "stream")
        while len(steps) < 3:
            await asyncio.sleep(0)
        return len(steps)

    assert asyncio.run(kernel()) >= 3


def test_coroutine_runs_here_within_a_loop() -> None:
    """An async function that waits for nothing has its value at once."""

    async def view() -> str:
        return "value"

    async def kernel() -> str:
        return run_here(view())

    assert asyncio.run(kernel()) == "value"


def test_coroutine_that_waits() -> None:
    """Where Python can't wait for it, that is said."""

    class Waiting:
        def __await__(self) -> Iterator[None]:
            yield

    async def view() -> None:
        await Waiting()

    with pytest.raises(RuntimeError) as caught:
        run_here(view())
    assert str(caught.value) == "an async function waits here, which this browser can't"
