"""Which names `from module import *` binds, as far as the module's text tells.

Nothing of a package runs for it: its text is read. Modules of Python's own that have no
text (`math`) are imported.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from sysconfig import get_paths
from typing import Any

from werkbook.cells.source.names import find_names
from werkbook.syntax_trees import parse_python

_MAX_BYTES = 1_000_000
_MAX_SUBMODULES = 60
_SUFFIXES = (".py", ".pyc")  # a zip file tells of the bytecode that it has
_ZIP = "python{}{}.zip".format(*sys.version_info)


@cache
def star_names(module: str) -> frozenset[str]:
    """Return names that a star import of a module surely binds; others it may bind.

    Args:
        module: Its dotted name. One that lies beside the notebook tells nothing.
    """
    is_of_python = module.partition(".")[0] in sys.stdlib_module_names
    if not module or ("." in module and not is_of_python):
        return frozenset()  # to find a submodule, Python runs its package
    try:
        spec = find_spec(module)
        if spec is None:
            return frozenset()
        if is_of_python and _has_no_text(spec):
            return frozenset(_public(import_module(module)))
        text = _text(spec)
        names = _names_in(text)
        if not any(map(_is_list, parse_python(text).body)):
            names |= _submodules(spec, text)
        return frozenset(names)
    except (ImportError, OSError, SyntaxError, ValueError, AttributeError):
        return frozenset()


def _has_no_text(spec: ModuleSpec) -> bool:
    origin = spec.origin or ""
    return origin in ("built-in", "frozen") or origin.endswith(
        tuple(EXTENSION_SUFFIXES)
    )


def _public(module: object) -> Iterator[str]:
    every = getattr(module, "__all__", None)
    yield from every or (name for name in vars(module) if name[0] != "_")


def _text(spec: ModuleSpec) -> str:
    """The text of a module that is installed; "" of any other one."""
    path = Path(spec.origin or "")
    paths = get_paths()
    places = {
        Path(paths[one].replace("//", "/"))  # as Pyodide writes them
        for one in ("stdlib", "platstdlib", "purelib", "platlib")
    }
    # Python's own modules may lie in a zip file, as in a browser.
    zipped = {Path(one) for one in sys.path if Path(one).name == _ZIP}
    if path.suffix not in _SUFFIXES or (places | zipped).isdisjoint(path.parents):
        return ""
    if path.exists() and path.stat().st_size > _MAX_BYTES:
        return ""
    loader: Any = spec.loader
    return loader.get_source(spec.name) or ""


def _names_in(text: str) -> set[str]:
    tree = parse_python(text)
    listed = [one for one in map(_listed, tree.body) if one is not None]
    if listed:
        return set().union(*listed)
    found = [find_names(one) for one in tree.body]
    gone = {name for one in found for name in one.deletes}
    bound = {name for one in found if one.is_sure for name in one.binds} - gone
    return {name for name in bound if not name.startswith("_")}


def _submodules(spec: ModuleSpec, text: str) -> set[str]:
    """The modules of a package that its import reaches: its attributes from then on.

    `from flask import *` binds `json` and `logging`, which are Flask's own.
    """
    folder = Path(spec.origin or "").parent
    if not spec.submodule_search_locations or not folder.is_dir():
        return set()
    known: set[tuple[str, ...]] = set()
    waiting: list[tuple[tuple[str, ...], str]] = [((), text)]
    while waiting and len(known) < _MAX_SUBMODULES:
        package, source = waiting.pop()
        for one in _imported(parse_python(source), spec.name, package):
            if one in known:
                continue
            path = folder.joinpath(*one)
            file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            if file.is_file() and file.stat().st_size <= _MAX_BYTES:
                known.add(one)
                inner = one if path.is_dir() else one[:-1]
                waiting.append((inner, file.read_text("utf-8")))
    return {one[0] for one in known if one[0][0] != "_"}


def _imported(
    tree: ast.Module, name: str, package: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """The modules of a package that one of them imports when it is imported.

    Args:
        tree: Its text.
        name: The whole package's.
        package: Where it lies in it.
    """
    for node in tree.body:
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            found = [tuple(one[1:]) for one in names if one[0] == name]
        elif isinstance(node, ast.ImportFrom):
            parts = (node.module or "").split(".") if node.module else []
            if node.level:
                base = package[: len(package) - node.level + 1]
            elif parts[:1] == [name]:
                base, parts = (), parts[1:]
            else:
                continue
            module = (*base, *parts)
            found = [module, *((*module, alias.name) for alias in node.names)]
        else:
            continue
        for one in found:
            yield from (one[:count] for count in range(1, len(one) + 1))


def _is_list(node: ast.stmt) -> bool:
    return _listed(node) is not None


def _listed(node: ast.stmt) -> set[str] | None:
    """The names that `__all__ = [...]` lists; None of another statement."""
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if not any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets):
        return None
    parts = getattr(node.value, "elts", ())
    values = [one.value for one in parts if isinstance(one, ast.Constant)]
    return {one for one in values if isinstance(one, str)}
