"""Turn what `%http` read into the request that is sent: a URL, headers and bytes.

The same text gives the same bytes each time, the boundary of a multipart body included.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Field,
    File,
    MultipartEncoder,
    Preamble,
)

from .fill import Filler, as_json
from .framing import check_framing
from .grammar import FILE_SEPARATORS, JSON_SEPARATORS, Item, RequestSyntaxError, pieces
from .nested import nest
from .options import WrittenRequest

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
TEXT_TYPE = "text/plain; charset=utf-8"
JSON_ACCEPT = "application/json, */*;q=0.5"

_FORM_BODY = re.compile(r"[^\s=&:{}<>\"]+=[^\s&]*(?:&[^\s=&]+=[^\s&]*)*\s*\Z")

ReadFile = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request ready to be sent.

    Attributes:
        url: One of the app's when it has no host, else of any server.
        headers: A value of None leaves out a header that is sent by default.
        is_followed: Whether redirects are followed.
        has_cookies: Whether the notebook's cookies are sent, and new ones kept.
        timeout_s: Seconds to wait for each piece of the answer.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str | None], ...] = ()
    body: bytes | None = None
    is_followed: bool = True
    has_cookies: bool = True
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class _Body:
    content: bytes
    content_type: str | None
    accept: str | None = None


def read_file(path: str) -> bytes:
    """Read a file that an item names; `~` is the home folder.

    Raises:
        RequestSyntaxError: The file cannot be read.
    """
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise RequestSyntaxError(
            f"The file {path!r} cannot be read.",
            why=f"{error.strerror}; the folder is {str(Path.cwd())!r}.",
            fix="write a path that exists, from this folder on.",
        ) from None


def compose(
    written: WrittenRequest, filler: Filler, read: ReadFile = read_file
) -> OutgoingRequest:
    """Fill in the expressions and make the URL, the headers and the body.

    Raises:
        RequestSyntaxError: An item's value is no JSON, a file cannot be read, or a
            header says something else of the request than what is sent.
        FillError: An expression cannot be evaluated.
    """
    if written.options.is_websocket:
        raise RequestSyntaxError(
            f"--ws opens a WebSocket to {written.request.url!r}.",
            why="only %http shows what goes over one; here one answer is asked for.",
            fix="leave out --ws, or write %http --ws in a cell.",
        )
    items = [_filled(item, filler, read) for item in written.request.items]
    body = _body(written, items, filler)
    headers = _headers(written, items, filler)
    check_framing(headers, body.content if body else None)
    if body is not None:
        headers = _with_defaults(headers, body)
    url = _with_query(filler.url(written.request.url), items)
    has_body = written.message.body is not None or written.options.raw is not None
    method = written.request.method_or_guess(has_body=has_body)
    return OutgoingRequest(
        method,
        url,
        tuple(headers),
        body.content if body else None,
        is_followed=written.options.is_followed,
        has_cookies=written.options.has_cookies,
        timeout_s=written.options.timeout_s,
    )


@dataclass(frozen=True, slots=True)
class OutgoingMessages:
    """A WebSocket ready to be opened, and what is sent on it.

    Attributes:
        url: One of the app's when it has no host, else of any server.
        frames: After how many messages of the app's it is closed; None for as many as
            were sent, and what else comes at once.
    """

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    messages: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    frames: int | None = None
    has_cookies: bool = True
    timeout_s: float = 60.0


def compose_messages(written: WrittenRequest, filler: Filler) -> OutgoingMessages:
    """Fill in the expressions of a `--ws` line.

    Raises:
        RequestSyntaxError: A header announces a body.
        FillError: An expression cannot be evaluated.
    """
    headers = [(name, value) for name, value in _headers(written, [], filler) if value]
    check_framing(headers, None)
    options = written.options
    return OutgoingMessages(
        filler.url(written.request.url),
        tuple(headers),
        tuple(filler.text(message) for message in written.messages),
        options.protocols,
        options.frames,
        options.has_cookies,
        options.timeout_s,
    )


@dataclass(frozen=True, slots=True)
class _Filled:
    """An item whose expressions and files have been read."""

    item: Item
    key: str
    text: str = ""
    upload: Upload | None = None

    @property
    def separator(self) -> str:
        return self.item.separator

    def json(self) -> Any:
        """Give the item's JSON value."""
        if not self.separator.startswith(":="):
            return self.text
        try:
            return json.loads(self.text)
        except ValueError as error:
            raise RequestSyntaxError(
                f"{self.item.text!r} is not JSON: {error}.",
                why="what follows := is a JSON value: 3, true, null, [1, 2].",
                fix=f"write {self.key}={self.text} for a string.",
            ) from None


