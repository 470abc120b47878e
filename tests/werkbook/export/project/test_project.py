"""The project's folder, started for real."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.ports import free_port

import werkbook
from werkbook.cells.cell import ExportExistsError
from werkbook.export import Cell
from werkbook.export.delivering import Wish, deliver
from werkbook.export.project.file_names import OutsideError

CELLS = [
    Cell("app", "from werkbook import App, render_template\n\napp = App()"),
    Cell("page", "%%template page.html\n<h1>{{ title }}</h1>"),
    Cell("card", "%%template card\n<b>{{ text }}</b>"),
    Cell("style", "%%static style.css\nh1 { color: red }"),
    Cell("index", '%%route /\nrender_template("page.html", title="Shop")'),
    Cell("escaped", '%%route /card\nrender_template("card", text="<i>")'),
    Cell("ask", "%http /static/style.css --expect 200"),
]
TIMEOUT_S = 30.0
_KEY = 'app.secret_key = "for development only"'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project exported from the cells above."""
    folder = tmp_path_factory.mktemp("exported")
    wish = Wish(folder / "shop.ipynb", project=folder / "shop")
    delivery = deliver(CELLS, wish)
    assert delivery.is_proved, delivery.text
    return folder / "shop"


def environment(**more: str) -> dict[str, str]:
    """The variables of a process that finds Werkbook, installed or not."""
    path = str(Path(werkbook.__file__).parent.parent)
    return {**os.environ, "PYTHONPATH": path, **more}


@contextmanager
def started(project: Path, *command: str, **env: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=project,
        env=environment(**env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)


def get(port: int, path: str) -> str:
    """Ask until the server accepts, then give the body."""
    end = time.monotonic() + TIMEOUT_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as response:
                return str(response.read().decode())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_project_has_its_files(project: Path) -> None:
    """Templates and static files are files; app.py holds none of them."""
    names = {str(path.relative_to(project)) for path in project.rglob("*.*")}
    assert names >= {
        "app.py",
        "templates/page.html",
        "static/style.css",
        "requirements.txt",
        "tests/test_app.py",
        "app.yaml",
        "server.py",
        "gunicorn.conf.py",
        ".env.example",
        ".gitignore",
        ".github/workflows/test.yml",
        ".dockerignore",
        "README.md",
    }
    assert (project / "templates" / "card").is_file()
    assert "<h1>" not in (project / "app.py").read_text()
    assert "USER 10001" in (project / "Dockerfile").read_text()
    assert 'CMD ["gunicorn"]' in (project / "Dockerfile").read_text()
    assert len((project / "README.md").read_text().splitlines()) <= 22
    assert "gunicorn" in (project / "requirements.txt").read_text()


@pytest.mark.parametrize(("line", "is_needed"), [("", False), (_KEY, True)])
def test_readme_asks_for_a_secret_key_where_one_stands_in_the_source(
    line: str, is_needed: bool, tmp_path: Path
) -> None:
    """gunicorn with several workers refuses to serve with the one of the source."""
    cells = [Cell("app", f"from werkbook import App\n\napp = App()\n{line}")]
    deliver(cells, Wish(tmp_path / "n.ipynb", project=tmp_path / "out"))
    text = (tmp_path / "out" / "README.md").read_text()
    assert ("export SECRET_KEY=" in text) is is_needed
    assert ("-p 8000:8000 -e SECRET_KEY app`" in text) is is_needed


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "gunicorn", "-w", "4", "-b", "127.0.0.1:{port}", "app:app"],
        ["-m", "waitress", "--listen=127.0.0.1:{port}", "app:app"],
        ["-c", "import app, sys; app.app.run(port=int(sys.argv[1]))", "{port}"],
    ],
    ids=["gunicorn", "waitress", "app.run"],
)
def test_project_is_served(project: Path, command: list[str]) -> None:
    """Servers find `app`, its templates and its static files."""
    port = free_port()
    with started(project, *(word.format(port=port) for word in command)):
        assert get(port, "/") == "<h1>Shop</h1>"
        assert get(port, "/card") == "<b>&lt;i&gt;</b>"
        assert get(port, "/static/style.css") == "h1 { color: red }\n"


