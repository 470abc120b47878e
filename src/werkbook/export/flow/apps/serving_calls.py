"""Which calls serve an app, tunnel to it, or ask it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from werkbook.cells.asked import LOCAL_HOSTS
from werkbook.cells.routes import own
from werkbook.cells.source.trees import (
    arguments,
    called,
    calls,
    chain,
    constants,
    dotted,
)
from werkbook.export.flow import known_calls as words
from werkbook.export.flow.apps.shell_looks import SHELL
from werkbook.export.flow.context import (
    APP_NAMES,
    Context,
    Definition,
    Function,
    makes_app,
)


def serves(definition: Definition, context: Context) -> bool:
    """Say whether calling a function, or making an object, serves an app."""
    key = id(definition)
    if key not in context.serving:
        context.serving[key] = None  # while it is looked at: it may call itself
        context.serving[key] = _leads_to_serving(definition, context)
    return bool(context.serving[key])


def _leads_to_serving(definition: Definition, context: Context) -> bool:
    """Say whether a definition serves, or what it calls; else none of it does."""
    known = context.serving
    seen: dict[int | str, bool] = {}
    stack = [definition]
    is_whole = True
    while stack:
        for call in _follow_calls(stack.pop()):
            if is_serving(call, context):
                return True
            key, called = _definitions_of(call, context)
            if key is None or key in seen or known.get(key) is False:
                continue
            seen[key] = False
            for one in called:
                if id(one) not in known:
                    seen[id(one)] = False
                    stack.append(one)
                elif known[id(one)]:
                    return True
                elif known[id(one)] is None and one is not definition:
                    is_whole = False
    if is_whole:
        known.update(seen)
    return False


def _definitions_of(
    call: ast.Call, context: Context
) -> tuple[int | str | None, Sequence[Definition]]:
    """What of the notebook's a call may call, and what to know all of it by."""
    name, attributes = chain(call.func)
    if attributes:
        methods = context.methods.get(attributes[-1], ())
        return (attributes[-1] if methods else None), methods
    definition = context.functions.get(name or "")
    return (None, ()) if definition is None else (id(definition), (definition,))


def _follow_calls(definition: Definition) -> Iterator[ast.Call]:
    """The calls that a call leads to; views inside of it are called by requests."""
    if isinstance(definition, ast.ClassDef):
        # A thread's `run` follows when it starts.
        names = ("__init__", "run") if definition.bases else ("__init__",)
        for one in definition.body:
            if isinstance(one, Function) and one.name in names:
                yield from _follow_calls(one)
        return
    for node in own(definition.body):
        if isinstance(node, ast.Call):
            yield node
        elif isinstance(node, Function) and not node.decorator_list:
            yield from _follow_calls(node)


def is_serving(call: ast.Call, context: Context) -> bool:
    """Say whether a call serves an app, tunnels to it, or asks it."""
    name, attributes = chain(call.func)
    last = attributes[-1] if attributes else name or ""
    origin = context.imports.get(name or "", "")
    if last in ("serve_forever", "handle_request") and _is_another(name, context):
        return False
    if last == SHELL or context.shell.is_unsafe(ast.walk(call.func)):
        return id(call) not in context.shell.safe
    if last in words.SERVING or origin.rpartition(".")[2] in words.SERVING:
        return True
    if last == "run" and _runs_app(call, name, attributes, context):
        return True
    if last in ("serve", "run_app") and context.is_module(name, words.SERVER_MODULES):
        return True
    if last == "run_forever" or (
        last == "start" and context.is_module(name, ("tornado.ioloop",))
    ):
        return True
    if (
        context.is_module(name, words.SERVER_MODULES)
        and not context.is_module(name, ("bottle",))
        and _is_given_app(call, context)
    ):
        return True
    is_client = context.is_module(name, words.CLIENT_MODULES)
    if is_client and last not in words.OWN_SERVERS and _asks(call, context):
        return True
    if last in words.STARTERS:
        return any(_is_serving_value(one, context) for one in arguments(call))
    return False


def _is_given_app(call: ast.Call, context: Context) -> bool:
    """Say whether an app stands among what is given to a call, wrapped or not."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        given.append(call.func.value)
    return any(
        isinstance(one, ast.Name) and one.id in context.apps
        for value in given
        for one in ast.walk(value)
    )


def _is_another(name: str | None, context: Context) -> bool:
    """Say whether a name is a server of the notebook's own that serves no app."""
    made = context.values.get(name or "")
    if not isinstance(made, ast.Call):
        return False
    definition = context.functions.get(called(made))
    if isinstance(definition, ast.ClassDef):
        bases = [(dotted(base) or "").rpartition(".")[2] for base in definition.bases]
        is_server = bool(words.OWN_SERVERS.intersection(bases))
    else:
        is_server = called(made) in words.OWN_SERVERS
    return is_server and not _is_given_app(made, context)


def _runs_app(
    call: ast.Call, name: str | None, attributes: list[str], context: Context
) -> bool:
    given = argument_roots(arguments(call))
    if given & context.apps:
        return True
    if not attributes:
        return context.is_module(name, words.SERVER_MODULES)
    if name in context.apps or name in context.inner_apps:
        return True
    if any(part in APP_NAMES for part in attributes[:-1]):
        return True
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    if receiver is not None and makes_app(receiver, context):
        return True
    if receiver is not None and context.held and ast.unparse(receiver) in context.held:
        return True
    options = {keyword.arg for keyword in call.keywords}
    return (
        name not in context.imports
        and bool(options & {"host", "port", "debug", "use_reloader", "threaded"})
    ) or context.is_module(name, words.SERVER_MODULES)


def _is_serving_value(value: ast.expr, context: Context) -> bool:
    """Say whether a function given to a thread or process serves an app."""
    if isinstance(value, ast.Lambda):
        return any(_call_serves(one, context) for one in calls([value.body]))
    if isinstance(value, ast.Attribute):
        name, attributes = chain(value)
        is_server = context.is_module(name, words.SERVER_MODULES)
        return attributes[-1] in ("run", "serve", "serve_forever") and (
            is_server or name in context.apps or name not in context.imports
        )
    if isinstance(value, ast.Name) and value.id in context.functions:
        return serves(context.functions[value.id], context)
    return isinstance(value, ast.Name) and (
        context.imports.get(value.id, "").rpartition(".")[2] in words.SERVING
        or context.imports.get(value.id, "").endswith((".serve", ".run"))
    )


def _call_serves(call: ast.Call, context: Context) -> bool:
    _, called = _definitions_of(call, context)
    return is_serving(call, context) or any(serves(one, context) for one in called)


def _asks(call: ast.Call, context: Context) -> bool:
    """Say whether a client's call is given this machine's address, or the app itself.

    `AsyncClient(transport=ASGITransport(app=app))` asks without a server.
    """
    return _is_local(call, context) or _is_given_app(call, context)


def _is_local(call: ast.Call, context: Context) -> bool:
    texts = set(constants([call]))
    for one in ast.walk(call):
        if isinstance(one, ast.Name) and one.id in context.texts:
            texts.add(context.texts[one.id])
    return any(host in text for text in texts for host in LOCAL_HOSTS)


def argument_roots(values: Iterable[ast.expr]) -> set[str]:
    """The names that the values given to a call start from."""
    found = set()
    for value in values:
        if isinstance(value, (ast.Name, ast.Attribute, ast.Subscript)):
            name, _ = chain(value)
            if name:
                found.add(name)
    return found
