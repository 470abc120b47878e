"""The files beside a notebook that a project cannot do without."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from werkbook.export import Cell
from werkbook.export.delivering import Delivery, Wish, deliver

CELLS = [
    Cell(
        "app",
        "import csv\n"
        "from pathlib import Path\n"
        "from werkbook import App, render_template\n"
        "import units\n"
        "app = App()\n"
        "folder = next(one for one in [Path('no'), Path('data')] if one.is_dir())\n"
        "with open(folder / 'towns.csv') as file:\n"
        "    towns = list(csv.reader(file))\n"
        "key = Path('.env').read_text()",
    ),
    Cell("towns", "%%route /towns\n[units.shout(row[0]) for row in towns]"),
    Cell("note", "%%route /note\nPath('note.txt').read_bytes()"),
    Cell("page", "%%route /page --try /page\nrender_template('page.html', key=key)"),
    Cell("log", "with open('log.txt', 'a') as log:\n    log.write('ran')"),
    Cell("logged", "%%route /log\nstr(log.closed)"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A notebook's folder, with more in it than the app needs."""
    for name, text in {
        "data/towns.csv": "Oslo\nRiga\n",
        "data/other.csv": "unused",
        "units.py": "def shout(text): return text.upper()",
        "note.txt": "a note",
        "log.txt": "",
        ".env": "KEY=secret",
        "templates/page.html": "a page",
        "templates/never_asked_for.html": "another page",
        "static/style.css": "h1 {}",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def exported(folder: Path, *, is_checked: bool = True) -> Delivery:
    wish = Wish(folder / "n.ipynb", project=folder / "made", is_checked=is_checked)
    return deliver(CELLS, wish)


def test_project_holds_what_the_app_reads(folder: Path) -> None:
    """What was read in the proof comes along, and the folders that Flask looks into."""
    delivery = exported(folder)
    made = folder / "made"
    for name in (
        "data/towns.csv",
        "note.txt",
        "units.py",
        "templates/page.html",
        "templates/never_asked_for.html",
        "static/style.css",
    ):
        assert (made / name).read_bytes() == (folder / name).read_bytes()
        assert made / name in delivery.paths
        assert f"Wrote {made / name}" in delivery.text
    for name in ("data/other.csv", "log.txt", ".env", "n.ipynb"):
        assert not (made / name).exists()
    assert (
        "Caution: the app reads '.env', which stays behind: a hidden file can hold"
        " secrets.\n" in delivery.text
    )
    assert (  # the project is proved where it lies, without that file
        "Not proved: cell 1, line 9: The file does not start: the file '.env' is not"
        " there.\n" in delivery.text
    )


def test_data_that_the_project_has_is_left_alone(folder: Path) -> None:
    """A second export copies what is new, and says what somebody changed."""
    exported(folder)
    (folder / "made/note.txt").write_text("the project's own note")
    (folder / "made/data/towns.csv").unlink()
    (folder / "units.py").write_text("def shout(text): return text.title()")
    delivery = exported(folder)
    assert (folder / "made/note.txt").read_text() == "the project's own note"
    assert (folder / "made/data/towns.csv").exists()
    assert "title" in (folder / "made/units.py").read_text()
    assert folder / "made/static/style.css" not in delivery.paths
    assert (
        f"Caution: {str(folder / 'made/note.txt')!r} is another one than the"
        " notebook's, and was left as it is.\n" in delivery.text
    )


def test_nothing_is_copied_without_a_proof(folder: Path) -> None:
    """What an app reads is known once it has run."""
    exported(folder, is_checked=False)
    assert not (folder / "made/data").exists()


def books(folder: Path) -> Path:
    """Write a database beside the notebook, and return a path for its export."""
    with closing(sqlite3.connect(folder / "shelf books.db")) as database:
        database.executescript(
            "create table books (title); insert into books values ('Emma')"
        )
    return folder / "made" / "app.py"


READING = """
import sqlite3
from werkbook import App
app = App()

def rows(query):
    database = sqlite3.connect({place})
    try:
        return {{"rows": database.execute(query).fetchall()}}
    finally:
        database.close()

@app.get("/")
def index():
    return rows("select title from books")
"""
PLACES = {
    "path": "'shelf books.db'",
    "bytes": "b'shelf books.db'",
    "URI": "'file:shelf%20books.db?mode=ro', uri=True",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("kind", ["file", "project"])
def test_database_comes_along_that_the_app_needs(
    tmp_path: Path, place: str, kind: str
) -> None:
    output = books(tmp_path)
    wish: dict[str, Any] = (
        {"output": output} if kind == "file" else {"project": output.parent}
    )
    cells = [Cell("app", READING.format(place=place))]
    delivery = deliver(cells, Wish(tmp_path / "n.ipynb", **wish))
    assert "Proved: 1 of 1 rule asked" in delivery.text
    assert f"Wrote {tmp_path / 'made' / 'shelf books.db'}" in delivery.text
    assert (tmp_path / "made" / "shelf books.db").exists()


@pytest.mark.parametrize("kind", ["file", "project"])
def test_database_stays_behind_that_the_app_makes(tmp_path: Path, kind: str) -> None:
    """It holds what somebody entered while trying."""
    output = books(tmp_path)
    wish: dict[str, Any] = (
        {"output": output} if kind == "file" else {"project": output.parent}
    )
    source = READING.format(place=PLACES["path"])
    source += "\nrows('create table if not exists books (title)')"
    source += "\n@app.get('/count')\ndef count():\n    return {'number': 1}"
    source = source.replace("select title from books", "select 1 from books where 0")
    delivery = deliver([Cell("app", source)], Wish(tmp_path / "n.ipynb", **wish))
    assert "Proved: 2 of 2 rules asked" in delivery.text
    assert not (tmp_path / "made" / "shelf books.db").exists()


def test_template_comes_along_though_its_page_differs(tmp_path: Path) -> None:
    """As much speaks against the file with it as without: it is of use all the same."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text("in {{ name }}")
    cells = [
        Cell(
            "app",
            "import sys\nfrom werkbook import App, render_template\napp = App()",
        ),
        Cell(
            "page",
            "%%route /page --try /page\n"
            "render_template('page.html', name=sys._getframe().f_lineno)",
        ),
    ]
    output = tmp_path / "made" / "app.py"
    delivery = deliver(cells, Wish(tmp_path / "n.ipynb", output=output))
    assert "Not proved: cell 2: GET /page has another body." in delivery.text
    assert (tmp_path / "made" / "templates" / "page.html").exists()
