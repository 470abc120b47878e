"""What a `Limiter` is told: its manager is another one when its cell runs again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...registrations.lists import OwnedList
from ..kept import HOME, KeptDict, KeptList
from ..live_classes import Names
from .containers import KeptSet

GROUPS = ("_decorated_limits", "_blueprint_limits", "_endpoint_hints")
"""The attributes of a manager that are dicts of sets, which it adds to."""


class _Addition:
    """What a manager adds to."""

    def __init__(self, limits: OwnedList) -> None:
        self._limits = limits

    def add(self, value: Any) -> None:
        """Add a limit."""
        self._limits.append(value)


class _Groups(dict[str, Any]):
    """The limits by the name of what they hold for."""

    def __init__(self, home: Any, given: Mapping[str, Any]) -> None:
        super().__init__()
        self._home = home
        for name, limits in given.items():
            self[name] = OwnedList("limit", home, limits)

    def setdefault(self, name: str, default: Any = ()) -> Any:
        """Return where the limits of a name are added; each has its owner."""
        if not isinstance(self.get(name), OwnedList):
            self[name] = OwnedList("limit", self._home, self.get(name, default))
        return _Addition(self[name])


class _KeptManager:
    """The attribute `limit_manager`: the next one has the limits of the one before."""

    def __get__(self, target: Any, cls: type) -> Any:
        return self if target is None else target.__dict__.get("limit_manager")

    def __set__(self, target: Any, manager: Any) -> None:
        held = target.__dict__.get("limit_manager")
        target.__dict__["limit_manager"] = manager
        for name in GROUPS:
            groups = getattr(held, name, None)
            if groups is None:
                groups = _Groups(target.__dict__[HOME], getattr(manager, name))
            setattr(manager, name, groups)

    def adopt(self, target: Any) -> None:
        """Hold the limits that there are, owned by nobody."""
        self.__set__(target, target.__dict__.pop("limit_manager"))


def limiter_names() -> Names:
    """Return what the live class of a `Limiter` has beyond private attributes."""
    return {
        "limit_manager": _KeptManager(),
        "_route_exemptions": KeptDict("exempt_view"),
        "_blueprint_exemptions": KeptDict("exempt_blueprint"),
        "_request_filters": KeptList("request_filter"),
        "_marked_for_limiting": KeptSet("limited_view"),
    }
