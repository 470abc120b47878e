"""One namespace for all modules: which name each thing of theirs has in the notebook.

A name that only one module gives a meaning stays. Where two modules mean different
things by a name, and one of them reads it, the app's own module keeps it, and the
others' get their module's name in front: `auth_bp`, `blog_bp`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import (
    BaseAssignment,
    BuiltinScope,
    GlobalScope,
    ImportAssignment,
    Scope,
)

from .own_imports import OwnImport, own_imports
from .source_modules import (
    OwnTarget,
    Project,
    SourceModule,
    absolute_module,
    bound_name,
    dotted_name,
)
from .taken_modules import Chosen

_BUILTINS = frozenset(dir(builtins))
Meaning = tuple[str, ...]
"""What a name means: ("import", module, name), ("own", module), ("builtin",)."""


@dataclass
class ModuleNames:
    """The names of one module.

    Attributes:
        module: The module.
        meanings: What its global names mean, those of its own imports left out.
        aliases: What its imports of taken modules bind, by import statement and name.
        stars: The taken modules that it imports everything from.
        reads: The global names that its code reads.
        attributes: The names of which its code reads attributes, with these.
        has_foreign_star: It imports everything from a package that is not the app's.
        targets: What was found out of names, by scope: some are bound a thousand times.
    """

    module: SourceModule
    meanings: dict[str, Meaning] = field(default_factory=dict)
    aliases: dict[tuple[cst.CSTNode, str], OwnTarget] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)
    attributes: list[tuple[cst.Name, list[str]]] = field(default_factory=list)
    has_foreign_star: bool = False
    targets: dict[tuple[int, str], OwnTarget | None] = field(default_factory=dict)

    def global_alias(self, name: str) -> OwnTarget | None:
        """Return what an import at the module's own level binds a name to."""
        for one in self.module.scope[name]:
            found = self.find_alias(one, name)
            if found is not None:
                return found
        return None

    def find_alias(self, assignment: object, name: str) -> OwnTarget | None:
        """Return what an assignment binds, when it is an import of a taken module."""
        if not isinstance(assignment, ImportAssignment):
            return None
        return self.aliases.get((assignment.node, name))


