"""What an app consists of, as names and fingerprints that can be compared.

This file also runs by itself, with the path of a file, the name of its app and those of
modules that are to believe that they are in a notebook, and prints the app's
description as JSON. It imports nothing of the extension.
"""

from __future__ import annotations

import contextlib
import dis
import hashlib
import importlib
import json
import os
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from werkbook.frameworks import descriptions as frameworks
from werkbook.routing.view_functions import find_view_class

HOOKS = (
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
    "teardown_appcontext_funcs",
    "template_context_processors",
    "url_value_preprocessors",
    "url_default_functions",
    "shell_context_processors",
)
READING = frozenset(("LOAD_GLOBAL", "LOAD_NAME"))
ASSIGNING = frozenset(("STORE_GLOBAL", "DELETE_GLOBAL"))
BOOKKEEPING = frozenset(
    ("CACHE", "EXTENDED_ARG", "NOP", "PRECALL", "PUSH_NULL", "RESUME")
)
SAME_STEP = {"LOAD_METHOD": "LOAD_ATTR"}
JUMPS = frozenset((*dis.hasjrel, *dis.hasjabs))
SIMPLE = (str, bytes, int, float, complex, bool, type(None))
IN_NOTEBOOK = "IN_NOTEBOOK"
ASKING_FOR_NOTEBOOKS = ("fastcore.imports",)
"""Modules with a name of that kind: FastHTML's apps differ in a notebook and a file."""
Description = dict[str, str]


def describe(app: Any, static_paths: Iterable[str] = ()) -> Description:
    """Return what an app consists of: a name for each thing, and its fingerprint.

    Args:
        app: The app, in this process.
        static_paths: The static files to look at, below the static URL.
    """
    if frameworks.can_describe(app):
        return {
            **frameworks.describe_app(app, fingerprint),
            **dict(_globals(frameworks.functions_of(app))),
        }
    return {
        **dict(_rules(app)),
        **dict(_hooks(app)),
        **dict(_error_handlers(app)),
        **dict(_jinja(app)),
        **dict(_config(app)),
        **dict(_commands(app)),
        **dict(_globals(_functions(app))),
        **dict(_static(app, static_paths)),
    }


def modules_in_notebook() -> str:
    """Return the modules that found this process to be a notebook's, for `main`."""
    found = [name for name in ASKING_FOR_NOTEBOOKS if name in sys.modules]
    told = [one for one in found if getattr(sys.modules[one], IN_NOTEBOOK, False)]
    return ",".join(told)


def fingerprint(value: Any) -> str:
    """Return a text that is the same for the same code or constant in any process."""
    return hashlib.sha256(_essence(value).encode("utf-8", "replace")).hexdigest()[:16]


def _essence(value: Any) -> str:
    value = getattr(value, "__wrapped__", value)
    view_class = find_view_class(value)
    if view_class is not None:
        return _essence(view_class)
    if isinstance(value, type):
        members = sorted(vars(value).items())
        return "class " + ";".join(
            f"{name}={_essence(member)}"
            for name, member in members
            if isinstance(member, FunctionType | classmethod | staticmethod)
        )
    function = getattr(value, "__func__", value)
    code = getattr(function, "__code__", None)
    if code is not None:
        defaults = getattr(function, "__defaults__", None) or ()
        by_name = getattr(function, "__kwdefaults__", None) or {}
        given = (*defaults, *sorted(by_name.items()))
        return f"{_code_essence(code)}{[_essence(item) for item in given]}"
    if isinstance(value, SIMPLE):
        return repr(value)
    if isinstance(value, tuple | frozenset):
        return f"{type(value).__name__}{sorted(map(_essence, value))}"
    # The content of any other object may change with each request, so its type counts.
    return type(value).__qualname__


def _code_essence(code: CodeType) -> str:
    """Return what the code does, step by step.

    Not its bytes: a method of a name that the same file imports is called by other
    instructions than one of a name that another cell imported.
    """
    steps = [one for one in dis.get_instructions(code) if one.opname not in BOOKKEEPING]
    offsets = [step.offset for step in steps]
    return repr(
        (
            [_step(code, step, offsets) for step in steps],
            code.co_argcount,
            code.co_kwonlyargcount,
            code.co_varnames,
        )
    )


def _step(code: CodeType, step: dis.Instruction, offsets: list[int]) -> tuple[str, str]:
    value = step.argval
    if step.opname == "KW_NAMES":  # dis gives the number of the constant, not its value
        value = code.co_consts[step.arg or 0]
    if isinstance(value, CodeType):
        text = _code_essence(value)
    elif step.opcode in JUMPS:
        text = str(
            bisect_left(offsets, value)
        )  # the number of the step that it jumps to
    else:
        text = _essence(value)
    return SAME_STEP.get(step.opname, step.opname), text


def _rules(app: Any) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        view = app.view_functions.get(rule.endpoint)
        is_static = rule.endpoint.rpartition(".")[2] == "static"
        yield (
            f"{', '.join(methods)} {rule.rule} -> {rule.endpoint}",
            "" if is_static else fingerprint(view),
        )


