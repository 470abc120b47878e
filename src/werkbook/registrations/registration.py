"""One thing that an app was told, and the containers that hold such things."""

from __future__ import annotations

import itertools
import math
import weakref
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, Protocol

from .owners import Owner, Owners, slots


class Home(Protocol):
    """What a container belongs to: an app, a blueprint, the notebook."""

    def touch(self, kind: str) -> None:
        """Note that a registration of this kind changed: snapshots are stale."""

    def derive(self, registration: Registration) -> None:
        """Make what follows from a new registration elsewhere: where it is mounted."""

    def run_ended(self) -> None:
        """Do what waits for the end of a run that changed something here."""


class Container(Protocol):
    """Holds the registrations of one kind and shows them as a dict or list."""

    kind: str
    home: Home

    def take(self, registrations: Iterable[Registration]) -> None:
        """Put registrations in, new ones or again, each at its own place."""

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take registrations out."""

    def put_back(self, registrations: Iterable[Registration]) -> None:
        """Show registrations as they were before a failed run renewed them."""

    def settle(self) -> None:
        """Show again what is in force."""

    def divide(self) -> None:
        """Let the running cell read the content without its previous run."""

    def join(self) -> None:
        """Let everyone read the same content again."""

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterable[tuple[Registration, Registration]]:
        """Return each of them that takes a place, with whose place it takes."""


class _Absent:
    """The value of a claim which says that there is nothing under its key."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()


class NoHome:
    """The home of a container that belongs to no app."""

    def touch(self, kind: str) -> None:
        """Do nothing."""

    def derive(self, registration: Registration) -> None:
        """Do nothing."""

    def run_ended(self) -> None:
        """Do nothing."""


NO_HOME = NoHome()


class ContainerBase:
    """Base of the containers, which know their home without keeping it alive."""

    kind = ""
    _home: Any = None

    @property
    def home(self) -> Home:
        """What the container belongs to."""
        home = None if self._home is None else self._home()
        return NO_HOME if home is None else home

    @home.setter
    def home(self, home: Home) -> None:
        self._home = weakref.ref(home)


