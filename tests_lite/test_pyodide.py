"""The framework's own tests, in the site's Python: Pyodide under Node.

Left out are those marked `system`, which need threads, sockets or processes, and those
of magics that start some.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from tests.browser.lab import ROOT

from tests_lite.site import FOLDER

RUNNER = ROOT / "tests_lite" / "run_pytest.mjs"
STACK = "--stack-size=4000"
"""Kilobytes: what pytest calls nests deeper than a page does."""
OPTIONS = [
    *("-c", "tests_lite/pytest.ini", "--rootdir=.", "-p", "tests_lite.in_pyodide"),
    *("-v", "-m", "not system", "--no-header"),
]
PURE_OPTIONS = [
    *("-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
    *("--platform", "any", "--implementation", "py", "--abi", "none"),
]


@pytest.fixture
def pure(tmp_path: Path) -> Path:
    """A folder with the newest Hypothesis that has no compiled part."""
    command = [sys.executable, "-m", "pip", "install", *PURE_OPTIONS]
    subprocess.run([*command, "--target", tmp_path, "hypothesis"], check=True)
    return tmp_path


def _parts() -> dict[str, list[str]]:
    """Share the tests out: one Pyodide for all would take a busy machine too long."""
    found: dict[str, list[str]] = {"export": [], "folders": [], "modules": []}
    for path in sorted((ROOT / "tests/werkbook").iterdir()):
        if path.name.startswith("_"):
            continue
        if path.is_dir() or path.name.startswith("test_"):
            kind = "folders" if path.is_dir() else "modules"
            part = path.name if path.name in found else kind
            found[part].append(path.relative_to(ROOT).as_posix())
    return found


PARTS = _parts()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", PARTS)
def test_framework_in_pyodide(pure: Path, part: str) -> None:
    """All tests of `tests/werkbook` that need no more than Python pass there."""
    libraries = sysconfig.get_path("purelib")
    places = [FOLDER, ROOT, pure, libraries]
    command = ["node", STACK, RUNNER, *places, *OPTIONS, *PARTS[part]]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=840)
    except subprocess.TimeoutExpired as error:
        pytest.fail(f"It does not end, and stands at:\n{error.output[-2000:].decode()}")
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-4000:]}"
