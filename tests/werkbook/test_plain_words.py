"""Texts of strangers that nothing obeys, and that can be written to files."""

from __future__ import annotations

import tracemalloc
import xml.etree.ElementTree as ET

import pytest

from werkbook.plain_words import (
    MAX_PARTS,
    in_xml,
    on_one_line,
    read_strangers_json,
    shortened,
    well_formed,
    well_formed_data,
)

EVERY = "".join(map(chr, range(0x300))) + "\u2028\u202e\ud800\udfff\ufffe\U0001f600"


def test_any_text_can_be_written() -> None:
    """Of a lone surrogate, as bytes in a file's name are, the mark of one stays."""
    assert well_formed("a\udcff") == "a\ufffd"
    assert well_formed(EVERY).encode()
    assert well_formed_data({"\ud800": ["\udfff", 1]}) == {"\ufffd": ["\ufffd", 1]}


def test_terminal_gets_nothing_to_obey() -> None:
    """Colours, titles, lines that wipe out others and turned text are only shown."""
    shown = on_one_line(EVERY, 10_000)
    assert shown.isprintable()
    assert on_one_line("\x1b]0;owned\x07\nall\tright", 99) == "␛]0;owned␇ all right"


def test_xml_can_be_read_back() -> None:
    """What XML has no way to write is left out, and nothing else."""
    text = in_xml(EVERY)
    element = ET.Element("text")
    element.text = text.replace("\r", "")
    assert ET.fromstring(ET.tostring(element)).text == text
    assert "\x1b" not in text
    assert "\t\n" in text
    assert text.endswith("\U0001f600")


def test_long_text_is_cut() -> None:
    """The mark counts, too."""
    assert (shortened("abcd", 3), shortened("abc", 3)) == ("ab…", "abc")


def test_strangers_json_is_read() -> None:
    """What is small enough is what it says, with text that can be written."""
    data = read_strangers_json(rb'{"a": [1, "\ud800"], "b": null}')
    assert data == {"a": [1, "\ufffd"], "b": None}


@pytest.mark.parametrize("part", [b"[],", b'{"":0},', b"0,"])
def test_countless_parts_are_refused(part: bytes) -> None:
    """They are counted where they are text: no object is made of them."""
    text = b"[" + part * MAX_PARTS + b"0]"
    tracemalloc.start()
    with pytest.raises(ValueError, match="more than 1000000 parts"):
        read_strangers_json(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MAX_PARTS
