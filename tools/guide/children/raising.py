"""Runs pieces of code that raise, each in a folder of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import textwrap
from pathlib import Path
from typing import Any


def main() -> None:
    """Read the pieces from standard input, and print what each raised."""
    work: dict[str, str] = json.load(sys.stdin)
    raised = {name: _raise(name, source) for name, source in work.items()}
    print(json.dumps(raised))


def _raise(name: str, source: str) -> dict[str, Any]:
    folder = Path(sys.argv[1]) / name
    folder.mkdir()
    os.chdir(folder)
    space: dict[str, Any] = {"__name__": "__main__"}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(textwrap.dedent(source), f"<{name}>", "exec"), space)
    except BaseException as error:
        if type(error).__name__ != name:
            raise SystemExit(f"{name}: raised {error!r} instead") from error
        return {
            "text": str(error).replace(str(folder), "FOLDER"),
            "why": getattr(error, "why", ""),
            "fix": getattr(error, "fix", ""),
        }
    raise SystemExit(f"{name}: nothing was raised")


if __name__ == "__main__":
    main()
