"""Files are written in one step, and never over someone's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from werkbook.cells.cell import ExportExistsError
from werkbook.export.project import writing
from werkbook.export.project.file_names import OutsideError
from werkbook.export.project.writing import (
    check_is_not,
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


def test_nothing_is_written_through_a_link_that_leads_out(tmp_path: Path) -> None:
    """A folder of the target may be a link, as clones of repositories have them."""
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    other.mkdir()
    (root / "tests").symlink_to(other)
    path = root / "tests/new/test_app.py"
    with pytest.raises(OutsideError) as caught:
        write_all({root / "app.py": "app", path: "test"}, [tmp_path, root])
    assert str(caught.value) == (
        f"{str(path)!r} lies outside of {str(root)!r}.\n"
        f"  Why: a link leads to {str(other / 'new')!r}, and an export writes nothing"
        " but its own folder.\n"
        "  Fix: take the link away, or name another folder."
    )
    assert [one.name for one in tmp_path.rglob("*")] == ["root", "other", "tests"]


def test_a_folder_that_becomes_a_link_is_seen(tmp_path: Path) -> None:
    """Between the check and the last step somebody swaps a folder for a link."""
    root, other = tmp_path / "root", tmp_path / "other"
    (root / "a").mkdir(parents=True)
    (root / "source").write_text("text")
    other.mkdir()

    class Swapping(dict[Path, str | Path]):
        def items(self) -> Any:
            yield root / "a/b.txt", "text"
            (root / "a").rename(root / "c")
            (root / "a").symlink_to(other)

    with pytest.raises(OutsideError, match="lies outside of"):
        write_all(Swapping(), [root])
    assert list(other.iterdir()) == []


def test_links_that_were_named_are_followed(tmp_path: Path) -> None:
    """The target itself may be a link: somebody named it."""
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "real")
    write_all({tmp_path / "root/a/b.txt": "b"}, [tmp_path, tmp_path / "root"])
    assert (tmp_path / "real/a/b.txt").read_text() == "b"


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    """`-o` with the notebook's own name is a slip that would cost the notebook."""
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "e.ipynb")
    with pytest.raises(ExportExistsError) as caught:
        check_is_not(tmp_path / "link.ipynb", tmp_path / "e.ipynb")
    assert str(caught.value) == (
        f"The file {str(tmp_path / 'link.ipynb')!r} is what is read.\n"
        "  Why: what is written of it would take its place.\n"
        "  Fix: choose another name."
    )
