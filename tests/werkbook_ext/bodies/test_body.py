"""What a body is, and how much of it is shown."""

from __future__ import annotations

import codecs
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from werkbook_ext.bodies import body as body_module
from werkbook_ext.bodies.body import (
    Body,
    pretty_json,
    readable_size,
    shortened,
)


@pytest.mark.parametrize(
    ("content", "content_type", "kind"),
    [
        (b"", "text/html", "empty"),
        (b"{}", "application/json", "json"),
        (b"{}", "application/problem+json; charset=utf-8", "json"),
        (b"<p>", "text/html; charset=utf-8", "html"),
        (b"x", "image/png", "image"),
        (b"<svg/>", "image/svg+xml", "text"),
        (b"a,b", "text/csv", "text"),
        (b"x", "application/javascript", "text"),
        (b"plain", "", "text"),
        (b"\xff\x00", "", "binary"),
        (b"x", "application/octet-stream", "binary"),
        (b"PK", "application/zip", "binary"),
    ],
)
def test_kind(content: bytes, content_type: str, kind: str) -> None:
    """The type decides; without one the bytes do."""
    assert Body(content, content_type).kind == kind


@pytest.mark.parametrize(
    ("content", "content_type", "text"),
    [
        ("é".encode("latin-1"), "text/plain; charset=iso-8859-1", "é"),
        ("é".encode(), "text/plain", "é"),
        (b"\xff", "text/plain", "�"),
        (b"a", "text/plain; charset=nonsense", "a"),
        (
            "<meta charset='cp1252'>€".encode("cp1252"),
            "text/html",
            "<meta charset='cp1252'>€",
        ),
        (b"\xef\xbb\xbfa\xc3\xa9", "text/plain; charset=iso-8859-1", "aé"),
        (codecs.BOM_UTF16_LE + "é".encode("utf-16-le"), "text/html", "é"),
        (codecs.BOM_UTF16_BE + "é".encode("utf-16-be"), "text/csv", "é"),
        ("あ".encode("euc_jp"), "text/plain; charset=EUC-JP", "あ"),
    ],
)
def test_text(content: bytes, content_type: str, text: str) -> None:
    """A byte order mark decides, else the header, else the page's own, else UTF-8."""
    assert Body(content, content_type).text == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: (
            st.lists(inner, max_size=6)
            | st.dictionaries(st.text(max_size=9), inner, max_size=6)
        ),
        max_leaves=30,
    )
)
def test_pretty_json_is_the_same_json(value: Any) -> None:
    """Pretty JSON reads back as the same value, in lines that are not too long."""
    assert json.loads(pretty_json(value)) == value


def test_pretty_json_fits_lines() -> None:
    """What fits into a line stands on one."""
    assert pretty_json({"a": [1, 2], "b": {"c": "x" * 70}}) == (
        '{\n  "a": [1, 2],\n  "b": {\n    "c": "' + "x" * 70 + '"\n  }\n}'
    )


def test_readable_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text and the HTML of a card show a body that is read once."""
    read = []

    def reading(text: str) -> str:
        read.append(text)
        return text

    monkeypatch.setattr(body_module, "steady_text", reading)
    body = Body(b'{"a": 1}', "application/json")
    assert (body.readable, body.readable) == ('{"a": 1}', '{"a": 1}')
    assert read == ['{"a": 1}']


def test_readable_json_masks() -> None:
    """JSON is pretty-printed with its secrets masked; what is no JSON stays."""
    assert Body(b'{"token":"x"}', "application/json").readable == '{"token": "***"}'
    assert Body(b"{broken\n", "application/json").readable == "{broken"


@pytest.mark.parametrize(
    "sent",
    [
        '{"2": 1.10, "1": [-0, 1e400, 1E5, 12345678901234567890, 0.50]}',
        '{"a": 1, "a": {"b": 2.50, "b": 3, "b": 3}}',
        "[NaN, -Infinity, 1.0, 9007199254740993, 7]",
    ],
)
def test_readable_json_is_as_it_was_sent(sent: str) -> None:
    """Numbers keep their digits and their form, and no key that repeats is lost."""
    assert Body(sent.encode(), "application/json").readable == sent


def test_readable_json_masks_a_secret_that_repeats() -> None:
    """The second value of a secret name is masked as the first one is."""
    sent = b'\xef\xbb\xbf{"token":"a","token":"b"}'
    masked = '{"token": "***", "token": "***"}'
    assert Body(sent, "application/json").readable == masked


def test_charset_is_one_that_browsers_know() -> None:
    """A card's script decodes by the name that the Encoding standard has."""
    types = ["EUC-JP", "utf-16-le", "euc-kr", "iso-8859-1", "macintosh", "nonsense"]
    labels = [Body(b"a", f"text/plain; charset={one}").charset for one in types]
    known = ["euc-jp", "utf-16le", "euc-kr", "iso8859-1", "macintosh", "utf-8"]
    assert labels == known
    assert Body(codecs.BOM_UTF16_BE, "text/plain").charset == "utf-16be"


def test_readable_bytes() -> None:
    """Of bytes only the type and the size are told."""
    assert Body(b"\x89PNG" * 500, "image/png").readable == "[image/png, 2.0 kB]"
    cut = Body(b"x", "application/zip", size_bytes=2_500_000)
    assert cut.readable == "[application/zip, 2.5 MB]"


def test_readable_upload() -> None:
    """An upload shows its fields, and of its files the names."""
    content = (
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--B\r\nContent-Disposition: form-data; name="f"; filename="x.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x00\x01\x02\r\n--B--\r\n"
    )
    body = Body(content, "multipart/form-data; boundary=B")
    assert body.readable == "a: 1\nf: @x.png (3 bytes)"


def test_readable_size() -> None:
    """Sizes read as people say them."""
    sizes = [readable_size(size) for size in (0, 1, 999, 1000, 1_500_000)]
    assert sizes == ["0 bytes", "1 byte", "999 bytes", "1.0 kB", "1.5 MB"]


def test_shortened() -> None:
    """What was cut is said, of lines and within a line."""
    assert shortened("a\nb\nc", 3) == "a\nb\nc"
    assert shortened("a\nb\nc", 2) == "a\nb\nc"
    assert shortened("a\nb\nc\nd", 2) == "a\nb\n… 2 more lines"
    assert shortened("x" * 300, 2) == "x" * 200 + "… 100 more characters"
