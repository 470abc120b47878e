"""The way of one request through an app: what was tried and called, in its order.

For lectures: the request's thread is watched while it answers (`sys.setprofile`), so a
traced request is slower than others. Any app with Flask's API can be traced.
"""

from __future__ import annotations

import dis
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from types import CodeType, FrameType
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, RequestRedirect, Rule

from werkbook.cells.requests import Filler, OutgoingRequest, WrittenRequest, compose
from werkbook.dispatch.error_page import name_place
from werkbook.routing.view_functions import find_view_class

from .check_answers import Answer
from .visitor import CONSTANTS, Visitor

MAX_VALUE_CHARS = 60
TIMEOUT_S = 10.0
_HOOKS = {
    "url_value_preprocessors": "url value preprocessor",
    "before_request_funcs": "before request",
    "after_request_funcs": "after request",
    "teardown_request_funcs": "teardown",
    "template_context_processors": "context processor",
}
_NOT_SHOWN = ("_default_template_ctx_processor", "default_context")
_HIDDEN_NAMES = ("request", "session", "g", "config")


@dataclass(frozen=True)
class Tried:
    """A rule that was looked at.

    Attributes:
        fits: yes, "method" where only the method is another, or "no".
    """

    rule: str
    methods: tuple[str, ...]
    fits: str


@dataclass(frozen=True)
class Step:
    """One thing that happened.

    Attributes:
        kind: request, match, converter, hook, view, handler, template or response.
        title: What it is.
        details: Lines: arguments, values, rules.
        place: The cell and line where it stands; empty for what is no one's own.
        began_s: Since the request came.
        duration_s: With all that it called.
        depth: How many steps it stands inside of.
    """

    kind: str
    title: str
    details: tuple[str, ...] = ()
    place: str = ""
    began_s: float = 0.0
    duration_s: float = 0.0
    depth: int = 0


@dataclass(frozen=True)
class Trace:
    """The steps of a request, and its answer."""

    steps: tuple[Step, ...]
    answer: Answer


@dataclass
class _Watch:
    """What a profile function notes of the calls that matter."""

    known: Mapping[CodeType, tuple[str, str]]
    began_s: float = field(default_factory=perf_counter)
    steps: list[Step] = field(default_factory=list)
    open: list[tuple[FrameType, int]] = field(default_factory=list)
    seen: dict[FrameType, int] = field(default_factory=dict)

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame in self.seen:
            self.open.append((frame, self.seen[frame]))  # a generator goes on
        elif event == "call" and (frame.f_code in self.known or _is_template(frame)):
            self._begin(frame)
        elif event == "return" and self.open and self.open[-1][0] is frame:
            self._end(argument)

    def _begin(self, frame: FrameType) -> None:
        kind, title = self.known.get(frame.f_code, ("template", ""))
        code = frame.f_code
        step = Step(
            kind,
            title,
            _arguments(frame, kind),
            "" if kind == "template" else name_place(code.co_filename, _line(code)),
            perf_counter() - self.began_s,
            depth=len(self.open),
        )
        if kind == "template":
            step = replace(step, title=str(frame.f_globals.get("name") or "a text"))
        self.seen[frame] = len(self.steps)
        self.steps.append(step)
        self.open.append((frame, len(self.steps) - 1))

    def _end(self, value: Any) -> None:
        frame, index = self.open.pop()
        step = self.steps[index]
        duration_s = perf_counter() - self.began_s - step.began_s
        self.steps[index] = replace(step, duration_s=duration_s)
        if step.kind == "template":
            return
        if not _has_returned(frame):
            self._note_end(index, "raises an exception")
        elif step.kind != "hook" or value is not None:
            self._note_end(index, f"returns {_shown(value)}")

    def _note_end(self, index: int, line: str) -> None:
        step = self.steps[index]
        self.steps[index] = replace(step, details=(*step.details, line))


def _has_returned(frame: FrameType) -> bool:
    """Say whether a call ends by itself, and not by an exception."""
    name = dis.opname[frame.f_code.co_code[frame.f_lasti]]
    return name.startswith(("RETURN", "YIELD", "INSTRUMENTED_RETURN"))


def _is_template(frame: FrameType) -> bool:
    """Say whether a call begins a template: Jinja compiles each to a `root`."""
    return frame.f_code.co_name == "root" and "debug_info" in frame.f_globals


def _line(code: CodeType) -> int:
    """Return the line of a function's `def`, not of its first decorator."""
    return code.co_firstlineno


def _arguments(frame: FrameType, kind: str) -> tuple[str, ...]:
    """Return the arguments of a call, a line each."""
    if kind == "template":
        context = frame.f_locals.get("context")
        usual = set(context.environment.globals) if context is not None else set()
        own = {
            name: value
            for name, value in (context.parent if context is not None else {}).items()
            if name not in usual and name not in _HIDDEN_NAMES
        }
    else:
        arguments = inspect.getargvalues(frame)
        own = {name: arguments.locals[name] for name in arguments.args}
        own |= arguments.locals.get(arguments.keywords or "", {})
    return tuple(f"{name} = {_shown(value)}" for name, value in own.items())


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # a repr of the student's own
        text = f"<{type(value).__name__}: {type(error).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= MAX_VALUE_CHARS else text[: MAX_VALUE_CHARS - 1] + "…"


def trace(app: Any, command: WrittenRequest, filler: Filler = CONSTANTS) -> Trace:
    """Send a request to an app, and note its way.

    Args:
        app: An app with Flask's API; of others only the request and answer are known.
        command: The request. Redirects are not followed.
        filler: Fills `{{ }}` in; without one constants alone.

    Raises:
        RequestSyntaxError: The request cannot be sent as it is written.
        FillError: It has an expression that cannot be filled in.
    """
    return trace_request(app, compose(command, filler))


