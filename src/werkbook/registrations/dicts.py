"""Dicts whose items are registrations: how requests and cells read and write them.

`app.view_functions` and `app.config` are such dicts. Reading costs what a builtin's
costs; each change notes who made it. While a cell that has items here runs again, the
dict has the class `DividedDict` too: the cell's own code reads the content without the
cell's previous run, everyone else what requests see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .divided import find_whole_class, make_divided_class
from .keyed import Claims
from .ledger import in_run
from .owners import current_owners, slots
from .registration import ABSENT, ContainerBase, Home, Registration


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

    def seen_registrations(self) -> list[Registration]:
        """Return the registrations of the items that whoever runs now sees."""
        return [
            self.claimant(key) or Registration(self, key, value, ())
            for key, value in self.items()
        ]

    def copy(self) -> dict[Any, Any]:
        """Return a plain dict with the same items."""
        return dict(self.items())

    def __reduce__(self) -> Any:
        return (dict, (dict(self.items()),))

    def put_below(self, given: Mapping[Any, Any]) -> dict[Any, Any]:
        """Change what stands below all that cells say, and return what stood there."""
        bases = {
            key: claims[0]
            for key, claims in self._claims.items()
            if claims and not claims[0].sequence
        }
        before = {k: v for k, v in dict.items(self) if k not in self._claims}
        before |= {key: base.value for key, base in bases.items()}
        for key in {**before, **given}:
            if key not in self._claims:
                (self._show(key, given[key]) if key in given else self._hide(key))
                continue
            claims = self._claims[key] = [
                one for one in self._claims[key] if one is not bases.get(key)
            ]
            if key in given:
                base = Registration(self, key, given[key], ())
                base.sequence = ()
                claims.insert(0, base)
            self._settle_key(key)
        self.home.touch(self.kind)
        return before

    def divide(self) -> None:
        """Let the running cell read the dict without its previous run."""
        self.__class__ = make_divided_class(type(self), DividedDict)

    def join(self) -> None:
        """Let everyone read the same items again."""
        self.__class__ = find_whole_class(self)


class CellOrderedDict(OwnedDict):
    """An owned dict whose order says something: it is read as Run All would fill it.

    An item stands where the first cell that has a claim to it puts it, whenever that
    cell ran.
    """

    def _in_order(self) -> dict[Any, Any]:
        items = list(dict.items(self))
        return dict(sorted(items, key=self._place) if self._claims else items)

    def _place(self, item: tuple[Any, Any]) -> tuple[float, int]:
        claims = self._claims.get(item[0], ())
        return min(((one.slot, one.number) for one in claims), default=(-1.0, 0))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._in_order())

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(self._in_order())

    def keys(self) -> Any:
        """Return the keys in Run All's order."""
        return self._in_order().keys()

    def values(self) -> Any:
        """Return the values in Run All's order."""
        return self._in_order().values()

    def items(self) -> Any:
        """Return the items in Run All's order."""
        return self._in_order().items()

    def __repr__(self) -> str:
        return repr(self._in_order())

    def divide(self) -> None:
        """Let the running cell read the dict without its previous run, in order."""
        self.__class__ = make_divided_class(type(self), DividedOrderedDict)


class DividedDict:
    """The reading methods of a dict while a cell that has items in it runs again."""

    def _held(self: Any) -> Any:
        return {key: dict.__getitem__(self, key) for key in dict.keys(self)}

    def _content(self: Any) -> dict[Any, Any]:
        content: dict[Any, Any] = self._held()
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

    def __iter__(self: Any) -> Iterator[Any]:
        return iter(self._content())

    def __len__(self) -> int:
        return len(self._content())

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(self._content())

    def __eq__(self, other: object) -> bool:
        return bool(self._content() == other)

    def __ne__(self, other: object) -> bool:
        return bool(self._content() != other)

    __hash__ = None  # type: ignore[assignment]  # as dict's

    def keys(self) -> Any:
        return self._content().keys()

    def values(self) -> Any:
        return self._content().values()

    def items(self) -> Any:
        return self._content().items()

    def __repr__(self) -> str:
        return repr(self._content())


class DividedOrderedDict(DividedDict):
    """The reading methods of a `CellOrderedDict` while such a cell runs again."""

    def _held(self: Any) -> Any:
        return self._in_order()


def is_assignable(held: Any, value: Any) -> bool:
    """Say whether a value is one that a container can hold the content of."""
    kind = dict if isinstance(held, dict) else list
    is_container = isinstance(held, ContainerBase) and isinstance(held, kind)
    return is_container and isinstance(value, kind)


def put_content(held: Any, given: Any, *, is_made: bool = False) -> None:
    """Let a container hold what is assigned; what it has of that keeps its owner.

    The container stays, so that what cells add to it later is theirs as before.

    Args:
        held: The container: a list, a dict, or a dict of containers.
        given: A list or a dict.
        is_made: Whether an object's constructor gives it: it takes nothing out.
    """
    if given is held:
        return
    if isinstance(held, list):
        own = slots.find(current_owners())
        kept = [
            one.value
            for one in held.seen_registrations()  # type: ignore[attr-defined]  # ours
            if is_made or one.slot > own  # which comes later, after Run All
        ]
        known = set(map(id, given))
        held[:] = [*given, *(one for one in kept if id(one) not in known)]
        return
    for key in [] if is_made else [key for key in held if key not in given]:
        if not isinstance(held, OwnedDict):
            put_content(held[key], [] if isinstance(held[key], list) else {})
        elif not _comes_later(held, key):
            del held[key]
    for key, value in dict(given).items():
        if not isinstance(held, OwnedDict):
            put_content(held[key], value, is_made=is_made)
        elif key not in held or held[key] is not value:
            held[key] = value


def _comes_later(held: OwnedDict, key: Any) -> bool:
    """Say whether a later cell says it: after Run All it would be there."""
    claim = held.seen_claim(key)
    return claim is not None and claim.slot > slots.find(current_owners())
