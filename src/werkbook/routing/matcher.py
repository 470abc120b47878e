"""The matcher: from a path and a method to a rule, as Werkzeug would choose it.

A state machine over the parts of simple rules (see `rules`), compiled once for each
snapshot. Static parts come before variables, variables in the order of their
converters' weights, as in `werkzeug.routing.matcher`; a property test holds the two
against each other. Werkzeug's own matcher was weighed: it tries regular expressions at
each part and takes several times as long, so it only decides what is not simple.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from .rules import Pattern

Test = Callable[[str], Any] | None


class Target:
    """A rule as the matcher finds it.

    Attributes:
        rule: The Werkzeug rule.
        pattern: Its parts, None when only Werkzeug can match it.
        methods: HTTP methods in upper case, None for all.
        by_method: The target by each of its methods, for a node that leads to it.
    """

    __slots__ = ("by_method", "is_strict", "methods", "names", "pattern", "rule")

    def __init__(
        self, rule: Any, pattern: Pattern | None, methods: Iterable[str] | None
    ) -> None:
        self.rule = rule
        self.pattern = pattern
        self.methods = None if methods is None else frozenset(methods)
        self.names = pattern.names if pattern else ()
        self.is_strict = rule.strict_slashes is not False
        self.by_method = dict.fromkeys(self.methods or (), self)


class Node:
    """A place in the tree of parts, where a path may end or go on."""

    __slots__ = ("by_method", "dynamic", "static", "takes_any", "targets")

    def __init__(self) -> None:
        # Empty ones are shared: there are thousands of nodes.
        self.static = _NO_STATIC
        self.dynamic = _NO_DYNAMIC
        self.targets: tuple[Target, ...] = ()
        self.by_method = _NO_METHODS
        self.takes_any = False


_SLASHES = re.compile("//+")
_NO_STATIC: dict[str, Node] = {}
Branch = tuple[Test, bool, Node, int, str]
"""A variable's test, whether it takes the rest, what follows, its weight and regex."""

_NO_DYNAMIC: list[Branch] = []
_NO_METHODS: dict[str, Target] = {}


Match = tuple[Target, list[Any]]
"""A target and the texts of its variables."""


class NoMatch:
    """Why no rule matches.

    Args:
        methods: The methods with which the path would match.
    """

    def __init__(self, methods: set[str]) -> None:
        self.methods = methods


class NeedsWerkzeug(Exception):
    """The answer is a redirect, or a rule is not a simple one: ask Werkzeug."""