def test_project_runs_as_a_script(project: Path) -> None:
    """`python app.py` serves on Flask's port, which may be taken here."""
    with socket.socket() as sock:
        if sock.connect_ex(("127.0.0.1", 5000)) == 0:
            return
    with started(project, "app.py"):
        assert get(5000, "/") == "<h1>Shop</h1>"


def test_project_passes_its_own_tests(project: Path) -> None:
    """The tests that were written from the notebook's requests pass."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:dash",
            "-p",
            "no:cacheprovider",
        ],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S * 4,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout


def test_project_is_exported_again_after_a_change(tmp_path: Path) -> None:
    """What the last export wrote is replaced; what somebody wrote is in the way."""
    wish = Wish(tmp_path / "shop.ipynb", project=tmp_path / "shop", is_checked=False)
    deliver(CELLS, wish)
    changed = [*CELLS[:1], Cell("page", "%%template page.html\n<h2>{{ title }}</h2>")]
    deliver([*changed, *CELLS[2:]], wish)
    page = tmp_path / "shop/templates/page.html"
    assert page.read_text() == "<h2>{{ title }}</h2>\n"
    page.write_text("my own")
    with pytest.raises(ExportExistsError) as caught:
        deliver(CELLS, wish)
    assert str(caught.value) == (
        f"The file {str(page)!r} exists, and Werkbook did not write it.\n"
        "  Why: an export never overwrites what someone wrote.\n"
        "  Fix: choose another name, or add --force."
    )
    assert page.read_text() == "my own"
    page.unlink()
    manifest = tmp_path / "shop/.werkbook.json"
    manifest.write_text("[]")
    with pytest.raises(ExportExistsError, match=r"shop/\.werkbook\.json' exists"):
        deliver(CELLS, wish)
    manifest.unlink()  # then nobody knows who wrote what
    (tmp_path / "shop/Procfile").write_text("web: mine")
    with pytest.raises(ExportExistsError, match="shop/Procfile' exists"):
        deliver(CELLS, wish)
    assert not page.exists()


@pytest.mark.parametrize(
    ("app", "cell", "where"),
    [
        ("App()", "%%writefile {out}/x.py\nprint(1)", "In[2]"),
        ("App()", "%%writefile ../x.txt\nhi", "In[2]"),
        ("App()", "%%bash\ncat > {out}/x.py <<E\nhi\nE", "In[2]"),
        ("App(static_folder='{out}')", "%%static x.js\nhi", "In[2]"),
        ("App(template_folder='..')", "%%template x.html\nhi", "In[2]"),
    ],
)
@pytest.mark.parametrize("is_project", [True, False])
def test_nothing_is_written_outside_of_the_folder(
    tmp_path: Path, app: str, cell: str, where: str, is_project: bool
) -> None:
    """Such a file is refused with its cell, before anything is written."""
    out, folder = tmp_path / "out", tmp_path / "mine"
    folder.mkdir()
    names = f"open('{out}/x.py'), open('../x.txt')"
    cells = [
        Cell("a", f"from werkbook import App\napp = {app.format(out=out)}"),
        Cell("b", cell.format(out=out), execution_count=2),
        Cell("c", f"@app.get('/')\ndef home():\n    return str([{names}])"),
    ]
    output = None if is_project else folder / "app.py"
    project = folder / "shop" if is_project else None
    wish = Wish(folder / "a.ipynb", output, project=project, is_checked=False)
    is_embedded = not is_project and "folder" in app
    if is_embedded:
        deliver(cells, wish)
    else:
        with pytest.raises(OutsideError, match=re.escape(where)):
            deliver(cells, wish)
    assert not out.exists()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written == ([folder / "app.py"] if is_embedded else [])
