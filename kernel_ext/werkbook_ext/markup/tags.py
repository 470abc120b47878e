"""The start tags of an HTML text, found as a browser's tokenizer finds them.

By hand: `html.parser` is up to a hundred times slower on hostile text in the Python
versions that are supported (CVE-2025-6069), and tells no place of an attribute's value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

# WHATWG HTML, 13.2.5. A value without its closing quote reaches to the text's end, as
# it does in a browser: nothing has to be read twice.
_OPEN = re.compile(r"<(?:(?P<mark>!--|[!?/])|(?P<name>[a-zA-Z][^\t\n\f\r />]*+))")
_ATTRIBUTE = re.compile(
    r"[\t\n\f\r /]*+(?P<name>[^\t\n\f\r />][^\t\n\f\r />=]*+)"
    r"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+"
    r"(?P<value>\"[^\"]*+\"?|'[^']*+'?|[^\t\n\f\r >\"'][^\t\n\f\r >]*+|))?"
)
_CLOSE = re.compile(r"[\t\n\f\r /]*+>?")
_COMMENT_END = re.compile(r"--!?>")
_RAW_TEXT = (
    "script style textarea title xmp iframe noembed noframes noscript".split()  # noqa: SIM905  # reads as a text
)
_RAW_END = {
    name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in _RAW_TEXT
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a tag.

    Attributes:
        name: In lower case.
        value: Without its quotes, character references undone.
        start: Where the value begins, with its quote.
        end: Where it ends; the same as `start` where there is none.
    """

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag, a comment, or the text of an element that holds no tags.

    Attributes:
        name: The element's, in lower case; `#text` of a comment's or a script's text.
        start: Where it begins in the source.
        end: Where it ends.
        attributes: In the order in which they stand.
        owner: Of a `#text` the tag before it; None of a comment.
    """

    name: str
    start: int
    end: int
    attributes: tuple[Attribute, ...] = ()
    owner: Tag | None = None

    def get(self, name: str) -> str | None:
        """Return an attribute's value; the first one of a name counts."""
        return next((one.value for one in self.attributes if one.name == name), None)


def read_tags(source: str, start: int = 0, end: int | None = None) -> Iterator[Tag]:
    """Yield the start tags of a text, its comments, and what scripts and styles hold.

    Args:
        source: HTML, or what is none.
        start: Where to begin.
        end: Where to end.
    """
    end = len(source) if end is None else end
    at = start
    while (opening := _OPEN.search(source, at, end)) is not None:
        if opening["name"]:
            tag = read_tag(source, opening, end)
            yield tag
            at = tag.end
            if ending := _RAW_END.get(tag.name):
                found = ending.search(source, at, end)
                at = found.start() if found else end
                yield Tag("#text", tag.end, at, owner=tag)
        elif opening["mark"] == "!--":
            found = _COMMENT_END.search(source, opening.start() + 2, end)
            at = found.end() if found else end
            yield Tag("#text", opening.end(), max(opening.end(), at))
        else:
            close = source.find(">", opening.end(), end)
            at = end if close < 0 else close + 1


def read_loose_tags(source: str, start: int, end: int) -> Iterator[Tag]:
    """Yield what looks like start tags in a script or a comment."""
    at = start
    while (opening := _OPEN.search(source, at, end)) is not None:
        at = opening.end()
        if opening["name"]:
            tag = read_tag(source, opening, end)
            yield tag
            at = tag.end


def read_tag(source: str, opening: re.Match[str], end: int) -> Tag:
    """Read the attributes of a tag whose name was found."""
    attributes = []
    at = opening.end()
    while (found := _ATTRIBUTE.match(source, at, end)) is not None:
        at = found.end()
        start, stop = found.span("value") if found["value"] is not None else (at, at)
        value = unescape(_unquoted(source[start:stop]))
        attributes.append(Attribute(found["name"].lower(), value, start, stop))
    closing = _CLOSE.match(source, at, end)
    stop = closing.end() if closing else at
    name = opening["name"].lower()
    return Tag(name, opening.start(), stop, tuple(attributes))


def _unquoted(value: str) -> str:
    if value[:1] not in ("'", '"'):
        return value
    return value[1:].removesuffix(value[0])
