"""The app's rules as registrations, and Werkzeug's `Map` derived from them.

The registrations are the truth. `app.url_map` is a real `werkzeug.routing.Map` for
those who ask for it (URL building, redirects, rules that only Werkzeug can match): it
brings itself up to date when it is read, and what is added to it is registered.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from werkzeug.routing import Map, Rule, RuleFactory
from werkzeug.routing.map import MapAdapter
from werkzeug.routing.matcher import StateMachineMatcher

from ..registrations.attributes import OwnedAttributes
from ..registrations.divided import whole_class
from ..registrations.ledger import ledger
from ..registrations.lists import OwnedDict
from ..registrations.ordered import Entries
from ..registrations.registration import Home, Registration
from .matcher import Target
from .rules import (
    Pattern,
    RuleError,
    UnknownConverterError,
    bind,
    pattern_of,
    refused,
    shape_of,
)

_AUTOMATIC = frozenset({"HEAD", "OPTIONS"})


class RuleEntries(Entries):
    """An app's rules, in the order in which a fresh run would register them."""

    kind = "rule"

    def __init__(self, home: Home) -> None:
        self.home = home
        self.entries = []
        self.removals = []

    def identity(self, rule: Any) -> Any:
        """Two runs of a cell repeat a rule when shape, methods and host are equal."""
        methods = None if rule.methods is None else frozenset(rule.methods)
        return shape_of(rule.rule), methods, rule.subdomain, rule.host, rule.endpoint

    def settle(self) -> None:
        """Nothing to do: what is in force is asked for when a snapshot is compiled."""

    def divide(self) -> None:
        """Nothing to do: nobody reads these but snapshots and the URL map."""

    def join(self) -> None:
        """Nothing to do."""

    def register(self, rule: Rule) -> None:
        """Add a rule for the owner that runs now."""
        with ledger.lock:
            registration = self.add(rule)
            registration.key = rule.rule
            self.home.touch("rule")
            self.home.derive(registration)

    def effective(self) -> list[tuple[Registration, frozenset[str] | None]]:
        """Return the rules in force, each with the methods that it still has.

        Where two owners claim one rule (variable names aside) and method, the one
        that ran last has it.
        """
        entries = self.in_force()
        if len({_claimed(entry) for entry in entries}) == len(entries):
            return [(entry, entry.memo[1]) for entry in entries]
        groups: dict[Any, list[Registration]] = {}
        for entry in entries:
            groups.setdefault(_claimed(entry), []).append(entry)
        result = []
        for entry in entries:
            group = groups[_claimed(entry)]
            methods = _methods_left(entry, group) if len(group) > 1 else _all(entry)
            if methods is None or methods:
                result.append((entry, methods))
        return result

    def rivals(
        self, registrations: list[Registration]
    ) -> Iterator[tuple[Registration, Registration]]:
        """Find the rules of others that lose a method to one of these."""
        groups: dict[Any, list[Registration]] = {}
        for entry in self.in_force():
            groups.setdefault(_claimed(entry), []).append(entry)
        for registration in registrations:
            for entry in groups.get(_claimed(registration), ()):
                if (
                    entry.owner != registration.owner
                    and entry.sequence < registration.sequence
                    and _own_methods(entry.value) & _own_methods(registration.value)
                ):
                    yield registration, entry


def _claimed(entry: Registration) -> Any:
    """Return what two rules have in common that match the same requests."""
    if entry.memo is None:
        rule = entry.value
        claimed = shape_of(rule.rule), rule.subdomain, rule.host, rule.websocket
        methods = None if rule.methods is None else frozenset(rule.methods)
        entry.memo = claimed, methods
    return entry.memo[0]


def _all(entry: Registration) -> frozenset[str] | None:
    _claimed(entry)
    return entry.memo[1]  # type: ignore[no-any-return]  # made there


def _own_methods(rule: Rule) -> frozenset[str]:
    methods = frozenset(rule.methods or ("*",))
    return methods - _AUTOMATIC or methods


