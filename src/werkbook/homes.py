"""Where containers of registrations belong: to an app, a blueprint or the notebook."""

from __future__ import annotations

import weakref
from typing import Any

from .registrations.registration import Home, Registration


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

    def run_ended(self) -> None:
        """Do nothing."""


NO_HOME = NoHome()


class AtHome:
    """Base of containers: they know their home, and do not keep it alive."""

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
