"""Which names of the module a piece of code binds, reads at once, or reads later.

Python's scoping holds: functions, lambdas, comprehensions and class bodies have their
own names; `global` reaches out; a class body's names are not its methods'.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from werkbook.syntax_trees import parse_python

BUILTINS = frozenset(dir(builtins)) | {
    "__name__",
    "__file__",
    "__doc__",
    "__builtins__",
    "__annotations__",
}

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Names:
    """The module's names as one statement uses them.

    Attributes:
        binds: Names that it binds (perhaps only on some path).
        reads: Names that it reads while it runs.
        later: Names that functions defined in it read when they are called.
        rebinds: Names that such functions bind, by `global`.
        deletes: Names that it deletes.
        stars: Modules that it imports everything from.
        is_sure: It binds its names whenever it runs without an error.
    """

    binds: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    rebinds: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    stars: set[str] = field(default_factory=set)
    is_sure: bool = True


_known: WeakKeyDictionary[ast.AST, Names] = WeakKeyDictionary()


def find_names(*nodes: ast.AST) -> Names:
    """Find the names of the module that statements (or expressions) use.

    What was found for a statement is remembered as long as its tree lives; see
    `forget_names`. Nobody changes the sets.
    """
    if len(nodes) != 1:
        return _find_names(*nodes)
    found = _known.get(nodes[0])
    if found is None:
        found = _known[nodes[0]] = _find_names(*nodes)
    return found


def forget_names(node: ast.AST) -> None:
    """Forget what was found for a statement whose tree was changed."""
    _known.pop(node, None)


def _find_names(*nodes: ast.AST) -> Names:
    visitor = _Visitor()
    for node in nodes:
        visitor.visit(node)
    names = visitor.names
    names.is_sure = all(
        names.binds <= _surely_bound([node])
        for node in nodes
        if isinstance(node, ast.stmt)
    )
    return names


def local_names(function: _FunctionNode) -> set[str]:
    """The names that are local to a function."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [one for one in (arguments.vararg, arguments.kwarg) if one]
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    bound, outer = _bound(body)
    return ({one.arg for one in every} | bound) - outer


