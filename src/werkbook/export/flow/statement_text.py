"""What a statement's own text says, that its effects are made of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from werkbook.cells.source.trees import (
    chain,
    constants,
    dotted,
    simple_statements,
    targets,
)
from werkbook.export.flow.context import Context, Definition, Function

_PROCESS_SETTINGS = frozenset(
    (
        "locale.setlocale",
        "logging.basicConfig",
        "logging.captureWarnings",
        "logging.config.dictConfig",
        "logging.config.fileConfig",
        "logging.disable",
        "mimetypes.add_type",
        "socket.setdefaulttimeout",
    )
)
"""Calls that frameworks go by, whether the app's code names the module or not:
`app.logger`, the types of static files, months in templates, how long a client waits.
"""


def statement_calls(node: ast.stmt) -> set[int]:
    """The calls that are statements of their own, their result unused."""
    found = set()
    for one in simple_statements(node):
        value: ast.expr | None = None
        if isinstance(one, ast.Expr):
            value = one.value
        elif isinstance(one, ast.Assign):
            names = [t.id for t in targets(one) if isinstance(t, ast.Name)]
            if names and all(name.strip("_") == "" for name in names):
                value = one.value
        if isinstance(value, ast.Await):
            value = value.value
        while isinstance(value, ast.Call):
            found.add(id(value))
            function = value.func
            value = function.value if isinstance(function, ast.Attribute) else None
    return found


def sets_process(node: ast.stmt, context: Context) -> bool:
    """Say whether a statement sets what all code of a process goes by: its log."""
    for one in simple_statements(node):
        call = one.value if isinstance(one, ast.Expr) else None
        text = dotted(call.func) if isinstance(call, ast.Call) else None
        name, _, rest = (text or "").partition(".")
        if f"{context.imports.get(name)}.{rest}".rstrip(".") in _PROCESS_SETTINGS:
            return True
    return False


def is_of_flask(target: ast.expr) -> bool:
    """Say whether an environment variable only tells how the app is served."""
    return any(
        text.startswith(("FLASK_", "NGROK_", "WERKZEUG_"))
        for text in constants([target])
    )


def prints_into(call: ast.Call, context: Context) -> set[str]:
    """The file of the notebook's own that `print(..., file=log)` writes to."""
    if dotted(call.func) != "print":
        return set()
    given = (chain(one.value)[0] for one in call.keywords if one.arg == "file")
    return {name for name in given if name and name not in context.imports}


def used_up(node: ast.stmt, context: Context) -> set[str]:
    """The iterators that a statement takes something of: `sum(rows)`, `2 in rows`."""
    is_look = isinstance(node, ast.Expr) and isinstance(node.value, ast.Name)
    if not context.iterators or is_look or isinstance(node, Definition):
        return set()
    return {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name)
        and isinstance(one.ctx, ast.Load)
        and one.id in context.iterators
    }


def keeps_answers(definition: Definition) -> bool:
    """Say whether a function keeps what it answered: `@cache`, `@lru_cache(9)`."""
    names = (chain(one) for one in definition.decorator_list)
    lasts = ((more[-1] if more else name) or "" for name, more in names)
    return any(re.search(r"cache|memo", last) for last in lasts)


def keeps_subclasses(name: str, context: Context) -> bool:
    definition = context.functions.get(name)
    if not isinstance(definition, ast.ClassDef) or context.lists_subclasses:
        return definition is None or context.lists_subclasses
    return any(
        (dotted(base) or "").endswith(("DeclarativeBase", "Model", "Base"))
        for base in definition.bases
    ) or any(
        isinstance(one, Function) and one.name == "__init_subclass__"
        for one in definition.body
    )


def named_apps(code: ast.expr, context: Context) -> set[str]:
    """The apps that a text of code names: most likely it registers something."""
    texts = " ".join(constants([code]))
    return {app for app in context.apps if re.search(rf"\b{re.escape(app)}\b", texts)}


def find_argument(
    call: ast.Call, function: Function, name: str, skip: int
) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    order = [*function.args.posonlyargs, *function.args.args][skip:]
    for parameter, value in zip(order, call.args, strict=False):
        if parameter.arg == name:
            return value
    return None


def owner_of(call: ast.Call) -> ast.expr:
    """What a method is called on."""
    function = call.func
    return function.value if isinstance(function, ast.Attribute) else function


def metaclass_methods(node: ast.ClassDef, context: Context) -> Iterator[Function]:
    """The methods of the metaclasses that make a class: its own, and those above it."""
    seen: set[int] = set()
    stack: list[Definition] = [node]
    while stack:
        one = stack.pop()
        if not isinstance(one, ast.ClassDef) or id(one) in seen:
            continue
        seen.add(id(one))
        roots = {chain(keyword.value)[0] for keyword in one.keywords}
        for meta in (context.functions.get(name or "") for name in roots):
            for method in meta.body if isinstance(meta, ast.ClassDef) else ():
                if isinstance(method, Function):
                    yield method
        names = (chain(base)[0] or "" for base in one.bases)
        stack += [
            context.functions[name] for name in names if name in context.functions
        ]
