"""Scripts that cells run: `%run report.py 2024` and `!python make.py data.json`."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable

from werkbook.cells.read import decode
from werkbook.cells.source.texts import quote
from werkbook.cells.source.trees import constants

IsScript = Callable[[str], bool]
"""Says of a path whether a script lies there that only works and serves nothing."""

_RUN = re.compile(
    r"\s*%run\s+(?:-[^n\s]\w*\s+)*(['\"]?)(?P<path>[^\s'\"-][^\s'\"]*)\1"
    r"(?P<words>(?:\s[^#*?\[\]~{}$\\]*)?)(?:#.*)?\Z"
)
"""IPython fills in `{name}` and `$name`, and opens `*` and `~`."""
_PYTHON = re.compile(
    r"(?:\{sys\.executable\}|python3?(?:\.\d+)?)\s+(?:-[uOBW]\S*\s+)*"
    r"(?P<path>[\w./-]+\.py)(?P<words>(?:\s[^|&;<>`$*?~{}()\\#]*)?)"
    r"(?:>\s*(?P<output>[\w./-]+)\s*)?\Z"
)
_SERVES = re.compile(
    r"^\s*(?:import|from)\s+(?:aiohttp|bottle|dash|django|falcon|fastapi|fasthtml|flask"
    r"|gevent|gradio|http\.server|litestar|quart|sanic|socket|socketserver|starlette"
    r"|streamlit|tornado|uvicorn|waitress|werkbook|werkzeug|wsgiref|xmlrpc)\b",
    re.MULTILINE,
)
ARGUMENTS_NAME = "_argv"
ARGUMENTS = (
    f"{ARGUMENTS_NAME}, sys.argv = sys.argv, ",
    f"sys.argv = {ARGUMENTS_NAME}",
)
"""What stands before and after a script that is run with arguments."""


def read_run(text: str) -> list[str]:
    """Read a `%run` line: the path, and what the script is given; [] if not plain."""
    match = _RUN.match(text)
    words = _split(match["words"]) if match else None
    return [] if match is None or words is None else [match["path"], *words]


def python_command(command: str, is_script: IsScript, *, is_kept: bool) -> str:
    """Write what runs a script as Python; "" where it is another command.

    Args:
        command: A shell line, its `!` taken off.
        is_script: Says whether a path is that of a script.
        is_kept: A name is bound to the lines that it prints.
    """
    match = _PYTHON.match(command.strip())
    words = _split(match["words"]) if match else None
    if match is None or words is None or not is_script(match["path"]):
        return ""
    given = ", ".join(["sys.executable", *map(quote, (match["path"], *words))])
    if is_kept:
        both = "stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True"
        return f"subprocess.run([{given}], {both}).stdout.splitlines()"
    printed = match["output"]
    where = f', stdout=open({quote(printed)}, "w")' if printed else ""
    return f"subprocess.run([{given}]{where})"


def serves(source: str) -> bool:
    """Say whether a script is no mere script: it imports what serves."""
    return _SERVES.search(source) is not None


def script_texts(source: str) -> frozenset[str]:
    """List the texts of a script, the names of the files that it writes among them."""
    try:
        return frozenset(constants([ast.parse(source)]))
    except (SyntaxError, ValueError):
        return frozenset()


def script_sources(content: str, path: str) -> list[str]:
    """The cells of a notebook that `%run` names, or the one text of a script."""
    if path.endswith(".ipynb"):
        return [cell.source for cell in decode(content, path).cells]
    return [content]


def _split(words: str) -> list[str] | None:
    try:
        return shlex.split(words)
    except ValueError:
        return None
