"""Which file of a project makes the app."""

from __future__ import annotations

import re
from pathlib import Path

from werkbook.errors import quoted_list

from .code.source_modules import MAX_SOURCE_BYTES, ImportingError

_FIRST = ("app", "wsgi", "application", "main", "run", "server", "autoapp")
_MAKES = re.compile(r"\b(?:Flask|APIFlask|App)\(")
_NO_APP = re.compile(r"(?:test_.*|.*_test|conftest|setup|noxfile|tasks)\Z")


def find_entry(source: Path) -> Path:
    """Return the file from which an app starts.

    Args:
        source: A Python file, a package, or a project's folder.

    Raises:
        ImportingError: There is none, or more than one.
        OSError: It cannot be read.
    """
    if source.is_file():
        return _checked(source)
    if not source.is_dir():
        raise ImportingError(
            f"{str(source)!r} is a device or a pipe."
            if source.exists()
            else f"There is no {str(source)!r}.",
            why="an app is imported from a Python file or from its folder.",
            fix="werkbook import app.py -o app.ipynb",
        )
    if _makes_app(source / "__init__.py"):
        return source / "__init__.py"
    packages = [
        path
        for pattern in ("*/__init__.py", "src/*/__init__.py")
        for path in sorted(source.glob(pattern))
        if _makes_app(path) or any(_makes_app(one) for one in path.parent.glob("*.py"))
    ]
    names = {path.parent.name for path in packages}
    files = [
        path
        for path in sorted(source.glob("*.py"))
        if not _NO_APP.match(path.stem) and (_makes_app(path) or _imports(path, names))
    ]
    return _choose(source, files, packages)


def _checked(path: Path) -> Path:
    if path.suffix == ".ipynb":
        raise ImportingError(
            f"{str(path)!r} is a notebook already.",
            why="an app is imported from Python files.",
            fix=f"write its app: werkbook export {path.name} -o app.py",
        )
    return path


def _choose(source: Path, files: list[Path], packages: list[Path]) -> Path:
    order = {name: number for number, name in enumerate((*_FIRST, source.name))}
    known = sorted(
        (one for one in files if one.stem in order), key=lambda one: order[one.stem]
    )
    if known:
        return known[0]
    found = files or packages
    if len(found) == 1:
        return found[0]
    if not found:
        raise ImportingError(
            f"No Python file in {str(source)!r} makes a Flask app.",
            why="one of them has to call Flask(...).",
            fix="name the file: werkbook import path/to/app.py",
        )
    places = [one.relative_to(source).as_posix() for one in found]
    raise ImportingError(
        f"Several files in {str(source)!r} make an app: {quoted_list(places)}.",
        why="a notebook holds one app.",
        fix=f"name its file: werkbook import {found[0]}",
    )


def _makes_app(path: Path) -> bool:
    return _MAKES.search(_read(path)) is not None


def _imports(path: Path, packages: set[str]) -> bool:
    text = _read(path)
    return any(
        re.search(rf"^\s*(?:from|import)\s+{re.escape(one)}\b", text, re.MULTILINE)
        for one in packages
    )


def _read(path: Path) -> str:
    """Return a module's text; "" of what is none: a folder, a pipe, a huge file."""
    if not path.is_file() or path.stat().st_size > MAX_SOURCE_BYTES:
        return ""
    return path.read_bytes().decode("utf-8", errors="replace")
