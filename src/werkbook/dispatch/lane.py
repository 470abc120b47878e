"""The lane: a request's way from WSGI to a response in one piece.

It does what `pipeline.Pipeline` does through methods that a subclass may change, and
signals that something may listen to. Where somebody could tell the difference (see
`conditions`) `respond` returns None before it has done anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import NotFound

from ..ctx.application import AppContext
from ..ctx.request import RequestContext
from ..globals import current_context
from ..routing.matcher import NoMatch, Target
from ..typed.encoded import EncodedJson
from .conditions import (
    has_no_session,
    may_answer,
    may_answer_not_found,
    may_match,
    may_send_json,
    may_send_text,
)
from .responses import make_default_page, send
from .snapshot import Plan, Snapshot

_set, _reset = current_context.set, current_context.reset
_new = RequestContext.__new__
_TEXT = ("Content-Type", "text/html; charset=utf-8")
_JSON = ("Content-Type", "application/json")
_NOT_FOUND = make_default_page(NotFound())


def respond(
    snapshot: Snapshot,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
) -> Iterable[bytes] | None:
    """Answer a request, or return None when the pipeline must.

    Args:
        snapshot: What the app is for this request.
        environ: The WSGI environ.
        start_response: As in PEP 3333.
    """
    if not may_answer(snapshot.conditions, environ):
        return None
    path = environ.get("PATH_INFO", "")
    method = environ["REQUEST_METHOD"]
    by_method = snapshot.exact.get(path)
    target: Target | None = None if by_method is None else by_method.get(method)
    arguments: dict[str, Any] = {}
    if target is None:
        if not may_match(path, method):
            return None
        try:
            found = snapshot.match_parts(path, method)
        except Exception:
            return None  # the pipeline meets the same error and handles it
        if not isinstance(found, tuple):
            if found is None:
                return None
            return _refuse(snapshot, environ, start_response, found)
        plan, arguments = found
    else:
        plan = snapshot._plans.get(id(target)) or snapshot.find_plan(target)
    if plan.view is None or (plan.answers_options and method == "OPTIONS"):
        return None
    return _run(snapshot, environ, start_response, plan, arguments)


def _refuse(
    snapshot: Snapshot,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
    error: NoMatch,
) -> Iterable[bytes] | None:
    if error.methods or not may_answer_not_found(snapshot, environ):
        return None
    snapshot.app.__dict__["_got_first_request"] = True
    status, headers, body = _NOT_FOUND
    start_response(status, list(headers))
    return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)


def _run(
    snapshot: Snapshot,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
    plan: Plan,
    arguments: dict[str, Any],
) -> Iterable[bytes]:
    """Run hooks and view function of a plan, and send the response.

    In one function, as each further one costs a request a part of what it takes.
    """
    app = snapshot.app
    if not app._got_first_request:
        app.__dict__["_got_first_request"] = True
    context = _new(RequestContext)
    context.app = app
    context.environ = environ
    context._snapshot = snapshot
    context._match = (plan.target, arguments)
    exchange = environ.get("werkbook.exchange")
    if exchange is not None:
        exchange.endpoint = plan.endpoint
        exchange.rule = plan.target.rule.rule
    hooks = plan.hooks
    error: BaseException | None = None
    app_token = _push_app(context) if snapshot.appcontext_teardown else None
    token = _set(context)
    context._tokens = [(token, None)]
    try:
        try:
            try:
                if hooks.is_quiet:
                    value = plan.view(**arguments)  # type: ignore[misc]  # there is one
                else:
                    value = _before(context, hooks, plan)
                    if value is None:
                        value = _call(context, plan, arguments)
            except Exception as raised:
                value = app.handle_user_exception(raised)
            if context._request is not None:
                hooks = _find_hooks(snapshot, context, plan)
            if may_send_text(snapshot.conditions, context, hooks, value):
                data = value.encode()
                start_response("200 OK", [_TEXT, ("Content-Length", str(len(data)))])
                return () if environ["REQUEST_METHOD"] == "HEAD" else (data,)
            if type(value) is EncodedJson and may_send_json(
                snapshot.conditions, context, hooks
            ):
                data = value.data
                start_response("200 OK", [_JSON, ("Content-Length", str(len(data)))])
                return () if environ["REQUEST_METHOD"] == "HEAD" else (data,)
            response = _finalized(snapshot, context, hooks, value, environ)
        except Exception as raised:
            error = raised
            response = app.handle_exception(raised)
        return send(response, environ, start_response)
    except BaseException as raised:
        error = raised
        raise
    finally:
        if (
            error is not None
            or hooks.teardown
            or app_token is not None
            or context._request is not None
        ):
            if context._request is not None:
                hooks = _find_hooks(snapshot, context, plan)
            _tear_down(snapshot, context, hooks, token, app_token, error)
        else:
            context._tokens.clear()  # a stream pushes the context again
            _reset(token)


def _before(context: Any, hooks: Any, plan: Plan) -> Any:
    if hooks.preprocessors:
        view_args = context.request.view_args
        for function in hooks.preprocessors:
            function(plan.endpoint, view_args)
    for function in hooks.before:
        value = function()
        if value is not None:
            return value
    return None


def _call(context: Any, plan: Plan, arguments: dict[str, Any]) -> Any:
    """Call the view function, or what a hook put in its place on the request."""
    request = context._request
    if request is None or (
        request.url_rule is plan.target.rule
        and request.view_args is arguments
        and request.routing_exception is None
        and not (plan.answers_options and request.method == "OPTIONS")
    ):
        return plan.view(**arguments)  # type: ignore[misc]  # there is one
    return context.app.dispatch_request()


def _find_hooks(snapshot: Snapshot, context: Any, plan: Plan) -> Any:
    """Return the hooks of the rule that the request names by now."""
    request = context._request
    if request.url_rule is plan.target.rule:
        return plan.hooks
    return snapshot.find_hooks(request.blueprint)


def _finalized(
    snapshot: Snapshot,
    context: RequestContext,
    hooks: Any,
    value: Any,
    environ: dict[str, Any],
) -> Any:
    app = snapshot.app
    response = app.make_response(value)
    if context._after_request_functions is not None:
        for function in context._after_request_functions:
            response = app.ensure_sync(function)(response)
    for function in hooks.after:
        response = function(response)
    session = context._session
    if session is None:
        if has_no_session(snapshot.conditions, environ):
            return response
        session = context.open_session()
    interface = app.session_interface
    if not interface.is_null_session(session):
        interface.save_session(app, session, response)
    return response


def _push_app(context: RequestContext) -> Any:
    app_context = AppContext(context.app)
    context._app_context = app_context
    token = _set(app_context)
    app_context._tokens.append((token, None))
    return token


def _tear_down(
    snapshot: Snapshot,
    context: RequestContext,
    hooks: Any,
    token: Any,
    app_token: Any,
    error: BaseException | None,
) -> None:
    app = snapshot.app
    if error is not None and app.should_ignore_error(error):
        error = None
    try:
        try:
            for function in hooks.teardown:
                function(error)
            request = context._request
            if request is not None:
                request.close()
        finally:
            if context._request is not None:
                context.environ["werkzeug.request"] = None
            _leave(context, token)
    finally:
        if app_token is not None:
            _leave_app(snapshot, context.app_context, app_token, error)


def _leave_app(
    snapshot: Snapshot,
    app_context: AppContext,
    app_token: Any,
    error: BaseException | None,
) -> None:
    if len(app_context._tokens) > 1:
        app_context._tokens.pop(0)  # somebody still holds it: see `_leave`
        return
    try:
        for function in snapshot.appcontext_teardown:
            function(error)
    finally:
        app_context._tokens.clear()
        _reset(app_token)


def _leave(context: RequestContext, token: Any) -> None:
    if len(context._tokens) == 1:
        context._tokens.clear()
        _reset(token)
        return
    # Somebody pushed the context again and still holds it, as a stream does.
    context._tokens.pop(0)
