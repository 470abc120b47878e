"""The grammar of `%http`: HTTPie's request items, and an HTTP message in a cell.

Pure functions over text; nothing is sent, opened or evaluated here. The source of the
item grammar is HTTPie's documentation, https://httpie.io/docs/cli/request-items
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecoder

from werkbook.errors import WerkbookError

# The longest first: of the separators that start at the same place the longest wins.
SEPARATORS = (":=@", "==@", ":=", "=@", "==", ":@", "=", ":", ";", "@")
JSON_SEPARATORS = frozenset({"=", ":=", "=@", ":=@"})
DATA_SEPARATORS = JSON_SEPARATORS | {"@"}
FILE_SEPARATORS = frozenset({":@", "==@", "=@", ":=@", "@"})

_SPECIAL = frozenset("".join(SEPARATORS))
_METHOD = re.compile(r"[A-Za-z]+\Z")
_KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_HEADER_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)\Z")
_COLONLESS = re.compile(r"([A-Za-z-]+)[ \t]*[ \t=][ \t]*(\S+/\S+(?:;.*)?)\Z")
_SPACES = frozenset(" \t\r\n")
_KNOWN_HEADERS = frozenset(
    ("accept", "authorization", "content-type", "cookie", "host", "origin", "referer")
)


class RequestSyntaxError(WerkbookError, ValueError):
    """The text of a request does not follow the grammar of `%http`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One request item, such as `name=value`; `value` may hold `{{ expr }}`."""

    key: str
    separator: str
    value: str
    text: str

    @property
    def is_data(self) -> bool:
        """Whether the item becomes a part of the request's body."""
        return self.separator in DATA_SEPARATORS


@dataclass(frozen=True, slots=True)
class RequestLine:
    """What stands between the options of `%http`: method, URL and items."""

    method: str | None
    url: str
    items: tuple[Item, ...]

    def method_or_guess(self, *, has_body: bool = False) -> str:
        """Name the method; POST where there is something to send, as in HTTPie."""
        if self.method:
            return self.method
        has_data = has_body or any(item.is_data for item in self.items)
        return "POST" if has_data else "GET"


@dataclass(frozen=True, slots=True)
class Message:
    """The cell of `%%http`: header lines, and the body (None when there is none)."""

    headers: tuple[tuple[str, str], ...]
    body: str | None


def split_words(text: str) -> list[str]:
    r"""Split a line at white space into words, with a shell's quotes.

    Unlike in a shell a backslash stays, because it escapes separators (`a\=b=c`), but
    for one before a quote or a space; `{{ expr }}` is one piece whatever it holds, and
    so is a JSON array or object after `:=`.

    Raises:
        RequestSyntaxError: A quote is never closed.
    """
    words: list[str] = []
    position = 0
    while True:
        while position < len(text) and text[position] in _SPACES:
            position += 1
        if position == len(text):
            return words
        word, position = _word(text, position)
        words.append(word)


def _word(text: str, position: int) -> tuple[str, int]:
    """Read one word; return it and the place behind it."""
    pieces: list[str] = []
    before = ""
    while position < len(text) and text[position] not in _SPACES:
        piece, position = _piece(text, position, before)
        pieces.append(piece)
        before = (before + piece)[-2:]
    return "".join(pieces), position


def _piece(text: str, position: int, before: str) -> tuple[str, int]:
    """Read what belongs together inside a word; `before` is its end so far."""
    char = text[position]
    if text.startswith("{{", position):
        end = expression_end(text, position)
        if end:
            return text[position:end], end
    if char in "'\"":
        return _quoted(text, position)
    if char in "[{" and before == ":=":
        return _json(text, position)
    if char == "\\" and position + 1 < len(text):
        following = text[position + 1]
        is_shell_escape = following in _SPACES or following in "'\""
        return (following if is_shell_escape else char + following), position + 2
    return char, position + 1


def _quoted(text: str, position: int) -> tuple[str, int]:
    """Read a quoted piece without its quotes."""
    quote, piece, start = text[position], "", position
    position += 1
    while position < len(text) and text[position] != quote:
        char = text[position]
        end = expression_end(text, position) if text.startswith("{{", position) else 0
        if end:
            piece, position = piece + text[position:end], end
            continue
        if quote == '"' and char == "\\" and text[position + 1 : position + 2] in '"\\':
            position += 1
            char = text[position : position + 1]
        piece += char
        position += 1
    if position >= len(text):
        raise RequestSyntaxError(
            f"The quote in {text[start:]!r} is never closed.",
            why="a quoted value ends with the quote that it starts with.",
            fix=f"add {quote} where the value ends.",
        )
    return piece, position + 1


def _json(text: str, position: int) -> tuple[str, int]:
    """Read a JSON array or object; a lone bracket where it is none."""
    try:
        _, end = JSONDecoder().raw_decode(text, position)
    except ValueError:
        return text[position], position + 1
    return text[position:end], end


def expression_end(text: str, start: int) -> int:
    """Find the place behind the `}}` of the expression that starts at `start`.

    Returns 0 where no `}}` closes a Python expression.
    """
    end = text.find("}}", start + 2)
    while end != -1:
        # `{{ {"a": {}} }}` holds a `}}` of its own: the first that compiles it is.
        try:
            compile(text[start + 2 : end].strip(), "<{{ }}>", "eval")
        except (SyntaxError, ValueError):
            end = text.find("}}", end + 1)
        else:
            return end + 2
    # Not an expression: kept in one piece all the same, for the error to name.
    end = text.find("}}", start + 2)
    return end + 2 if end != -1 else 0


