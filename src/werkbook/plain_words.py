"""Texts of strangers made harmless: names of files, errors, what an app answered.

A file's name can hold bytes that are no text, an error what no file can be written of,
and both the codes by which a terminal is told to do things.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_TEXT_CHARS = 10_000
MAX_PARTS = 1_000_000
"""Parts of JSON from a stranger: values, lists, names."""
_PARTS = (b",", b"[", b"{")
_LONE = re.compile("[\ud800-\udfff]")
# A terminal obeys control characters; it shows the pictures Unicode has for them.
_PICTURES = {code: chr(0x2400 + code) for code in range(32)} | {9: " ", 127: "\u2421"}
_PICTURES_OVER_LINES = {
    **{code: one for code, one in _PICTURES.items() if chr(code) not in "\t\n"},
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),
}
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What else it obeys: DEL, C1, and what turns the direction of text.
_OBEYED = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_XML = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def well_formed(text: str) -> str:
    """Return text that is Unicode: a lone surrogate can't be written to any file."""
    return _LONE.sub("\ufffd", text)


def said_by(error: BaseException | None) -> str:
    """Return what an exception says: nothing where its own `__str__` fails."""
    try:
        return str(error)
    except BaseException:  # what a stranger's class raises
        return ""


def shortened(text: str, most_chars: int = MAX_TEXT_CHARS) -> str:
    """Return the beginning of a text, with a mark where something was cut."""
    return text if len(text) <= most_chars else text[: most_chars - 1] + "…"


def cut_inside(text: str, most_chars: int) -> str:
    """Return a text without its middle where it is long: its end says why."""
    if len(text) <= most_chars:
        return text
    end = most_chars // 4
    return f"{text[: most_chars - end - 1]}…{text[-end:]}"


def on_one_line(text: str, most_chars: int) -> str:
    """Return text that a terminal shows as it is, in one line, and does not obey."""
    shown = " ".join(well_formed(shortened(text, most_chars)).splitlines())
    shown = shown.translate(_PICTURES)
    return "".join(one if one.isprintable() else "\ufffd" for one in shown)


def with_pictures(text: str) -> str:
    """Return text, over lines as it is, with pictures of its control characters."""
    return text.translate(_PICTURES_OVER_LINES)


def not_obeyed(text: str) -> str:
    """Return text, over lines as it is, of which a terminal obeys nothing else."""
    return _DIRECTIONS.sub("\ufffd", with_pictures(text))


def json_not_obeyed(text: str) -> str:
    """Return JSON, the same data, with escapes for what a terminal obeys."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def in_xml(text: str) -> str:
    """Leave out what XML 1.0 has no way to write."""
    return _NOT_IN_XML.sub("", text)


def read_strangers_json(text: bytes) -> Any:
    """Return the data of a stranger's JSON, each of its texts well-formed.

    Raises:
        ValueError: It is none, or of so many parts that as objects they would take a
            hundred times as much memory.
        RecursionError: It is nested too deep.
    """
    if sum(map(text.count, _PARTS)) > MAX_PARTS:
        raise ValueError(f"more than {MAX_PARTS} parts")
    return well_formed_data(json.loads(text))


def well_formed_data(value: Any) -> Any:
    """Return JSON's data with each of its texts well-formed."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, list):
        return [well_formed_data(one) for one in value]
    if isinstance(value, dict):
        return {well_formed(k): well_formed_data(one) for k, one in value.items()}
    return value
