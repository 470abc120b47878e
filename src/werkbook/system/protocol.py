"""What is asked of a system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from threading import Event
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Work = Callable[[], object]


class System(Protocol):
    """The machine as programs find it.

    Attributes:
        has_threads: Something can run beside the caller.
        has_sockets: A server can listen, and another one be reached.
        has_processes: A clean process can be started.
    """

    has_threads: bool
    has_sockets: bool
    has_processes: bool

    def prepare(self) -> None:
        """Add what Python's standard library lacks here."""

    def start(self, work: Work, name: str) -> None:
        """Do a work beside the caller; where nothing can run beside it, now.

        Args:
            work: What is done. It keeps no process from ending.
            name: The name of its thread.
        """

    def start_steps(self, steps: Iterator[object], name: str) -> None:
        """Do a work that may take long; where nothing can run beside it, step by step.

        Args:
            steps: Each step ends with what it yields, which nobody wants.
            name: The name of its thread.
        """

    def start_later(self, work: Work, delay_s: float, name: str) -> Callable[[], None]:
        """Do a work after some seconds; where nothing can wait, now.

        Returns:
            What calls it off.
        """

    def wait(self, event: Event, timeout_s: float | None) -> bool:
        """Wait for what another thread sets; say whether it is set."""

    def take_in_time(self, items: Iterable[Item], timeout_s: float) -> Iterator[Item]:
        """Yield what comes within some seconds of an iterable that may block."""
