"""At each moment a course's folders are the old ones or the new ones, and whole."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from werkbook.exercises.course import placing
from werkbook.exercises.course.placing import put_back, replace_folders

NAMES = ("student", "key")


@pytest.fixture(params=["exchanged", "moved"])
def course(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An old course; `made` beside it has a new one. Not each disk can exchange."""
    if request.param == "moved":
        monkeypatch.setattr(placing, "_exchange", lambda *_: False)
    for place, text in (("course", "old"), ("made", "new")):
        for name in NAMES:
            (tmp_path / place / name).mkdir(parents=True)
            (tmp_path / place / name / "file").write_text(text)
    return tmp_path / "course"


def read(course: Path) -> dict[str, str]:
    found = (one for one in course.rglob("*") if one.is_file())
    return {str(one.relative_to(course)): one.read_text() for one in found}


def whole(text: str) -> dict[str, str]:
    return {f"{name}/file": text for name in NAMES}


def test_folders_are_replaced(course: Path) -> None:
    """Others stay, and nothing else is left."""
    (course / "mine").write_text("mine")
    replace_folders(course.with_name("made"), course, NAMES)
    assert read(course) == {**whole("new"), "mine": "mine"}
    assert {one.name for one in course.iterdir()} == {"student", "key", "mine"}


def _at_call(number: int, act: Callable[[], Any], real: Callable[..., Any]) -> Any:
    calls = 0

    def counted(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            act()
        return real(*arguments)

    return counted


def _fail() -> None:
    raise OSError(5, "Input/output error")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("step", range(1, 5))
@pytest.mark.parametrize("function", ["rename", "_exchange"])
def test_fault_leaves_the_old_folders(
    course: Path, monkeypatch: pytest.MonkeyPatch, function: str, step: int
) -> None:
    """Whichever step it is that fails."""
    place: Any = Path if function == "rename" else placing
    failing = _at_call(step, _fail, getattr(place, function))
    with monkeypatch.context() as faulty:
        faulty.setattr(place, function, failing)
        try:
            replace_folders(course.with_name("made"), course, NAMES)
        except OSError:
            assert read(course) == whole("old")
        else:
            assert read(course) == whole("new")
    assert {one.name for one in course.iterdir()} == {"student", "key"}


@pytest.mark.parametrize("step", range(1, 5))
@pytest.mark.parametrize("function", ["rename", "_exchange"])
def test_killed_build_is_put_back_by_the_next(
    course: Path, monkeypatch: pytest.MonkeyPatch, function: str, step: int
) -> None:
    """Each folder is whole then, and what the build had made is gone."""
    place: Any = Path if function == "rename" else placing
    child = os.fork()
    if not child:
        try:
            setattr(place, function, _at_call(step, _die, getattr(place, function)))
            replace_folders(course.with_name("made"), course, NAMES)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    put_back(course, NAMES)
    assert read(course).keys() == whole("").keys()
    assert {one.name for one in course.iterdir()} == {"student", "key"}
    replace_folders(course.with_name("made"), course, NAMES)
    assert read(course) == whole("new")


def test_exchanging_folders_is_one_step(course: Path) -> None:
    """Where the system can do it; where not, both stay as they were."""
    made = course.with_name("made")
    texts = ("new", "old") if placing._exchange(made, course) else ("old", "new")
    assert (read(course), read(made)) == (whole(texts[0]), whole(texts[1]))
    assert not placing._exchange(made, course / "nothing")


def test_full_disk_leaves_no_folder_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folders above the course are those that were there."""
    (tmp_path / "made" / "student").mkdir(parents=True)
    monkeypatch.setattr(shutil, "copytree", lambda *_: _fail())
    with pytest.raises(OSError, match="Input/output"):
        replace_folders(tmp_path / "made", tmp_path / "a" / "b", NAMES)
    assert [one.name for one in tmp_path.iterdir()] == ["made"]
