"""What an exported app may trip over: named with its cell and line."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from werkbook.cells.source.statements import Statement
from werkbook.cells.source.trees import called, first_line
from werkbook.export.exporter import Export
from werkbook.export.flow.apps.rule_calls import find_rules
from werkbook.export.flow.apps.shell_looks import MARKS, NOTEBOOK_NAMES
from werkbook.export.flow.dynamic import binding_within
from werkbook.export.flow.prune import surely_read
from werkbook.export.flow.shared_data import changed_globals
from werkbook.export.flow.writes import written_by
from werkbook.export.proof.answers import Proof
from werkbook.secret_names import is_secret_name

_ABSOLUTE = re.compile(
    r"(?:/(?:home|Users|root|content|mnt|kaggle|tmp|var|opt|data)/|[A-Za-z]:[\\/])\S+\Z"
)
_SECRET = re.compile(
    r"sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|AIza[\w-]{30,}|AKIA[A-Z0-9]{16}"
    r"|hf_[A-Za-z0-9]{20,}|xox[abp]-[\w-]{10,}"
)
_WEBSOCKETS = frozenset(("flask_sock", "flask_socketio", "simple_websocket"))
_SOCKET_CALLS = frozenset(
    [
        "websocket",
        "websocket_route",
        "add_websocket_route",
        "add_api_websocket_route",
        "WebSocketRoute",
        "websocket_listener",
        "websocket_stream",
    ]
)
_SOCKET_DECORATORS = _SOCKET_CALLS | {"ws"}
NO_TALK = "no cell talks on one (%http --ws does)"
NOT_KEPT = (
    "what a running kernel's app said there is not kept (werkbook export runs the"
    " notebook, and compares it)"
)
"""Why what an app says on its WebSockets was not compared."""
_THREADS = (
    "each open WebSocket takes a thread of the server (gunicorn --threads 100), and"
    " those who talk to one another share one worker (-w 1)."
)
_PROCESSES = (
    "those who talk to one another on WebSockets share one process (uvicorn"
    " --workers 1)."
)
_READERS = (
    "open",
    "read_csv",
    "read_excel",
    "read_json",
    "load",
    "load_model",
    "imread",
)
_LOADERS = ("load", "load_model")
"""These take a name of anything, too: `whisper.load_model("base")`."""


def list_cautions(
    export: Export,
    folder: Path | None = None,
    *,
    of_workers: bool = True,
    why_no_talk: str = NO_TALK,
) -> list[str]:
    """List what to look at before the app is deployed, one line each.

    Args:
        export: The exported app.
        folder: The notebook's folder, to see which files come along.
        of_workers: Say what several workers would not share: no proof has tried it.
        why_no_talk: Why what is said on WebSockets was not compared, or "".
    """
    found: list[str] = []
    kept = [export.program.statements[number] for number in sorted(export.slice.kept)]
    written = written_texts(export)
    is_written = _find_written(kept, written)
    changed = _changed_globals(export) if of_workers else {}
    for statement in kept:
        found += changed.get(statement.number, [])
        found += _texts(statement)
        found += _opened_files(statement, export, folder, is_written)
        if statement.note:
            found.append(f"{statement.place}: {statement.note}")
    if folder is not None:
        found += absent_templates(export, kept, folder, written)
    binds = binding_within(one.node for one in kept)
    functions = _binding_functions(kept) if export.slice.missing else {}
    for name, number in sorted(export.slice.missing.items()):
        if not binds(name) and not _is_looked_for(export, name, number):
            found.append(_missing(export, name, number, functions))
    is_of_threads = any(map(_brings_websockets, kept))
    if is_of_threads or any(map(_adds_websocket, kept)):
        if why_no_talk:
            what = "what is said on the app's WebSockets is not compared"
            found.append(f"{what}: {why_no_talk}.")
        found.append(_THREADS if is_of_threads else _PROCESSES)
    found += [
        f"no installed distribution provides the import {package!r}; the file asks for"
        " none, as it may be a module of your own."
        for package in export.unknown
    ]
    return list(dict.fromkeys(found))


def find_why_no_talk(proof: Proof | None) -> str:
    """Say why what the app says on its WebSockets was not compared; "": it was."""
    talks = [one for one in proof.exchanges if one.is_talk] if proof else []
    if not talks:
        return NO_TALK
    return "" if any(one.here is not None for one in talks) else NOT_KEPT


def _changed_globals(export: Export) -> dict[int, list[str]]:
    """Lines on data in one process, by the number of the view's statement."""
    found: dict[int, list[str]] = {}
    known = set()
    for one in changed_globals(export.program, export.slice.kept):
        if (one.view_name, one.name) in known:
            continue  # the first place tells
        known.add((one.view_name, one.name))
        found.setdefault(one.view.number, []).append(
            f"{one.place}: the view {one.view_name!r} changes the global "
            f"{one.name!r}; with several workers each has its own."
        )
    return found


