"""The notebook's namespace as data flow: who binds, reads and changes what, where."""

from __future__ import annotations

import ast
import heapq
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import replace

from werkbook.cells.source.names import BUILTINS, Names, find_names, imported_as
from werkbook.cells.source.star_names import star_names
from werkbook.cells.source.statements import Statement
from werkbook.cells.source.trees import (
    all_annotations,
    chain,
    simple_statements,
    targets,
)
from werkbook.export.flow.apps.rule_calls import find_rules
from werkbook.export.flow.apps.served import ServingCall, made_by_factories, served_by
from werkbook.export.flow.context import Context, Definition, Effects, makes_app
from werkbook.export.flow.dynamic import unseen_names
from werkbook.export.flow.effects import find_effects
from werkbook.export.flow.links import makes_one
from werkbook.export.flow.prune import Premature, prune

Version = tuple[str, int]
"""A name, and the number of the statement that bound it."""


class Program:
    """Statements with what each uses, in the order in which they run."""

    def __init__(self, statements: list[Statement]) -> None:
        self.premature: list[Premature] = []
        whole = Context(statement.node for statement in statements)
        self.served: list[ServingCall] = served_by(statements, whole)
        self.made_apps: list[ast.Call] = made_by_factories(statements, whole)
        self.statements = prune(statements, whole, self.premature)
        for number, statement in enumerate(self.statements):
            statement.number = number
        self.left = _left_names(statements, self.statements)
        self.end = len(self.statements)
        self.context = Context(statement.node for statement in self.statements)
        self.names: list[Names] = [find_names(one.node) for one in self.statements]
        self.effects: list[Effects] = [
            find_effects(one.node, self.context) for one in self.statements
        ]
        for statement, effects in zip(self.statements, self.effects, strict=True):
            effects.writes |= statement.writes
        self._bindings: dict[str, list[int]] = {}
        self._deletions: dict[str, list[int]] = {}
        self._makers: dict[str | None, list[int]] | None = None
        self._sure: dict[Version, bool] = {}
        self._families: dict[Version, Version] = {}
        self.stars = [n for n in range(self.end) if self.names[n].stars]
        self._bind_stars()
        self._bind_all()
        self.changes: dict[Version, list[int]] = {}
        self._link_all()
        self._collect_changes()

    def _bind_all(self) -> None:
        for number in range(self.end):
            names = self.names[number]
            for name in names.binds - names.deletes:
                self._bind(name, number, names.is_sure)
            for name in names.deletes:
                self._deletions.setdefault(name, []).append(number)
        for number in range(self.end):
            for name in self.effects[number].changes:
                # Only functions bind it (`global model`): whoever calls them does.
                if name not in self._bindings or self._is_called_binding(name):
                    self._bind(name, number, is_sure=False)

    def _bind_stars(self) -> None:
        """Let star imports bind what the program uses of their modules."""
        used = set[str]().union(*(one.reads | one.later for one in self.names))
        for number in self.stars:
            names = self.names[number]
            given = used & set[str]().union(*map(star_names, names.stars))
            self.names[number] = replace(names, binds=names.binds | given)

    def _is_called_binding(self, name: str) -> bool:
        return all(not self._sure[name, n] for n in self._bindings[name]) and all(
            name not in self.names[n].binds for n in self._bindings[name]
        )

    def _bind(self, name: str, number: int, is_sure: bool) -> None:
        self._bindings.setdefault(name, []).append(number)
        self._sure[name, number] = is_sure

    def _link_all(self) -> None:
        for number in range(self.end):
            self._link_unpacked(number)
            for bound, root in self.effects[number].links:
                for version in self.resolve(root, number):
                    self._join((bound, number), version)
            names = self.names[number]
            for name in names.binds & names.reads:
                if name in self.effects[number].changes:  # `items += [...]`
                    for version in self.resolve(name, number):
                        self._join((name, number), version)

    def _link_unpacked(self, number: int) -> None:
        """Link what is made together: `rt` of `app, rt = fast_app()` adds rules."""
        for one in simple_statements(self.statements[number].node):
            if isinstance(one, ast.Assign) and (
                makes_app(one.value, self.context) or makes_one(one.value, self.context)
            ):
                bound = [each.id for each in targets(one) if isinstance(each, ast.Name)]
                for name in bound[1:]:
                    self._join((name, number), (bound[0], number))

    def _collect_changes(self) -> None:
        for number in range(self.end):
            for name in self.effects[number].changes:
                versions = self.resolve(name, number) or self.resolve(name, self.end)
                for version in versions:
                    family = self.family(version)
                    known = self.changes.setdefault(family, [])
                    if not known or known[-1] != number:
                        known.append(number)

    def bindings(self, name: str) -> list[int]:
        """The statements that bind a name, in order."""
        return self._bindings.get(name, [])

    def constants(self) -> list[str]:
        """The names in capitals that the program binds."""
        return sorted(name for name in self._bindings if name.isupper())

    def own_definitions(self) -> set[str]:
        """The names of the notebook's own classes and functions.

        Not those that are an app's: views, hooks, what its start-up calls.
        """
        return {
            statement.node.name
            for statement in self.statements
            if isinstance(statement.node, ast.ClassDef)
            or (
                isinstance(statement.node, (ast.FunctionDef, ast.AsyncFunctionDef))
                and not find_rules(statement.node, 0)
                and not any(
                    chain(one)[0] in self.context.apps
                    for one in statement.node.decorator_list
                )
            )
        }

    def resolve(self, name: str, before: int) -> list[Version]:
        """The bindings of a name that may be in force before a statement runs."""
        numbers = self._bindings.get(name, [])
        found: list[Version] = []
        for position in range(bisect_left(numbers, before) - 1, -1, -1):
            version = (name, numbers[position])
            found.append(version)
            if self._sure[version]:
                break
        return found

    def family(self, version: Version) -> Version:
        """The one that stands for all names of the same object or of its parts."""
        root = version
        while (above := self._families.get(root, root)) != root:
            root = above
        while version != root:
            following = self._families.get(version, version)
            self._families[version] = root
            version = following
        return root

    def _join(self, one: Version, other: Version) -> None:
        first, second = self.family(one), self.family(other)
        if first != second:
            self._families[first] = second

    def is_class(self, version: Version) -> bool:
        """Say whether a version is a class of the notebook's own."""
        node = self.statements[version[1]].node
        return isinstance(node, ast.ClassDef) and node.name == version[0]

    def deletions(self, name: str) -> list[int]:
        """The statements that delete a name, in order."""
        return self._deletions.get(name, [])

    def find_makers(self, name: str) -> list[int]:
        """The statements that may bind a name without writing it down as Python does.

        `exec(...)`, `globals().update(...)`, `builtins.name = ...`, the call of a
        function of the notebook's that does so.
        """
        if self._makers is None:
            self._makers = self._all_makers()
        return [*heapq.merge(self._makers.get(name, ()), self._makers.get(None, ()))]

    def _all_makers(self) -> dict[str | None, list[int]]:
        """Find them by name; those that may bind any name stand under None."""
        found: dict[str | None, list[int]] = {}
        functions = self.context.functions
        own = {name: unseen_names(node) for name, node in functions.items()}
        for number in range(self.end):
            told = [own[one] for one in self.names[number].reads & own.keys()]
            if not isinstance(self.statements[number].node, Definition):
                told.append(unseen_names(self.statements[number].node))
            named = set[str]().union(*(one for one in told if one is not None))
            for name in [None] if None in told else named:
                found.setdefault(name, []).append(number)
        return found

    def postponing(self, kept: Collection[int]) -> Iterator[int]:
        """The `from __future__ import annotations` above annotations that are kept.

        They may name what is not there when they are read.
        """
        statements = self.statements
        read = [number for number in kept if all_annotations(statements[number].node)]
        for number in range(max(read, default=0)):
            node = statements[number].node
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                yield number

    def is_import(self, number: int) -> bool:
        """Say whether a statement is an import."""
        return isinstance(self.statements[number].node, (ast.Import, ast.ImportFrom))

    def definition(self, version: Version) -> Names | None:
        """The names of the function or class that a version is, if it is one."""
        node = self.statements[version[1]].node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return self.names[version[1]] if node.name == version[0] else None
        if isinstance(node, ast.Assign) and self.names[version[1]].later:
            return self.names[version[1]]  # a lambda
        return None

    def holds_lambda(self, number: int) -> bool:
        """Say whether a statement binds what was given a lambda, not the lambda."""
        node = self.statements[number].node
        return isinstance(node, ast.Assign) and not isinstance(node.value, ast.Lambda)

    def unknown(self, names: set[str], before: int) -> set[str]:
        """Names that nothing binds: neither the program nor Python."""
        return {
            name
            for name in names
            if name not in BUILTINS and not self.resolve(name, before)
        }


def _left_names(
    before: list[Statement], after: list[Statement]
) -> dict[str, Statement]:
    """The names that only statements bind which stay out, with one of these."""
    bound = {name for one in after for name in find_names(one.node).binds}
    return {
        name: one
        for one in before
        for name in find_names(one.node).binds
        if name not in bound
    }


def imported_modules(node: ast.stmt) -> dict[str, str]:
    """The modules that an import reaches, by the name that it binds."""
    if isinstance(node, ast.Import):
        return {imported_as(alias): alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        return {imported_as(alias): module for alias in node.names}
    return {}


def modules_within(node: ast.stmt) -> set[str]:
    """The modules that a statement's functions and blocks import, at any depth."""
    inner = (one for one in ast.walk(node) if one is not node)
    return {
        module
        for one in inner
        if isinstance(one, (ast.Import, ast.ImportFrom))
        for module in imported_modules(one).values()
    }
