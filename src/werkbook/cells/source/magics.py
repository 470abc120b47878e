"""IPython's syntax without IPython: cell magics, line magics, shell and help lines.

Lines that are not Python become `pass`, so that every other line keeps its number.
What they asked for is kept beside the text where the app may need it.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import dataclass, field

from werkbook.cells.prompts import shell_value
from werkbook.cells.source.lines import indent, scan
from werkbook.cells.source.scripts import (
    IsScript,
    ScriptRun,
    python_command,
    python_commands,
    read_run,
    shell_command,
)
from werkbook.cells.source.texts import quote

PYTHON_MAGICS = frozenset(
    ("time", "capture", "prun", "memit", "mprun", "lprun", "debug", "snakeviz", "heat")
)
"""Cell magics whose body runs in the notebook's own namespace."""

_CELL_MAGIC = re.compile(r"\s*%%(?!%)(?P<name>[\w.]+)(?P<line>[^\n]*)(?:\n|\Z)")
_TARGETS = re.compile(r"\s*[A-Za-z_][\w.,\s]*\Z")
_MAKE_FOLDER = re.compile(r"[!%]?[ \t]?mkdir\s+(?P<what>[^;&|<>]+)")
_PLAIN_FOLDER = re.compile(r"(?:\./)?[\w][\w./ -]*/?\Z")
_ENTERED_FOLDER = re.compile(r"(?:\.\.?/)*(?:\.\./?|[\w][\w./ -]*)\Z")
_CHANGE_FOLDER = re.compile(r"%?[ \t]?cd\s+(?:-q\s+)?(?P<what>[^;&|<>]+)")
_HELP = re.compile(r"(?:\?{1,2}[\w.*%]+|[A-Za-z_%][\w.*]*\?{1,2});?\Z")
_MAGIC = re.compile(r"\s*(?:!|%[A-Za-z_%])")
_AUTOMAGIC = re.compile(
    r"\s*(?:(?:pip3?|conda|mamba|apt|apt-get|npm|git|wget|curl|python3?)\s+[-\w]"
    r"|(?:ls|ll|cd|mkdir|rm|cp|mv|cat|pwd|cls|clear)(?:\s+[-\w./~]|\s*\Z))"
)
_PYTHON_LINE = re.compile(r"(?P<indent>\s*)%(?:time|prun|memit)\s+(?P<code>\S.*)")
_ENVIRONMENT = re.compile(r"(?P<indent>\s*)%(?:set_)?env\s+(\w+)[=\s]\s*(\S.*)")
_FILLED_IN = re.compile(r"\{([A-Za-z_]\w*)\}|\$([a-z_]\w*)\b")
_INSTALL = re.compile(
    r"(?:[\w,][\w,\s]*=\s*)?[!%]*[ \t]?"
    r"(?:\{?sys\.executable\}?\s+-m\s+|python3?\s+-m\s+|sudo\s+)*"
    r"(?:uv\s+)?pip3?\s+install\s+(?P<what>.+)"
)
_CLASSIC_PROMPT = re.compile(r"^(?:>>> ?|\.\.\.(?: |$))", re.MULTILINE)
_NUMBERED_PROMPT = re.compile(r"^(?:In \[\d+\]: ?|\s*\.{3,}: ?)", re.MULTILINE)
_REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?(?:[=<>!~]=?[^\s]*)?\Z")


def _no_script(path: str) -> bool:
    return False


@dataclass(frozen=True)
class CellMagic:
    """A cell's first line and what stands below it."""

    name: str
    line: str
    body: str
    first_line: int


@dataclass
class Transformed:
    """Python made of a cell's text.

    Attributes:
        source: As many lines as the cell has.
        installs: What its pip lines name, as written.
        commands: The shell and magic lines, for the warnings.
        runs: Files that `%run` runs, with what it gives them, by line.
        needs: Modules that the lines use which became Python.
        notes: What to say of a line where the app needs it, by line.
        is_script: Says whether a path is that of a script that `!python` may run.
    """

    source: str
    installs: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    runs: dict[int, ScriptRun] = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)
    is_script: IsScript = _no_script
    notes: dict[int, str] = field(default_factory=dict)


