"""Requests that two servers in a row could understand differently, and who does what.

Run by hand for more of them: python -m tests.werkbook.serving.request_fuzz 1000000
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gunicorn.config import Config
from gunicorn.http import RequestParser
from gunicorn.http.errors import ParseException
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser

from werkbook.serving.http.limits import Limits
from werkbook.serving.http.requests import new_request

REFUSED = "refused"
Seen = list[tuple[str, str, bytes]]

# fmt: off
NAMES = [
    b"Host", b"host", b"X-A", b"X_A", b"Content-Type", b"Connection", b"Expect",
    b"Cookie", b" X-B", b"X-B ", b"X B", b"X\0", b"", b"X\xe9", b"(", b"Upgrade",
]
VALUES = [
    b"localhost", b"a", b"", b" a ", b"\ta\t", b"a\0b", b"a\rb", b"a\nb", b"\x7f",
    b"\xe9", b"keep-alive", b"close", b"a,b", b"a b", b"a/b", b"x" * 300,
]
LENGTHS = [
    b"0", b"3", b"5", b"+3", b"-3", b"3 ", b" 3", b"3,3", b"3, 3", b"0x3", b"03", b"",
    b"3.0", b"1e1", b"99999999999999999999", b"\xb2", b"3;", b"3\x0b",
]
CODINGS = [
    b"chunked", b"Chunked", b" chunked", b"chunked ", b"\x0bchunked", b"xchunked",
    b"chunked, chunked", b"identity", b"gzip", b"gzip, chunked", b"chunked, gzip",
    b"", b",", b"chunked,", b'"chunked"', b"chunked;q=1", b"chunked\x85",
]
METHODS = [
    b"GET", b"POST", b"HEAD", b"OPTIONS", b"PUT", b"get", b"G T", b"M-SEARCH", b"",
    b"GET\t", b"G\0T", b"@", b"A" * 30, b"CONNECT", b"PRI",
]
TARGETS = [
    b"/", b"/a?b=c", b"/%2e%2e/", b"/%", b"/%zz", b"/%00", b"/\xe9", b"/a b", b"a",
    b"", b"*", b"//a/b", b"http://localhost/", b"http://a@b/", b"http://", b"/#a",
    b"https://localhost", b"ftp://a/", b"/\t", b"/\0", b"/\\", b"http:/a", b"?a",
    b"localhost:80", b"/a\x7f", b"/" + b"a" * 500,
]
VERSIONS = [b"HTTP/1.1"] * 12 + [
    b"HTTP/1.0", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.2", b"HTTP/1.10",
    b"http/1.1", b"HTTP/1,1", b"", b"HTTP/1.1 ",
]
ENDS = [b"\r\n"] * 40 + [
    b"\n", b"\r", b"\r\r\n", b"\n\r\n", b"\r\n ", b"\r\n\t", b"\r\n\r\n",
]
SIZES = [
    b"3", b"03", b"0003", b"0x3", b"3 ", b" 3", b"3;a", b"3;a=b", b'3;a="b"', b"3;",
    b"3 ;a", b"3; a", b"3;a=\n", b"3;a\0", b"+3", b"-3", b"g", b"", b"3\t",
    b"3;a=b;c", b"FFFFFFFFFFFFFFFFFFFF", b"3_0", b"3,", b"3\x0b",
]
TRAILERS = [b""] * 6 + [
    b"A: b\r\n", b"A b\r\n", b" A: b\r\n", b"A:\0\r\n", b"A: b\n",
    b"Content-Length: 5\r\n", b"A: b\r\n C\r\n",
]
# fmt: on
CONFIG = Config()
AFTER = b"GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass(frozen=True)
class Difference:
    """One input that ours takes otherwise than it should."""

    data: bytes
    ours: Any
    waitress: Any
    gunicorn: Any


def generate(rng: random.Random) -> bytes:
    """Return bytes that look more or less like one request, with one after it."""
    pick = rng.choice
    is_odd = rng.random() < 0.5
    method = pick(METHODS if is_odd and rng.random() < 0.2 else METHODS[:5])
    target = pick(TARGETS if rng.random() < 0.3 else TARGETS[:2])
    version = pick(VERSIONS)
    end = lambda: pick(ENDS) if rng.random() < 0.15 else b"\r\n"  # noqa: E731
    lines = [method + b" " + target + b" " + version, b"Host: localhost"]
    count = rng.randrange(3)
    lines.extend(pick(NAMES) + b":" + pick(VALUES) for _ in range(count))
    kind = rng.randrange(4)
    if kind in (1, 3):
        lines.append(b"Content-Length:" + pick(LENGTHS if is_odd else LENGTHS[:3]))
    if kind in (2, 3) and rng.random() < (1 if kind == 2 else 0.3):
        lines.append(b"Transfer-Encoding:" + pick(CODINGS if is_odd else CODINGS[:1]))
    if is_odd and rng.random() < 0.3:
        lines.append(pick(lines[1:]))
    if rng.random() < 0.5:
        rng.shuffle(tail := lines[1:])
        lines[1:] = tail
    head = b"".join(line + end() for line in lines) + end()
    body = _chunks(rng, end) if kind in (2, 3) else b"abcde"[: rng.randrange(6)]
    before = pick([b"", b"", b"", b"\r\n", b"\n", b" ", b"\r\n\r\n"])
    return (before if is_odd else b"") + head + body + AFTER


def _chunks(rng: random.Random, end: Callable[[], bytes]) -> bytes:
    pick = rng.choice
    parts = []
    for _ in range(rng.randrange(3)):
        size = pick(SIZES) if rng.random() < 0.4 else b"3"
        parts.append(size + end() + b"abc"[: 3 if rng.random() < 0.95 else 2] + end())
    last = pick([b"0", b"0", b"0", b"00", b"0;a", b"0 ", b""])
    return b"".join(parts) + last + end() + pick(TRAILERS) + end()


def seen_by(make: Callable[[], Any], data: bytes) -> tuple[Seen, str]:
    """Return the requests that a parser of waitress's kind finds, and how it ends."""
    found: Seen = []
    while data:
        request = make()
        try:
            while data and not request.completed:
                data = data[request.received(data) :]
        except ValueError:
            return found, REFUSED
        if request.error:
            return found, REFUSED
        if not request.completed:
            return found, "more"
        if request.empty:
            continue
        body = request.body_rcv.getfile().read() if request.body_rcv else b""
        found.append((request.command, request.request_uri, body))
        request.close()
        if request.version != "1.1" or request.connection_close:
            return found, "closed"
    return found, "end"


