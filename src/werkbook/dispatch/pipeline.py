"""The pipeline: a request's way through methods that a subclass may change, as Flask's.

`lane.respond` does the same in one piece where nobody could tell the difference.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Iterable
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, NoReturn

from werkzeug.exceptions import (
    BadRequest,
    BadRequestKeyError,
    HTTPException,
    InternalServerError,
)
from werkzeug.routing import MapAdapter, RequestRedirect, RoutingException

from ..ctx.application import AppContext
from ..ctx.request import RequestContext, UnsentRequestContext, make_context
from ..debughelpers import FormDataRoutingRedirect
from ..globals import current_context, current_request_context, request, request_ctx
from ..live.kit_pages import kit_pages
from ..registrations.layers import TURN, find_passed_over
from ..registrations.ledger import call_outside_run, in_run, ledger
from ..routing.url_adapters import make_url_adapter
from ..routing.view_functions import make_no_view_error
from ..scaffold import Scaffold
from ..signals import (
    appcontext_tearing_down,
    got_request_exception,
    request_finished,
    request_started,
    request_tearing_down,
)
from . import responses
from .conditions import is_for_kit
from .coroutines import run_to_end
from .error_page import describe_view_place, make_error_response
from .lane import respond
from .snapshot import Snapshot, compile_snapshot

if TYPE_CHECKING:
    import logging

    from ..sessions import SessionInterface
    from ..wrappers import Request

_UNSET: Any = object()


class Pipeline(Scaffold):
    """Base of `App`: what happens between `wsgi_app` and a view function."""

    config: Any
    session_interface: SessionInterface
    url_map: Any
    subdomain_matching: bool
    _got_first_request: bool
    request_class: Any
    response_class: Any
    json: Any
    debug: Any
    testing: Any
    logger: logging.Logger
    _snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """Return the compiled registrations, which requests from now on use."""
        snapshot = self._snapshot
        return compile_snapshot(self, Pipeline) if snapshot is None else snapshot

    # Contexts.

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what matches and builds the URLs of a request.

        Without a request, what builds URLs for `SERVER_NAME`, None without it.

        Raises:
            SecurityError: The request's host is not one of `TRUSTED_HOSTS`.
        """
        return make_url_adapter(self, request)  # type: ignore[no-any-return]  # Werkzeug's

    def app_context(self) -> AppContext:
        """Make an application context, for a `with` block."""
        return AppContext(self)

    def request_context(self, environ: dict[str, Any]) -> RequestContext:
        """Make a request context of a WSGI environ, for a `with` block."""
        return UnsentRequestContext(self, environ)

    # Dispatch.

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """Raise why no rule matched.

        Raises:
            HTTPException: What the matcher said.
            FormDataRoutingRedirect: In debug mode, a redirect that loses the body.
        """
        exception = request.routing_exception
        if (
            not self.debug
            or not isinstance(exception, RequestRedirect)
            or exception.code in {307, 308}
            or request.method in {"GET", "HEAD", "OPTIONS"}
        ):
            raise exception  # type: ignore[misc]  # there is one
        raise FormDataRoutingRedirect(request)

    def dispatch_request(self) -> Any:
        """Call the view function of the current request and return what it returns."""
        context = current_request_context()
        if context.request.routing_exception is not None:
            if ledger.is_live and is_for_kit(context.request):
                return kit_pages.make_page(self, context.request.path)
            self.raise_routing_exception(context.request)
        rule = context.request.url_rule
        method = context.request.method
        if method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
            return self.make_default_options_response()
        exchange = context.environ.get("werkbook.exchange")
        if exchange is not None:
            exchange.endpoint, exchange.rule = rule.endpoint, rule.rule
        view = context._snapshot.find_view(context, rule)
        if view is None:
            raise make_no_view_error(rule.endpoint, rule.rule)
        return view(**context.request.view_args)

    def full_dispatch_request(self) -> Any:
        """Answer the current request: hooks, view function, error handlers."""
        self.__dict__["_got_first_request"] = True
        try:
            request_started.send(self, _async_wrapper=self.ensure_sync)
            value = self.preprocess_request()
            if value is None:
                value = self.dispatch_request()
        except Exception as error:
            value = self.handle_user_exception(error)
        return self.finalize_request(value)

    def preprocess_request(self) -> Any:
        """Run what comes before a view function; what is returned is sent instead."""
        context = current_request_context()
        hooks = context._snapshot.find_hooks(context.request.blueprint)
        for function in hooks.preprocessors:
            function(context.request.endpoint, context.request.view_args)
        for function in hooks.before:
            value = function()
            if value is not None:
                return value
        return None

    def finalize_request(self, rv: Any, from_error_handler: bool = False) -> Any:
        """Make a response of what was returned, and run what comes after.

        Args:
            rv: What a view function or error handler returned.
            from_error_handler: Log errors of what comes after instead of raising.
        """
        response = self.make_response(rv)
        try:
            response = self.process_response(response)
            request_finished.send(
                self, _async_wrapper=self.ensure_sync, response=response
            )
        except Exception:
            if not from_error_handler:
                raise
            self.logger.exception(
                "Request finalizing failed with an error while handling an error"
            )
        return response

    def process_response(self, response: Any) -> Any:
        """Run the after-request functions and save the session."""
        context = current_request_context()
        for function in context._after_request_functions or ():
            response = self.ensure_sync(function)(response)
        hooks = context._snapshot.find_hooks(context.request.blueprint)
        for function in hooks.after:
            response = function(response)
        session = context._session
        if session is None:
            session = context.open_session()
        if not self.session_interface.is_null_session(session):
            self.session_interface.save_session(self, session, response)
        return response

    def make_response(self, rv: Any) -> Any:
        """Make a response of what a view function returned.

        Raises:
            ResponseError: It is None, a bad tuple, or can't be sent; also a
                TypeError.
        """
        return responses.make_response(self, rv)  # type: ignore[arg-type]  # an App

    def make_default_options_response(self) -> Any:
        """Answer OPTIONS with the methods that the URL allows."""
        response = self.response_class()
        response.allow.update(sorted(request_ctx.url_adapter.allowed_methods()))
        return response

    def do_teardown_request(self, exc: BaseException | None = _UNSET) -> None:
        """Run the teardown functions of the current request."""
        if exc is _UNSET:
            exc = sys.exc_info()[1]
        context = current_request_context()
        for function in context._snapshot.find_hooks(
            context.request.blueprint
        ).teardown:
            function(exc)
        request_tearing_down.send(self, _async_wrapper=self.ensure_sync, exc=exc)

    def do_teardown_appcontext(self, exc: BaseException | None = _UNSET) -> None:
        """Run the teardown functions of the current application context."""
        if exc is _UNSET:
            exc = sys.exc_info()[1]
        context = current_context.get(None)
        snapshot = None if context is None else context._snapshot
        if snapshot is None or snapshot.app is not self:
            snapshot = self.snapshot()
        for function in snapshot.appcontext_teardown:
            function(exc)
        appcontext_tearing_down.send(self, _async_wrapper=self.ensure_sync, exc=exc)

    # Errors.

    def _find_error_handler(
        self, e: Exception, blueprints: list[str]
    ) -> Callable[..., Any] | None:
        exception_class, code = self._get_exc_class_and_code(type(e))
        context = current_context.get(None)
        context = None if context is None else context.request_context
        snapshot = self.snapshot() if context is None else context._snapshot
        scopes = (*blueprints, None)
        return snapshot.error_handler(exception_class, code, scopes)

    def trap_http_exception(self, e: Exception) -> bool:
        """Tell whether an HTTP error is to be treated as any other exception."""
        if self.config["TRAP_HTTP_EXCEPTIONS"]:
            return True
        trap = self.config["TRAP_BAD_REQUEST_ERRORS"]
        if trap is None and self.debug and isinstance(e, BadRequestKeyError):
            return True
        return bool(trap) and isinstance(e, BadRequest)

    def handle_http_exception(self, e: HTTPException) -> Any:
        """Answer an HTTP error by its handler, or by itself."""
        if e.code is None or isinstance(e, RoutingException):
            return e
        handler = self._find_error_handler(e, request.blueprints)
        if handler is not None:
            return self.ensure_sync(handler)(e)
        if ledger.is_live and isinstance(e, BadRequestKeyError):
            # The client is told nothing; the notebook shows what the view asked for.
            self._note_failure(e)
        return e

    def handle_user_exception(self, e: Exception) -> Any:
        """Answer an exception by its handler, or raise it again."""
        if isinstance(e, BadRequestKeyError) and (
            self.debug or self.config["TRAP_BAD_REQUEST_ERRORS"]
        ):
            e.show_exception = True
        if isinstance(e, HTTPException) and not self.trap_http_exception(e):
            return self.handle_http_exception(e)
        handler = self._find_error_handler(e, request.blueprints)
        if handler is None:
            raise e
        return self.ensure_sync(handler)(e)

    def handle_exception(self, e: Exception) -> Any:
        """Answer an exception that nothing handled: log it, and send a 500 page.

        Raises:
            Exception: `e` itself in tests and in debug mode, or as
                `PROPAGATE_EXCEPTIONS` says.
        """
        exc_info = sys.exc_info()
        got_request_exception.send(self, _async_wrapper=self.ensure_sync, exception=e)
        self._note_failure(e)
        if self._propagates():
            raise e
        self.log_exception(exc_info)
        server_error: Any = InternalServerError(original_exception=e)
        handler = self._find_error_handler(server_error, request.blueprints)
        if handler is not None:
            server_error = self.ensure_sync(handler)(server_error)
        elif ledger.is_live:
            server_error = make_error_response(self, e)
        return self.finalize_request(server_error, from_error_handler=True)

    def _propagates(self) -> bool:
        propagate = self.config["PROPAGATE_EXCEPTIONS"]
        if propagate is None:
            # In a notebook no debugger waits for it, and the card shows it.
            return bool(self.testing or (self.debug and not ledger.is_live))
        return bool(propagate)

    def _note_failure(self, error: Exception) -> None:
        environ = request.environ
        exchange = environ.get("werkbook.exchange")
        if exchange is not None:
            exchange.exception = error
        if ledger.front_end is not None:
            ledger.front_end.failed(self, error, environ)

    def log_exception(self, exc_info: Any) -> None:
        """Log an exception that nothing handled."""
        # Extensions call this outside of an except clause too, without an exception.
        problem = describe_view_place(exc_info[1] if exc_info else None)
        self.logger.error(
            f"Exception on {request.path} [{request.method}]{problem}",
            exc_info=exc_info,
        )

    def should_ignore_error(self, error: BaseException | None) -> bool:
        """Tell whether teardown functions are not to see an error; False."""
        return False

    # Async.

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that can be called without `await`."""
        return self.async_to_sync(func) if iscoroutinefunction(func) else func

    def async_to_sync(
        self, func: Callable[..., Coroutine[Any, Any, Any]]
    ) -> Callable[..., Any]:
        """Return a function that runs a coroutine function to its end (asgiref).

        Raises:
            NoAsyncError: asgiref is not installed.
        """
        return run_to_end(func)

    # WSGI.

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a WSGI request (PEP 3333)."""
        environ.pop(TURN, None)  # middleware asks the whole app, from the top
        return self.wsgi_app(environ, start_response)

    def wsgi_app(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a WSGI request (PEP 3333); wrap this one in middleware."""
        if ledger.run is not None and in_run():
            # A cell calls its app: the request sees and owns what any request does.
            # `self.wsgi_app` may be middleware, which has had its turn already.
            return call_outside_run(Pipeline.wsgi_app, self, environ, start_response)  # type: ignore[no-any-return]  # of this
        late = find_passed_over(self, environ, "wsgi_app") if TURN in environ else None
        if late is not None:
            return late(environ, start_response)  # type: ignore[no-any-return]  # middleware
        look = ledger.before_request
        if look is not None and ledger.run is None:
            look()
        snapshot = self._snapshot
        if snapshot is None:
            snapshot = self.snapshot()
        sent = respond(snapshot, environ, start_response)
        if sent is not None:
            return sent
        return self._respond(environ, start_response)

    _plain_wsgi_app = wsgi_app

    def _respond(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        context = make_context(self, environ, Pipeline.request_context)
        error: BaseException | None = None
        try:
            try:
                context.push()
                response = self.full_dispatch_request()
            except Exception as raised:
                error = raised
                response = self.handle_exception(raised)
            except BaseException as raised:
                error = raised
                raise
            return response(environ, start_response)  # type: ignore[no-any-return]  # a response
        finally:
            if "werkzeug.debug.preserve_context" in environ:
                preserve = environ["werkzeug.debug.preserve_context"]
                current = current_context.get(None)
                if current is not None:
                    preserve(current.app_context)
                    preserve(current.request_context)
            if error is not None and self.should_ignore_error(error):
                error = None
            context.pop(error)
