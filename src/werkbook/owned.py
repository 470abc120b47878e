"""Dicts and lists whose items are registrations: real, mutable, and replaceable.

They are what `app.view_functions`, `app.config` or `app.before_request_funcs[None]`
are. Reading costs what a builtin's costs; each change notes who made it. While a cell
that has registered something here runs again, the container's class is changed to one
that shows the cell's own code the content without the cell's previous run.
"""

from __future__ import annotations

import functools
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from .ownership import current_owners
from .registrations import Home, Registration, in_run, ledger, new_registration


class _Absent:
    """The value of a claim that says: there is nothing under this key."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()


class NoHome:
    """Stands for an app where a container has none."""

    def touch(self, kind: str) -> None:
        """Do nothing."""

    def derive(self, registration: Registration) -> None:
        """Do nothing."""


_NO_HOME = NoHome()


class AtHome:
    """Base of containers: they know their home, and do not keep it alive."""

    kind = ""
    _home: Any = None

    @property
    def home(self) -> Home:
        """What the container belongs to."""
        home = None if self._home is None else self._home()
        return _NO_HOME if home is None else home

    @home.setter
    def home(self, home: Home) -> None:
        self._home = weakref.ref(home)


class Claims(AtHome):
    """Registrations with a key: the newest claim to a key is in force."""

    _claims: dict[Any, list[Registration]]

    def _show(self, key: Any, value: Any) -> None:
        raise NotImplementedError

    def _hide(self, key: Any) -> None:
        raise NotImplementedError

    def _shown(self, key: Any) -> Any:
        raise NotImplementedError

    def _is_plain(self, key: Any) -> bool:
        return key not in self._claims and not current_owners()

    def _set(self, key: Any, value: Any) -> None:
        if self._is_plain(key):
            self._show(key, value)
            self.home.touch(self.kind)
            if getattr(self.home, "has_mounts", False):
                self.home.derive(Registration(self, key, value, ()))
            return
        with ledger.lock:
            registration = self._claim(key, value)
            self._settle_key(key)
            self.home.touch(self.kind)
            self.home.derive(registration)

    def _claim(self, key: Any, value: Any) -> Registration:
        claims = self._claims.get(key)
        if claims is None:
            claims = self._claims[key] = self._base(key)
        registration = new_registration(self, key, value)
        for index, claim in enumerate(claims):
            if claim.owners == registration.owners and not claim.is_previous:
                del claims[index]
                ledger.strike(claim)
                break
        claims.append(registration)
        ledger.enter(registration)
        return registration

    def _base(self, key: Any) -> list[Registration]:
        value = self._shown(key)
        if value is ABSENT:
            return []
        base = Registration(self, key, value, ())
        base.sequence = 0
        return [base]

    def _unset(self, key: Any) -> None:
        if self._is_plain(key):
            self._hide(key)
            self.home.touch(self.kind)
            return
        with ledger.lock:
            owners = current_owners()
            claims = self._claims.setdefault(key, self._base(key))
            for claim in list(claims):
                if claim.owners == owners and not claim.is_previous:
                    claims.remove(claim)
                    ledger.strike(claim)
            if any(claim.value is not ABSENT for claim in claims):
                self._claim(key, ABSENT)
            self._settle_key(key)
            self.home.touch(self.kind)

    def _settle_key(self, key: Any) -> None:
        claims = self._claims.get(key)
        if claims:
            value = claims[-1].value
            if value is not ABSENT:
                self._show(key, value)
                return
        elif claims is not None:
            del self._claims[key]
        self._hide(key)

    def _seen(self, key: Any) -> Any:
        """Return what the running cell sees under a key."""
        claims = self._claims.get(key)
        if claims is None:
            return self._shown(key)
        for claim in reversed(claims):
            if not claim.is_previous:
                return claim.value
        return ABSENT

    def take(self, registrations: Iterable[Registration]) -> None:
        """Put claims back, each at its place in time."""
        for registration in registrations:
            key = registration.key
            claims = self._claims.setdefault(key, self._base(key))
            claims.append(registration)
            claims.sort(key=lambda claim: claim.sequence)
            self._settle_key(key)

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take claims out; what stood below them is in force again."""
        for registration in registrations:
            claims = self._claims.get(registration.key, [])
            if registration in claims:
                claims.remove(registration)
                self._settle_key(registration.key)

    def settle(self) -> None:
        """Nothing to do: each claim is settled as it comes and goes."""

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Find the newest claims of other owners to the same keys that differ."""
        for registration in registrations:
            for claim in reversed(self._claims.get(registration.key, ())):
                if claim.owner != registration.owner and claim.sequence:
                    if claim.value is not registration.value and claim.value is not ABSENT:
                        yield registration, claim
                    break

    def claimant(self, key: Any) -> Registration | None:
        """Return the registration that is in force under a key, if it has one."""
        claims = self._claims.get(key)
        return claims[-1] if claims else None

    def divide(self) -> None:
        """Show the running cell its own content from now on."""
        self.__class__ = _divided(type(self), DividedDict)

    def join(self) -> None:
        """Show everyone the same content again."""
        self.__class__ = getattr(type(self), "_whole_class", type(self))


class OwnedDict(Claims, dict[Any, Any]):
    """A dict whose items are registrations with a key.

    Args:
        kind: What its registrations are called.
        home: The app or blueprint to tell of changes.
        initial: Items that nobody owns.
    """

    def __init__(
        self,
        kind: str = "",
        home: Home | None = None,
        initial: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = (),
    ) -> None:
        dict.__init__(self, initial)
        self.own(kind, home)

    def own(self, kind: str, home: Home | None) -> None:
        """Say what kind of registrations these are, and whose."""
        self.kind = kind
        if home is not None:
            self.home = home
        self._claims = {}

    def _show(self, key: Any, value: Any) -> None:
        dict.__setitem__(self, key, value)

    def _hide(self, key: Any) -> None:
        dict.pop(self, key, None)

    def _shown(self, key: Any) -> Any:
        return dict.get(self, key, ABSENT)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._set(key, value)

    def __delitem__(self, key: Any) -> None:
        if key not in self:
            raise KeyError(key)
        self._unset(key)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the item, after setting it to `default` when there is none."""
        if key not in self:
            self._set(key, default)
        return self[key]

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove an item and return its value, or the default."""
        if key not in self:
            return dict.pop(self, ABSENT, *default) if default else self[key]
        value = self[key]
        self._unset(key)
        return value

    def popitem(self) -> tuple[Any, Any]:
        """Remove and return the last item."""
        for key in reversed(list(self)):
            return key, self.pop(key)
        raise KeyError("popitem(): dictionary is empty")

    def clear(self) -> None:
        """Remove all items."""
        for key in list(self):
            self._unset(key)

    def update(self, *others: Any, **items: Any) -> None:
        """Set many items."""
        for key, value in dict(*others, **items).items():
            self._set(key, value)

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def copy(self) -> dict[Any, Any]:
        """Return a plain dict with the same items."""
        return dict(self.items())

    def __reduce__(self) -> Any:
        return (dict, (dict(self.items()),))


_DictType = TypeVar("_DictType", bound=Claims)


class DividedDict:
    """What the reading methods do while a cell that has claims here runs again."""

    def _content(self: Any) -> dict[Any, Any]:
        content = {key: dict.__getitem__(self, key) for key in dict.keys(self)}
        if not in_run():
            return content
        for key in self._claims:
            value = self._seen(key)
            if value is ABSENT:
                content.pop(key, None)
            else:
                content[key] = value
        return content

    def __getitem__(self: Any, key: Any) -> Any:
        if not in_run():
            return dict.__getitem__(self, key)
        value = self._seen(key)
        if value is ABSENT:
            missing = getattr(self, "__missing__", None)
            if missing is None:
                raise KeyError(key)
            return missing(key)
        return value

    def get(self: Any, key: Any, default: Any = None) -> Any:
        if not in_run():
            return dict.get(self, key, default)
        value = self._seen(key)
        return default if value is ABSENT else value

    def __contains__(self: Any, key: Any) -> bool:
        if not in_run():
            return dict.__contains__(self, key)
        return self._seen(key) is not ABSENT

    def __iter__(self) -> Iterator[Any]:
        return iter(self._content())

    def __len__(self) -> int:
        return len(self._content())

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self._content())

    def __eq__(self, other: object) -> bool:
        return self._content() == other

    def __ne__(self, other: object) -> bool:
        return self._content() != other

    __hash__ = None  # type: ignore[assignment]  # as dict's

    def keys(self) -> Any:
        return self._content().keys()

    def values(self) -> Any:
        return self._content().values()

    def items(self) -> Any:
        return self._content().items()

    def __repr__(self) -> str:
        return repr(self._content())


@functools.cache
def _divided(whole: type, mixin: type) -> type:
    if hasattr(whole, "_whole_class"):
        return whole
    body = {"_whole_class": whole, "__module__": whole.__module__, "__slots__": ()}
    return type(whole.__name__, (mixin, whole), body)


class Entries(AtHome):
    """Registrations without a key, in the order of their owners' first runs."""

    entries: list[Registration]
    removals: list[Registration]

    def identity(self, value: Any) -> Any:
        """Return what tells which of the previous run's entries this one repeats."""
        function = getattr(value, "__func__", value)
        return getattr(function, "__qualname__", None) or type(value)

    def add(self, value: Any, at: tuple[float, float] | None = None) -> Registration:
        """Add an entry of the owner that runs now.

        Args:
            value: What is registered.
            at: Slot and order, where it is not to be the owner's last.
        """
        registration = new_registration(self, None, value)
        if at is not None:
            registration.slot, registration.order = at
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
        """Put entries in at the place that slot and order give them."""
        for registration in registrations:
            if registration.value is ABSENT:
                self.removals.append(registration)
                continue
            entries = self.entries
            place = (registration.slot, registration.order)
            index = len(entries)
            while index and (entries[index - 1].slot, entries[index - 1].order) > place:
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
        run = ledger.run
        if run is None or not any(one.is_previous for one in entries):
            return entries
        repeats: dict[Any, deque[Registration]] = {}
        for one in entries:
            if one in run.added:
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


