"""The files that go with a notebook to another folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import libcst as cst

from .code.source_modules import ImportingError, Project, SourceModule

MAX_BYTES = 100_000_000
_NEVER = ("__pycache__", "node_modules", "venv", ".venv", "instance")


def find_companions(
    project: Project,
    root: Path,
    left: Iterable[Path],
    modules: Iterable[SourceModule],
    kept: Iterable[SourceModule],
) -> dict[str, Path]:
    """Say which files must lie beside the notebook, by their path from there.

    Args:
        project: The app's modules.
        root: The app's own folder, whose place the notebook's folder takes.
        left: Templates and static files that stay files.
        modules: The modules whose code may name a file.
        kept: The modules that stay files.

    Raises:
        ImportingError: A file lies outside of the app's folder.
    """
    found = dict(_beside_root(root, left))
    for module in kept:
        for path in _module_files(module):
            found.setdefault(path.relative_to(project.root).as_posix(), path)
    for name in sorted(set(_texts([*modules, *kept]))):
        for folder in (root, project.root):
            for place, path in _named(folder, name):
                found.setdefault(place, path)
    return found


def check_size(companions: dict[str, Path]) -> None:
    """Raise where the files are too many to be copied unasked."""
    size = sum(path.stat().st_size for path in companions.values())
    if size > MAX_BYTES:
        raise ImportingError(
            f"The app's files have {size / 1e6:,.0f} MB, and would be copied.",
            why=f"at most {MAX_BYTES / 1e6:,.0f} MB are.",
            fix="write the notebook into the app's own folder.",
        )


def _beside_root(root: Path, left: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    for path in left:
        if not path.resolve().is_relative_to(root.resolve()):
            raise ImportingError(
                f"The file {str(path)!r} lies outside of the app's folder,"
                f" {str(root)!r}.",
                why="the notebook's folder takes the place of the app's, and the file"
                " can't be a cell.",
                fix="move the file into the app's folder, or a copy of it.",
            )
        yield path.resolve().relative_to(root.resolve()).as_posix(), path


def _module_files(module: SourceModule) -> Iterator[Path]:
    if not module.is_package:
        yield module.path
        return
    for path in sorted(module.folder.rglob("*")):
        is_own = path.resolve().is_relative_to(module.folder.resolve())
        if is_own and path.is_file() and not _is_left_out(path):
            yield path


def _texts(modules: Iterable[SourceModule]) -> Iterator[str]:
    collector = _Texts()
    for module in modules:
        module.tree.visit(collector)
    for text in collector.texts:
        name = text.removeprefix("sqlite:///").removeprefix("./").strip()
        if name and len(name) < 200 and not name.startswith(("/", "~", ".")):
            yield name


class _Texts(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if isinstance(node.evaluated_value, str):
            self.texts.append(node.evaluated_value)


def _named(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Give the file that a text names, or the files of the folder that it names."""
    try:
        path = (folder / name).resolve()
        if path == folder.resolve() or not path.is_relative_to(folder.resolve()):
            return
        if path.is_file() and "." in path.name and path.suffix != ".py":
            yield path.relative_to(folder.resolve()).as_posix(), path
        elif path.is_dir() and not (path / "__init__.py").exists():
            if path.name in ("templates", "static") or _is_left_out(path):
                return
            for one in sorted(path.rglob("*")):
                if not one.resolve().is_relative_to(folder.resolve()):
                    continue  # a link that leads to any file of the machine
                if one.is_file() and not _is_left_out(one) and one.suffix != ".py":
                    yield one.relative_to(folder.resolve()).as_posix(), one
    except (OSError, ValueError):
        return


def _is_left_out(path: Path) -> bool:
    return any(part in _NEVER or part.startswith(".git") for part in path.parts[-4:])