def _brings_websockets(statement: Statement) -> bool:
    node = statement.node
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in _WEBSOCKETS
    names = node.names if isinstance(node, ast.Import) else []
    return any(one.name.partition(".")[0] in _WEBSOCKETS for one in names)


def _adds_websocket(statement: Statement) -> bool:
    """Say whether a statement gives an ASGI app a WebSocket."""
    decorators = getattr(statement.node, "decorator_list", [])
    if any(
        isinstance(one, ast.Call) and called(one) in _SOCKET_DECORATORS
        for one in decorators
    ):
        return True
    return any(
        called(node) in _SOCKET_CALLS
        for node in ast.walk(statement.node)
        if isinstance(node, ast.Call)
    )


def _texts(statement: Statement) -> Iterator[str]:
    rules = {one.rule for one in find_rules(statement.node, statement.number)}
    for node in ast.walk(statement.node):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            line = node.lineno - first_line(statement.node) + statement.line
            place = f"{statement.cell}, line {line}"
            is_path = _ABSOLUTE.match(node.value) and "\n" not in node.value
            if is_path and node.value not in rules:
                yield f"{place}: the path {node.value!r} is this machine's."
            if _SECRET.search(node.value):
                yield f"{place}: a secret stands in the source; use os.environ."
        yield from _named_secret(node, statement)


def _named_secret(node: ast.AST, statement: Statement) -> Iterator[str]:
    if not isinstance(node, ast.Assign):
        return
    value = node.value
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return
    for target in node.targets:
        text = ast.unparse(target)
        if is_secret_name(text) and len(value.value) > 3:
            line = node.lineno - first_line(statement.node) + statement.line
            yield (
                f"{statement.cell}, line {line}: the secret {text} stands in the "
                "source; read it from os.environ."
            )


def _is_looked_for(export: Export, name: str, number: int) -> bool:
    """Say whether a name may be unbound: `a = a if "a" in globals() else 0`."""
    program = export.program
    node = program.statements[number].node
    if name in {*NOTEBOOK_NAMES, *MARKS} and program.context.shell.are_safe(
        node, (name,)
    ):
        return True
    if name in program.names[number].binds:
        return True  # `try: rows` and `except NameError: rows = 0`, too
    is_sure = name in surely_read(node)
    return not is_sure and bool(program.bindings(name))


def _missing(export: Export, name: str, number: int, functions: dict[str, str]) -> str:
    program = export.program
    place = program.statements[number].place
    left = program.left.get(name)
    if left is not None:
        failing = [one.name for one in program.premature if one.statement is left]
        why = "it serves or asks the app or belongs to the notebook"
        if failing:
            why = f"it reads {failing[0]!r} before a cell binds it"
        return f"{place}: {name!r} comes from {left.place}, which stays out, as {why}."
    if name in NOTEBOOK_NAMES:
        return f"{place}: {name!r} is there in notebooks only; a file has no such name."
    if name in functions:
        return f"{place}: only {functions[name]!r} binds {name!r}, when it is called."
    return f"{place}: no cell binds {name!r}."


