"""Scripts that cells run: `%run report.py 2024` and `!python make.py data.json`."""

from __future__ import annotations

import ast
import posixpath
import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from werkbook.cells.read import decode
from werkbook.cells.shell import here_document, split_commands
from werkbook.cells.source.edits import apply, replace
from werkbook.cells.source.texts import block, quote
from werkbook.cells.source.trees import constants
from werkbook.syntax_trees import parse_python

IsScript = Callable[[str], bool]
"""Says of a path whether a script lies there that only works and serves nothing."""

_RUN = re.compile(
    r"\s*%run\s+(?P<options>(?:-\w+\s+)*)(['\"]?)(?P<path>[^\s'\"-][^\s'\"]*)\2"
    r"(?P<words>(?:\s[^#*?\[\]~{}$\\]*)?)(?:#.*)?\Z"
)
"""IPython fills in `{name}` and `$name`, and opens `*` and `~`."""
_IS_MAIN = re.compile(r"__name__ == '__main__'\Z|'__main__' == __name__\Z")
_PYTHON = re.compile(
    r"(?:\{sys\.executable\}|python3?(?:\.\d+)?)\s+(?:-[uOBW]\S*\s+)*"
    r"(?P<path>[\w./-]+\.py)(?P<words>(?:\s[^|&;<>`$*?~{}()\\#]*)?)"
    r"(?:>\s*(?P<output>[\w./-]+)\s*)?\Z"
)
_SHELL_LINE = re.compile(
    r"(?:!{1,2}|%(?:sx|system)\s+|%%(?:sx|system)\s+)(?P<command>.*)\Z", re.DOTALL
)
_CODE = re.compile(
    r"(?:\{sys\.executable\}|python3?(?:\.\d+)?)\s+(?:-[uOB]\S*\s+)*-c\s+"
    r"(?:'(?P<single>[^']*)'|\"(?P<double>(?:[^\"$`\\]|\\[^\"$`\\])*)\")\s*\Z",
    re.DOTALL,
)
_FROM_HERE = re.compile(
    r"(?:python3?(?:\.\d+)?)\s+(?:-\s+)?<<(?P<tabs>-?)\s*(?P<quote>['\"]?)(?P<end>\w+)(?P=quote)\s*\Z"
)
_MAKE = re.compile(r"mkdir\s+(?:-p\s+)?(?P<folder>[\w.-][\w./-]*)\Z")
_ENTER = re.compile(r"cd\s+(?P<folder>[\w.-][\w./-]*)\Z")
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


@dataclass(frozen=True)
class ScriptRun:
    """A `%run` line.

    Attributes:
        path: The script's.
        words: What it is given.
        is_main: Its `if __name__ == "__main__":` counts; not so with `-n`.
    """

    path: str
    words: tuple[str, ...] = ()
    is_main: bool = True


def read_run(text: str) -> ScriptRun | None:
    """Read a `%run` line; None if it is not plain."""
    match = _RUN.match(text)
    words = _split(match["words"]) if match else None
    if match is None or words is None:
        return None
    is_main = "n" not in match["options"].replace("-", "")
    return ScriptRun(match["path"], tuple(words), is_main)


def without_main(source: str) -> str:
    """Take out of a script what it does as the main module; its lines stay."""
    try:
        tree = parse_python(source)
    except (SyntaxError, ValueError):
        return source
    edits = []
    for node in tree.body:
        if isinstance(node, ast.If) and _IS_MAIN.match(ast.unparse(node.test)):
            below = "\n" * ((node.end_lineno or node.lineno) - node.lineno)
            gone = replace(node, f"pass{below}")
            edits.append(replace(node.test, "False") if node.orelse else gone)
    return apply(source, edits)


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


def python_commands(script: str, is_script: IsScript, *, folder: str = "") -> list[str]:
    """Write the lines of a shell script that run Python as Python, in their order.

    What else the script does is not in it. A folder that `cd` leads to is followed.

    Args:
        script: Shell lines, their `!` taken off.
        is_script: Says whether a path is that of a script.
        folder: Where the first line stands.
    """
    found: list[str] = []
    lines = iter(script.split("\n"))
    for line in lines:
        here = _FROM_HERE.match(line.strip())
        if here is not None:
            code = here_document(lines, here)
            if code is not None and (here["quote"] or not re.search(r"[$`\\]", code)):
                found.append(_within(code_command(code), folder))
            continue
        for part in split_commands(line):
            entered, inner = _ENTER.match(part), _CODE.match(part)
            made = _MAKE.match(part)
            command = ""
            if made:
                where = quote(_under(folder, made["folder"]))
                found.append(f"os.makedirs({where}, exist_ok=True)")
            elif entered:
                folder = posixpath.normpath(posixpath.join(folder, entered["folder"]))
            elif inner:
                command = code_command(inner["single"] or inner["double"] or "")
            else:
                own = partial(_is_script_in, folder, is_script)
                command = python_command(part, own, is_kept=False)
            if command:
                found.append(_within(command, folder))
    runs = any(one.startswith("subprocess") for one in found)
    return found if runs and not folder.startswith("..") else []


def _is_script_in(folder: str, is_script: IsScript, path: str) -> bool:
    return is_script(_under(folder, path))


def _under(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _within(command: str, folder: str) -> str:
    return f"{command[:-1]}, cwd={quote(folder)})" if folder else command


def code_command(code: str) -> str:
    """Write what a `%%python` cell does: its code runs in a process of its own."""
    return f'subprocess.run([sys.executable, "-c", {block(code)}])'


def shell_command(line: str) -> str:
    """The command of `!command`, `!!command`, `%sx command`; "" of another line."""
    match = _SHELL_LINE.match(line.strip())
    return match["command"] if match else ""


def texts_written(
    given: Iterable[str], content: Callable[[str], str | None]
) -> frozenset[str]:
    """The texts that may name what a statement's scripts, or its code, write.

    Args:
        given: Those of the statement.
        content: Gives what a file holds, or None.
    """
    texts = list(given)
    words = [word for text in texts for word in text.split()]
    named = [one for one in words if one.endswith(".py")]
    named += [_under(folder, one) for folder in texts for one in named if folder]
    held = [content(one.removeprefix("./")) for one in named]
    sources = [one for one in held if one is not None and not serves(one)]
    if "-c" in texts:
        sources += [
            one for one in texts[texts.index("-c") + 1 :][:1] if not serves(one)
        ]
    found = [script_texts(one) for one in sources]
    return frozenset(words).union(*found) if sources else frozenset()


def serves(source: str) -> bool:
    """Say whether a script is no mere script: it imports what serves."""
    return _SERVES.search(source) is not None


def script_texts(source: str) -> frozenset[str]:
    """List the texts of a script, the names of the files that it writes among them."""
    try:
        return frozenset(constants([parse_python(source)]))
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
