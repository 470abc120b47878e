"""The gates of a server, which speak WSGI, before an ASGI app."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkbook.serving.asgi.asgi_scopes import RawHeaders

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]
_KEY = "werkbook.passage"


class Passage:
    """One request on its way through the gates, and its answer's head on its way back.

    Args:
        gates: The gates around `pass_on`.
        environ: The request, which the gates may change.

    Attributes:
        environ: The request as they let it in; None where they refused it.
        status: The status of a refusal, with its reason.
        body: What a refusal says.
    """

    def __init__(self, gates: "WSGIApplication", environ: "WSGIEnvironment"):
        self.environ: WSGIEnvironment | None = None
        self.status = ""
        self._headers: Headers = []
        self._start_response: StartResponse | None = None
        environ[_KEY] = self
        self.body = b"".join(gates(environ, self._take))
        environ.pop(_KEY, None)

    @property
    def raw_headers(self) -> RawHeaders:
        """The headers of what goes back, as ASGI has them."""
        return [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in self._headers
        ]

    def open(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Note that a request came through all gates."""
        self.environ, self._start_response = environ, start_response
        return ()

    def head_out(self, status: int, headers: Headers) -> RawHeaders:
        """Return the headers of an answer as they leave the gates."""
        assert self._start_response is not None
        self._start_response(status_line(status), headers)
        return self.raw_headers

    def _take(
        self, status: str, headers: Headers, exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        self.status, self._headers = status, list(headers)
        return _write_nothing


def pass_on(
    environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """Stand behind the gates, where the app of a WSGI server stands."""
    passage: Passage = environ[_KEY]
    return passage.open(environ, start_response)


def status_line(status: int) -> str:
    """Return a status with its reason: ``404 NOT FOUND``."""
    try:
        return f"{status} {HTTPStatus(status).phrase.upper()}"
    except ValueError:
        return f"{status} UNKNOWN"


def _write_nothing(data: bytes) -> None:
    """Be what `start_response` returns, of which no gate makes use."""
