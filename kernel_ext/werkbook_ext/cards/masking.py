"""What saved output must not hold: secrets, and what differs from run to run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MASK = "***"

# Headers that tell of the server or of the moment, not of the app.
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
SECRET_WORDS = frozenset(
    (
        "apikey",
        "csrf",
        "csrfmiddlewaretoken",
        "csrftoken",
        "jwt",
        "nonce",
        "otp",
        "passphrase",
        "passwd",
        "password",
        "pwd",
        "secret",
        "sessionid",
        "sid",
        "token",
        "xsrf",
        "xsrftoken",
    )
)

_WORD_ENDS = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])")
_INPUT = re.compile(r"<(?:input|meta)\b[^>]*>", re.IGNORECASE)
_NAME = re.compile(r"\bname\s*=\s*([\"']?)([^\s\"'>]+)\1", re.IGNORECASE)
_VALUE = re.compile(
    r"(\b(?:value|content)\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE
)
_COOKIE = re.compile(r"\A(\s*[^=;\s]+=)[^;]*")
_EXPIRES = re.compile(r"(expires=)[^;]*", re.IGNORECASE)
# Of Digest authentication, of a Content-Security-Policy and of the scripts it lets run.
_NONCE = re.compile(
    r"(?P<before>\b(?:nonce|opaque)=[\"']?|'nonce-)[^\"'\s>,;]+", re.IGNORECASE
)
_NONCE_ATTRIBUTE = re.compile(
    r"(?P<before><(?:script|style|link)\b[^>]*?\snonce=[\"']?)[^\"'\s>]+", re.IGNORECASE
)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
# As sqlite3 names threads, in the error of a connection that a cell made.
_THREAD = re.compile(r"\b(?P<before>thread id )\d+\b")
_KERNEL_FILE = re.compile(r"[^\s\"'<>]*ipykernel_\d+[/\\]\d+\.py")
_PROMPT = re.compile(r"\bIn ?\[\d+\]")
_TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ \t].*(?:\n|\Z)|\n)*", re.MULTILINE
)
_EXCEPTION_LOG = re.compile(
    r"^.*\bERROR in \w+: Exception on .*\n"
    r"Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(?:\S.*(?:\n|\Z))?",
    re.MULTILINE,
)
_TIMESTAMP = re.compile(
    r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\[\d\d/\w{3}/\d{4}[: ]\d\d:\d\d:\d\d(?: [+-]\d{4})?\]"
)


def is_secret_name(name: str) -> bool:
    """Tell whether a field of this name is likely to hold a secret or a token."""
    words = [word.lower() for word in _WORD_ENDS.split(name)]
    return not SECRET_WORDS.isdisjoint(words) or "api_key" in "_".join(words)


def masked_header(name: str, value: str) -> str:
    """Return a header's value without what is secret in it.

    Of a cookie its name and attributes stay, of `Authorization` the scheme.
    """
    kind = name.lower()
    if kind == "set-cookie":
        return _EXPIRES.sub(rf"\1{MASK}", _COOKIE.sub(rf"\1{MASK}", value))
    if kind == "cookie":
        names = [part.partition("=")[0].strip() for part in value.split(";")]
        return "; ".join(f"{name}={MASK}" for name in names)
    if kind in ("authorization", "proxy-authorization"):
        scheme, _, rest = value.partition(" ")
        return f"{scheme} {MASK}" if rest else MASK
    return MASK if is_secret_name(name) else _NONCE.sub(rf"\g<before>{MASK}", value)


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


def masked_json(value: Any, name: str = "") -> Any:
    """Return a JSON value with the texts of secret names masked."""
    if isinstance(value, dict):
        return {key: masked_json(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [masked_json(item, name) for item in value]
    return MASK if value and isinstance(value, str) and is_secret_name(name) else value


def masked_html(source: str) -> str:
    """Return HTML with the tokens of its forms masked."""

    def mask(match: re.Match[str]) -> str:
        tag = match.group()
        name = _NAME.search(tag)
        is_secret = name is not None and is_secret_name(name[2])
        return _VALUE.sub(rf'\1"{MASK}"', tag) if is_secret else tag

    return _NONCE_ATTRIBUTE.sub(rf"\g<before>{MASK}", _INPUT.sub(mask, source))


def steady_text(text: str) -> str:
    """Return text without addresses in memory and without execution counts."""
    text = _THREAD.sub(r"\g<before>…", _ADDRESS.sub("0x…", text))
    return _PROMPT.sub("In [*]", _KERNEL_FILE.sub("<cell>", text))


def steady_output(text: str) -> str:
    """Return what a view printed and logged without its times.

    Of logged tracebacks the last line stays: the others name files of this machine.
    """
    return _TIMESTAMP.sub("…", steady_text(_TRACEBACK.sub("", text)))


def without_exception_log(text: str) -> str:
    """Return output without what Flask logs of an exception that is shown anyway."""
    return _EXCEPTION_LOG.sub("", text)
