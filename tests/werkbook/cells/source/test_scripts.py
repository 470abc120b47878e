"""Scripts that cells run."""

from __future__ import annotations

import pytest

from werkbook.cells.cell import Cell
from werkbook.cells.source.parse import parse_cells
from werkbook.cells.source.scripts import (
    python_command,
    python_commands,
    read_run,
    serves,
)

MAKE = "%%writefile make.py\nimport json\njson.dump(1, open('data.json', 'w'))"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%run other.py", ["other.py"]),
        ("%run -i other.py  # now", ["other.py"]),
        ("%run 'other.py' Ada --n 2", ["other.py", "Ada", "--n", "2"]),
        ('    %run other "Bob Lee"', ["other", "Bob Lee"]),
        ("%run other.py *.csv", []),
        ("%run other.py {name}", []),
        ("%run other.py 'open", []),
        ("%run -n other.py", ["other.py"]),
    ],
)
def test_run_lines_are_read(line: str, words: list[str]) -> None:
    """What IPython fills in or opens first is not known from the text."""
    run = read_run(line)
    assert ([run.path, *run.words] if run else []) == words
    assert run is None or run.is_main == ("-n" not in line.split()[1])


@pytest.mark.parametrize(
    ("command", "made"),
    [
        ("python make.py", 'subprocess.run([sys.executable, "make.py"])'),
        (
            "{sys.executable} -u make.py 'a b' 3",
            'subprocess.run([sys.executable, "make.py", "a b", "3"])',
        ),
        (
            "python3 make.py > out.txt",
            'subprocess.run([sys.executable, "make.py"], stdout=open("out.txt", "w"))',
        ),
        ("python make.py | head", ""),
        ("python make.py $HOME", ""),
        ("python -m make", ""),
        ("python other.py", ""),
    ],
)
def test_command_that_runs_a_script_is_written_as_python(
    command: str, made: str
) -> None:
    """Other commands, and what the shell fills in, are none."""
    found = python_command(command, "make.py".__eq__, is_kept=False)
    assert found == made


def test_lines_that_a_script_prints_are_kept() -> None:
    """Standard error is among them, as IPython has it."""
    made = python_command("python make.py", lambda path: True, is_kept=True)
    assert made == (
        'subprocess.run([sys.executable, "make.py"], stdout=subprocess.PIPE,'
        " stderr=subprocess.STDOUT, text=True).stdout.splitlines()"
    )


def test_script_that_serves_is_no_script() -> None:
    """The app of a file that is run is exported, and nothing starts it beside."""
    assert serves("import os\nfrom flask import Flask")
    assert not serves("import json\nflask = 1")
    app = "%%writefile app.py\nfrom flask import Flask\napp = Flask(__name__)"
    cells = [Cell("a", app), Cell("b", "!python app.py")]
    assert [one.text for one in parse_cells(cells).statements] == ["pass"]


def test_statement_knows_what_its_script_writes() -> None:
    """By the texts of the script, and by what it is given."""
    for line in (
        "!python make.py out.csv",
        "import subprocess; subprocess.run(['python', 'make.py', 'out.csv'])",
        "import os; os.system('python make.py out.csv')",
    ):
        last = parse_cells([Cell("a", MAKE), Cell("b", line)]).statements[-1]
        assert {"data.json", "out.csv"} <= last.writes
    assert not parse_cells([Cell("b", "!python make.py")]).statements[-1].writes


def test_script_has_its_arguments_while_it_runs() -> None:
    """What follows has those of before."""
    script = "%%writefile name.py\nimport sys\nNAME = sys.argv[1]"
    cells = [Cell("a", script), Cell("b", "%run name.py Ada\nprint(NAME)")]
    assert [one.text for one in parse_cells(cells).statements] == [
        "import sys",
        '_argv, sys.argv = sys.argv, ["name.py", "Ada"]',
        "import sys",
        "NAME = sys.argv[1]",
        "sys.argv = _argv",
        "pass",
        "print(NAME)",
    ]


@pytest.mark.parametrize(
    ("script", "made"),
    [
        ("python make.py", ['subprocess.run([sys.executable, "make.py"])']),
        (
            "cd d && python make.py\npython make.py",
            ['subprocess.run([sys.executable, "make.py"], cwd="d")'] * 2,
        ),
        (
            "mkdir -p d; cd d\npython3 -c \"open('x')\"",
            [
                'os.makedirs("d", exist_ok=True)',
                """subprocess.run([sys.executable, "-c", "open('x')"], cwd="d")""",
            ],
        ),
        (
            "python - <<'E'\nprint(1); print(2)\nE\necho done",
            ['subprocess.run([sys.executable, "-c", "print(1); print(2)\\n"])'],
        ),
        ("python - <<E\nprint($HOME)\nE", []),
        ('python -c "print($HOME)"', []),
        ("mkdir d\ncd d", []),
        ("cd .. && python make.py", []),
        ("echo 'python make.py'", []),
        ("python other.py; pip install python", []),
    ],
)
def test_what_a_shell_script_runs_of_python(script: str, made: list[str]) -> None:
    """Folders are followed, inside of the notebook's; nothing else is run."""
    assert python_commands(script, lambda path: path.endswith("make.py")) == made


@pytest.mark.parametrize(
    "cell",
    [
        "%%bash\npython make.py",
        "%%script bash\npython make.py",
        "%sx python make.py",
        "!!python make.py",
        "!python -c \"import json; json.dump(1, open('data.json', 'w'))\"",
        "%%python\nimport json\njson.dump(1, open('data.json', 'w'))",
        "%%bash\npython3 <<'E'\nimport json\njson.dump(1, open('data.json', 'w'))\nE",
    ],
)
def test_each_way_to_run_python_is_read(cell: str) -> None:
    """What it writes is known."""
    last = parse_cells([Cell("a", MAKE), Cell("b", cell)]).statements[-1]
    assert last.text.startswith("subprocess.run([sys.executable, ")
    assert "data.json" in last.writes
