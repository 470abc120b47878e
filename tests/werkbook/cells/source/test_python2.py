"""Python 2's statements as Python 3 writes them."""

from __future__ import annotations

import pytest

from werkbook.cells.source.python2 import modernise


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('print "a", b  # c', 'print("a", b)  # c'),
        ("print", "print()"),
        ("print x,", 'print(x, end=" ")'),
        ('print >>err, "x"', 'print("x", file=err)'),
        ('print ("%s") % x', 'print(("%s") % x)'),
        ("print(x)", "print(x)"),
        ("if x: print y", "if x: print(y)"),
        ("    except (A, B), e:", "    except (A, B) as e:"),
        ("raise E, 'x'", "raise E('x')"),
        ("exec code", "exec(code)"),
        ("printer = 1", "printer = 1"),
        ("s = 'a: print x'", "s = 'a: print x'"),
        ("print 'a' + \\\n  'b'", "print('a' + \\\n  'b')"),
    ],
)
def test_statements_are_rewritten(old: str, new: str) -> None:
    """Only what Python 3 does not read changes, and no line goes."""
    assert modernise(old) == new
