"""Python is parsed whatever comes between (CPython 106905)."""

import ast
import gc
import sys

import pytest
from tests.tree_disturbance import disturbed_parsing

from werkbook.syntax_trees import parse_python, undisturbed

SOURCE = "a = [1, (2, 3)]\nb = len(a)\n" * 20


def test_source_is_parsed_while_another_is() -> None:
    """3.11.7 raised SystemError: AST constructor recursion depth mismatch."""
    with disturbed_parsing() as disturbed:
        tree = parse_python(SOURCE)
    if sys.version_info < (3, 12):  # later ones collect nothing in the middle
        assert disturbed == ["ast.parse"]
    assert ast.dump(tree) == ast.dump(ast.parse(SOURCE))


def test_second_try_is_without_the_garbage_collector() -> None:
    tries = []

    def parse(source: str, *, mode: str) -> str:
        tries.append(gc.isenabled())
        if len(tries) == 1:
            raise SystemError("AST constructor recursion depth mismatch")
        return source + mode

    assert undisturbed(parse, "1", mode="eval") == "1eval"
    assert tries == [True, False]
    assert gc.isenabled()


def test_what_fails_twice_is_told() -> None:
    with pytest.raises(RecursionError):
        undisturbed(_parse_deep)
    assert gc.isenabled()


def _parse_deep() -> None:
    raise RecursionError


def test_errors_of_the_source_are_told() -> None:
    with pytest.raises(SyntaxError) as told:
        parse_python("a b", "app.py")
    assert told.value.filename == "app.py"
    assert parse_python("1", mode="eval").body.lineno == 1
