"""Reading one request: waitress's parser, made as strict as the strictest server.

The parser is not waitress's public interface: pyproject.toml caps waitress to the
versions with which `tests/werkbook/serving/http/test_requests.py` has been run. That
test fails where the parser of a newer one differs.
"""

import re
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any

from waitress.adjustments import (  # type: ignore[import-untyped]  # has none
    Adjustments,
)
from waitress.buffers import OverflowableBuffer  # type: ignore[import-untyped]  # none
from waitress.parser import (  # type: ignore[import-untyped]  # none
    HTTPRequestParser,
    ParsingError,
)
from waitress.utilities import (  # type: ignore[import-untyped]  # none
    BadRequest,
    Error,
    RequestEntityTooLarge,
    RequestHeaderFieldsTooLarge,
)

from werkbook.serving.http.chunks import ChunkedBody
from werkbook.serving.http.limits import Limits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_UNPREFIXED = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})
_REQUEST_LINE = re.compile(
    rb"[!#$%&'*+\-.^_`|~0-9A-Z]{3,20} (?P<target>[\x21-\x7e\x80-\xff]+) HTTP/\d\.\d"
)
_TARGET = re.compile(
    rb"/.*|https?://[^/?#@]+(?:[/?#].*)?|\*", re.IGNORECASE | re.DOTALL
)
_HOST = re.compile(r"[ -~\x80-\xff]*")
_NOT_IN_HOST = frozenset("/@?#\\")
_CODINGS = re.compile(rb"(?im)^transfer-encoding:([^\r]*)")
BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?=[^\n])")
_COOKIES = re.compile(rb"(?im)^cookie:([^\r]*)")
TOO_MANY_FIELDS = "The request has more headers than this server takes"
TOO_LONG = {
    RequestEntityTooLarge: "The body is longer than this server takes",
    RequestHeaderFieldsTooLarge: "The head is longer than this server takes",
}
"""In place of waitress's own words, which name its settings."""
_SINGLE = re.compile(rb"(?im)^(host|content-length|content-type|transfer-encoding):")


class VersionNotSupported(Error):  # type: ignore[misc]  # waitress has no types
    """The request is of another HTTP than 1.0 and 1.1."""

    code = 505
    reason = "HTTP Version Not Supported"


class ExpectationFailed(Error):  # type: ignore[misc]  # waitress has no types
    """The request expects what this server does not know."""

    code = 417
    reason = "Expectation Failed"


class RequestTimeout(Error):  # type: ignore[misc]  # waitress has no types
    """The request did not come to its end in time."""

    code = 408
    reason = "Request Timeout"


