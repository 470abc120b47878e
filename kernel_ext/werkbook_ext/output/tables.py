"""Small tables, as text in columns and as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape

CELL_STYLE = "text-align:left;padding:2px 12px 2px 0"


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as lines of text whose columns line up."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            text.ljust(width) for text, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as HTML; every text is escaped."""
    parts = ['<table class="werkbook-table"><thead><tr>']
    for text in head:
        tag = "th" if text else "td"  # an empty heading says nothing to a screen reader
        parts.append(f'<{tag} style="{CELL_STYLE}">{escape(text)}</{tag}>')
    parts.append("</tr></thead><tbody>")
    for row in rows:
        cells = (f'<td style="{CELL_STYLE}">{escape(text)}</td>' for text in row)
        parts.append(f"<tr>{''.join(cells)}</tr>")
    parts.append("</tbody></table>")
    return "".join(parts)
