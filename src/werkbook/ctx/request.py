"""The request context: what `request` and `session` refer to.

Everything that a request may not need is made when it is first asked for. A request
that nothing but its view function looks at runs in a `RequestContext` alone, which
then is the application context as well; otherwise an `AppContext` is pushed before it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException

from ..globals import current_context
from .application import AppContext, PushedContext, check_left

if TYPE_CHECKING:
    from ..sessions import SessionMixin
    from ..wrappers import Request

_UNSET: Any = object()


class RequestContext(PushedContext):
    """What `request` and `session` refer to while it is pushed.

    Args:
        app: The application.
        environ: The WSGI environ of the request.
        request: The request, if it was made already.
        session: The session, if it was opened already.
    """

    _app_context: AppContext | None = None
    _request: Any = None
    _session: Any = None
    _url_adapter: Any = _UNSET
    _g: Any = None
    _match: Any = None
    _after_request_functions: list[Callable[[Any], Any]] | None = None
    _tokens: Any = None
    flashes: list[tuple[str, str]] | None = None

    def __init__(
        self,
        app: Any,
        environ: dict[str, Any],
        request: Request | None = None,
        session: SessionMixin | None = None,
    ) -> None:
        self.app = app
        self.environ = environ
        self._request = request
        self._session = session
        self._tokens = []
        self._snapshot = app.snapshot()
        if not self._snapshot.conditions.is_url_lazy:
            try:
                self._url_adapter = self._make_url_adapter()
            except HTTPException as error:
                self._url_adapter = None
                self.request.routing_exception = error

    @property
    def request_context(self) -> RequestContext:
        """The request context in force: this one."""
        return self

    @property
    def app_context(self) -> Any:
        """The application context in force; made when it is first asked for."""
        if self._app_context is None:
            self._app_context = AppContext(self.app)
            self._app_context._g = self._g
        return self._app_context

    @property
    def g(self) -> Any:
        """The namespace of the application context."""
        if self._app_context is not None:
            return self._app_context.g
        if self._g is None:
            self._g = self.app.app_ctx_globals_class()
        return self._g

    @property
    def request(self) -> Any:
        """The request."""
        request = self._request
        if request is None:
            request = self._make_request()
        return request

    @request.setter
    def request(self, value: Any) -> None:
        self._request = value

    @request.deleter
    def request(self) -> None:
        # `unittest.mock` deletes it when a patch ends: a new one is made when needed.
        self._request = None

    def _make_request(self) -> Any:
        app = self.app
        request = self._request = app.request_class(self.environ)
        request.json_module = app.json
        match = self._match
        if match is not None:
            target, request.view_args = match
            request.url_rule = target.rule
        return request

    @property
    def url_adapter(self) -> Any:
        """What matches and builds URLs."""
        if self._url_adapter is _UNSET:
            self._url_adapter = self._make_url_adapter()
        return self._url_adapter

    @url_adapter.setter
    def url_adapter(self, value: Any) -> None:
        self._url_adapter = value

    @url_adapter.deleter
    def url_adapter(self) -> None:
        self._url_adapter = _UNSET

    def _make_url_adapter(self) -> Any:
        adapter = self.app.create_url_adapter(self.request)
        if self._snapshot.is_live and adapter is not None:
            adapter.map = self._snapshot.url_map()
        return adapter

    @property
    def session(self) -> Any:
        """The session; reading it marks it as accessed."""
        session = self._session
        if session is None:
            session = self.open_session()
        session.accessed = True
        return session

    @session.setter
    def session(self, value: Any) -> None:
        self._session = value

    @session.deleter
    def session(self) -> None:
        self._session = None

    def open_session(self) -> Any:
        """Open the session, a null session where the interface gives none."""
        interface = self.app.session_interface
        session = interface.open_session(self.app, self.request)
        if session is None:
            session = interface.make_null_session(self.app)
        self._session = session
        return session

    def match_request(self) -> None:
        """Find the rule; why there is none is kept as `request.routing_exception`."""
        request = self.request
        try:
            self._match = self._snapshot.match(self)
            target, request.view_args = self._match
            request.url_rule = target.rule
        except HTTPException as error:
            request.routing_exception = error

    def push(self) -> None:
        """Make this the current context; open the session and find the rule."""
        around = current_context.get(None)
        app_context = None if around is None else around.app_context
        pushed = None
        if app_context is None or app_context.app is not self.app:
            app_context = pushed = self.app.app_context()
            pushed._snapshot = self._snapshot
            pushed.push()
        self._app_context = app_context
        self._tokens.append((current_context.set(self), pushed))
        if self._session is None and not self._snapshot.conditions.is_session_lazy:
            self.open_session()
        if self._url_adapter is not None:
            self.match_request()

    def pop(self, exc: BaseException | None = _UNSET) -> None:
        """Leave this context; the last time, run the teardown functions.

        Args:
            exc: What went wrong, for them; by default what is being handled.

        Raises:
            AssertionError: Another context is the current one.
        """
        is_last = len(self._tokens) == 1
        try:
            if is_last:
                if exc is _UNSET:
                    exc = sys.exc_info()[1]
                self.app.do_teardown_request(exc)
                close = getattr(self.request, "close", None)
                if close is not None:
                    close()
        finally:
            token, pushed = self._tokens.pop()
            current = current_context.get(None)
            current_context.reset(token)
            if is_last:
                self.environ["werkzeug.request"] = None
            if pushed is not None:
                pushed.pop(exc)
            check_left(self, current)

    def copy(self) -> RequestContext:
        """Return a context of the same request, for another greenlet or task."""
        return type(self)(
            self.app, environ=self.environ, request=self.request, session=self._session
        )

    def __repr__(self) -> str:
        request = self.request
        return (
            f"<{type(self).__name__} {request.url!r} [{request.method}]"
            f" of {self.app.name}>"
        )


class UnsentRequestContext(RequestContext):
    """The context of a request that was never sent: its app is the one of now.

    A request that is served keeps what its app was when it began. A context that is
    pushed by hand may stand around what is registered later, as in Flask.
    """

    @property
    def _snapshot(self) -> Any:
        return self.app.snapshot()

    @_snapshot.setter
    def _snapshot(self, value: Any) -> None:
        """Keep nothing."""

    def _make_url_adapter(self) -> Any:
        return self.app.create_url_adapter(self.request)

    def push(self) -> None:
        """Make this the current context, as any other."""
        super().push()
        pushed = self._tokens[-1][1]
        if pushed is not None:
            pushed._snapshot = None


def make_context(app: Any, environ: dict[str, Any], standard: object) -> RequestContext:
    """Make the context of a request that is served.

    Args:
        app: The application.
        environ: The WSGI environ of the request.
        standard: The `request_context` that any app has; one of its own is asked.
    """
    own = app.request_context
    if getattr(own, "__func__", None) is standard:
        return RequestContext(app, environ)
    made: RequestContext = own(environ)
    return made
