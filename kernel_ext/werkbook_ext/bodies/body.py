"""What a body is, and how much of it a saved notebook shows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from typing import Any

from werkbook.secret_names import MASK, is_secret_name

from .charsets import browser_label, codec_name, marked_codec
from .masking import (
    masked_form,
    masked_html,
    masked_json,
    masked_text,
    steady_text,
)
from .sent_json import read_as_sent, without_marks

MAX_LINE_CHARS = 200
MAX_JSON_LINE = 78
# Only the first lines of a body are shown, so no more than this is read.
MAX_READ_CHARS = 1_000_000
# Longer JSON is saved as it came: to pretty-print it holds the cell for long.
MAX_PRETTY_BYTES = 500_000

_TEXT_TYPES = re.compile(
    r"text/|application/(?:javascript|ecmascript|xml|yaml|toml|graphql|sql|"
    r"x-sh|x-www-form-urlencoded|x-ndjson|problem\+json)|.*\+(?:xml|yaml)\Z"
)
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_BOUNDARY = re.compile(r"boundary=\"?([^\";]+)")
_PART_NAME = re.compile(rb'(?<![\w-])name="([^"]*)"')
_PART_FILE = re.compile(rb'filename="([^"]*)"')
_ENCODER = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True)
class Body:
    """The body of a request or a response.

    Attributes:
        content: Its bytes, content encodings undone.
        content_type: The header as it came; empty when there is none.
        size_bytes: Its whole size, where `content` is only its beginning.
    """

    content: bytes
    content_type: str = ""
    size_bytes: int | None = None

    @property
    def mimetype(self) -> str:
        """The type without its parameters, in lower case."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def kind(self) -> str:
        """One of empty, json, html, image, text, binary."""
        if not self.content:
            return "empty"
        mimetype = self.mimetype
        if mimetype == "application/json" or mimetype.endswith("+json"):
            return "json"
        if mimetype in ("text/html", "application/xhtml+xml"):
            return "html"
        if mimetype.startswith("image/") and mimetype != "image/svg+xml":
            return "image"
        if _TEXT_TYPES.match(mimetype) or (not mimetype and _is_text(self.content)):
            return "text"
        return "binary"

    @property
    def text(self) -> str:
        """The body as text; what its character set does not know is replaced."""
        text = self.content.decode(self._codec(), "replace")
        return text.removeprefix("\ufeff")  # a byte order mark is no part of it

    @property
    def charset(self) -> str:
        """The name of its character set, as browsers know it; UTF-8 when in doubt."""
        return browser_label(self._codec())

    def _codec(self) -> str:
        """Return what Python calls its character set; a byte order mark wins."""
        marked = marked_codec(self.content)
        return marked or codec_name(self._named_charset()) or "utf-8"

    def _named_charset(self) -> str:
        message = Message()
        message["Content-Type"] = self.content_type or "text/plain"
        charset = message.get_param("charset")
        if isinstance(charset, str):
            return charset
        meta = _META_CHARSET.search(self.content[:1024])
        return meta[1].decode("latin-1") if meta and self.kind == "html" else "utf-8"

    @cached_property
    def readable(self) -> str:
        """The body as saved output shows it, before it is shortened.

        JSON is pretty-printed, secrets are masked, of bytes only the size is told.
        A card's text and its HTML both show it: of megabytes it takes a while.
        """
        kind = self.kind
        if kind == "empty":
            return ""
        if kind in ("image", "binary"):
            return _summary(self)
        if kind == "json":
            return steady_text(_pretty_json(self))
        return steady_text(_masked(self).replace("\r\n", "\n").strip("\n"))

    def json(self) -> Any:
        """Return the JSON value.

        Raises:
            ValueError: The body is no JSON.
        """
        return json.loads(self.text)


