"""The environment variables that an app reads, and its default secrets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from werkbook.cells.source.trees import dotted
from werkbook.export.exporter import Export

_READERS = ("os.environ.get", "environ.get", "os.getenv", "getenv", "config")
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
"""What every shell and host takes for a variable's name (POSIX)."""
_MAPPINGS = ("os.environ", "environ")


@dataclass(frozen=True)
class Variable:
    """One environment variable.

    Attributes:
        name: As the app reads it.
        default: What the app does without it; None when it cannot start.
        cell: The label of a cell that reads it.
    """

    name: str
    default: str | None = None
    cell: str = ""


def variables_read(export: Export) -> list[Variable]:
    """List the environment variables that an exported app reads, by name."""
    found: dict[str, Variable] = {}
    for number in sorted(export.slice.kept):
        statement = export.program.statements[number]
        for node in ast.walk(statement.node):
            variable = _variable(node, statement.cell)
            if variable is not None:
                found.setdefault(variable.name, variable)
    return [found[name] for name in sorted(found)]


def _variable(node: ast.AST, cell: str) -> Variable | None:
    if isinstance(node, ast.Call) and dotted(node.func) in _READERS and node.args:
        name = _text(node.args[0])
        if name is None or not _NAME.fullmatch(name) or not name.isupper():
            return None
        return Variable(name, _default(node), cell)
    if isinstance(node, ast.Subscript) and dotted(node.value) in _MAPPINGS:
        name = _text(node.slice)
        if name is not None and isinstance(node.ctx, ast.Load):
            return Variable(name, None, cell) if _NAME.fullmatch(name) else None
    return None


def _default(call: ast.Call) -> str:
    values = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "default")]
    text = _text(values[0]) if values else None
    if text is not None:
        return text
    return ast.unparse(values[0]) if values else ""


def _text(node: ast.expr) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text else None  # type: ignore[attr-defined]  # a constant


def default_secrets(export: Export) -> list[str]:
    """List the secret keys that stand in the source: literally, or as a default."""
    nodes = (export.program.statements[one].node for one in sorted(export.slice.kept))
    found = [text for node in nodes for text in _secrets(node)]
    return sorted(set(found))


def _secrets(node: ast.stmt) -> Iterator[str]:
    for one in ast.walk(node):
        if (isinstance(one, ast.keyword) and one.arg == "SECRET_KEY") or (
            isinstance(one, ast.Assign) and any(map(_is_secret, one.targets))
        ):
            yield from _texts(one.value)
        elif isinstance(one, ast.Dict):
            for key, value in zip(one.keys, one.values, strict=True):
                if key is not None and _text(key) == "SECRET_KEY":
                    yield from _texts(value)


def _is_secret(target: ast.expr) -> bool:
    if isinstance(target, ast.Attribute):
        return target.attr == "secret_key"
    if isinstance(target, ast.Subscript):
        return _text(target.slice) == "SECRET_KEY"
    return isinstance(target, ast.Name) and target.id == "SECRET_KEY"


def _texts(value: ast.expr) -> Iterable[str]:
    """The texts that an expression may give: itself, or a default."""
    if isinstance(value, ast.Call):
        if dotted(value.func) in _READERS:
            return [text for one in value.args[1:] if (text := _text(one))]
        return []
    if isinstance(value, ast.BoolOp):
        return [text for one in value.values for text in _texts(one)]
    text = _text(value)
    return [text] if text else []
