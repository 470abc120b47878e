"""Draws what a benchmark printed as bars: plain SVG, made by `bench/run.py`.

A row is a label and its numbers, as a table of Markdown or as text in columns. Each
column of numbers is a panel of its own, with its own scale, which begins at 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]*\w)")
MAX_ROWS, MAX_COLUMNS = 40, 6
LABEL_PX, PANEL_PX, ROW_PX = 330, 150, 22
INK, BAR = "#1f2933", "#2563a8"


@dataclass(frozen=True)
class Row:
    """A label with its numbers, in the order of their columns."""

    label: str
    values: tuple[float, ...]


def read_rows(output: str) -> list[Row]:
    """Read the rows that have numbers; prose and heads of tables have none."""
    rows = [_read(line) for line in output.splitlines()]
    return [row for row in rows if row is not None][:MAX_ROWS]


def _read(line: str) -> Row | None:
    if line.startswith("|"):
        label, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        found = [NUMBER.search(cell) for cell in cells]
        values = [_number(one[0]) for one in found if one is not None]
    else:
        label, _, rest = re.sub(r"\s{2,}|:\s", "\t", line.strip(), count=1).partition(
            "\t"
        )
        values = [_number(text) for text in NUMBER.findall(rest)]
    if not label or not values or len(label) > 60:
        return None
    return Row(label, tuple(values[:MAX_COLUMNS]))


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def draw(output: str, title: str) -> str | None:
    """Draw the rows of a benchmark; None where it printed none.

    Args:
        output: What the benchmark printed.
        title: What the picture is called, for those who do not see it.
    """
    rows = read_rows(output)
    if not rows:
        return None
    columns = max(len(row.values) for row in rows)
    width = LABEL_PX + columns * PANEL_PX + 12
    height = ROW_PX * len(rows) + 16
    largest = [_largest(rows, column) for column in range(columns)]
    parts = [_draw_row(row, 12 + ROW_PX * at, largest) for at, row in enumerate(rows)]
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'"
        f" width='{width}' height='{height}' role='img' font-size='13'"
        f" font-family='system-ui, sans-serif' fill='{INK}'>\n"
        f"<title>{escape(title)}</title>\n"
        f"<rect width='100%' height='100%' fill='#ffffff'/>\n{''.join(parts)}</svg>\n"
    )


def _largest(rows: list[Row], column: int) -> float:
    return max(row.values[column] for row in rows if column < len(row.values)) or 1.0


def _draw_row(row: Row, y: int, largest: list[float]) -> str:
    parts = [f"<text x='8' y='{y + 12}'>{escape(row.label)}</text>\n"]
    for column, value in enumerate(row.values):
        x = LABEL_PX + column * PANEL_PX
        width = max(value / largest[column] * (PANEL_PX - 70), 1)
        parts.append(
            f"<rect x='{x}' y='{y}' width='{width:.1f}' height='15' fill='{BAR}'/>"
            f"<text x='{x + width + 5:.1f}' y='{y + 12}'>{value:,g}</text>\n"
        )
    return "".join(parts)
