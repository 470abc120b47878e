"""Attributes that are registrations: how requests and cells read and write them.

`app.secret_key = ...` in a cell belongs to the cell. The public attributes of an object
with `OwnedAttributes` are claims, like the items of an owned dict. While a cell that
set some of them runs again, its own code sees the object without them.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

from .divided import find_whole_class, make_divided_class
from .keyed import Claims
from .ledger import in_run
from .owners import current_owners
from .registration import ABSENT, NO_HOME, Home, Registration


class AttributeClaims(Claims):
    """The claims to one object's attributes, shown in its instance dict."""

    def __init__(self, target: Any, home: Home, kind: str) -> None:
        self._target = weakref.ref(target)
        self.home = home
        self.kind = kind
        self._claims = {}

    @property
    def target(self) -> Any:
        """The object whose attributes these are."""
        return self._target()

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take claims out; what the object was made with stays, owned by nobody."""
        gone = list(registrations)
        super().drop(gone)
        for registration in gone:
            if registration.is_lasting and registration.key not in self._claims:
                self._show(registration.key, registration.value)

    def keep(self) -> None:
        """Let what the running cell just set outlast the cell."""
        owners = current_owners()
        for claims in self._claims.values():
            if claims and claims[-1].owners == owners and not claims[-1].is_previous:
                claims[-1].is_lasting = True

    def _show(self, key: Any, value: Any) -> None:
        self._shown_in()[key] = value

    def _hide(self, key: Any) -> None:
        self._shown_in().pop(key, None)

    def _shown(self, key: Any) -> Any:
        return self._shown_in().get(key, ABSENT)

    def _shown_in(self) -> dict[str, Any]:
        # The claims of an object can outlive it in the ledger.
        target = self.target
        return {} if target is None else target.__dict__

    def divide(self) -> None:
        """Let the running cell read the attributes without its previous run."""
        target = self.target
        if target is not None:
            whole = make_divided_class(type(target), DividedAttributes)
            object.__setattr__(target, "__class__", whole)

    def join(self) -> None:
        """Let everyone read the same attributes again."""
        target = self.target
        if target is not None:
            object.__setattr__(target, "__class__", find_whole_class(target))


class OwnedAttributes:
    """Base of objects whose public attributes are registrations."""

    _attributes: AttributeClaims

    def own_attributes(self, home: Home | None = None, kind: str = "attribute") -> None:
        """Note from now on who sets what; nobody owns what was set before."""
        self.__dict__["_attributes"] = AttributeClaims(self, home or NO_HOME, kind)

    def _attribute_changed(self, name: str) -> None:
        claims = self.__dict__["_attributes"]
        claims.home.touch(claims.kind)

    def __setattr__(self, name: str, value: Any) -> None:
        claims = self.__dict__.get("_attributes")
        if (
            claims is None
            or name[0] == "_"
            or claims.target is not self  # a copy, such as a Jinja2 overlay
            or _is_data_descriptor(type(self), name)
        ):
            object.__setattr__(self, name, value)
        elif not current_owners() and name not in claims._claims:
            self.__dict__[name] = value
            self._attribute_changed(name)
        else:
            claims._set(name, value)

    def __delattr__(self, name: str) -> None:
        claims = self.__dict__.get("_attributes")
        if claims is None or name[0] == "_" or _is_data_descriptor(type(self), name):
            object.__delattr__(self, name)
            return
        if name not in self.__dict__:
            raise AttributeError(name)
        claims._unset(name)


class DividedAttributes:
    """Reading an attribute while a cell that set some of them runs again."""

    def __getattribute__(self, name: str) -> Any:
        if name[0] != "_" and in_run():
            claims = object.__getattribute__(self, "_attributes")
            if name in claims._claims:
                value = claims._seen(name)
                if value is not ABSENT:
                    return value
                return _class_attribute(self, name)
        return object.__getattribute__(self, name)


def _class_attribute(target: object, name: str) -> Any:
    for base in type(target).__mro__:
        if name in base.__dict__:
            found = base.__dict__[name]
            getter = getattr(type(found), "__get__", None)
            return found if getter is None else getter(found, target, type(target))
    raise AttributeError(
        f"{type(target).__name__!r} object has no attribute {name!r}",
        name=name,
        obj=target,
    )


def _is_data_descriptor(cls: type, name: str) -> bool:
    for base in cls.__mro__:
        if name in base.__dict__:
            return hasattr(type(base.__dict__[name]), "__set__")
    return False
