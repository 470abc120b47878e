"""The marks in source notebooks: ours, nbgrader's and otter's.

    ### BEGIN SOLUTION ... ### END SOLUTION          nbgrader; with one # otter's
    x = 3  # SOLUTION                                otter: the line's value goes
    ### BEGIN HIDDEN TESTS ... ### END HIDDEN TESTS  nbgrader; in our exercises, too
    # HIDDEN                                         otter: a hidden cell of tests
    # BEGIN QUESTION ... # END QUESTION              otter: a raw cell with name, points
    # BEGIN TESTS ... # END TESTS                    otter: cells of tests between
    hidden GET /secret -> 404                        ours: a line of an exercise

nbgrader's cells have their names and points in their metadata.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from ..reading import is_check

PLACEHOLDER = "# Your code here"
ANSWER = "*Your answer here*"
_OPENS = r"(?:#+|//+|--+|/\*+|<!--+|\{{#+)"
"""What begins a comment: of Python, of a template, of a static file, of SQL."""
_BEGIN = (
    rf"^(?P<indent>[ \t]*)(?P<opens>{_OPENS})[ \t]*(?:#+[ \t]*)?BEGIN {{what}}\b.*$"
)
_END = rf"^[ \t]*{_OPENS}[ \t]*(?:#+[ \t]*)?END {{what}}\b.*$"
_SOLUTION_BEGIN = re.compile(_BEGIN.format(what="(?:ALTERNATE )?SOLUTION"), re.I)
_SOLUTION_END = re.compile(_END.format(what="(?:ALTERNATE )?SOLUTION"), re.I)
_HIDDEN_BEGIN = re.compile(_BEGIN.format(what="HIDDEN TESTS?"), re.I)
_HIDDEN_END = re.compile(_END.format(what="HIDDEN TESTS?"), re.I)
_SCHEME_BEGIN = re.compile(_BEGIN.format(what="MARK SCHEME"), re.I)
_SCHEME_END = re.compile(_END.format(what="MARK SCHEME"), re.I)
_PROMPT = re.compile(
    r"^[ \t]*(?:#+[ \t]*(?:BEGIN|END) PROMPT\b.*"
    r'|""";?[ \t]*#[ \t]*(?:BEGIN|END) PROMPT)[ \t]*$'
)
_SOLUTION_LINE = re.compile(
    r"^(?P<indent>[ \t]*)(?:(?P<name>[\w.\[\]'\", ]+?)\s*=\s*)?.*#\s*SOLUTION"
    r"(?P<silent> NO PROMPT)?\s*$"
)
_HIDDEN_LINE = re.compile(r"hidden\s*:?\s+\S")
_HIDDEN_CELL = re.compile(r"^#+[ \t]*HIDDEN\s*$|hidden:[ \t]*true", re.I | re.M)
_BLOCK = re.compile(
    r"^#+[ \t]*(?P<edge>BEGIN|END)[ \t]+"
    r"(?P<what>QUESTION|TESTS|SOLUTION|PROMPT|ASSIGNMENT)",
    re.I,
)
_SETTING = re.compile(
    r"^[ \t]*(?P<key>name|points|each)[ \t]*:[ \t]*(?P<value>\S.*?)[ \t]*$", re.M
)
_EACH = re.compile(r"\beach[ \t]*:[ \t]*([\d.]+)")
_TEST_CONFIG = re.compile(
    r"BEGIN\s+TEST\s+CONFIG(?P<text>.*?)END\s+TEST\s+CONFIG", re.I | re.S
)


def without_solution(source: str) -> str:
    """Return a cell as students get it: solutions are gone, a line stands for them."""
    found: list[str] = []
    is_inside = False
    for line in source.split("\n"):
        begin = _SOLUTION_BEGIN.match(line)
        if begin and not is_inside:
            found.append(f"{begin['indent']}{_placeholder(begin['opens'])}")
            if _opens_block(found[:-1]):
                found.append(f"{begin['indent']}...")
            is_inside = True
        elif _SOLUTION_END.match(line):
            is_inside = False
        elif not is_inside and not _PROMPT.match(line):
            found += _without_value(line)
    return "\n".join(found)


def _placeholder(opens: str) -> str:
    """Return the line that stands for a solution, a comment of the cell's language."""
    words = PLACEHOLDER.removeprefix("# ")
    ends = {"<!": " -->", "{#": " #}", "/*": " */"}.get(opens[:2])
    if ends is not None:
        return f"{opens} {words}{ends}"
    return PLACEHOLDER if opens.startswith("#") else f"{opens} {words}"


def without_scheme(source: str) -> str:
    """Return a text without nbgrader's scheme of marking, and without a solution."""
    if any(map(_SOLUTION_END.match, source.split("\n"))):  # no heading of that name
        source = without_solution(source).replace(PLACEHOLDER, ANSWER)
    found: list[str] = []
    is_inside = False
    for line in source.split("\n"):
        if _SCHEME_BEGIN.match(line) or _SCHEME_END.match(line):
            is_inside = _SCHEME_BEGIN.match(line) is not None
        elif not is_inside:
            found.append(line)
    return "\n".join(found)


