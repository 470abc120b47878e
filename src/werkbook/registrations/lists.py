"""Lists whose items are registrations: how requests and cells read and write them.

`app.before_request_funcs[None]` is such a list. Reading costs what a builtin's costs;
each change notes who made it. While a cell that has items here runs again, the list has
the class `DividedList` too: the cell's own code reads the content without the cell's
previous run, everyone else what requests see.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from .divided import find_whole_class, make_divided_class
from .ledger import in_run, ledger, new_registration
from .ordered import OrderedRegistrations
from .owners import current_owners
from .registration import Home, Position, Registration


class OwnedList(OrderedRegistrations, list[Any]):
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
        self.registrations = []
        self.removals = []
        self._is_plain = True

    def _own(self) -> None:
        """Make registrations of the items, which nobody owned so far."""
        if self._is_plain:
            self._is_plain = False
            for number, value in enumerate(list.__iter__(self)):
                base = Registration(self, None, value, ())
                base.position = ((-1.0, number),)
                self.registrations.append(base)

    def settle(self) -> None:
        """Show again what is in force."""
        if not self._is_plain:
            shown = [one.value for one in self.in_force()]
            list.__setitem__(self, slice(None), shown)

    def seen_registrations(self) -> list[Registration]:
        """Return the registrations of the items that whoever runs now sees."""
        if self._is_plain:
            return [Registration(self, None, value, ()) for value in self]
        return self.in_force(for_cell=in_run())

    def _changed(self) -> None:
        self.settle()
        self.home.touch(self.kind)

    def append(self, value: Any) -> None:
        """Add an item after its owner's others."""
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
        """Add an item before the one at `index`.

        What a cell puts in front comes before what cells of earlier first runs put
        there, as after Restart and Run All.
        """
        if self._is_plain and not current_owners():
            list.insert(self, index, value)
            self.home.touch(self.kind)
            self._derive_plain(value)
            return
        with ledger.lock:
            self._own()
            registration = self.add(value, self._position_before(int(index), value))
            self._changed()
            self.home.derive(registration)

    def _position_before(self, index: int, value: Any) -> Position | None:
        seen = self.in_force(for_cell=in_run())
        if index == 0 or (index < 0 and not seen[:index]):
            behind = new_registration(self, None, value).position
            return tuple((-slot - 2.0, -number) for slot, number in behind)
        following = seen[index:]
        if not following:
            return None
        after = following[0]
        position = self.registrations.index(after)
        before = self.registrations[position - 1] if position else None
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

    def __delitem__(self, index: Any) -> None:
        if self._is_plain and not current_owners():
            list.__delitem__(self, index)
            self.home.touch(self.kind)
            return
        with ledger.lock:
            self._own()
            seen = self.in_force(for_cell=in_run())
            gone = seen[index] if isinstance(index, slice) else [seen[index]]
            for registration in gone:
                self.hide(registration)
                self._changed()

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
        held = self[start : max(start, stop)]
        left = _find_left(held, values)
        kept = set(map(id, left))
        for position in reversed(range(start, start + len(held))):
            if id(self[position]) not in kept:
                del self[position]
        self._fill(start, left, values, is_in_front=index.stop == 0)

    def _fill(
        self, start: int, left: list[Any], values: list[Any], *, is_in_front: bool
    ) -> None:
        """Put in what of `values`, which begin at `start`, is not there yet."""
        rest = deque(left)
        if start == 0 and (is_in_front or len(self)):
            start = next(
                (at for at, value in enumerate(values) if left and value is left[0]),
                len(values),
            )
            for value in reversed(values[:start]):
                self.insert(0, value)
            values = values[start:]
        for position, value in enumerate(values, start):
            if rest and value is rest[0]:
                rest.popleft()
            elif position < len(self):
                self.insert(position, value)
            else:
                self.append(value)

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
        """Let the running cell read the list without its previous run."""
        self.__class__ = make_divided_class(type(self), DividedList)

    def join(self) -> None:
        """Let everyone read the same items again."""
        self.__class__ = find_whole_class(self)


def _find_left(held: list[Any], values: list[Any]) -> list[Any]:
    """Return which items stay where `values` replace them: those in the same order."""
    wanted = set(map(id, values))
    left = [one for one in held if id(one) in wanted]
    following = iter(values)
    is_ordered = all(any(one is other for other in following) for one in left)
    return left if is_ordered else []


class DividedList:
    """The reading methods of a list while a cell that has items in it runs again."""

    def _content(self: Any) -> list[Any]:
        if not in_run():
            return [list.__getitem__(self, i) for i in range(list.__len__(self))]
        return [one.value for one in self.in_force(for_cell=True)]

    def __getitem__(self, index: Any) -> Any:
        return self._content()[index]

    def __iter__(self: Any) -> Iterator[Any]:
        return iter(self._content())

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(self._content())

    def __len__(self) -> int:
        return len(self._content())

    def __contains__(self, value: Any) -> bool:
        return value in self._content()

    def __eq__(self, other: object) -> bool:
        return bool(self._content() == other)

    def __ne__(self, other: object) -> bool:
        return bool(self._content() != other)

    __hash__ = None  # type: ignore[assignment]  # as list's

    def index(self, *arguments: Any) -> int:
        return self._content().index(*arguments)

    def count(self, value: Any) -> int:
        return self._content().count(value)

    def __repr__(self) -> str:
        return repr(self._content())
