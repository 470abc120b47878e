"""Who owns what is registered now: the outermost cell that runs, or nobody.

Owners travel in a context variable, so request threads and other tasks own nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar


class Owner:
    """A cell, or an imported module, to which registrations belong.

    Equal by `id` alone; not to be changed.

    Args:
        id: The cell's lasting identity; the hash of its source where a front end
            gives none; `module:NAME` for a module.
        label: What people see, such as `In[5]`.
        is_approximate: Whether `id` is a hash of the source, so that an edited
            cell counts as another one.
    """

    # No dataclass: those cost a tenth of what `import werkbook` takes.
    __slots__ = ("id", "is_approximate", "label")

    def __init__(self, id: str, label: str = "", is_approximate: bool = False) -> None:
        self.id = id
        self.label = label
        self.is_approximate = is_approximate

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Owner) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Owner({self.id!r}, {self.label!r})"


Owners = tuple[Owner, ...]
"""The first one owns; a registration lives while all of them register it."""

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


def join_owners(first: Owners, second: Owners) -> Owners:
    """Return the owners of what both must register, each once, `first` before."""
    return first + tuple(owner for owner in second if owner not in first)


class Slots(dict[str, float]):
    """The places of owners in a row, by id: each keeps that of its first run."""

    _next = 0

    def find(self, owners: Owners) -> float:
        """Return the place of the first owner, a new one at its first run.

        What nobody owns comes after all owners that have run so far.
        """
        if not owners:
            return self._next - 0.5
        owner_id = owners[0].id
        if owner_id not in self:
            self[owner_id] = self._next
            self._next += 1
        return self[owner_id]


slots = Slots()
