"""The class that a framework's app has while it is live, and how it becomes one.

A class of a framework's makes objects of a class of ours that derives from it: with
the same name and methods, with owned containers, and with attributes that are
registrations. The n-th of a cell is the same object when the cell runs again (law L4).
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from ..live.instances import become, find_or_make
from ..registrations.attributes import OwnedAttributes
from ..registrations.ledger import ledger
from ..registrations.made import MadeAttributeClaims
from ..registrations.registration import ABSENT, Cause, Registration
from .kept import HOME, HeldHome

Names = Mapping[str, Any]
MakeNames = Callable[[type], Names]

_holders: dict[type, Holder] = {}
_live_classes: dict[type, type] = {}
_being_made: ContextVar[Any] = ContextVar("werkbook_being_made", default=None)


class Holder:
    """How the objects of one class of a framework's, and of its subclasses, are held.

    Args:
        family: What is counted within a cell, see `APPS`: of one framework, since an
            object can't become one of another framework's.
        make_names: Called with a class; returns what the live class has beyond it.
        base: The class of ours that the live class has, too.
        find_part: Called with what makes an object in its constructor, and the call's
            options; returns the attribute in which that keeps it, if it is a part of
            its own. Parts are not counted.
        module: The module whose objects make others of the class for themselves, which
            are counted by themselves.
    """

    def __init__(
        self,
        family: str,
        make_names: MakeNames,
        base: type | None = OwnedAttributes,
        find_part: Callable[[Any, dict[str, Any]], str | None] | None = None,
        module: str | None = None,
    ) -> None:
        self.family = family
        self.make_names = make_names
        self.base = base
        self.find_part = find_part
        self.module = module


def hold_class(cls: type, holder: Holder) -> type:
    """Let a class make live objects from now on, while apps are live."""
    if cls in _holders:
        _holders[cls] = holder
        return cls
    _holders[cls] = holder
    constructor: Any = cls.__new__

    def new(kind: Any, /, *arguments: Any, **options: Any) -> Any:
        if not ledger.is_live or hasattr(kind, "_werkbook_plain_class"):
            is_plain = constructor is object.__new__
            return constructor(kind) if is_plain else constructor(kind, *arguments)
        maker, live_class = _being_made.get(), make_live_class(kind)
        if holder.find_part is not None and maker is not None:
            name = holder.find_part(maker, options)
            if name is not None:
                return _find_or_make_part(maker, name, live_class)
        is_inner = sys._getframe(1).f_globals.get("__name__") == holder.module
        family = f"inner {holder.family}" if is_inner else holder.family
        return find_or_make(live_class, family)

    cls.__new__ = new  # type: ignore[method-assign]  # the seam
    return cls


def _find_or_make_part(maker: Any, name: str, live_class: type) -> Any:
    """Return what an object has made for itself before, or a new one."""
    part = maker.__dict__.get(name)
    if getattr(part, "_werkbook_is_part", False) and become(part, live_class):
        return part
    part = object.__new__(live_class)
    part.__dict__["_werkbook_is_part"] = True
    return part


def find_holder(cls: type) -> Holder:
    """Return how the objects of a class are held."""
    return next(_holders[base] for base in cls.__mro__ if base in _holders)


def make_live_class(cls: type) -> type:
    """Return the class of the live objects of a class; the same one each time."""
    made = _live_classes.get(cls)
    if made is None:
        holder = find_holder(cls)
        bases = (cls,) if holder.base is None else (holder.base, cls)
        names = {
            "__module__": cls.__module__,
            "__qualname__": cls.__qualname__,
            "__doc__": cls.__doc__,
            "__init__": _make_init(cls),
            "_werkbook_plain_class": cls,
            **holder.make_names(cls),
        }
        made = _live_classes[cls] = type(cls)(cls.__name__, bases, names)
    return made


def _make_init(cls: type) -> Callable[..., None]:
    construct: Any = cls.__init__  # type: ignore[misc]  # as it is now

    def init(self: Any, *arguments: Any, **options: Any) -> None:
        with ledger.lock:
            prepare(self)
            made: weakref.WeakSet[Registration] = weakref.WeakSet()
            token = _being_made.set(self)
            self.__dict__["_werkbook_is_made_anew"] = True
            try:
                with Cause(made):
                    construct(self, *arguments, **options)
            finally:
                self.__dict__["_werkbook_is_made_anew"] = False
                _being_made.reset(token)
            for registration in made:
                # What an extension's object tells a Flask app is the cell's.
                home = registration.container.home
                registration.is_lasting = isinstance(home, HeldHome)
            self.__dict__[HOME].touch("attribute")

    init.__wrapped__ = construct  # type: ignore[attr-defined]  # for inspect
    return init


def prepare(target: Any) -> None:
    """Give an object a home and, where its class has them, owned attributes."""
    if HOME in target.__dict__:
        return
    home = target.__dict__[HOME] = HeldHome(target)
    _own_attributes(target, home)


def _own_attributes(target: Any, home: HeldHome) -> None:
    if isinstance(target, OwnedAttributes):
        target.__dict__["_attributes"] = HeldAttributeClaims(target, home, "attribute")


class HeldAttributeClaims(MadeAttributeClaims):
    """Claims to the attributes of a framework's object.

    What the cell that made it sets then stays when the cell goes, as what it was made
    with does: frameworks set all of them in the constructor.
    """

    lasts_with_made = True

    def is_being_made(self) -> bool:
        """Say whether the object's constructor runs."""
        return bool(self.target.__dict__.get("_werkbook_is_made_anew"))

    def _seen(self, key: Any) -> Any:
        """Return what the running cell sees; others may join it."""
        value = super()._seen(key)
        kept: Any = getattr(type(self.target), key, None)
        is_joined = hasattr(kept, "join") and value is not ABSENT
        return kept.join(self.target, value) if is_joined else value

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Find what takes another's place; an included router's lifespan joins it."""
        told = [
            one
            for one in registrations
            if not one.is_lasting and not self._is_merged(one.key)
        ]
        yield from super().rivals(told)

    def _is_merged(self, key: Any) -> bool:
        """Say whether `include_router` sets it, in versions that copy routes."""
        kept: Any = getattr(type(self.target), key, None)
        includes = hasattr(self.target, "include_router")
        return key == "lifespan_context" and includes and not hasattr(kept, "join")


def adopt(thing: Any) -> None:
    """Make an object live that was made before; what it holds is owned by nobody."""
    cls = type(thing)
    if hasattr(cls, "_werkbook_plain_class"):
        return
    live_class = make_live_class(cls)
    for part in getattr(live_class, "_werkbook_parts", ()):
        adopt(getattr(thing, part))
    thing.__dict__[HOME] = home = HeldHome(thing)
    for name in dir(live_class):
        kept: Any = live_class.__dict__.get(name)
        if hasattr(kept, "adopt"):
            kept.adopt(thing)
    object.__setattr__(thing, "__class__", live_class)
    _own_attributes(thing, home)
