"""The rules of an app as registrations: which are in force, with which methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from werkzeug.routing import Rule

from ..registrations.ledger import ledger
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
        self._repeatable: dict[tuple[str, Any], Registration] = {}

    def identity(self, rule: Any) -> Any:
        """Two runs of a cell repeat a rule when shape, methods and host are equal."""
        methods = None if rule.methods is None else frozenset(rule.methods)
        return strip_names(rule.rule), methods, rule.subdomain, rule.host, rule.endpoint

    def settle(self) -> None:
        """Do nothing: a snapshot asks for what is in force when it is compiled."""

    def divide(self) -> None:
        """Offer the rules of the previous run to the one that repeats them."""
        self._repeatable = {
            (one.value.rule, one.value.endpoint): one
            for one in self.registrations
            if one.is_previous
        }

    def join(self) -> None:
        """Offer nothing more: the run has ended."""
        self._repeatable = {}

    def find_repeated(self, text: str, endpoint: Any) -> Rule | None:
        """Return the rule of the previous run that has this text and endpoint."""
        repeatable = self._repeatable
        found = repeatable.get((text, endpoint)) if repeatable else None
        return None if found is None else found.value

    def register(self, rule: Rule) -> None:
        """Add a rule for the owner that runs now."""
        with ledger.lock:
            repeated = None
            if self._repeatable:
                # Once: a cell that says the same twice has two rules.
                repeated = self._repeatable.pop((rule.rule, rule.endpoint), None)
            registration = self.add(rule)
            registration.key = rule.rule
            if repeated is not None and repeated.value is rule:
                registration.memo = repeated.memo
            self.home.touch("rule")
            self.home.derive(registration)

    def effective(self) -> list[tuple[Registration, frozenset[str] | None]]:
        """Return the rules in force, each with the methods that it still has.

        Where two owners claim one rule (variable names aside) and method, the one
        that ran last has it. A rule whose endpoint has no view function claims nothing:
        it is there for `url_for`.
        """
        held = self.in_force()
        if len({_claim(one) for one in held}) == len(held):
            return [(one, one.memo[1]) for one in held]
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