def pieces(text: str) -> Iterator[tuple[bool, str]]:
    r"""Split text into (is an expression, text); a backslash before `{{` keeps it.

    The backslash itself is dropped.
    """
    start = position = 0
    while (position := text.find("{{", position)) != -1:
        end = expression_end(text, position)
        if position and text[position - 1] == "\\":
            yield False, text[start : position - 1] + "{{"
            start = position = position + 2
        elif not end:
            break
        else:
            yield False, text[start:position]
            yield True, text[position + 2 : end - 2].strip()
            start = position = end
    yield False, text[start:]


def parse_item(text: str) -> Item:
    r"""Parse one request item: the first separator splits it, the longest wins.

    A backslash before a character of a separator takes its meaning away.

    Raises:
        RequestSyntaxError: There is no separator, or it is JSON.
    """
    if text.startswith("{") and not text.startswith("{{"):
        raise _json_for_item(text)
    key = ""
    position = 0
    while position < len(text):
        char = text[position]
        end = expression_end(text, position) if text.startswith("{{", position) else 0
        if end:
            key, position = key + text[position:end], end
        elif char == "\\":
            key += _unescaped(text[position : position + 2])
            position += 2
        elif char in _SPECIAL and (found := _separator_at(text, position)):
            value = _unescape_value(text[position + len(found) :])
            return Item(key, found, value, text)
        else:
            key += char
            position += 1
    if text.startswith("["):
        raise _json_for_item(text)
    raise RequestSyntaxError(
        f"{text!r} is not a request item.",
        why="an item is name=value (data), name:=3 (JSON), name==value (query), "
        "Name:value (header) or name@file (upload).",
        fix=f"write {text}=value, or '...' around a value with spaces.",
    )


def _json_for_item(text: str) -> RequestSyntaxError:
    return RequestSyntaxError(
        f"{text!r} begins JSON, and is no request item.",
        why="on one line JSON is written item by item: name=value is a text, name:=3"
        " any other value.",
        fix="write name=value name:=3, or the whole body as"
        """ --raw='{"name": "Ada"}'.""",
    )


def _separator_at(text: str, position: int) -> str:
    """Name the separator that stands at a place; empty when none does."""
    return next((s for s in SEPARATORS if text.startswith(s, position)), "")


def _unescaped(pair: str) -> str:
    """Drop the backslash before a character that a separator has."""
    return pair[1:] if pair[1:] in _SPECIAL else pair


def _unescape_value(value: str) -> str:
    """Drop the backslashes of a value that stand before a separator's characters."""
    return re.sub(
        r"\\(.)?",
        lambda match: _unescaped(match.group()) if match[1] else match.group(),
        value,
        flags=re.DOTALL,
    )


def parse_words(words: list[str]) -> RequestLine:
    """Parse `[METHOD] URL [ITEM]...`.

    Raises:
        RequestSyntaxError: The URL is missing, or a word is no item.
    """
    if not words:
        raise RequestSyntaxError(
            "The URL is missing.",
            why="a request needs to know where it goes.",
            fix="%http GET /",
        )
    first, *rest = words
    if _METHOD.match(first) and rest:
        return RequestLine(first.upper(), rest[0], _items(rest[1:]))
    if first.upper() in _KNOWN_METHODS and first.isupper():
        raise RequestSyntaxError(
            f"{first!r} is a method; the URL is missing.",
            why="a request needs to know where it goes.",
            fix=f"%http {first} /",
        )
    return RequestLine(None, first, _items(rest))


def _items(words: list[str]) -> tuple[Item, ...]:
    return tuple(parse_item(word) for word in words)


def parse_message(text: str) -> Message:
    """Parse a cell: header lines, a blank line and a body; or a body alone.

    The first blank line ends the headers. Text whose first line is no header is a body
    from its first character on, and so is all behind a blank first line. One line end
    at the end of the cell does not belong to the body.
    """
    lines = text.split("\n")
    headers: list[tuple[str, str]] = []
    for number, line in enumerate(lines):
        stripped = line.rstrip("\r")
        if not stripped.strip():
            return Message(tuple(headers), _body("\n".join(lines[number + 1 :])))
        match = _HEADER_LINE.match(stripped)
        if not match:
            _check_blank_line(headers, line)
            _check_colon(stripped, lines[number + 1 : number + 2])
            return Message((), _body(text))
        headers.append((match[1], match[2].strip()))
    return Message(tuple(headers), None)


def _check_blank_line(headers: list[tuple[str, str]], line: str) -> None:
    """Refuse a body that follows a header without the blank line between them."""
    # Other text with a colon, such as `Note: ...`, is the start of a body alone.
    known = next((name for name, _ in headers if name.lower() in _KNOWN_HEADERS), None)
    if known:
        raise RequestSyntaxError(
            f"The line {line!r} follows the header {known!r}.",
            why="header lines end with a blank line, then comes the body.",
            fix=f"put a blank line before {line!r}.",
        )


def _check_colon(line: str, following: list[str]) -> None:
    """Refuse a header without its colon, above the blank line that ends headers."""
    match = _COLONLESS.match(line)
    ends = bool(following) and not following[0].strip()
    if match and ends and match[1].lower() in _KNOWN_HEADERS:
        raise RequestSyntaxError(
            f"The line {line!r} is no header.",
            why="a header has a colon behind its name.",
            fix=f"write {match[1]}: {match[2]}",
        )


def _body(text: str) -> str | None:
    body = text.removesuffix("\n")
    return body if body.strip() else None
