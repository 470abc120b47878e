"""`werkbook export --docs` and `--openapi`: the contract goes along with the app."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner

from werkbook.cells.read import load
from werkbook.export.api_contract import describe_notebook
from werkbook.export.command import export_command
from werkbook.export.proof.inside.app_file import load as load_file

HEAD = "%load_ext werkbook\nfrom werkbook import App\napp = App('shop')\n"
VIEW = """@app.get("/items/<int:number>")
def show_item(number{more}):
    \"\"\"Show an item.\"\"\"
    return {{"number": number, "name": "lamp"}}"""
ASK = "%http /items/3"


def write(path: Path, *sources: str) -> Path:
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(book, path)
    return path


def export(notebook: Path, *options: str) -> tuple[int, str]:
    arguments = [str(notebook), "-o", str(notebook.with_name("app.py")), *options]
    done = CliRunner().invoke(export_command, arguments)
    return done.exit_code, done.output


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write(tmp_path / "shop.ipynb", HEAD, VIEW.format(more=""), ASK)


def client_of(folder: Path) -> Any:
    return load_file(str(folder / "app.py"), "app").test_client()


@pytest.mark.parametrize("target", ["flask", "werkbook"])
def test_exported_app_gives_the_notebooks_document(notebook: Path, target: str) -> None:
    """/openapi.json is the same, examples included; the file is proved with it."""
    status, text = export(notebook, "--docs", "--target", target)
    assert status == 0, text
    assert "Proved: 1 of 1 rule asked, 1 answer equal" in text
    client = client_of(notebook.parent)
    document = client.get("/openapi.json").json
    assert document == describe_notebook(notebook)
    media = document["paths"]["/items/{number}"]["get"]["responses"]["200"]["content"]
    example = {"name": "lamp", "number": 3}
    assert media["application/json"]["example"] == example
    page = client.get("/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "/items/{number}" in page.text
    written = json.loads((notebook.parent / "openapi.json").read_text())
    assert written.pop("x-generator").startswith("exported by Werkbook (")
    assert written == document


def test_without_docs_the_pages_are_unknown(notebook: Path) -> None:
    """An export has no page that nobody asked for, nor the file."""
    assert export(notebook, "--no-check")[0] == 0
    client = client_of(notebook.parent)
    assert [client.get(one).status_code for one in ("/openapi.json", "/docs")] == [
        404,
        404,
    ]
    assert not (notebook.parent / "openapi.json").exists()


def test_openapi_alone_writes_the_file(notebook: Path) -> None:
    status, text = export(notebook, "--openapi", "--no-check")
    assert status == 0, text
    assert client_of(notebook.parent).get("/openapi.json").status_code == 404
    assert "/items/{number}" in (notebook.parent / "openapi.json").read_text()


def test_next_export_says_what_changed(notebook: Path) -> None:
    """Changes of the contract since the last export, breaking ones marked."""
    _, text = export(notebook, "--openapi", "--no-check")
    assert "API" not in text
    _, text = export(notebook, "--openapi", "--no-check")
    assert "The API is as openapi.json had it." in text
    write(notebook, HEAD, VIEW.format(more=", shop: str"), "%http /items/3 shop==a")
    _, text = export(notebook, "--openapi", "--no-check")
    assert [
        line for line in text.splitlines() if "API" in line or "BREAKING" in line
    ] == [
        "API: 2 changes since the last export, 1 of them breaking:",
        "  BREAKING GET /items/{number}: query parameter 'shop' is new and required",
    ]


def test_file_that_someone_wrote_is_kept(notebook: Path) -> None:
    """An openapi.json of the user's own stops the export, as any file does."""
    own = notebook.parent / "openapi.json"
    own.write_text("{}")
    status, text = export(notebook, "--openapi", "--no-check")
    assert status == 1
    problem = f"The file {str(own)!r} exists, and Werkbook did not write it."
    assert text.splitlines()[0] == f"ExportExistsError: {problem}"
    assert not (notebook.parent / "app.py").exists()


def test_rule_of_the_apps_own_comes_first(tmp_path: Path) -> None:
    """Where a rule answers /docs, as in the notebook, it does in the file."""
    own = "@app.get('/<name>')\ndef page(name):\n    return f'page {name}'"
    notebook = write(tmp_path / "n.ipynb", HEAD, own, "%http /docs")
    status, text = export(notebook, "--docs")
    assert status == 0, text
    assert (
        "--docs: a rule of the app answers /docs or /openapi.json, and stays." in text
    )
    client = client_of(tmp_path)
    assert client.get("/docs").text == "page docs"
    assert client.get("/openapi.json").text == "page openapi.json"


def test_hooks_hold_for_the_pages(tmp_path: Path) -> None:
    """What keeps strangers out of the app keeps them out of its description."""
    hook = "@app.before_request\ndef closed():\n    return 'closed', 403"
    notebook = write(tmp_path / "n.ipynb", HEAD, VIEW.format(more=""), hook, ASK)
    assert export(notebook, "--docs", "--no-check")[0] == 0
    assert client_of(tmp_path).get("/docs").status_code == 403


def test_project_has_the_file_and_the_pages(notebook: Path) -> None:
    folder = notebook.parent / "project"
    arguments = [str(notebook), "--project", str(folder), "--docs", "--no-check"]
    done = CliRunner().invoke(export_command, arguments)
    assert done.exit_code == 0, done.output
    assert (folder / "openapi.json").is_file()
    assert client_of(folder).get("/openapi.json").status_code == 200
    assert load(notebook).cells


def test_app_of_another_framework_has_no_document(tmp_path: Path) -> None:
    """Its own framework describes it."""
    code = (
        "from bottle import Bottle\napp = Bottle()\n@app.get('/')\ndef f(): return ''"
    )
    notebook = write(tmp_path / "n.ipynb", code)
    status, text = export(notebook, "--docs")
    assert (status, text.splitlines()[-3:]) == (
        1,
        [
            "NotebookError: The app of 'n.ipynb' is not Werkbook's or Flask's.",
            "  Why: it is a Bottle, whose rules are not known here.",
            "  Fix: ask that framework for its document.",
        ],
    )
