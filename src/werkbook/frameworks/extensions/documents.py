"""Documents of an API that an extension makes once: in a notebook, once per change."""

from __future__ import annotations

from typing import Any

from werkzeug.utils import cached_property

from ...registrations.ledger import ledger
from ..kept import Renewed

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
            kept = Renewed(_all_changes)
            kept.__set_name__(cls, name)
            setattr(cls, name, kept)
    return []


def _all_changes() -> int:
    return ledger.changes
