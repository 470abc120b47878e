"""Who owns what is registered now: the outermost cell that runs, or nobody.

Owners travel in a context variable, so request threads and other tasks own nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Owner:
    """A cell, or an imported module, to which registrations belong.

    Equal by `id` alone.

    Args:
        id: The cell's lasting identity; the hash of its source where a front end
            gives none; `module:NAME` for a module.
        label: What people see, such as `In[5]`.
        is_approximate: Whether `id` is a hash of the source, so that an edited
            cell counts as another one.
    """

    id: str
    label: str = field(default="", compare=False)
    is_approximate: bool = field(default=False, compare=False)


Owners = tuple[Owner, ...]
"""The first owns; the registration lives only while all of them say it."""

_owners: ContextVar[Owners] = ContextVar("werkbook_owners", default=())
current_owners = _owners.get


def current_owner() -> Owner | None:
    """Return who owns a registration made now, None outside a cell."""
    owners = _owners.get()
    return owners[0] if owners else None


def set_owners(owners: Owners) -> None:
    """Set the owners of what this context registers from now on."""
    _owners.set(owners)


@contextlib.contextmanager
def owned_by(owners: Owners) -> Iterator[None]:
    """Register on behalf of `owners` inside the block."""
    token = _owners.set(owners)
    try:
        yield
    finally:
        _owners.reset(token)


def joined(first: Owners, second: Owners) -> Owners:
    """Return the owners of what needs both: `first`, then who of `second` is new."""
    return first + tuple(owner for owner in second if owner not in first)
