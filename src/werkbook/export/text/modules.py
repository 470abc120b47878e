"""Python files that cells write: one may be the app, others may be its modules."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePosixPath

from werkbook.cells.source.edits import apply
from werkbook.cells.source.edits import replace as replace_node
from werkbook.cells.source.names import find_names
from werkbook.cells.source.parsed import Parsed
from werkbook.cells.source.statements import Statement
from werkbook.cells.source.trees import called, constants
from werkbook.syntax_trees import parse_python

_IMPORTING = ("import_module", "__import__")


@dataclass(frozen=True)
class Candidate:
    """A program that may hold the app: the notebook, or a file that cells write.

    Attributes:
        statements: The modules that cells write put where they are imported.
        path: The file's path; "" for the notebook itself.
    """

    statements: list[Statement]
    path: str = ""


def candidates(parsed: Parsed, output: str) -> Iterator[Candidate]:
    """The programs that may hold the app: each written file, then the notebook.

    Args:
        parsed: What the cells say.
        output: The name of the file to write; a written module of this name moves.
    """
    for path in (*parsed.modules, ""):
        statements = parsed.modules[path] if path else parsed.statements
        splicer = _Splicer(parsed, renamed_modules(parsed, path, output))
        yield Candidate(splicer.splice(statements, {path}), path)


def renamed_modules(parsed: Parsed, path: str, output: str) -> dict[str, str]:
    """The new names of modules whose own is that of the exported file."""
    stem = output.removesuffix(".py")
    if output not in parsed.modules or path == output:
        return {}
    new = f"{stem}_module"
    while f"{new}.py" in parsed.modules:
        new += "_"
    return {stem: new}


def shipped_modules(
    parsed: Parsed, nodes: Iterable[ast.AST], path: str, output: str
) -> dict[str, str]:
    """The written modules that code imports, and those that these import.

    Returns:
        Their sources by path, their imports renamed where a module had to move.
    """
    renamed = renamed_modules(parsed, path, output)
    back = {new: old for old, new in renamed.items()}
    found: dict[str, str] = {}
    queue = [(one, path) for one in nodes]
    while queue:
        node, importer = queue.pop()
        for one in ast.walk(node):
            for module in (*_module_names(one), *_names_by_call(one, parsed)):
                head, dot, rest = module.partition(".")
                module = back.get(head, head) + dot + rest
                place = _find_path(module, getattr(one, "level", 0), importer, parsed)
                if place is None or place == path:
                    continue
                name = _place_file(place, path, renamed)
                if name not in found:
                    source = parsed.sources[place]
                    found[name] = rename_imports(source, renamed)
                    queue.append((parse_python(source), place))
    return found


def _place_file(place: str, entry: str, renamed: dict[str, str]) -> str:
    """Where a module has to lie beside the exported file."""
    folder = PurePosixPath(entry).parent.as_posix()
    if folder != "." and place.startswith(folder + "/"):
        place = place.removeprefix(folder + "/")
    stem = place.removesuffix(".py")
    return f"{renamed.get(stem, stem)}.py"


def rename_imports(source: str, renamed: dict[str, str]) -> str:
    """Import modules of a source text by their new names."""
    if not renamed:
        return source
    edits = []
    for node in ast.walk(parse_python(source)):
        if isinstance(node, ast.ImportFrom) and not node.level:
            if node.module in renamed:
                names = ", ".join(ast.unparse(alias) for alias in node.names)
                text = f"from {renamed[node.module]} import {names}"
                edits.append(replace_node(node, text))
        elif isinstance(node, ast.Import) and any(
            alias.name in renamed for alias in node.names
        ):
            names = ", ".join(_renamed_alias(one, renamed) for one in node.names)
            edits.append(replace_node(node, f"import {names}"))
    return apply(source, edits)


def _renamed_alias(alias: ast.alias, renamed: dict[str, str]) -> str:
    if alias.name not in renamed:
        return ast.unparse(alias)
    return f"{renamed[alias.name]} as {alias.asname or alias.name}"


def _module_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        inner = [f"{module}.{alias.name}".lstrip(".") for alias in node.names]
        return [module, *inner] if module else inner
    return []


def _names_by_call(node: ast.AST, parsed: Parsed) -> Iterator[str]:
    """The written modules that a call may import: `import_module("part_" + name)`."""
    is_it = isinstance(node, ast.Call) and called(node) in _IMPORTING
    if not isinstance(node, ast.Call) or not is_it or not node.args:
        return
    known = list(constants(node.args[:1]))
    for path in parsed.modules:
        module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if isinstance(node.args[0], ast.Constant):
            if known == [module]:
                yield module
        elif all(one.lstrip(".") in module for one in known):
            yield module


def _find_path(module: str, level: int, importer: str, parsed: Parsed) -> str | None:
    """The written file that a module is, seen from the file that imports it."""
    folder = PurePosixPath(importer).parent
    for _ in range(level - 1):
        folder = folder.parent
    inner = PurePosixPath(*module.split(".")) if module else PurePosixPath()
    places = [folder / inner] if level else [inner, folder / inner]
    for place in places:
        for path in (f"{place}.py", str(place / "__init__.py")):
            if path in parsed.modules:
                return path
    return None


def _kept_modules(parsed: Parsed) -> set[str]:
    """The written modules that stay modules, as code has them as objects.

    Whoever changes `util.RATE` changes it for all that come from there; so the modules
    that import such a one stay, too.
    """
    users: dict[str, set[str]] = {}
    waiting: list[str] = []
    for statement in (*parsed.statements, *chain(*parsed.modules.values())):
        node = statement.node
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        source = node.module if isinstance(node, ast.ImportFrom) else None
        level = getattr(node, "level", 0)
        for module in _module_names(node):
            path = _find_path(module, level, statement.path, parsed)
            if path is None:
                continue
            users.setdefault(path, set()).add(statement.path)
            if module != source:
                waiting.append(path)
    kept: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path and path not in kept:
            kept.add(path)
            waiting.extend(users.get(path, ()))
    return kept


class _Splicer:
    """Puts a written module's statements where it is imported from."""

    def __init__(self, parsed: Parsed, renamed: dict[str, str]) -> None:
        self.parsed = parsed
        self.renamed = renamed
        self.done: set[str] = set()
        self.kept = _kept_modules(parsed)

    def splice(
        self, statements: list[Statement], open_paths: set[str]
    ) -> list[Statement]:
        result: list[Statement] = []
        for statement in statements:
            path = self._find_module(statement)
            if path is None:
                result.append(self._renamed(statement))
            elif path in open_paths or path in self.done:
                continue
            elif _fits(statement, self.parsed.modules[path], statements):
                self.done.add(path)
                inner = self.splice(self.parsed.modules[path], open_paths | {path})
                result += [
                    replace(one, position=statement.position)
                    for one in inner
                    if not one.main_block
                ]
            else:
                result.append(self._renamed(statement))
        return result

    def _find_module(self, statement: Statement) -> str | None:
        node = statement.node
        if not isinstance(node, ast.ImportFrom):
            return None
        if any(alias.asname for alias in node.names) or node.module is None:
            return None
        if any(
            _find_path(
                f"{node.module}.{one.name}", node.level, statement.path, self.parsed
            )
            for one in node.names
        ):
            return None  # it imports modules of a package, and these stay modules
        path = _find_path(node.module, node.level, statement.path, self.parsed)
        return None if path in self.kept else path

    def _renamed(self, statement: Statement) -> Statement:
        if not self.renamed or not isinstance(
            statement.node, (ast.Import, ast.ImportFrom)
        ):
            return statement
        text = rename_imports(statement.text, self.renamed)
        if text == statement.text:
            return statement
        return replace(statement, text=text, node=parse_python(text).body[0])


def _fits(
    importing: Statement, module: list[Statement], statements: list[Statement]
) -> bool:
    """Say whether a module's names mean nothing else where it is imported."""
    bound: set[str] = set()
    for statement in module:
        if not isinstance(statement.node, (ast.Import, ast.ImportFrom)):
            bound |= find_names(statement.node).binds
    assert isinstance(importing.node, ast.ImportFrom)
    asked = {alias.name for alias in importing.node.names}
    for statement in statements:
        if statement is importing:
            continue
        if isinstance(statement.node, (ast.Import, ast.ImportFrom)):
            continue
        if find_names(statement.node).binds & (bound - asked):
            return False
    return True
