"""What saved output must not hold: secrets, and what differs from run to run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import StringIO

from werkbook.plain_words import with_pictures
from werkbook.secret_names import MASK, is_secret_name, is_secret_number, mask_named
from werkbook.secret_names import masked_json as masked_json
from werkbook.secret_names import masked_url as masked_url

from ..markup.tags import Tag, read_loose_tags, read_tags
from ..widgets.sendable import well_formed

_VALUES = frozenset(("value", "content"))
_NAMES = frozenset(("name", "id", "property"))

# These headers describe the server or the moment, not the app.
VARYING_HEADERS = frozenset(
    (
        "age",
        "alt-svc",
        "cf-ray",
        "connection",
        "content-length",
        "date",
        "etag",
        "expires",
        "keep-alive",
        "last-modified",
        "server",
        "server-timing",
        "transfer-encoding",
        "via",
        "x-request-id",
        "x-response-time",
        "x-runtime",
        "x-served-by",
        "x-trace-id",
    )
)
_QUOTED = re.compile(r'"[^"]*"')
_BEARER = re.compile(r"(?P<before>\bbearer\s*,\s*)[^\s,]+", re.IGNORECASE)
_EXPIRES = re.compile(r"(expires=)[^;]*", re.IGNORECASE)
# Nonces of Digest authentication and of a Content-Security-Policy.
_NONCE = re.compile(
    r"(?P<before>\b(?:c?nonce|nextnonce|opaque|rspauth)\s{0,9}=\s{0,9}[\"']?|'nonce-)"
    r"[^\"'\s>,;]+",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
# sqlite3 names threads in its error about a connection that a cell made.
_THREAD = re.compile(r"\b(?P<before>thread id )\d+\b")
# Matches begin where words begin: otherwise a long word takes quadratic time.
_KERNEL_FILE = re.compile(
    r"(?<![^\s\"'<>])[^\s\"'<>]*ipykernel_\d{1,20}[/\\]\d{1,20}\.py"
)
_PROMPT = re.compile(r"\bIn ?\[\d{1,20}\]")
_TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ \t].*(?:\n|\Z)|\n)*+", re.MULTILINE
)
_LOGGED = re.compile(r"\bERROR in \w+: Exception on ")
_TIMESTAMP = re.compile(
    r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\[\d\d/\w{3}/\d{4}[: ]\d\d:\d\d:\d\d(?: [+-]\d{4})?\]"
)
# Pairs of name and value, as JSON, Python, logs and headers write them.
_PAIRS = [
    re.compile(  # "token": "x", 'token': 'x'
        r"(?P<before>(?P<quote>[\"'])(?P<name>[^\"'\\\n]{1,100})(?P=quote)"
        r"\s{0,99}+:\s{0,99}+(?P<mark>[\"']))(?:[^\"'\\]++|\\[\s\S]|(?!(?P=mark))[\"'])*+"
    ),
    re.compile(  # ('token', 'x'), as a MultiDict shows its items
        r"(?P<before>\((?P<quote>[\"'])(?P<name>[^\"'\\\n]{1,100})(?P=quote),"
        r"\s?(?P<mark>[\"']))(?:[^\"'\\]++|\\[\s\S]|(?!(?P=mark))[\"'])*+"
    ),
    re.compile(  # token = "x"
        r"(?P<before>(?<![\w.-])(?P<name>[A-Za-z_][\w.-]{0,100}+)\s{0,9}+=\s{0,9}+"
        r"(?P<mark>[\"']))(?!(?P=mark))(?:[^\"'\\\n]++|\\.|(?!(?P=mark))[\"'])++"
    ),
    re.compile(  # the same in HTML: &#34;token&#34;: &#34;x
        r"(?P<before>(?P<quote>&#3[49];|&quot;)(?P<name>[\w.\[\]-]{1,100}+)(?P=quote)"
        r"\s{0,99}+:\s{0,99}+(?P=quote))(?:[^&<]++|(?!(?P=quote))&)*+"
    ),
]
_WORDS = [
    re.compile(  # token=x, but no token=make()
        r"(?P<before>(?<![\w.%?&;#-])(?P<name>[A-Za-z_][\w.-]{0,100}+)=)(?!=)"
        r"[^\s,;&()\"'<>]++(?!\()"
    ),
    re.compile(  # Authorization: Bearer x
        r"^(?P<before>[ \t]{0,99}+(?P<name>[\w-]{1,100}+):[ \t]{1,9}+)"
        r"[^\s\"'{\[][^\r\n]*+",
        re.MULTILINE,
    ),
]
_NUMBER = re.compile(
    r"(?P<before>(?P<quote>[\"'])(?P<name>[^\"'\\\n]{1,100})(?P=quote)"
    r"\s{0,99}+:\s{0,99}+)-?\d[\d.]*+"
)
_FIELD = re.compile(r"(?P<before>(?:\A|&)(?P<name>[^=&]{1,200})=)[^&]+")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def masked_header(name: str, value: str) -> str:
    """Return a header's value without what is secret in it.

    Of a cookie its name and attributes stay, of `Authorization` the scheme.
    """
    kind = name.lower()
    if kind == "set-cookie":
        cookie, mark, rest = _QUOTED.sub(MASK, value).partition(";")
        return _masked_cookie(cookie) + mark + _EXPIRES.sub(rf"\1{MASK}", rest)
    if kind == "cookie":
        cookies = _QUOTED.sub(MASK, value).split(";")
        return "; ".join(_masked_cookie(one) for one in cookies if one.strip())
    if kind == "sec-websocket-protocol":
        return _BEARER.sub(rf"\g<before>{MASK}", value)
    if kind in ("authorization", "proxy-authorization"):
        scheme, _, rest = value.partition(" ")
        return f"{scheme} {MASK}" if rest else MASK
    return MASK if is_secret_name(name) else _NONCE.sub(rf"\g<before>{MASK}", value)


def _masked_cookie(cookie: str) -> str:
    name, equals, _ = cookie.partition("=")
    return f"{name.strip()}={MASK}" if equals else MASK


def steady_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers that are the same in each run, secrets masked."""
    return [
        (name, masked_header(name, _in_order(name, steady_text(value))))
        for name, value in headers
        if name.lower() not in VARYING_HEADERS
    ]


