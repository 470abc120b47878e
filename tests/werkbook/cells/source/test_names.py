"""Python's scoping, statement by statement."""

from __future__ import annotations

import ast

import pytest

from werkbook.cells.source.names import Names, find_names


def found(source: str) -> Names:
    return find_names(*ast.parse(source).body)


@pytest.mark.parametrize(
    ("source", "binds", "reads", "later"),
    [
        ("x = [y * i for i in z if w]", "x", "y z w", ""),
        ("def f(a, *b, c=d, **e): return a + g", "f", "d", "g"),
        ("f = lambda a, b=c: a + d", "f", "c", "d"),
        ("class A(B, metaclass=M):\n x = 1\n def m(s): return x", "A", "B M", "x"),
        ("class A:\n x = x", "A", "x", ""),
        ("for i in r:\n t += i", "i t", "r t", ""),
        ("with a as b: b.c(d)", "b", "a d", ""),
        ("if (n := f()): pass", "n", "f", ""),
        ("[n := i for i in r]", "n", "r", ""),
        ("try:\n import a.b as c\nexcept E as e: print(e)", "c e", "E print", ""),
        (
            "match x:\n case {'k': v, **r}: pass\n case [h, *t]: pass",
            "v r h t",
            "x",
            "",
        ),
        ("x: List[int] = y", "x", "List int y", ""),
        ("def f(a: 'T') -> 'U': pass", "f", "", "T U"),
        ("def f(a: T) -> U: pass", "f", "T U", ""),
        ("def f():\n def g(): return x\n x = 1\n return y", "f", "", "y"),
        ("@d(e)\ndef f(): f()", "f", "d e", "f"),
        ("a.b[c] = d", "", "a c d", ""),
        ("if a:\n x = 1\nelse:\n print(x)", "x", "a print x", ""),
    ],
)
def test_names_are_found(source: str, binds: str, reads: str, later: str) -> None:
    """What is bound, what is read at once, what is read when functions are called."""
    names = found(source)
    assert names.binds == set(binds.split())
    assert names.reads == set(reads.split())
    assert names.later == set(later.split())


def test_names_of_an_enclosing_function_are_no_globals() -> None:
    """`nonlocal` says whose they are; a class's body can say it, too."""
    names = found(
        "def make():\n"
        "    count = last = 0\n"
        "    def add():\n"
        "        nonlocal count\n"
        "        count += 1\n"
        "        return count\n"
        "    class Seen:\n"
        "        nonlocal last\n"
        "        last = count\n"
        "    return add, last, total\n"
    )
    assert (names.binds, names.rebinds, names.later) == ({"make"}, set(), {"total"})


def test_global_names_are_rebound_by_functions() -> None:
    """`global` reaches out of a function."""
    names = found("def f():\n global g\n g = h\n return g")
    assert (names.binds, names.rebinds, names.later) == ({"f"}, {"g"}, {"g", "h"})


@pytest.mark.parametrize(
    ("source", "is_sure"),
    [
        ("x = 1", True),
        ("if a: x = 1", False),
        ("if a: x = 1\nelse: x = 2", True),
        ("for x in y: pass", False),
        ("with a as x: pass", True),
        ("try:\n x = 1\nexcept E:\n x = 2", True),
        ("try:\n x = 1\nexcept E:\n raise", True),
        ("try:\n x = 1\nexcept E:\n pass", False),
    ],
)
def test_bindings_on_every_path_are_sure(source: str, is_sure: bool) -> None:
    """A binding that may not happen leaves the earlier one in force."""
    assert found(source).is_sure is is_sure
