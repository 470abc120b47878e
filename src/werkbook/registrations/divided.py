"""What containers show while a cell that has registrations in them runs again.

The container's class is changed to one that shows the cell's own code the content
without the cell's previous run, and everyone else what requests see.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..homes import ABSENT
from .ledger import in_run

_classes: dict[tuple[type, type], type] = {}


def divided(whole: type, mixin: type) -> Any:
    """Return the class that a container has while a cell runs.

    Args:
        whole: Its own class.
        mixin: Has the reading methods.
    """
    if hasattr(whole, "_whole_class"):
        return whole
    made = _classes.get((whole, mixin))
    if made is None:
        body = {"_whole_class": whole, "__module__": whole.__module__, "__slots__": ()}
        made = _classes[whole, mixin] = type(whole.__name__, (mixin, whole), body)
    return made


def whole_class(target: object) -> Any:
    """Return an object's own class, also while a cell runs that divides it."""
    return getattr(type(target), "_whole_class", type(target))


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


class DividedList:
    """What the reading methods do while a cell that has entries here runs again."""

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
