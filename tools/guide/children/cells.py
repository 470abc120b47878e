"""Runs cells in one IPython shell: examples must pass, mistakes must fail."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def main() -> None:
    """Read the work from standard input, and print what the mistakes said."""
    work = json.load(sys.stdin)
    os.chdir(sys.argv[1])
    shell: Any = InteractiveShell.instance()
    said: dict[str, str] = {}
    with contextlib.redirect_stdout(io.StringIO()), _quiet():
        for cell in [*work["prelude"], *work["examples"]]:
            problem = _run(shell, cell)
            if problem is not None:
                raise SystemExit(f"The example fails:\n{cell}\n{problem}")
        for cell in work["mistakes"]:
            problem = _run(shell, cell)
            if problem is None:
                raise SystemExit(f"The mistake passes:\n{cell}")
            said[cell] = problem
        _run(shell, "%serve stop")
    print(json.dumps(said))


@contextlib.contextmanager
def _quiet() -> Any:
    held = sys.stderr
    sys.stderr = io.StringIO()
    try:
        yield
    except SystemExit as error:
        sys.stderr = held
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    finally:
        sys.stderr = held


def _run(shell: Any, cell: str) -> str | None:
    result = shell.run_cell(cell, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return None
    text = ANSI.sub("", f"{type(error).__name__}: {error}")
    return text.replace(sys.argv[1], "FOLDER")


if __name__ == "__main__":
    main()