def _bound(
    body: Iterable[ast.AST],
    declared: tuple[type[ast.Global | ast.Nonlocal], ...] = (ast.Global, ast.Nonlocal),
) -> tuple[set[str], set[str]]:
    """Names bound in a scope's own code, and those declared to be another scope's."""
    bound: set[str] = set()
    outer: set[str] = set()
    stack = list(body)
    while stack:
        node = stack.pop()
        bound |= set(_binds_itself(node))
        if isinstance(node, declared):
            outer.update(node.names)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            stack.extend(node.decorator_list)
        elif isinstance(node, _COMPREHENSIONS):
            stack.extend(_walruses(node))
        elif not isinstance(node, ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    return bound, outer


def _walruses(node: ast.AST) -> list[ast.AST]:
    return [one for one in ast.walk(node) if isinstance(one, ast.NamedExpr)]


def _binds_itself(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (imported_as(alias) for alias in node.names if alias.name != "*")
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        if node.name:
            yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def imported_as(alias: ast.alias) -> str:
    """The name that an import binds."""
    return alias.asname or alias.name.partition(".")[0]


def _surely_bound(body: list[ast.stmt] | list[ast.AST]) -> set[str]:
    """Names bound on every path through statements that raise nothing."""
    sure: set[str] = set()
    for node in body:
        if isinstance(node, ast.If):
            sure |= _surely_bound(node.body) & _surely_bound(node.orelse)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            sure |= _bound([*node.items])[0] | _surely_bound(node.body)
        elif isinstance(node, (ast.Try, ast.TryStar)):
            paths = [_surely_bound([*node.body, *node.orelse])]
            paths += [
                _surely_bound(handler.body)
                for handler in node.handlers
                if not _always_raises(handler.body)
            ]
            sure |= set.intersection(*paths) | _surely_bound(node.finalbody)
        elif not isinstance(
            node, (ast.For, ast.AsyncFor, ast.While, ast.Match, ast.ExceptHandler)
        ):
            sure |= _bound([node])[0]
    return sure


def _always_raises(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Raise)


@dataclass
class _Scope:
    kind: str
    names: set[str]
    outer: set[str] = field(default_factory=set)


class _Visitor(ast.NodeVisitor):
    """Collects names in the order in which the code runs."""

    def __init__(self) -> None:
        self.names = Names()
        self.scopes: list[_Scope] = []
        self.seen: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read(node.id)
        else:
            self._bind(node.id)
            if isinstance(node.ctx, ast.Del) and not self.scopes:
                self.names.deletes.add(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
        self.visit(node.target)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)
        self._visit_annotation(node.annotation)
        self.visit(node.target)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        for one in (*node.body, *node.orelse):
            self.visit(one)

    visit_AsyncFor = visit_For

    def visit_If(self, node: ast.If | ast.While) -> None:
        self.visit(node.test)
        self._visit_branches([node.body, node.orelse])

    visit_While = visit_If

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        paths: list[list[ast.stmt]] = [[*node.body, *node.orelse]]
        before = set(self.seen)
        self._visit_branches(paths)
        self.seen = before
        for handler in node.handlers:
            self._visit_branches([[handler]])
            self.seen = set(before)
        for one in node.finalbody:
            self.visit(one)

    visit_TryStar = visit_Try

    def _visit_branches(
        self, branches: list[list[ast.stmt]] | list[list[ast.ExceptHandler]]
    ) -> None:
        """Visit bodies of which one runs: none sees what another binds."""
        before = set(self.seen)
        ends = []
        for branch in branches:
            self.seen = set(before)
            for one in branch:
                self.visit(one)
            ends.append(self.seen)
        self.seen = set.intersection(*ends)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.names.stars.add(getattr(node, "module", None) or "")
            else:
                self._bind(imported_as(alias))

    visit_ImportFrom = visit_Import

    def visit_Global(self, node: ast.Global) -> None:
        pass

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type:
            self.visit(node.type)
        if node.name:
            self._bind(node.name)
        for one in node.body:
            self.visit(one)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._bind(node.rest)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._visit_signature(node.args)
        if node.returns:
            self._visit_annotation(node.returns)
        self._bind(node.name)
        self._visit_function(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_signature(node.args)
        self._visit_function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for one in (*node.decorator_list, *node.bases):
            self.visit(one)
        for keyword in node.keywords:
            self.visit(keyword.value)
        outer = _bound(node.body, (ast.Global,))[1]
        self.scopes.append(_Scope("class", self._type_parameters(node), outer))
        for statement in node.body:
            self.visit(statement)
        self.scopes.pop()
        self._bind(node.name)

    def _visit_comprehension(self, node: ast.AST) -> None:
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]  # all four kinds have them
        self.visit(generators[0].iter)
        bound: set[str] = set()
        for generator in generators:
            bound |= _bound([generator.target])[0]
        self.scopes.append(_Scope("comprehension", bound))
        for number, generator in enumerate(generators):
            if number:
                self.visit(generator.iter)
            for condition in generator.ifs:
                self.visit(condition)
        for part in ("key", "value", "elt"):
            if hasattr(node, part):
                self.visit(getattr(node, part))
        self.scopes.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = _visit_comprehension
    visit_GeneratorExp = _visit_comprehension

    def _visit_signature(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default:
                self.visit(default)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for one in (*every, arguments.vararg, arguments.kwarg):
            if one and one.annotation:
                self._visit_annotation(one.annotation)

    def _visit_annotation(self, node: ast.expr) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = parse_python(node.value, mode="eval").body
            except SyntaxError:
                return
            # A text is read when somebody asks for the hints.
            self.scopes.append(_Scope("function", set()))
            self.visit(node)
            self.scopes.pop()
            return
        self.visit(node)

    def _visit_function(self, node: _FunctionNode) -> None:
        inner = [node.body] if isinstance(node, ast.Lambda) else node.body
        outer = _bound(inner, (ast.Global,))[1]
        names = local_names(node) | self._type_parameters(node)
        self.scopes.append(_Scope("function", names, outer))
        for statement in inner:
            self.visit(statement)
        self.scopes.pop()

    @staticmethod
    def _type_parameters(node: ast.AST) -> set[str]:
        return {one.name for one in getattr(node, "type_params", ())}

    def _read(self, name: str) -> None:
        innermost = True
        is_later = any(scope.kind == "function" for scope in self.scopes)
        for scope in reversed(self.scopes):
            if name in scope.outer and scope.kind == "function":
                break
            if (scope.kind != "class" or innermost) and name in scope.names:
                return
            # A comprehension directly in a class body sees its first iterable only.
            innermost = False
        if is_later:
            self.names.later.add(name)
        elif name not in self.seen:
            self.names.reads.add(name)

    def _bind(self, name: str) -> None:
        for scope in reversed(self.scopes):
            if scope.kind == "comprehension":
                if name in scope.names:
                    return
                continue
            if name in scope.outer:
                target = "rebinds" if self._is_later() else "binds"
                getattr(self.names, target).add(name)
            elif scope.kind == "class":
                scope.names.add(name)
            return
        self.names.binds.add(name)
        self.seen.add(name)

    def _is_later(self) -> bool:
        return any(scope.kind == "function" for scope in self.scopes)
