"""What an app answered to a check, as data that a process can hand to another."""

from __future__ import annotations

import base64
import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from html import unescape
from typing import Any

MAX_BODY_BYTES = 1_000_000
MAX_OUTPUT_CHARS = 10_000
_SPACES = re.compile(r"\s+")
_UNSEEN_ENDS = {
    "": re.compile("-->"),
    **{
        kind: re.compile(rf"</{kind}\s*>", re.IGNORECASE)
        for kind in ("script", "style", "title")
    },
}
_NOT_SHOWN = re.compile(r"<(script|style|title)\b|<!--", re.IGNORECASE)
_BLOCKS = re.compile(
    r"</?(?:address|article|aside|blockquote|body|br|dd|div|dl|dt|fieldset|footer|form|"
    r"h[1-6]|head|header|hr|html|label|legend|li|main|nav|ol|option|p|pre|section|"
    r"select|table|tbody|td|textarea|tfoot|th|thead|tr|ul)\b[^>]*>",
    re.IGNORECASE,
)
_TAGS = re.compile(r"<[!/a-zA-Z][^>]*>")

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Mishap:
    """An exception that a view raised.

    Attributes:
        kind: The name of its class.
        message: What it says.
        code: The student's own line that raised.
        function: The function that the line stands in.
        line: The number of the line in its cell.
        text: The whole traceback.
    """

    kind: str
    message: str
    code: str = ""
    function: str = ""
    line: int = 0
    text: str = ""


@dataclass(frozen=True)
class Hop:
    """One request of a chain of redirects, and the status of its answer."""

    method: str
    url: str
    status: int


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        hops: The request and those that redirects led to; the last one is answered.
        request_headers: The first request's.
        request_body: The first request's.
        headers: Of the answer.
        body: Of the answer; its first megabyte.
        duration_s: Until the whole answer was there, redirects included.
        output: What the view printed and logged.
        mishap: The exception that it raised.
        endpoint: The endpoint that answered; empty where none did or none is known.
        rule: Its rule.
        hangs: It did not answer in time.
        problem: Why nothing could be asked, in words; empty when something was.
        rows: What a database answered.
        cookies: The names and values that the visitor holds after it.
        rules: The rules and methods of the app.
    """

    hops: tuple[Hop, ...] = ()
    request_headers: Headers = ()
    request_body: bytes = b""
    headers: Headers = ()
    body: bytes = b""
    duration_s: float = 0.0
    output: str = ""
    mishap: Mishap | None = None
    endpoint: str = ""
    rule: str = ""
    hangs: bool = False
    problem: str = ""
    rows: tuple[tuple[Any, ...], ...] = ()
    cookies: Headers = ()
    rules: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())

    @property
    def status(self) -> int:
        """The status code; 0 where none came."""
        return self.hops[-1].status if self.hops else 0

    def header(self, name: str) -> str | None:
        """Return a header of the answer; None when it has none of the name."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    @property
    def mimetype(self) -> str:
        """The type of the body, without parameters."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the answer says that it is JSON."""
        return self.mimetype == "application/json" or self.mimetype.endswith("+json")

    @cached_property
    def text(self) -> str:
        """The body as text, as it came."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def visible_text(self) -> str:
        """What people read on the page: without tags, with entities resolved."""
        if self.is_json and not isinstance(self.json, NoJSON):
            with suppress(RecursionError):
                return json.dumps(self.json, ensure_ascii=False)
        if self.mimetype.startswith("text/") and "html" not in self.mimetype:
            return self.text  # browsers show its tags as they are
        return plain_text(self.text)

    @cached_property
    def json(self) -> Any:
        """The JSON value of the body; a `NoJSON` where there is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:  # nested too deep
            return NoJSON(str(error))

    def as_data(self) -> dict[str, Any]:
        """Return what JSON can hold of it."""
        data = asdict(self)
        for name in ("request_body", "body"):
            data[name] = base64.b64encode(data[name]).decode("ascii")
        data["rows"] = [[_plain(value) for value in row] for row in self.rows]
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Answer:
        """Return the answer that `as_data` made the data of.

        Whoever sends the data may be a stranger: each part is of its kind afterwards.

        Raises:
            KeyError: Something is missing.
            TypeError: Something is of another kind.
            ValueError: Likewise.
        """
        return cls(
            hops=tuple(map(_hop, data["hops"])),
            request_headers=_pairs(data["request_headers"]),
            headers=_pairs(data["headers"]),
            request_body=base64.b64decode(data["request_body"]),
            body=base64.b64decode(data["body"])[:MAX_BODY_BYTES],
            duration_s=float(data["duration_s"]),
            output=str(data["output"])[:MAX_OUTPUT_CHARS],
            mishap=_read_mishap(data["mishap"]) if data["mishap"] else None,
            endpoint=str(data["endpoint"]),
            rule=str(data["rule"]),
            hangs=bool(data["hangs"]),
            problem=str(data["problem"]),
            cookies=_pairs(data["cookies"]),
            rows=tuple(tuple(row) for row in data["rows"]),
            rules=tuple(
                (str(rule), tuple(map(str, names))) for rule, names in data["rules"]
            ),
        )


@dataclass(frozen=True)
class NoJSON:
    """Stands for the value of a body that is no JSON."""

    why: str


def plain_text(page: str) -> str:
    """Return what people read of a page, each block on a line of its own."""
    shown = _drop_unseen(page)
    end = shown.rfind(">") + 1  # behind it a tag's end would be looked for in vain
    tags = _TAGS.sub("", _BLOCKS.sub("\n", shown[:end]))
    text = unescape(tags + shown[end:])
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _drop_unseen(page: str) -> str:
    """Take out scripts, styles, the title and comments, in one pass.

    A page can be made to be slow to read: no part of it is looked at twice.
    """
    kept: list[str] = []
    place = 0
    open_ended: set[str] = set()
    while found := _NOT_SHOWN.search(page, place):
        kind = (found[1] or "").lower()
        is_open = kind in open_ended
        end = None if is_open else _UNSEEN_ENDS[kind].search(page, found.end())
        if end is None:
            open_ended.add(kind)
            kept.append(page[place : found.end()])
        else:
            kept += [page[place : found.start()], " "]
        place = (end or found).end()
    return "".join(kept) + page[place:]


def _hop(data: dict[str, Any]) -> Hop:
    return Hop(str(data["method"]), str(data["url"]), int(data["status"]))


def _read_mishap(data: dict[str, Any]) -> Mishap:
    texts = {name: str(data[name]) for name in ("kind", "message", "code", "function")}
    text = str(data["text"])[:MAX_OUTPUT_CHARS]
    return Mishap(**texts, line=int(data["line"]), text=text)


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _pairs(pairs: Any) -> Headers:
    return tuple((str(name), str(value)) for name, value in pairs)
