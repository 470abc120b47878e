"""What an arrow, a note's `#` and commas part, outside of quotes and brackets."""

from __future__ import annotations

from collections.abc import Iterator

ARROWS = ("->", "→")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_QUOTES = {'"': '"', "'": "'", "“": "”", "`": "`"}


def split_arrow(text: str) -> tuple[str, str | None]:
    """Split a line at its arrow into the request and what must hold.

    An arrow in quotes or in brackets is none.
    """
    for place, char in outer_characters(text):
        if char in "-→" and _is_arrow(text, place):
            end = place + (2 if char == "-" else 1)
            return text[:place].strip(), text[end:].strip()
    return text.strip(), None


def _is_arrow(text: str, place: int) -> bool:
    before = text[:place]
    is_apart = not before or before[-1].isspace()
    return is_apart and any(text.startswith(arrow, place) for arrow in ARROWS)


def split_note(text: str) -> tuple[str, str]:
    """Split off the note behind a `#` that stands between spaces."""
    for place, char in outer_characters(text):
        is_apart = place == 0 or text[place - 1].isspace()
        if char == "#" and is_apart and text[place + 1 : place + 2] in ("", " ", "\t"):
            return text[:place].rstrip(), text[place + 1 :].strip()
    return text.rstrip(), ""


def outer_characters(text: str) -> Iterator[tuple[int, str]]:
    """Yield the characters that stand in no quotes, brackets or regular expression."""
    position, closing = 0, ""
    while position < len(text):
        char = text[position]
        if not closing and char in _QUOTES and _is_quote(text, position):
            position = _find_end(text, position, _QUOTES[char])
        elif not closing and char == "/" and text[:position].endswith("matches "):
            position = _find_end(text, position, "/")
        elif closing and char == closing[-1]:
            closing = closing[:-1]
        elif char in _CLOSING and _CLOSING[char] in text[position:]:
            closing += _CLOSING[char]
        elif not closing:
            yield position, char
        position += 1


def _is_quote(text: str, position: int) -> bool:
    """Tell a quote from the apostrophe of a word, which none closes."""
    if text[position] == "'" and text[position - 1 : position].isalnum():
        return False
    return _QUOTES[text[position]] in text[position + 1 :]


def _find_end(text: str, start: int, closing: str) -> int:
    """Find the place of the character that closes what opens at `start`."""
    position = start + 1
    while position < len(text) and text[position] != closing:
        position += 2 if text[position] == "\\" else 1
    return position
