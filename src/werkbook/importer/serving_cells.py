"""The last cells: what the app's `__main__` block does, and the live page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from .code.cutting import MadeCell, trimmed
from .code.main_block import (
    MainBlock,
    blocks_for_good,
    is_own_run,
    reads_command_line,
)
from .code.weaving import Stretch
from .exported_file import ExportedFile

BROWSE = MadeCell("%browse /", about="serving")
_LEFT_COMMAND_LINE = (
    "This ran from the command line. A notebook has none, so it stays as text."
)
_LEFT_SERVER = "This served the app elsewhere. In a notebook `%serve` does."
_LEFT_ELSE = "This ran where the app was imported by a server. It stays as text."


def take_servers(stretches: Sequence[Stretch], apps: set[str]) -> list[MadeCell]:
    """Take the statements that serve the app, outside of any block, to the end."""
    found: list[MadeCell] = []
    for stretch in stretches:
        kept: list[cst.BaseStatement] = []
        for one in stretch.statements:
            is_definition = isinstance(one, cst.FunctionDef | cst.ClassDef)
            if is_definition:
                kept.append(one)
            elif is_own_run(one, apps):
                source = trimmed(stretch.tree.code_for_node(one))
                found.append(MadeCell(source, about="serving"))
            elif blocks_for_good(one, apps):
                found += _as_text(stretch.tree.code_for_node(one), _LEFT_SERVER)
            else:
                kept.append(one)
        stretch.statements = kept
    return found


def serving_cells(
    block: MainBlock | None,
    servers: list[MadeCell],
    apps: set[str],
    code: str,
    exported: ExportedFile | None,
    cautions: list[str],
) -> Iterator[MadeCell]:
    """Give the last cells.

    Args:
        block: The `__main__` block of the app.
        servers: What serves it elsewhere.
        apps: The names of apps.
        code: The app's code.
        exported: What an exported file was made from.
        cautions: Gets what a reader has to know.
    """
    yield from servers
    if block is not None:
        yield from _block_cells(block, apps, code, cautions)
    if exported is not None and exported.run:
        yield MadeCell(exported.run, about="serving")
    yield BROWSE


def _block_cells(
    block: MainBlock, apps: set[str], code: str, cautions: list[str]
) -> Iterator[MadeCell]:
    texts = [block.text(one) for one in block.statements]
    if reads_command_line([*texts, *_called(texts, code)]):
        yield from _as_text("".join(texts), _LEFT_COMMAND_LINE)
        yield from _missing(texts, code, cautions)
    else:
        yield from _statement_cells(block, apps)
    if block.otherwise:
        yield from _as_text(block.otherwise, _LEFT_ELSE)


def _statement_cells(block: MainBlock, apps: set[str]) -> Iterator[MadeCell]:
    waiting = ""
    for one in block.statements:
        text = block.text(one)
        if is_own_run(one, apps):
            yield from _code(waiting)
            yield MadeCell(trimmed(text), about="serving")
            waiting = ""
        elif blocks_for_good(one, apps):
            yield from _code(waiting)
            yield from _as_text(text, _LEFT_SERVER)
            waiting = ""
        else:
            waiting += text
    yield from _code(waiting)


def _code(text: str) -> Iterator[MadeCell]:
    source = trimmed(text)
    if source and source != "pass":
        yield MadeCell(source)


def _as_text(text: str, why: str) -> list[MadeCell]:
    return [MadeCell(why, "markdown", "text"), MadeCell(trimmed(text), "raw", "left")]


def _called(texts: list[str], code: str) -> Iterator[str]:
    """Give the bodies of the app's functions that a block calls."""
    for name in set(re.findall(r"\b(\w+)\(", "\n".join(texts))):
        yield from re.findall(
            rf"^(?:async )?def {name}\(.*?(?=^\S|\Z)", code, re.MULTILINE | re.DOTALL
        )


def _missing(texts: list[str], code: str, cautions: list[str]) -> Iterator[MadeCell]:
    """Say which names the app may miss that only the command line's block bound."""
    bound = set(re.findall(r"^(\w+)\s*=(?!=)", "".join(texts), re.MULTILINE))
    functions = "\n".join(re.findall(r"^[ \t]+.*$", code, re.MULTILINE))
    used = sorted(
        one
        for one in bound
        if re.search(rf"\b{one}\b", functions)
        and not re.search(rf"^{one}\b", code, re.M)
    )
    if used:
        cautions.append(
            f"The app may read {', '.join(used)}, which only its '__main__' block"
            " binds, and that reads the command line: write a cell that binds it."
        )
    yield from ()
