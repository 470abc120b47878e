"""Globals that views change: data that lives in one process."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from werkbook.cells.source.names import local_names
from werkbook.cells.source.statements import Statement
from werkbook.cells.source.trees import called, chain, first_line, targets
from werkbook.export.flow.apps.rule_calls import find_rules
from werkbook.export.flow.known_calls import CHANGING
from werkbook.export.flow.program import Program

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_HOLDERS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_MAKERS = ("list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict")


@dataclass(frozen=True)
class ChangedGlobal:
    """A global that a view changes, itself or by a function that it calls.

    Attributes:
        name: The global's.
        view: The statement that defines the view.
        place: The cell and line of the change.
    """

    name: str
    view: Statement
    place: str

    @property
    def view_name(self) -> str:
        """The view's name."""
        assert isinstance(self.view.node, _Function)
        return self.view.node.name


def changed_globals(program: Program, kept: Iterable[int]) -> Iterator[ChangedGlobal]:
    """Find the data in globals that the views among kept statements change."""
    statements = [program.statements[number] for number in sorted(kept)]
    functions = {
        one.node.name: one for one in statements if isinstance(one.node, _Function)
    }
    calls: dict[int, list[Statement]] = {}
    changes: dict[int, list[tuple[str, int]]] = {}
    for view in statements:
        if not isinstance(view.node, _Function) or not find_rules(view.node, 0):
            continue
        for one in _called_by(view, functions, calls):
            if one.number not in changes:
                changes[one.number] = list(_own_changes(one, program))
            for name, line in changes[one.number]:
                yield ChangedGlobal(name, view, f"{one.cell}, line {line}")


def _called_by(
    view: Statement, functions: dict[str, Statement], calls: dict[int, list[Statement]]
) -> Iterable[Statement]:
    """List a view and the functions of the program that it may call.

    Args:
        view: The statement that defines the view.
        functions: The statements that define functions, by name.
        calls: Takes what each statement calls: many views call the same.
    """
    found = {view.number: view}
    ahead = [view]
    for statement in ahead:
        if statement.number not in calls:
            names = (
                one for one in ast.walk(statement.node) if isinstance(one, ast.Name)
            )
            named = {one.id: None for one in names if one.id in functions}
            calls[statement.number] = [functions[one] for one in named]
        for one in calls[statement.number]:
            if one.number not in found:
                found[one.number] = one
                ahead.append(one)
    return found.values()


def _own_changes(statement: Statement, program: Program) -> Iterator[tuple[str, int]]:
    node = statement.node
    assert isinstance(node, _Function)
    local = local_names(node)
    for name, line in _changes(node):
        if name in local or name in program.context.imports:
            continue
        if _holds_data(program, name):
            yield name, line - first_line(node) + statement.line


def _changes(function: _Function) -> Iterator[tuple[str, int]]:
    outer = {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Global)
        for name in node.names
    }
    for node in ast.walk(function):
        for target in targets(node):
            name, _ = chain(target)
            is_part = isinstance(target, (ast.Attribute, ast.Subscript))
            if name and (is_part or name in outer):
                yield name, node.lineno  # type: ignore[attr-defined]  # a statement
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, attributes = chain(node.func)
            if name and len(attributes) == 1 and called(node) in CHANGING:
                yield name, node.lineno


def _holds_data(program: Program, name: str) -> bool:
    """Say whether a global is data: not a database, a model or an app."""
    for version in program.resolve(name, program.end):
        value = getattr(program.statements[version[1]].node, "value", None)
        if isinstance(value, (*_HOLDERS, ast.Constant)):
            return True
        if isinstance(value, ast.Call) and called(value) in _MAKERS:
            return True
    return False