def cell_magic(source: str) -> CellMagic | None:
    """Read the cell magic that a cell starts with, if any."""
    match = _CELL_MAGIC.match(source)
    if match is None:
        return None
    first_line = source.count("\n", 0, match.end()) + 1
    return CellMagic(
        match["name"], match["line"].strip(), source[match.end() :], first_line
    )


def is_foreign(line: str) -> bool:
    """Say whether a logical line is IPython's and not Python's."""
    if not line.strip():
        return False
    return bool(
        _MAGIC.match(line)
        or ("?" in line and _HELP.match(line.strip()))
        or _AUTOMAGIC.match(line)
        or _assignment(line) is not None
    )


def transform(source: str, is_script: IsScript = _no_script) -> Transformed:
    """Turn a cell's text, its cell magic taken off, into Python of as many lines."""
    result = Transformed("", is_script=is_script)
    lines = []
    for line in scan(_without_margin(_without_prompts(source)), is_foreign):
        if not line.is_foreign:
            lines.append(line.text)
            continue
        if line.is_start:
            lines.append(_replace(line.text, len(lines) + 1, result))
        else:
            lines.append("")
    result.source = "\n".join(lines)
    return result


def captured(magic: CellMagic, notebook: str) -> str:
    """Write a `%%capture` cell as Python, where the notebook reads what it keeps.

    The cell's body begins on the third line; "" where its text is not read.
    """
    names = [one for one in magic.line.split() if one.isidentifier()]
    if magic.name != "capture" or len(names) != 1:
        return ""
    (name,) = names
    is_shown = re.search(rf"\bstr\({name}\)|\{{{name}[!:}}]", notebook)
    is_read = is_shown or re.search(rf"\b{name}\.std(?:out|err)\b", notebook)
    if not is_read or re.search(rf"\b{name}(?:\(|\.(?!std))", notebook):
        return ""
    redirected = ", ".join(
        f"contextlib.redirect_{one}(io.StringIO()) as _{name}_{one}"
        for one in ("stdout", "stderr")
    )
    kept = ", ".join(f"{one}=_{name}_{one}.getvalue()" for one in ("stdout", "stderr"))
    kind = "types.SimpleNamespace"
    if is_shown:  # as text it is what was printed
        kind = f'type("Captured", ({kind},), {{"__str__": lambda kept: kept.stdout}})'
    return (
        "import contextlib; import io; import types\n"
        f"with {redirected}:\n"
        f"{indent(transform(magic.body.rstrip()).source or 'pass')}\n"
        f"{name} = {kind}({kept})"
    )


def without_magics(source: str) -> str:
    """Turn the body of a view into Python; a magic at its margin leaves no trace."""
    result = transform(source).source.split("\n")
    before = source.split("\n")
    return "\n".join(
        "" if new == "pass" and old.strip() != "pass" else new
        for old, new in zip(before, result, strict=True)
    )


def _replace(text: str, number: int, result: Transformed) -> str:
    python = _PYTHON_LINE.match(text)
    if python:
        return python["indent"] + python["code"]
    result.commands.append(text.strip())
    result.installs.extend(installs(text))
    environment = _ENVIRONMENT.match(text)
    if environment:
        indent, name, value = environment.groups()
        result.needs.add("os")
        return f'{indent}os.environ["{name}"] = {_filled(value.strip())}'
    run = read_run(text)
    if run:
        result.runs[number] = run
    indent = text[: len(text) - len(text.lstrip())]
    folders = made_folders(text)
    if folders:
        result.needs.add("os")
        made = [f"os.makedirs({quote(one)}, exist_ok=True)" for one in folders]
        return indent + "; ".join(made)
    folder = _CHANGE_FOLDER.match(text.strip())
    if folder and _ENTERED_FOLDER.match(folder["what"].strip()):
        result.needs.add("os")
        return f"{indent}os.chdir({quote(folder['what'].strip())})"
    command = shell_command(text)
    if command:
        return indent + (_script(command, result) or "pass")
    assigned = None if _MAGIC.match(text) else _assignment(text)
    if assigned is not None:
        return indent + _assigned(*assigned, number, result)
    return indent + "pass"


