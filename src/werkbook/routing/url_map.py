"""The URL map: Werkzeug's `Map`, derived from the registrations of rules.

`app.url_map` is a real `werkzeug.routing.Map` for those who ask for one: URL building,
redirects, rules that only Werkzeug can match. It brings itself up to date when it is
read, and what is added to it becomes a registration.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from operator import is_
from typing import Any

from werkzeug.routing import Map, Rule, RuleFactory
from werkzeug.routing.map import MapAdapter
from werkzeug.routing.matcher import StateMachineMatcher

from ..registrations.dicts import OwnedDict
from ..registrations.divided import find_whole_class
from ..registrations.ledger import ledger
from ..registrations.made import MadeAttributes
from ..registrations.registration import ABSENT, Home, Registration
from .matcher import Matcher, Target
from .rule_registrations import Effective, RuleRegistrations
from .rules import (
    Pattern,
    RuleError,
    UnknownConverterError,
    bind,
    make_rule_error,
    read_pattern,
)


def _with_methods(registered: Rule, methods: frozenset[str]) -> Rule:
    rule = registered.empty()
    rule.methods = set(methods)
    rule.merge_slashes = registered.merge_slashes
    offered = getattr(registered, "provide_automatic_options", False)
    rule.provide_automatic_options = offered  # type: ignore[attr-defined]  # as Flask
    return rule


def _has_no_options(rule: Any) -> bool:
    """Tell whether a rule is, as it is now, one that was given no options."""
    return (
        rule.host is None
        and rule.defaults is None
        and rule.build_only is False
        and rule.alias is False
        and rule.websocket is False
        and rule.redirect_to is None
        and rule.typed is None
    )


_OF_MAP = {
    "strict_slashes": "strict_slashes",
    "merge_slashes": "_merge_slashes",
    "subdomain": "default_subdomain",
}
"""What a rule has of the map, if it was not given it, and the map's attribute."""


LastTargets = tuple[list[Effective] | None, bool, list[tuple[Registration, Target]]]
"""The rules in force that targets were made of, whether simply, and the targets."""


def _find_setting(
    claims: list[Registration], registration: Registration, default: Any
) -> Any:
    """Return what holds for a rule: the newest claim of those that come before it."""
    for claim in reversed(claims):
        is_before = not claim.owners or claim.position < registration.position
        if is_before and claim.value is not ABSENT:
            return claim.value
    return default


