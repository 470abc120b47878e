"""What is compiled before it is imported where nothing can be kept."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from werkbook.processes.compiled import compile_once


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "one.py").write_text("x = 1\n")
    (tmp_path / "inner" / "two.py").write_text("x = 2\n")
    (tmp_path / "broken.py").write_text("x = (\n")
    return tmp_path


def compiled(folder: Path) -> set[str]:
    names = ("one.py", "inner/two.py", "broken.py")
    places = {name: importlib.util.cache_from_source(folder / name) for name in names}
    return {name for name, place in places.items() if Path(place).is_file()}


def test_modules_of_a_folder_are_compiled(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is no Python stays, without a word: whoever imports it is told."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    compile_once(folder)
    assert compiled(folder) == {"one.py", "inner/two.py"}
    assert capfd.readouterr() == ("", "")


def test_nothing_is_compiled_where_none_is_to_be_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`PYTHONDONTWRITEBYTECODE` asks for that."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    compile_once(folder)
    assert compiled(folder) == set()