def _opens_block(lines: list[str]) -> bool:
    """Say whether a block begins behind these lines, which can't be left empty."""
    last = next((line for line in reversed(lines) if line.strip()), "")
    return last.partition("#")[0].rstrip().endswith(":")


def _without_value(line: str) -> list[str]:
    """Take the value of a line that otter marks away."""
    marked = _SOLUTION_LINE.match(line)
    if marked is None:
        return [line]
    if marked["silent"]:
        return []
    if marked["name"]:
        return [f"{marked['indent']}{marked['name']} = ..."]
    return [f"{marked['indent']}..."]


def has_solution(source: str) -> bool:
    """Say whether a cell holds a part that students do not get."""
    return without_solution(source) != source


def without_hidden(source: str) -> str:
    """Return a cell without its hidden tests and checks, and without their marks."""
    found: list[str] = []
    is_inside = False
    for line in source.split("\n"):
        if _HIDDEN_BEGIN.match(line):
            is_inside = True
        elif _HIDDEN_END.match(line):
            is_inside = False
        elif not is_inside and not (_HIDDEN_LINE.match(line) and is_check(line)):
            found.append(line)
    return "\n".join(found)


def with_hidden_words(source: str) -> str:
    """Return an exercise as the key keeps it: `hidden` in front of hidden checks."""
    found: list[str] = []
    is_inside = False
    for line in source.split("\n"):
        if _HIDDEN_BEGIN.match(line) or _HIDDEN_END.match(line):
            is_inside = _HIDDEN_BEGIN.match(line) is not None
        elif is_inside and is_check(line) and not _HIDDEN_LINE.match(line):
            found.append(f"hidden {line}")
        else:
            found.append(line)
    return "\n".join(found)


def without_marks(source: str) -> str:
    """Return a cell of tests as the key keeps it: all tests, no marks."""
    lines = source.split("\n")
    marks = (_HIDDEN_BEGIN, _HIDDEN_END, _SOLUTION_BEGIN, _SOLUTION_END)
    return "\n".join(line for line in lines if not any(m.match(line) for m in marks))


def without_steps(source: str) -> str:
    """Return an exercise without the steps of its solution."""
    found: list[str] = []
    is_step = False
    for line in source.split("\n"):
        if re.match(r"solution\s*:", line):
            is_step = True
        elif is_step and line.strip() and not line[0].isspace():
            is_step = not _ends_step(line)
        if not is_step:
            found.append(line)
    return "\n".join(found).rstrip("\n")


def _ends_step(line: str) -> bool:
    return is_check(line) or bool(re.match(r"hint\s*:|when\s.+\ssay\s", line))


@dataclass(frozen=True)
class Block:
    """The beginning or the end of a block of otter's, in a raw cell.

    Attributes:
        points: What a question is worth, all its tests together.
        shares: What each of its tests is worth, where that is said.
        each: Whether the points are those of each test.
    """

    edge: str
    what: str
    name: str = ""
    points: float = 1.0
    shares: tuple[float, ...] = ()
    each: bool = False


def read_block(cell: dict[str, Any]) -> Block | None:
    """Read a raw cell that is a mark of otter's; None for another cell."""
    text = "".join(cell.get("source", ""))
    found = _BLOCK.match(text.lstrip())
    if cell.get("cell_type") != "raw" or found is None:
        return None
    settings = {one["key"]: one["value"] for one in _SETTING.finditer(text)}
    told = settings.get("points", "")
    each = _EACH.search(told) or _EACH.search(text)
    points = _number(each[1] if each else told)
    listed = told.strip("[]").split(",") if told.startswith("[") else []
    return Block(
        found["edge"].upper(),
        found["what"].upper(),
        settings.get("name", "").strip("'\""),
        points,
        tuple(map(_number, listed)),
        each is not None,
    )


def own_points(source: str) -> float | None:
    """Return what a cell of otter's tests says that it is worth; None for nothing."""
    config = _TEST_CONFIG.search(source)
    settings = _SETTING.finditer(config["text"]) if config is not None else ()
    found = next((one["value"] for one in settings if one["key"] == "points"), None)
    return _number(found) if found is not None else None


def _number(text: str) -> float:
    try:
        points = float(text)
    except ValueError:
        return 1.0
    return points if math.isfinite(points) else 1.0


def is_hidden_cell(source: str) -> bool:
    """Say whether otter hides this whole cell of tests."""
    return bool(_HIDDEN_CELL.search(source))


def nbgrader_settings(cell: dict[str, Any]) -> dict[str, Any]:
    """Return what nbgrader keeps in a cell's metadata; empty for none."""
    found = (cell.get("metadata") or {}).get("nbgrader") or {}
    return dict(found) if isinstance(found, dict) else {}
