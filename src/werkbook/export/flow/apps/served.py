"""What a notebook serves, and where: `app.run(port=5001)`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

from werkbook.cells.source.names import local_names
from werkbook.cells.source.statements import Statement
from werkbook.cells.source.trees import called, chain
from werkbook.export.flow import known_calls as words
from werkbook.export.flow.apps.serving_calls import is_serving
from werkbook.export.flow.context import Context, Function, returns_app

_PLACES: dict[str, tuple[str, ...]] = {
    "run": ("host", "port"),
    "run_server": ("host", "port"),
    "run_simple": ("host", "port"),
    "make_server": ("host", "port"),
    "start_server": ("host", "port"),
    "serve": ("", "host", "port"),
}
"""What the positional arguments of calls that serve stand for."""
_IMPORT_STRING = re.compile(r"[A-Za-z_][\w.]*:(?P<app>[A-Za-z_]\w*)")
_HOSTS = ("host", "hostname", "address", "bind_addr", "interface")
_NOTEBOOK_ONLY = frozenset(
    [
        "debug",
        "use_reloader",
        "use_debugger",
        "use_evalex",
        "reloader",
        "reload",
        "quiet",
        "jupyter_mode",
        "mode",
        "jupyter_width",
        "jupyter_height",
        "inline_exposed",
        "dev_tools_ui",
        "dev_tools_hot_reload",
        "host",
        "hostname",
        "address",
        "port",
        "app",
        "application",
        "server",
        "loop",
        "log_level",
        "start_cloudflared",
    ]
)
"""Options of `run` that are for the notebook, or that the file settles itself."""


@dataclass(frozen=True)
class ServingCall:
    """One call that serves an app.

    Attributes:
        value: The expression that is served.
        position: The place of its statement in the notebook.
        host: The interface, as the author wrote it, or None.
        port: The TCP port, as the author wrote it, or None.
        options: What else was given to the app's own `run`.
    """

    value: ast.expr
    position: int
    host: ast.expr | None = None
    port: ast.expr | None = None
    options: dict[str, ast.expr] = field(default_factory=dict)


def served_by(statements: Iterable[Statement], context: Context) -> list[ServingCall]:
    """List what statements serve, in their order; functions' bodies count."""
    found = []
    for statement in statements:
        for call, local in _calls(statement.node, frozenset()):
            found += [
                _without_locals(served, local)
                for served in _served(call, context, statement.position)
            ]
    return found


def made_by_factories(
    statements: Iterable[Statement], context: Context
) -> list[ast.Call]:
    """List the calls of the notebook's own functions that make an app."""
    factories = {
        name
        for name, one in context.functions.items()
        if isinstance(one, Function) and returns_app(one, context)
    }
    if not factories:
        return []
    return [
        call
        for statement in statements
        for call, local in _calls(statement.node, frozenset())
        if isinstance(call.func, ast.Name)
        and call.func.id in factories
        and not _names(call) & local
    ]


def _calls(
    node: ast.AST, local: frozenset[str]
) -> Iterator[tuple[ast.Call, frozenset[str]]]:
    """The calls in code, with the names that are local where each stands."""
    stack: list[tuple[ast.AST, frozenset[str]]] = [(node, local)]
    found = []
    while stack:
        one, names = stack.pop()
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            names = names | local_names(one)
        if isinstance(one, ast.Call):
            found.append((one, names))
        stack.extend((child, names) for child in ast.iter_child_nodes(one))
    found.sort(key=lambda pair: (pair[0].lineno, pair[0].col_offset))
    yield from found


def _served(call: ast.Call, context: Context, position: int) -> Iterator[ServingCall]:
    last = called(call)
    if last in words.STARTERS:
        yield from _started(call, position)
    if last in words.ASKING or not is_serving(call, context):
        return
    name, _ = chain(call.func)
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_run = last in ("run", "run_server")
    first = call.args[0] if call.args else None
    if is_run and isinstance(first, ast.Name) and first.id in context.apps:
        # `socketio.run(app, port=5001)`, `uvicorn.run(app)`: the app is what is given.
        given = _given(call, ("", "host", "port"))
        yield ServingCall(first, position, given.get("host"), given.get("port"))
        return
    if is_run and _is_own(receiver, name, context):
        given, options = _given(call, _PLACES[last]), _options(call)
        yield ServingCall(
            receiver, position, given.get("host"), given.get("port"), options
        )
        return
    # `uvicorn.run(app)`, `bottle.run(app)`: what comes first is the app.
    given = _given(call, () if is_run else _PLACES.get(last, ()))
    for value in _inner_values(call):
        yield ServingCall(value, position, given.get("host"), given.get("port"))