class UrlMap(MadeAttributes, Map):
    """A `werkzeug.routing.Map` of the rules in force.

    Args:
        registrations: The app's rules.
        home: The app.
        host_matching: As Werkzeug's.
    """

    _owned_names = frozenset({"_merge_slashes"})

    def __init__(
        self,
        registrations: RuleRegistrations,
        home: Home,
        *,
        host_matching: bool = False,
    ) -> None:
        self._registrations = registrations
        self._is_stale = True
        self._mark = object()
        self._targets: dict[int, tuple[Any, ...]] = {}
        self._patterns: dict[int, tuple[Rule, Pattern | None]] = {}
        self._last_targets: LastTargets = (None, False, [])
        self._last_matcher: tuple[list[Target], Matcher | None] = ([], None)
        super().__init__(host_matching=host_matching)
        self._merge_slashes = self._matcher.merge_slashes
        self.converters: Any = OwnedDict("converter", home, dict(self.converters))
        self._bound_with = (host_matching, dict(self.converters))
        self.own_attributes(home, "url_map")

    @property
    def merge_slashes(self) -> bool:
        """Whether `//` in a path stands for `/`."""
        return self._merge_slashes

    @merge_slashes.setter
    def merge_slashes(self, value: bool) -> None:
        self._merge_slashes = value

    def register(self, rule: Rule) -> None:
        """Check a rule and register it.

        Raises:
            RuleError: It can't be read.
            UnknownConverterError: It names a converter that the map doesn't have.
        """
        if "_of_map" not in rule.__dict__:
            unset = [name for name in _OF_MAP if getattr(rule, name) is None]
            rule._of_map = unset  # type: ignore[attr-defined]  # a note of ours
            for name in unset:
                setattr(rule, name, getattr(self, _OF_MAP[name]))
        try:
            pattern = read_pattern(rule, self)
        except (ValueError, TypeError) as error:
            raise make_rule_error(rule.rule, error) from error
        if pattern is None or self.host_matching:
            bind(rule, self)
        self._patterns[id(rule)] = (rule, pattern)
        self._registrations.register(rule)

    def is_of_same(
        self, rule: Rule, methods: frozenset[str], automatic: bool, cls: Any
    ) -> bool:
        """Tell whether a rule of the cell's previous run would be made the same now.

        Making a rule, its pattern and its place in the matcher takes most of the time
        of a registration; a cell of many rules repeats all but one of them.

        Args:
            rule: The rule, which somebody may have changed since.
            methods: The methods it would have, in capitals.
            automatic: Whether the app answers OPTIONS.
            cls: The class of rules.
        """
        known = self._patterns.get(id(rule))
        if known is None or known[0] is not rule or known[1] is None:
            return False
        if type(rule) is not cls:
            return False
        if known[1].names and type(self.converters) is not OwnedDict:
            return False  # the cell itself makes converters
        facts_of_views = rule.__dict__
        if "contract" in facts_of_views or "method_calls" in facts_of_views:
            return False
        # One by one, which the interpreter does in a third of an attrgetter's time.
        return (
            rule.methods == methods  # type: ignore[comparison-overlap]  # sets both
            and rule.provide_automatic_options == automatic  # type: ignore[attr-defined]  # as Flask
            and rule.strict_slashes == self.strict_slashes
            and rule.merge_slashes == self._merge_slashes
            and rule.subdomain == self.default_subdomain
            and _has_no_options(rule)
        )

    def add(self, rulefactory: RuleFactory) -> None:
        """Register a rule, or the rules of a rule factory."""
        for rule in rulefactory.get_rules(self):
            self.register(rule)

    def targets(self, *, is_simple: bool) -> list[tuple[Registration, Target]]:
        """Return what the matcher is made of: the rules in force.

        Args:
            is_simple: Whether hosts and subdomains play no part.
        """
        effective = self._registrations.effective()
        self._follow_settings(effective)
        known_of, was_simple, known_targets = self._last_targets
        if known_of is effective and was_simple == is_simple:
            return known_targets
        kept = self._targets
        made: dict[int, tuple[Any, ...]] = {}
        targets = []
        for registration, methods in effective:
            rule = registration.value
            known = kept.get(id(rule))
            if known is None or known[:3] != (rule, methods, is_simple):
                pattern = self._pattern(rule) if is_simple else None
                known = (rule, methods, is_simple, Target(rule, pattern, methods))
            made[id(rule)] = known
            targets.append((registration, known[3]))
        self._targets = made
        self._last_targets = effective, is_simple, targets
        if len(self._patterns) > len(made) + 20:  # most belong to replaced rules
            kept_patterns = self._patterns
            self._patterns = {
                key: kept_patterns[key] for key in made if key in kept_patterns
            }
        return targets

    def _follow_settings(self, effective: list[Effective]) -> None:
        """Give rules the settings of cells before them, as a fresh run would."""
        claims_to = self._attributes.claims_to
        if not any(map(claims_to, _OF_MAP.values())):
            return
        for registration, _ in effective:
            rule = registration.value
            for name in rule.__dict__.get("_of_map", ()):
                claims = claims_to(_OF_MAP[name])
                value = _find_setting(claims, registration, getattr(rule, name))
                if value != getattr(rule, name):
                    setattr(rule, name, value)
                    rule.map = None
                    self._targets.pop(id(rule), None)
                    self._last_targets = (None, False, [])

    def matcher(self, targets: list[Target]) -> Matcher:
        """Return the matcher of some targets: the last one, if it is of the same."""
        known, matcher = self._last_matcher
        if (
            matcher is None
            or matcher.merge_slashes != self.merge_slashes
            or len(known) != len(targets)
            or not all(map(is_, known, targets))
        ):
            matcher = Matcher(targets, merge_slashes=self.merge_slashes)
            self._last_matcher = targets, matcher
        return matcher

    def _pattern(self, rule: Rule) -> Pattern | None:
        kept = self._patterns.get(id(rule))
        if kept is None or kept[0] is not rule:
            try:
                pattern = read_pattern(rule, self)
            except (ValueError, TypeError):
                pattern = None  # the converter now takes other arguments
            kept = self._patterns[id(rule)] = (rule, pattern)
        return kept[1]

    def forget_patterns(self) -> None:
        """Read the rules anew: a converter changed."""
        self._patterns, self._targets = {}, {}
        self._last_targets = (None, False, [])

    def mark_stale(self) -> None:
        """Note that the rules changed: the next reader brings the map up to date."""
        # Past `__setattr__`: each registration comes by here.
        self.__dict__.update(_is_stale=True, _mark=object())

    def update(self) -> None:
        """Bring the map up to date with the registrations."""
        if self._is_stale:
            with ledger.lock:
                if self._is_stale:
                    self._derive()
        super().update()

    def _derive(self) -> None:
        mark = self._mark
        effective = self._registrations.effective()
        self._follow_settings(effective)
        rules = [(one.value, left) for one, left in effective]
        self._matcher, self._by_endpoint = self._compiled(rules)
        self._patterns = {id(rule): (rule, self._pattern(rule)) for rule, _ in rules}
        if self._mark == mark:
            self._is_stale = False

    def _compiled(
        self, rules: Iterable[tuple[Rule, frozenset[str] | None]]
    ) -> tuple[StateMachineMatcher, dict[Any, list[Rule]]]:
        bound_with = (self.host_matching, dict(self.converters))
        rebind = self._bound_with != bound_with
        self._bound_with = bound_with
        matcher = StateMachineMatcher(self.merge_slashes)
        by_endpoint: dict[Any, list[Rule]] = {}
        for registered, methods in rules:
            rule = registered
            if methods is not None and methods != frozenset(rule.methods or ()):
                rule = _with_methods(registered, methods)
            if rule.map is None or rebind:
                try:
                    bind(rule, self, rebind=rule.map is not None)
                except (UnknownConverterError, RuleError):
                    # The cell of the converter has gone, or the converter now takes
                    # other arguments: nothing can match the rule.
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
        made.__class__ = find_whole_class(self)
        made._remap = made._is_stale = False
        made._patterns, made._targets, made._last_matcher = {}, {}, ([], None)
        made._last_targets = (None, False, [])
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
