"""Entries: registrations without a key, in the order of their owners' first runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from ..homes import ABSENT, AtHome
from .ledger import ledger, new_registration
from .owners import current_owners
from .registration import Position, Registration


class Entries(AtHome):
    """Registrations without a key, in the order of their owners' first runs."""

    entries: list[Registration]
    removals: list[Registration]

    def settle(self) -> None:
        """Show again what is in force."""
        raise NotImplementedError

    def divide(self) -> None:
        """Begin to show a running cell another content than requests."""
        raise NotImplementedError

    def join(self) -> None:
        """Show everyone the same again."""
        raise NotImplementedError

    def identity(self, value: Any) -> Any:
        """Return what tells which of the previous run's entries this one repeats."""
        function = getattr(value, "__func__", value)
        return getattr(function, "__qualname__", None) or type(value)

    def add(self, value: Any, at: Position | None = None) -> Registration:
        """Add an entry of the owner that runs now.

        Args:
            value: What is registered.
            at: Its position, where it is not to be the owner's last.
        """
        registration = new_registration(self, None, value)
        if at is not None:
            registration.position = at
        self.take([registration])
        ledger.enter(registration)
        return registration

    def hide(self, entry: Registration) -> None:
        """Remove an entry on behalf of the owner that runs now."""
        if entry.owners == current_owners() and not entry.is_previous:
            self.drop([entry])
            ledger.strike(entry)
            return
        removal = new_registration(self, entry, ABSENT)
        self.removals.append(removal)
        ledger.enter(removal)

    def take(self, registrations: Iterable[Registration]) -> None:
        """Put entries in at their positions."""
        for registration in registrations:
            if registration.value is ABSENT:
                self.removals.append(registration)
                continue
            entries = self.entries
            index = len(entries)
            while index and entries[index - 1].position > registration.position:
                index -= 1
            entries.insert(index, registration)

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take entries out."""
        gone = set(map(id, registrations))
        self.entries[:] = [one for one in self.entries if id(one) not in gone]
        self.removals[:] = [one for one in self.removals if id(one) not in gone]

    def in_force(self, *, for_cell: bool = False) -> list[Registration]:
        """Return the entries that requests see now, or that the running cell sees."""
        removed = {
            id(one.key) for one in self.removals if not (for_cell and one.is_previous)
        }
        entries = [one for one in self.entries if id(one) not in removed]
        if for_cell:
            return [one for one in entries if not one.is_previous]
        return self._overlaid(entries) if ledger.run is not None else entries

    def _overlaid(self, entries: list[Registration]) -> list[Registration]:
        runs = ledger.runs()
        if not any(one.is_previous for one in entries):
            return entries
        repeats: dict[Any, deque[Registration]] = {}
        for one in entries:
            if any(one in run.added for run in runs):
                repeats.setdefault(self.identity(one.value), deque()).append(one)
        shown: dict[Registration, None] = {}
        for one in entries:
            repeat = repeats.get(self.identity(one.value)) if one.is_previous else None
            shown[repeat.popleft() if repeat else one] = None
        return list(shown)

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Entries stand beside each other: nothing is taken."""
        yield from ()
