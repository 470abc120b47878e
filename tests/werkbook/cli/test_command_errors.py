"""How a command ends that cannot do what it was told."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from werkbook.cli.command_errors import ends_on_errors, say_failure
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


NO_ROOM = """NoRoomError: The system starts no more processes or threads.
  Why: {why}: of the user, of a container, or for want of memory.
  Fix: end some, or raise the limit (ulimit -u; a container's pids and memory)."""


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
            "Resource temporarily unavailable (EAGAIN)",
        ),
        (
            OSError(errno.ENOMEM, "Cannot allocate memory"),
            "Cannot allocate memory (ENOMEM)",
        ),
        (RuntimeError("can't start new thread"), "there are as many as there may be"),
    ],
)
def test_process_that_is_not_started_is_told(
    error: Exception, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a limit is met: no traceback, and no file is said to be at fault."""
    with pytest.raises(SystemExit) as ended, ends_on_errors():
        raise error
    assert ended.value.code == 1
    assert capsys.readouterr().err == NO_ROOM.format(why=why) + "\n"


def test_full_pipe_is_no_lack_of_processes() -> None:
    """It has the same number."""
    error = BlockingIOError(errno.EAGAIN, "write could not complete", 5)
    assert say_failure(error).startswith("FileAccessError: A file could not be")
    with pytest.raises(RuntimeError, match="another"), ends_on_errors():
        raise RuntimeError("another")