def seen_by_gunicorn(data: bytes) -> tuple[Seen, str]:
    """Return the same of gunicorn's parser."""
    found: Seen = []
    parser = RequestParser(CONFIG, iter([data]), ("127.0.0.1", 1))
    try:
        for request in parser:
            body = request.body.read()
            found.append((request.method, request.uri, body))
            if request.should_close() or request.version != (1, 1):
                return found, "closed"
    except StopIteration:
        return found, "more"
    except (ParseException, OSError, ValueError):
        return found, REFUSED
    return found, "end"


def has_empty_lines(data: bytes) -> bool:
    """Tell whether ours met an empty line before a request, in which servers differ.

    RFC 9112 2.2 asks to leave it out, as waitress does; gunicorn refuses it.
    """
    while data:
        if data.startswith(b"\r\n"):
            return True
        request = new_request(Limits())
        while data and not request.completed:
            data = data[request.received(data) :]
        request.close()
    return False


def differences(count: int, seed: int) -> Iterator[Difference]:
    """Yield each generated input that ours takes, and the stricter one does not.

    Wherever all take a request, it must be the same one with the same body.
    """
    rng = random.Random(seed)
    plain = Adjustments()
    limits = Limits()
    for _ in range(count):
        data = generate(rng)
        ours = seen_by(lambda: new_request(limits), data)
        waitress = seen_by(lambda: HTTPRequestParser(plain), data)
        gunicorn = seen_by_gunicorn(data)
        for other in (waitress, gunicorn):
            least = min(len(ours[0]), len(other[0]))
            is_same = ours[0][:least] == other[0][:least]
            took_more = len(ours[0]) > len(other[0]) and other[1] == REFUSED
            if other is gunicorn and took_more and has_empty_lines(data):
                continue
            if not is_same or took_more:
                yield Difference(data, ours, waitress, gunicorn)
                break


def main(count: int) -> None:
    """Print the differences, and how many inputs there were."""
    found = list(differences(count, seed=count))
    for one in found[:40]:
        print(one)
    print(f"{count:,} generated requests, {len(found):,} differences")


if __name__ == "__main__":
    main(int(sys.argv[1]))