def _binding_functions(kept: list[Statement]) -> dict[str, str]:
    """The first function of the file that binds a global, by the global's name."""
    found: dict[str, str] = {}
    for statement in kept:
        for node in ast.walk(statement.node):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for one in node.body:
                for name in one.names if isinstance(one, ast.Global) else ():
                    found.setdefault(name, node.name)
    return found


def written_texts(export: Export) -> set[str]:
    """The texts that name what the app itself writes, its views included."""
    context = export.program.context
    return {
        text.removeprefix("./")
        for number in export.slice.kept
        for node in ast.walk(export.program.statements[number].node)
        if isinstance(node, ast.Call)
        for text in written_by(node, called(node), context)
    }


def _find_written(kept: list[Statement], written: set[str]) -> Callable[[str], bool]:
    """Say which paths the app writes: by their names, where it goes into folders."""
    nodes = (one for statement in kept for one in ast.walk(statement.node))
    if any(isinstance(one, ast.Call) and called(one) == "chdir" for one in nodes):
        names = {PurePath(one).name for one in written}
        return lambda path: PurePath(path).name in names
    return lambda path: path.removeprefix("./") in written


def _opened_files(
    statement: Statement,
    export: Export,
    folder: Path | None,
    is_written: Callable[[str], bool],
) -> Iterator[str]:
    own = export.program.context.functions
    for node in ast.walk(statement.node):
        if not isinstance(node, ast.Call) or called(node) not in _READERS:
            continue
        if isinstance(node.func, ast.Name) and node.func.id in own:
            continue  # a function of the notebook's that only has such a name
        if not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        path = node.args[0].value
        if not isinstance(path, str) or "://" in path or _ABSOLUTE.match(path):
            continue
        if called(node) in _LOADERS and not (PurePath(path).suffix or "/" in path):
            continue
        if path in export.files or is_written(path):
            continue
        if folder is not None and (folder / path).exists():
            continue
        line = node.lineno - first_line(statement.node) + statement.line
        yield (
            f"{statement.cell}, line {line}: the app opens {path!r}, which the export "
            "does not ship."
        )


def absent_templates(
    export: Export, kept: list[Statement], folder: Path, written: set[str]
) -> Iterator[str]:
    """Name the templates that the app renders and that are nowhere."""
    places = {export.folders[0]}
    for statement in kept:
        for node in ast.walk(statement.node):
            if isinstance(node, ast.keyword) and node.arg in _TEMPLATE_FOLDERS:
                places |= export.program.context.find_texts(node.value)
    if places & written:
        return  # the app writes templates under names that only a run knows
    for name, place in _rendered(export, kept):
        paths = [f"{one}/{name}" for one in places]
        is_there = name in export.templates or any(
            path in export.files or path in written or (folder / path).exists()
            for path in paths
        )
        if not is_there:
            yield f"{place}: the template {name!r} is nowhere."


def _rendered(export: Export, kept: list[Statement]) -> Iterator[tuple[str, str]]:
    """The literal names of templates that code renders, and that templates extend."""
    for statement in kept:
        for node in ast.walk(statement.node):
            if not isinstance(node, ast.Call) or called(node) not in _RENDERERS:
                continue
            named = [*node.args, *(k.value for k in node.keywords if k.arg == "name")]
            for value in named:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    line = node.lineno - first_line(statement.node) + statement.line
                    yield value.value, f"{statement.cell}, line {line}"
                    break
    for name, text in export.templates.items():
        for found in _EXTENDS.finditer(text):
            yield found[1], f"the template {name!r}"


_RENDERERS = ("render_template", "get_template", "TemplateResponse")
_TEMPLATE_FOLDERS = ("template_folder", "directory")
_EXTENDS = re.compile(r"{%-?\s*(?:extends|include|import|from)\s+['\"]([^'\"]+)['\"]")
