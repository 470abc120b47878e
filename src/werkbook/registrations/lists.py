"""Dicts and lists whose items are registrations: real, mutable, and replaceable.

They are what `app.view_functions`, `app.config` or `app.before_request_funcs[None]`
are. Reading costs what a builtin's costs; each change notes who made it. While a cell
that has registered something here runs again, the container's class is changed to one
that shows the cell's own code the content without the cell's previous run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..homes import ABSENT
from .divided import DividedList, divided, whole_class
from .keyed import Claims
from .ledger import in_run, ledger
from .ordered import Entries
from .owners import current_owners
from .registration import Home, Position, Registration


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

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]  # any mapping
        self.update(other)
        return self

    def copy(self) -> dict[Any, Any]:
        """Return a plain dict with the same items."""
        return dict(self.items())

    def __reduce__(self) -> Any:
        return (dict, (dict(self.items()),))


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
            for number, value in enumerate(list.__iter__(self)):
                base = Registration(self, None, value, ())
                base.position = ((-1.0, number),)
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

    def _place_before(self, index: int) -> Position | None:
        seen = self.in_force(for_cell=in_run())
        following = seen[index:]
        if not following:
            return None
        after = following[0]
        position = self.entries.index(after)
        before = self.entries[position - 1] if position else None
        *shared, (slot, order) = after.position
        same = before.position[: len(shared)] if before is not None else ()
        rest = before.position[len(shared) :] if before is not None else ()
        if same != tuple(shared) or not rest or rest[0][0] != slot:
            return (*shared, (slot, order - 1.0))
        return (*shared, (slot, (rest[0][1] + order) / 2))

    def extend(self, values: Iterable[Any]) -> None:
        """Add several items."""
        for value in list(values):
            self.append(value)

    def __iadd__(self, values: Iterable[Any]) -> Any:  # type: ignore[misc]  # any iterable
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
            self._set_slice(index, list(value))
            return
        position = range(len(self))[index]
        del self[position]
        self.insert(position, value)

    def _set_slice(self, index: slice, values: list[Any]) -> None:
        start, stop, step = index.indices(len(self))
        if step != 1:
            changed = list(self)
            changed[index] = values
            self[:] = changed
            return
        is_at_end = stop >= len(self)
        del self[start : max(start, stop)]
        if is_at_end:
            self.extend(values)
            return
        for position, value in enumerate(values, start):
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
        self.__class__ = divided(type(self), DividedList)

    def join(self) -> None:
        """Show everyone the same content again."""
        self.__class__ = whole_class(self)
