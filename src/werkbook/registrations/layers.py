"""Middleware of several cells: each is wrapped around what is below it now.

`app.wsgi_app = Middleware(app.wsgi_app)` in two cells puts the first cell's middleware
into the object of the second, out of reach: when the first cell ran again or went, its
old middleware would stay in there. So a cell reads a layer in the place of another
cell's middleware: it calls what that cell says now, or what is below it.

The layers stand in the order of their cells' first runs, as they will after Restart and
Run All. Middleware that a cell gets later is below that of other cells then, which know
nothing of it: they call the app itself, and the app calls what they passed over. For
that a request notes which layer had its turn last.
"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import isgenerator
from typing import Any

from .divided import find_whole_class
from .registration import ABSENT, Registration

LAYERED = frozenset({"wsgi_app"})
"""The attributes that cells wrap one after another."""
Place = tuple[float, ...]
TURN = "werkbook.layer"
"""Where a request's environ has the layer that had its turn last."""


class Layer:
    """What stands for the claim of one cell to an attribute that cells wrap.

    Args:
        claims: The claims to the attributes of the object.
        registration: The claim.
    """

    __slots__ = ("_claims", "_fixed", "_key", "_owners", "_sequence", "_since")

    def __init__(self, claims: Any, registration: Registration) -> None:
        self._claims = claims
        self._key = registration.key
        self._owners = registration.owners
        self._sequence = registration.sequence
        self._fixed: Any = ABSENT
        self._since = registration.number

    def fix(self, value: Any) -> None:
        """Stay with a value: its own cell has wrapped it once more."""
        self._fixed = value

    def _own(self) -> Registration | None:
        for claim in reversed(tuple(self._claims.claims_to(self._key))):
            if claim.owners == self._owners and claim.sequence == self._sequence:
                return claim if claim.value is not ABSENT else None
        return None

    def _now(self) -> Any:
        if self._fixed is not ABSENT:
            return self._fixed
        claim = self._own()
        return self._below(self._sequence) if claim is None else claim.value

    def _below(self, sequence: Place) -> Any:
        claim = find_next(self._claims.claims_to(self._key), sequence)
        if claim is not None:
            return show_layer(claim)
        target = self._claims.target
        return getattr(find_whole_class(target), self._key).__get__(target)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call what the cell says now, or what is below it."""
        environ = arguments[0] if arguments else None
        if not isinstance(environ, dict):
            return self._now()(*arguments, **options)
        before = environ.get(TURN)
        if before is not None and before[0] is self._claims:
            late = self._find_turn(*before[1:])
            if late is not None:
                return late(*arguments, **options)
        claim = self._own()
        since = self._since if claim is None else claim.number
        environ[TURN] = self._claims, self._sequence, since
        answer = None
        try:
            answer = self._now()(*arguments, **options)
            return answer
        finally:
            if not isgenerator(answer):  # which has not called what is below it yet
                _give_back(environ, before)

    def _find_turn(self, sequence: Place, wrapped: int) -> Any:
        """Return whose turn it is when a layer calls this one; None for its own.

        Late middleware calls this one where its place is below; and between the two
        there can be late middleware.
        """
        if sequence < self._sequence:
            return self._below(sequence)
        claims = self._claims.claims_to(self._key)
        return find_late(claims, sequence, self._sequence, wrapped)

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


def _give_back(environ: dict[str, Any], before: Any) -> None:
    """Let a request be at the layer where it was: middleware may ask twice."""
    if before is None:
        environ.pop(TURN, None)
    else:
        environ[TURN] = before


def find_next(claims: Iterable[Registration], sequence: Place) -> Registration | None:
    """Return the claim whose layer is the next one below a place."""
    for claim in reversed(tuple(claims)):
        if claim.sequence < sequence and claim.value is not ABSENT:
            return claim
    return None


def find_late(
    claims: Iterable[Registration], above: Place, below: Place, wrapped: int
) -> Layer | None:
    """Return the first layer between two that the upper one can't know.

    Args:
        claims: To the attribute.
        above: The place of the upper one.
        below: That of the lower one.
        wrapped: When the upper one was wrapped around what it calls.
    """
    for claim in reversed(tuple(claims)):
        layer = claim.memo if below < claim.sequence < above else None
        if layer and claim.value is not ABSENT and layer._since > wrapped:
            return layer  # type: ignore[no-any-return]  # a memo can be anything
    return None


def find_passed_over(app: Any, environ: dict[str, Any], key: str) -> Any:
    """Return the layer that a request has come past, None when there is none.

    Args:
        app: The app that is called.
        environ: The request's, which has `TURN`.
        key: The attribute.
    """
    claims, sequence, wrapped = environ[TURN]
    if claims.target is not app:  # it is of an app around this one
        return None
    late = find_late(claims.claims_to(key), sequence, (), wrapped)
    if late is None:
        del environ[TURN]  # the app's turn: nobody looks at it any more
    return late


def hold_time(registration: Registration, number: int) -> None:
    """Note when a layer came to where it is: who wrapped before then knows nothing."""
    registration.memo._since = number


def take_time(registration: Registration, before: Registration) -> None:
    """Let a layer be where it is since the one of its cell's run before was."""
    registration.memo._since = before.memo._since


def show_layer(claim: Registration) -> Any:
    """Return what other cells, and requests, find in the place of a claim's value."""
    return claim.value if claim.memo is None else claim.memo


def put_in_place(claims: list[Registration], made: Registration, cls: Any) -> None:
    """Give a claim its place: that of its cell.

    Where what stands below all cells is not the kit's own, a function of the app's
    class or middleware of nobody's, nothing gets between: there a claim keeps the
    place in which it was first put.

    Args:
        claims: Those to the same attribute.
        made: The new claim.
        cls: The app's class.
    """
    for claim in claims:
        if claim.owners == made.owners and claim.is_previous:
            made.sequence = claim.sequence
            return
    is_plain = getattr(cls, made.key) is getattr(cls, f"_plain_{made.key}", None)
    if is_plain and not (claims and claims[0].sequence == ()):
        made.sequence = (made.slot,)


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
