"""What names and attributes of the app's own modules are called in the notebook."""

from __future__ import annotations

import libcst as cst

from .namespace import (
    ModuleNames,
    SharedNamespace,
    assignments_of,
    is_global,
    is_local_in,
)
from .source_modules import OwnTarget, SourceModule, dotted_name


class Resolving(cst.CSTTransformer):
    """What both passes ask: what a name or an attribute is called in the notebook."""

    def __init__(self, namespace: SharedNamespace, names: ModuleNames) -> None:
        super().__init__()
        self.namespace = namespace
        self.names = names
        self.module: SourceModule = names.module

    def find_target(self, node: cst.Name) -> OwnTarget | None:
        """Return what a name stands for, when an import of a taken module bound it."""
        place = id(self.module.scopes.get(node)), node.value
        known = self.names.targets
        if place not in known:
            bound = assignments_of(self.module, node)
            found = (self.names.find_alias(one, node.value) for one in bound)
            known[place] = next((one for one in found if one is not None), None)
        return known[place]

    def replacement(self, node: cst.Name) -> OwnTarget | str | None:
        """Return what stands for a name in the notebook; None when it stays."""
        target = self.find_target(node)
        if target is not None:
            return self.namespace.resolve(target)
        if not is_global(self.module, node):
            return None
        final = self.namespace.final(self.module.name, node.value)
        return None if final == node.value else final

    def attribute(self, node: cst.Attribute) -> tuple[OwnTarget | str, int] | None:
        """Return what `module.name` is called, and how many names of it that takes."""
        words = dotted_name(node).split(".")
        head: cst.BaseExpression = node
        while isinstance(head, cst.Attribute):
            head = head.value
        if len(words) < 2 or not isinstance(head, cst.Name):
            return None
        found = self.replacement(head)
        used = 1
        while isinstance(found, OwnTarget) and not found.name and used < len(words):
            found = self.namespace.resolve(OwnTarget(found.module, words[used]))
            used += 1
        return None if found is None or used == 1 else (found, used)


class _Captures(Resolving):
    """Finds what a function's own names would hide."""

    def __init__(self, namespace: SharedNamespace, names: ModuleNames) -> None:
        super().__init__(namespace, names)
        self.captured: list[tuple[str, str]] = []

    def visit_Name(self, node: cst.Name) -> None:
        self._check(node, self.replacement(node), self.find_target(node))

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        found = self.attribute(node)
        if found is not None:
            head: cst.BaseExpression = node
            while isinstance(head, cst.Attribute):
                head = head.value
            assert isinstance(head, cst.Name)
            self._check(head, found[0], None)
        else:
            node.value.visit(self)
        return False

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def _check(
        self, node: cst.Name, final: OwnTarget | str | None, target: OwnTarget | None
    ) -> None:
        if not isinstance(final, str):
            return
        scope = self.module.scopes.get(node)
        if target is not None and final == node.value:
            return  # the local name is the import itself, which goes
        if is_local_in(scope, final):
            for (owner, name), called in self.namespace.every_name():
                if called == final:
                    self.captured.append((owner, name))


def settle_captures(namespace: SharedNamespace) -> None:
    """Rename until no local name of a function hides what it is to read."""
    for _ in range(len(namespace.modules) * 4 + 8):
        found = False
        for names in list(namespace.modules.values()):
            finder = _Captures(namespace, names)
            names.module.tree.visit(finder)
            for module, name in finder.captured:
                found |= not namespace.is_forced(module, name)
                namespace.force_another(module, name)
        if not found:
            return
        namespace.settle()