def _in_order(name: str, value: str) -> str:
    """Sort the methods that a URL allows: frameworks send them as their sets do."""
    if name.lower() != "allow":
        return value
    return ", ".join(sorted(method.strip() for method in value.split(",")))


def masked_html(source: str) -> str:
    """Return HTML with the tokens of its forms and the nonces of its scripts masked.

    So are texts of secret names in its scripts and in JSON.

    That holds for what looks like a tag in a script or in a comment, too.
    """
    pieces = []
    at = 0
    for tag in _all_tags(source):
        for start, end in _secret_values(tag):
            pieces += [source[at:start], _masked_value(source[start:end])]
            at = end
    return _mask_pairs("".join([*pieces, source[at:]]), _PAIRS)


def _all_tags(source: str) -> Iterator[Tag]:
    for tag in read_tags(source):
        if tag.name == "#text":
            yield from read_loose_tags(source, tag.start, tag.end)
        else:
            yield tag


def _secret_values(tag: Tag) -> list[tuple[int, int]]:
    """Return the places of values in a tag that are secret."""
    names = [one.value for one in tag.attributes if one.name in _NAMES]
    types = [one.value.lower() for one in tag.attributes if one.name == "type"]
    is_secret = any(map(is_secret_name, names)) or "password" in types
    return [
        (one.start, one.end)
        for one in tag.attributes
        if one.end > one.start
        and (is_secret_name(one.name) or (is_secret and one.name in _VALUES))
    ]


def _masked_value(value: str) -> str:
    quote = value[0] if value[0] in "\"'" else '"'
    return f"{quote}{MASK}{quote}"


def masked_text(text: str) -> str:
    """Return text with what it has of secret names masked, as far as it tells names.

    For JSON that is no JSON, or too much of it to be read, for lines of JSON, for what
    Python shows of dicts and forms, for headers and for `name=value`.
    """
    return _NUMBER.sub(_mask_number, _mask_pairs(text, [*_PAIRS, *_WORDS]))


def _mask_pairs(text: str, patterns: Iterable[re.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(mask_named, text)
    return text


def _mask_number(match: re.Match[str]) -> str:
    return match["before"] + MASK if is_secret_number(match["name"]) else match[0]


def masked_form(text: str) -> str:
    """Return an encoded form with its secret fields masked."""
    return _FIELD.sub(mask_named, text)


def steady_text(text: str) -> str:
    """Return text without secrets in URLs, addresses in memory, execution counts."""
    text = masked_url(_THREAD.sub(r"\g<before>…", _ADDRESS.sub("0x…", text)))
    if "ipykernel_" in text:
        text = _KERNEL_FILE.sub("<cell>", text)
    return _PROMPT.sub("In [*]", text)


def steady_output(text: str) -> str:
    """Return what a view printed and logged without its times.

    Of logged tracebacks the last line stays: the others name files of this machine.
    """
    return _TIMESTAMP.sub("…", steady_text(_TRACEBACK.sub("", masked_text(text))))


def without_exception_log(text: str, error: str = "") -> str:
    """Return output without what Flask logs of an exception that is shown anyway.

    Args:
        text: What was printed and logged.
        error: The exception as it is shown; its text may have several lines.
    """
    lines = list(StringIO(text))
    more = error.splitlines()[1:]
    kept = []
    at = 0
    while at < len(lines):
        after = _end_of_exception_log(lines, at)
        if after > at and [one.rstrip() for one in lines[after:][: len(more)]] == [
            one.rstrip() for one in more
        ]:
            after += len(more)
        kept += lines[at : at + 1] if after == at else []
        at = max(after, at + 1)
    return "".join(kept)


def _end_of_exception_log(lines: list[str], at: int) -> int:
    """Return the line after an exception that was logged; `at` where there is none."""
    head = lines[at + 1 : at + 2]
    if head != ["Traceback (most recent call last):\n"] or not _LOGGED.search(
        lines[at]
    ):
        return at
    end = at + 2
    while end < len(lines) and lines[end][0] in " \t\n":
        end += 1
    return min(end + 1, len(lines))


def visible_text(text: str) -> str:
    """Return text that can be saved and that no terminal obeys.

    Colours are left out, other control characters become the pictures of them, and
    halves of characters (lone surrogates) the escape that Python writes for them.
    """
    return with_pictures(well_formed(_COLOUR.sub("", text)).replace("\r\n", "\n"))
