"""Two exports that write into one project's folder at the same time."""

from __future__ import annotations

import fcntl
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from werkbook.export import Cell
from werkbook.export.delivering import Wish, deliver
from werkbook.export.project.manifest import Manifest
from werkbook.export.project.writing import write_all
from werkbook.whole_files import alone_in

CELLS = [
    Cell("app", "from werkbook import App\n\napp = App()"),
    Cell("index", "@app.get('/')\ndef index():\n    return 'hello'"),
]
TIMEOUT_S = 60.0


def test_second_export_waits_and_knows_what_the_first_one_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "shop"
    comes, lock = threading.Event(), fcntl.flock

    def announced(*given: Any) -> None:
        comes.set()
        lock(*given)

    wish = Wish(tmp_path / "shop.ipynb", project=project, is_checked=False)
    second = threading.Thread(target=deliver, args=[CELLS, wish])
    with alone_in(project):
        monkeypatch.setattr(fcntl, "flock", announced)
        second.start()
        assert comes.wait(TIMEOUT_S)
        assert list(project.iterdir()) == []
        files = {project / "app.py": "first", project / "data.csv": "first"}
        write_all(files, [project], Manifest(project).note)
    second.join(TIMEOUT_S)
    assert "def index" in (project / "app.py").read_text()
    assert (project / "data.csv").read_text() == "first"
    known = json.loads((project / ".werkbook.json").read_text())["files"]
    there = {one.name for one in project.iterdir() if one.is_file()}
    assert there - {".werkbook.json"} <= set(known)
    assert Manifest(project).is_unchanged(project / "data.csv")


def test_error_leaves_no_folder_behind(tmp_path: Path) -> None:
    with pytest.raises(ValueError), alone_in(tmp_path / "a" / "b"):
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_error_leaves_a_folder_that_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    with pytest.raises(ValueError), alone_in(folder / "b" / "c"):
        raise ValueError
    assert list(folder.iterdir()) == []
