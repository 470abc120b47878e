"""Where statements start, and what is in a string."""

from __future__ import annotations

from werkbook.cells.source.lines import dedent, indent, scan, strip_line_ends


def test_scan_says_where_lines_stand() -> None:
    """Brackets, backslashes and strings over several lines are one logical line."""
    source = 'a = (1,\n  2)\nb = """x\n!y\n"""\nc = 1 + \\\n  2\nd'
    starts = [line.text for line in scan(source) if line.is_start]
    assert starts == ["a = (1,", 'b = """x', "c = 1 + \\", "d"]
    assert [line.text for line in scan(source) if line.is_in_string] == ["!y", '"""']


def test_scan_takes_foreign_lines_whole() -> None:
    """A quote in a shell command opens no string."""
    source = "!echo it's \\\n  so\nx = 'it'"
    lines = scan(source, lambda text: text.startswith("!"))
    assert [line.is_foreign for line in lines] == [True, True, False]


def test_indent_leaves_strings_alone() -> None:
    """The insides of strings and blank lines stay to the letter."""
    source = 'x = """\n a\n\n"""\n\ny'
    assert indent(source) == '    x = """\n a\n\n"""\n\n    y'
    assert dedent(indent(source), 4) == source


def test_strip_line_ends_keeps_those_in_strings() -> None:
    """Trailing spaces go, but not from a string."""
    assert strip_line_ends('x = """a  \n"""  \ny  ') == 'x = """a  \n"""\ny'
