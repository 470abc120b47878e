"""The physical lines of Python source: where statements start, what is in a string.

Unlike `tokenize`, the scanner reads source that is not yet Python, because shell and
magic lines stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_PIECE = re.compile(
    r"""
      (?P<string>(?P<quote>\"\"\"|'''|"|'))
    | (?P<comment>\#[^\n]*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<joined>\\\n)
    | (?P<newline>\n)
    | [^"'\#()\[\]{}\\\n]+
    | .
    """,
    re.VERBOSE,
)
_STRING_END = {
    '"""': re.compile(r'(?:\\.|[^\\])*?"""', re.DOTALL),
    "'''": re.compile(r"(?:\\.|[^\\])*?'''", re.DOTALL),
    '"': re.compile(r'(?:\\.|[^"\\\n])*"?', re.DOTALL),
    "'": re.compile(r"(?:\\.|[^'\\\n])*'?", re.DOTALL),
}


@dataclass(frozen=True)
class Line:
    """One physical line.

    Attributes:
        text: Without the newline.
        is_start: A logical line starts here.
        is_in_string: The line starts inside a string that an earlier line opened.
        is_foreign: `is_foreign` of `scan` said that this line is not Python.
    """

    text: str
    is_start: bool
    is_in_string: bool
    is_foreign: bool = False


def scan(source: str, is_foreign: Callable[[str], bool] | None = None) -> list[Line]:
    """Split source into lines and say of each where it stands.

    Args:
        source: Text with line feeds between lines.
        is_foreign: Asked for each line on which a logical line starts; where it says
            True the line (and those it continues to with a backslash) is taken whole,
            so that a quote in a shell command opens no string.
    """
    lines: list[Line] = []
    texts = source.split("\n")
    position = 0
    depth = 0
    is_start, is_in_string = True, False
    end = len(source)
    while position <= end and len(lines) < len(texts):
        text = texts[len(lines)]
        if is_start and is_foreign is not None and is_foreign(text):
            count = _add_foreign(lines, texts)
            position += sum(len(line.text) + 1 for line in lines[-count:])
            continue
        lines.append(Line(text, is_start, is_in_string))
        position, depth, is_start, is_in_string = _read_line(
            source, position, depth, lines, texts
        )
    return lines


def _add_foreign(lines: list[Line], texts: list[str]) -> int:
    count = 0
    while len(lines) < len(texts):
        text = texts[len(lines)]
        lines.append(Line(text, count == 0, False, is_foreign=True))
        count += 1
        if not text.endswith("\\"):
            break
    return count


def _read_line(
    source: str, position: int, depth: int, lines: list[Line], texts: list[str]
) -> tuple[int, int, bool, bool]:
    """Read up to the end of the line; strings over several lines are read whole."""
    while position < len(source):
        match = _PIECE.match(source, position)
        if match is None:  # pragma: no cover - the last alternative takes anything
            break
        position = match.end()
        if match["string"]:
            ending = _STRING_END[match["quote"]].match(source, position)
            stop = ending.end() if ending else len(source)
            for _ in range(source.count("\n", position, stop)):
                lines.append(Line(texts[len(lines)], False, True))
            position = stop
        elif match["open"]:
            depth += 1
        elif match["close"]:
            depth = max(0, depth - 1)
        elif match["joined"]:
            return position, depth, False, False
        elif match["newline"]:
            return position, depth, depth == 0, False
    return len(source) + 1, depth, depth == 0, False


def indent(source: str, by: str = "    ") -> str:
    """Indent source, leaving the insides of strings and blank lines as they are."""
    return "\n".join(
        line.text if line.is_in_string or not line.text.strip() else by + line.text
        for line in scan(source)
    )


def dedent(source: str, by: int) -> str:
    """Take up to `by` columns of indentation off, outside strings."""
    return "\n".join(
        line.text if line.is_in_string else _strip_columns(line.text, by)
        for line in scan(source)
    )


def _strip_columns(text: str, by: int) -> str:
    width = len(text) - len(text.lstrip(" \t"))
    return text[min(by, width) :]


def strip_line_ends(source: str) -> str:
    """Take trailing spaces off the lines, outside strings."""
    lines = scan(source)
    following = [*lines[1:], Line("", True, False)]
    return "\n".join(
        line.text if after.is_in_string else line.text.rstrip()
        for line, after in zip(lines, following, strict=True)
    )
