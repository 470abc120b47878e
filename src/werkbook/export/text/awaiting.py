"""What a cell awaits at its top: a module cannot, so the file runs it at once.

One call of a coroutine becomes `asyncio.run(...)`. Whatever needs more (`async with`, a
task, `asyncio.gather`) runs in an event loop that stands still in between, as the
kernel's does while a cell does not await; it goes on in a thread beside the server.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from werkbook.cells.routes import own
from werkbook.cells.source.edits import Edit, apply, insert
from werkbook.cells.source.lines import indent
from werkbook.syntax_trees import parse_python

LOOP = """\
# The event loop that the notebook's cells await in. It stands still while they do not
# await; it goes on for a moment where a cell with tasks ends, and beside the server.
_event_loop = asyncio.new_event_loop()
_loop_thread = ThreadPoolExecutor(1)"""
RUN_IN_LOOP = """\
def _run_in_loop(coroutine):
    return _loop_thread.submit(_event_loop.run_until_complete, coroutine).result()"""
START_IN_LOOP = """\
def _start_in_loop(function):
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(_event_loop)  # the tasks are its own, and wait for it
    try:
        function()
    finally:
        asyncio._set_running_loop(running)"""
TURN = "_run_in_loop(asyncio.sleep(0.01))"
"""What a cell's tasks have between it and the next one."""
GO_ON = """\
_loop_thread.shutdown()
threading.Thread(target=_event_loop.run_forever, daemon=True).start()"""
_RUN = "asyncio.run"
_RUN_IN_LOOP = "_run_in_loop"
_NEEDS_LOOP = frozenset(
    {"create_task", "ensure_future", "gather", "get_running_loop", "shield"}
)
"""What asyncio does only where a loop runs already."""
_TASKS = frozenset({"create_task", "ensure_future"})
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def awaits(node: ast.stmt) -> bool:
    """Say whether a statement needs an event loop where it stands."""
    if isinstance(node, _Definition):
        return False
    return any(_is_async(one) or _needs_loop(one) for one in own([node]))


def is_simple(node: ast.stmt) -> bool:
    """Say whether a statement awaits nothing but calls of coroutines."""
    return not any(
        _needs_loop(one)
        or (_is_async(one) and not isinstance(one, ast.Await))
        or (isinstance(one, ast.Await) and not isinstance(one.value, ast.Call))
        for one in own([node])
    )


def run_simply(text: str, *, in_loop: bool) -> str:
    """Run each coroutine that a simple statement awaits."""
    run = _RUN_IN_LOOP if in_loop else _RUN
    edits = []
    for one in own(parse_python(text).body):
        if isinstance(one, ast.Await):
            inner = one.value
            start = one.lineno, one.col_offset, inner.lineno, inner.col_offset
            edits.append(Edit(*start, f"{run}("))
            end_line, end = one.end_lineno or 1, one.end_col_offset or 0
            edits.append(insert(end_line, end, ")"))
    return apply(text, edits)


def run_in_loop(text: str, binds: Iterable[str]) -> str:
    """Run a whole statement where an event loop runs.

    Args:
        text: The statement.
        binds: The names that it binds, which are the module's.
    """
    names = ", ".join(sorted(binds))
    declared = f"global {names}\n" if names else ""
    body = indent(declared + text)
    if not _is_any_async(parse_python(text).body):
        return f"def _started():\n{body}\n\n\n_start_in_loop(_started)"
    return f"async def _awaited():\n{body}\n\n\n{_RUN_IN_LOOP}(_awaited())"


def _is_any_async(nodes: list[ast.stmt]) -> bool:
    return any(_is_async(one) for one in own(nodes))


def _is_async(node: ast.AST) -> bool:
    return isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith) or (
        isinstance(node, ast.comprehension) and bool(node.is_async)
    )


def only_starts(node: ast.stmt) -> bool:
    """Say whether a statement needs an event loop, and awaits nothing."""
    return awaits(node) and not _is_any_async([node])


def starts_task(node: ast.stmt) -> bool:
    """Say whether a statement starts what goes on when its cell has ended."""
    return any(_is_call_of(one, _TASKS) for one in own([node]))


def _needs_loop(node: ast.AST) -> bool:
    return _is_call_of(node, _NEEDS_LOOP)


def _is_call_of(node: ast.AST, names: frozenset[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = getattr(function, "attr", None) or getattr(function, "id", None)
    return name in names
