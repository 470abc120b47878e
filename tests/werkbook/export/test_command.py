"""The command line of the exporter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from werkbook.export import command, delivering
from werkbook.export.command import RUNS_NOTEBOOK, export_command
from werkbook.export.proof.progress import NoProgress

APP = "from flask import Flask\n\napp = Flask(__name__)"
VIEW = '@app.route("/")\ndef index():\n    return "hi"'


def save(path: Path, *sources: str) -> Path:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "source": s}
        for n, s in enumerate(sources)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    return path


@pytest.fixture(autouse=True)
def shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no output depend on how long a proof takes."""
    monkeypatch.setattr(command, "LineProgress", NoProgress)


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return save(tmp_path / "nb.ipynb", APP, VIEW, "%http /")


def test_export_writes_and_proves(notebook: Path) -> None:
    """The report says what was written; the status is 0."""
    done = CliRunner().invoke(export_command, [str(notebook), "--tests"])
    app = notebook.with_name("app.py")
    assert done.output == (
        f"{RUNS_NOTEBOOK}\nWrote {app}\nWrote {app.with_name('test_app.py')}\n"
        "Proved: 1 of 1 rule asked, 1 answer equal\n"
    )
    assert done.exit_code == 0
    assert "def test_get(client):" in app.with_name("test_app.py").read_text()


def test_export_without_a_check_says_so(notebook: Path) -> None:
    """Nothing runs."""
    save(notebook, APP, VIEW, "app.config['X'] = 1 / 0")
    done = CliRunner().invoke(export_command, [str(notebook), "--no-check"])
    assert done.output.endswith("Not proved: the file was not started.\n")
    assert done.exit_code == 0


def test_export_that_is_not_proved_fails(notebook: Path) -> None:
    """The file is written, the status is 1, the difference is shown."""
    save(notebook, APP, VIEW, "%http / --expect 404")
    done = CliRunner().invoke(export_command, [str(notebook)])
    assert done.output.endswith(
        "Not proved: cell 3: ExpectationError: GET /: expected 404, got 200 OK, when"
        " the notebook runs.\n"
    )
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "NotebookError"),
        ('{"cells": []}', "NoAppError: No cell of 'nb.ipynb' makes an app."),
        (
            '{"cells": [], "metadata": {"language_info": {"name": "R"}}}',
            "is a notebook of the language 'r'",
        ),
    ],
)
def test_export_of_no_app_is_an_error(
    notebook: Path, content: str, problem: str
) -> None:
    """No traceback, no file."""
    notebook.write_text(content)
    done = CliRunner().invoke(export_command, [str(notebook)])
    assert problem in done.output
    assert done.exit_code == 1
    assert not notebook.with_name("app.py").exists()


def test_export_of_no_file_is_an_error(tmp_path: Path) -> None:
    """The last line says which file is missing."""
    done = CliRunner().invoke(export_command, [str(tmp_path / "none.ipynb")])
    assert "none.ipynb' does not exist." in done.output
    assert done.exit_code == 2


def test_a_file_that_is_there_and_another_is_named(tmp_path: Path) -> None:
    """What a cell writes beside the notebook overwrites nothing; the report says so."""
    settings = "%%writefile settings.py\nNAME = 'cell'"
    reading = "import settings\nfrom flask import Flask\n\napp = Flask(__name__)"
    view = '@app.get("/")\ndef index():\n    return open("note.txt").read()'
    note = "%%writefile note.txt\nof the cell"
    notebook = save(tmp_path / "nb.ipynb", settings, reading, note, view)
    (tmp_path / "note.txt").write_text("mine\n")
    done = CliRunner().invoke(export_command, [str(notebook), "--no-check"])
    said = "cell 3: 'note.txt' is there with another text, and was left as it is."
    assert f"Caution: {said}\n" in done.output
    assert (tmp_path / "note.txt").read_text() == "mine\n"
    (tmp_path / "note.txt").write_text("of the cell\n")
    again = CliRunner().invoke(export_command, [str(notebook), "--no-check", "--force"])
    assert said not in again.output


@pytest.mark.parametrize("name", ["app.py", "test_app.py"])
def test_file_that_is_in_the_way_is_told_before_anything_runs(
    notebook: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a proof of what is not written."""
    monkeypatch.setattr(delivering, "Prover", None)
    notebook.with_name(name).write_text("mine")
    done = CliRunner().invoke(export_command, [str(notebook), "--tests"])
    assert f"{name!r} exists" in done.output.replace(f"{notebook.parent}/", "")
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)


def test_no_device_is_replaced(notebook: Path) -> None:
    """What is no file stays, and `-` is no file's name."""
    arguments = [str(notebook), "--no-check", "--force", "-o"]
    done = CliRunner().invoke(export_command, [*arguments, "/dev/null"])
    assert done.output.startswith("ExportExistsError: '/dev/null' is a device.")
    assert Path("/dev/null").is_char_device()
    done = CliRunner().invoke(export_command, [*arguments, "-"])
    assert (done.exit_code, "-o takes a file" in done.output) == (2, True)


@pytest.mark.parametrize("link", ["tests", ".github", "data"])
def test_project_is_written_through_no_link(notebook: Path, link: str) -> None:
    """A cloned repository may have a folder that leads to another place."""
    folder, other = notebook.parent, notebook.parent / "other"
    (folder / "data").mkdir()
    (folder / "data/names.txt").write_text("Ada")
    text = 'app.add_url_rule("/n", "n", lambda: open("data/names.txt").read())'
    save(notebook, APP, text)
    (folder / "project").mkdir()
    other.mkdir()
    (folder / "project" / link).symlink_to(other)
    arguments = [str(notebook), "--project", str(folder / "project")]
    done = CliRunner().invoke(export_command, arguments)
    assert done.exit_code == 1
    assert f"OutsideError: '{folder}/project/{link}/" in done.output
    assert list(other.iterdir()) == []
    assert [one.name for one in (folder / "project").iterdir()] == [link]


def test_cell_does_not_take_the_place_of_the_app(notebook: Path) -> None:
    """Another way of writing app.py would be written in place of what was proved."""
    text = 'app.add_url_rule("/n", "n", lambda: open("static/../app.py").read())'
    save(notebook, APP, text, "%%writefile static/../app.py\nevil")
    arguments = [str(notebook), "--no-check", "--project", str(notebook.parent / "p")]
    done = CliRunner().invoke(export_command, arguments)
    assert done.exit_code == 1
    assert "writes 'static/../app.py', and 'app.py' is written too." in done.output
    assert not (notebook.parent / "p").exists()


def test_notebook_is_not_written_over(notebook: Path) -> None:
    """With --force either."""
    before = notebook.read_bytes()
    arguments = [str(notebook), "--no-check", "--force", "-o", str(notebook)]
    done = CliRunner().invoke(export_command, arguments)
    assert (done.exit_code, notebook.read_bytes()) == (1, before)
    assert f"The file {str(notebook)!r} is what is read." in done.output
