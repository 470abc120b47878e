"""Python parsed into syntax trees, whatever other threads parse meanwhile.

CPython 3.11.0 to 3.11.7 count the depth of a tree in one place for all threads. Where
the garbage collector runs while a tree is made, and with it another thread or a
finaliser that makes one too, the first ends with "SystemError: AST constructor
recursion depth mismatch", though nothing is wrong with the source (CPython 106905).
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Callable
from typing import Any, Literal, TypeVar, overload

Tree = TypeVar("Tree")


@overload
def parse_python(
    source: str | bytes, filename: str = ..., mode: Literal["exec"] = ...
) -> ast.Module: ...


@overload
def parse_python(
    source: str | bytes, filename: str = ..., *, mode: Literal["eval"]
) -> ast.Expression: ...


def parse_python(
    source: str | bytes,
    filename: str = "<unknown>",
    mode: Literal["exec", "eval"] = "exec",
) -> ast.Module | ast.Expression:
    """Parse Python as `ast.parse` does.

    Args:
        source: The code.
        filename: What errors call it.
        mode: `exec` for statements, `eval` for one expression.

    Raises:
        SyntaxError: It is no Python of this version.
        ValueError: It has a null character.
        RecursionError: It is nested too deeply; MemoryError where it is even deeper.
    """
    tree: ast.Module | ast.Expression = undisturbed(ast.parse, source, filename, mode)
    return tree


def undisturbed(parse: Callable[..., Tree], *arguments: Any, **options: Any) -> Tree:
    """Call what makes a syntax tree; once more where another thread came between.

    The second time the garbage collector rests: nothing else then runs in the middle.
    """
    try:
        return parse(*arguments, **options)
    except (SystemError, RecursionError):
        is_collecting = gc.isenabled()
        gc.disable()
        try:
            return parse(*arguments, **options)
        finally:
            if is_collecting:
                gc.enable()
