"""Being right behind jupyter-server-proxy.

It serves the app under ``<base>/proxy/<port>/`` and takes that prefix off, or under
``<base>/proxy/absolute/<port>/`` and leaves it on. What it does to a redirect's
``Location`` differs by version: 4.4 leaves it, 4.5 puts its prefix before each path,
even where it stands already. ``//host/prefix/path`` is right with all of them, and
needs no scheme, which no header tells reliably behind several proxies.
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
_COOKIE_PATH = re.compile(r"(;\s*path\s*=\s*)(/[^;]*)", re.IGNORECASE)
_PREFIX = re.compile(r"(?:/[\w.~%!$&'()*+,=:@-]+)+", re.ASCII)  # RFC 3986, but ";"
_HOST = re.compile(r"[\w.~%!$&'()*+,=:\[\]-]+", re.ASCII)
_ABSOLUTE = re.compile(r"(?:/.*?)?/proxy/absolute/(?:[^/:]+:)?(\d+)(?=/|$)")


def proxied(app: "WSGIApplication") -> "WSGIApplication":
    """Return an app that knows its address in the browser behind a proxy.

    ``SCRIPT_NAME`` gets the prefix, so that `url_for` has it; the host and the
    scheme are the browser's. Redirects go to where they are meant to, cookies are
    set for the app's own folder. The headers are believed from this machine only.
    """

    def proxied_app(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ.get("REMOTE_ADDR") not in LOOPBACK_ADDRESSES:
            return app(environ, start_response)
        prefix = _prefix(environ)
        if prefix is None:
            return app(environ, start_response)
        _take_over(environ, prefix)
        return app(environ, _Rewriter(environ, prefix, start_response))

    return proxied_app


def _prefix(environ: "WSGIEnvironment") -> str | None:
    """Return what the proxy's address adds to the app's, if it came through one."""
    for name in ("HTTP_X_FORWARDED_PREFIX", "HTTP_X_PROXYCONTEXTPATH"):
        if name in environ:
            prefix = _first(environ, name).rstrip("/")
            if _PREFIX.fullmatch(prefix):
                return prefix
    if "/proxy/absolute/" in environ["PATH_INFO"]:  # which sends no such header
        match = _ABSOLUTE.match(environ["PATH_INFO"])
        if match is not None and match[1] == environ["SERVER_PORT"]:
            return match[0]
    return None


def _take_over(environ: "WSGIEnvironment", prefix: str) -> None:
    """Set what the browser sees: the prefix, the host, the scheme."""
    for name in ("PATH_INFO", "REQUEST_URI", "RAW_URI"):
        path = environ.get(name, "")
        if path == prefix or path.startswith((prefix + "/", prefix + "?")):
            environ[name] = path[len(prefix) :] or "/"
    environ["SCRIPT_NAME"] = prefix
    environ["HTTP_HOST"] = browser_host(environ)
    scheme = _first(environ, "HTTP_X_FORWARDED_PROTO") or _first(
        environ, "HTTP_X_SCHEME"
    )
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme


def browser_host(environ: "WSGIEnvironment") -> str:
    """Return the host that the browser asked."""
    forwarded = _first(environ, "HTTP_X_FORWARDED_HOST")
    host: str = environ.get("HTTP_HOST", "")
    return forwarded if _HOST.fullmatch(forwarded) else host


def _first(environ: "WSGIEnvironment", name: str) -> str:
    return str(environ.get(name, "")).partition(",")[0].strip()


class _Rewriter:
    """A ``start_response`` that puts right where redirects and cookies point."""

    def __init__(
        self,
        environ: "WSGIEnvironment",
        prefix: str,
        start_response: "StartResponse",
    ):
        self._prefix = prefix
        self._host = environ["HTTP_HOST"]
        self._path = prefix + environ["PATH_INFO"]
        self._start_response = start_response

    def __call__(
        self, status: str, headers: Headers, exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        headers = [(name, self._rewritten(name, value)) for name, value in headers]
        if exc_info is None:
            return self._start_response(status, headers)
        return self._start_response(status, headers, exc_info)

    def _rewritten(self, name: str, value: str) -> str:
        key = name.lower()
        if key == "location":
            return self._location(value)
        if key == "set-cookie":
            return _COOKIE_PATH.sub(lambda found: found[1] + self._own(found[2]), value)
        return value

    def _location(self, value: str) -> str:
        if value.startswith("//") or re.match(r"[a-z][a-z0-9+.-]*:", value, re.I):
            return value
        path = self._own(value) if value.startswith("/") else value
        return f"//{self._host}{urljoin(self._path, path)}"

    def _own(self, path: str) -> str:
        """Return a path of the app as the browser has to ask for it."""
        is_own = path == self._prefix or path.startswith(
            (self._prefix + "/", self._prefix + "?")
        )
        return path if is_own else self._prefix + path
