"""How a command ends that cannot do what it was told."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from werkbook.cli.command_errors import say_failure
from werkbook.errors import WerkbookError


def test_error_is_told_in_lines_that_end() -> None:
    """What a stranger's file holds is shown, cut and not obeyed; lines stay lines."""
    error = WerkbookError(
        "\x1b]0;owned\x07" + "a" * 3_000 + " is no rule.", why="b\ud800.", fix="c"
    )
    first, *others = say_failure(error).split("\n")
    assert first.startswith("WerkbookError: ␛]0;owned␇aaa")
    assert first.endswith("aaa is no rule.")
    assert len(first) == 1_000
    assert others == ["  Why: b\ufffd.", "  Fix: c"]


def test_errors_of_a_copied_folder_are_told_as_one(tmp_path: Path) -> None:
    """Python collects them in a list of source, target and text."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one.csv").write_text("1")

    def full(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", target)

    with pytest.raises(shutil.Error) as raised:
        shutil.copytree(tmp_path / "data", tmp_path / "new", copy_function=full)
    assert say_failure(raised.value) == (
        f"FileAccessError: {str(tmp_path / 'data' / 'one.csv')!r} could not be read or"
        " written.\n"
        "  Why: No space left on device (ENOSPC).\n"
        "  Fix: make room on that disk, or choose another folder."
    )
