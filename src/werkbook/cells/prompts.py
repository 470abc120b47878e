"""What a cell asks of a person or of the shell: the file reads it from the environment.

`key = getpass()`, `name = input("Name: ")` and `version = !git describe` have no answer
where an app starts by itself. Each becomes a look at an environment variable, with the
saved answer as its default where that is known and harmless.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator

from werkbook.cells.routes import own
from werkbook.cells.source.edits import apply
from werkbook.cells.source.edits import replace as replace_node
from werkbook.cells.source.texts import quote
from werkbook.cells.source.trees import chain, dotted, targets

PROMPTS = frozenset(("input", "raw_input", "getpass", "getpass.getpass"))
"""Calls that wait for a person at the keyboard."""

_PLAIN = r"(?:ls|cat|head|tail|wc|sort|uniq|grep|printf|seq|basename|dirname)"
_WORDS = r"(?:\s+(?:'[^'{}$`]*'|\"[^\"{}$`\\]*\"|[^\s'\"{}$`\\|&;<>()]+))*\s*"
_LOOKS = re.compile(rf"{_PLAIN}{_WORDS}(?:\|\s*{_PLAIN}{_WORDS})*\Z")
"""Commands that only look at files of the folder, or reckon: a file asks them, too.

None with what IPython or the shell fills in.
"""
_SECRET = re.compile(r"secret|passw|api_?key|token|credential|_key\b|\bkey\b", re.I)


def name_variable(target: str) -> str:
    """Name the environment variable that stands for a name of the notebook."""
    name = re.sub(r"\W+", "_", target.strip()).strip("_").upper()
    return name if name and not name[0].isdigit() else f"VALUE_{name}".rstrip("_")


def shell_value(target: str, command: str) -> tuple[str, str]:
    """Write Python for `target = !command`; also give what to say of it, or ""."""
    echoed = _echoed(command)
    if echoed is not None:
        return f"{target} = {echoed!r}", ""
    if _LOOKS.match(command):
        return f"{target} = subprocess.getoutput({quote(command)}).splitlines()", ""
    variable = name_variable(target)
    said = (
        f"!{command} is answered by this machine's shell; the file reads the variable"
        f" {variable} instead."
    )
    return f'{target} = os.environ["{variable}"].splitlines()', said


def _echoed(command: str) -> list[str] | None:
    """What `echo` prints of plain words, line by line."""
    if any(sign in command for sign in "$`|<>;&*?{}\\"):
        return None
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    return [" ".join(words[1:])] if words[:1] == ["echo"] else None


def asks(node: ast.AST) -> bool:
    """Say whether a call waits for a person."""
    return isinstance(node, ast.Call) and (dotted(node.func) or "") in PROMPTS


def is_console_loop(node: ast.stmt) -> bool:
    """Say whether a statement talks with a person until that one has had enough."""
    return any(
        isinstance(loop, ast.While | ast.For)
        and any(asks(one) for one in own(loop.body))
        for loop in own([node])
    )


def answer_prompts(node: ast.stmt, text: str, saved: str) -> tuple[str, str] | None:
    """Replace what a statement asks of a person by environment variables.

    Args:
        node: The statement, its places those of `text`.
        text: Its text.
        saved: What the cell's saved output shows, prompts and answers included.

    Returns:
        The new text and what to say of it; None when the statement asks nothing.
    """
    found = list(_prompts(node))
    if not found or is_console_loop(node):
        return None
    edits, said = [], []
    for call in found:
        name = dotted(call.func) or ""
        variable = name_variable(_target(node) or _prompt(call) or name)
        default = _saved_answer(call, saved)
        if default is None or "getpass" in name or _SECRET.search(variable):
            value = f'os.environ["{variable}"]'
        else:
            value = f'os.environ.get("{variable}", {quote(default)})'
        edits.append(replace_node(call, value))
        said.append(
            f"{name}() asks a person, and nobody sits at a server; the file reads the"
            f" variable {variable} instead."
        )
    return apply(text, edits), " ".join(dict.fromkeys(said))


def _prompts(node: ast.stmt) -> Iterator[ast.Call]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for one in own([node]):
        if isinstance(one, ast.Call) and asks(one):
            yield one


def _target(node: ast.stmt) -> str:
    for one in ast.walk(node):
        for target in targets(one):
            if isinstance(target, ast.Name):
                return target.id
            if isinstance(target, ast.Subscript) and isinstance(
                target.slice, ast.Constant
            ):
                return str(target.slice.value)
            if isinstance(target, ast.Attribute):
                return chain(target)[1][-1]
    return ""


def _prompt(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return str(first.value)[:40] if is_text else ""  # type: ignore[union-attr]  # a text


def _saved_answer(call: ast.Call, saved: str) -> str | None:
    """What stands after the prompt in the saved output."""
    prompt = _prompt(call)
    if not prompt or prompt not in saved:
        return None
    answer = saved.split(prompt, 1)[1].split("\n")[0].strip()
    return answer or None
