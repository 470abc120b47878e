"""What an object is made with stands below all that cells say of it later.

`App("main")` sets attributes such as `json` and `template_folder`. Another cell's
`app.json = ...` comes after that at Restart and Run All, and so it holds as well when
the app's cell runs again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from .attributes import AttributeClaims, OwnedAttributes
from .keyed import Claims
from .ledger import in_run
from .owners import Owners, current_owners
from .registration import ABSENT, NO_HOME, Home, Registration


def _is_made(claim: Registration) -> bool:
    return claim.sequence[:1] == (0,)  # numbers begin at 1


class MadeClaims(Claims):
    """Claims of which those of an object's constructor stand below all others."""

    lasts_with_made = True
    """Whether what the same cell sets after the constructor outlasts the cell, too."""
    _made: dict[str, Any]
    """What the last constructor set whose cell has gone."""

    def is_being_made(self) -> bool:
        """Say whether the object's constructor runs."""
        raise NotImplementedError

    def find_made(self, key: str, default: Any) -> Any:
        """Return what an object was made with, whatever has been set since."""
        claims = self._claims.get(key, [])
        is_made_anew = self._is_made_anew()
        for claim in reversed(claims):
            if _is_made(claim) and not (is_made_anew and claim.is_previous):
                return claim.value
        if key in self._made and not is_made_anew:
            return self._made[key]
        return claims[0].value if claims and not claims[0].sequence else default

    def is_set(self, claim: Registration) -> bool:
        """Say whether a claim gives a value beside what the object was made with."""
        return claim.value is not ABSENT and claim.sequence[:1] > (0,)

    def is_made_by(self, owners: Owners) -> bool:
        """Say whether these owners made the object, in the run that goes on."""
        made = self._all_made()
        return any(one.owners == owners and not one.is_previous for one in made)

    def _is_made_anew(self) -> bool:
        """Say whether the constructor was called in the run that goes on."""
        return any(not one.is_previous for one in self._all_made())

    def _all_made(self) -> Iterator[Registration]:
        for claims in self._claims.values():
            yield from filter(_is_made, claims)

    def _seen(self, key: Any) -> Any:
        """Return what the running cell sees: what the object was made with, at least.

        The cell may have made it in its previous run, and make it no longer. The
        constructor sees what it sets itself, and what nobody owns.
        """
        claims = self._claims.get(key, ())
        if self.is_being_made():
            held = [one for one in claims if _is_made(one) and not one.is_previous]
            held = held or [one for one in claims[:1] if not one.sequence]
            return held[-1].value if held else ABSENT
        if claims and all(claim.is_previous for claim in claims):
            return self.find_made(key, ABSENT)
        return super()._seen(key)

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take claims out; what the object was made with stays, owned by nobody.

        Unless its constructor was called again: then it is made with what that set.
        """
        gone = list(registrations)
        super().drop(gone)
        if any(self._all_made()):
            return
        made = {one.key: one.value for one in gone if _is_made(one)}
        self._made = made or self._made
        for one in gone:
            if one.is_lasting and one.key not in self._claims:
                self._show(one.key, one.value)

    def _claim(self, key: Any, value: Any) -> Registration:
        owners = current_owners()
        own = [
            one
            for one in self._claims.get(key, ())
            if one.owners == owners and not one.is_previous
        ]
        is_made = self.is_being_made()
        made = [] if is_made else [one for one in own if _is_made(one)]
        for one in made:  # it stays below what its own cell sets
            self._claims[key].remove(one)
        registration = super()._claim(key, value)
        if self.lasts_with_made:
            registration.is_lasting = any(one.is_lasting for one in own)
        if is_made:
            # What a constructor sets stands below what other cells say.
            registration.sequence = (0, registration.number)
        self._claims[key] += made
        self._claims[key].sort(key=lambda claim: claim.sequence)
        return registration

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Find whose place these claims take; constructors neither take nor lose.

        Args:
            registrations: Claims of the cell that ran.
        """
        said = [one for one in registrations if not _is_made(one)]
        for one, rival in super().rivals(said):
            if not _is_made(rival):
                yield one, rival


class MadeAttributeClaims(MadeClaims, AttributeClaims):
    """Claims to attributes that an object can't do without: each has a value left."""

    lasts_with_made = False

    def __init__(self, target: Any, home: Home, kind: str) -> None:
        super().__init__(target, home, kind)
        self._made = {}
        self._is_being_made = False

    def is_being_made(self) -> bool:
        """Say whether the object's constructor runs."""
        return self._is_being_made

    @contextmanager
    def making(self) -> Iterator[None]:
        """Let the block be the object's constructor, which sees what it sets itself."""
        if in_run():
            self.divide()
        self._is_being_made = True
        try:
            yield
        finally:
            self._is_being_made = False
        for claims in self._claims.values():
            for claim in claims:
                claim.is_lasting |= _is_made(claim) and not claim.is_previous

    def _hide(self, key: Any) -> None:
        """Show what the object was made with, where nobody claims an attribute."""
        made = self.find_made(key, ABSENT)
        if made is ABSENT:
            super()._hide(key)
        else:
            self._show(key, made)


class MadeAttributes(OwnedAttributes):
    """Base of objects whose constructor stands below what cells set on them."""

    def _make_containers(self) -> None:
        """Make what stays when the constructor is called again."""

    def make_once(self) -> None:
        """Make that, and own the attributes, before all else."""
        if "_attributes" not in self.__dict__:
            self._make_containers()
            self.own_attributes(self)  # type: ignore[arg-type]  # apps are homes

    def own_attributes(self, home: Home | None = None, kind: str = "attribute") -> None:
        """Note from now on who sets what, and what a constructor does."""
        claims = MadeAttributeClaims(self, home or NO_HOME, kind)
        self.__dict__["_attributes"] = claims

    def being_made(self) -> AbstractContextManager[None]:
        """Return a block whose settings are what the object is made with."""
        self.make_once()
        claims: MadeAttributeClaims = self.__dict__["_attributes"]
        return claims.making()
