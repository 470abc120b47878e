"""Documents of an API that an extension makes once: in a notebook, once per change."""

from __future__ import annotations

from typing import Any

from werkzeug.utils import cached_property

from ...registrations.ledger import ledger

CACHES = {
    "apiflask.app": ("APIFlask", ["_spec"]),
    "flask_restx.api": ("Api", ["_schema", "__schema__"]),
}
"""By module: the class, and the attributes that keep its document."""


def hold_document(module: Any) -> list[type]:
    """Let the objects of one of the modules of `CACHES` forget what is no longer so."""
    class_name, names = CACHES[module.__name__]
    cls = getattr(module, class_name)
    for name in names:
        found = cls.__dict__.get(name)
        if isinstance(found, cached_property):  # which another attribute is behind
            setattr(cls, name, property(found.fget))
        else:
            setattr(cls, name, _RenewedDocument(name))
    return []


class _RenewedDocument:
    """An attribute that is None again once a cell has changed something."""

    def __init__(self, name: str) -> None:
        self._key = f"_werkbook{name}"

    def __get__(self, target: Any, cls: type) -> Any:
        if target is None:
            return self
        value, changes = target.__dict__.get(self._key, (None, None))
        return value if changes == ledger.changes else None

    def __set__(self, target: Any, value: Any) -> None:
        target.__dict__[self._key] = value, ledger.changes
