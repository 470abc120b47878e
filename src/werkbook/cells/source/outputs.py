"""Names that IPython binds to what cells showed and held: `_`, `_5`, `Out[5]`, `In`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from werkbook.cells.cell import Cell
from werkbook.cells.source import edits
from werkbook.cells.source.magics import cell_magic, transform
from werkbook.cells.source.names import find_names
from werkbook.cells.source.statements import Statement, parse_source
from werkbook.syntax_trees import parse_python

_MENTION = re.compile(r"\b(?:_{1,3}|_\d+|Out|_oh|In)\b")
_NUMBERED = re.compile(r"_(\d+)\Z")
_LAST = ("_", "__", "___")
_ALL = frozenset(("Out", "_oh"))
_SHOW_NOTHING = frozenset(("print", "display", "help", "exit", "quit"))
_CHANGE_ONLY = frozenset(
    ("append", "extend", "insert", "sort", "reverse", "clear", "add", "remove", "run")
)
_CHANGE_OR_SHOW = _CHANGE_ONLY | {"update", "show", "close", "seed"}


def bind_outputs(statements: list[Statement], cells: Sequence[Cell]) -> None:
    """Bind what a cell shows to a name, where another cell reads it by IPython's.

    Args:
        statements: Those of all cells; the ones concerned are replaced in place.
        cells: The cells, by their labels, in the order in which they run.
    """
    mentioned = [n for n, one in enumerate(statements) if _MENTION.search(one.text)]
    own = {name for n in mentioned for name in find_names(statements[n].node).binds}
    own |= {"_"} if any(installs_translation(one.node) for one in statements) else set()
    counts = {cell.name: count for count, cell in enumerate(cells, 1)}
    shown = _find_shown(statements, counts) if mentioned else {}
    used = set()
    for n in mentioned:
        one = statements[n]
        if one.cell not in counts or one.route is not None:
            continue
        changes = dict(_changes(one, counts[one.cell], shown, own))
        used |= set(changes.values())
        texts = [] if "In" in own else list(_typed(one, cells))
        if changes or texts:
            statements[n] = _changed(one, [*changes, *texts])
    for count in used:
        one = statements[shown[count]]
        node = parse_source(one.text).body[0]
        named = edits.insert(node.lineno, node.col_offset, f"_{count} = ")
        statements[shown[count]] = _changed(one, [named])


def installs_translation(node: ast.AST) -> bool:
    """Say whether code makes `_` a builtin, which IPython then leaves alone.

    gettext does: `gettext.install("shop")`, or `install()` of what it found.
    """
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            if one.attr == "_" and _name(one.value) == "builtins":
                return True
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            is_pip = _name(one.func.value).startswith("pip")
            if one.func.attr == "install" and not is_pip:
                return True
    return False


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _changed(statement: Statement, changes: Iterable[edits.Edit]) -> Statement:
    text = edits.apply(statement.text, changes)
    return replace(statement, text=text, node=parse_source(text).body[0])


def _find_shown(
    statements: Sequence[Statement], counts: dict[str, int]
) -> dict[int, int]:
    """The statement whose value a cell shows, by how many cells ran up to it."""
    return {
        counts[one.cell]: n
        for n, one in enumerate(statements)
        if one.is_last and one.cell in counts and _shows(one)
    }


def _shows(statement: Statement) -> bool:
    node = statement.node
    if not isinstance(node, ast.Expr) or statement.is_hushed:
        return False
    value = node.value
    if isinstance(value, ast.Constant):
        return value.value is not None
    if not isinstance(value, ast.Call):
        return True
    if isinstance(value.func, ast.Attribute):
        return value.func.attr not in _CHANGE_OR_SHOW
    return not (isinstance(value.func, ast.Name) and value.func.id in _SHOW_NOTHING)


def _changes(
    statement: Statement, count: int, shown: dict[int, int], own: set[str]
) -> Iterator[tuple[edits.Edit, int]]:
    """What to write in place of IPython's names, and the cell that each one means."""
    tree = parse_source(statement.text).body[0]
    bound = own | find_names(tree).binds | _stored(tree)
    now = _last_shown((one for one in shown if one < count), bound)
    at_the_end = _last_shown(shown, bound)
    later = find_names(tree).later
    inside = {id(one) for body in _bodies_of_functions(tree) for one in ast.walk(body)}
    for node in ast.walk(tree):
        # A function is called when all cells have run.
        meant = at_the_end if id(node) in inside else now
        if meant is now and isinstance(node, ast.Name) and node.id in later:
            meant = {}
        found = _meant(node, meant, own)
        if found in shown and isinstance(node, ast.expr):
            yield edits.replace(node, f"_{found}"), found


def _last_shown(counts: Iterable[int], bound: set[str]) -> dict[str, int]:
    """The cells whose outputs `_`, `__` and `___` stand for."""
    latest = [*sorted(counts, reverse=True), 0, 0, 0]
    return {name: latest[n] for n, name in enumerate(_LAST) if name not in bound}


def _bodies_of_functions(tree: ast.AST) -> Iterator[ast.stmt]:
    for one in ast.walk(tree):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from one.body


def _typed(statement: Statement, cells: Sequence[Cell]) -> Iterator[edits.Edit]:
    """What to write in place of `In[3]`: the text of that cell, if it is all Python."""
    for node in ast.walk(parse_source(statement.text)):
        if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
            continue
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if node.value.id != "In" or not isinstance(key, int) or key < 1:
            continue
        source = cells[key - 1].source if key <= len(cells) else None
        if source is None or cell_magic(source) is not None:
            continue
        if transform(source).source == source:
            yield edits.replace(node, repr(source.rstrip("\n")))


def _stored(tree: ast.AST) -> set[str]:
    names = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    return names | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _meant(node: ast.AST, meant: dict[str, int], own: set[str]) -> int:
    """How many cells had run when what a node reads was shown; 0 if it is no such."""
    if isinstance(node, ast.Name) and node.id not in own:
        numbered = _NUMBERED.match(node.id)
        return int(numbered[1]) if numbered else meant.get(node.id, 0)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        holder, first = node.func.value, node.args[:1]
        if isinstance(holder, ast.Name) and holder.id in _ALL - own:
            key = first[0].value if first and isinstance(first[0], ast.Constant) else 0
            is_get = node.func.attr == "get" and isinstance(key, int)
            return key if is_get and isinstance(key, int) else 0
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if node.value.id in _ALL - own and isinstance(node.ctx, ast.Load):
            return key if isinstance(key, int) else 0
    return 0


def shell_names(statements: list[Statement]) -> list[Statement]:
    """Bind `_dh`, IPython's list of folders, where a cell reads it: to the file's."""
    users = [one for one in statements if "_dh" in one.text]
    names = [find_names(one.node) for one in users]
    if not any("_dh" in one.reads | one.later for one in names):
        return []
    if any("_dh" in one.binds for one in names):
        return []
    folder = "os.path.dirname(os.path.abspath(__file__))"
    return [
        Statement(users[0].cell, 1, parse_python(text).body[0], text)
        for text in ("import os", f"_dh = [{folder}]")
    ]