def _filled(item: Item, filler: Filler, read: ReadFile) -> _Filled:
    key = filler.text(item.key)
    is_json = item.separator == ":="
    value = filler.json(item.value) if is_json else filler.text(item.value)
    if item.separator == "@":
        return _Filled(item, key, upload=_upload(value, read))
    if item.separator in FILE_SEPARATORS:
        value = _decoded(read(value), item)
    if item.separator in (":@", "==@"):
        value = value.rstrip("\n")
    return _Filled(item, key, value)


def _upload(value: str, read: ReadFile) -> Upload:
    path, _, content_type = value.partition(";type=")
    guess = content_type or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Upload(Path(path).name, read(path), guess)


def _decoded(content: bytes, item: Item) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestSyntaxError(
            f"The file of {item.text!r} is not UTF-8 text.",
            why="a header, a query or a field is text.",
            fix=f"write -f {item.key}@{item.value} to upload its bytes.",
        ) from None


def _headers(
    written: WrittenRequest, items: list[_Filled], filler: Filler
) -> list[tuple[str, str | None]]:
    """Collect the headers of the cell, of the line and of `--auth`."""
    headers: list[tuple[str, str | None]] = [
        (name, filler.text(value)) for name, value in written.message.headers
    ]
    for item in items:
        if item.separator in (":", ":@"):
            headers.append((item.key, item.text.strip() or None))
        elif item.separator == ";":
            if item.text:
                raise RequestSyntaxError(
                    f"{item.item.text!r} has a value after the ;.",
                    why="`Name;` sends a header without a value.",
                    fix=f"write '{item.key}:{item.text}'.",
                )
            headers.append((item.key, ""))
    if written.options.auth is not None:
        headers.append(("Authorization", _authorization(written, filler)))
    return headers


def _authorization(written: WrittenRequest, filler: Filler) -> str:
    text = filler.text(written.options.auth or "")
    if written.options.auth_type == "bearer":
        return f"Bearer {text}"
    credentials = text if ":" in text else f"{text}:"
    return "Basic " + b64encode(credentials.encode()).decode("ascii")


def _with_defaults(
    headers: list[tuple[str, str | None]], body: _Body
) -> list[tuple[str, str | None]]:
    """Add the content type of the body and what JSON accepts, unless given."""
    given = {name.lower() for name, _ in headers}
    defaults = (("Content-Type", body.content_type), ("Accept", body.accept))
    return headers + [
        (name, value) for name, value in defaults if value and name.lower() not in given
    ]


def _with_query(url: str, items: list[_Filled]) -> str:
    pairs = [(i.key, i.text) for i in items if i.separator in ("==", "==@")]
    if not pairs:
        return url
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode(pairs)]))
    return urlunsplit(parts._replace(query=query))


def _body(
    written: WrittenRequest, items: list[_Filled], filler: Filler
) -> _Body | None:
    """Make the body of the cell, of `--raw` or of the items; None without one."""
    options, text = written.options, written.message.body
    if options.raw is not None:
        text = options.raw
    if text is not None:
        return _text_body(text, _given_type(written), options.kind, filler)
    fields = [item for item in items if item.separator in JSON_SEPARATORS]
    uploads = [item for item in items if item.upload]
    if options.kind == "multipart" or (options.kind == "form" and uploads):
        return _multipart([item for item in items if item.item.is_data])
    if uploads:
        return _upload_body(uploads, fields)
    if options.kind == "form":
        pairs = [(item.key, _form_text(item)) for item in fields]
        return _Body(urlencode(pairs).encode("ascii"), FORM_TYPE)
    if not fields:
        return _Body(b"", None, JSON_ACCEPT) if options.kind == "json" else None
    value = nest((item.key, item.json()) for item in fields)
    return _Body(json.dumps(value).encode("ascii"), JSON_TYPE, JSON_ACCEPT)


