"""Which of an app's rules come before one that they fit as well.

The rules stand in a tree by the segments of their text, so that a rule is compared with
few of those before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

PARAMETER = re.compile(r"\{[^{}]*\}|<[^<>]*>")
MANY = re.compile(r":path\W")


@dataclass(frozen=True)
class EarlierRule:
    """One rule that was told before.

    Attributes:
        number: Which one it is.
        label: Its name in descriptions.
        methods: The methods that it answers.
    """

    number: int
    label: str
    methods: frozenset[str]


@dataclass
class _Node:
    """The rules that begin alike.

    Attributes:
        rules: Those that end here.
        texts: What follows, by a segment without variables.
        patterns: What follows, by what stands before a segment's first variable and by
            the segment's pattern.
        tails: Patterns of all that is left, slashes too, by the text that they begin
            and by the segment that they end with.
    """

    rules: list[EarlierRule] = field(default_factory=list)
    texts: dict[str, _Node] = field(default_factory=dict)
    patterns: dict[str, dict[re.Pattern[str], _Node]] = field(default_factory=dict)
    tails: dict[tuple[str, str], dict[re.Pattern[str], _Node]] = field(
        default_factory=dict
    )


class RuleOrder:
    """The rules of an app, which are told in their order."""

    def __init__(self) -> None:
        """Begin with no rule."""
        self._root = _Node()
        self._count = 0

    def tell(self, rule: str, label: str, methods: frozenset[str]) -> list[str]:
        """Take in the next rule; return the labels of those that come before it.

        Args:
            rule: Its text: `/items/{key}`.
            label: Its name in descriptions.
            methods: The methods that it answers.
        """
        sample = PARAMETER.sub("1", rule).split("/")
        found = [one for one in _fitting(self._root, sample) if one.methods & methods]
        self._count += 1
        own = EarlierRule(self._count, label, methods)
        _place(self._root, rule).rules.append(own)
        return [one.label for one in sorted(found, key=lambda one: one.number)]


def _place(node: _Node, rule: str) -> _Node:
    """Return the node at which a rule ends, and make those on the way to it."""
    segments = _split(rule)
    for number, segment in enumerate(segments):
        before = PARAMETER.split(segment)[0]
        if any(map(MANY.search, PARAMETER.findall(segment))):
            tail = "/".join(segments[number:])
            last = _last_text(segments[number + 1 :])
            patterns = node.tails.setdefault((before, last), {})
            return patterns.setdefault(_pattern(tail), _Node())
        if before == segment:
            node = node.texts.setdefault(segment, _Node())
        else:
            patterns = node.patterns.setdefault(before, {})
            node = patterns.setdefault(_pattern(segment), _Node())
    return node


def _fitting(root: _Node, sample: list[str]) -> Iterator[EarlierRule]:
    """Yield the rules that fit a path."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth == len(sample):
            yield from node.rules
            continue
        yield from _fitting_tails(node, sample[depth:])
        segment = sample[depth]
        if segment in node.texts:
            waiting.append((node.texts[segment], depth + 1))
        for before in _beginnings(segment) if node.patterns else ():
            for pattern, inner in node.patterns.get(before, {}).items():
                if fits(pattern, segment):
                    waiting.append((inner, depth + 1))


def _fitting_tails(node: _Node, rest: list[str]) -> Iterator[EarlierRule]:
    if not node.tails:
        return
    path = "/".join(rest)
    for before in _beginnings(rest[0]):
        for last in {rest[-1], ""}:
            for pattern, inner in node.tails.get((before, last), {}).items():
                if fits(pattern, path):
                    yield from inner.rules


def _beginnings(text: str) -> list[str]:
    return list(accumulate(text, initial=""))


def _last_text(segments: list[str]) -> str:
    """Return the last segment, where a path must end with it; else ""."""
    last = segments[-1] if segments else ""
    return "" if PARAMETER.search(last) else last


def _split(rule: str) -> list[str]:
    """Return the segments of a rule; a slash in a variable parts nothing."""
    pieces = [""]
    end = 0
    for found in PARAMETER.finditer(rule):
        first, *more = rule[end : found.start()].split("/")
        pieces[-1] += first
        pieces += more
        pieces[-1] += found[0]
        end = found.end()
    first, *more = rule[end:].split("/")
    pieces[-1] += first
    return pieces + more


def fits(pattern: re.Pattern[str], text: str) -> bool:
    """Compare one rule, or a part of it, with what a path has in its place."""
    return pattern.fullmatch(text) is not None


def _pattern(rule: str) -> re.Pattern[str]:
    names = [".+" if MANY.search(one) else "[^/]+" for one in PARAMETER.findall(rule)]
    texts = [re.escape(text) for text in PARAMETER.split(rule)]
    pieces = [piece for pair in zip(texts, [*names, ""], strict=True) for piece in pair]
    return re.compile("".join(pieces))
