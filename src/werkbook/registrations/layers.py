"""Middleware of several cells: each is wrapped around what is below it now.

`app.wsgi_app = Middleware(app.wsgi_app)` in two cells puts the first cell's middleware
into the object of the second, out of reach: when the first cell ran again or went, its
old middleware would stay in there. So a cell reads a layer in the place of another
cell's middleware: it calls what that cell says now, or what is below it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .divided import find_whole_class
from .registration import ABSENT, Registration

LAYERED = frozenset({"wsgi_app"})
"""The attributes that cells wrap one after another."""


class Layer:
    """What stands for the claim of one cell to an attribute that cells wrap.

    Args:
        claims: The claims to the attributes of the object.
        registration: The claim.
    """

    __slots__ = ("_claims", "_fixed", "_key", "_owners", "_sequence")

    def __init__(self, claims: Any, registration: Registration) -> None:
        self._claims = claims
        self._key = registration.key
        self._owners = registration.owners
        self._sequence = registration.sequence
        self._fixed: Any = ABSENT

    def fix(self, value: Any) -> None:
        """Stay with a value: its own cell has wrapped it once more."""
        self._fixed = value

    def _now(self) -> Any:
        if self._fixed is not ABSENT:
            return self._fixed
        for claim in reversed(tuple(self._claims.claims_to(self._key))):
            if claim.owners == self._owners and claim.sequence == self._sequence:
                if claim.value is not ABSENT:
                    return claim.value
            elif claim.sequence < self._sequence and claim.value is not ABSENT:
                return show_layer(claim)
        target = self._claims.target
        return getattr(find_whole_class(target), self._key).__get__(target)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call what the cell says now, or what is below it."""
        return self._now()(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        if name in Layer.__slots__:
            raise AttributeError(name)
        return getattr(self._now(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in Layer.__slots__:
            object.__setattr__(self, name, value)
        else:
            setattr(self._now(), name, value)

    @property
    def __class__(self) -> Any:
        """The class of the middleware, for `isinstance`."""
        return type(self._now())

    @__class__.setter
    def __class__(self, value: Any) -> None:
        raise TypeError("the class of middleware stays as it is")

    def __repr__(self) -> str:
        return repr(self._now())


def show_layer(claim: Registration) -> Any:
    """Return what other cells, and requests, find in the place of a claim's value."""
    return claim.value if claim.memo is None else claim.memo


def find_place(claims: Iterable[Registration], made: Registration) -> None:
    """Give a claim the place that its cell's claim of the run before has."""
    for claim in claims:
        if claim.owners == made.owners and claim.is_previous:
            made.sequence = claim.sequence


def find_below(
    claims: list[Registration], owners: tuple[Any, ...]
) -> Registration | None:
    """Return the claim that the running cell sees: its own, or the one below it."""
    own = [claim for claim in claims if claim.owners == owners]
    for claim in reversed(claims):
        if claim.is_previous or (own and claim.sequence > own[0].sequence):
            continue
        return claim
    return None
