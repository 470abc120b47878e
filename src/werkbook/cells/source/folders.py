"""The folder in which the notebook works, as `%cd` and `os.chdir` change it.

Colab's notebooks go into a folder to write its files and come back. A folder is a path
from where the notebook began, "" for that itself, and None where it isn't known.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable

from werkbook.cells.source import magics
from werkbook.syntax_trees import parse_python

_CD = re.compile(r"\s*%?[ \t]?cd(?:[ \t]+-q)?[ \t]+(?P<what>[^;&|<>=()]+)\Z")
_CHDIR = re.compile(r"\bchdir\b")
_PATH = re.compile(r"[\w./ -]+\Z")
_COLAB = "/content"
"""Where Colab's notebooks begin."""


class WorkingFolder:
    """Follows a notebook from folder to folder.

    Args:
        sources: All code cells, in order: files are named from where they end.
    """

    def __init__(self, sources: Iterable[str] = ()) -> None:
        self.now: str | None = ""
        self._last: str | None = ""
        for source in sources:
            self.follow_cell(source)
        self.now, self._last = "", self.now

    def follow_cell(self, source: str) -> None:
        """Go where a cell leads."""
        if ("cd" not in source and "chdir" not in source) or magics.cell_magic(source):
            return
        for line in source.splitlines():
            self.follow_line(line)
        self.follow_calls(source)

    def follow_line(self, line: str) -> None:
        """Go where a line of IPython's leads, if it is `%cd` or `cd`."""
        found = _CD.match(line)
        if found is not None:
            self._enter(found["what"].strip().strip("\"'"))

    def follow_calls(self, source: str) -> None:
        """Go where the calls of `os.chdir` at a cell's margin lead."""
        if not _CHDIR.search(source):
            return
        try:
            body = parse_python(source).body
        except (SyntaxError, ValueError):  # it has magic lines: those are followed
            return
        for node in body:
            match node:
                case ast.Expr(ast.Call(ast.Attribute(attr="chdir"), [given])):
                    what = given.value if isinstance(given, ast.Constant) else None
                    self._enter(what if isinstance(what, str) else "{")

    def _enter(self, name: str) -> None:
        path = f"{name.rstrip('/')}/"
        if path.startswith(f"{_COLAB}/"):
            self.now, name = "", path.removeprefix(f"{_COLAB}/") or "."
        is_plain = _PATH.match(name) and not name.startswith(("/", "-"))
        if self.now is None or not is_plain:
            self.now = None
            return
        found = posixpath.normpath(posixpath.join(self.now, name))
        is_outside = found == ".." or found.startswith("../")
        self.now = None if is_outside else "" if found == "." else found

    def place(self, path: str) -> str:
        """Name a file from the folder in which the notebook ends, if it lies there."""
        if path.startswith("/") or self.now is None or self._last is None:
            return path
        if self.now == self._last:
            return path  # to the letter: names that are odd are refused later
        whole = posixpath.normpath(posixpath.join(self.now, path))
        if not self._last:
            return path if whole.startswith("..") else whole
        inside = whole.removeprefix(f"{self._last}/")
        return path if inside == whole else inside

    def name_here(self, path: str) -> str:
        """Name a file as the notebook does now: `place` the other way round."""
        if path.startswith("/") or self.now is None or self._last is None:
            return path
        if self.now == self._last:
            return path
        whole = posixpath.join(self._last, path)
        return posixpath.relpath(whole, self.now or ".")
