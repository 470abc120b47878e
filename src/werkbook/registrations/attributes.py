"""Attributes that are registrations: how requests and cells read and write them.

`app.secret_key = ...` in a cell belongs to the cell. The public attributes of an object
with `OwnedAttributes` are claims, like the items of an owned dict. While a cell that
set some of them runs again, its own code sees the object without them.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

from werkzeug.utils import cached_property

from .dicts import is_assignable, put_content
from .divided import find_whole_class, make_divided_class
from .keyed import Claims
from .layers import (
    LAYERED,
    Layer,
    find_below,
    hold_time,
    put_in_place,
    show_layer,
    take_time,
)
from .ledger import in_run
from .owners import current_owners
from .registration import ABSENT, NO_HOME, Home, Registration, next_number


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

    def take(self, registrations: Iterable[Registration]) -> None:
        """Put claims back; of middleware that returns nobody who wraps knows."""
        back = list(registrations)
        for registration in back:
            if registration.memo is not None:
                hold_time(registration, next_number())
        super().take(back)

    def is_being_made(self) -> bool:
        """Say whether the object's constructor runs, where one is told of."""
        return False

    def claims_to(self, key: str) -> list[Registration]:
        """Return the claims to an attribute, those in force last."""
        return self._claims.get(key, [])

    def _prepare(self, claims: list[Registration], made: Registration) -> None:
        if made.key not in LAYERED:
            return
        put_in_place(claims, made, find_whole_class(self.target))
        if in_run():  # what the cell reads next is what it says, not what is above
            self.divide()
        if made.value is not ABSENT:
            made.memo = Layer(self, made)
            _keep_time(claims, made)
        for claim in claims:
            if claim.owners == made.owners and not claim.is_previous and claim.memo:
                claim.memo.fix(claim.value)

    def _settle_key(self, key: Any) -> None:
        super()._settle_key(key)
        claims = self._claims.get(key) if key in LAYERED else None
        if claims and claims[-1].value is not ABSENT:
            self._show(key, show_layer(claims[-1]))

    def _seen(self, key: Any) -> Any:
        claims = self._claims.get(key) if key in LAYERED else None
        if claims is None:
            return super()._seen(key)
        found = find_below(claims, current_owners())
        return ABSENT if found is None else show_layer(found)

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Find whose attributes these claims take; what wraps takes nothing."""
        return super().rivals([one for one in registrations if one.memo is None])

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


def _keep_time(claims: list[Registration], made: Registration) -> None:
    """Let a layer of a cell that runs again be there since the cell first had it."""
    for claim in claims:
        if claim.owners == made.owners and claim.memo is not None:
            take_time(made, claim)
            return


class OwnedAttributes:
    """Base of objects whose public attributes are registrations."""

    _attributes: AttributeClaims
    _owned_names: frozenset[str] = frozenset()
    """Private attributes that are registrations too: what properties keep."""

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
            or (name[0] == "_" and name not in self._owned_names)
            or claims.target is not self  # a copy, such as a Jinja2 overlay
            or _is_data_descriptor(type(self), name)
        ):
            object.__setattr__(self, name, value)
        elif not current_owners() and name not in claims._claims:
            self.__dict__[name] = value
            self._attribute_changed(name)
        elif current_owners() and is_assignable(self.__dict__.get(name), value):
            put_content(self.__dict__[name], value, is_made=claims.is_being_made())
        else:
            claims._set(name, value)

    def __delattr__(self, name: str) -> None:
        claims = self.__dict__.get("_attributes")
        if (
            claims is None
            or name[0] == "_"
            or name not in self.__dict__  # then Python, or a descriptor, has the error
            or _is_data_descriptor(type(self), name)
        ):
            object.__delattr__(self, name)
        elif name not in claims._claims and _is_cached(type(self), name):
            object.__delattr__(self, name)  # worked out, and said by nobody
            self._attribute_changed(name)
        else:
            claims._unset(name)


class DividedAttributes:
    """Reading an attribute while a cell that set some of them runs again."""

    _owned_names: frozenset[str]

    def __getattribute__(self, name: str) -> Any:
        if (name[0] != "_" or name in type(self)._owned_names) and in_run():
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
    # A cached property is computed once, unless somebody sets a value.
    found = _find_in_class(cls, name)
    return hasattr(type(found), "__set__") and not isinstance(found, cached_property)


def _is_cached(cls: type, name: str) -> bool:
    found = _find_in_class(cls, name)
    return isinstance(found, cached_property | functools.cached_property)


def _find_in_class(cls: type, name: str) -> Any:
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__dict__[name]
    return None
