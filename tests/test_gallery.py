"""The notebooks of the gallery: each exports, and the file is proved."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from werkbook.export.command import export_command

FOLDER = Path(__file__).parents[1] / "notebooks/gallery"


@pytest.mark.parametrize("name", ["model.ipynb", "typed_api.ipynb"])
def test_export_is_proved(tmp_path: Path, name: str) -> None:
    """The exported file answers as the notebook does."""
    shutil.copytree(FOLDER, tmp_path / "gallery")
    notebook = tmp_path / "gallery" / name
    arguments = [str(notebook), "-o", str(notebook.with_name("app.py"))]
    done = CliRunner().invoke(export_command, arguments)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1].startswith("Proved: "), done.output
