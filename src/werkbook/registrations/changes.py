"""What a cell's run, deletion or return changed, for those who show it."""

from __future__ import annotations

from collections.abc import Iterable

from .owners import Owner
from .registration import Registration


class Takeover:
    """A claim that a cell took over from another owner."""

    __slots__ = ("previous_owner", "registration")

    def __init__(
        self, registration: Registration, previous_owner: Owner | None
    ) -> None:
        self.registration = registration
        self.previous_owner = previous_owner

    def __repr__(self) -> str:
        return f"<Takeover {self.registration!r} from {self.previous_owner!r}>"


class Changes:
    """What the end of a run, a deletion or its undoing changed.

    Attributes:
        owner: The cell.
        registered: What it registered.
        removed: What it registers no longer.
        taken: What it took over from other cells.
        is_rolled_back: Whether the run failed, so that nothing changed; `registered`
            then has what it would have registered.
    """

    def __init__(
        self,
        owner: Owner | None = None,
        registered: Iterable[Registration] = (),
        removed: Iterable[Registration] = (),
        taken: Iterable[Takeover] = (),
        is_rolled_back: bool = False,
    ) -> None:
        self.owner = owner
        self.registered = list(registered)
        self.removed = list(removed)
        self.taken = list(taken)
        self.is_rolled_back = is_rolled_back

    def __bool__(self) -> bool:
        return bool(self.registered or self.removed)
