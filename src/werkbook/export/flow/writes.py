"""Which files a call writes, by the texts that name them."""

from __future__ import annotations

import ast

from werkbook.cells.source.trees import called, chain
from werkbook.export.flow import known_calls as words
from werkbook.export.flow.context import Context

_SAME_TEXT = frozenset(("strip", "lstrip", "rstrip", "encode"))


def written_by(call: ast.Call, last: str, context: Context) -> set[str]:
    """List the texts that name what a call writes: files, folders, databases."""
    if last not in words.WRITING:
        return set()
    name, _ = chain(call.func)
    if last in ("open", "ZipFile") and not _opens_to_write(call):
        return set()
    if last == "connect" and not context.is_module(
        name, ("sqlite3", "duckdb", "aiosqlite", "pysqlite3", "apsw")
    ):
        return set()
    found: set[str] = set()
    place = [call.func] if last in ("write_text", "write_bytes", "mkdir") else []
    for value in (*place, *call.args, *(keyword.value for keyword in call.keywords)):
        found |= context.find_texts(value)
    return {text.removeprefix("sqlite:///") for text in found}


def texts_written(node: ast.stmt, context: Context) -> list[str]:
    """The texts that a statement writes, as far as the notebook holds them."""
    found = []
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or called(call) not in (
            "write",
            "write_text",
        ):
            continue
        value = call.args[0] if call.args else None
        while isinstance(value, ast.Call) and called(value) in _SAME_TEXT:
            value = value.func.value if isinstance(value.func, ast.Attribute) else None
        text = context.texts.get(value.id) if isinstance(value, ast.Name) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            text = value.value
        found += [text] if text else []
    return found


def _opens_to_write(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant)
        and isinstance(mode.value, str)
        and set(mode.value) & set("wax+")
        for mode in modes
    )


def is_database(path: str) -> bool:
    """Say whether a path is that of a database, by its name."""
    return path.endswith((".db", ".sqlite", ".sqlite3", ".duckdb", ":memory:"))


def names_file_in(text: str, folder: str) -> bool:
    """Say whether a text names a file in a folder: `uploads/x` in `uploads`."""
    return len(folder) > 2 and text.startswith(folder.rstrip("/") + "/")
