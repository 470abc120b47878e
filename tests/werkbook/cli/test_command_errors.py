"""How a command ends that cannot do what it was told."""

from __future__ import annotations

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
