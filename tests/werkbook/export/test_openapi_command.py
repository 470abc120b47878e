"""`werkbook openapi notebook.ipynb -o openapi.json`, and `--diff`."""

import json
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from openapi_spec_validator import validate

from werkbook.export.openapi_command import openapi_command

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
HEAD = "%load_ext werkbook\nfrom werkbook import App, request\napp = App()\n"
VIEW = """%%route POST /items (name: str)
from pathlib import Path
Path("log").write_text(name)
{"name": name, "token": "x"}"""
ASK = "%http POST /items name==a"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A notebook whose app has one view, and a cell that asks it."""
    return write(tmp_path / "shop.ipynb", HEAD, VIEW, ASK)


def write(path: Path, *sources: str) -> Path:
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(book, path)
    return path


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(openapi_command, [str(one) for one in arguments])
    return done.exit_code, done.output


def test_document_is_written(notebook: Path, tmp_path: Path) -> None:
    """The document has what the cells ask as examples, and leaves no other file."""
    output = tmp_path / "openapi.json"
    assert run(notebook, "-o", output) == (0, f"Wrote {output}: 1 operation.\n")
    document = json.loads(output.read_text())
    validate(document)
    media = document["paths"]["/items"]["post"]["responses"]["200"]["content"]
    assert media["application/json"]["example"] == {"name": "a", "token": "***"}
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "openapi.json",
        "shop.ipynb",
    ]
    assert run(notebook) == (0, output.read_text())


def test_diff_marks_what_breaks(notebook: Path, tmp_path: Path) -> None:
    """The exit status says whether a change breaks clients."""
    output = tmp_path / "openapi.json"
    run(notebook, "-o", output)
    before = output.read_text()
    said = "0 changes, 0 of them breaking.\n"
    assert run(notebook, "-o", output, "--diff") == (0, said)
    write(notebook, HEAD, VIEW.replace("name: str", "name: str, shop: int"), ASK)
    status, text = run(notebook, "-o", output, "--diff")
    assert status == 1
    assert "BREAKING POST /items: query parameter 'shop' is new and required" in text
    assert output.read_text() == before


def test_wrong_uses(notebook: Path, tmp_path: Path) -> None:
    """What can't be compared or described is an error in three lines."""
    assert "--diff compares with a file, and there is no" in run(notebook, "--diff")[1]
    other = tmp_path / "other.json"
    other.write_text("{")
    status, text = run(notebook, "-o", other, "--diff")
    assert (status, text.splitlines()[0]) == (
        1,
        f"NotebookError: {str(other)!r} is no OpenAPI document.",
    )


def test_notebook_runs_shut_in(tmp_path: Path) -> None:
    """What the notebook's code tries outside of its copy is refused, as in a proof."""
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "inside"
    folder.mkdir()
    code = f"""import os, socket
def can(act):
    try:
        act()
    except OSError:
        return False
    return True
HOME = os.environ["HOME"]
WRITES = can(lambda: open({str(outside / "file")!r}, "w"))
ASKS = can(lambda: socket.create_connection(("192.0.2.1", 80), timeout=5))
@app.get("/")
def index():
    return dict(writes=WRITES, asks=ASKS, home=HOME.rpartition("/")[2])"""
    path = write(folder / "n.ipynb", HEAD, code, "%http /")
    status, text = run(path)
    assert status == 0, text
    content = json.loads(text)["paths"]["/"]["get"]["responses"]["200"]["content"]
    found = content["application/json"]["example"]
    assert found == {"writes": False, "asks": False, "home": "home"}
    assert list(outside.iterdir()) == []


def test_notebook_whose_code_fails_is_told(tmp_path: Path) -> None:
    """The error says what failed; the process that ran it is gone."""
    view = "RATE = 1 / 0\n@app.get('/')\ndef index():\n    return str(RATE)"
    path = write(tmp_path / "n.ipynb", HEAD, view)
    status, text = run(path)
    assert (status, text) == (
        1,
        "NotebookError: The app of 'n.ipynb' cannot be described.\n"
        "  Why: ZeroDivisionError: division by zero.\n"
        "  Fix: restart the kernel and run all cells: that shows which one it is.\n",
    )
    status, text = run(write(tmp_path / "n.ipynb", "x = 1"))
    assert (status, text.splitlines()[0]) == (
        1,
        "NoAppError: No cell of 'n.ipynb' makes an app.",
    )


@pytest.mark.parametrize(
    "path",
    [*sorted(NOTEBOOKS.glob("0*.ipynb")), *sorted(NOTEBOOKS.glob("gallery/typed*"))],
    ids=lambda path: path.stem,
)
def test_tour_and_lessons_have_valid_documents(path: Path) -> None:
    """The document of each is OpenAPI 3.1, and names its rules."""
    status, text = run(path)
    assert status == 0, text
    document = json.loads(text)
    validate(document)
    assert document["paths"]


def test_nothing_else_is_overwritten(notebook: Path, tmp_path: Path) -> None:
    """The notebook itself, a folder and a device stay; --force is asked for."""
    before = notebook.read_bytes()
    for force in ([], ["--force"]):
        status, text = run(notebook, "-o", notebook, *force)
        first = f"ExportExistsError: The file {str(notebook)!r} is what is read."
        assert (status, text.splitlines()[0]) == (1, first)
        assert notebook.read_bytes() == before
    status, text = run(notebook, "-o", "/dev/null", "--force")
    assert (status, text.splitlines()[0]) == (
        1,
        "ExportExistsError: '/dev/null' is a device.",
    )
    assert Path("/dev/null").is_char_device()
    other = tmp_path / "other.txt"
    other.write_text("mine")
    status, text = run(notebook, "-o", other)
    first = f"ExportExistsError: The file {str(other)!r} exists, and is no OpenAPI"
    assert (status, text.startswith(first)) == (1, True)
    assert other.read_text() == "mine"
    assert run(notebook, "-o", other, "--force")[0] == 0
    assert json.loads(other.read_text())["openapi"] == "3.1.0"


def test_a_dash_prints(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no file's name, as for other programs."""
    monkeypatch.chdir(tmp_path)
    status, text = run(notebook, "-o", "-")
    assert (status, json.loads(text)["openapi"]) == (0, "3.1.0")
    assert [one.name for one in tmp_path.iterdir()] == ["shop.ipynb"]


def test_what_the_system_refuses_is_said(notebook: Path, tmp_path: Path) -> None:
    """Three lines name the file that was asked for."""
    output = notebook / "openapi.json"
    assert run(notebook, "-o", output) == (
        1,
        f"FileAccessError: {str(output)!r} could not be read or written.\n"
        "  Why: Not a directory (ENOTDIR).\n"
        "  Fix: name a path whose folders are folders.\n",
    )
    assert "does not exist" in run(tmp_path / "none.ipynb")[1]
