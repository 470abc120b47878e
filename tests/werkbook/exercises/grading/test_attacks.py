"""Submissions that want what is another's: work, memory, the disk, the grader."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.exercise_cases.course import code, notebook

from werkbook.exercises.course.key import Key, KeyTest, NotebookKey
from werkbook.exercises.grading.confinement import SubmissionLimits
from werkbook.exercises.grading.grading import grade_all
from werkbook.exercises.grading.results import Graded
from werkbook.exercises.grading.submissions import find_submissions

KEY = Key(
    (
        NotebookKey(
            "lesson.ipynb",
            ("%%exercise greet --timeout 1\nGreet.\n\nGET / -> 200\n",),
        ),
    )
)
LIMITS = SubmissionLimits(timeout_s=60)
READS = """import os
def readable(path):
    try:
        return open(path).read()
    except OSError:
        return ""
raise ValueError(readable({path!r}) and "read it")"""
FOREVER = "\nwhile True: pass"


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the submissions' folders made where it can be seen that they are gone."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))


def write(path: Path, *cells: str) -> Path:
    """Write a notebook of some cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook([code(cell) for cell in cells])), "utf-8")
    return path


def grade_one(folder: Path, cell: str, limits: SubmissionLimits = LIMITS) -> Graded:
    """Grade a notebook of one cell."""
    path = write(folder / "handed" / "ada" / "lesson.ipynb", cell)
    (graded,) = grade_all(find_submissions([path]), KEY, limits)
    assert list((folder / "scratch").iterdir()) == []
    return graded


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a folder that no folder for temporary files covers."""
    with tempfile.TemporaryDirectory(prefix=".class-", dir=Path(__file__).parent) as it:
        yield Path(it)


@pytest.mark.parametrize(
    ("theirs", "asked"),
    [
        ("submitted/bob/hello/lesson.ipynb", ["submitted"]),
        ("submitted/bob/hello/part/lesson.ipynb", ["submitted"]),
        ("elsewhere/bob/lesson.ipynb", ["submitted", "elsewhere"]),
        ("elsewhere/bob.ipynb", ["submitted", "elsewhere/bob.ipynb"]),
    ],
    ids=["nbgrader", "deeper", "two folders", "a file"],
)
def test_others_work_cannot_be_read(home: Path, theirs: str, asked: list[str]) -> None:
    """Wherever another's notebook lies: it is there to be graded, too."""
    other = write(home / theirs, "ANSWER = 42")
    mine = home / "submitted" / "ada" / "hello" / "lesson.ipynb"
    write(mine, READS.format(path=str(other)))
    found = find_submissions(home / one for one in asked)
    results = grade_all(found, KEY, LIMITS)
    failed = {one.student: one.failed for one in results}
    assert failed == {"ada": (("ValueError", ""),), "bob": ()}


def test_others_work_beside_python_cannot_be_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that Python is in stays; the notebooks in it don't."""
    monkeypatch.setattr("sys.prefix", str(home / "class" / ".venv"))
    (home / "class" / ".venv").mkdir(parents=True)
    other = write(home / "class" / "bob.ipynb", "ANSWER = 42")
    write(home / "class" / "ada.ipynb", READS.format(path=str(other)))
    results = grade_all(find_submissions([home / "class"]), KEY, LIMITS)
    assert [one.failed for one in results] == [(("ValueError", ""),), ()]


@pytest.mark.parametrize(
    "cell",
    [
        "import os\n"
        "for number in range(6):\n"
        "    if not os.fork():\n"
        "        kept = bytearray(150_000_000)\n"
        "        while True: pass",
        "import os\n"
        "for number in range(8):\n"
        "    os.write(os.memfd_create('x'), bytes(90_000_000))",
    ],
    ids=["processes", "files in memory"],
)
def test_memory_of_all_its_processes_counts(tmp_path: Path, cell: str) -> None:
    """Each may have so much; together they may not have more."""
    limits = SubmissionLimits(timeout_s=60, memory_mb=600)
    graded = grade_one(tmp_path, cell + FOREVER, limits)
    assert graded.problem == "It took more than 600 MB of memory."


