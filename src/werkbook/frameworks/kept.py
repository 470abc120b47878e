"""Descriptors that put owned lists and dicts where a framework keeps its own."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from ..registrations.dicts import OwnedDict, put_content
from ..registrations.ledger import ledger
from ..registrations.lists import OwnedList
from ..registrations.made import MadeClaims
from ..registrations.registration import ABSENT, Registration

HOME = "_werkbook_home"
_versions = itertools.count(1)


def look_for_changes() -> None:
    """Look for what no run brings, before a request: a save that holds a cell again."""
    look = ledger.before_request
    if look is not None and ledger.run is None:
        look()


class HeldHome:
    """The home of the containers and attributes of one object of a framework's.

    Attributes:
        version: Rises with each change of anything that is held, in this process.
        own_version: Rises with each change of this object but of its routes.
    """

    version: ClassVar[int] = 0

    def __init__(self, target: Any) -> None:
        self._target = weakref.ref(target)
        self.own_version = 0

    def touch(self, kind: str) -> None:
        """Make stale what was made of the object."""
        HeldHome.version = next(_versions)
        if kind != "route":
            self.own_version += 1
        target = self._target()
        renew = getattr(target, "_werkbook_renew", None)
        if renew is not None:
            renew(kind)

    @property
    def has_mounts(self) -> bool:
        """Whether something may follow from what the object is told."""
        return hasattr(type(self._target()), "_werkbook_derive")

    def derive(self, registration: Registration) -> None:
        """Make what follows: most routers are asked for routes by each request."""
        if self.has_mounts:
            target: Any = self._target()
            target._werkbook_derive(registration)

    def run_ended(self) -> None:
        """Tell the object that a run which changed it has ended."""
        ended = getattr(self._target(), "_werkbook_run_ended", None)
        if ended is not None:
            ended()

    @property
    def registered_for(self) -> Any:
        """The app or router itself."""
        return self._target()


class MadeDict(MadeClaims, OwnedDict):
    """A dict of which a constructor's items stand below what cells put there."""

    lasts_with_made = False

    def own(self, kind: str, home: Any) -> None:
        """Say what kind of registrations these are, and whose."""
        super().own(kind, home)
        self._made = {}

    def is_being_made(self) -> bool:
        """Say whether the object's constructor runs."""
        target: Any = self.home.registered_for  # type: ignore[attr-defined]  # a home of ours
        return bool(target.__dict__.get("_werkbook_is_made_anew"))

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the item; a constructor sets its own where only others have one."""
        if self.is_being_made() and self._seen(key) is ABSENT:
            self._set(key, default)
            return default
        return super().setdefault(key, default)

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take items out; those of the constructor go with its cell, too."""
        OwnedDict.drop(self, registrations)


class Kept:
    """An attribute whose container stays, whatever is assigned to it.

    Args:
        kind: What its registrations are called.
        make: The class of the container.
    """

    def __init__(self, kind: str, make: Any) -> None:
        self.kind = kind
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, target: Any, cls: type) -> Any:
        if target is None:
            return self
        try:
            return target.__dict__[self.name]
        except KeyError:
            raise AttributeError(self.name) from None

    def __set__(self, target: Any, value: Any) -> None:
        held = target.__dict__.get(self.name)
        if held is None:
            held = self._make(self.kind, target.__dict__[HOME])
            target.__dict__[self.name] = held
        if value is held:
            return
        if target.__dict__.get("_werkbook_is_made_anew"):
            self.fill(held, value)
        else:
            self.replace(held, value)

    def adopt(self, target: Any) -> None:
        """Hold what an object has already, owned by nobody."""
        value = target.__dict__.pop(self.name, None)
        if value is not None:
            home = target.__dict__[HOME]
            target.__dict__[self.name] = self._make(self.kind, home, value)

    def fill(self, held: Any, value: Iterable[Any]) -> None:
        """Add what is assigned."""
        held.extend(value)

    def replace(self, held: Any, value: Iterable[Any]) -> None:
        """Take out what is not assigned, and add what is new.

        What is there already keeps its owner: FastHTML assigns all routes again
        whenever one is added.
        """
        given = list(value)
        wanted = set(map(id, given))
        for index in reversed(range(len(held))):
            if id(held[index]) not in wanted:
                del held[index]
        known = set(map(id, held))
        self.fill(held, [one for one in given if id(one) not in known])


class KeptList(Kept):
    """An attribute that is a list."""

    def __init__(self, kind: str, make: Any = OwnedList) -> None:
        super().__init__(kind, make)


class KeptDict(Kept):
    """An attribute that is a dict."""

    def __init__(self, kind: str, make: Any = MadeDict) -> None:
        super().__init__(kind, make)

    def fill(self, held: Any, value: Any) -> None:
        """Add what is assigned."""
        held.update(value)

    def replace(self, held: Any, value: Any) -> None:
        """Hold what is assigned alone, and what later cells say."""
        put_content(held, dict(value))


class KeptState(Kept):
    """An attribute that holds values of anyone's, as `app.state` does.

    Args:
        kind: What its registrations are called.
        values: Where it keeps them.
    """

    def __init__(self, kind: str = "state", values: str = "_state") -> None:
        super().__init__(kind, OwnedDict)
        self._values = values

    def __set__(self, target: Any, value: Any) -> None:
        held = target.__dict__.get(self.name)
        if held is None:
            target.__dict__[self.name] = value
            self.adopt(target)
        elif held is not value:
            getattr(held, self._values).update(getattr(value, self._values))

    def adopt(self, target: Any) -> None:
        """Hold the values that there are, owned by nobody."""
        state = target.__dict__.get(self.name)
        if state is not None:
            given = getattr(state, self._values)
            held = OwnedDict(self.kind, target.__dict__[HOME], given)
            object.__setattr__(state, self._values, held)


def _held_changes() -> int:
    return HeldHome.version


class Renewed:
    """An attribute in which a framework caches what it made of others.

    It is None again once something of what it was made of has changed.

    Args:
        changes: Counts the changes: those of what is held, unless told otherwise.
    """

    def __init__(self, changes: Callable[[], int] = _held_changes) -> None:
        self._changes = changes

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, target: Any, cls: type) -> Any:
        if target is None:
            return self
        value, changes = target.__dict__.get(self.name, (None, None))
        return value if changes == self._changes() else None

    def __set__(self, target: Any, value: Any) -> None:
        target.__dict__[self.name] = value, self._changes()

    def adopt(self, target: Any) -> None:
        """Forget what is cached."""
        target.__dict__.pop(self.name, None)
