"""Sources of strangers: nothing hangs, nothing is written elsewhere, no traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.werkbook.importer.apps import write

from werkbook.cells.read import load
from werkbook.export.exporter import MARK
from werkbook.importer.code.namespace import ModuleNames
from werkbook.importer.import_command import import_command

APP = (
    "from flask import Flask\n\napp = Flask(__name__)\n\n\n"
    '@app.get("/")\ndef index():\n    return "hi"\n'
)
LOADER = (
    "from jinja2 import ChoiceLoader, DictLoader\n\nTEXTS = {}\n"
    "app.jinja_loader = ChoiceLoader([DictLoader(TEXTS)])\n"
)


def run(*arguments: str | Path) -> tuple[int, str]:
    """Run the command; only what its errors say ends it."""
    done = CliRunner().invoke(import_command, [str(one) for one in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3_000_000_000)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("make", [_pipe, _link_to_itself, _huge, Path.mkdir])
@pytest.mark.parametrize("entry", ["zz.py", "pkg/__init__.py"])
def test_what_is_no_module_is_passed_over(
    make: Callable[[Path], object], entry: str, tmp_path: Path
) -> None:
    """A pipe has no end, a folder no text; the app is another file."""
    write(tmp_path, {entry: APP})
    make(tmp_path / "aa.py")
    status, said = run(tmp_path, "-o", tmp_path / "out.ipynb")
    assert (status, "with 1 route" in said) == (0, True), said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_source_without_an_end_or_too_large_is_named(tmp_path: Path) -> None:
    """And is not read."""
    _pipe(tmp_path / "pipe.py")
    _huge(tmp_path / "huge.py")
    pipe, huge = run(tmp_path / "pipe.py"), run(tmp_path / "huge.py")
    assert (pipe[0], huge[0]) == (1, 1)
    assert pipe[1].startswith(f"ImportingError: '{tmp_path}/pipe.py' is a device or a")
    assert "huge.py' has 3,000,000,000 bytes.\n  Why: a module of an app" in huge[1]


@pytest.mark.parametrize("name", ["../evil.ipynb", "/tmp/evil.ipynb", "\x1b[31m", ".."])
def test_name_in_a_first_line_leads_nowhere_else(name: str, tmp_path: Path) -> None:
    """Anybody can write what an export writes there."""
    head = f'"""Web app of the notebook {name}, {MARK}."""\n\n'
    write(tmp_path / "app", {"app.py": head + APP})
    status, said = run(tmp_path / "app" / "app.py")
    assert (status, said.partition(":")[0]) == (0, f"Wrote {tmp_path}/app/app.ipynb")
    assert {one.name for one in tmp_path.iterdir()} == {"app"}


@pytest.mark.parametrize(
    "texts",
    [
        "__import__('os').abort()",
        "[1]",
        "{1: 2, '../x': 'y'}",
        "{[]: 1}",
        "{'a.html': '\\ud800'}",
        "{'a.html\\n!touch x': 'y'}",
    ],
)
def test_code_below_a_mark_that_no_export_wrote_stays_code(
    texts: str, tmp_path: Path
) -> None:
    """Cells can't hold it."""
    head = f'"""Web app of the notebook nb.ipynb, {MARK}."""\n\n'
    write(tmp_path, {"app.py": head + APP + LOADER.replace("{}", texts)})
    status, said = run(tmp_path / "app.py")
    assert status == 0, said
    cells = [one.source for one in load(tmp_path / "nb.ipynb").cells]
    assert any(f"TEXTS = {texts}" in one for one in cells)
    assert not any(one.startswith("%%template") for one in cells)


def test_code_below_a_mark_may_nest_deeper_than_a_parser(tmp_path: Path) -> None:
    """LibCST has no limit: the process ended with a segmentation fault."""
    head = f'"""Web app of the notebook nb.ipynb, {MARK}."""\n\n'
    deep = f"x = {'[' * 5_000}{']' * 5_000}\n"
    write(tmp_path, {"app.py": head + APP + deep})
    status, said = run(tmp_path / "app.py")
    assert status == 1
    assert "Why: Python says: too many nested parentheses\n" in said


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text there")
def test_names_that_are_no_text_stay_files(tmp_path: Path) -> None:
    """A terminal obeys none of them, and the notebook is UTF-8."""
    write(tmp_path, {"\x1b[31m\udcff.py": APP})
    for name in (
        "templates/\udcff.html",
        "static/\udcff.css",
        "templates/\x1b[3m.html",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("hi\n")
    status, said = run(
        tmp_path / "\x1b[31m\udcff.py", "-o", tmp_path / "b" / "n\x1b.ipynb"
    )
    assert status == 0
    assert all(one.isprintable() for one in said.splitlines())
    text = (tmp_path / "b" / "n\x1b.ipynb").read_text("utf-8")
    assert "%%template \\udcff" not in text
    assert (tmp_path / "b" / "static" / "\udcff.css").read_text() == "hi\n"


def test_templates_of_another_folder_are_told(tmp_path: Path) -> None:
    """A stranger's app may name a folder of yours, whose texts become cells."""
    write(tmp_path / "keys", {"hosts.yml": "token\n"})
    made = APP.replace(
        "__name__", f"__name__, template_folder={str(tmp_path / 'keys')!r}"
    )
    write(tmp_path / "app", {"app.py": made})
    status, said = run(tmp_path / "app")
    assert status == 0
    assert (
        "Templates and static files are those of folders outside of the app's:"
        f" {tmp_path}/keys.\n"
    ) in said


def test_file_of_another_folder_that_no_cell_holds_is_refused(tmp_path: Path) -> None:
    """What helps is told: another place of the notebook does not."""
    write(tmp_path / "keys", {"id_key": "token\n"})
    made = APP.replace(
        "__name__", f"__name__, template_folder={str(tmp_path / 'keys')!r}"
    )
    write(tmp_path / "app", {"app.py": made})
    status, said = run(tmp_path / "app")
    assert (status, list((tmp_path / "app").glob("*.ipynb"))) == (1, [])
    assert said.endswith(
        "  Fix: move the file into the app's folder, or a copy of it.\n"
    )


def test_name_bound_a_thousand_times_is_looked_up_once_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once for each time that it is read: 8,000 lines took 156 s."""
    count, find = 0, ModuleNames.find_alias

    def counted(self: ModuleNames, assignment: object, name: str) -> object:
        nonlocal count
        count += 1
        return find(self, assignment, name)

    monkeypatch.setattr(ModuleNames, "find_alias", counted)
    write(tmp_path, {"app.py": APP + "x = 1\n" * 300})
    assert run(tmp_path / "app.py")[0] == 0
    assert count < 300 * 10
