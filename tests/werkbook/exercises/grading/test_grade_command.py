"""What `werkbook grade` makes of its options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.exercise_cases.course import code, notebook

from werkbook.exercises import commands
from werkbook.exercises.course.key import Key, write_key
from werkbook.exercises.grading.confinement import SubmissionLimits
from werkbook.exercises.grading.results import Graded


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        ([], SubmissionLimits()),
        (
            [
                "--timeout",
                "5",
                "--memory",
                "900",
                "--file-size",
                "7",
                "--processes",
                "9",
                "--network",
            ],
            SubmissionLimits(
                timeout_s=5, memory_mb=900, file_mb=7, processes=9, has_network=True
            ),
        ),
    ],
)
def test_each_limit_is_the_options(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    limits: SubmissionLimits,
) -> None:
    """None is taken for another."""
    seen: list[SubmissionLimits] = []

    def grade_all(found: Any, key: Key, given: SubmissionLimits, **_: Any) -> list[Any]:
        seen.append(given)
        return []

    monkeypatch.setattr(commands, "grade_all", grade_all)
    (tmp_path / "ada.ipynb").write_text(json.dumps(notebook([code("1")])), "utf-8")
    (tmp_path / "key").mkdir()
    write_key(Key(()), tmp_path / "key")
    arguments = [str(tmp_path / "ada.ipynb"), "--key", str(tmp_path / "key")]
    done = CliRunner().invoke(commands.grade_command, [*arguments, *options])
    assert (done.exit_code, seen) == (0, [limits]), done.output


def test_what_another_program_reads_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `-` for a file the table goes to standard error."""
    monkeypatch.setattr(commands, "grade_all", lambda *_, **__: [])
    (tmp_path / "ada.ipynb").write_text(json.dumps(notebook([code("1")])), "utf-8")
    (tmp_path / "key").mkdir()
    write_key(Key(()), tmp_path / "key")
    arguments = [str(tmp_path / "ada.ipynb"), "--key", str(tmp_path / "key")]
    done = CliRunner().invoke(commands.grade_command, [*arguments, "--json", "-"])
    assert json.loads(done.stdout) == []
    assert done.stderr.split() == ["student", "points"]


def test_what_cannot_be_written_loses_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table is there before; the other files are named by the error."""
    graded = Graded("ada", "ada.ipynb")
    monkeypatch.setattr(commands, "grade_all", lambda *_, **__: [graded])
    (tmp_path / "ada.ipynb").write_text(json.dumps(notebook([code("1")])), "utf-8")
    (tmp_path / "key").mkdir()
    write_key(Key(()), tmp_path / "key")
    output = tmp_path / "ada.ipynb" / "marks.csv"
    arguments = [str(tmp_path / "ada.ipynb"), "--key", str(tmp_path / "key")]
    done = CliRunner().invoke(
        commands.grade_command, [*arguments, "--csv", str(output)]
    )
    assert done.exit_code == 1
    assert "ada" in done.stdout
    assert "could not be read or written" in done.stderr
