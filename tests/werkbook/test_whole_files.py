"""What is written of a class's grades stands there whole, or not at all."""

import os
import threading
from pathlib import Path

import pytest

from werkbook.whole_files import alone_in, write_whole


def test_what_was_there_stays_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "grades.csv"
    path.write_text("before")
    with monkeypatch.context() as full:
        full.setattr(os, "replace", _fail)
        with pytest.raises(OSError, match="No space"):
            write_whole(path, "after")
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["grades.csv"]


def _fail(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("somebody's")
    path = tmp_path / "grades.csv"
    path.symlink_to(other)
    write_whole(path, "grades\n")
    assert other.read_text() == "somebody's"
    assert not path.is_symlink()
    assert path.read_text() == "grades\n"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """`--csv /dev/stdout` and `--csv >(less)` are such files."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(path.read_text()))
    reader.start()
    write_whole(path, "grades\n")
    reader.join()
    assert read == ["grades\n"]
    assert path.is_fifo()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, "grades\n")
    assert os.listdir(tmp_path) == []


def test_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "grades.csv"
    write_whole(path, "grades\n")
    assert path.read_text() == "grades\n"


def test_a_system_without_locks_writes_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a browser there is a module `fcntl`, but nothing of locks in it."""
    monkeypatch.delattr("fcntl.flock")
    with alone_in(tmp_path / "project"):
        write_whole(tmp_path / "project" / "app.py", "app\n")
    assert (tmp_path / "project" / "app.py").read_text() == "app\n"
