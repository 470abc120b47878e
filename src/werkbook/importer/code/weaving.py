"""The statements of all modules, in the order in which Python would run them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from .gone_imports import comment_lines, is_empty, with_lines_above
from .namespace import SharedNamespace
from .own_imports import all_own_imports, modules_in_strings
from .resolving import settle_captures
from .rewriting import Rewritten, object_name, rewrite
from .source_modules import SourceModule


@dataclass
class Stretch:
    """Statements of one module that follow each other.

    Attributes:
        module: The module.
        tree: The tree that writes them.
        statements: They, with their comments.
        is_start: The module begins here.
        loose: Comment lines that no statement follows.
    """

    module: SourceModule
    tree: cst.Module
    statements: list[cst.BaseStatement] = field(default_factory=list)
    is_start: bool = False
    loose: list[cst.EmptyLine] = field(default_factory=list)


@dataclass
class Woven:
    """All modules as one sequence.

    Attributes:
        stretches: Their statements, in order.
        cautions: What to say of them.
    """

    stretches: list[Stretch]
    cautions: list[str]


def weave(namespace: SharedNamespace) -> Woven:
    """Put the statements of the modules into one order, with the names settled.

    Raises:
        ImportingError: A module does what a notebook cannot do.
    """
    settle_captures(namespace)
    weaver = _Weaver(namespace)
    weaver.add(namespace.entry)
    return Woven([one for one in weaver.stretches if _has_code(one)], weaver.cautions)


def _has_code(stretch: Stretch) -> bool:
    return bool(stretch.statements) or any(one.comment for one in stretch.loose)


class _Weaver:
    def __init__(self, namespace: SharedNamespace) -> None:
        self.namespace = namespace
        self.stretches: list[Stretch] = []
        self.cautions: list[str] = []
        self.done: set[str] = set()
        self.imported: set[tuple[str, ...]] = set()
        # All are rewritten first: what is used as an object is known then.
        self.rewritten = {name: rewrite(namespace, name) for name in namespace.modules}
        for one in self.rewritten.values():
            self.cautions += one.cautions

    def add(self, name: str) -> None:
        """Add a module, and before each statement the modules that it imports."""
        if name in self.done or name not in self.namespace.modules:
            return
        self.done.add(name)
        rewritten = self.rewritten[name]
        module = self.namespace.modules[name].module
        stretch = Stretch(module, rewritten.tree, is_start=True)
        stretch.loose += rewritten.tree.header
        self.stretches.append(stretch)
        for original, updated in _with_imports_first(rewritten):
            for run in self._runs(module, original):
                before = len(self.stretches)
                self.add(run)
                if len(self.stretches) > before:
                    stretch = self._next_stretch(stretch)
            if is_empty(updated):
                stretch.loose += comment_lines(updated)
            else:
                self._append(stretch, updated)
        stretch.loose += rewritten.tree.footer
        if name in self.namespace.needs_object:
            self._append(stretch, _object_of(self.namespace, name))

    def _next_stretch(self, stretch: Stretch) -> Stretch:
        following = Stretch(stretch.module, stretch.tree)
        if not stretch.statements:
            # The module's head goes with its first statement.
            following.is_start, stretch.is_start = stretch.is_start, False
            following.loose, stretch.loose = stretch.loose, []
        self.stretches.append(following)
        return following

    def _append(self, stretch: Stretch, node: cst.BaseStatement) -> None:
        left = self._without_known(node)
        if left is None:
            stretch.loose += comment_lines(node)
            return
        stretch.statements.append(with_lines_above(left, stretch.loose))
        stretch.loose = []

    def _runs(self, module: SourceModule, node: cst.CSTNode) -> Iterator[str]:
        for one in all_own_imports(self.namespace.project, module, node):
            yield from one.runs
        yield from modules_in_strings(self.namespace.project, node)

    def _without_known(self, node: cst.BaseStatement) -> cst.BaseStatement | None:
        """Take imports out that an earlier module made already."""
        if not isinstance(node, cst.SimpleStatementLine):
            return node
        body: list[cst.BaseSmallStatement] = []
        for small in node.body:
            if isinstance(small, cst.Import | cst.ImportFrom):
                left = self._without_known_names(small)
                if left is not None:
                    body.append(left)
            else:
                body.append(small)
        return node.with_changes(body=body) if body else None

    def _without_known_names(
        self, node: cst.Import | cst.ImportFrom
    ) -> cst.Import | cst.ImportFrom | None:
        if isinstance(node.names, cst.ImportStar):
            return node
        source = ""
        if isinstance(node, cst.ImportFrom):
            source = cst.Module([]).code_for_node(
                node.with_changes(names=[cst.ImportAlias(cst.Name("x"))], lpar=None)
            )
        kept = []
        for alias in node.names:
            bare = alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)
            text = cst.Module([]).code_for_node(bare)
            if (source, text) not in self.imported:
                self.imported.add((source, text))
                kept.append(alias)
        if not kept:
            return None
        if len(kept) == len(node.names):
            return node
        last = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return node.with_changes(names=[*kept[:-1], last])


def _with_imports_first(
    rewritten: Rewritten,
) -> list[tuple[cst.BaseStatement, cst.BaseStatement]]:
    """Put the packages that a module imports at its head before the app's own modules.

    So all of them stand in one cell.
    """
    head = 0
    while head < len(rewritten.pairs) and _is_import_or_text(rewritten.pairs[head][0]):
        head += 1
    first = [pair for pair in rewritten.pairs[:head] if not is_empty(pair[1])]
    own = [pair for pair in rewritten.pairs[:head] if is_empty(pair[1])]
    return [*first, *own, *rewritten.pairs[head:]]


def _is_import_or_text(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.SimpleStatementLine):
        return False
    return all(
        isinstance(one, cst.Import | cst.ImportFrom)
        or (isinstance(one, cst.Expr) and isinstance(one.value, cst.SimpleString))
        for one in node.body
    )


def _object_of(namespace: SharedNamespace, name: str) -> cst.BaseStatement:
    """Write a module's names as an object, for code that uses the module itself."""
    names = namespace.public_names(name)
    inner = ", ".join(f"{key}={value}" for key, value in sorted(names.items()))
    made = f"{object_name(name)} = __import__('types').SimpleNamespace({inner})"
    return cst.parse_statement(made)