class IncomingRequest(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """One request, as far as it has come.

    Where servers differ in what they take, it takes what the strictest does: two of
    them in a row must not see different requests (request smuggling).

    Attributes:
        is_body_late: The body did not come along with the head.
        head_fields: How many headers it may have.
    """

    head_fields = Limits.head_fields

    is_body_late = False
    body_rcv: Any = None
    error: Any = None
    version: str = "1.0"

    def received(self, data: bytes) -> int:
        """Take in data; return how much of it was the request's."""
        try:
            if self.body_rcv is None:
                self._check_beginning(data)
            taken: int = super().received(data)
        except ParsingError as error:
            return self._refuse(BadRequest(str(error)), data)
        except ValueError as error:  # of urlsplit, say: waitress lets it through
            return self._refuse(BadRequest(str(error)), data)
        if self.error is not None and self.error.body.startswith("exceeds max_"):
            self.error = type(self.error)(TOO_LONG[type(self.error)])
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head, once it is whole."""
        check_head(header_plus)
        super().parse_header(header_plus)
        if "," in self.headers.get("COOKIE", ""):  # waitress's joint of two headers
            found = [one.strip(b"\t ") for one in _COOKIES.findall(header_plus)]
            self.headers["COOKIE"] = b"; ".join(found).decode("latin-1")
        self._check_headers()
        if self.chunked:
            self.body_rcv = ChunkedBody(OverflowableBuffer(self.adj.inbuf_overflow))
        if count_fields(header_plus) > self.head_fields:
            self.error = RequestHeaderFieldsTooLarge(TOO_MANY_FIELDS)
        if self.version not in ("1.0", "1.1"):
            self.error = VersionNotSupported("This server speaks HTTP/1.1")
            self.version = "1.1"
        if self.error is not None:
            self.body_rcv = None  # it will not be read

    @property
    def is_waiting(self) -> bool:
        """Whether the client holds the body back until it is asked for."""
        return bool(
            self.expect_continue and self.headers_finished and not self.completed
        )

    def _refuse(self, error: Error, data: bytes) -> int:
        self.error = error
        self.version = "1.1"
        self.completed = True
        return len(data)

    def _check_beginning(self, data: bytes) -> None:
        """Refuse blanks before the request line, which waitress leaves out.

        Empty lines pass, as RFC 9112 2.2 asks for; they end with CR and LF.
        """
        before = self.header_plus
        if not before and data[:1] > b" ":  # as nearly always
            return
        if not before.strip(b"\r\n"):
            beginning = before[-1:] + data
            first = beginning.lstrip(b"\r\n")
            ends = beginning[: len(beginning) - len(first) + 1]
            if first[:1] in (b" ", b"\t", b"\v", b"\f") or BARE_LINE_END.search(ends):
                raise ParsingError("Blanks before the request line")

    def _check_headers(self) -> None:
        headers = self.headers
        if "TRANSFER_ENCODING" in headers:  # waitress takes it out, where it is known
            raise ParsingError("HTTP/1.0 has no Transfer-Encoding")
        if headers.get("EXPECT", "100-continue").lower() != "100-continue":
            self.error = ExpectationFailed("This server knows '100-continue'")
        host = headers.get("HOST", "")
        if not _HOST.fullmatch(host) or not _NOT_IN_HOST.isdisjoint(host):
            raise ParsingError("Host is no name and no address")


def check_head(head: bytes) -> None:
    """Check what can be said of a request's head before it is taken apart.

    Args:
        head: The request line and the header lines.

    Raises:
        ParsingError: Two servers in a row could understand it differently.
    """
    line, _, rest = head.partition(b"\r\n")
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        raise ParsingError("The request line is invalid")
    target = found["target"]
    if not _TARGET.fullmatch(target) or (
        target == b"*" and not line.startswith(b"OPTIONS ")
    ):
        raise ParsingError("The request target is neither a path nor a URL")
    if rest.startswith((b" ", b"\t")) or b"\n " in rest or b"\n\t" in rest:
        raise ParsingError("A header goes on in the next line (RFC 9112 5.2)")
    names = [name.lower() for name in _SINGLE.findall(rest)]
    if len(names) != len(set(names)):
        raise ParsingError("A header that stands once stands twice")
    if line.endswith(b"/1.1") and b"host" not in names:
        raise ParsingError("HTTP/1.1 asks for a Host header (RFC 9112 3.2)")
    if b"content-length" in names and b"transfer-encoding" in names:
        raise ParsingError("Both Content-Length and Transfer-Encoding")
    if b"transfer-encoding" not in names:
        return
    if line.endswith(b"/1.0"):
        raise ParsingError("HTTP/1.0 has no Transfer-Encoding")
    for coding in _CODINGS.findall(rest):
        names = [name.strip(b"\t ").lower() for name in coding.split(b",")]
        if b"" in names or names.count(b"chunked") > 1:
            raise ParsingError("Transfer-Encoding names no coding, or one twice")


def count_fields(head: bytes) -> int:
    """Return how many headers follow the request line."""
    return head.rstrip(b"\r\n").count(b"\n")


def new_request(limits: Limits) -> IncomingRequest:
    """Return a request of which nothing has come yet."""
    request = IncomingRequest(_adjustments(limits))
    request.head_fields = limits.head_fields
    return request


def make_environ(request: Any, common: "WSGIEnvironment") -> "WSGIEnvironment":
    """Return the WSGI environ of a whole request."""
    environ = common.copy()
    environ["REQUEST_METHOD"] = request.command
    environ["PATH_INFO"] = request.path
    environ["QUERY_STRING"] = request.query
    environ["REQUEST_URI"] = environ["RAW_URI"] = request.request_uri
    environ["SERVER_PROTOCOL"] = f"HTTP/{request.version}"
    for name, value in request.headers.items():
        environ[name if name in _UNPREFIXED else "HTTP_" + name] = value
    if request.proxy_netloc:  # absolute form: the Host header does not count
        environ["HTTP_HOST"] = request.proxy_netloc
    receiver = request.body_rcv
    environ["wsgi.input"] = BytesIO() if receiver is None else receiver.getfile()
    environ["wsgi.errors"] = sys.stderr
    return environ


_known: dict[Limits, Adjustments] = {}


def _adjustments(limits: Limits) -> Adjustments:
    """Return the limits in waitress's terms."""
    found = _known.get(limits)
    if found is None:
        found = _known[limits] = Adjustments(
            max_request_header_size=limits.head_bytes,
            max_request_body_size=limits.body_bytes,
        )
    return found
