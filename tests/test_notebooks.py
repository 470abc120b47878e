"""Every notebook: it reads as a tutorial, runs quickly, and says the same twice.

That its saved outputs are those of a fresh run is nbval's to check.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from tools.run_notebooks import WIDGET, run

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(
    path.relative_to(FOLDER).as_posix()
    for place in (FOLDER, FOLDER / "gallery")
    for path in place.glob("*.ipynb")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of notebooks/, for what they write."""
    copy = tmp_path / "notebooks"
    ignored = shutil.ignore_patterns("app.py", ".*")
    shutil.copytree(FOLDER, copy, ignore=ignored)
    return copy


def shown(notebook: NotebookNode) -> Iterator[tuple[str, str, str]]:
    """Return what the cells show as text and HTML: cell id, kind, text.

    What a cell prints in a row is one text: where a kernel divides it is chance.
    """
    for cell in notebook.cells:
        printed: dict[str, str] = {}
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                printed[output.name] = printed.get(output.name, "") + output.text
                continue
            yield from ((cell.id, name, text) for name, text in printed.items())
            printed = {}
            for kind in ["text/plain", "text/html"]:
                if kind in output.get("data", {}):
                    yield cell.id, kind, output.data[kind]
        yield from ((cell.id, name, text) for name, text in printed.items())


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_run_shows_what_the_file_holds(folder: Path, name: str) -> None:
    """A run gives the text and HTML of the run that was saved, to the letter."""
    saved = nbformat.read(FOLDER / name, as_version=4)
    assert list(shown(saved)) == list(shown(run(folder / name)))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_has_its_paragraph(name: str) -> None:
    """A paragraph stands before each cell of code."""
    cells = nbformat.read(FOLDER / name, as_version=4).cells
    assert cells[0].cell_type == "markdown"
    for before, cell in pairwise(cells):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown", cell.source


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_saved_notebook_reads_without_a_kernel(name: str) -> None:
    """No output needs a widget's state: text and HTML are there instead."""
    notebook = nbformat.read(FOLDER / name, as_version=4)
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert WIDGET not in output.get("data", {}), cell.id
            assert output.output_type != "error", cell.id


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_exports_what_it_shows(folder: Path, name: str) -> None:
    """The exported file starts and answers what the cells ask, as they expect it."""
    output = folder / "exported" / "app.py"
    output.parent.mkdir()
    path = folder / name
    command = [sys.executable, "-m", "werkbook", "export", path.name, "-o", str(output)]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "\nProved: " in done.stdout
    assert output.exists()


def test_nbval_overlooks_the_picture_of_a_page(tmp_path: Path) -> None:
    """What the guide says to put into nbval's file masks the picture, and no more."""
    page = (FOLDER.parent / "docs" / "reference" / "jupyterlab.md").read_text("utf-8")
    config = page.partition("```ini\n")[2].partition("```")[0]
    (tmp_path / "nbval.cfg").write_text(config)
    cells = [
        "%load_ext werkbook\nfrom werkbook import App\napp = App()",
        "@app.get('/')\ndef home():\n    return '<h1>Home</h1>'",
        "%browse /",
    ]
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, tmp_path / "page.ipynb")
    ran = run(tmp_path / "page.ipynb")
    data = next(one.data for one in ran.cells[2].outputs if "data" in one)
    source = "data:image/png;base64,AA=="
    image = f'<p><img class="wb-picture" alt="The page" src="{source}"></p>'
    data["text/html"] = data["text/html"].replace("</p>", f"</p>{image}", 1)
    nbformat.write(ran, tmp_path / "page.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--nbval",
    ]
    plain = subprocess.run([*command, "page.ipynb"], cwd=tmp_path, capture_output=True)
    masked = subprocess.run(
        [*command, "--nbval-sanitize-with", "nbval.cfg", "page.ipynb"],
        cwd=tmp_path,
        capture_output=True,
    )
    assert (plain.returncode, masked.returncode) == (1, 0), masked.stdout
