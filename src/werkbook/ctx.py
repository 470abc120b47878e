"""The contexts: what `current_app`, `g`, `request` and `session` refer to.

Everything that a request may not need is made when it is first asked for. A request
that nothing but its view function looks at runs in a `RequestContext` alone, which
then is the application context as well; otherwise an `AppContext` is pushed before it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import update_wrapper
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from werkzeug.exceptions import HTTPException

from .globals import (
    current_context,
    g,
    outside_app,
    outside_request,
    request,
    session,
)
from .signals import appcontext_popped, appcontext_pushed

if TYPE_CHECKING:
    from contextvars import Token

    from .app import App
    from .sessions import SessionMixin
    from .wrappers import Request

FunctionType = TypeVar("FunctionType", bound=Callable[..., Any])

_UNSET: Any = object()


class AppGlobals:
    """A namespace for one application context; `g` stands for it."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}",
            name=name,
            obj=self,
        )

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute, or the default when it is not set."""
        return self.__dict__.get(name, default)

    def pop(self, name: str, default: Any = _UNSET) -> Any:
        """Remove an attribute and return its value.

        Raises:
            KeyError: It is not set and no default was given.
        """
        if default is _UNSET:
            return self.__dict__.pop(name)
        return self.__dict__.pop(name, default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        """Return an attribute, after setting it to the default when it is not set."""
        return self.__dict__.setdefault(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self.__dict__

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__)

    def __repr__(self) -> str:
        from_context = current_context.get(None)
        if from_context is not None:
            return f"<flask.g of {from_context.app.name!r}>"
        return object.__repr__(self)


_AppCtxGlobals = AppGlobals


class AppContext:
    """What `current_app` and `g` refer to while it is pushed.

    Args:
        app: The application.
    """

    request_context: RequestContext | None = None
    _snapshot: Any = None
    _url_adapter: Any = _UNSET
    _g: Any = None

    def __init__(self, app: App) -> None:
        self.app = app
        self._tokens: list[tuple[Token[Any], RequestContext | None]] = []

    @property
    def app_context(self) -> AppContext:
        """The application context in force: this one."""
        return self

    @property
    def g(self) -> Any:
        """The namespace of this context."""
        if self._g is None:
            self._g = self.app.app_ctx_globals_class()
        return self._g

    @g.setter
    def g(self, value: Any) -> None:
        self._g = value

    @property
    def url_adapter(self) -> Any:
        """What builds URLs; None outside a request when there is no `SERVER_NAME`."""
        if self._url_adapter is _UNSET:
            self._url_adapter = self.app.create_url_adapter(None)
        return self._url_adapter

    @url_adapter.setter
    def url_adapter(self, value: Any) -> None:
        self._url_adapter = value

    def push(self) -> None:
        """Make this the current context."""
        around = current_context.get(None)
        outer = self.request_context
        if around is not None:
            self.request_context = around.request_context
        self._tokens.append((current_context.set(self), outer))
        if appcontext_pushed.receivers:
            appcontext_pushed.send(self.app, _async_wrapper=self.app.ensure_sync)

    def pop(self, exc: BaseException | None = _UNSET) -> None:
        """Leave this context; the last time, run the teardown functions.

        Args:
            exc: What went wrong, for them; by default what is being handled.

        Raises:
            AssertionError: Another context is the current one.
        """
        try:
            if len(self._tokens) == 1:
                if exc is _UNSET:
                    exc = sys.exc_info()[1]
                self.app.do_teardown_appcontext(exc)
        finally:
            self._leave()
        if appcontext_popped.receivers:
            appcontext_popped.send(self.app, _async_wrapper=self.app.ensure_sync)

    def _leave(self) -> None:
        current = current_context.get(None)
        token, outer = self._tokens.pop()
        self.request_context = outer
        if isinstance(current, RequestContext) and current.app_context is self:
            # In Flask the two kinds of context are two stacks: this one leaves its
            # own, the request stays, and goes later to what was around this one.
            current._tokens[0] = (token, current._tokens[0][1])
            return
        current_context.reset(token)
        _check_left(self, current)

    def __enter__(self) -> AppContext:
        self.push()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.pop(exc_value)


class RequestContext:
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
        app: App,
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
        if not self._snapshot.is_url_lazy:
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
        # As `unittest.mock` does when its patch ends: the next is made of the environ.
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
        if self._session is None and not self._snapshot.is_session_lazy:
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
            _check_left(self, current)

    def copy(self) -> RequestContext:
        """Return a context of the same request, for another greenlet or task."""
        return type(self)(
            self.app, environ=self.environ, request=self.request, session=self._session
        )

    def __enter__(self) -> RequestContext:
        self.push()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.pop(exc_value)

    def __repr__(self) -> str:
        request = self.request
        return (
            f"<{type(self).__name__} {request.url!r} [{request.method}]"
            f" of {self.app.name}>"
        )


def _check_left(context: Any, current: Any) -> None:
    if current is not context:
        raise AssertionError(
            f"Popped wrong context. ({current!r} instead of {context!r})"
        )


def after_this_request(f: FunctionType) -> FunctionType:
    """Call a function with the response of this request, and send what it returns.

    Raises:
        OutsideContextError: There is no request.
    """
    context = current_context.get(None)
    if context is None or context.request_context is None:
        raise outside_request()
    context = context.request_context
    if context._after_request_functions is None:
        context._after_request_functions = []
    context._after_request_functions.append(f)
    return f


def copy_current_request_context(f: FunctionType) -> FunctionType:
    """Let a function that runs elsewhere (a greenlet, a thread) see this request.

    Raises:
        OutsideContextError: There is no request.
    """
    context = current_context.get(None)
    if context is None or context.request_context is None:
        raise outside_request()
    copied = context.request_context.copy()

    def in_context(*args: Any, **kwargs: Any) -> Any:
        with copied:
            return copied.app.ensure_sync(f)(*args, **kwargs)

    return update_wrapper(in_context, f)  # type: ignore[return-value]  # wraps it


def has_request_context() -> bool:
    """Tell whether there is a current request."""
    context = current_context.get(None)
    return context is not None and context.request_context is not None


def has_app_context() -> bool:
    """Tell whether there is a current application."""
    return current_context.get(None) is not None


def default_context() -> dict[str, Any]:
    """Give every template `g`, `request` and `session`, where there are such."""
    context = current_context.get(None)
    if context is None:
        return {}
    if context.request_context is None:
        return {"g": g}
    return {"g": g, "request": request, "session": session}


__all__ = [
    "AppContext",
    "AppGlobals",
    "RequestContext",
    "after_this_request",
    "copy_current_request_context",
    "default_context",
    "has_app_context",
    "has_request_context",
    "outside_app",
]
