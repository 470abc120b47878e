"""The files beside a notebook that a project cannot do without."""

from pathlib import Path

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
