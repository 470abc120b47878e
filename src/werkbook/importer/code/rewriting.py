"""A module's code, as it stands in the one namespace of the notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from .gone_imports import GONE, with_names, without_empty, without_gone
from .namespace import ModuleNames, SharedNamespace
from .registering import name_registration, renamed_decorator
from .resolving import Resolving
from .source_modules import (
    ImportingError,
    OwnTarget,
    absolute_module,
    bound_name,
    dotted_name,
)


@dataclass
class Rewritten:
    """A module's statements, as the notebook has them.

    Attributes:
        pairs: Each statement at the margin as it was, and as it is now.
        tree: The tree that writes them.
        cautions: What to say of it.
    """

    pairs: list[tuple[cst.BaseStatement, cst.BaseStatement]]
    tree: cst.Module
    cautions: list[str] = field(default_factory=list)


def rewrite(namespace: SharedNamespace, name: str) -> Rewritten:
    """Write a module's code with the names of the notebook.

    Raises:
        ImportingError: It does what a notebook cannot do.
    """
    names = namespace.modules[name]
    writer = _ModuleWriter(namespace, names)
    tree = names.module.tree.visit(writer)
    pairs = list(zip(names.module.tree.body, tree.body, strict=True))
    return Rewritten(pairs, tree, writer.cautions)  # type: ignore[arg-type]  # a module has statements


class _ModuleWriter(Resolving):
    """Rewrites a module."""

    def __init__(self, namespace: SharedNamespace, names: ModuleNames) -> None:
        super().__init__(namespace, names)
        self.cautions: list[str] = []

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return False

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        found = self.attribute(original_node)
        if found is None:
            return updated_node.with_changes(value=original_node.value.visit(self))
        what, used = found
        words = dotted_name(original_node).split(".")
        if isinstance(what, OwnTarget):
            return self._object(what, words[used - 1 if what.name else used :])
        made: cst.BaseExpression = cst.Name(what)
        for word in words[used:]:
            made = cst.Attribute(made, cst.Name(word))
        return made

    def _object(self, target: OwnTarget, rest: Sequence[str]) -> cst.BaseExpression:
        """Write what stands for a module itself, or for what it lacks."""
        self.namespace.needs_object.add(target.module)
        made: cst.BaseExpression = cst.Name(object_name(target.module))
        for word in rest:
            made = cst.Attribute(made, cst.Name(word))
        return made

    def leave_Name(
        self, original_node: cst.Name, updated_node: cst.Name
    ) -> cst.BaseExpression:
        found = self.replacement(original_node)
        if found is None:
            return updated_node
        if isinstance(found, str):
            return updated_node.with_changes(value=found)
        return self._object(found, [found.name] if found.name else [])

    def visit_Arg(self, node: cst.Arg) -> bool:
        return False

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(value=original_node.value.visit(self))

    def visit_Nonlocal(self, node: cst.Nonlocal) -> bool:
        return False

    def visit_Global(self, node: cst.Global) -> bool:
        return False

    def leave_Global(
        self, original_node: cst.Global, updated_node: cst.Global
    ) -> cst.Global:
        items = [
            one.with_changes(
                name=cst.Name(
                    self.namespace.final(self.module.name, one.name.value)
                    or one.name.value
                )
            )
            for one in original_node.names
        ]
        return updated_node.with_changes(names=items)

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        old, new = original_node.name.value, updated_node.name.value
        if old == new:
            return updated_node
        decorators = [renamed_decorator(one, old) for one in updated_node.decorators]
        return updated_node.with_changes(decorators=decorators)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        updated_node = name_registration(original_node, updated_node)
        return self._without_import_string(original_node, updated_node)

    def _without_import_string(
        self, original_node: cst.Call, updated_node: cst.Call
    ) -> cst.Call:
        """Give `from_object("shop.config.Live")` the class itself."""
        called = dotted_name(original_node.func).rpartition(".")[2]
        if called != "from_object" or len(original_node.args) != 1:
            return updated_node
        value = original_node.args[0].value
        if not isinstance(value, cst.SimpleString):
            return updated_node
        text = str(value.evaluated_value)
        module, _, name = text.rpartition(".")
        target = OwnTarget(text) if text in self.namespace.modules else None
        if target is None and module in self.namespace.modules:
            target = OwnTarget(module, name)
        if target is None:
            return updated_node
        found = self.namespace.resolve(target)
        made = cst.Name(found) if isinstance(found, str) else self._object(found, [])
        return updated_node.with_changes(args=[cst.Arg(made)])

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def leave_Import(
        self, original_node: cst.Import, updated_node: cst.Import
    ) -> cst.BaseSmallStatement:
        names = [
            self._renamed(one)
            for one in original_node.names
            if (original_node, bound_name(one)) not in self.names.aliases
        ]
        return with_names(updated_node, names)

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.BaseSmallStatement:
        if isinstance(original_node.names, cst.ImportStar):
            is_own = absolute_module(self.module, original_node) in self.names.stars
            return GONE if is_own else updated_node
        names = [
            self._renamed(one)
            for one in original_node.names
            if (original_node, bound_name(one)) not in self.names.aliases
        ]
        return with_names(updated_node, names)

    def _renamed(self, alias: cst.ImportAlias) -> cst.ImportAlias:
        bound = bound_name(alias)
        final = self.namespace.final(self.module.name, bound)
        if final is None or final == bound:
            return alias
        if alias.asname is None and isinstance(alias.name, cst.Attribute):
            raise ImportingError(
                f"{str(self.module.path)!r} imports {dotted_name(alias.name)!r}, and"
                f" another module of the app defines {bound!r}.",
                why="a notebook has one namespace.",
                fix=f"write 'import {dotted_name(alias.name)} as {final}' there.",
            )
        return alias.with_changes(asname=cst.AsName(cst.Name(final)))

    def leave_SimpleStatementLine(
        self,
        original_node: cst.SimpleStatementLine,
        updated_node: cst.SimpleStatementLine,
    ) -> cst.BaseStatement:
        return updated_node.with_changes(body=without_gone(updated_node.body))

    def leave_SimpleStatementSuite(
        self,
        original_node: cst.SimpleStatementSuite,
        updated_node: cst.SimpleStatementSuite,
    ) -> cst.BaseSuite:
        body = without_gone(updated_node.body)
        if body[0] is GONE:
            body = [cst.Pass()]
        return updated_node.with_changes(body=body)

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        body, rest = without_empty(updated_node.body)
        if not body:
            passing = cst.SimpleStatementLine([cst.Pass()], leading_lines=rest)
            return updated_node.with_changes(body=[passing])
        return updated_node.with_changes(
            body=body, footer=[*rest, *updated_node.footer]
        )


def object_name(module: str) -> str:
    """Return the name under which a module's names are an object."""
    return f"{module.replace('.', '_')}_module"
