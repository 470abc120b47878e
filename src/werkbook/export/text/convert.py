"""From Werkbook's names to Flask's and back; the API behind them is the same."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

from werkbook.cells.source.edits import Edit, apply, insert
from werkbook.cells.source.edits import replace as replace_node
from werkbook.cells.source.names import imported_as
from werkbook.cells.source.statements import Statement, parse_source
from werkbook.flask_names import FLASK_MODULES


@dataclass(frozen=True)
class _Names:
    module: str
    app: str


_WERKBOOK = _Names("werkbook", "App")
_FLASK = _Names("flask", "Flask")


def to_target(statements: list[Statement], target: str | None) -> list[Statement]:
    """Write a program for `werkbook` or `flask`; None leaves it as it is."""
    if target == "flask":
        return [*_convert(statements, _WERKBOOK, _FLASK)]
    if target == "werkbook":
        return [*_convert(statements, _FLASK, _WERKBOOK)]
    return statements


def _convert(
    statements: list[Statement], old: _Names, new: _Names
) -> Iterable[Statement]:
    renamed = _renamed(statements, old, new)
    kept = _kept_modules(statements, old, new)
    for statement in statements:
        if not _mentions(statement.text, old, renamed):
            yield statement
            continue
        # The places of the statement's own text, not those of its cell.
        own = parse_source(statement.text).body[0]
        text = apply(statement.text, _edits(own, old, new, renamed, kept))
        yield replace(statement, text=text, node=parse_source(text).body[0])


def _mentions(text: str, old: _Names, renamed: dict[str, str]) -> bool:
    return old.module in text or any(name in text for name in renamed)


def _renamed(statements: list[Statement], old: _Names, new: _Names) -> dict[str, str]:
    """Names that change in the code, by what they become."""
    renamed = {}
    for statement in statements:
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if _is_within(alias.name, old.module) and not alias.asname:
                        renamed[old.module] = new.module
            elif isinstance(node, ast.ImportFrom) and node.module == old.module:
                for alias in node.names:
                    if alias.name == old.app and alias.asname in (None, new.app):
                        renamed[imported_as(alias)] = new.app
    return renamed


def _kept_modules(
    statements: list[Statement], old: _Names, new: _Names
) -> frozenset[str]:
    """The imported modules that only the old package has: `werkbook.export`."""
    if new is not _FLASK:
        return frozenset()
    modules = set()
    for statement in statements:
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add(node.module or "")
    return frozenset(
        one
        for one in modules
        if _is_within(one, old.module)
        and _moved_module(one, old, new) not in FLASK_MODULES
    )


def _edits(
    node: ast.stmt,
    old: _Names,
    new: _Names,
    renamed: dict[str, str],
    kept: frozenset[str],
) -> Iterable[Edit]:
    untouched = _owners_of(kept, node)
    for one in ast.walk(node):
        if isinstance(one, ast.Import):
            if any(_is_within(alias.name, old.module) for alias in one.names):
                yield replace_node(one, _import_text(one, old, new, kept))
        elif isinstance(one, ast.ImportFrom):
            module = one.module or ""
            if _is_within(module, old.module) and not one.level and module not in kept:
                yield replace_node(one, _from_text(one, old, new))
        elif isinstance(one, ast.Name) and one.id in renamed:
            if one not in untouched:
                yield replace_node(one, renamed[one.id])
        elif isinstance(one, ast.Attribute) and _is_app_class(one, old):
            end_line, end = one.end_lineno or 1, one.end_col_offset or 0
            yield Edit(end_line, end - len(one.attr), end_line, end, new.app)
        if isinstance(one, ast.Call) and _makes_app(one, old, new, renamed):
            named = any(keyword.arg == "import_name" for keyword in one.keywords)
            if not one.args and not named:
                line = one.func.end_lineno or 1
                column = (one.func.end_col_offset or 0) + 1
                yield insert(line, column, "__name__" + (", " if one.keywords else ""))


def _owners_of(modules: Iterable[str], node: ast.stmt) -> set[ast.expr]:
    """The names of the package in front of modules: `werkbook` of its `export`."""
    first = {".".join(one.split(".")[:2]) for one in modules}
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and f"{one.value.id}.{one.attr}" in first
    }


def _is_app_class(node: ast.expr, names: _Names) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == names.app
        and isinstance(node.value, ast.Name)
        and node.value.id == names.module
    )


def _makes_app(
    call: ast.Call, old: _Names, new: _Names, renamed: dict[str, str]
) -> bool:
    if new is not _FLASK:
        return False
    function = call.func
    if isinstance(function, ast.Name):
        return renamed.get(function.id) == new.app
    return _is_app_class(function, old)


def _import_text(
    node: ast.Import, old: _Names, new: _Names, kept: frozenset[str]
) -> str:
    aliases = []
    for alias in node.names:
        if alias.name not in kept:
            moved = _moved_module(alias.name, old, new)
            aliases.append(ast.alias(moved, alias.asname))
            continue
        aliases.append(alias)
        if alias.asname is None:  # it binds the package, too
            aliases.append(ast.alias(new.module))
    return ast.unparse(ast.Import(names=aliases))


def _from_text(node: ast.ImportFrom, old: _Names, new: _Names) -> str:
    aliases = []
    for alias in node.names:
        if alias.name == old.app and node.module == old.module:
            asname = None if alias.asname in (None, new.app) else alias.asname
            aliases.append(ast.alias(new.app, asname))
        elif alias.name not in ("install_as_flask", "load_ipython_extension"):
            aliases.append(alias)
    if not aliases:
        return "pass"
    module = _moved_module(node.module or "", old, new)
    return ast.unparse(ast.ImportFrom(module=module, names=aliases, level=0))


def _moved_module(module: str, old: _Names, new: _Names) -> str:
    if _is_within(module, old.module):
        return new.module + module[len(old.module) :]
    return module


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")
