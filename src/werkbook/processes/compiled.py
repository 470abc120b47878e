"""Modules that are imported in a sandbox alone, compiled before.

A process that is shut in can't keep what it compiles. Where an installer leaves
compiling to the first import, as uv does, each such process compiled them anew.
"""

from __future__ import annotations

import compileall
import sys
from functools import cache
from pathlib import Path


@cache
def compile_once(folder: Path) -> None:
    """Compile the modules of a folder and of those in it that changed since.

    Where nothing may be written, or is not to be (`PYTHONDONTWRITEBYTECODE`), nothing
    is done.
    """
    if not sys.dont_write_bytecode:
        compileall.compile_dir(folder, quiet=2)