def _is_own(
    receiver: ast.expr | None, name: str | None, context: Context
) -> TypeGuard[ast.expr]:
    """Say whether `run` belongs to an object of the notebook, not to a module."""
    if receiver is None or context.is_module(name, words.SERVER_MODULES):
        return False
    return not isinstance(receiver, ast.Name) or receiver.id not in context.imports


def _started(call: ast.Call, position: int) -> Iterator[ServingCall]:
    """What `Thread(target=app.run, kwargs={"port": 5001})` serves."""
    named = {one.arg: one.value for one in call.keywords}
    target = named.get("target")
    if not isinstance(target, ast.Attribute) or target.attr != "run":
        return
    arguments: list[ast.expr] = []
    positional = named.get("args")
    if isinstance(positional, ast.Tuple | ast.List):
        arguments = positional.elts
    keywords: list[ast.keyword] = []
    more = named.get("kwargs")
    if isinstance(more, ast.Dict):
        keywords = [
            ast.keyword(str(key.value), value)
            for key, value in zip(more.keys, more.values, strict=True)
            if isinstance(key, ast.Constant)
        ]
    elif isinstance(more, ast.Call):
        keywords = more.keywords
    made = ast.Call(func=target, args=arguments, keywords=keywords)
    given, options = _given(made, _PLACES["run"]), _options(made)
    yield ServingCall(
        target.value, position, given.get("host"), given.get("port"), options
    )


def _given(call: ast.Call, places: tuple[str, ...]) -> dict[str, ast.expr]:
    """The host and the port that a call names, by position in some places."""
    found: dict[str, ast.expr] = {
        place: value
        for place, value in zip(places, call.args, strict=False)
        if place and not isinstance(value, ast.Starred)
    }
    for keyword in call.keywords:
        if keyword.arg in _HOSTS:
            found["host"] = keyword.value
        elif keyword.arg == "port":
            found["port"] = keyword.value
    pair = call.args[0] if call.args else None
    if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
        found["host"], found["port"] = pair.elts
    if called(call) == "listen" and call.args:
        found["port"] = call.args[0]
    host, port = found.get("host"), found.get("port")
    if isinstance(host, ast.Constant) and not isinstance(host.value, str):
        del found["host"]  # `bottle.run(app)`: the first argument is no host
    elif isinstance(host, ast.Constant) and not host.value:
        found["host"] = ast.Constant("0.0.0.0")
    if isinstance(port, ast.Constant) and not isinstance(port.value, int | str):
        del found["port"]
    return found


def _options(call: ast.Call) -> dict[str, ast.expr]:
    return {
        keyword.arg: keyword.value
        for keyword in call.keywords
        if keyword.arg is not None and keyword.arg not in _NOTEBOOK_ONLY
    }


def _inner_values(call: ast.Call) -> Iterator[ast.expr]:
    """All that is given to a call, wrappers such as `WSGIContainer(app)` opened."""
    stack: list[ast.expr] = [
        *call.args,
        *(one.value for one in call.keywords),
    ]
    if isinstance(call.func, ast.Attribute):
        stack.append(call.func.value)
    while stack:
        value = stack.pop(0)
        if isinstance(value, ast.Tuple | ast.List):
            stack.extend(value.elts)
        elif isinstance(value, ast.Call):
            yield value
            stack.extend([*value.args, *(one.value for one in value.keywords)])
            stack.append(value.func)
        elif isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
            yield value
        elif isinstance(value, ast.Constant) and isinstance(value.value, str):
            named = _IMPORT_STRING.fullmatch(value.value)
            if named:  # `uvicorn.run("main:app")` is the app of this notebook
                yield ast.Name(named["app"])


def _without_locals(served: ServingCall, local: frozenset[str]) -> ServingCall:
    """Drop what only a function knows: the file serves outside of it."""

    def kept(value: ast.expr | None) -> ast.expr | None:
        return None if value is None or _names(value) & local else value

    options = {key: value for key, value in served.options.items() if kept(value)}
    return ServingCall(
        served.value, served.position, kept(served.host), kept(served.port), options
    )


def _names(value: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(value) if isinstance(one, ast.Name)}
