"""Folders for a while are gone afterwards, whatever was made in them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from werkbook.processes.scratch import ScratchFolder


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScratchFolder:
    """Return a folder for a while, in a folder of the test's."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return ScratchFolder("some-")


def nest(folder: str, name: str, depth: int) -> None:
    """Make folders within folders, with a file in the last and a link beside it."""
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=handle)
        inner = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(os.open("file", os.O_CREAT, dir_fd=handle))
    os.symlink("/", "link", dir_fd=handle)
    os.close(handle)


@pytest.mark.parametrize(
    ("name", "depth"), [("d", 0), ("d", 3), ("d", 3000), ("d" * 200, 30)]
)
def test_folder_is_removed(scratch: ScratchFolder, name: str, depth: int) -> None:
    """Deeper than Python calls itself, longer than a path may be: it is gone."""
    with scratch:
        nest(scratch.name, name, depth)
    assert not Path(scratch.name).exists()


def test_folders_shut_to_their_owner_are_removed(scratch: ScratchFolder) -> None:
    """One that may not be looked into goes with what it holds, deep ones too."""
    nest(scratch.name, "deep", 1500)
    shut = Path(scratch.name, "shut")
    shut.mkdir()
    nest(str(shut), "d", 2)
    shut.chmod(0)
    Path(scratch.name, "deep").chmod(0o500)
    scratch.cleanup()
    assert not shut.parent.exists()


def test_what_a_link_leads_to_stays(scratch: ScratchFolder, tmp_path: Path) -> None:
    """Neither a link in it nor one in its depth takes anything along."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept").touch()
    with scratch:
        nest(scratch.name, "d", 1500)
        Path(scratch.name, "link").symlink_to(other)
        Path(scratch.name, "d", "link").symlink_to(other)
    assert not Path(scratch.name).exists()
    assert [one.name for one in other.iterdir()] == ["kept"]
