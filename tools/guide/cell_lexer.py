"""Colours for cells: a magic's first line, and its cell in the language that it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Error, Keyword, Text, _TokenType
from pygments.util import ClassNotFound

LANGUAGES = {
    "template": "html+jinja",
    "html": "html",
    "http": "text",
    "exercise": "text",
    "javascript": "js",
    "css": "css",
    "svg": "xml",
    "markdown": "markdown",
    "bash": "bash",
}


class CellLexer(Lexer):
    """Reads the source of a code cell of a notebook."""

    name = "Cell of a notebook"
    aliases = ["notebook-cell"]

    def get_tokens_unprocessed(
        self, text: str
    ) -> Iterator[tuple[int, _TokenType, str]]:
        """Return the tokens of a cell, line magics as keywords."""
        if not text.startswith("%%"):
            yield from _lines(text, 0)
            return
        first, newline, rest = text.partition("\n")
        yield 0, Keyword, first
        if newline:
            yield len(first), Text, newline
        start = len(first) + len(newline)
        for at, kind, value in _language(first).get_tokens_unprocessed(rest):
            yield start + at, Text if kind is Error else kind, value


def _lines(text: str, start: int) -> Iterator[tuple[int, _TokenType, str]]:
    """Return the tokens of Python in which lines may be magics or of the shell."""
    code: list[str] = []
    for line in [*text.splitlines(keepends=True), ""]:
        is_magic = line.startswith(("%", "!"))
        if not line or is_magic:
            block = "".join(code)
            for at, kind, value in PythonLexer().get_tokens_unprocessed(block):
                # IPython knows more than Python: `files = !ls`, `open?`
                yield start + at, Text if kind is Error else kind, value
            start += len(block)
            code = []
            if is_magic:
                yield start, Comment.Preproc, line
                start += len(line)
        else:
            code.append(line)


def _language(first: str) -> Any:
    magic, _, rest = first[2:].strip().partition(" ")
    if magic in ("static", "writefile"):
        try:
            return get_lexer_for_filename(rest.split(" ")[-1])
        except ClassNotFound:
            return get_lexer_by_name("text")
    name = LANGUAGES.get(magic, "python")
    return get_lexer_by_name(name)
