"""Registrations without a key, in the order of their owners' first runs."""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from .ledger import ledger, new_registration
from .owners import Owners, current_owners
from .registration import ABSENT, ContainerBase, Position, Registration


class Removed(NamedTuple):
    """What a removal takes out.

    Attributes:
        registration: What was there then.
        owners: Its owners.
        identity: What one that repeats it shares with it.
        number: How many of those come before it.
    """

    registration: Registration
    owners: Owners
    identity: Any
    number: int


class OrderedRegistrations(ContainerBase):
    """Registrations without a key, in the order of their owners' first runs."""

    registrations: list[Registration]
    removals: list[Registration]
    """Registrations whose value is ABSENT and whose key says what they remove."""

    def settle(self) -> None:
        """Show again what is in force."""
        raise NotImplementedError

    def divide(self) -> None:
        """Do nothing: a running cell's code does not read this container."""

    def join(self) -> None:
        """Do nothing: see `divide`."""

    def identity(self, value: Any) -> Any:
        """Return what a value shares with the one of the previous run it repeats."""
        function = getattr(value, "__func__", value)
        return getattr(function, "__qualname__", None) or type(value)

    def add(self, value: Any, at: Position | None = None) -> Registration:
        """Register a value for the owner that runs now.

        Args:
            value: What is registered.
            at: Its position; None: after the owner's others.
        """
        registration = new_registration(self, None, value)
        if at is not None:
            registration.position = at
        ledger.index(registration)  # first: what the index has, a failed run takes out
        self.take([registration])
        return registration

    def hide(self, registration: Registration) -> None:
        """Remove a registration on behalf of the owner that runs now."""
        if registration.owners == current_owners() and not registration.is_previous:
            self.drop([registration])
            ledger.unindex(registration)
            return
        removal = new_registration(self, self._describe(registration), ABSENT)
        ledger.index(removal)
        self.removals.append(removal)

    def take(self, registrations: Iterable[Registration]) -> None:
        """Put registrations in at their positions."""
        for registration in registrations:
            if registration.value is ABSENT:
                self.removals.append(registration)
                continue
            held = self.registrations
            if not held or held[-1].position <= registration.position:
                held.append(registration)
            else:
                insort(held, registration, key=_position)

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take registrations out."""
        gone = set(map(id, registrations))
        for held in (self.registrations, self.removals):
            held[:] = [one for one in held if id(one) not in gone]

    def put_back(self, registrations: Iterable[Registration]) -> None:
        """Show registrations as they were before a failed run renewed them."""
        known = set(map(id, self.registrations))
        self.registrations += [one for one in registrations if id(one) not in known]
        self.registrations.sort(key=_position)

    def in_force(self, *, for_cell: bool = False) -> list[Registration]:
        """Return the registrations that requests see now.

        Args:
            for_cell: Return those that the running cell sees instead.
        """
        removed = self._find_removed(for_cell=for_cell) if self.removals else ()
        held = [one for one in self.registrations if id(one) not in removed]
        if for_cell:
            return [one for one in held if not one.is_previous]
        return self._overlaid(held) if ledger.run is not None else held

    def _describe(self, registration: Registration) -> Removed:
        """Say which of its owner's a registration is, also once that has run again."""
        identity, number = self.identity(registration.value), 0
        for one in self.registrations:
            if one is registration:
                break
            number += (
                one.owners == registration.owners
                and one.is_previous == registration.is_previous
                and self.identity(one.value) == identity
            )
        return Removed(registration, registration.owners, identity, number)

    def _find_removed(self, *, for_cell: bool) -> set[int]:
        """Return the ids of the registrations that removals take out.

        What a cell takes out stays out when the other cell says it again, as after
        Restart and Run All: where it comes first, and once its run has ended.
        """
        told = [one for one in self.removals if not (for_cell and one.is_previous)]
        removed = {id(one.key.registration) for one in told}
        slots: dict[Any, float] = {}
        for one in told:
            if one.owners and not for_cell:
                key = one.key.owners, one.key.identity, one.key.number
                slots[key] = max(one.slot, slots.get(key, one.slot))
        if slots:
            owners = {key[0] for key in slots}
            counts: dict[Any, int] = {}
            for one in self.registrations:
                if one.owners in owners:
                    what = one.owners, self.identity(one.value)
                    number = counts.get((what, one.is_previous), 0)
                    counts[what, one.is_previous] = number + 1
                    if slots.get((*what, number), -math.inf) > one.slot:
                        removed.add(id(one))
        return removed

    def _overlaid(self, held: list[Registration]) -> list[Registration]:
        """Put what the run registered in the place of what it repeats."""
        if not any(one.is_previous for one in held):
            return held
        runs = ledger.runs()
        repeats: dict[Any, deque[Registration]] = {}
        for one in held:
            if any(one in run.added and one not in run.renewed for run in runs):
                repeats.setdefault(self.identity(one.value), deque()).append(one)
        shown: dict[Registration, None] = {}
        for one in held:
            repeat = repeats.get(self.identity(one.value)) if one.is_previous else None
            shown[repeat.popleft() if repeat else one] = None
        return list(shown)

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Return nothing: without a key, nothing takes another's place."""
        yield from ()


_position = attrgetter("position")