class OwnedList(Entries, list[Any]):
    """A list whose items are registrations without a key, such as hooks.

    Args:
        kind: What its registrations are called.
        home: The app or blueprint to tell of changes.
        initial: Items that nobody owns.
    """

    def __init__(
        self, kind: str = "", home: Home | None = None, initial: Iterable[Any] = ()
    ) -> None:
        list.__init__(self, initial)
        self.kind = kind
        if home is not None:
            self.home = home
        self.entries = []
        self.removals = []
        self._is_plain = True

    def _own(self) -> None:
        """Make entries of the items that nobody owned so far."""
        if self._is_plain:
            self._is_plain = False
            for value in list.__iter__(self):
                base = Registration(self, None, value, ())
                base.slot = -1.0
                self.entries.append(base)

    def settle(self) -> None:
        """Show again what is in force."""
        if not self._is_plain:
            shown = [one.value for one in self.in_force()]
            list.__setitem__(self, slice(None), shown)

    def _changed(self) -> None:
        self.settle()
        self.home.touch(self.kind)

    def append(self, value: Any) -> None:
        """Add an item after the owner's others."""
        if self._is_plain and not current_owners():
            list.append(self, value)
            self.home.touch(self.kind)
            self._derive_plain(value)
            return
        with ledger.lock:
            self._own()
            registration = self.add(value)
            self._changed()
            self.home.derive(registration)

    def _derive_plain(self, value: Any) -> None:
        if getattr(self.home, "has_mounts", False):
            self.home.derive(Registration(self, None, value, ()))

    def insert(self, index: Any, value: Any) -> None:
        """Add an item before the one at `index`."""
        if self._is_plain and not current_owners():
            list.insert(self, index, value)
            self.home.touch(self.kind)
            self._derive_plain(value)
            return
        with ledger.lock:
            self._own()
            at = self._place_before(int(index))
            registration = self.add(value, at)
            self._changed()
            self.home.derive(registration)

    def _place_before(self, index: int) -> tuple[float, float] | None:
        seen = self.in_force(for_cell=in_run())
        following = seen[index:]
        if not following:
            return None
        after = following[0]
        position = self.entries.index(after)
        before = self.entries[position - 1] if position else None
        if before is None or before.slot != after.slot:
            return after.slot, after.order - 1.0
        return after.slot, (before.order + after.order) / 2

    def extend(self, values: Iterable[Any]) -> None:
        """Add several items."""
        for value in list(values):
            self.append(value)

    def __iadd__(self, values: Iterable[Any]) -> Any:
        self.extend(values)
        return self

    def _hide_at(self, entry: Registration) -> None:
        self.hide(entry)
        self._changed()

    def __delitem__(self, index: Any) -> None:
        if self._is_plain and not current_owners():
            list.__delitem__(self, index)
            self.home.touch(self.kind)
            return
        with ledger.lock:
            self._own()
            seen = self.in_force(for_cell=in_run())
            for entry in seen[index] if isinstance(index, slice) else [seen[index]]:
                self._hide_at(entry)

    def remove(self, value: Any) -> None:
        """Remove the first item that equals `value`."""
        del self[self.index(value)]

    def pop(self, index: Any = -1) -> Any:
        """Remove and return the item at `index`."""
        value = self[index]
        del self[index]
        return value

    def clear(self) -> None:
        """Remove all items."""
        del self[:]

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            if list(self[index]) != list(self):
                raise ValueError("only a whole registration list can be replaced")
            items = list(value)
            self.clear()
            self.extend(items)
            return
        position = range(len(self))[index]
        del self[position]
        self.insert(position, value)

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        """Sort the items."""
        self[:] = sorted(self, key=key, reverse=reverse)

    def reverse(self) -> None:
        """Reverse the items."""
        self[:] = list(self)[::-1]

    def copy(self) -> list[Any]:
        """Return a plain list with the same items."""
        return list(self)

    def __reduce__(self) -> Any:
        return (list, (list(self),))

    def divide(self) -> None:
        """Show the running cell its own content from now on."""
        self.__class__ = _divided(type(self), DividedList)

    def join(self) -> None:
        """Show everyone the same content again."""
        self.__class__ = getattr(type(self), "_whole_class", type(self))


class DividedList:
    """What the reading methods do while a cell that has entries here runs again."""

    def _content(self: Any) -> list[Any]:
        if not in_run():
            return [list.__getitem__(self, i) for i in range(list.__len__(self))]
        return [one.value for one in self.in_force(for_cell=True)]

    def __getitem__(self, index: Any) -> Any:
        return self._content()[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._content())

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self._content())

    def __len__(self) -> int:
        return len(self._content())

    def __contains__(self, value: Any) -> bool:
        return value in self._content()

    def __eq__(self, other: object) -> bool:
        return self._content() == other

    def __ne__(self, other: object) -> bool:
        return self._content() != other

    __hash__ = None  # type: ignore[assignment]  # as list's

    def index(self, *arguments: Any) -> int:
        return self._content().index(*arguments)

    def count(self, value: Any) -> int:
        return self._content().count(value)

    def __repr__(self) -> str:
        return repr(self._content())
