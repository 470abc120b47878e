"""The Python files of an app: which module is which file, and what it binds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst
from libcst.metadata import GlobalScope, MetadataWrapper, Scope, ScopeProvider

from werkbook.cells.source.statements import parse_source
from werkbook.errors import WerkbookError

MAX_SOURCE_BYTES = 5_000_000


class ImportingError(WerkbookError, ValueError):
    """A file or a folder cannot be turned into a notebook."""


@dataclass(frozen=True)
class OwnTarget:
    """What an import of the app's own code binds.

    Attributes:
        module: The dotted name of a module.
        name: The name in it; "" for the module itself.
    """

    module: str
    name: str = ""


@dataclass(eq=False)
class SourceModule:
    """A module of the app.

    Attributes:
        name: Its dotted name.
        path: Its file.
        tree: Its syntax tree.
        scopes: The scope of each node.
        are_global: What was found out of names, by scope: some are bound a thousand
            times.
    """

    name: str
    path: Path
    tree: cst.Module
    scopes: dict[cst.CSTNode, Scope | None] = field(default_factory=dict)
    are_global: dict[tuple[int, str], bool] = field(default_factory=dict)

    @property
    def is_package(self) -> bool:
        """Whether it is the `__init__.py` of a package."""
        return self.path.name == "__init__.py"

    @property
    def package(self) -> str:
        """The package that its relative imports start from, or ""."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def folder(self) -> Path:
        """Where Flask looks for its templates and static files."""
        return self.path.parent

    @property
    def scope(self) -> GlobalScope:
        """The scope of the module itself."""
        return next(s for s in self.scopes.values() if isinstance(s, GlobalScope))

    def binds(self, name: str) -> bool:
        """Say whether the module itself binds a name."""
        return any(one.name == name for one in self.scope.assignments)


class Project:
    """The modules below the folder from which an app's modules are imported."""

    def __init__(self, entry: Path, content: bytes) -> None:
        """Find the folder and the module's name of the file that makes the app.

        Args:
            entry: The file.
            content: What it holds, or what stands for that.

        Raises:
            ImportingError: It is no Python.
        """
        self.root = entry.resolve().parent
        while (self.root / "__init__.py").is_file():
            self.root = self.root.parent
        self._loaded: dict[str, SourceModule | None] = {}
        relative = entry.resolve().relative_to(self.root)
        parts = list(relative.with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        self.entry_name = ".".join(parts)
        self._loaded[self.entry_name] = parse_module(
            self.entry_name, entry.resolve(), content
        )

    @property
    def entry(self) -> SourceModule:
        """The module that makes the app."""
        found = self.load(self.entry_name)
        assert found is not None  # it was loaded first
        return found

    def load(self, name: str) -> SourceModule | None:
        """Return a module of the app by its dotted name; None if it is not one."""
        if name not in self._loaded:
            path = self._find(name)
            self._loaded[name] = (
                None if path is None else parse_module(name, path, read_module(path))
            )
        return self._loaded[name]

    def _find(self, name: str) -> Path | None:
        place = self.root.joinpath(*name.split("."))
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if path.is_file():
                return path
        return None

    def parents(self, name: str) -> list[str]:
        """List the packages that Python runs before a module, and the module."""
        parts = name.split(".")
        every = [".".join(parts[: count + 1]) for count in range(len(parts))]
        return [one for one in every if self.load(one) is not None]


def read_module(path: Path) -> bytes:
    """Read a Python file.

    Raises:
        ImportingError: It is too large.
        OSError: It cannot be read.
    """
    size = path.stat().st_size
    if size > MAX_SOURCE_BYTES:
        raise ImportingError(
            f"The file {str(path)!r} has {size:,} bytes.",
            why=f"a module of an app has at most {MAX_SOURCE_BYTES:,}.",
            fix="name the file that makes the app.",
        )
    return path.read_bytes()


def parse_module(name: str, path: Path, content: bytes) -> SourceModule:
    """Parse a Python file.

    Raises:
        ImportingError: It is no Python.
    """
    with _told_of(path):
        tree = parse_tree(content)
        wrapper = MetadataWrapper(tree, unsafe_skip_copy=True)
        scopes = dict(wrapper.resolve(ScopeProvider))
    return SourceModule(name, path, tree, scopes)


def parse_tree(content: bytes) -> cst.Module:
    """Return the tree of a Python file, which Python reads first.

    LibCST alone has no limit of nesting: it would end the process.

    Raises:
        ValueError: It is no Python, as `SyntaxError` and `cst.ParserSyntaxError` say.
        RecursionError: It nests deeper than the stack.
    """
    parse_source(content.decode("utf-8-sig"))
    return cst.parse_module(content.replace(b"\r\n", b"\n"))


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Say of which file it is that it is no Python."""
    try:
        yield
    except (cst.ParserSyntaxError, ValueError, SyntaxError) as error:
        line = getattr(error, "lineno", None) or getattr(error, "raw_line", None)
        raise ImportingError(
            f"{str(path)!r} is no Python 3" + (f" at line {line}." if line else "."),
            why=_first_line(error),
            fix="mend the file (python -m py_compile says where), and import it again.",
        ) from None
    except RecursionError:
        raise ImportingError(
            f"{str(path)!r} nests too deeply.",
            why="its expressions are deeper than Python's own stack.",
            fix="cut its longest expression into parts.",
        ) from None


def _first_line(error: Exception) -> str:
    message = getattr(error, "msg", "") or getattr(error, "message", "") or str(error)
    return f"Python says: {message.strip().splitlines()[0]}"


def import_statements(node: cst.CSTNode) -> Iterator[cst.Import | cst.ImportFrom]:
    """Give the imports in code, functions' bodies included, in their order."""
    if isinstance(node, cst.Import | cst.ImportFrom):
        yield node
        return
    for child in node.children:
        yield from import_statements(child)


def dotted_name(node: cst.CSTNode | None) -> str:
    """Return the text of a plain `a.b.c`, or ""."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        head = dotted_name(node.value)
        return f"{head}.{node.attr.value}" if head else ""
    return ""


def bound_name(alias: cst.ImportAlias) -> str:
    """Return the name that an import binds."""
    if alias.asname is not None:
        return dotted_name(alias.asname.name)
    return dotted_name(alias.name).partition(".")[0]


def absolute_module(module: SourceModule, node: cst.ImportFrom) -> str:
    """Return the dotted name of the module that a `from` import names."""
    named = dotted_name(node.module)
    level = len(node.relative)
    if not level:
        return named
    parts = module.package.split(".") if module.package else []
    parts = parts[: len(parts) - level + 1]
    return ".".join([*parts, *([named] if named else [])])