def _hooks(app: Any) -> Iterator[tuple[str, str]]:
    for kind in HOOKS:
        found = getattr(app, kind, None) or {}
        scopes = found.items() if isinstance(found, Mapping) else [(None, found)]
        for scope, functions in scopes:
            for number, function in enumerate(functions, 1):
                name = getattr(function, "__name__", type(function).__name__)
                where = f" of {scope}" if scope else ""
                label = f"{kind.removesuffix('_funcs')} {number}{where}: {name}"
                yield label, fingerprint(function)


def _error_handlers(app: Any) -> Iterator[tuple[str, str]]:
    for scope, codes in app.error_handler_spec.items():
        for code, handlers in codes.items():
            for kind, function in handlers.items():
                where = f" of {scope}" if scope else ""
                label = f"error handler for {code or kind.__name__}{where}"
                yield label, fingerprint(function)


def _jinja(app: Any) -> Iterator[tuple[str, str]]:
    bare = type(app)("bare").jinja_env
    for kind in ("filters", "tests", "globals"):
        usual = getattr(bare, kind)
        for name, value in getattr(app.jinja_env, kind).items():
            if name not in usual:
                yield f"template {kind.removesuffix('s')} {name}", fingerprint(value)
    loader = app.jinja_env.loader
    for name in app.jinja_env.list_templates():
        with contextlib.suppress(Exception):
            source = loader.get_source(app.jinja_env, name)[0]
            yield f"template {name}", fingerprint(str(source).rstrip("\n"))


def _config(app: Any) -> Iterator[tuple[str, str]]:
    usual = type(app)("bare").config
    for name, value in app.config.items():
        # `app.run(debug=True)` sets DEBUG, and is no part of the app.
        if name != "DEBUG" and (name not in usual or usual[name] != value):
            # Secrets are compared, never shown.
            yield f"config {name}", fingerprint(value)


def _commands(app: Any) -> Iterator[tuple[str, str]]:
    for name, command in app.cli.commands.items():
        yield f"command {name}", fingerprint(getattr(command, "callback", None))


def _functions(app: Any) -> list[Any]:
    """Return an app's views and hooks."""
    found = [
        view
        for endpoint, view in app.view_functions.items()
        if endpoint.rpartition(".")[2] != "static"
    ]
    for kind in HOOKS:
        hooks = getattr(app, kind, None) or {}
        lists = hooks.values() if isinstance(hooks, Mapping) else [hooks]
        found += [function for functions in lists for function in functions]
    return found


def _globals(functions: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield the globals that functions read, directly or through functions."""
    queue = list(functions)
    seen: dict[str, Any] = {}
    changed: set[str] = set()
    while queue:
        function = queue.pop()
        # Not isinstance(): a proxy such as `request` raises outside a request.
        if not issubclass(type(function), FunctionType):
            continue
        scope = function.__globals__
        if scope.get("__name__") != "__main__":
            continue
        changed |= _global_names(function.__code__, ASSIGNING)
        for name in sorted(_global_names(function.__code__, READING)):
            if name in scope and name not in seen and name != "app":
                seen[name] = scope[name]
                queue.append(scope[name])
    for name, value in seen.items():
        # The value of what a view assigns (a counter, say) depends on past requests.
        yield f"name {name}", "" if name in changed else fingerprint(value)


def _global_names(code: CodeType, operations: frozenset[str]) -> set[str]:
    """Return the global names with which a function, or one inside it, does that."""
    found = {
        str(one.argval)
        for one in dis.get_instructions(code)
        if one.opname in operations
    }
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found |= _global_names(inner, operations)
    return found


def _static(app: Any, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    client = app.test_client()
    for path in paths:
        response = client.get(f"{app.static_url_path}/{path}")
        digest = hashlib.sha256(response.get_data()).hexdigest()[:16]
        yield f"static file {path}", f"{response.status_code} {digest}"


def main(arguments: list[str]) -> None:
    """Describe the app of a file, as JSON, in the last line of standard output."""
    path, name, modules, *static_paths = arguments
    for one in filter(None, modules.split(",")):
        vars(importlib.import_module(one))[IN_NOTEBOOK] = True
    text = json.dumps(describe_file(path, name, static_paths))
    print(f"\n{text}", flush=True)
    os._exit(0)  # threads of the notebook's code would keep this process alive


def describe_file(path: str, name: str, static_paths: Iterable[str]) -> Description:
    """Execute a file, and describe its app."""
    # Under the name "__main__" the file would start its server.
    module = ModuleType("__werkbook_check__")
    module.__file__ = path
    sys.modules[module.__name__] = module
    exec(compile(Path(path).read_text("utf-8"), path, "exec"), vars(module))
    vars(module)["__name__"] = "__main__"
    return describe(vars(module)[name], static_paths)


if __name__ == "__main__":
    main(sys.argv[1:])