@pytest.mark.parametrize(
    "cell",
    [
        "for number in range(6):\n"
        "    file = open('x', 'wb', buffering=0); kept.append(file)\n"
        "    os.unlink('x'); file.write(bytes(9_000_000))",
        "for _ in range(40):\n"
        "    os.mkdir('d' * 200); os.chdir('d' * 200)\n"
        "for number in range(6):\n"
        "    with open(str(number), 'wb') as file: file.write(bytes(9_000_000))",
        "for _ in range(3000):\n"
        "    os.mkdir('d'); os.chdir('d')\n"
        "for number in range(6):\n"
        "    with open(str(number), 'wb') as file: file.write(bytes(9_000_000))",
    ],
    ids=["without a name", "a long path", "deep"],
)
def test_hidden_files_count(tmp_path: Path, cell: str) -> None:
    """A file that no path leads to fills the disk as any other, and goes."""
    limits = SubmissionLimits(timeout_s=60, folder_mb=20)
    graded = grade_one(tmp_path, f"import os\nkept = []\n{cell}{FOREVER}", limits)
    assert graded.problem in (
        "It wrote more than 20 MB.",
        "In its folder folders are nested deeper than 100.",
    )


def test_files_without_content_count(tmp_path: Path) -> None:
    """A disk has room for so many files, empty or not."""
    cell = "for number in range(3000): open(str(number), 'w').close()" + FOREVER
    limits = SubmissionLimits(timeout_s=60, files=2000)
    graded = grade_one(tmp_path, cell, limits)
    assert graded.problem == "It made more than 2000 files."


TESTED = Key(
    (
        NotebookKey(
            "lesson.ipynb",
            (
                "%%exercise say --timeout 2\nSay it.\n\n"
                'hidden GET / -> text has "zebra"\n',
            ),
            (KeyTest("add", 2, "assert add(2, 3) == 5\nassert add(20, 22) == 42"),),
        ),
    )
)
ADDS_NOTHING = "\ndef add(a, b): return 0"


@pytest.mark.parametrize(
    "cell",
    [
        "import werkbook.exercises.check_judging as judging\n"
        "judging.judge = lambda *_, **__: type('V', (), {'holds': True})()\n"
        "import builtins; builtins.all = builtins.any = lambda *_: True",
        "shell = get_ipython()\n"
        "class Drops:\n"
        "    def visit(self, tree):\n"
        "        tree.body = [n for n in tree.body if type(n).__name__ != 'Assert']\n"
        "        return tree\n"
        "shell.ast_transformers.append(Drops())",
        "get_ipython().input_transformers_cleanup.append(\n"
        "    lambda lines: [one for one in lines if not one.startswith('assert')])",
        "import builtins\n"
        "real = compile\n"
        "builtins.compile = lambda source, *a, **k: real('None', *a, **k)",
        "import sys\n"
        "for name, module in list(sys.modules.items()):\n"
        "    for one in list(vars(module)) if name.startswith('werkbook') else ():\n"
        "        if callable(getattr(module, one)):\n"
        "            setattr(module, one, lambda *_, **__: True)",
        "import sys; sys.modules.clear()",
        "import os\n"
        "for fd in range(3, 100):\n"
        "    try: os.write(fd, b'{\"answers\": []}\\n')\n"
        "    except OSError: pass",
        "class Any(str):\n"
        "    def __contains__(self, one): return True\n"
        "def app(environ, start_response):\n"
        "    start_response(Any('200 OK'), [('Content-Type', Any('text/html'))])\n"
        "    return [b'nothing']",
    ],
    ids=[
        *("judge", "no asserts", "no lines", "compile", "all of it", "no modules"),
        *("answers", "text that has all"),
    ],
)
def test_nobody_passes_by_patching(tmp_path: Path, cell: str) -> None:
    """What is judged is judged outside, and each test comes to its end or fails."""
    path = write(tmp_path / "class" / "ada" / "lesson.ipynb", cell + ADDS_NOTHING)
    right = (
        "from werkbook import App\napp = App('x')\n"
        "app.get('/')(lambda: 'zebra')\ndef add(a, b): return a + b"
    )
    write(tmp_path / "class" / "bob" / "lesson.ipynb", right)
    ada, bob = grade_all(find_submissions([path.parents[1]]), TESTED, LIMITS)
    assert (ada.points, bob.points) == (0, 3)
