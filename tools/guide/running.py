"""Runs cells and code in processes of their own, and says what came of them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def say_mistakes(mistakes: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return what each cell of magics says when it fails."""
    from .magic_examples import EXAMPLES, PRELUDE

    work = {
        "prelude": PRELUDE,
        "examples": [cell for cells in EXAMPLES.values() for cell in cells],
        "mistakes": [cell for cells in mistakes.values() for cell in cells],
    }
    return _run("tools.guide.children.cells", json.dumps(work))


def say_errors(examples: Mapping[str, str]) -> dict[str, Any]:
    """Return what the code of each name raises: its text, and its kind."""
    return _run("tools.guide.children.raising", json.dumps(dict(examples)))


@cache
def _run(module: str, work: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="werkbook-guide-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", module, folder],
            cwd=ROOT,
            input=work,
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )
    if done.returncode != 0:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
