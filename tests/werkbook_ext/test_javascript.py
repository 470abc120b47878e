"""The JavaScript of the widgets: its own tests, beside it, and the joined texts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

import werkbook_ext
from werkbook_ext.widgets.esm import join_modules

ROOT = Path(werkbook_ext.__file__).parent
TESTS = sorted(ROOT.rglob("*.test.mjs"))
NODE = str(compute_driver_executable()[0])  # Playwright brings a Node along


def run_node(*arguments: str) -> None:
    command = [NODE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_tests() -> None:
    """The tests stand beside what they test."""
    assert {path.relative_to(ROOT).parts[0] for path in TESTS} == {
        "browser",
        "cards",
        "widgets",
    }


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_module_passes_its_own_tests(path: Path) -> None:
    """Node's test runner passes."""
    run_node("--test", str(path))


@pytest.mark.parametrize("name", ["card_view.js", "announce_view.js"])
def test_joined_module_is_whole(name: str, tmp_path: Path) -> None:
    """The joined text imports nothing, and Node can load it."""
    module = tmp_path / "card.mjs"
    text = join_modules(ROOT / "cards" / "js" / name)
    module.write_text(text, "utf-8")
    assert not [line for line in text.splitlines() if line.startswith("import ")]
    check = f"import({str(module)!r}).then(m => process.exit(m.default.render ? 0 : 1))"
    run_node("-e", check)