def _methods_left(
    entry: Registration, group: list[Registration]
) -> frozenset[str] | None:
    methods = _all(entry)
    taken: set[str] = set()
    for other in group:
        if _is_by_another_run(other, entry) and other.sequence > entry.sequence:
            taken |= _own_methods(other.value)
    if not taken or (methods is None and "*" not in taken):
        return methods
    if methods is None or "*" in taken:
        return frozenset()
    left = methods - taken
    if "GET" in taken:
        left -= {"HEAD"}
    return left if left - {"OPTIONS"} or not methods - {"OPTIONS"} else frozenset()


def _is_by_another_run(one: Registration, other: Registration) -> bool:
    return one.owner != other.owner or one.is_previous != other.is_previous


def _with_methods(said: Rule, methods: frozenset[str]) -> Rule:
    rule = said.empty()
    rule.methods = set(methods)
    rule.merge_slashes = said.merge_slashes
    offered = getattr(said, "provide_automatic_options", False)
    rule.provide_automatic_options = offered  # type: ignore[attr-defined]  # as Flask
    return rule


class UrlMap(OwnedAttributes, Map):
    """A `werkzeug.routing.Map` of the rules in force.

    Args:
        entries: The app's rules.
        home: The app.
        host_matching: As Werkzeug's.
    """

    def __init__(
        self, entries: RuleEntries, home: Home, *, host_matching: bool = False
    ) -> None:
        self._entries = entries
        self._is_stale = True
        self._mark = object()
        self._targets: dict[int, tuple[Any, ...]] = {}
        self._patterns: dict[int, tuple[Rule, Pattern | None]] = {}
        super().__init__(host_matching=host_matching)
        self.converters: Any = OwnedDict("converter", home, dict(self.converters))
        self._bound_with = dict(self.converters)
        self.own_attributes(home, "url_map")

    def register(self, rule: Rule) -> None:
        """Check a rule and register it.

        Raises:
            RuleError: It can't be read.
            UnknownConverterError: It names a converter that the map doesn't have.
        """
        if rule.strict_slashes is None:
            rule.strict_slashes = self.strict_slashes
        if rule.merge_slashes is None:
            rule.merge_slashes = self.merge_slashes
        if rule.subdomain is None:
            rule.subdomain = self.default_subdomain
        try:
            pattern = pattern_of(rule, self)
        except (ValueError, TypeError) as error:
            raise refused(rule.rule, error) from error
        if pattern is None or self.host_matching:
            bind(rule, self)
        self._patterns[id(rule)] = (rule, pattern)
        self._entries.register(rule)

    def add(self, rulefactory: RuleFactory) -> None:
        """Register a rule, or the rules of a rule factory."""
        for rule in rulefactory.get_rules(self):
            self.register(rule)

    def targets(self, *, is_simple: bool) -> list[tuple[Registration, Target]]:
        """Return what the matcher is made of: the rules in force.

        Args:
            is_simple: Whether hosts and subdomains play no part.
        """
        kept = self._targets
        made: dict[int, tuple[Any, ...]] = {}
        targets = []
        for entry, methods in self._entries.effective():
            rule = entry.value
            known = kept.get(id(rule))
            if known is None or known[:3] != (rule, methods, is_simple):
                pattern = self._pattern(rule) if is_simple else None
                known = (rule, methods, is_simple, Target(rule, pattern, methods))
            made[id(rule)] = known
            targets.append((entry, known[3]))
        self._targets = made
        if len(self._patterns) > len(made) + 20:  # of rules long replaced
            kept_patterns = self._patterns
            self._patterns = {
                key: kept_patterns[key] for key in made if key in kept_patterns
            }
        return targets

    def _pattern(self, rule: Rule) -> Pattern | None:
        kept = self._patterns.get(id(rule))
        if kept is None or kept[0] is not rule:
            try:
                pattern = pattern_of(rule, self)
            except (ValueError, TypeError):
                pattern = None  # of a converter that takes other arguments now
            kept = self._patterns[id(rule)] = (rule, pattern)
        return kept[1]

    def forget_patterns(self) -> None:
        """Read the rules anew: a converter changed."""
        self._patterns, self._targets = {}, {}

    def mark_stale(self) -> None:
        """Note that the rules changed: the next reader brings the map up to date."""
        self._is_stale = True
        self._mark = object()

    def update(self) -> None:
        """Bring the map up to date with the registrations."""
        if self._is_stale:
            with ledger.lock:
                if self._is_stale:
                    self._derive()
        super().update()

    def _derive(self) -> None:
        mark = self._mark
        rules = [(entry.value, left) for entry, left in self._entries.effective()]
        self._matcher, self._by_endpoint = self._compiled(rules)
        self._patterns = {id(rule): (rule, self._pattern(rule)) for rule, _ in rules}
        if self._mark == mark:
            self._is_stale = False

    def _compiled(
        self, rules: Iterable[tuple[Rule, frozenset[str] | None]]
    ) -> tuple[StateMachineMatcher, dict[Any, list[Rule]]]:
        rebind = self._bound_with != dict(self.converters)
        self._bound_with = dict(self.converters)
        matcher = StateMachineMatcher(self.merge_slashes)
        by_endpoint: dict[Any, list[Rule]] = {}
        for said, methods in rules:
            rule = said
            if methods is not None and methods != frozenset(said.methods or ()):
                rule = _with_methods(said, methods)
            if rule.map is None or rebind:
                try:
                    bind(rule, self, rebind=rule.map is not None)
                except (UnknownConverterError, RuleError):
                    # The cell of the converter has gone, or it takes other arguments
                    # now: nothing can match the rule.
                    continue
            if not rule.build_only:
                matcher.add(rule)
            by_endpoint.setdefault(rule.endpoint, []).append(rule)
        matcher.update()
        for of_endpoint in by_endpoint.values():
            of_endpoint.sort(key=lambda rule: rule.build_compare_key())
        return matcher, by_endpoint

    def as_it_was(self, rules: Iterable[tuple[Rule, frozenset[str] | None]]) -> UrlMap:
        """Return a map of these rules that stays as it is.

        Args:
            rules: Each with the methods that it still has.
        """
        made = copy.copy(self)
        made.__class__ = whole_class(self)
        made._remap = made._is_stale = False
        made._patterns, made._targets = {}, {}
        # Rules are bound with the app's map: they would keep this one alive.
        made._matcher, made._by_endpoint = self._compiled(rules)
        return made

    # Private in Werkzeug; extensions (apispec) read it all the same.
    @property
    def _rules_by_endpoint(self) -> dict[Any, list[Rule]]:
        if self._is_stale:
            with ledger.lock:
                self._derive()
        return self._by_endpoint

    @_rules_by_endpoint.setter
    def _rules_by_endpoint(self, value: dict[Any, list[Rule]]) -> None:
        self._by_endpoint = value

    @property
    def _rules(self) -> list[Rule]:
        return list(self.iter_rules())

    def iter_rules(self, endpoint: Any | None = None) -> Iterator[Rule]:
        """Iterate over the rules in force, or over those of one endpoint."""
        self.update()
        if endpoint is not None:
            return iter(self._rules_by_endpoint[endpoint])
        return iter(
            [rule for rules in self._rules_by_endpoint.values() for rule in rules]
        )

    def bind(self, *arguments: Any, **options: Any) -> MapAdapter:
        """Return an adapter, as Werkzeug's."""
        self.update()
        return super().bind(*arguments, **options)

    def __repr__(self) -> str:
        return f"UrlMap([{', '.join(map(repr, self.iter_rules()))}])"


def endpoints(rules: Iterable[Rule]) -> list[str]:
    """Return the endpoints of rules, each once, in order."""
    return list(dict.fromkeys(rule.endpoint for rule in rules))
