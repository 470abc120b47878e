"""IPython's syntax without IPython."""

from __future__ import annotations

import pytest

from werkbook.cells.source import magics
from werkbook.cells.source.scripts import ScriptRun


def test_transform_keeps_the_number_of_lines() -> None:
    """What is not Python becomes `pass`, or nothing where a line goes on."""
    source = "!pip install a \\\n  b\n%matplotlib inline\nx = !who\nif x:\n    !ls\nx?"
    assert magics.transform(source).source == (
        'pass\n\npass\nx = os.environ["X"].splitlines()\nif x:\n    pass\npass'
    )


@pytest.mark.parametrize(
    "source",
    ["x = a % b", 's = """\n!x\n%y\n"""', "f(a,\n% b\n)", "d['a=%s'] = 1", "cat = 5"],
)
def test_transform_leaves_python_alone(source: str) -> None:
    """Strings and operators are Python."""
    assert magics.transform(source).source == source


def test_transform_gives_the_code_of_timed_lines() -> None:
    """`%time` runs its line in the notebook; `%env` sets a variable."""
    done = magics.transform("%time x = 1\n%env A=b c\n%run other.py")
    assert done.source == 'x = 1\nos.environ["A"] = "b c"\npass'
    assert done.needs == {"os"}
    assert done.runs == {3: ScriptRun("other.py")}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("x = %time f(1)", "x = f(1)"),
        ("x = %pwd", "x = os.getcwd()"),
        ("x = !pwd", "x = [os.getcwd()]"),
        ("x = %env HOME", 'x = os.environ["HOME"]'),
        ("x = %system echo hi", "x = ['hi']"),
        ("x = %sx who", 'x = os.environ["X"].splitlines()'),
        ("x = %sx ls", 'x = subprocess.getoutput("ls").splitlines()'),
        ("x = %timeit -o f()", 'x = get_ipython().run_line_magic("timeit", "-o f()")'),
        ("x = %who_ls", 'x = get_ipython().run_line_magic("who_ls", "")'),
        ("%cd ..", 'os.chdir("..")'),
        ("%cd ../a", 'os.chdir("../a")'),
        ("%cd -", "pass"),
        ("%cd /content", "pass"),
    ],
)
def test_transform_gives_what_a_magic_gives(line: str, text: str) -> None:
    """A magic that only IPython has stays its own: no shell answers it."""
    assert magics.transform(line).source == text


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("!pip install flask==2.0 -q pandas", ["flask==2.0", "pandas"]),
        ("%pip install 'uvicorn[standard]>=0.2'", ["uvicorn[standard]>=0.2"]),
        ("!pip install -r requirements.txt", []),
        ("pip install --upgrade flask-cors && ls", ["flask-cors"]),
        ("!python -m pip install a  # why", ["a"]),
        ("!ls", []),
    ],
)
def test_installs_are_read(line: str, found: list[str]) -> None:
    """What pip lines name, without options and files."""
    assert magics.installs(line) == found


def test_cell_magic_is_read() -> None:
    """The name, the line, and where the body starts."""
    magic = magics.cell_magic("\n%%writefile a.py\nx = 1")
    assert magic == magics.CellMagic("writefile", "a.py", "x = 1", 3)
    assert magics.cell_magic("x = 1\n%%time") is None


def test_a_cell_that_is_indented_as_a_whole_is_read_as_ipython_does() -> None:
    """What all its lines share goes; a cell of another form stays as it is."""
    source = "    x = 1\n\n    if x:\n        !ls\n        y = 2"
    made = "x = 1\n\nif x:\n    pass\n    y = 2"
    assert magics.transform(source).source == made
    assert magics.transform("x = 1\n    y = 2").source == ("x = 1\n    y = 2")


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("%env A={name}/b", 'os.environ["A"] = f"{name}/b"'),
        ("%env A=$name", 'os.environ["A"] = f"{name}"'),
        ("%env A=$HOME/b", 'os.environ["A"] = "$HOME/b"'),
        ("%env A={x.y}", 'os.environ["A"] = "{x.y}"'),
    ],
)
def test_names_in_an_environment_variable_are_filled_in(line: str, made: str) -> None:
    """As IPython does; names in capitals are the shell's."""
    assert magics.transform(line).source == made
