"""JavaScript modules as the one ESM text that anywidget takes, without a build step.

The browser gets a widget's code as one text, which cannot import its neighbours. As
files they are plain ES modules, each tested by itself. Here each becomes a function's
scope, lower ones first, and their imports of one another become variables. Comments
that tell types are left out: they are for those who read and check the files.
Widgets share modules; each is read once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COLOURS = Path(__file__).parent / "js" / "colours.css"
TRACE_CSS = Path(__file__).parent / "js" / "trace.css"
"""How the steps of a request's way look, in a card and by themselves."""
IMPORT = re.compile(r"^import\s+\{([^}]*)\}\s+from\s+\"(\.[^\"]+)\";\n", re.MULTILINE)
# A comment that begins with two stars and has its lines to itself. No text in
# backquotes may hold one.
DOC_COMMENT = re.compile(r"^[ \t]*/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*\n", re.MULTILINE)
EXPORT = re.compile(
    r"^export ((?:async )?(?:function\*?|class|const|let) (\w+))", re.MULTILINE
)


def join_modules(main: Path) -> str:
    """Return a module with all that it imports, as one text without imports.

    Raises:
        ImportError: Two modules import one another.
    """
    order: list[Path] = []
    _visit(main.resolve(), order, ())
    *lower, last = order
    return "\n".join([*map(_scoped, lower), _with_variables(last)])


def style_source(*paths: Path) -> str:
    """Return style sheets behind the colours that all widgets share."""
    return "".join(path.read_text("utf-8") for path in (COLOURS, *paths))


def _visit(path: Path, order: list[Path], above: tuple[Path, ...]) -> None:
    if path in above:
        names = " -> ".join(one.name for one in (*above, path))
        raise ImportError(f"JavaScript modules import one another: {names}")
    if path in order:
        return
    for neighbour in _neighbours(path):
        _visit(neighbour, order, (*above, path))
    order.append(path)


@cache
def _neighbours(path: Path) -> list[Path]:
    imports = IMPORT.findall(path.read_text("utf-8"))
    return [_resolved(path.parent, name) for _, name in imports]


@cache
def _resolved(folder: Path, name: str) -> Path:
    return (folder / name).resolve()


@cache
def _scoped(path: Path) -> str:
    text = _with_variables(path)
    names = ", ".join(name for _, name in EXPORT.findall(text))
    body = EXPORT.sub(r"\1", text)
    return f"const {_variable(path)} = (() => {{\n{body}return {{ {names} }};\n}})();"


def _with_variables(path: Path) -> str:
    def assignment(match: re.Match[str]) -> str:
        names = match[1].replace(" as ", ": ")
        return f"const {{{names}}} = {_variable(_resolved(path.parent, match[2]))};\n"

    return IMPORT.sub(assignment, DOC_COMMENT.sub("", path.read_text("utf-8")))


def _variable(path: Path) -> str:
    place = path.relative_to(ROOT).with_suffix("")
    return "$" + "_".join(place.parts)
