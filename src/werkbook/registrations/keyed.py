"""Claims: registrations with a key, of which the newest is in force."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from .ledger import Run, in_run, ledger, new_registration
from .owners import current_owners
from .registration import ABSENT, ContainerBase, Registration


class Claims(ContainerBase):
    """Registrations with a key: the newest claim to a key is in force."""

    _claims: dict[Any, list[Registration]]

    def _show(self, key: Any, value: Any) -> None:
        raise NotImplementedError

    def _hide(self, key: Any) -> None:
        raise NotImplementedError

    def _shown(self, key: Any) -> Any:
        raise NotImplementedError

    def _is_plain(self, key: Any) -> bool:
        return key not in self._claims and not current_owners()

    def _set(self, key: Any, value: Any) -> None:
        if self._is_plain(key):
            self._show(key, value)
            self.home.touch(self.kind)
            if getattr(self.home, "has_mounts", False):
                self.home.derive(Registration(self, key, value, ()))
            return
        with ledger.lock:
            registration = self._claim(key, value)
            self._settle_key(key)
            self.home.touch(self.kind)
            self.home.derive(registration)

    def _claim(self, key: Any, value: Any) -> Registration:
        claims = self._claims.get(key)
        if claims is None:
            claims = self._claims[key] = self._base(key)
        registration = new_registration(self, key, value)
        self._prepare(claims, registration)
        for index, claim in enumerate(claims):
            if claim.owners == registration.owners and not claim.is_previous:
                del claims[index]
                ledger.unindex(claim)
                break
        ledger.index(registration)  # first: what the index has, a failed run takes out
        insort(claims, registration, key=_sequence)
        return registration

    def _prepare(self, claims: list[Registration], made: Registration) -> None:
        """Do what a new claim needs among those that are there."""

    def _base(self, key: Any) -> list[Registration]:
        value = self._shown(key)
        if value is ABSENT:
            return []
        base = Registration(self, key, value, ())
        base.sequence = ()
        return [base]

    def _unset(self, key: Any) -> None:
        if self._is_plain(key):
            self._hide(key)
            self.home.touch(self.kind)
            return
        with ledger.lock:
            owners = current_owners()
            claims = self._claims.setdefault(key, self._base(key))
            for claim in list(claims):
                if claim.owners == owners and not claim.is_previous:
                    claims.remove(claim)
                    ledger.unindex(claim)
            if any(claim.value is not ABSENT for claim in claims):
                self._claim(key, ABSENT)
            self._settle_key(key)
            self.home.touch(self.kind)

    def _settle_key(self, key: Any) -> None:
        claims = self._claims.get(key)
        if claims:
            value = claims[-1].value
            if value is not ABSENT:
                self._show(key, value)
                return
        elif claims is not None:
            del self._claims[key]
        self._hide(key)

    def _seen(self, key: Any) -> Any:
        """Return what the running cell sees under a key."""
        claims = self._claims.get(key)
        if claims is None:
            return self._shown(key)
        for claim in reversed(claims):
            if not claim.is_previous:
                return claim.value
        return ABSENT

    def take(self, registrations: Iterable[Registration]) -> None:
        """Put claims back, each at its place in time."""
        for registration in registrations:
            key = registration.key
            claims = self._claims.setdefault(key, self._base(key))
            insort(claims, registration, key=_sequence)
            self._settle_key(key)

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take claims out; what stood below them is in force again."""
        for registration in registrations:
            claims = self._claims.get(registration.key)
            if claims is None:
                continue
            if registration in claims:
                claims.remove(registration)
            self._settle_key(
                registration.key
            )  # an interrupt may have kept it from that

    def put_back(self, registrations: Iterable[Registration]) -> None:
        """Show claims as they were before a failed run renewed them."""
        for registration in registrations:
            claims = self._claims.setdefault(registration.key, [])
            if registration not in claims:  # the run took it out afterwards
                claims.append(registration)
            claims.sort(key=_sequence)
            self._settle_key(registration.key)

    def settle(self) -> None:
        """Do nothing: each claim is settled as it comes and goes."""

    def divide(self) -> None:
        """Let the running cell read the content without its previous run."""
        raise NotImplementedError

    def join(self) -> None:
        """Let everyone read the same content again."""
        raise NotImplementedError

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Find the newest claims of other owners to the same keys that differ."""
        for registration in registrations:
            claims = self._claims.get(registration.key, ())
            if len(claims) < 2:
                continue
            for claim in reversed(claims):
                if claim.owner != registration.owner and claim.sequence:
                    if (
                        claim.value is not registration.value
                        and claim.value is not ABSENT
                    ):
                        yield registration, claim
                    break

    def claimant(self, key: Any) -> Registration | None:
        """Return the registration that is in force under a key, if it has one."""
        claims = self._claims.get(key)
        return claims[-1] if claims else None

    def find_repeated(self, key: Any) -> Registration | None:
        """Return the only claim to a key, if it is of the running cell's past run."""
        claims = self._claims.get(key)
        if claims is None or len(claims) != 1:
            return None
        claim = claims[0]
        return claim if claim.can_go_on else None

    def renew(self, run: Run, claim: Registration, value: Any) -> None:
        """Let a claim of the cell's previous run go on; the caller tells the home."""
        run.renew(claim, value)
        self._show(claim.key, value)

    def seen_claim(self, key: Any) -> Registration | None:
        """Return the registration under a key that whoever runs now sees."""
        for claim in reversed(self._claims.get(key, ())):
            if not (claim.is_previous and in_run()):
                return claim
        return None


_sequence = attrgetter("sequence")
