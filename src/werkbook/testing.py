"""Test an application without a server: a client, a CLI runner, an environ builder."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from copy import copy
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import werkzeug.test
from click.testing import CliRunner, Result
from werkzeug.wrappers import Request as WerkzeugRequest

from .cli import ScriptInfo
from .errors import WerkbookError
from .globals import current_test_request
from .sessions import SessionMixin

if TYPE_CHECKING:
    from typing import Self

    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.test import TestResponse


class AmbiguousBaseUrlError(WerkbookError, AssertionError):
    """A base URL was given together with parts of it."""


class NoCookiesError(WerkbookError, TypeError):
    """A session was asked of a test client that keeps no cookies."""


class NoSessionError(WerkbookError, RuntimeError):
    """The application's session interface opened no session."""


class NestedClientError(WerkbookError, RuntimeError):
    """A test client is in a `with` block already."""


class EnvironBuilder(werkzeug.test.EnvironBuilder):
    """Builds the WSGI environ of a request to an application.

    Args:
        app: The application, whose configuration gives the URL's missing parts.
        path: The path, or a whole URL.
        base_url: Where the application is; by default made of `PREFERRED_URL_SCHEME`,
            `subdomain`, `SERVER_NAME` and `APPLICATION_ROOT`.
        subdomain: Put before `SERVER_NAME`.
        url_scheme: In place of `PREFERRED_URL_SCHEME`.
        args: Those of `werkzeug.test.EnvironBuilder`.
        kwargs: The same; `json` is serialized by the application's `json`.

    Raises:
        AmbiguousBaseUrlError: `base_url` was given with `subdomain` or `url_scheme`.
    """

    def __init__(
        self,
        app: Any,
        path: str = "/",
        base_url: str | None = None,
        subdomain: str | None = None,
        url_scheme: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if base_url is not None and (subdomain or url_scheme):
            raise AmbiguousBaseUrlError(
                'Cannot pass "subdomain" or "url_scheme" with "base_url".',
                why=f"base_url={base_url!r} has both already.",
                fix="leave out base_url, or write both into it.",
            )
        if base_url is None:
            base_url, path = _split(app, path, subdomain, url_scheme)
        self.app = app
        super().__init__(path, base_url, *args, **kwargs)

    def json_dumps(self, obj: Any, **kwargs: Any) -> str:
        """Serialize a value by the application's `json`."""
        text: str = self.app.json.dumps(obj, **kwargs)
        return text


def _split(
    app: Any, path: str, subdomain: str | None, url_scheme: str | None
) -> tuple[str, str]:
    """Return the base URL and the path under it, with the query string."""
    host = app.config.get("SERVER_NAME") or "localhost"
    if subdomain:
        host = f"{subdomain}.{host}"
    url = urlsplit(path)
    scheme = url.scheme or url_scheme or app.config["PREFERRED_URL_SCHEME"]
    root = app.config["APPLICATION_ROOT"].lstrip("/")
    query = f"?{url.query}" if url.query else ""
    return f"{scheme}://{url.netloc or host}/{root}", f"{url.path}{query}"


@cache
def _user_agent() -> str:
    return f"Werkzeug/{importlib.metadata.version('werkzeug')}"


class FlaskClient(werkzeug.test.Client):
    """Sends requests to an application, as `werkzeug.test.Client` does.

    In a `with` block the context of the last request stays until the next request or
    the end of the block, so that a test can look at `request`, `session` and `g`.
    """

    application: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preserve_context = False
        self._new_contexts: list[AbstractContextManager[Any]] = []
        self._context_stack = ExitStack()
        self.environ_base: dict[str, Any] = {
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_USER_AGENT": _user_agent(),
        }

    @contextmanager
    def session_transaction(self, *args: Any, **kwargs: Any) -> Iterator[SessionMixin]:
        """Open the client's session for a `with` block, and keep what that changes.

        Args:
            args: Those of `app.test_request_context`.
            kwargs: The same.

        Raises:
            NoCookiesError: The client has no cookies.
            NoSessionError: The application's session interface opens no session.
        """
        if self._cookies is None:
            raise NoCookiesError(
                "Cookies are disabled.",
                why="a session is kept in a cookie of the client.",
                fix="write app.test_client(use_cookies=True).",
            )
        app = self.application
        context = app.test_request_context(*args, **kwargs)
        self._add_cookies_to_wsgi(context.request.environ)
        with context:
            session = app.session_interface.open_session(app, context.request)
        if session is None:
            raise NoSessionError(
                "Session backend did not open a session.",
                why="open_session returned None, as it does without a secret key.",
                fix='write app.secret_key = "test".',
            )
        yield session
        if app.session_interface.is_null_session(session):
            return
        response = app.response_class()
        with context:
            app.session_interface.save_session(app, session, response)
        self._update_cookies_from_response(
            context.request.host.partition(":")[0],
            context.request.path,
            response.headers.getlist("Set-Cookie"),
        )

    def _copy_environ(self, other: WSGIEnvironment) -> WSGIEnvironment:
        environ = {**self.environ_base, **other}
        if self.preserve_context:
            environ["werkzeug.debug.preserve_context"] = self._new_contexts.append
        return environ

    def _make_request(self, args: tuple[Any, ...], kwargs: Any) -> WerkzeugRequest:
        given = args[0] if args else None
        if isinstance(given, werkzeug.test.EnvironBuilder):
            builder = copy(given)
            builder.environ_base = self._copy_environ(dict(builder.environ_base or {}))
            return builder.get_request()
        if isinstance(given, dict):
            return EnvironBuilder.from_environ(
                given, app=self.application, environ_base=self._copy_environ({})
            ).get_request()
        if isinstance(given, WerkzeugRequest):
            request = copy(given)
            request.environ = self._copy_environ(request.environ)
            return request
        return self._request_from_builder_args(args, kwargs)

    def _request_from_builder_args(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> WerkzeugRequest:
        # Named as in Flask: a test of a WebSocket extension calls it.
        kwargs["environ_base"] = self._copy_environ(kwargs.get("environ_base", {}))
        builder = EnvironBuilder(self.application, *args, **kwargs)
        try:
            return builder.get_request()
        finally:
            builder.close()

    def open(
        self,
        *args: Any,
        buffered: bool = False,
        follow_redirects: bool = False,
        **kwargs: Any,
    ) -> TestResponse:
        """Send a request.

        Args:
            args: Those of `EnvironBuilder`, or one builder, environ or request.
            buffered: Read and close the response before it is returned.
            follow_redirects: Return the response that redirects lead to; the others
                are its `history`.
            kwargs: Those of `EnvironBuilder`.
        """
        request = self._make_request(args, kwargs)
        # A context kept from the request before does not outlive the next request.
        self._context_stack.close()
        token = current_test_request.set(request)
        try:
            response = super().open(
                request, buffered=buffered, follow_redirects=follow_redirects
            )
        finally:
            current_test_request.reset(token)
        response.json_module = self.application.json
        for context in self._new_contexts:
            self._context_stack.enter_context(context)
        self._new_contexts.clear()
        return response

    def __enter__(self) -> Self:
        if self.preserve_context:
            raise NestedClientError(
                "Cannot nest client invocations.",
                why="this client is in a with block already.",
                fix="make another client with app.test_client().",
            )
        self.preserve_context = True
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.preserve_context = False
        self._context_stack.close()


class FlaskCliRunner(CliRunner):
    """Runs an application's commands in a test (click).

    Args:
        app: The application.
        kwargs: Those of `click.testing.CliRunner`.
    """

    def __init__(self, app: Any, **kwargs: Any) -> None:
        self.app = app
        super().__init__(**kwargs)

    def invoke(  # type: ignore[override]  # the command may be left out
        self, cli: Any = None, args: Any = None, **kwargs: Any
    ) -> Result:
        """Run a command with its output captured.

        Args:
            cli: The command; by default the application's group of commands.
            args: The words after it.
            kwargs: Those of `CliRunner.invoke`; `obj` is by default a `ScriptInfo`
                that knows the application.
        """
        if "obj" not in kwargs:
            kwargs["obj"] = ScriptInfo(create_app=lambda: self.app)
        return super().invoke(self.app.cli if cli is None else cli, args, **kwargs)
