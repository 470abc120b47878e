"""Draws what a benchmark printed as bars: plain SVG, made by `bench/run.py`.

A line is a label and its cells, as a table of Markdown or as text in columns, two
blanks apart. Bars stand side by side where they may be compared: what is asked for and
what was reached, or an app beside others, row by row; else the rows of a column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

NUMBER = re.compile(r"(?:at most |under |below )?(-?\d[\d,]*(?:\.\d+)?)(?![\w.]*\d)")
UNIT = re.compile(r"(?:req/s|KiB|MB|ms|us|s|x|times|objects|each)\b")
BESIDE_OTHERS = re.compile(r"-?[\d.,]+ \( *[\d.,]+\)")
"""A figure, and how many times as long as Werkbook it is."""

TIMES = {"us": 0.001, "ms": 1.0, "s": 1000.0}
LIMITS = {"asked", "target", "bound", "limit"}
OWN = ("werkbook", "mini browser")
TITLE_PX, BAR_PX, LABEL_PX, TEXT_PX, WIDTH_PX = 30, 20, 280, 140, 720
INK, BAR, OTHER, LIMIT = "#1f2933", "#2563a8", "#8a98a8", "#c77d0a"


@dataclass(frozen=True)
class Figure:
    """A cell of a table: what it says, its number where it has one, the unit."""

    text: str
    value: float | None
    unit: str

    @property
    def is_limit(self) -> bool:
        return self.text.startswith(("at most", "under", "below"))


@dataclass(frozen=True)
class Row:
    """A label with its figures, in the order of their columns."""

    label: str
    figures: tuple[Figure, ...]


@dataclass
class Table:
    """Rows that follow each other, below the names of their columns."""

    title: str
    heads: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Bar:
    """One bar: how long it is, as a part of the longest, None where it has none."""

    label: str
    text: str
    length: float | None
    colour: str


@dataclass(frozen=True)
class Block:
    """Bars below a title, which are compared with each other."""

    title: str
    bars: list[Bar]


def read_tables(output: str) -> list[Table]:
    """Read the lines with figures; what is said between them begins a new table."""
    tables: list[Table] = []
    title, heads, is_open = "", tuple[str, ...](), False
    lines = output.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=False):
        cells = _split(line)
        if _is_rule(line):
            continue
        row = _read(cells, heads)
        is_row = _has_figures(row) or (is_open and len(cells) == len(heads))
        if not is_row or _is_rule(after):
            title, heads = _begin(cells, title if len(cells) > 1 else "")
            is_open = False
            continue
        if not is_open:
            tables.append(Table(title, heads))
            is_open, title = True, ""
        tables[-1].rows.append(row)
    return tables


def _is_rule(line: str) -> bool:
    """Tell whether this is the line below the heads of a table of Markdown."""
    return line.startswith("|") and set(line) <= set("|-: ")


def _has_figures(row: Row) -> bool:
    return bool(row.label) and any(one.value is not None for one in row.figures)


def _begin(cells: list[str], title: str) -> tuple[str, tuple[str, ...]]:
    """Return the title and heads that a line without figures gives the next ones."""
    if len(cells) > 1:
        return title, tuple(cells)
    return "".join(cells).rstrip(".:"), ()


def _split(line: str) -> list[str]:
    if line.startswith("|"):
        return [cell.strip() for cell in line.strip().strip("|").split("|")]
    return re.split(r"\s{2,}", line.strip())


def _read(cells: list[str], heads: tuple[str, ...]) -> Row:
    label, *rest = cells
    columns = heads[len(heads) - len(rest) :] if len(heads) >= len(rest) else ()
    figures = (
        _figure(cell, columns[at] if columns else "") for at, cell in enumerate(rest)
    )
    return Row(label, tuple(figures))


def _figure(cell: str, head: str) -> Figure:
    found = NUMBER.match(cell)
    if found is None:
        return Figure(cell, None, "")
    unit = UNIT.match(cell[found.end() :].strip()) or UNIT.search(head)
    value = float(found[1].replace(",", ""))
    return Figure(cell, value, unit[0] if unit else "")


def make_blocks(table: Table) -> list[Block]:
    """Choose which figures of a table are compared, and how long their bars are."""
    columns = max(len(row.figures) for row in table.rows)
    heads = _heads(table, columns)
    figures = [
        one for row in table.rows for one in row.figures if one.value is not None
    ]
    has_limits = any(one.is_limit for one in figures) or bool(LIMITS & set(heads))
    is_beside = all(BESIDE_OTHERS.match(one.text) for one in figures)
    if columns > 1 and (has_limits or is_beside):
        return [_block_of_row(row, heads) for row in table.rows]
    units = {one.unit for one in figures}
    shared = figures if len(units) == 1 else None
    return list(_blocks_of_columns(table, heads, shared))


def _heads(table: Table, columns: int) -> list[str]:
    """Return the names of the columns of figures; a table may have none."""
    if len(table.heads) < columns:
        return [""] * columns
    return list(table.heads[len(table.heads) - columns :])


def _block_of_row(row: Row, heads: list[str]) -> Block:
    length = _measure(list(row.figures))
    bars = []
    for head, one in zip(heads, row.figures, strict=False):
        if one.text not in ("", "-"):
            is_limit = one.is_limit or head in LIMITS
            label = head or ("asked" if is_limit else "measured")
            bars.append((label, one, is_limit))
    names = [label for label, _, _ in bars]
    made = [
        Bar(label, one.text, length(one), LIMIT if is_limit else _colour(label, names))
        for label, one, is_limit in bars
    ]
    return Block(row.label, made)


def _blocks_of_columns(
    table: Table, heads: list[str], shared: list[Figure] | None
) -> Iterator[Block]:
    names = [row.label for row in table.rows]
    for at, head in enumerate(heads):
        having = [row for row in table.rows if at < len(row.figures)]
        figures = [row.figures[at] for row in having]
        if all(one.value is None for one in figures):
            continue
        length = _measure(shared or figures)
        bars = [
            Bar(row.label, one.text, length(one), _colour(row.label, names))
            for row, one in zip(having, figures, strict=True)
        ]
        yield Block(head or table.title, bars)


def _measure(figures: list[Figure]) -> Callable[[Figure], float | None]:
    """Return what gives a figure's part of the longest one of its kind."""
    largest: dict[str, float] = {}
    for one in figures:
        if one.value is not None:
            largest[_kind(one)] = max(largest.get(_kind(one), 0.0), _size(one))
    return lambda one: (
        None if one.value is None else _size(one) / (largest[_kind(one)] or 1.0)
    )


