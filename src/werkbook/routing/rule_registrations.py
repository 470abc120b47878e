"""The rules of an app as registrations: which are in force, with which methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from werkzeug.routing import Rule

from ..registrations.ledger import Run, ledger
from ..registrations.ordered import OrderedRegistrations
from ..registrations.registration import Home, Registration
from .variables import strip_names

_AUTOMATIC = frozenset({"HEAD", "OPTIONS"})
"""Methods that a rule has without being asked for them."""


class RuleRegistrations(OrderedRegistrations):
    """An app's rules, in the order in which a fresh run would register them."""

    kind = "rule"

    def __init__(self, home: Home) -> None:
        self.home = home
        self.registrations = []
        self.removals = []
        # By text; by text and endpoint where another one has the text.
        self._repeatable: dict[Any, Registration] = {}
        self._in_order: Iterator[Registration] = iter(())
        self._is_sorted = True
        self._settled: list[Effective] | None = None

    def identity(self, rule: Any) -> Any:
        """Two runs of a cell repeat a rule when shape, methods and host are equal."""
        methods = None if rule.methods is None else frozenset(rule.methods)
        return strip_names(rule.rule), methods, rule.subdomain, rule.host, rule.endpoint

    def settle(self) -> None:
        """Do nothing: a snapshot asks for what is in force when it is compiled."""

    def divide(self) -> None:
        """Offer the rules of the previous run to the one that repeats them."""
        previous = [one for one in self.registrations if one.is_previous]
        repeatable: dict[Any, Registration] = {}
        for one in previous:
            rule = one.value
            if repeatable.setdefault(rule.rule, one) is not one:
                repeatable[rule.rule, rule.endpoint] = one
        self._repeatable = repeatable
        self._in_order = iter(previous)

    def join(self) -> None:
        """Offer nothing more: the run has ended."""
        self._repeatable = {}

    def take(self, registrations: Iterable[Registration]) -> None:
        """Put rules in at their positions."""
        self._settled = None
        if self._repeatable:  # some may be renewed already: no order to search in
            self._is_sorted = False
        super().take(registrations)

    def drop(self, registrations: Iterable[Registration]) -> None:
        """Take rules out."""
        self._settled = None
        super().drop(registrations)

    def put_back(self, registrations: Iterable[Registration]) -> None:
        """Show rules as they were before a failed run renewed them."""
        self._settled, self._is_sorted = None, True
        super().put_back(registrations)

    def in_force(self, *, for_cell: bool = False) -> list[Registration]:
        """Return the rules that requests see now."""
        if not self._is_sorted:
            with ledger.lock:
                self.registrations = sorted(
                    self.registrations, key=attrgetter("position")
                )
                self._is_sorted = True
        return super().in_force(for_cell=for_cell)

    def find_repeated(self, text: str, endpoint: Any) -> Registration | None:
        """Return the rule of the previous run that has this text and endpoint."""
        repeatable = self._repeatable
        if not repeatable:
            return None
        one = repeatable.get(text)
        if one is not None and one.value.endpoint == endpoint:
            return one
        return repeatable.get((text, endpoint))

    def _offer_no_more(self, registration: Registration) -> None:
        rule, repeatable = registration.value, self._repeatable
        if repeatable.get(rule.rule) is registration:
            del repeatable[rule.rule]
        else:
            del repeatable[rule.rule, rule.endpoint]

    def renew(self, run: Run, registration: Registration) -> None:
        """Let a rule of the cell's previous run go on, since the cell repeats it."""
        self._offer_no_more(registration)
        run.renew(registration, registration.value)
        if self._settled is None or next(self._in_order, None) is not registration:
            self._settled, self._is_sorted = None, False
            self.home.touch("rule")

    def register(self, rule: Rule) -> None:
        """Add a rule for the owner that runs now."""
        with ledger.lock:
            repeated = self.find_repeated(rule.rule, rule.endpoint)
            if repeated is not None:
                # Once: a cell that says the same twice has two rules.
                self._offer_no_more(repeated)
            registration = self.add(rule)
            registration.key = rule.rule
            if repeated is not None and repeated.value is rule:
                registration.memo = repeated.memo
            self.home.touch("rule")
            self.home.derive(registration)

    def effective(self) -> list[Effective]:
        """Return the rules in force, each with the methods that it still has.

        Where two owners claim one rule (variable names aside) and method, the one
        that ran last has it. A rule whose endpoint has no view function claims nothing:
        it is there for `url_for`.
        """
        with ledger.lock:  # else a cell of another thread ends while this is kept
            if self._settled is not None and ledger.run is None:
                return self._settled
            held = self.in_force()
            if len({_claim(one) for one in held}) == len(held):
                all_of_them = [(one, one.memo[1]) for one in held]
                if ledger.run is None:
                    self._settled = all_of_them
                return all_of_them
            return self._contested(held)

    def _contested(self, held: list[Registration]) -> list[Effective]:
        groups = _group(held)
        result = []
        for one in held:
            rivals = [other for other in groups[_claim(one)] if self._answers(other)]
            methods = _methods_left(one, rivals)
            if methods is None or methods:
                result.append((one, methods))
        return result

    def _answers(self, registration: Registration) -> bool:
        views = getattr(self.home, "view_functions", ())
        return registration.value.endpoint in views

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Find the rules of others that lose a method to one of these."""
        if self._settled is not None:
            return  # no two rules match the same requests
        held = self.in_force()
        if len({_claim(one) for one in held}) == len(held):
            return
        groups = _group(held)
        for registration in filter(self._answers, registrations):
            for other in groups.get(_claim(registration), ()):
                if (
                    other.owner != registration.owner
                    and other.sequence < registration.sequence
                    and _own_methods(other.value) & _own_methods(registration.value)
                ):
                    yield registration, other


Effective = tuple[Registration, frozenset[str] | None]
"""A rule in force, and the methods that it still has; None for all."""


def _claim(registration: Registration) -> Any:
    """Return what two rules share that match the same requests, methods aside."""
    if registration.memo is None:
        rule = registration.value
        claim = strip_names(rule.rule), rule.subdomain, rule.host, rule.websocket
        methods = None if rule.methods is None else frozenset(rule.methods)
        registration.memo = claim, methods
    return registration.memo[0]


def _group(held: list[Registration]) -> dict[Any, list[Registration]]:
    groups: dict[Any, list[Registration]] = {}
    for one in held:
        groups.setdefault(_claim(one), []).append(one)
    return groups


def _own_methods(rule: Rule) -> frozenset[str]:
    methods = frozenset(rule.methods or ("*",))
    return methods - _AUTOMATIC or methods


def _methods_left(
    registration: Registration, group: list[Registration]
) -> frozenset[str] | None:
    methods: frozenset[str] | None = registration.memo[1]
    taken: set[str] = set()
    for other in group:
        if other.sequence > registration.sequence and _are_of_two_runs(
            other, registration
        ):
            taken |= _own_methods(other.value)
    if not taken or (methods is None and "*" not in taken):
        return methods
    if methods is None or "*" in taken:
        return frozenset()
    left = methods - taken
    if "GET" in taken:
        left -= {"HEAD"}
    return left if left - {"OPTIONS"} or not methods - {"OPTIONS"} else frozenset()


def _are_of_two_runs(one: Registration, other: Registration) -> bool:
    return one.owner != other.owner or one.is_previous != other.is_previous
