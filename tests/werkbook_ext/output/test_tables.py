"""Small tables, as text in columns and as HTML."""

from __future__ import annotations

import re

from werkbook_ext.output.tables import html_table, text_table


def test_text_has_columns_that_line_up() -> None:
    table = text_table(("", "what"), [("ok", "kernel"), ("missing", "proxy")])
    assert table == "         what\nok       kernel\nmissing  proxy"


def test_html_escapes_and_calls_no_empty_cell_a_heading() -> None:
    """A screen reader reads a column's heading before each of its cells."""
    table = re.sub(r' (style|class)="[^"]*"', "", html_table(("", "a<b"), [("x", "&")]))
    head = "<thead><tr><td></td><th>a&lt;b</th></tr></thead>"
    body = "<tbody><tr><td>x</td><td>&amp;</td></tr></tbody>"
    assert table == f"<table>{head}{body}</table>"
