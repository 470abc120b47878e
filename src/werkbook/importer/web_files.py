"""Templates and static files: as cells where a cell can hold them, else as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from werkbook.cells.notebook_json import is_well_formed
from werkbook.cells.routes import (
    CellLineError,
    parse_static_line,
    parse_template_line,
)

from .app_facts import WebFolder
from .code.cutting import MadeCell

MAX_CELL_BYTES = 100_000
_NEWLINE_MEANS_NOTHING = (
    ".css",
    ".htm",
    ".html",
    ".js",
    ".json",
    ".map",
    ".md",
    ".mjs",
    ".svg",
    ".webmanifest",
    ".xml",
)
_NAMES_TEMPLATE = re.compile(
    r"{%-?\+?\s*(?:extends|include|import|from)\s+['\"](?P<name>[^'\"]+)['\"]"
)


@dataclass
class WebFiles:
    """An app's templates and static files.

    Attributes:
        templates: The text of those that become cells, by name.
        static: The text of those that become cells, by path.
        left: Those that stay files.
    """

    templates: dict[str, str] = field(default_factory=dict)
    static: dict[str, str] = field(default_factory=dict)
    left: list[Path] = field(default_factory=list)


def collect_web_files(folders: Iterable[WebFolder], code: str) -> WebFiles:
    """Read templates and static files.

    Args:
        folders: Where they are, in the order in which the app looks.
        code: The app's code. A file that it names as a file must stay one.
    """
    found = WebFiles()
    names_static = "send_static_file" in code or "send_from_directory" in code
    for folder in folders:
        for name, path in _files(folder.templates):
            text = _text(path) if _is_inside(folder.templates, path) else None
            if name in found.templates:
                continue
            if (
                text is None
                or not _is_template(name)
                or _is_opened(folder.templates, name, code)
            ):
                found.left.append(path)
            else:
                found.templates[name] = text.replace("\r\n", "\n")
        for name, path in _files(folder.static):
            is_read = folder.is_app and _is_inside(folder.static, path)
            text = _text(path) if is_read else None
            is_named = names_static and path.name in code
            if text is None or is_named or not _is_static(name, text):
                found.left.append(path)
            elif not _is_opened(folder.static, name, code):
                found.static.setdefault(name, text)
            else:
                found.left.append(path)
    return found


def _files(folder: Path | None) -> Iterator[tuple[str, Path]]:
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(
            part.startswith((".", "__pycache__"))
            for part in path.relative_to(folder).parts
        ):
            yield path.relative_to(folder).as_posix(), path


def _is_inside(folder: Path | None, path: Path) -> bool:
    """Say whether a file is no link that leads out of its folder, to a key of yours."""
    return folder is not None and path.resolve().is_relative_to(folder.resolve())


def _text(path: Path) -> str | None:
    """Return what a cell can hold of a file; None where it can't."""
    if path.stat().st_size > MAX_CELL_BYTES:
        return None
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    is_plain = "\x00" not in text and not text.startswith("\ufeff")
    return text if is_plain and "\r" not in text.replace("\r\n", "\n") else None


def _is_opened(folder: Path | None, name: str, code: str) -> bool:
    """Say whether code names a file together with its folder, to open it."""
    return folder is not None and f"{folder.name}/{name}" in code


def _is_template(name: str) -> bool:
    """Say whether a template cell can have a name, and means the same by it."""
    if not is_well_formed(name):  # the name of a file is bytes
        return False
    try:
        return "." in name.rpartition("/")[2] and parse_template_line(name).name == name
    except CellLineError:
        return False


def _is_static(name: str, text: str) -> bool:
    try:
        if not is_well_formed(name) or parse_static_line(name) != name or "\r" in text:
            return False
    except CellLineError:
        return False
    ends = text.endswith("\n") or name.endswith(_NEWLINE_MEANS_NOTHING)
    return ends and bool(text)


def template_cell(name: str, text: str) -> MadeCell:
    """Make the cell of a template."""
    return MadeCell(f"%%template {name}\n{_without_end(text)}", about="template")


def static_cell(path: str, text: str) -> MadeCell:
    """Make the cell of a static file."""
    return MadeCell(f"%%static {path}\n{_without_end(text)}", about="static")


def _without_end(text: str) -> str:
    """Take the last newline off: a cell's text gets it back."""
    return text.removesuffix("\n")


def with_templates(cells: Iterable[MadeCell], files: WebFiles) -> Iterator[MadeCell]:
    """Put each template before the first cell that names it, its bases before it."""
    waiting = dict(files.templates)
    for cell in cells:
        if cell.kind == "code":
            for name in [one for one in waiting if _names(cell.source, one)]:
                yield from _with_bases(name, waiting)
        yield cell


def left_templates(cells: Iterable[MadeCell], files: WebFiles) -> Iterator[MadeCell]:
    """Give the templates that no cell has yet."""
    there = {one.source.partition("\n")[0] for one in cells if one.about == "template"}
    for name, text in files.templates.items():
        if f"%%template {name}" not in there:
            yield template_cell(name, text)


def _names(source: str, template: str) -> bool:
    return f'"{template}"' in source or f"'{template}'" in source


def _with_bases(name: str, waiting: dict[str, str]) -> Iterator[MadeCell]:
    text = waiting.pop(name, None)
    if text is None:
        return
    for match in _NAMES_TEMPLATE.finditer(text):
        yield from _with_bases(match["name"], waiting)
    yield template_cell(name, text)
