"""The shell parses a cell whatever threads of the app parse meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from IPython.core.interactiveshell import InteractiveShell

from werkbook.syntax_trees import undisturbed


def install(shell: InteractiveShell) -> Callable[[], None]:
    """Let the shell parse a cell once more where a thread came between.

    A view that fails has Python parse its lines for the traceback, in a thread of the
    server; a cell that ran at that moment could fail with a SystemError.

    Returns:
        What leaves the shell's compiler as it was.
    """
    compiler = shell.compile
    ours = partial(undisturbed, compiler.ast_parse)
    compiler.ast_parse = ours  # type: ignore[method-assign]  # for this shell alone

    def undo() -> None:
        if vars(compiler).get("ast_parse") is ours:
            del compiler.ast_parse

    return undo
