"""Who may come in: the Host check and the token."""

import hmac
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from werkbook.errors import WerkbookError
from werkbook.serving.hosts import AllowedHosts
from werkbook.serving.log import ServerLog
from werkbook.serving.proxied import browser_host
from werkbook.serving.tokens import TOKEN_PARAMETER

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CHALLENGE = [("WWW-Authenticate", 'Werkbook realm="notebook"')]  # RFC 9110 15.5.2
_TOKEN_KEY = "HTTP_X_WERKBOOK_TOKEN"


class ForeignHostError(WerkbookError):
    """A request named a host that is not this server's."""


class TokenError(WerkbookError):
    """A request came without the token of a server on a shared host."""


class HostGate:
    """An app that passes on what names one of the server's hosts.

    It looks at what the browser sent before any header of a proxy's is believed: by
    DNS rebinding, a foreign page can send those as well.

    Args:
        app: Who answers.
        hosts: The names that a request may address.
        log: Where it is noted that a request was refused.
    """

    def __init__(self, app: "WSGIApplication", hosts: AllowedHosts, log: ServerLog):
        self._app = app
        self._hosts = hosts
        self._log = log

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer with the app, or say why not."""
        host = environ.get("HTTP_HOST")
        if host is None:
            if environ["SERVER_PROTOCOL"] == "HTTP/1.0":
                return self._app(environ, start_response)
            return _say(start_response, 400, "Host header missing.\n")  # RFC 9112 3.2
        if self._hosts.is_allowed(host):
            return self._app(environ, start_response)
        return _refuse(start_response, 421, foreign_host(host), self._log)


class TokenGate:
    """An app that passes on what brings the token.

    Args:
        app: Who answers.
        token: What a request has to bring.
        cookie: The name of the cookie that keeps the token.
        log: Where it is noted that a request was refused.
    """

    def __init__(self, app: "WSGIApplication", token: str, cookie: str, log: ServerLog):
        self._app = app
        self._token = token
        self._cookie = cookie
        self._log = log

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Let in who has the token; give who comes by the link a cookie with it."""
        if self._is_token(environ.get(_TOKEN_KEY)):
            return self._app(environ, start_response)
        cookies, kept = _without_cookie(environ.get("HTTP_COOKIE", ""), self._cookie)
        if self._is_token(kept):
            environ["HTTP_COOKIE"] = cookies
            return self._app(environ, start_response)
        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        if self._is_token(dict(query).get(TOKEN_PARAMETER)):
            rest = [pair for pair in query if pair[0] != TOKEN_PARAMETER]
            return self._welcome(environ, start_response, urlencode(rest))
        return _refuse(start_response, 401, no_token(), self._log, _CHALLENGE)

    def _is_token(self, given: str | None) -> bool:
        return given is not None and hmac.compare_digest(
            given.encode("latin-1", "replace"), self._token.encode()
        )

    def _welcome(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        query: str,
    ) -> Iterable[bytes]:
        """Put the token from the link into a cookie and out of sight."""
        folder = environ.get("SCRIPT_NAME", "")
        path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~")
        target = f"//{browser_host(environ)}{folder}{path}" + (query and f"?{query}")
        headers = [
            ("Location", target),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            (
                "Set-Cookie",
                f"{self._cookie}={self._token}; Path={folder}/; HttpOnly; SameSite=Lax",
            ),
        ]
        return _say(start_response, 303, "", headers)


def _refuse(
    start_response: "StartResponse",
    status: int,
    error: WerkbookError,
    log: ServerLog,
    headers: Sequence[tuple[str, str]] = (),
) -> Iterable[bytes]:
    text = f"{type(error).__name__}: {error}\n"
    log.write(text)
    return _say(start_response, status, text, headers)


def foreign_host(host: str) -> ForeignHostError:
    """Return the error for a request to a host that is not this server's."""
    return ForeignHostError(
        f"Host {host!r} is not a name of this server.",
        why="a foreign page could reach it by DNS rebinding; it answers to "
        "localhost, 127.0.0.1 and the names it was told.",
        fix="if the name is yours, run in the notebook: "
        f"serve(app).allow_host({host!r}).",
    )


def no_token() -> TokenError:
    """Return the error for a request without the token."""
    return TokenError(
        "This server asks for a token.",
        why="other users of this machine can reach its port.",
        fix="open the link that %serve shows in the notebook; a cookie keeps it.",
    )


def _without_cookie(header: str, name: str) -> tuple[str, str | None]:
    """Take a cookie out of a ``Cookie`` header; return the rest and its value."""
    pairs = [pair.strip() for pair in header.split(";") if pair.strip()]
    found = [pair for pair in pairs if pair.startswith(name + "=")]
    rest = [pair for pair in pairs if pair not in found]
    return "; ".join(rest), found[0].partition("=")[2] if found else None


def _say(
    start_response: Callable[..., object],
    status: int,
    text: str,
    headers: Sequence[tuple[str, str]] = (),
) -> Iterable[bytes]:
    body = text.encode("utf-8", "replace")
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        *headers,
    ]
    start_response(f"{status} {HTTPStatus(status).phrase.upper()}", headers)
    return [body]
