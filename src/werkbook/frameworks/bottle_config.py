"""The config and the attributes of Bottle's apps, whose values are registrations."""

from __future__ import annotations

import weakref
from functools import cache
from typing import Any

from ..registrations.attributes import OwnedAttributes
from ..registrations.dicts import DividedDict
from ..registrations.divided import find_whole_class, make_divided_class
from ..registrations.ledger import in_run
from ..registrations.made import MadeClaims
from ..registrations.registration import ABSENT
from .kept import HOME, Kept


class KeptConfig(Kept):
    """The attribute `config` of an app.

    Args:
        config_class: Bottle's class for it.
    """

    def __init__(self, config_class: Any) -> None:
        super().__init__("config", _make_live_class(config_class))

    def __set__(self, target: Any, value: Any) -> None:
        held = target.__dict__.get(self.name)
        if held is None:
            held = target.__dict__[self.name] = self._make(target.__dict__[HOME], value)
        if value is held:
            return
        if target.__dict__.get("_werkbook_is_made_anew"):
            held._change_listener.clear()  # the constructor adds its own again
        else:
            held.update({key: value[key] for key in value})

    def adopt(self, target: Any) -> None:
        """Hold what an app has already, owned by nobody."""
        value = target.__dict__.pop(self.name)
        target.__dict__[self.name] = self._make(target.__dict__[HOME], value)


@cache
def _make_live_class(config_class: Any) -> Any:
    """Return the class of the config of live apps; Bottle's own does the showing."""

    class LiveConfig(MadeClaims, config_class):  # type: ignore[misc]  # known when held
        """The settings of one app, each with its owner."""

        def __init__(self, home: Any, value: Any) -> None:
            super().__init__()
            self.home, self.kind, self._claims, self._made = home, "config", {}, {}
            self._meta = value._meta
            self._change_listener += value._change_listener
            self._overlays += value._overlays
            self._virtual_keys |= value._virtual_keys
            self._source = value._source
            if self._source is not None:
                self._source._overlays.append(weakref.ref(self))
            for overlay in self._iter_overlays():
                overlay._source = self
            dict.update(self, value)

        def is_being_made(self) -> bool:
            target = self.home.registered_for  # type: ignore[attr-defined]
            return bool(target.__dict__.get("_werkbook_is_made_anew"))

        def _shown(self, key: Any) -> Any:
            return dict.get(self, key, ABSENT)

        def _show(self, key: Any, value: Any) -> None:
            # Bottle's code looks at what requests see, not at what the cell sees.
            seen_class, self.__class__ = self.__class__, find_whole_class(self)
            try:
                config_class.__setitem__(self, key, value)
                # A route of the running cell has not what the cell did not see; and
                # Bottle tells routes of a value only where it is another one.
                for overlay in self._iter_overlays():
                    overlay._set_virtual(key, dict.__getitem__(self, key))
            finally:
                self.__class__ = seen_class

        def _hide(self, key: Any) -> None:
            if dict.__contains__(self, key) and key not in self._virtual_keys:
                seen_class, self.__class__ = self.__class__, find_whole_class(self)
                try:
                    config_class.__delitem__(self, key)
                finally:
                    self.__class__ = seen_class

        def __setitem__(self, key: Any, value: Any) -> None:
            if not isinstance(key, str):
                raise TypeError(f"Key has type {type(key)!r} (not a string)")
            self._set(key, value)

        def __delitem__(self, key: Any) -> None:
            if key not in self:
                raise KeyError(key)
            if key in self._virtual_keys:
                raise KeyError(f"Virtual keys cannot be deleted: {key}")
            self._unset(key)

        def divide(self) -> None:
            self.__class__ = make_divided_class(type(self), DividedDict)

        def join(self) -> None:
            self.__class__ = find_whole_class(self)

    return LiveConfig


def set_attribute(app: Any, name: str, value: Any, plain: Any) -> None:
    """Set an attribute as Bottle does: once, as far as the running cell knows.

    Args:
        app: The live app.
        name: The attribute.
        value: Its value.
        plain: Bottle's class, which refuses a name that is taken.
    """
    claims = app.__dict__["_attributes"]
    is_claimed = name in claims._claims and in_run()
    seen = claims._seen(name) if is_claimed else app.__dict__.get(name, ABSENT)
    if seen is not ABSENT and name[0] != "_":
        plain.__setattr__(app, name, value)
    else:
        OwnedAttributes.__setattr__(app, name, value)
