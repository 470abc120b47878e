"""One import block, sorted as ruff's isort sorts it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from werkbook.cells.source.names import imported_as
from werkbook.cells.source.texts import LINE_LENGTH
from werkbook.export.flow.context import Definition
from werkbook.export.flow.program import Program


@dataclass(frozen=True)
class Import:
    """One imported name.

    Attributes:
        module: As written, with leading dots.
        name: What is imported from the module; "" for the module itself.
        alias: The name after `as`, or "".
    """

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name that it binds."""
        if self.alias:
            return self.alias
        return self.name or self.module.partition(".")[0]

    @property
    def package(self) -> str:
        """The package that it comes from."""
        return self.module.partition(".")[0]


def find_imports(node: ast.stmt, used: set[str], uses: set[str]) -> list[Import]:
    """The imports of a statement that something uses.

    Args:
        node: An import statement.
        used: Names that kept code uses.
        uses: Dotted names that kept code uses: `os.path` of `os.path.join`.
    """
    found = []
    if isinstance(node, ast.Import):
        for alias in node.names:
            if imported_as(alias) in used and (
                alias.asname or "." not in alias.name or _is_used(alias.name, uses)
            ):
                asname = alias.asname or ""
                found.append(Import(alias.name, alias=asname))
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*" or imported_as(alias) in used or _is_future(node):
                asname = alias.asname or ""
                asname = "" if asname == alias.name else asname
                if not _is_future(node) or alias.name == "annotations":
                    found.append(Import(module, alias.name, asname))
    return found


def _is_future(node: ast.ImportFrom) -> bool:
    return node.module == "__future__"


def _is_used(module: str, uses: set[str]) -> bool:
    parts = module.split(".")
    return any(".".join(parts[:count]) in uses for count in range(len(parts), 1, -1))


def import_block(imports: Iterable[Import], is_local: Callable[[str], bool]) -> str:
    """Write imports as one sorted block, its sections apart."""
    sections: list[list[str]] = [[], [], [], [], []]
    seen = sorted(set(imports), key=_order)
    plain = [one for one in seen if not one.name]
    for one in plain:
        alias = f" as {one.alias}" if one.alias and one.alias != one.module else ""
        sections[_section(one, is_local)].append(f"import {one.module}{alias}")
    groups: dict[tuple[str, str], list[Import]] = {}
    for one in seen:
        if one.name:
            alone = (
                one.name + " as " + one.alias if one.alias or one.name == "*" else ""
            )
            groups.setdefault((one.module, alone), []).append(one)
    for (module, _), members in sorted(
        groups.items(), key=lambda item: _order(item[1][0])
    ):
        line = _from_line(module, members)
        sections[_section(members[0], is_local)].append(line)
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _from_line(module: str, members: list[Import]) -> str:
    names = [f"{one.name} as {one.alias}" if one.alias else one.name for one in members]
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= LINE_LENGTH:
        return line
    inner = "".join(f"    {name},\n" for name in names)
    return f"from {module} import (\n{inner})"


def _section(one: Import, is_local: Callable[[str], bool]) -> int:
    if one.module == "__future__":
        return 0
    if one.module.startswith("."):
        return 4
    if one.package in sys.stdlib_module_names:
        return 1
    return 3 if is_local(one.package) else 2


def _order(one: Import) -> tuple[object, ...]:
    kind = 0 if one.name.isupper() and len(one.name) > 1 else 2
    if kind and one.name[:1].isupper():
        kind = 1
    if one.name == "*":
        kind = -1
    module = one.module
    return (
        _natural(module.lower()),
        module,
        kind,
        _natural(one.name.lower()),
        one.name,
        one.alias,
    )


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.split(r"(\d+)", text)
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts if p)


def head_comments(program: Program, needed: Container[int]) -> list[str]:
    """The comments above the imports with which the notebook begins.

    Not those of a cell of whose functions and classes none is kept: they tell of what
    stays out, such as an app that a later cell makes anew.
    """
    lines: list[str] = []
    defined = [one for one in program.statements if isinstance(one.node, Definition)]
    kept = {one.cell for one in defined if one.number in needed}
    left_out = {one.cell for one in defined} - kept
    for number, statement in enumerate(program.statements):
        if not program.is_import(number):
            break
        if statement.cell in left_out:
            continue
        if statement.comments and (number == 0 or number in needed):
            comments = list(statement.comments)
            while not comments[-1]:
                comments.pop()
            lines += ["", *comments] if lines else comments
    return lines
