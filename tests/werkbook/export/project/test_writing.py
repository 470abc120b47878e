"""Files are written in one step, and never over someone's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from werkbook.cells.cell import ExportExistsError
from werkbook.export.project.writing import write_text

OURS = '"""Web app of the notebook a.ipynb, exported by Werkbook."""\n'


def test_write_makes_folders_and_leaves_nothing_else(tmp_path: Path) -> None:
    """No temporary file stays."""
    path = tmp_path / "a" / "app.py"
    write_text(path, OURS)
    write_text(path, OURS + "x = 1\n")
    assert path.read_text() == OURS + "x = 1\n"
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
    assert path.read_text() == OURS
    assert path.stat().st_mode & 0o777 == 0o600
