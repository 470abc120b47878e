"""A stranger's notebook: no name and no text in it becomes code of what is written."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from werkbook.export import Cell
from werkbook.export.delivering import Wish, deliver

APP = Cell("app", "from werkbook import App\n\napp = App()")
INDEX = Cell("index", "@app.get('/')\ndef index():\n    return 'x'")
ASK = Cell("ask", "%http / --expect 200")


def project_of(folder: Path, name: str, *cells: Cell) -> Path:
    """Export a notebook of some name as a project, without a proof."""
    wish = Wish(folder / name, project=folder / "out", is_checked=False)
    deliver([APP, INDEX, *cells, ASK], wish)
    return folder / "out"


@pytest.mark.parametrize(
    "name",
    [
        'a"""\nimport os; os._exit(3)\n#.ipynb',
        'a"""; import os; os._exit(3); """.ipynb',
        "a\\",
        "a\rimport os\x0cevil()\u2028evil()\x85evil().ipynb",
    ],
)
def test_name_of_a_notebook_is_no_code(tmp_path: Path, name: str) -> None:
    """It stands in a docstring, and stays there, in one line."""
    project = project_of(tmp_path, name)
    for path in ("app.py", "tests/test_app.py"):
        text = (project / path).read_text("utf-8")
        first = ast.parse(text).body[0]
        assert isinstance(first, ast.Expr)
        assert isinstance(first.value, ast.Constant)
        assert (first.lineno, first.end_lineno) == (1, 1)
        assert text.splitlines()[0].endswith('."""')
        assert "_exit" not in "".join(text.splitlines()[1:])


def test_name_of_a_notebook_is_no_command(tmp_path: Path) -> None:
    """Who copies the README's last command runs Werkbook, and nothing else."""
    text = (project_of(tmp_path, "a;$(touch x).ipynb") / "README.md").read_text("utf-8")
    assert text.startswith("# A web app from `a;$(touch x).ipynb`\n")
    assert "`werkbook export 'a;$(touch x).ipynb' --project .`" in text


@pytest.mark.parametrize("name", ["a`b.ipynb", "a\nRUN x.ipynb", "a\x1b[2J.ipynb"])
def test_name_that_no_line_can_show_is_not_in_a_command(
    tmp_path: Path, name: str
) -> None:
    """Nothing of it is told as something to type."""
    text = (project_of(tmp_path, name) / "README.md").read_text("utf-8")
    assert "`werkbook export NOTEBOOK.ipynb --project .`" in text
    assert name not in text
    assert text.splitlines()[1] == ""


def test_settings_can_be_read_by_a_shell(tmp_path: Path) -> None:
    """Neither a variable's name nor its default is run by who reads the file in."""
    cell = """import os
A = os.getenv("PLAIN", "redis://localhost:6379/0")
B = os.getenv("TWO_WORDS", "My touch ran")
C = os.getenv("RUNS", "$(touch ran)")
D = os.getenv("LINES", "a\\nPATH=/evil")
E = os.environ["NAMED=$(touch ran)"]
F = os.environ["N\\nPATH"]

@app.get("/read")
def read():
    return str((A, B, C, D, E, F))"""
    project = project_of(tmp_path, "a.ipynb", Cell("read", cell))
    text = (project / ".env.example").read_text("utf-8")
    assert "\nPLAIN=redis://localhost:6379/0\n" in text
    assert "\n# TWO_WORDS=My touch ran\n" in text
    assert "\n# LINES=a PATH=/evil\n" in text
    assert "NAMED" not in text
    shell = shutil.which("sh") or "sh"
    env = {**os.environ, "PATH": os.environ["PATH"]}
    script = '. ./.env.example; printf %s "$PATH"'
    done = subprocess.run(
        [shell, "-c", script], cwd=project, env=env, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, env["PATH"], "")
    assert not (project / "ran").exists()