def trace_request(app: Any, request: OutgoingRequest) -> Trace:
    """Send a composed request to an app, and note its way.

    Args:
        app: An app with Flask's API; of others only the request and answer are known.
        request: The request. Redirects are not followed.
    """
    watch = _Watch(_known_code(app))

    def watched(environ: Any, start_response: Any) -> Any:
        watch.began_s = perf_counter()
        before = sys.getprofile()
        sys.setprofile(watch)
        try:
            chunks = app(environ, start_response)
            return _whole(chunks)
        finally:
            sys.setprofile(before)

    for name in ("url_map", "view_functions"):
        if hasattr(app, name):
            setattr(watched, name, getattr(app, name))
    answer = Visitor(watched).send(request, follows=False, timeout_s=TIMEOUT_S)
    method, url = answer.hops[0].method, answer.hops[0].url
    steps = [
        Step("request", f"{method} {url}", _body(answer)),
        *_matching(app, method, url),
        *watch.steps,
        _response(answer),
    ]
    return Trace(tuple(steps), answer)


def _whole(chunks: Any) -> list[bytes]:
    """Read the body while the request is watched: a stream renders as it is read."""
    try:
        return list(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _body(answer: Answer) -> tuple[str, ...]:
    body = answer.request_body.decode("utf-8", "replace")
    return (_shown(body)[1:-1],) if body else ()


def _response(answer: Answer) -> Step:
    if answer.hangs:
        return Step("response", "no answer in time")
    details = [answer.header("Content-Type") or "", f"{len(answer.body)} bytes"]
    if answer.mishap is not None:
        details.insert(0, f"{answer.mishap.kind}: {answer.mishap.message}")
    if location := answer.header("Location"):
        details.append(f"to {location}")
    return Step("response", str(answer.status), tuple(filter(None, details)))


def _known_code(app: Any) -> dict[CodeType, tuple[str, str]]:
    """Return the functions to look for: views, hooks, handlers, templates."""
    found: dict[CodeType, tuple[str, str]] = {}
    for endpoint, view in (getattr(app, "view_functions", None) or {}).items():
        _add(found, view, "view", endpoint)
        for method in ("get", "post", "put", "patch", "delete", "dispatch_request"):
            inner = getattr(find_view_class(view), method, None)
            if inner is not None:
                _add(found, inner, "view", f"{endpoint}, {method}")
    for attribute, title in _HOOKS.items():
        for functions in (getattr(app, attribute, None) or {}).values():
            for function in functions:
                _add(found, function, "hook", title)
    for function in _handlers(app):
        _add(found, function, "handler", "error handler")
    return found


def _handlers(app: Any) -> Iterator[Any]:
    for codes in (getattr(app, "error_handler_spec", None) or {}).values():
        for handlers in codes.values():
            yield from handlers.values()


def _add(
    found: dict[CodeType, tuple[str, str]], function: Any, kind: str, title: str
) -> None:
    function = inspect.unwrap(function)
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    name = getattr(function, "__name__", "")
    is_own = not getattr(function, "__module__", "").startswith(("werkbook.", "flask."))
    if isinstance(code, CodeType) and is_own and name not in _NOT_SHOWN:
        shown = title if kind == "view" else f"{title}: {name}"
        found.setdefault(code, (kind, shown))


def _matching(app: Any, method: str, url: str) -> list[Step]:
    """Return the step of the URL match with the rules tried, and the converters'."""
    if not hasattr(app, "url_map"):
        return []
    path = url.partition("?")[0]
    tried = list(tried_rules(app, method, path))
    lines = tuple(
        f"{_MARKS[one.fits]} {', '.join(one.methods)} {one.rule}" for one in tried
    )
    fitting = next((one for one in tried if one.fits == "yes"), None)
    title = f"URL match: {fitting.rule}" if fitting else "URL match: no rule fits"
    steps = [Step("match", title, lines)]
    values = _converted(app, fitting, method, path) if fitting else {}
    if values:
        details = tuple(
            f"{name} = {value!r} ({type(value).__name__})"
            for name, value in values.items()
        )
        steps.append(Step("converter", "URL converters", details))
    return steps


_MARKS = {"yes": "✓", "method": "○", "no": "·"}


def tried_rules(app: Any, method: str, path: str) -> Iterator[Tried]:
    """Yield each rule of an app, and whether it fits a request."""
    for rule in app.url_map.iter_rules():
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        if rule.endpoint.rpartition(".")[2] != "static":
            yield Tried(rule.rule, methods, _fits(app, rule, method, path))


def _fits(app: Any, rule: Any, method: str, path: str) -> str:
    try:
        _match(app, rule.rule, rule.methods, method, path)
    except MethodNotAllowed:
        return "method"
    except RequestRedirect:
        return "yes"
    except (HTTPException, LookupError):
        return "no"
    return "yes"


def _match(app: Any, rule: str, methods: Any, method: str, path: str) -> dict[str, Any]:
    lone = Map([Rule(rule, methods=methods, endpoint="it")])
    lone.converters = dict(app.url_map.converters)
    _, values = lone.bind("localhost").match(path, method)
    return dict(values)


def _converted(app: Any, tried: Tried, method: str, path: str) -> dict[str, Any]:
    try:
        return _match(app, tried.rule, None, method, path)
    except (HTTPException, LookupError):
        return {}
