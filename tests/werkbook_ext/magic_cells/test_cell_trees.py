"""A cell is parsed whatever a thread of the app parses meanwhile."""

import sys

from IPython.core.interactiveshell import InteractiveShell
from tests.tree_disturbance import disturbed_parsing

from werkbook_ext import loading

CELL = "a = [1, (2, 3)]\nb = len(a)\n" * 20


def test_cell_runs_while_a_thread_parses(plain_shell: InteractiveShell) -> None:
    """In Python 3.11.7 it failed with a SystemError, before its first line."""
    loading.load(plain_shell)
    try:
        with disturbed_parsing() as disturbed:
            result = plain_shell.run_cell(CELL)
    finally:
        loading.unload(plain_shell)
    assert result.success
    if sys.version_info < (3, 12):  # later ones collect nothing in the middle
        assert disturbed == ["IPython.core.compilerop.ast_parse"]
    assert plain_shell.user_ns["b"] == 2


def test_compiler_is_the_shells_own_again(plain_shell: InteractiveShell) -> None:
    before = dict(vars(plain_shell.compile))
    loading.load(plain_shell)
    loading.unload(plain_shell)
    assert vars(plain_shell.compile) == before
