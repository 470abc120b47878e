"""Code that shares the interpreter with a notebook, and finds it as a process would."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from werkbook.export.interpreter import SeparateState


@pytest.fixture
def state(tmp_path: Path) -> SeparateState:
    folder = tmp_path / "place"
    folder.mkdir()
    return SeparateState(folder, tmp_path)


def test_turn_has_a_folder_path_and_environment_of_its_own(
    state: SeparateState, tmp_path: Path
) -> None:
    """What the program changes is there again at its next turn, and nowhere else."""
    before = os.getcwd(), list(sys.path), dict(os.environ), list(sys.argv)
    with state.turn():
        assert Path.cwd() == (tmp_path / "place").resolve()
        os.environ["OF_THE_PROGRAM"] = "1"
        sys.path.insert(0, "of the program")
        sys.argv[:] = ["app.py"]
        print("printed")
    assert (os.getcwd(), list(sys.path), dict(os.environ), list(sys.argv)) == before
    with state.turn():
        assert os.environ["OF_THE_PROGRAM"] == "1"
        assert sys.path[0] == "of the program"
        assert sys.argv == ["app.py"]
    assert state.printed.getvalue() == "printed\n"


def test_turn_imports_the_folders_modules_anew(
    state: SeparateState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module of the notebook's is the copy's in a turn, and stays the notebook's."""
    (tmp_path / "own_helper.py").write_text("word = 'notebook'")
    (tmp_path / "place" / "own_helper.py").write_text("word = 'copy'")
    monkeypatch.syspath_prepend(str(tmp_path))
    import own_helper  # type: ignore[import-not-found]  # made by this test

    state = SeparateState(tmp_path / "place", tmp_path)
    with state.turn():
        sys.path.insert(0, str(tmp_path / "place"))
        assert __import__("own_helper").word == "copy"
    assert sys.modules["own_helper"] is own_helper
    with state.turn():
        assert sys.modules["own_helper"].word == "copy"
    del sys.modules["own_helper"]


def test_turn_has_the_real_flask(state: SeparateState) -> None:
    """A file that imports Flask gets Flask, though the notebook's is Werkbook."""
    import flask

    with state.turn():
        import flask as real

        assert real.Flask.__module__ == "flask.app"
    assert sys.modules["flask"] is flask


def test_error_ends_the_turn(state: SeparateState) -> None:
    before = os.getcwd()
    with pytest.raises(ZeroDivisionError), state.turn():
        raise ZeroDivisionError
    assert os.getcwd() == before