class SharedNamespace:
    """The names of all taken modules, and what they are called in the notebook."""

    def __init__(self, project: Project, chosen: Chosen) -> None:
        """Read the modules' names, and settle what each is called."""
        self.project = project
        self.chosen = chosen
        self.entry = project.entry_name
        self.modules = {
            name: _read_names(project, module, chosen.taken)
            for name, module in chosen.taken.items()
        }
        self.needs_object: set[str] = set()
        """Modules that code uses as an object, and not for an attribute alone."""
        self._forced: set[tuple[str, str]] = set()
        self._final: dict[tuple[str, str], str] = {}
        self.settle()

    def settle(self) -> None:
        """Give each name of each module what it is called in the notebook."""
        every: dict[str, dict[Meaning, list[str]]] = {}
        for name, names in self.modules.items():
            for bound, meaning in names.meanings.items():
                every.setdefault(bound, {}).setdefault(meaning, []).append(name)
        taken = set(every) | self._all_words()
        wanted = self._read_names()
        self._final = {}
        for bound, found in every.items():
            self._add_fixed(bound, found)
            keeper = self._keeper(bound, found, bound in wanted)
            for meaning, modules in found.items():
                for module in modules:
                    final = bound
                    is_forced = (module, bound) in self._forced
                    if (meaning != keeper and keeper is not None) or is_forced:
                        final = self._prefixed(module, bound, taken)
                        taken.add(final)
                    self._final[module, bound] = final

    def force_another(self, module: str, name: str) -> None:
        """Let a name be called otherwise: something else stands in its way."""
        self._forced.add((module, name))

    def is_forced(self, module: str, name: str) -> bool:
        """Say whether a name was told to be called otherwise."""
        return (module, name) in self._forced

    def _add_fixed(self, bound: str, found: dict[Meaning, list[str]]) -> None:
        """Add what a name means where no module binds it: a builtin, a star's name."""
        for name, names in self.modules.items():
            if bound in names.reads and not self._resolves(name, bound):
                if bound in _BUILTINS:
                    found.setdefault(("builtin",), [])
                elif names.has_foreign_star:
                    found.setdefault(("star", name), [])

    def _resolves(self, module: str, name: str) -> bool:
        names = self.modules[module]
        if name in names.meanings or names.global_alias(name) is not None:
            return True
        return any(self._star_gives(star, name) for star in names.stars)

    def _star_gives(self, module: str, name: str) -> bool:
        return not name.startswith("_") and self._resolves(module, name)

    def _keeper(
        self, bound: str, found: dict[Meaning, list[str]], is_read: bool
    ) -> Meaning | None:
        """Return the meaning that keeps the name; None when all may have it."""
        if len(found) == 1 or not is_read:
            return None
        for kind in ("builtin", "star"):
            fixed = [one for one in found if one[0] == kind]
            if fixed:
                return fixed[0]
        for meaning, modules in found.items():
            if self.entry in modules:
                return meaning
        # `import a.b` can't get another name, so it comes before `from a import b`.
        imported = sorted((one for one in found if one[0] == "import"), key=len)
        return imported[0] if imported else ("nobody",)

    def _read_names(self) -> set[str]:
        found: set[str] = set()
        for names in self.modules.values():
            found |= names.reads
            found |= {one.name for one in names.aliases.values()}
            found.update(self._attribute_names(names))
        return found

    @staticmethod
    def _attribute_names(names: ModuleNames) -> Iterator[str]:
        """Give the names that code reads as attributes of the app's own modules."""
        for head, words in names.attributes:
            for one in assignments_of(names.module, head):
                if names.find_alias(one, head.value) is not None:
                    yield from words

    def _all_words(self) -> set[str]:
        """Return every name in the code, attributes included: none is taken twice."""
        found: set[str] = set()
        for names in self.modules.values():
            collector = _Words()
            names.module.tree.visit(collector)
            found |= collector.words
        return found

    def _prefixed(self, module: str, name: str, taken: set[str]) -> str:
        parts = module.split(".")
        for count in range(1, len(parts) + 1):
            stem = "_".join([*parts[-count:], name.lstrip("_") or name])
            found = f"_{stem}" if name.startswith("_") else stem
            if found not in taken:
                return found
        while found in taken:
            found += "_"
        return found

    def resolve(self, target: OwnTarget) -> OwnTarget | str:
        """Follow a target to what it is called in the notebook.

        Returns:
            The name in the notebook, or a target without a name: a taken module.
        """
        seen: set[OwnTarget] = set()
        while target.name and target not in seen:
            seen.add(target)
            final = self._final.get((target.module, target.name))
            if final is not None:
                return final
            names = self.modules.get(target.module)
            if names is None:
                break
            found = names.global_alias(target.name) or self._in_stars(names, target)
            if found is None:
                inner = OwnTarget(f"{target.module}.{target.name}")
                if inner.module not in self.modules:
                    break
                found = inner
            target = found
        return target

    def _in_stars(self, names: ModuleNames, target: OwnTarget) -> OwnTarget | None:
        for star in names.stars:
            if self._star_gives(star, target.name):
                return OwnTarget(star, target.name)
        return None

    def final(self, module: str, name: str) -> str | None:
        """Return what a module's own global name is called in the notebook."""
        found = self._final.get((module, name))
        if found is not None:
            return found
        target = self._in_stars(self.modules[module], OwnTarget(module, name))
        resolved = None if target is None else self.resolve(target)
        return resolved if isinstance(resolved, str) else None

    def every_name(self) -> list[tuple[tuple[str, str], str]]:
        """Return each module's names, with what they are called in the notebook."""
        return list(self._final.items())

    def public_names(self, module: str) -> dict[str, str]:
        """Return the names of a module, with what they are called in the notebook."""
        return {
            name: final
            for (owner, name), final in self._final.items()
            if owner == module
        }