def _given_type(written: WrittenRequest) -> str:
    """Name the content type that the request gives itself; empty when none."""
    headers = list(written.message.headers)
    headers += [(i.key, i.value) for i in written.request.items if i.separator == ":"]
    return next((v for k, v in headers if k.lower() == "content-type"), "").lower()


def _text_body(text: str, given: str, kind: str | None, filler: Filler) -> _Body:
    """Fill in a body that stands as text, by its content type or by its looks."""
    if not given and (expression := _only_expression(text)):
        return _value_body(filler.value(expression))
    content_type = given or _looks_like(text, kind)
    if "json" in content_type:
        return _Body(filler.json(text).encode(), content_type, JSON_ACCEPT)
    if content_type.startswith(FORM_TYPE):
        # As in other notebooks of requests, a long form may have a pair on each line.
        lines = [line.strip().removeprefix("&") for line in text.splitlines()]
        form = filler.form("&".join(line.removesuffix("&") for line in lines if line))
        return _Body(form.encode(), content_type)
    return _Body(filler.text(text).encode(), content_type)


def _only_expression(text: str) -> str | None:
    """Return the expression that is all of the text."""
    found = [piece for piece in pieces(text.strip()) if piece[1]]
    return found[0][1] if len(found) == 1 and found[0][0] else None


def _value_body(value: Any) -> _Body:
    """Make the body of one Python value: bytes and text as they are, else JSON."""
    if isinstance(value, bytes):
        return _Body(value, "application/octet-stream")
    if isinstance(value, str):
        return _Body(value.encode(), TEXT_TYPE)
    return _Body(as_json(value).encode(), JSON_TYPE, JSON_ACCEPT)


def _looks_like(text: str, kind: str | None) -> str:
    if kind == "form" or (kind is None and _FORM_BODY.match(text.strip())):
        return FORM_TYPE
    if kind == "json" or text.lstrip().startswith(("{", "[")):
        return JSON_TYPE
    return TEXT_TYPE


def _upload_body(uploads: list[_Filled], fields: list[_Filled]) -> _Body:
    """Make the body of `@file`: the bytes of the one file."""
    first = uploads[0]
    if first.key or len(uploads) > 1 or fields:
        raise RequestSyntaxError(
            f"{first.item.text!r} uploads a file, which only a form can.",
            why="without -f one @file alone is the whole body.",
            fix="write -f before the URL.",
        )
    upload = first.upload
    assert upload is not None
    return _Body(upload.content, upload.content_type)


def _form_text(item: _Filled) -> str:
    """Give the text of a form's field; of JSON only a plain value has one."""
    value = item.json()
    if isinstance(value, (dict, list)) or value is None:
        raise RequestSyntaxError(
            f"{item.item.text!r} cannot be a field of a form.",
            why="a form has text only.",
            fix=f"leave out -f, or write {item.key}=TEXT.",
        )
    return str(value)


def _multipart(items: list[_Filled]) -> _Body:
    """Encode a form with uploads (RFC 7578)."""
    parts = [
        (item.key, item.upload, b"" if item.upload else _form_text(item).encode())
        for item in items
    ]
    digest = hashlib.sha256()
    for name, upload, text in parts:
        digest.update(name.encode() + b"\0" + (upload.content if upload else text))
    boundary = f"werkbook-{digest.hexdigest()[:24]}".encode("ascii")
    encoder = MultipartEncoder(boundary)
    content = encoder.send_event(Preamble(data=b""))
    for name, upload, text in parts:
        if upload:
            headers = Headers({"Content-Type": upload.content_type})
            event: Field | File = File(name=name, filename=upload.name, headers=headers)
        else:
            event = Field(name=name, headers=Headers())
        content += encoder.send_event(event)
        data = upload.content if upload else text
        content += encoder.send_event(Data(data=data, more_data=False))
    content += encoder.send_event(Epilogue(data=b""))
    return _Body(content, f"multipart/form-data; boundary={boundary.decode()}")