def _size(figure: Figure) -> float:
    return max(figure.value or 0.0, 0.0) * TIMES.get(figure.unit, 1.0)


def _kind(figure: Figure) -> str:
    return "time" if figure.unit in TIMES else figure.unit


def _colour(label: str, labels: list[str]) -> str:
    """Let Werkbook's bars stand out where there are others."""
    own = [one for one in labels if one.lower().startswith(OWN)]
    return OTHER if own and label not in own else BAR


def draw(output: str, title: str) -> str | None:
    """Draw the rows of a benchmark; None where it printed none.

    Args:
        output: What the benchmark printed.
        title: What the picture is called, for those who do not see it.
    """
    blocks = [block for table in read_tables(output) for block in make_blocks(table)]
    if not blocks:
        return None
    parts, y = [], 8
    for block in blocks:
        parts.append(_draw_block(block, y))
        y += (TITLE_PX if block.title else 8) + BAR_PX * len(block.bars)
    height = y + 8
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH_PX} {height}'"
        f" width='{WIDTH_PX}' height='{height}' role='img' font-size='13'"
        f" font-family='system-ui, sans-serif' fill='{INK}'>\n"
        f"<title>{escape(title)}</title>\n"
        f"<rect width='100%' height='100%' fill='#ffffff'/>\n{''.join(parts)}</svg>\n"
    )


def _draw_block(block: Block, y: int) -> str:
    parts = []
    if block.title:
        title = escape(block.title)
        parts.append(f"<text x='8' y='{y + 18}' font-weight='600'>{title}</text>\n")
    top = y + (TITLE_PX if block.title else 8)
    for at, bar in enumerate(block.bars):
        parts.append(_draw_bar(bar, top + BAR_PX * at))
    return "".join(parts)


def _draw_bar(bar: Bar, y: int) -> str:
    label = bar.label if len(bar.label) <= 40 else f"{bar.label[:39]}…"
    parts = f"<text x='8' y='{y + 12}'>{escape(label)}</text>\n"
    x = float(LABEL_PX)
    if bar.length is not None:
        width = max(bar.length * (WIDTH_PX - LABEL_PX - TEXT_PX), 1.0)
        parts += (
            f"<rect x='{LABEL_PX}' y='{y}' width='{width:.1f}' height='15'"
            f" fill='{bar.colour}'/>"
        )
        x += width + 5
    return f"{parts}<text x='{x:.1f}' y='{y + 12}'>{escape(bar.text)}</text>\n"
