"""The JavaScript of the card, tested by Node's test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from werkbook_ext import cards
from werkbook_ext.widgets.esm import join_modules

HERE = Path(__file__).parent
CARDS = Path(cards.__file__).parent / "js"


def test_pure_functions() -> None:
    """Node's test runner passes; Playwright brings a Node along."""
    node = compute_driver_executable()[0]
    command = [node, "--test", str(HERE / "logic.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["card_view.js", "announce_view.js"])
def test_joined_module_is_whole(name: str, tmp_path: Path) -> None:
    """The joined text imports nothing, and Node can load it."""
    module = tmp_path / "card.mjs"
    module.write_text(join_modules(CARDS / name), "utf-8")
    assert "import {" not in module.read_text("utf-8")
    check = f"import({str(module)!r}).then(m => process.exit(m.default.render ? 0 : 1))"
    command = [compute_driver_executable()[0], "-e", check]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
