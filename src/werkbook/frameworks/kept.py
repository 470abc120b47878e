"""Descriptors that put owned lists and dicts where a framework keeps its own."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any, ClassVar

from ..registrations.dicts import OwnedDict
from ..registrations.lists import OwnedList
from ..registrations.registration import Registration

HOME = "_werkbook_home"


class HeldHome:
    """The home of the containers and attributes of one object of a framework's.

    Attributes:
        version: Rises with each change of anything that is held, in this process.
        own_version: Rises with each change of this object but of its routes.
    """

    version: ClassVar[int] = 0
    has_mounts = False

    def __init__(self, target: Any) -> None:
        self._target = weakref.ref(target)
        self.own_version = 0

    def touch(self, kind: str) -> None:
        """Make stale what was made of the object."""
        HeldHome.version += 1
        if kind != "route":
            self.own_version += 1
        target = self._target()
        renew = getattr(target, "_werkbook_renew", None)
        if renew is not None:
            renew(kind)

    def derive(self, registration: Registration) -> None:
        """Do nothing: routers are asked for their routes when a request comes."""

    def run_ended(self) -> None:
        """Tell the object that a run which changed it has ended."""
        ended = getattr(self._target(), "_werkbook_run_ended", None)
        if ended is not None:
            ended()

    @property
    def registered_for(self) -> Any:
        """The app or router itself."""
        return self._target()


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
        if not target.__dict__.get("_werkbook_is_made_anew"):
            held.clear()
        self.fill(held, value)

    def adopt(self, target: Any) -> None:
        """Hold what an object has already, owned by nobody."""
        value = target.__dict__.pop(self.name, None)
        if value is not None:
            home = target.__dict__[HOME]
            target.__dict__[self.name] = self._make(self.kind, home, value)

    def fill(self, held: Any, value: Iterable[Any]) -> None:
        """Add what is assigned."""
        held.extend(value)


class KeptList(Kept):
    """An attribute that is a list."""

    def __init__(self, kind: str, make: Any = OwnedList) -> None:
        super().__init__(kind, make)


class KeptDict(Kept):
    """An attribute that is a dict."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind, OwnedDict)

    def fill(self, held: Any, value: Any) -> None:
        """Add what is assigned."""
        held.update(value)


class KeptState(Kept):
    """An attribute that holds values of anyone's, as `app.state` does."""

    def __init__(self) -> None:
        super().__init__("state", OwnedDict)

    def __set__(self, target: Any, value: Any) -> None:
        held = target.__dict__.get(self.name)
        if held is None:
            target.__dict__[self.name] = value
            self.adopt(target)
        elif held is not value:
            held._state.update(value._state)

    def adopt(self, target: Any) -> None:
        """Hold the values that there are, owned by nobody."""
        state = target.__dict__.get(self.name)
        if state is not None:
            held = OwnedDict(self.kind, target.__dict__[HOME], state._state)
            object.__setattr__(state, "_state", held)


class Renewed:
    """An attribute in which a framework caches what it made of the others."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, target: Any, cls: type) -> Any:
        if target is None:
            return self
        value, version = target.__dict__.get(self.name, (None, None))
        return value if version == HeldHome.version else None

    def __set__(self, target: Any, value: Any) -> None:
        target.__dict__[self.name] = value, HeldHome.version

    def adopt(self, target: Any) -> None:
        """Forget what is cached."""
        target.__dict__.pop(self.name, None)
