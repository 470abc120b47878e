"""What an export wrote into a project is its own, whenever it was ended."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from werkbook.export.project.manifest import Manifest
from werkbook.export.project.writing import write_all

FIRST = {"app.py": "1", "Procfile": "2", "data/a.csv": "3"}
SECOND = {"app.py": "one", "Procfile": "2", "data/a.csv": "three", "app.yaml": "4"}
THIRD = {"app.py": "I", "Procfile": "II", "data/a.csv": "III", "app.yaml": "IV"}


def written(project: Path, files: Mapping[str, str]) -> None:
    paths = {project / name: text for name, text in files.items()}
    write_all(paths, [project], Manifest(project).note)


def owned(project: Path) -> dict[str, bool]:
    """Return which files are there, and whether they are an export's."""
    manifest = Manifest(project)
    there = [one for one in project.rglob("*") if one.is_file()]
    return {
        one.relative_to(project).as_posix(): manifest.is_unchanged(one)
        for one in there
        if one != manifest.path
    }


class Killed(BaseException):
    """The process ends."""


@pytest.mark.parametrize("steps", range(6))
@pytest.mark.parametrize("more", range(6))
def test_export_that_was_ended_leaves_files_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int, more: int
) -> None:
    """Two exports end at any step: each file is one of theirs, to be overwritten."""
    project = tmp_path / "shop"
    written(project, FIRST)
    for files, count in ((SECOND, steps), (THIRD, more)):
        with monkeypatch.context() as ended:
            _end_after(ended, count)
            with suppress(Killed):
                written(project, files)
        assert set(owned(project).values()) == {True}
    (project / "app.py").write_text("mine")
    assert not owned(project)["app.py"]


def _end_after(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let a number of files take their places, and end then; nothing is cleaned up."""
    replace, left = os.replace, [count]

    def counted(source: Any, target: Any) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        replace(source, target)

    monkeypatch.setattr(os, "replace", counted)


def test_full_disk_leaves_no_files_without_their_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the manifest can't be written, nothing is."""
    project = tmp_path / "shop"
    written(project, FIRST)
    note = Manifest(project).note
    write_text = Path.write_text

    def full(path: Path, text: str, *args: Any, **names: Any) -> int:
        if '"files"' in text:
            raise OSError(28, "No space left on device")
        return write_text(path, text, *args, **names)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        write_all({project / "app.py": "new"}, [project], note)
    assert (project / "app.py").read_text() == "1"
    assert owned(project) == dict.fromkeys(FIRST, True)
