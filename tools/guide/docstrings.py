"""Docstrings as autodoc reads them: the code says Markdown, autodoc reST."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_FENCE = re.compile(r"(?P<indent>\s*)```(?P<language>\w*)\s*\Z")
_CODE = re.compile(r"(?<![`:\w])`(?P<code>[^`]+)`(?![`_\w])")


def from_markdown(lines: Iterable[str]) -> list[str]:
    """Turn fenced blocks and code within a line into reST."""
    text = list(_blocks(lines))
    joined = "\n".join(text)
    return _literal(joined).split("\n")


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    is_code = False
    for line in lines:
        fence = _FENCE.match(line)
        if fence is None:
            yield f"   {line}" if is_code and line.strip() else line
            continue
        is_code = not is_code
        if is_code:
            language = fence["language"] or "text"
            yield ""
            yield f"{fence['indent']}.. code-block:: {language}"
        yield ""


def _literal(text: str) -> str:
    return _CODE.sub(lambda found: f"``{found['code']}``", text)
