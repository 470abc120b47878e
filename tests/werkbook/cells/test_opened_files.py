"""What cells write with Python."""

from __future__ import annotations

import ast

import pytest

from werkbook.cells.opened_files import OpenedFiles


def written(source: str) -> dict[str, str]:
    files = OpenedFiles()
    files.read(ast.parse(source).body)
    return files.texts


@pytest.mark.parametrize(
    "source",
    [
        "with open('a.py', 'w') as f:\n    f.write('x = 1')",
        "with open('a.py', mode='wt') as f:\n    f.write('x = ')\n    f.write('1')",
        "t = 'x = 1'\nwith open('a.py', 'w') as f:\n    f.write(t)",
        "f = open('a.py', 'w')\nf.write('x = 1')\nf.close()",
        "name = 'a.py'\nPath(name).write_text('x = 1')",
        "from textwrap import dedent\n"
        "with open('a.py', 'w') as f:\n    f.write(dedent('  x = 1\\n').strip())",
    ],
)
def test_literal_text_is_known(source: str) -> None:
    """In one go or in parts, through a name or as it stands."""
    assert written(source) == {"a.py": "x = 1"}


@pytest.mark.parametrize(
    "source",
    [
        "with open('a.py', 'w') as f:\n    f.write(made())",
        "with open('a.py', 'w') as f:\n    f.write('x')\n    f.write(made())",
        "with open('a.py') as f:\n    f.write('x')",
        "with open('a.py', 'wb') as f:\n    f.write(b'x')",
        "with open('a.py', 'a') as f:\n    f.write('x')",
        "with open(path(), 'w') as f:\n    f.write('x')",
        "with gzip.open('a.py', 'w') as f:\n    f.write('x')",
        "t = 'x'\nt = made()\nPath('a.py').write_text(t)",
    ],
)
def test_other_text_is_not_known(source: str) -> None:
    """What is computed, read, or written in bytes."""
    assert written(source) == {}