class Matcher:
    """Finds the target of a path and a method.

    Args:
        targets: In the order in which rules were registered.
        merge_slashes: Whether `//` in a path stands for `/`.

    Attributes:
        is_complete: Whether all rules are simple, so that Werkzeug need not be asked.
        exact: The targets by method of each rule without variables. Only ASCII: a
            path of other characters stands in another encoding in the WSGI environ.
    """

    def __init__(self, targets: Iterable[Target], *, merge_slashes: bool) -> None:
        self.root = Node()
        self.merge_slashes = merge_slashes
        self.is_complete = True
        self.exact: dict[str, dict[str, Target]] = {}
        self._several: list[Node] = []
        self._contested: set[str] = set()
        for target in targets:
            self._add(target)
        for text in self._contested:
            self.exact.pop(text, None)
        for node in self._several:
            node.dynamic.sort(key=lambda branch: branch[3])

    def _add(self, target: Target) -> None:
        if target.rule.build_only:
            return
        if target.pattern is None:
            self.is_complete = False
            # It may have been registered before a simple rule for the same path.
            self._contested.update(
                (target.rule.rule, _SLASHES.sub("/", target.rule.rule))
            )
            return
        node = self.root
        for part in target.pattern.parts:
            if part.converter is None:
                following = node.static.get(part.text)
                if following is None:
                    if node.static is _NO_STATIC:
                        node.static = {}
                    following = node.static[part.text] = Node()
            else:
                following = self._dynamic_node(node, part)
            node = following
        node.targets += (target,)
        if target.methods is None:
            # A target for any method: only the search knows which comes first.
            node.takes_any = True
            node.by_method = _NO_METHODS
            self.exact.pop(target.rule.rule, None)
        if node.takes_any:
            return
        known = node.by_method
        node.by_method = target.by_method | known if known else target.by_method
        if not target.names and target.rule.rule.isascii():
            self.exact[target.rule.rule] = node.by_method

    def _dynamic_node(self, node: Node, part: Any) -> Node:
        for _, _, following, weight, regex in node.dynamic:
            if weight == part.weight and regex == part.text:
                return following
        following = Node()
        if node.dynamic is _NO_DYNAMIC:
            node.dynamic = []
        elif len(node.dynamic) == 1:
            self._several.append(node)
        node.dynamic.append(
            (_test(part.text), part.is_final, following, part.weight, part.text)
        )
        return following

    def straight(self, path: str, method: str) -> Match | None:
        """Walk down the first branch that fits each part; None: `search` must decide.

        Args:
            path: A path that begins with one slash.
            method: The HTTP method.
        """
        node = self.root
        values: list[str] = []
        parts = path.split("/")
        del parts[0]
        for part in parts:
            following = node.static.get(part)
            if following is None:
                for test, is_final, node_after, _, _ in node.dynamic:
                    if is_final:
                        return None
                    if part if test is None else test(part):
                        values.append(part)
                        following = node_after
                        break
                else:
                    return None
            node = following
        target = node.by_method.get(method)
        return None if target is None else (target, values)

    def search(self, path: str, method: str) -> Match | NoMatch:
        """Search as Werkzeug's matcher does.

        Raises:
            NeedsWerkzeug: Another slash more or less may matter: a redirect.
        """
        allowed: set[str] = set()
        found = self._walk(self.root, path.split("/")[1:], [], method, allowed)
        if found is not None:
            return found
        if self.merge_slashes and "//" in path:
            raise NeedsWerkzeug
        return NoMatch(allowed)

    def refused(self, path: str, method: str) -> NoMatch:
        """Say why nothing matches where a converter refuses the text of a match."""
        allowed: set[str] = set()
        self._walk(self.root, path.split("/")[1:], [], method, allowed)
        return NoMatch(allowed)

    def _walk(
        self,
        node: Node,
        parts: list[str],
        values: list[str],
        method: str,
        allowed: set[str],
    ) -> Match | None:
        if not parts:
            return self._at_end(node, values, method, allowed)
        part = parts[0]
        following = node.static.get(part)
        if following is not None:
            found = self._walk(following, parts[1:], values, method, allowed)
            if found is not None:
                return found
        for test, is_final, following, _, _ in node.dynamic:
            text = "/".join(parts) if is_final else part
            if text if test is None else test(text):
                rest = [] if is_final else parts[1:]
                found = self._walk(following, rest, [*values, text], method, allowed)
                if found is not None:
                    return found
        if parts == [""]:
            lenient = [target for target in node.targets if not target.is_strict]
            return _choose_by_method(lenient, values, method, allowed)
        return None

    def _at_end(
        self, node: Node, values: list[str], method: str, allowed: set[str]
    ) -> Match | None:
        found = _choose_by_method(node.targets, values, method, allowed)
        if found is not None:
            return found
        with_slash = node.static.get("")
        if with_slash is not None:
            for target in with_slash.targets:
                if target.methods is None or method in target.methods:
                    if target.is_strict:
                        raise NeedsWerkzeug
                    return target, values
        return None


def _choose_by_method(
    targets: Iterable[Target], values: list[str], method: str, allowed: set[str]
) -> Match | None:
    for target in targets:
        if target.methods is None or method in target.methods:
            return target, values
        allowed.update(target.methods)
    return None


@lru_cache(maxsize=1024)
def _test(regex: str) -> Test:
    # A default converter takes any text but the empty one.
    return None if regex == "[^/]{1,}" else re.compile(f"(?:{regex})\\Z").match


__all__ = [
    "Match",
    "Matcher",
    "NeedsWerkzeug",
    "NoMatch",
    "Target",
]
