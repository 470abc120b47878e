"""Copies of a folder: one limit for all, and no link is followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from werkbook.export.proof import folder as folder_module
from werkbook.export.proof.folder import Budget, plan_copies


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A notebook's folder."""
    made = tmp_path / "nb"
    for name in ("a.txt", "deep/b.txt", "templates/t.html", "venv/c", ".git/d"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(name)
    return made


def copied(folder: Path, target: Path) -> set[str]:
    plan = plan_copies(folder, target.parent, Budget())
    plan.copy_to(target)
    paths = [path for path in target.rglob("*") if not path.is_dir()]
    return {path.relative_to(target).as_posix() for path in paths}


def test_environments_and_caches_stay_behind(folder: Path, tmp_path: Path) -> None:
    """The rest is copied."""
    found = copied(folder, tmp_path / "copies" / "one")
    assert found == {"a.txt", "deep/b.txt", "templates/t.html"}


def test_no_folder_is_an_empty_one(tmp_path: Path) -> None:
    """A notebook may have none."""
    assert copied(tmp_path / "none", tmp_path / "copies" / "one") == set()


def test_links_within_stay_links(folder: Path, tmp_path: Path) -> None:
    """They lead to the copy's own files; in a circle they cost nothing."""
    (folder / "link.txt").symlink_to("deep/b.txt")
    (folder / "one").symlink_to(".")
    (folder / "two").symlink_to(".")
    (folder / "dead").symlink_to("nowhere")
    target = tmp_path / "copies" / "one"
    copied(folder, target)
    assert (target / "link.txt").resolve() == target / "deep/b.txt"
    assert (target / "one/two/a.txt").read_text() == "a.txt"
    assert not (target / "dead").is_symlink()


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    """They stay behind, and are named."""
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "away").symlink_to(tmp_path)
    plan = plan_copies(folder, tmp_path / "copies", Budget())
    plan.copy_to(tmp_path / "copies" / "one")
    assert plan.left_out == {
        "away": "it is a link out of the folder",
        "out.txt": "it is a link out of the folder",
    }
    assert not (tmp_path / "copies/one/out.txt").exists()


def test_one_limit_holds_for_all_folders(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too much stays behind, in data/ and templates/ as elsewhere."""
    monkeypatch.setattr(folder_module, "MAX_BYTES", 1000)
    (folder / "data").mkdir()
    (folder / "data/large.bin").write_bytes(b"x" * 300)
    (folder / "templates/large.html").write_bytes(b"x" * 300)
    plan = plan_copies(folder, tmp_path / "copies", Budget())
    too_large = "the folder is too large to be copied whole"
    assert plan.left_out == {
        "data/large.bin": too_large,
        "templates/large.html": too_large,
    }


def test_the_number_of_files_has_a_limit(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a home folder is not copied file by file."""
    monkeypatch.setattr(folder_module, "MAX_FILES", 1)
    plan = plan_copies(folder, tmp_path / "copies", Budget())
    assert plan.files == ["a.txt"]
    assert set(plan.left_out) == {"deep/b.txt", "templates/t.html"}


def test_large_files_are_one_on_the_disk(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can write to them; a database is copied each time."""
    monkeypatch.setattr(folder_module, "_SHARED_BYTES", 100)
    for name in ("model.bin", "shop.db"):
        (folder / name).write_bytes(b"x" * 200)
    plan = plan_copies(folder, tmp_path / "copies", Budget())
    copies = [tmp_path / "copies" / name for name in ("one", "two")]
    for copy in copies:
        plan.copy_to(copy)
    one, two = ((copy / "model.bin").stat() for copy in copies)
    assert one.st_ino == two.st_ino
    assert not one.st_mode & 0o222
    assert len({(copy / "shop.db").stat().st_ino for copy in copies}) == 2


def test_copies_within_the_folder_are_not_copied(folder: Path) -> None:
    """The temporary folder may lie in the notebook's."""
    place = folder / "tmp"
    plan = plan_copies(folder, place, Budget())
    plan.copy_to(place / "one")
    again = plan_copies(folder, place, Budget())
    assert again.files == plan.files == ["a.txt", "templates/t.html", "deep/b.txt"]
