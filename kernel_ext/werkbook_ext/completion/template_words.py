"""What can stand in a `%%template` cell: tags, filters, variables, blocks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from jinja2 import Environment, TemplateError, nodes

from werkbook import live
from werkbook.cells.routes import CellLineError, parse_template_line
from werkbook.syntax_trees import parse_python

from ..notebook.live_cells import find_live_cells

HEAD = re.compile(r"\s*%%template[ \t]+(?P<line>[^\n]*)\n")
CLOSED = re.compile(
    r"""\{\#(?:.*?\#\}|.*\Z)  # a comment, or raw text, to its end
    | \{%[-+]?\s*raw\s*[-+]?%\}(?:.*?\{%[-+]?\s*endraw\s*[-+]?%\}|.*\Z)
    | \{\{(?>"[^"]*"|'[^']*'|(?!\}\}).)*+\}\}
    | \{%(?>"[^"]*"|'[^']*'|(?!%\}).)*+%\}""",
    re.DOTALL | re.VERBOSE,
)
"""What is no place to type Jinja in any more; braces in its strings end nothing."""
PIECE = re.compile(r"\{[%{].*\Z", re.DOTALL)
LOOP = re.compile(r"\bloop\.(?P<typed>\w*)\Z")
TAG = re.compile(r"\{%[-+]?\s*(?P<typed>\w*)\Z")
BLOCK = re.compile(r"\{%[-+]?\s*block\s+(?P<typed>\w*)\Z")
FILTER = re.compile(r"\|\s*(?P<typed>\w*)\Z")
TEST = re.compile(r"\bis\s+(?:not\s+)?(?P<typed>\w*)\Z")
NAME = re.compile(r"(?<![.\w\"'])(?P<typed>[^\W\d]\w*|)\Z")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
OPENING = re.compile(r"\{%[-+]?\s*(?P<word>\w+)(?P<rest>[^%]*)")
SET = re.compile(r"\{%[-+]?\s*(?:set|for|macro|with|import)\s+(?P<names>[\w, (]+)")
EXTENDS = re.compile(r"\{%[-+]?\s*extends\s+[\"'](?P<name>[^\"']+)")
GIVEN = re.compile(r"[\"'](?P<key>\w+)[\"']\s*:|\b(?P<name>\w+)\s*=")
RENDERING = {"render_template", "stream_template"}

PAIRED = ("autoescape", "block", "call", "filter", "for", "if", "macro", "raw", "with")
TAGS = (*PAIRED, "elif", "else", "extends", "from", "import", "include", "set")
WORDS = ("and", "else", "false", "if", "in", "is", "none", "not", "or", "true")
LOOP_WORDS = (
    "index",
    "index0",
    "first",
    "last",
    "length",
    "cycle",
    "changed",
    "depth",
    "depth0",
    "nextitem",
    "previtem",
    "revindex",
    "revindex0",
)
MAX_PARENTS = 10


def template_words(shell: InteractiveShell, text: str) -> tuple[str, list[str]] | None:
    """Return what was typed of a word and the words that may stand there.

    Args:
        shell: The shell whose apps and cells are asked.
        text: The cell up to the cursor.

    Returns:
        None outside of a template's Jinja.
    """
    head = HEAD.match(text)
    piece = PIECE.search(CLOSED.sub(_blank, text)) if head is not None else None
    if head is None or piece is None or _is_in_string(piece[0]):
        return None
    environment = next((app.jinja_env for app in live.apps()), None) or Environment()
    name, body = _read_name(head["line"]), text[head.end() : piece.start()]
    for pattern, words in (
        (BLOCK, lambda: _blocks(environment, body)),
        (TAG, lambda: [*_endings(body), *TAGS]),
        (FILTER, lambda: environment.filters),
        (TEST, lambda: environment.tests),
        (LOOP, lambda: LOOP_WORDS),
        (NAME, lambda: _variables(shell, environment, name, text)),
    ):
        match = pattern.search(piece[0])
        if match is not None:
            return match["typed"], list(words())
    return None


def _blank(closed: re.Match[str]) -> str:
    return " " * len(closed[0])


def _is_in_string(piece: str) -> bool:
    rest = QUOTED.sub("", piece)
    return '"' in rest or "'" in rest


def _read_name(line: str) -> str:
    try:
        return parse_template_line(line).name
    except CellLineError:
        return ""


def _endings(body: str) -> Iterator[str]:
    """Return the tag that ends the block that is open here."""
    opened: list[str] = []
    for match in OPENING.finditer(body):
        word = match["word"]
        if word.startswith("end"):
            while opened and opened.pop() != word.removeprefix("end"):
                pass
        elif word in PAIRED or (word == "set" and "=" not in match["rest"]):
            opened.append(word)
    if opened:
        yield f"end{opened[-1]}"


def _blocks(environment: Environment, body: str) -> Iterator[str]:
    """Return the blocks of the parent template, and of its parents."""
    for _ in range(MAX_PARENTS):
        parent = EXTENDS.search(body)
        if parent is None or environment.loader is None:
            return
        try:
            body = environment.loader.get_source(environment, parent["name"])[0]
            tree = environment.parse(body)
        except TemplateError:
            return
        yield from (block.name for block in tree.find_all(nodes.Block))


def _variables(
    shell: InteractiveShell, environment: Environment, name: str, text: str
) -> Iterator[str]:
    """Return what a template can name: what it sets, what views pass, globals."""
    for match in SET.finditer(text):
        yield from re.findall(r"[^\W\d]\w*", match["names"].partition(" in ")[0])
    yield from passed_names(_sources(shell), name)
    for app in live.apps():
        yield from _of_processors(app)
    yield from environment.globals
    yield from WORDS


def _of_processors(app: Any) -> Iterator[str]:
    """Return what each template has; processors that need a request are left out."""
    yield from ("g", "request", "session")
    for function in app.template_context_processors.get(None, ()):
        try:
            found = function()
        except Exception:  # it is the user's, and wants a request or more
            continue
        yield from found if isinstance(found, dict) else ()


def _sources(shell: InteractiveShell) -> Iterator[str]:
    cells = find_live_cells(shell)
    if cells is not None:
        yield from (one.source for one in cells.cells_now())
        yield from (one.cell.source for one in cells.known.values())


def passed_names(sources: Iterable[str], template: str) -> Iterator[str]:
    """Return the variables that cells pass to a template when they render it.

    Args:
        sources: The sources of cells.
        template: The template's name.
    """
    for source in sources:
        if source.lstrip().startswith("%%template"):
            yield from _previewed(source, template)
        elif template in source:
            yield from _keywords(source, template)


def _previewed(source: str, template: str) -> Iterator[str]:
    head = HEAD.match(source if "\n" in source else f"{source}\n")
    if head is None or _read_name(head["line"]) != template:
        return
    _, _, given = head["line"].partition("--with")
    for match in GIVEN.finditer(given):
        yield match["key"] or match["name"]


def _keywords(source: str, template: str) -> Iterator[str]:
    lines = source.lstrip().splitlines()
    code = "\n".join(line for line in lines if not line.startswith(("%", "!")))
    try:
        tree = parse_python(code)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _renders(node, template):
            yield from (one.arg for one in node.keywords if one.arg)


def _renders(call: ast.Call, template: str) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else ""
    name = function.id if isinstance(function, ast.Name) else name
    first = call.args[0] if call.args else None
    is_it = isinstance(first, ast.Constant) and first.value == template
    return name in RENDERING and is_it
