"""What the pages say to type in a terminal is typed, and prints what they say.

A page's blocks run in a temporary folder, with this environment's programs. What can't
run here, and why, is `NOT_RUN` in `console_pages.py`; what is adapted (ports, packages
that are there already) is a table in `terminal.py`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.guide.blocks import PAGES, blocks, name_of
from tests.guide.console_pages import (
    CHANGED,
    FILES,
    LOGGED,
    NOT_RUN,
    OF_ALL,
    STATUS,
    NotRun,
)
from tests.guide.terminal import Terminal, terminal
from tests.ports import free_port

_made: dict[str, tuple[str, Path]] = {}


def typed(code: str) -> Iterator[tuple[str, list[str]]]:
    """Give each command of a block, with the lines that it prints."""
    for part in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        yield command, [line.rstrip() for line in lines]


def of_page(page: Path) -> list[list[tuple[str, list[str]]]]:
    return [list(typed(one.code)) for one in blocks(page) if one.language == "console"]


def why_not(command: str) -> NotRun | None:
    return next((one for one in NOT_RUN if re.match(one.start, command)), None)


WITH_COMMANDS = [
    page
    for page in PAGES
    if any(why_not(command) is None for block in of_page(page) for command, _ in block)
]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_commands_do_what_the_page_says(
    page: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each ends well and prints what stands below it."""
    folder = tmp_path / "page"
    write(folder, FILES.get(name_of(page), OF_ALL))
    with terminal(folder, free_port()) as opened:
        for block in of_page(page):
            opened.begin()
            for command, lines in block:
                if why_not(command) is not None:
                    assert not lines, f"nobody sees whether this is printed: {command}"
                    continue
                write(folder, CHANGED.get(command, {}))
                status, printed = do(command, opened, tmp_path_factory)
                assert status == STATUS.get(command, 0), f"$ {command}\n{printed}"
                assert not lines or printed.splitlines() == lines, command
        opened.wait_for_log(LOGGED.get(name_of(page), []))


def do(
    command: str, opened: Terminal, factory: pytest.TempPathFactory
) -> tuple[int, str]:
    """Type a command; what several pages export alike is exported once.

    Nothing is proved: what is proved of what has tests of its own, which take longer.
    """
    if not command.startswith("werkbook export "):
        return opened.type(command)
    command, _, _ = command.partition("#")
    if "shop.ipynb" not in command:
        return opened.type(f"{command} --no-check")
    if command not in _made:
        status, printed = opened.type(f"{command} --no-check")
        assert status == 0, printed
        _made[command] = printed, factory.mktemp("made")
        shutil.copytree(opened.home, _made[command][1], dirs_exist_ok=True)
    printed, made = _made[command]
    shutil.copytree(made, opened.home, dirs_exist_ok=True)
    return 0, printed


def write(folder: Path, files: Mapping[str, str | Path]) -> None:
    """Write texts, and copies of what lies in the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        is_copy = isinstance(text, Path)
        read = (folder / text).read_text("utf-8") if is_copy else str(text)
        (folder / name).write_text(read, "utf-8")


@pytest.mark.parametrize("row", NOT_RUN, ids=lambda row: row.start)
def test_what_is_not_run_stands_on_a_page(row: NotRun) -> None:
    """The table names nothing that no page says any more."""
    commands = [command for page in PAGES for b in of_page(page) for command, _ in b]
    assert any(why_not(command) == row for command in commands)


def test_every_block_of_a_terminal_is_read() -> None:
    """A prompt stands in no block of another kind, and each block begins with one."""
    for page in PAGES:
        for one in blocks(page):
            is_console = one.language == "console"
            assert is_console == one.code.startswith("$ "), (name_of(page), one.code)
