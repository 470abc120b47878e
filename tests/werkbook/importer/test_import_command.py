"""The command line of the importer: what it writes, and what it says."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.werkbook.importer.apps import write

from werkbook.cells.read import load
from werkbook.cli import cli
from werkbook.importer.import_command import import_command

APP = (
    "from flask import Flask\nfrom words import greeting\n\napp = Flask(__name__)\n\n\n"
    '@app.get("/")\ndef index():\n    return greeting\n'
)
FILES = {"app.py": APP, "words.py": "greeting = 'hi'\n", "static/a.css": "p {}\n"}


def run(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(import_command, [str(one) for one in arguments])
    return done.exit_code, done.output


def test_import_writes_a_notebook_beside_the_app(tmp_path: Path) -> None:
    """Nothing is copied there, and the same files give the same bytes."""
    app = write(tmp_path, FILES) / "app.py"
    assert run(app) == (
        0,
        f"Wrote {tmp_path}/app.ipynb: 8 cells, with 1 route and 1 static file.\n"
        "Modules that stay files: words.py.\n"
        f"And back: werkbook export {tmp_path}/app.ipynb -o app.py\n",
    )
    first = (tmp_path / "app.ipynb").read_bytes()
    assert run(app, "--force")[0] == 0
    assert (tmp_path / "app.ipynb").read_bytes() == first
    assert [one.kind for one in load(tmp_path / "app.ipynb").cells] == [
        "markdown",
        *["code"] * 4,
        "markdown",
        "code",
        "code",
    ]
    assert json.loads(first)["nbformat_minor"] == 5


def test_files_go_along_to_another_folder(tmp_path: Path) -> None:
    """Those that are no cells, and that the app needs."""
    write(tmp_path / "old", FILES)
    target = tmp_path / "new" / "app.ipynb"
    assert run(tmp_path / "old", "-o", target, "--keep-files") == (
        0,
        f"Wrote {target}: 6 cells, with 1 route.\n"
        "Modules that stay files: words.py.\n"
        "Copied beside it: static/a.css, words.py.\n"
        f"And back: werkbook export {target} -o app.py\n",
    )
    assert (tmp_path / "new/words.py").read_text() == FILES["words.py"]
    assert (tmp_path / "new/static/a.css").read_text() == FILES["static/a.css"]


def test_way_back_names_a_file_that_the_export_may_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app's own file is there, and no export overwrites it."""
    write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    status, said = run("app.py", "-o", "my app.ipynb")
    back = said.splitlines()[-1].removeprefix("And back: ")
    assert (status, back) == (0, "werkbook export 'my app.ipynb' -o exported.py")
    done = CliRunner().invoke(cli, [*shlex.split(back)[1:], "--no-check"])
    assert done.exit_code == 0, done.output
    assert "return greeting" in Path("exported.py").read_text("utf-8")
    again = run("app.py", "-o", "my app.ipynb", "--force")[1]
    assert again.endswith("-o exported.py\n")


@pytest.mark.parametrize("name", ["app.ipynb", "words.py"])
def test_what_is_there_is_never_overwritten(name: str, tmp_path: Path) -> None:
    """Then nothing is written, until --force says so."""
    write(tmp_path / "old", FILES)
    target = tmp_path / "new"
    write(target, {name: "somebody's own"})
    texts = {
        "app.ipynb": f"NotebookExistsError: The file '{target}/app.ipynb' exists.\n"
        "  Why: an import never overwrites what is there.\n"
        "  Fix: choose another name with -o, or add --force.\n",
        "words.py": f"NotebookExistsError: The file '{target}/words.py' exists, and is"
        " not that of the app.\n"
        "  Why: the notebook needs the app's there, and an import never overwrites.\n"
        "  Fix: choose another folder with -o, or add --force.\n",
    }
    asked = (tmp_path / "old", "-o", target / "app.ipynb")
    assert run(*asked) == (1, texts[name])
    assert [one.name for one in target.iterdir()] == [name]
    assert run(*asked, "--force")[0] == 0
    assert (target / "words.py").read_text() == FILES["words.py"]


def test_command_line_has_the_command() -> None:
    """`werkbook import --help` says what it takes."""
    done = CliRunner().invoke(cli, ["import", "--help"])
    assert done.exit_code == 0
    assert "Make a notebook of the Flask app that SOURCE is." in done.output


def test_link_brings_no_file_of_the_machine_along(tmp_path: Path) -> None:
    """A stranger's project whose static file is a link to a secret is refused."""
    secret = tmp_path / "id_rsa.txt"
    secret.write_text("secret\n")
    source = tmp_path / "project"
    for folder in ("static", "templates", "data"):
        (source / folder).mkdir(parents=True)
        (source / folder / "inside.txt").write_text("inside\n")
        (source / folder / "link.txt").symlink_to(secret)
    (source / "app.py").write_text(
        "from flask import Flask\napp = Flask(__name__)\nfolder = 'data'\n"
        "@app.get('/')\ndef index():\n    return folder\n"
    )
    target = tmp_path / "out" / "app.ipynb"
    status, said = run(source / "app.py", "-o", target)
    assert status == 1
    assert "lies outside of the app's folder" in said
    for folder in ("static", "templates"):
        (source / folder / "link.txt").unlink()
    status, said = run(source / "app.py", "-o", target)
    assert status == 0
    files = [one for one in target.parent.rglob("*") if one.is_file()]
    assert [one for one in files if "secret" in one.read_text()] == []
    assert (target.parent / "data" / "inside.txt").exists()
