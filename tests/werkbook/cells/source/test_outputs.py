"""Names that IPython binds to what cells showed, in the order of the cells."""

from __future__ import annotations

import pytest

from werkbook.cells.cell import Cell
from werkbook.cells.source.parse import parse_cells


def read(*sources: str) -> str:
    """The statements of a few cells, one after the other."""
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    return "\n".join(one.text for one in parse_cells(cells).statements)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = _", "_1 = 1\nx = _1"),
        ("x = Out.get(1)", "_1 = 1\nx = _1"),
        ("x = Out.get(9)", "1\nx = Out.get(9)"),
        ("x = In[1]", "1\nx = '1'"),
        ("x = In[9]", "1\nx = In[9]"),
        ("def f():\n    return _", "1\ndef f():\n    return _3"),
        ("def f(_):\n    return _", "1\ndef f(_):\n    return _"),
        ("f = lambda: _", "1\nf = lambda: _"),
        (
            "def f():\n    return [_ for _ in x]",
            "1\ndef f():\n    return [_ for _ in x]",
        ),
    ],
)
def test_what_was_shown_has_a_name(source: str, found: str) -> None:
    """A function is called when all cells have run: it means what was shown last."""
    last = "_3 = 3" if "_3" in found else "3"
    assert read("1", source, "3") == f"{found}\n{last}"


@pytest.mark.parametrize(
    "install",
    ["gettext.install('shop')", "found.install()", "builtins._ = str"],
)
def test_builtin_translation_is_no_output(install: str) -> None:
    """Where gettext has made `_` a function, IPython lets it be one."""
    cells = (install, "5", "word = _('hi')", "def f():\n    return _('x')")
    assert read(*cells) == "\n".join(cells)
    assert "_2 = 5" in read("pip.main(['install'])", *cells[1:])


def test_what_capture_keeps_is_kept() -> None:
    """Only where a cell reads it as text; else the cell stands there by itself."""
    read_later = read("%%capture out\nprint(1)", "x = out.stdout")
    assert "redirect_stdout(io.StringIO()) as _out_stdout" in read_later
    assert "out = types.SimpleNamespace(stdout=_out_stdout.getvalue()" in read_later
    assert read("%%capture out\nprint(1)", "out.show()") == "print(1)\nout.show()"


@pytest.mark.parametrize("reader", ["x = str(out)", "x = f'{out}'"])
def test_what_capture_keeps_is_text_of_what_was_printed(reader: str) -> None:
    """IPython's object is so where it is read as a whole, and not by its parts."""
    space: dict[str, object] = {}
    exec(read("%%capture out\nprint(1)", reader, "y = out.stderr"), space)
    assert (space["x"], space["y"]) == ("1\n", "")