def _filled(value: str) -> str:
    """Write a text in which IPython fills in names: `{name}`, `$name`.

    `$NAME` is a variable of the shell's as a rule, and stays as it is.
    """
    if not _FILLED_IN.search(value) or "$$" in value:
        return quote(value)
    filled = _FILLED_IN.sub(lambda match: f"{{{match[1] or match[2]}}}", value)
    is_plain = not set(_FILLED_IN.sub("", filled)) & set("{}")
    return f"f{quote(filled)}" if is_plain else quote(value)


def _assignment(line: str) -> tuple[str, str, str] | None:
    """Read `names = !command` or `names = %magic`: targets, sign, what follows."""
    head, equals, rest = line.partition("=")
    what = rest.lstrip()
    if not equals or not what.startswith(("!", "%")) or what[1:2] in ("", "="):
        return None
    if what[0] == "%" and not what[1].isalpha():
        return None
    if not _TARGETS.match(head):
        return None
    return head.strip(), what[0], what[1:].strip()


def _magic_value(what: str, result: Transformed) -> str:
    """Write a magic's value: what a file has for it, or the notebook's own word.

    A file has no `get_ipython`: what needs it stays out, as do requests to the app.
    """
    name, _, rest = what.partition(" ")
    rest = rest.strip()
    if name == "time" and rest:
        return rest
    if what == "pwd":
        result.needs.add("os")
        return "os.getcwd()"
    if name == "env" and rest.isidentifier():
        result.needs.add("os")
        return f'os.environ["{rest}"]'
    return f"get_ipython().run_line_magic({quote(name)}, {quote(rest)})"


def _assigned(
    target: str, sign: str, what: str, number: int, result: Transformed
) -> str:
    """Bind a name to what the shell or a magic would have answered."""
    shell = re.match(r"(?:sx|system)\s+(?P<what>.+)", what) if sign == "%" else None
    if shell:
        sign, what = "!", shell["what"]
    if sign == "%":
        return f"{target} = {_magic_value(what, result)}"
    script = _script(what, result, is_kept=True)
    if script:
        return f"{target} = {script}"
    if what == "pwd":
        result.needs.add("os")
        return f"{target} = [os.getcwd()]"
    text, said = shell_value(target, what)
    result.needs |= {one for one in ("os", "subprocess") if f"{one}." in text}
    if said:
        result.notes[number] = said
    return text


def _script(command: str, result: Transformed, *, is_kept: bool = False) -> str:
    """Write what runs a script as Python; "" where a line is another command."""
    text = python_command(command, result.is_script, is_kept=is_kept)
    if not text and not is_kept:
        text = "; ".join(python_commands(command, result.is_script))
    if text:
        result.needs |= {"subprocess", "sys"} | (
            {"os"} if "os.makedirs" in text else set()
        )
    return text


def made_folders(text: str) -> list[str]:
    """List the folders that a `mkdir` line makes, as far as it names them plainly."""
    match = _MAKE_FOLDER.match(text.strip())
    if match is None:
        return []
    try:
        words = shlex.split(match["what"], comments=True)
    except ValueError:
        return []
    paths = [word for word in words if not word.startswith("-")]
    is_plain = all(_PLAIN_FOLDER.match(one) and ".." not in one for one in paths)
    return [one.removeprefix("./").rstrip("/") for one in paths] if is_plain else []


def installs(text: str) -> list[str]:
    """List the requirements that a pip line names."""
    match = _INSTALL.match(text.strip())
    if match is None:
        return []
    command = re.split(r"[;&|>]{1,2}(?![=\d])", match["what"].replace("\\", " "))[0]
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        words = command.split()
    found = []
    skip = False
    for word in words:
        if skip or word.startswith("-"):
            skip = word in ("-r", "-c", "-i", "-f", "-e", "--index-url", "--target")
        elif _REQUIREMENT.match(word) and not word.endswith((".txt", ".whl")):
            found.append(word)
    return found


def _without_margin(source: str) -> str:
    """Take the indentation off that all lines of a cell share, as IPython does."""
    return textwrap.dedent(source) if source[:1] in (" ", "\t") else source


def _without_prompts(source: str) -> str:
    if re.match(r"\s*>>>", source):
        return _CLASSIC_PROMPT.sub("", source)
    if re.match(r"\s*In \[\d+\]:", source):
        return _NUMBERED_PROMPT.sub("", source)
    return source