def _is_text(content: bytes) -> bool:
    """Guess whether bytes without a type are text."""
    try:
        return "\0" not in content[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > 4000  # only the last character is cut in two


def _masked(body: Body) -> str:
    """Return the beginning of a text's body without its secrets."""
    text = _beginning(body.text)
    if body.kind == "html":
        return masked_html(text)
    if body.mimetype == "application/x-www-form-urlencoded":
        return masked_form(text)
    return masked_text(text)


def _beginning(text: str) -> str:
    left = len(text) - MAX_READ_CHARS
    if left <= 0:
        return text
    return f"{text[:MAX_READ_CHARS]}\n… {left} more characters"


def _summary(body: Body) -> str:
    """Tell what a body of bytes is; of an upload, which parts it has."""
    if body.mimetype == "multipart/form-data":
        return _multipart_summary(body)
    size_bytes = len(body.content) if body.size_bytes is None else body.size_bytes
    return f"[{body.mimetype or 'bytes'}, {readable_size(size_bytes)}]"


def _multipart_summary(body: Body) -> str:
    """List the fields and the files of a form."""
    boundary = _BOUNDARY.search(body.content_type)
    lines = []
    for part in body.content.split(f"--{boundary[1] if boundary else ''}".encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        name = _PART_NAME.search(head)
        if name is None:
            continue
        file = _PART_FILE.search(head)
        value = content.removesuffix(b"\r\n")
        label = name[1].decode("utf-8", "replace")
        if file:
            of = file[1].decode("utf-8", "replace")
            shown = f"@{of} ({readable_size(len(value))})"
        else:
            shown = MASK if is_secret_name(label) else value.decode("utf-8", "replace")
        lines.append(f"{label}: {shown}")
    return "\n".join(lines)


def _pretty_json(body: Body) -> str:
    if len(body.content) > MAX_PRETTY_BYTES:
        return masked_text(_beginning(body.text))
    try:
        return without_marks(pretty_json(masked_json(read_as_sent(body.text))))
    except (ValueError, RecursionError):
        return masked_text(body.text.strip("\n"))


def pretty_json(value: Any, indent: str = "") -> str:
    """Write JSON with what fits into a line on one line.

    Raises:
        RecursionError: It is nested too deep.
    """
    line = _line_of_json(value, MAX_JSON_LINE - len(indent))
    if line is not None:
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        parts = [
            f"{_ENCODER.encode(key)}: {pretty_json(item, deeper)}"
            for key, item in value.items()
        ]
        opening, closing = "{", "}"
    else:
        parts = [pretty_json(item, deeper) for item in value]
        opening, closing = "[", "]"
    inner = f",\n{deeper}".join(parts)
    return f"{opening}\n{deeper}{inner}\n{indent}{closing}"


def _line_of_json(value: Any, room_chars: int) -> str | None:
    """Return JSON as one line; None where a list or an object does not fit into it.

    It gives up where the room ends: nothing is written out again at each level.
    """
    if not isinstance(value, (dict, list)):
        return _ENCODER.encode(value)
    if len(value) * 3 > room_chars + 2:  # "1, " is the least that each part takes
        return None
    parts = value.values() if isinstance(value, dict) else value
    if not any(isinstance(part, (dict, list)) for part in parts):
        line = _ENCODER.encode(value)  # ten times as fast as piece by piece
        return line if len(line) <= room_chars else None
    pieces = []
    for piece in _ENCODER.iterencode(value):
        pieces.append(piece)
        room_chars -= len(piece)
        if room_chars < 0:
            return None
    return "".join(pieces)


def readable_size(size_bytes: int) -> str:
    """Return a size as people read it: 233 bytes, 8.2 kB, 1.5 MB."""
    if size_bytes < 1000:
        return f"{size_bytes} byte" + ("" if size_bytes == 1 else "s")
    size, unit = (1e3, "kB") if size_bytes < 1_000_000 else (1e6, "MB")
    return f"{size_bytes / size:.1f} {unit}"


def shortened(text: str, max_lines: int) -> str:
    """Return the beginning of a text, with a line that says how much was cut."""
    lines = text.split("\n")
    shown = [_shortened_line(line) for line in lines[:max_lines]]
    left = len(lines) - max_lines
    if left == 1:
        shown.append(_shortened_line(lines[-1]))
    elif left > 1:
        shown.append(f"… {left} more lines")
    return "\n".join(shown)


def _shortened_line(line: str) -> str:
    left = len(line) - MAX_LINE_CHARS
    if left <= 20:
        return line
    return f"{line[:MAX_LINE_CHARS]}… {left} more characters"
