"""Turns the body of a `%%route` cell into a view function of the notebook.

Its code has the cell's own file name, so that IPython names it `Cell In[5], line 3`.
The line cache is given the cell as the function that it is: the same lines, the first
one a `def`, the body indented. Then tracebacks, `%debug` and `inspect.getsource` read
one and the same text.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook.cells import routes as cellroutes
from werkbook.cells.signatures import LineSignature

INDENT = "    "


def make_view(
    shell: InteractiveShell,
    body: str,
    rule: str,
    *,
    endpoint: str,
    methods: Iterable[str],
    signature: LineSignature | None = None,
) -> Callable[..., Any]:
    """Compile the body of a `%%route` cell.

    The function reads the notebook's globals; it is bound to no name there.

    Args:
        shell: The shell whose cell it is.
        body: All lines of the cell after its first.
        rule: The rule, whose variables are the function's arguments.
        endpoint: The function's name.
        methods: The rule's methods.
        signature: The parameters that the cell's first line declares. Their hints are
            kept as texts: a later cell may define what they name.

    Raises:
        SyntaxError: The body is not Python; line and file are the cell's.
        CellBodyError: The body is empty, or the rule names a variable twice.
    """
    filename = running_file(shell)
    try:
        tree = cellroutes.view_tree(
            body,
            rule,
            filename,
            name=endpoint,
            methods=methods,
            first_line=2,
            signature=signature,
        )
        lines = source_lines(tree, body)
        code_tree = _as_function_of_cell(_with_hints_as_texts(tree), body)
        flags = shell.compile.compiler_flags
        code = compile(code_tree, filename, "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        if error.lineno:
            remember_lines(filename, ["", *body.splitlines()])
        raise
    namespace: dict[str, FunctionType] = {}
    exec(code, shell.user_ns, namespace)
    remember_lines(filename, lines)
    return namespace[endpoint]


def source_lines(tree: ast.Module, body: str) -> list[str]:
    """Return the cell as the text of a function, line for line."""
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    word = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    head = f"{word} {function.name}({ast.unparse(function.args)}){returns}:"
    inside = _lines_inside_strings(tree)
    lines = body.splitlines()
    return [
        head,
        *(
            line if not line.strip() or number in inside else INDENT + line
            for number, line in enumerate(lines, 2)
        ),
    ]


def running_file(shell: InteractiveShell) -> str:
    """Return the file name under which IPython compiled the cell that runs."""
    result: Any = getattr(shell.displayhook, "exec_result", None)
    info = getattr(result, "info", None)
    if info is None:
        return "<werkbook-cell>"
    raw = info.raw_cell
    transformed = getattr(info, "transformed_cell", None)
    if transformed is None:
        transformed = shell.transform_cell(raw)  # type: ignore[no-untyped-call]
    count = result.execution_count or 0
    return shell.compile.get_code_name(raw, transformed, count)


def name_file(shell: InteractiveShell, filename: str) -> str | None:
    """Return `Cell In[5]` for a file name that IPython made up, else None."""
    named = shell.compile.format_code_name(filename)
    return " ".join(named) if named is not None else None


def name_line(shell: InteractiveShell, filename: str, line: int) -> str:
    """Name a line the way IPython's tracebacks do: `Cell In[5], line 3`."""
    return f"{name_file(shell, filename) or filename}, line {line}"


def _as_function_of_cell(tree: ast.Module, body: str) -> ast.Module:
    """Move the tree to where the text of `source_lines` has it."""
    inside = _lines_inside_strings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr | ast.stmt | ast.excepthandler | ast.arg):
            continue
        if node.lineno not in inside:
            node.col_offset += len(INDENT)
        if node.end_col_offset is not None and node.end_lineno not in inside:
            node.end_col_offset += len(INDENT)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    for part in (function, *_list_head(function)):
        part.lineno, part.col_offset = 1, 0
        part.end_lineno, part.end_col_offset = 1, 0
    function.end_lineno = max(2, len(body.splitlines()) + 1)
    return tree


def _list_head(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[ast.expr | ast.arg]:
    """Yield what stands in a function's first line and has a place."""
    roots = [function.args, *([function.returns] if function.returns else [])]
    for root in roots:
        for node in ast.walk(root):
            if isinstance(node, ast.expr | ast.arg):
                yield node


def _with_hints_as_texts(tree: ast.Module) -> ast.Module:
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    for part in (*function.args.args, *function.args.kwonlyargs):
        if part.annotation is not None:
            text = ast.unparse(part.annotation)
            part.annotation = ast.copy_location(ast.Constant(text), part)
    if function.returns is not None:
        text = ast.unparse(function.returns)
        function.returns = ast.copy_location(ast.Constant(text), function.returns)
    return tree


def _lines_inside_strings(tree: ast.Module) -> set[int]:
    """Return the lines that begin inside a string, which must not be indented."""
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
        for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }


def remember_lines(filename: str, lines: list[str]) -> None:
    """Say what tracebacks show as the lines of a file."""
    text = [f"{line}\n" for line in lines]
    linecache.cache[filename] = (sum(map(len, text)), None, text, filename)