def _read_names(
    project: Project, module: SourceModule, taken: dict[str, SourceModule]
) -> ModuleNames:
    names = ModuleNames(module)
    collector = _Reads(module)
    module.tree.visit(collector)
    names.reads, names.attributes = collector.reads, collector.attributes
    for statement in collector.imports:
        own = [
            one
            for one in own_imports(project, module, statement)
            if one.target.module in taken
        ]
        _add_aliases(names, statement, own)
        is_star = isinstance(statement.names, cst.ImportStar)
        names.has_foreign_star |= is_star and not own
    for assignment in module.scope.assignments:
        name = assignment.name
        if "." in name or names.find_alias(assignment, name) is not None:
            continue
        node = getattr(assignment, "node", None)
        if isinstance(node, cst.Import | cst.ImportFrom):
            names.meanings.setdefault(name, _import_meaning(module, node, name))
        else:
            names.meanings[name] = ("own", module.name)
    return names


def _add_aliases(
    names: ModuleNames, statement: cst.Import | cst.ImportFrom, own: list[OwnImport]
) -> None:
    for one in own:
        if one.alias is None:
            names.stars.append(one.target.module)
        else:
            names.aliases[statement, one.bound] = one.target


def _import_meaning(
    module: SourceModule, node: cst.Import | cst.ImportFrom, name: str
) -> Meaning:
    if isinstance(node.names, cst.ImportStar):
        return ("own", module.name)
    for alias in node.names:
        if bound_name(alias) != name:
            continue
        imported = dotted_name(alias.name)
        if isinstance(node, cst.ImportFrom):
            return ("import", absolute_module(module, node), imported)
        return ("import", imported if alias.asname else imported.partition(".")[0])
    return ("own", module.name)


class _Words(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.words: set[str] = set()

    def visit_Name(self, node: cst.Name) -> None:
        self.words.add(node.value)


class _Reads(cst.CSTVisitor):
    """Collects the global names that code reads, and its imports."""

    def __init__(self, module: SourceModule) -> None:
        super().__init__()
        self.module = module
        self.reads: set[str] = set()
        self.imports: list[cst.Import | cst.ImportFrom] = []
        self.attributes: list[tuple[cst.Name, list[str]]] = []

    def visit_Import(self, node: cst.Import) -> bool:
        self.imports.append(node)
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        self.imports.append(node)
        return False

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        head: cst.BaseExpression = node
        while isinstance(head, cst.Attribute):
            head = head.value
        if isinstance(head, cst.Name):
            self.attributes.append((head, dotted_name(node).split(".")[1:]))
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False

    def visit_Param(self, node: cst.Param) -> bool:
        for part in (node.annotation, node.default):
            if part is not None:
                part.visit(self)
        return False

    def visit_AssignTarget(self, node: cst.AssignTarget) -> bool:
        return not isinstance(node.target, cst.Name)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        for part in (*node.decorators, node.params, node.body):
            part.visit(self)
        if node.returns is not None:
            node.returns.visit(self)
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        for part in (*node.decorators, *node.bases, *node.keywords, node.body):
            part.visit(self)
        return False

    def visit_Name(self, node: cst.Name) -> None:
        if is_global(self.module, node):
            self.reads.add(node.value)


def is_global(module: SourceModule, node: cst.Name) -> bool:
    """Say whether a name is one of the module, of a star's or a builtin."""
    place = id(module.scopes.get(node)), node.value
    if place not in module.are_global:
        module.are_global[place] = all(
            isinstance(one.scope, GlobalScope | BuiltinScope)
            for one in assignments_of(module, node)
        )
    return module.are_global[place]


def assignments_of(module: SourceModule, node: cst.Name) -> Iterator[BaseAssignment]:
    """Give what may have bound a name where it stands."""
    scope = module.scopes.get(node)
    if scope is None:
        return iter(())
    return iter(list(scope[node.value]))


def is_local_in(scope: Scope | None, name: str) -> bool:
    """Say whether a name, put into a scope, would mean something local there."""
    while scope is not None and not isinstance(scope, GlobalScope | BuiltinScope):
        if any(one.name == name for one in scope.assignments):
            return True
        scope = scope.parent
    return False
