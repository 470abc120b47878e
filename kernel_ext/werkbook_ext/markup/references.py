"""The addresses that style sheets and module scripts name.

By hand: tinycss2 takes thirty times as long, for which the first page would wait, and
does not tell where a reference ends, which has to be replaced in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

# Each alternative ends at the first character that it can't take: nothing goes back.
_IN_CSS = re.compile(
    r"/\*[\s\S]*?(?:\*/|\Z)"
    r"|@import[\t\n\f\r ]++(?P<function>url\([\t\n\f\r ]*+)?"
    r"(?P<sheet>\"[^\"\n]*+\"?|'[^'\n]*+'?|[^\"')\s;]++)[\t\n\f\r ]*+\)?"
    r"|url\([\t\n\f\r ]*+"
    r"(?P<file>\"[^\"\n]*+\"?|'[^'\n]*+'?|[^\"')]*+)[\t\n\f\r ]*+\)?",
    re.IGNORECASE,
)
_IMPORT = re.compile(r"(?<![\w$.])(?:from|import)\s*+(?:\"([^\"\n]++)\"|'([^'\n]++)')")


@dataclass(frozen=True, slots=True)
class StyleReference:
    """One address in a style sheet.

    Attributes:
        url: As it is written, without quotes.
        start: Where `@import` or `url(` begins.
        end: Where it ends.
        is_sheet: Whether it is another style sheet.
    """

    url: str
    start: int
    end: int
    is_sheet: bool


def in_css(css: str) -> Iterator[StyleReference]:
    """Yield what a style sheet refers to; comments do not count."""
    for found in _IN_CSS.finditer(css):
        text = found["sheet"] or found["file"]
        url = text.strip().strip("\"'").strip() if text else ""
        if url:
            start, end = found.span()
            yield StyleReference(url, start, end, found["sheet"] is not None)


def in_module(script: str) -> list[str]:
    """Return the relative addresses that a module script imports."""
    names = [double or single for double, single in _IMPORT.findall(script)]
    return [name for name in names if name[0] in "./"]


def joined(base: str, name: str) -> str:
    """Return the address that a name in a page means; empty for none."""
    try:
        return urljoin(base, name.strip())
    except ValueError:  # half a pair of brackets around a host, say
        return ""
