"""A second class for a container while a cell that has registrations in it runs again.

The second class shows the cell's own code the content without the cell's previous run,
and everyone else what requests see. What it shows stands beside what writes it: in
`dicts`, `lists` and `attributes`.
"""

from __future__ import annotations

from typing import Any

_classes: dict[tuple[type, type], type] = {}


def make_divided_class(whole: type, mixin: type) -> Any:
    """Return the class that a container has while a cell runs.

    Args:
        whole: Its own class.
        mixin: The reading methods of that time.
    """
    if hasattr(whole, "_whole_class"):
        return whole
    made = _classes.get((whole, mixin))
    if made is None:
        body = {"_whole_class": whole, "__module__": whole.__module__, "__slots__": ()}
        made = _classes[whole, mixin] = type(whole.__name__, (mixin, whole), body)
    return made


def find_whole_class(target: object) -> Any:
    """Return an object's own class, also while a cell runs that divides it."""
    return getattr(type(target), "_whole_class", type(target))
