"""One thing that an app was told: a registration, its home and what becomes of it."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, Protocol

from .owners import Owner, Owners


class Slots(dict[str, float]):
    """The places of owners, by id: each keeps the one of its first run."""

    _next = 0

    def of(self, owners: Owners) -> float:
        """Return the place of the first owner, new if need be; nobody's is now."""
        if not owners:
            return self._next - 0.5
        owner_id = owners[0].id
        if owner_id not in self:
            self[owner_id] = self._next
            self._next += 1
        return self[owner_id]


class Home(Protocol):
    """What a container belongs to: an app, a blueprint, the notebook."""

    def touch(self, kind: str) -> None:
        """Note that a registration of this kind changed: snapshots are stale."""

    def derive(self, registration: Registration) -> None:
        """Make what follows from a new registration elsewhere, as in mounts."""

    def run_ended(self) -> None:
        """Do what must wait for the end of a run that changed something here."""


class Container(Protocol):
    """Holds the registrations of one kind and shows them as a dict or list."""

    kind: str
    home: Home

    def take(self, registrations: Iterable[Registration]) -> None:
        """Put registrations (back) in, at the place their numbers give them."""

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take registrations out."""

    def settle(self) -> None:
        """Show again what is in force."""

    def divide(self) -> None:
        """Begin to show a running cell another content than requests."""

    def join(self) -> None:
        """Show everyone the same again."""

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterable[tuple[Registration, Registration]]:
        """Return what takes something from the registration of another, and that."""


class Registration:
    """One thing an app was told, with its owners.

    Attributes:
        container: Where it stands; gives its kind and home.
        key: What names it among its kind, None for hooks.
        value: The thing itself.
        owners: Who must say it for it to live; empty outside cells.
        position: Place among those without a key: the slot of the owner, by its first
            run, and the order within the slot; the latest comes first where several
            things had to be said, as a hook of a blueprint and the blueprint's mount.
        sequence: Rises with time; among claims to one key the highest is in force.
        is_previous: Whether it is of the run before the one that is under way.
        is_derived: Whether it follows from another one (a blueprint's mount).
        is_lasting: Whether its value stays, as nobody's, when it goes: what an app
            was made with, until the app is made anew.
        memo: What its container has worked out about it.
    """

    __slots__ = (
        "__weakref__",
        "container",
        "is_derived",
        "is_lasting",
        "is_previous",
        "key",
        "memo",
        "owners",
        "position",
        "sequence",
        "value",
    )

    def __init__(
        self, container: Container, key: Any, value: Any, owners: Owners
    ) -> None:
        self.container = container
        self.key = key
        self.value = value
        self.owners = owners
        causes = _causes.get()
        self.position, self.sequence = _when(owners, causes)
        self.is_previous = False
        self.is_derived = any(cause.is_derivation for cause in causes)
        self.is_lasting = False
        for cause in causes:
            cause.made.add(self)
        self.memo: Any = None

    @property
    def kind(self) -> str:
        """What kind of thing it is: `rule`, `view`, `before_request`..."""
        return self.container.kind

    @property
    def owner(self) -> Owner | None:
        """Who said it, None outside cells."""
        return self.owners[0] if self.owners else None

    @property
    def app(self) -> Any:
        """The app or blueprint it belongs to; None for the notebook's own."""
        return getattr(self.container.home, "registered_for", None)

    @property
    def place(self) -> str:
        """Where it was said, for messages: `In[5]`, or the view's file and line."""
        code = getattr(self.value, "__code__", None)
        if self.owners and self.owners[0].label:
            return self.owners[0].label
        return f"{code.co_filename}:{code.co_firstlineno}" if code else "this module"

    def __repr__(self) -> str:
        owner = self.owners[0].label or self.owners[0].id if self.owners else "nobody"
        return f"<Registration {self.kind} {self.key!r} of {owner}>"


class Taken:
    """A claim that a cell took over from another owner."""

    __slots__ = ("previous_owner", "registration")

    def __init__(
        self, registration: Registration, previous_owner: Owner | None
    ) -> None:
        self.registration = registration
        self.previous_owner = previous_owner

    def __repr__(self) -> str:
        return f"<Taken {self.registration!r} from {self.previous_owner!r}>"


class Changes:
    """What the end of a run, a deletion or a return changed.

    Attributes:
        owner: The cell.
        registered: What it registered.
        removed: What it no longer says.
        taken: What it took over from other cells.
        is_rolled_back: Whether the run failed, so that nothing changed.
    """

    def __init__(
        self,
        owner: Owner | None = None,
        registered: Iterable[Registration] = (),
        removed: Iterable[Registration] = (),
        taken: Iterable[Taken] = (),
        is_rolled_back: bool = False,
    ) -> None:
        self.owner = owner
        self.registered = list(registered)
        self.removed = list(removed)
        self.taken = list(taken)
        self.is_rolled_back = is_rolled_back

    def __bool__(self) -> bool:
        return bool(self.registered or self.removed)


class caused_by:
    """Note what is registered inside the block, because of one thing.

    Args:
        made: Where it is noted.
        is_derivation: Whether it goes and comes with what it follows from.
        sources: The registrations that it follows from, and which give it its place.
    """

    def __init__(
        self,
        made: weakref.WeakSet[Registration],
        *,
        is_derivation: bool = False,
        sources: Iterable[Registration | None] = (),
    ) -> None:
        self.made = made
        self.is_derivation = is_derivation
        self.sources = [one for one in sources if one is not None and one.owners]

    def __enter__(self) -> None:
        self._token = _causes.set((*_causes.get(), self))

    def __exit__(self, *exception: object) -> None:
        _causes.reset(self._token)


def _when(
    owners: Owners, causes: tuple[caused_by, ...]
) -> tuple[Position, tuple[int, ...]]:
    """Return position and sequence: now, or when the last of the causes was said."""
    sources = next((one.sources for one in reversed(causes) if one.sources), None)
    if sources is None:
        number = next(_sequence)
        return ((slots.of(owners), float(number)),), (number,)
    places = [place for source in sources for place in source.position]
    times = [time for source in sources for time in source.sequence]
    return (
        tuple(sorted(places, reverse=True)),
        tuple(sorted(times, reverse=True)),
    )


_sequence = itertools.count(1)
Position = tuple[tuple[float, float], ...]
_causes: ContextVar[tuple[caused_by, ...]] = ContextVar("werkbook_causes", default=())
slots = Slots()