class Registration:
    """One thing an app was told, with its owners.

    Attributes:
        container: What holds it, and gives its kind and home.
        key: Its name among those of its kind; None for hooks.
        value: The view function, hook, setting, ... itself.
        owners: The cells that must all register it for it to live; empty outside
            cells.
        position: Its place among registrations without a key: the slot of its owner
            and the order within the slot. A blueprint's hook has two, of the mount and
            of the hook; where the hook is the later one, it comes first.
        sequence: Rises with time; of the claims to one key the highest is in force.
        is_previous: Whether the cell registered it in its last run, and runs again.
        is_derived: Whether it follows from another one (a blueprint's mount).
        is_lasting: Whether its value stays when the registration goes, owned by
            nobody: what an app was made with, until the app is made anew.
        memo: What its container has worked out about it.
    """

    __slots__ = (
        "__weakref__",
        "_number",
        "_number_before",
        "_owners_before",
        "_position",
        "_sequence",
        "_slot",
        "container",
        "is_derived",
        "is_lasting",
        "is_previous",
        "key",
        "memo",
        "owners",
        "value",
    )

    def __init__(
        self, container: Container, key: Any, value: Any, owners: Owners
    ) -> None:
        self.container = container
        self.key = key
        self.value = value
        self.owners = owners
        self.is_previous = False
        self.is_derived = False
        self.is_lasting = False
        self.memo: Any = None
        # Most have a place and a time of their own: no tuples for thousands of those.
        self._slot: float = slots.find(owners)
        self._number = next(_sequence)
        self._position: Position | None = None
        self._sequence: tuple[float, ...] | None = None
        causes = _causes.get()
        if causes:
            self._follow(causes)

    def _follow(self, causes: tuple[Cause, ...]) -> None:
        """Take place and time of the sources of the innermost cause that has some."""
        for cause in causes:
            self.is_derived |= cause.is_derivation
            cause.made.add(self)
        placed = next((one for one in reversed(causes) if one.sources), None)
        if placed is not None:
            times = [time for source in placed.sources for time in source.sequence]
            self._position = placed.position()
            self._sequence = tuple(sorted(times, reverse=True))

    @property
    def can_go_on(self) -> bool:
        """Whether a cell that says it again may keep it: see `Ledger.renew`."""
        return (
            self.is_previous
            and self._position is None
            and self._sequence is None
            and len(self.owners) == 1
            and not self.is_derived
        )

    def save(self) -> Any:
        """Keep owners and number, and return the value, for `restore`.

        They are kept here: a tuple for each of thousands of registrations would cost
        the garbage collector more than the run itself.
        """
        self._owners_before = self.owners
        self._number_before = self._number
        return self.value

    def renew(self, value: Any, owners: Owners) -> None:
        """Become what the running cell says, as if it were made now."""
        self.value = value
        self.owners = owners
        self._number = next(_sequence)
        self.is_previous = False

    def restore(self, value: Any) -> None:
        """Become again what it was at `save`, which returned the value."""
        self.value = value
        self.owners = self._owners_before
        self._number = self._number_before

    @property
    def position(self) -> Position:
        """Where it stands among registrations without a key."""
        if self._position is None:
            return ((self._slot, self._number),)
        return self._position

    @position.setter
    def position(self, position: Position) -> None:
        self._position = position

    @property
    def number(self) -> int:
        """Rises with each registration that is made or renewed."""
        return self._number

    @property
    def slot(self) -> float:
        """The place of its owner among owners: that of the cell's first run."""
        return self._slot

    @property
    def sequence(self) -> tuple[float, ...]:
        """When it was made, to compare with others."""
        return (self._number,) if self._sequence is None else self._sequence

    @sequence.setter
    def sequence(self, sequence: tuple[float, ...]) -> None:
        self._sequence = sequence

    @property
    def kind(self) -> str:
        """What kind of thing it is: `rule`, `view`, `before_request`..."""
        return self.container.kind

    @property
    def owner(self) -> Owner | None:
        """The cell that registered it; None outside cells."""
        return self.owners[0] if self.owners else None

    @property
    def app(self) -> Any:
        """The app or blueprint it belongs to; None for the notebook's own."""
        return getattr(self.container.home, "registered_for", None)

    @property
    def place(self) -> str:
        """Where it was registered, for messages: `In[5]`, or a file and line."""
        code = getattr(self.value, "__code__", None)
        if self.owners and self.owners[0].label:
            return self.owners[0].label
        return f"{code.co_filename}:{code.co_firstlineno}" if code else "this module"

    def __repr__(self) -> str:
        owner = self.owners[0].label or self.owners[0].id if self.owners else "nobody"
        return f"<Registration {self.kind} {self.key!r} of {owner}>"


class Cause:
    """The cause of what is registered inside a `with` block.

    Args:
        made: Where what is registered is noted.
        is_derivation: Whether that comes and goes with the sources.
        sources: The registrations that it follows from, and which give it its place:
            the one that is repeated, and that of where it is.
        is_last: Whether it comes behind all else that follows from the latter.
    """

    def __init__(
        self,
        made: weakref.WeakSet[Registration],
        *,
        is_derivation: bool = False,
        sources: Iterable[Registration | None] = (),
        is_last: bool = False,
    ) -> None:
        self.made = made
        self._is_last = is_last
        self.is_derivation = is_derivation
        self.sources = [one for one in sources if one is not None and one.owners]

    def position(self) -> Position:
        """Return the place of what follows from the sources.

        What was there before a blueprint was mounted comes into force with the mount,
        in its own order, and what it mounts itself behind that; what is told to the
        blueprint later comes into force then.
        """
        if len(self.sources) == 1:
            return self.sources[0].position
        own, mount = (source.position for source in self.sources)
        if own > mount:
            return own + mount
        return mount + _LAST + own if self._is_last else mount + own

    def __enter__(self) -> None:
        self._token = _causes.set((*_causes.get(), self))

    def __exit__(self, *exception: object) -> None:
        _causes.reset(self._token)


def next_number() -> int:
    """Return a number above those of all registrations so far."""
    return next(_sequence)


_sequence = itertools.count(1)
Position = tuple[tuple[float, float], ...]
_LAST: Position = ((math.inf, 0.0),)
_causes: ContextVar[tuple[Cause, ...]] = ContextVar("werkbook_causes", default=())
find_causes = _causes.get
