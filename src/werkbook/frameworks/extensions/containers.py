"""Sets, deques and lists of extensions, whose members are registrations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...registrations.dicts import OwnedDict
from ...registrations.ledger import in_run
from ...registrations.lists import OwnedList
from ...registrations.owners import current_owners
from ...registrations.registration import Registration
from ..kept import HOME, Kept, KeptList


class OwnedSet(OwnedDict):
    """A set whose members are registrations."""

    def add(self, member: Any) -> None:
        """Add a member."""
        self[member] = None

    def discard(self, member: Any) -> None:
        """Remove a member, if it is one."""
        self.pop(member, None)


class KeptSet(Kept):
    """An attribute that is a set."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind, OwnedSet)

    def adopt(self, target: Any) -> None:
        """Hold the members that there are, owned by nobody."""
        members = dict.fromkeys(target.__dict__.pop(self.name, ()))
        held = OwnedSet(self.kind, target.__dict__[HOME], members)
        target.__dict__[self.name] = held

    def fill(self, held: Any, value: Iterable[Any]) -> None:
        """Add what is assigned."""
        for member in value:
            held.add(member)

    def replace(self, held: Any, value: Iterable[Any]) -> None:
        """Hold what is assigned alone."""
        for member in set(held) - set(value):
            held.discard(member)
        self.fill(held, value)


class OwnedQueue(OwnedList):
    """A deque whose items are registrations."""

    def appendleft(self, value: Any) -> None:
        """Add an item in front."""
        self.insert(0, value)


class OwnedPartly(OwnedList):
    """A list of which an object's constructor sees what it adds itself."""

    def in_force(self, *, for_cell: bool = False) -> list[Registration]:
        """Return the registrations that requests see, or who runs now."""
        held = super().in_force(for_cell=for_cell)
        target: Any = self.home.registered_for  # type: ignore[attr-defined]  # ours
        if for_cell and target.__dict__.get("_werkbook_is_made_anew"):
            return [one for one in held if one.owners == current_owners()]
        return held


class KeptPartly(KeptList):
    """An attribute that is such a list."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind, OwnedPartly)

    def fill(self, held: Any, value: Iterable[Any]) -> None:
        """Add what is assigned; a constructor does not see what was there."""
        if in_run():
            held.divide()
        super().fill(held, value)
