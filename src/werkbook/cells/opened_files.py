"""Files that cells write with Python: `with open("main.py", "w") as file: ...`."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable

from werkbook.cells.source.trees import dotted


class OpenedFiles:
    """Reads statements in order; `texts` holds what they write of literal texts."""

    def __init__(self) -> None:
        """Nothing is written yet."""
        self.texts: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._handles: dict[str, str] = {}

    def read(self, statements: Iterable[ast.stmt]) -> None:
        """Take the statements of a cell."""
        for node in statements:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._assign(node.targets[0], node.value)
            elif isinstance(node, ast.With):
                for item in node.items:
                    self._open(item.optional_vars, item.context_expr)
                self.read(node.body)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                self._write(node.value)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        text = self._text(value)
        self._names.pop(target.id, None)
        if text is not None:
            self._names[target.id] = text
        else:
            self._open(target, value)

    def _open(self, target: ast.expr | None, call: ast.expr) -> None:
        if not isinstance(target, ast.Name) or not isinstance(call, ast.Call):
            return
        modes = [one.value for one in call.keywords if one.arg == "mode"]
        mode = self._text((call.args[1:2] or modes or [ast.Constant("r")])[0]) or ""
        path = self._text(call.args[0]) if call.args else None
        self._handles.pop(target.id, None)
        if dotted(call.func) not in ("open", "io.open") or path is None:
            return
        if mode.startswith(("w", "a", "x")) and "b" not in mode:
            self._handles[target.id] = path
            if not mode.startswith("a"):
                self.texts[path] = ""

    def _write(self, call: ast.Call) -> None:
        if not isinstance(call.func, ast.Attribute) or not call.args:
            return
        held, text = call.func.value, self._text(call.args[0])
        path = self._handles.get(held.id) if isinstance(held, ast.Name) else None
        if call.func.attr == "write" and path is not None:
            known = self.texts.get(path)
            self.texts.pop(path, None)
            if text is not None and known is not None:
                self.texts[path] = known + text
        elif call.func.attr == "write_text" and isinstance(held, ast.Call):
            path = self._text(held.args[0]) if held.args else None
            is_path = dotted(held.func) in ("Path", "pathlib.Path")
            if is_path and path is not None and text is not None:
                self.texts[path] = text

    def _text(self, node: ast.expr) -> str | None:
        """The text that an expression is, where it is known."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if not isinstance(node, ast.Call) or node.keywords:
            return None
        if dotted(node.func) in ("dedent", "textwrap.dedent") and node.args:
            text = self._text(node.args[0])
            return None if text is None else textwrap.dedent(text)
        if isinstance(node.func, ast.Attribute) and not node.args:
            text = self._text(node.func.value)
            strips = {"strip": str.strip, "lstrip": str.lstrip, "rstrip": str.rstrip}
            strip = strips.get(node.func.attr)
            return None if text is None or strip is None else strip(text)
        return None
