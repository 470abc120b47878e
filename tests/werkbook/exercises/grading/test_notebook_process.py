"""What a submission's process writes without being asked costs no memory."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from werkbook.exercises.grading import notebook_process
from werkbook.exercises.grading.confinement import SubmissionLimits
from werkbook.exercises.grading.notebook_process import (
    MAX_WAITING,
    Conversation,
    Starter,
    SubmissionError,
)

LINES = 1000


class Flood:
    """An output of a thousand lines that nobody asked for."""

    def __init__(self) -> None:
        self.read = 0
        self.is_more_than_kept = Event()

    def readline(self, size: int) -> bytes:
        if self.read == LINES:
            return b""
        self.read += 1
        if self.read > MAX_WAITING:
            self.is_more_than_kept.set()
        return b"{}\n"

    def close(self) -> None:
        self.read = LINES


class Flooding:
    """A process that does nothing but write."""

    pid = 0

    def __init__(self) -> None:
        self.stdin, self.stdout = BytesIO(), Flood()

    def wait(self, timeout_s: float | None = None) -> int:
        return 0


class Flooded(Starter):
    """Starts such a process."""

    def __init__(self) -> None:
        super().__init__()
        self.process = Flooding()

    def start(self, folder: Path) -> Any:
        return self.process


def test_lines_that_nobody_asked_for_wait_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few are kept, the writer waits, and the end comes all the same."""
    monkeypatch.setattr(notebook_process, "end_group", lambda process: None)
    starter = Flooded()
    flood = starter.process.stdout
    with Conversation(tmp_path, SubmissionLimits(), starter) as conversation:
        assert flood.is_more_than_kept.wait(10)
        conversation._reader.join(0.2)  # it would read all of them by now
        assert flood.read == MAX_WAITING + 1
        with pytest.raises(SubmissionError, match="what is no answer"):
            conversation.ask({"do": "run"})
    assert not conversation._reader.is_alive()
