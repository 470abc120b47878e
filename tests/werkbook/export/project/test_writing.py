"""Files are written in one step, and never over someone's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from werkbook.cells.cell import ExportExistsError
from werkbook.export.project import writing
from werkbook.export.project.writing import (
    OutsideError,
    check_inside,
    is_ours,
    stamped,
    write_all,
    write_text,
)

OURS = '"""Web app of the notebook a.ipynb, exported by Werkbook."""\n'


def test_write_makes_folders_and_leaves_nothing_else(tmp_path: Path) -> None:
    """No temporary file stays."""
    path = tmp_path / "a" / "app.py"
    write_text(path, OURS)
    write_text(path, OURS + "x = 1\n")
    assert path.read_text() == stamped(OURS + "x = 1\n")
    assert [one.name for one in path.parent.iterdir()] == ["app.py"]


def test_write_refuses_what_someone_wrote(tmp_path: Path) -> None:
    """The error says what to do; force overwrites and keeps the mode."""
    path = tmp_path / "app.py"
    path.write_text("mine")
    path.chmod(0o600)
    with pytest.raises(ExportExistsError) as caught:
        write_text(path, OURS)
    assert str(caught.value) == (
        f"The file {str(path)!r} exists, and Werkbook did not write it.\n"
        "  Why: an export never overwrites what someone wrote.\n"
        "  Fix: choose another name, or add --force."
    )
    write_text(path, OURS, force=True)
    assert path.read_text() == stamped(OURS)
    assert path.stat().st_mode & 0o777 == 0o600


def test_mark_is_not_forged_by_its_text(tmp_path: Path) -> None:
    """A file that bears the mark, but was changed or written by hand, is someone's."""
    path = tmp_path / "app.py"
    path.write_text(OURS)
    assert not is_ours(path)
    write_text(path, OURS, force=True)
    assert is_ours(path)
    path.write_text(path.read_text() + "mine = 1\n")
    assert not is_ours(path)
    path.write_text(f"# exported by Werkbook ({'0' * 16})\nmine = 1\n")
    assert not is_ours(path)


def test_stamp_is_put_once() -> None:
    """Stamping again changes nothing; a text without the mark gets none."""
    assert stamped(stamped(OURS)) == stamped(OURS)
    assert stamped("web: gunicorn\n") == "web: gunicorn\n"


@pytest.fixture
def umask_077() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask_077")
def test_umask_is_respected(tmp_path: Path) -> None:
    """Under umask 077 nobody else can read what may hold a secret key."""
    path = tmp_path / "new" / "app.py"
    write_text(path, OURS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "name",
    [
        "/etc/x.py",
        "../x.py",
        "a/../../x.py",
        "out/x.py",
        "in/../../x",
        "\0",
        ".",
        "a\\b",
    ],
)
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    """Absolute names, dots and links to other places are refused with their cell."""
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    other.mkdir()
    (root / "out").symlink_to(other)
    (root / "in").symlink_to(root)
    with pytest.raises(OutsideError) as caught:
        check_inside(root, ["app.py", name], {name: "In[3]"})
    assert str(caught.value) == (
        f"In[3] writes {name!r}, which lies outside of {str(root)!r}.\n"
        "  Why: an export writes nothing but its own folder, and links in it are"
        " followed.\n"
        "  Fix: give the file a path below the notebook's folder."
    )


@pytest.mark.parametrize(
    "name",
    [
        ".bashrc",
        ".ssh/rc",
        ".git/hooks/pre-commit",
        "a/.GIT/config",
        ".vscode/x/y.json",
    ],
)
def test_names_that_other_programs_obey_are_refused(tmp_path: Path, name: str) -> None:
    """An export into a home folder or a repository plants nothing there."""
    with pytest.raises(OutsideError) as caught:
        check_inside(tmp_path, ["app.py", name], {name: "In[3]"})
    assert str(caught.value) == (
        f"In[3] writes {name!r}, which other programs obey.\n"
        "  Why: shells, git and editors run or follow hidden files, so that one from a"
        " stranger's notebook would act without the app being run.\n"
        "  Fix: give the file a name that begins with no dot."
    )


def test_hidden_files_of_apps_pass(tmp_path: Path) -> None:
    """Settings beside an app, and what a browser asks for, are no danger."""
    names = [".env", ".env.test", ".gitignore", "static/.well-known/x", "a/.gitkeep"]
    check_inside(tmp_path, ["app.py", *names], {})


def test_names_within_the_folder_pass(tmp_path: Path) -> None:
    """A link that stays in the folder is one of its places."""
    (tmp_path / "in").symlink_to(tmp_path)
    check_inside(tmp_path, ["app.py", "a/b.txt", "a/../b.txt", "in/c.txt"], {})


def test_several_files_are_written_all_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves the old files whole, and no new file or folder."""
    old = tmp_path / "app.py"
    old.write_text("old")
    copied = writing.shutil.copyfile

    def full(source: Path, target: Path) -> None:
        copied(source, target)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        write_all({old: "new", tmp_path / "a/b.txt": old})
    assert old.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["app.py"]
