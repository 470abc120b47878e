"""What a module's imports of the app's own code bind, and which modules they run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from .source_modules import (
    OwnTarget,
    Project,
    SourceModule,
    absolute_module,
    bound_name,
    dotted_name,
    import_statements,
)


@dataclass(frozen=True)
class OwnImport:
    """One name that an import takes from the app's own code.

    Attributes:
        alias: Where it stands; None for a star.
        bound: The name that it binds; "*" for a star.
        target: What that is.
        runs: The modules that Python runs for it, in order.
    """

    alias: cst.ImportAlias | None
    bound: str
    target: OwnTarget
    runs: tuple[str, ...]


def own_imports(
    project: Project, module: SourceModule, node: cst.Import | cst.ImportFrom
) -> Iterator[OwnImport]:
    """Give what one statement imports from the app's own code."""
    if isinstance(node, cst.Import):
        for alias in node.names:
            name = dotted_name(alias.name)
            if project.load(name) is None:
                continue
            runs = tuple(project.parents(name))
            whole = name if alias.asname else name.partition(".")[0]
            if project.load(whole) is not None:
                yield OwnImport(alias, bound_name(alias), OwnTarget(whole), runs)
        return
    name = absolute_module(module, node)
    source = project.load(name) if name else None
    if source is None:
        yield from _from_a_folder(project, name, node)
        return
    runs = tuple(project.parents(name))
    if isinstance(node.names, cst.ImportStar):
        yield OwnImport(None, "*", OwnTarget(name), runs)
        return
    for alias in node.names:
        wanted = dotted_name(alias.name)
        inner = f"{name}.{wanted}"
        is_inner = source.is_package and project.load(inner) is not None
        if is_inner and (source is module or not source.binds(wanted)):
            yield OwnImport(alias, bound_name(alias), OwnTarget(inner), (*runs, inner))
        else:
            yield OwnImport(alias, bound_name(alias), OwnTarget(name, wanted), runs)


def _from_a_folder(
    project: Project, name: str, node: cst.ImportFrom
) -> Iterator[OwnImport]:
    """Give the modules that are imported from a folder without `__init__.py`."""
    if isinstance(node.names, cst.ImportStar) or not name:
        return
    for alias in node.names:
        inner = f"{name}.{dotted_name(alias.name)}"
        if project.load(inner) is not None:
            yield OwnImport(alias, bound_name(alias), OwnTarget(inner), (inner,))


def all_own_imports(
    project: Project, module: SourceModule, node: cst.CSTNode | None = None
) -> Iterator[OwnImport]:
    """Give what code imports from the app's own, functions' bodies included."""
    for statement in import_statements(module.tree if node is None else node):
        yield from own_imports(project, module, statement)


def modules_in_strings(project: Project, node: cst.CSTNode) -> Iterator[str]:
    """Give the modules that code names in import strings, packages first.

    Such as `from_object("shop.config.Live")`.
    """
    finder = _ImportStrings()
    node.visit(finder)
    for text in finder.texts:
        for name in (text, text.rpartition(".")[0]):
            if name and all(one.isidentifier() for one in name.split(".")):
                found = project.parents(name)
                if found and found[-1] == name:
                    yield from found
                    break


class _ImportStrings(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def visit_Call(self, node: cst.Call) -> None:
        last = dotted_name(node.func).rpartition(".")[2]
        if last not in ("from_object", "import_string") or not node.args:
            return
        value = node.args[0].value
        if isinstance(value, cst.SimpleString) and isinstance(
            value.evaluated_value, str
        ):
            self.texts.append(value.evaluated_value.replace(":", "."))
