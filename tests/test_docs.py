"""The README and the guide: their code runs, their links and commands exist.

A page is a notebook: its blocks of Python, and those that begin with a cell magic,
are cells that run one after the other in one kernel. ``<!-- not run: why -->`` before
a block leaves it out; ``<!-- shows: text -->`` means that it fails, or warns, and that
this text is shown.
"""

import configparser
import re
import shlex
import textwrap
import tomllib
from pathlib import Path

import click
import nbformat
import pytest
import yaml
from nbformat import NotebookNode
from tests.guide.blocks import BLOCK, PAGES, ROOT, blocks, commands, name_of
from tools.guide.commands import commands as guide_commands
from tools.run_notebooks import run

from werkbook.cells.cell import Cell
from werkbook.export import export

ANSI = re.compile(r"\x1b\[[0-9;]*m")
EXTRA = re.compile(r"(?:werkbook|'\.)\[([a-z,]+)\]")
LINK = re.compile(r"\]\((?!https?:|#)(?P<target>[^)#]+)(#[^)]*)?\)")


WITH_CODE = [page for page in PAGES if any(block.is_cell for block in blocks(page))]


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_code_runs(page: Path, tmp_path: Path) -> None:
    """A reader who types the page's cells meets no error but those that it tells of."""
    typed = [block for block in blocks(page) if block.is_cell]
    cells = [
        nbformat.v4.new_code_cell(
            block.code.rstrip("\n"),
            metadata={"tags": ["raises-exception"]} if block.shown else {},
        )
        for block in typed
    ]
    notebook = tmp_path / "page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    for block, cell in zip(typed, run(notebook).cells, strict=True):
        if block.shown is not None:
            assert block.shown in output_of(cell), block.code


def output_of(cell: NotebookNode) -> str:
    """Return what a cell printed, showed and raised, without colours."""
    parts = []
    for output in cell.outputs:
        parts += [output.get("text", ""), *output.get("traceback", [])]
        parts += [
            output.get("evalue", ""),
            output.get("data", {}).get("text/plain", ""),
        ]
    return ANSI.sub("", "\n".join(parts))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_tests_that_are_named_exist(page: Path) -> None:
    """Where a page says what tries something, there is such a file."""
    for name in re.findall(r"`(tests[\w/]*/[a-z_]+\.py)`", page.read_text("utf-8")):
        assert (ROOT / name).is_file(), name


def test_thirty_symptoms_have_cause_and_cure() -> None:
    """Each has words and code that was run, or names the test that tries it."""
    text = (ROOT / "docs/howto/troubleshooting.md").read_text("utf-8")
    symptoms = text.split("\n### ")[1:]
    assert len(symptoms) >= 30
    for symptom in symptoms:
        assert "```" in symptom or "(Tried:" in symptom, symptom.splitlines()[0]


def test_symptoms_are_what_is_shown() -> None:
    """Who searches for what the code below a symptom shows finds its words there."""
    text = (ROOT / "docs/howto/troubleshooting.md").read_text("utf-8")
    shown = 0
    for symptom in text.split("\n### ")[1:]:
        prose = re.sub(r"<!--.*?-->|```.*?```", "", symptom, flags=re.DOTALL)
        read = " ".join(re.sub(r"[*`]", "", prose).split())
        for found in BLOCK.finditer(symptom):
            if found["note"] == "shows":
                assert found["text"] in read, symptom.splitlines()[0]
                shown += 1
    assert shown >= 15


HOWTOS = [
    page
    for page in WITH_CODE
    if page.is_relative_to(ROOT / "docs/howto")
    and not any(block.shown for block in blocks(page))
]


@pytest.mark.parametrize("page", HOWTOS, ids=name_of)
def test_howto_exports(page: Path) -> None:
    """What the cells of a how-to make can be exported, and is Python."""
    found = [block.code for block in blocks(page) if block.is_cell]
    if any("App(" in code or "Flask(" in code for code in found):
        result = export([Cell(f"c{n}", code) for n, code in enumerate(found)])
        compile(result.source, "app.py", "exec")
        assert result.left_out == []


def test_settings_can_be_read() -> None:
    """TOML, YAML and INI that a page shows are in those forms."""
    read = {
        "toml": tomllib.loads,
        "yaml": yaml.safe_load,
        "ini": lambda text: configparser.ConfigParser(strict=True).read_string(text),
    }
    found = [block for page in PAGES for block in blocks(page)]
    settings = [block for block in found if block.language in read]
    assert {block.language for block in settings} == read.keys()
    for block in settings:
        read[block.language](block.code)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_each_block_names_its_language(page: Path) -> None:
    """Code in a block without one would never be run."""
    fences = re.findall(r"^ *(`{3,})(.*)$", page.read_text("utf-8"), re.MULTILINE)
    opened = ""
    for fence, language in fences:
        if not opened:
            assert language.strip()
            opened = fence
        elif fence == opened and not language:
            opened = ""
    assert opened == ""


@pytest.mark.slow
def test_exercise_of_the_page_says_what_the_page_says(tmp_path: Path) -> None:
    """Beside a rule that is spelled almost right; its own solution solves it."""
    text = (ROOT / "docs/howto/teaching/exercises.md").read_text("utf-8")
    (exercise,) = re.findall(r"^````text\n(.*?)^````$", text, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^```text\n(not yet: .*?)^```$", text, re.M | re.DOTALL)
    solution = exercise.partition("which escapes:\n")[2]
    start = "%load_ext werkbook\nfrom werkbook import App\napp = App()"
    almost = '@app.get("/hallo/<name>")\ndef hello(name):\n    return name'
    what, _, why = shown.partition("\n")
    near = card_of([start, almost, exercise], tmp_path)
    assert f"[ ] {what.removeprefix('not yet: ')}" in near.replace(" " * 16, " ")
    assert " ".join(why.split()) in near
    solved = card_of([start, textwrap.dedent(solution), exercise], tmp_path)
    assert "4 of 4 checks are done, 2 of 2 points" in solved


def card_of(sources: list[str], folder: Path) -> str:
    """Return what the last cell shows."""
    cells = [nbformat.v4.new_code_cell(one.rstrip()) for one in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "page.ipynb")
    return output_of(run(folder / "page.ipynb").cells[-1])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Links and pictures within the project exist."""
    for found in LINK.finditer(page.read_text("utf-8")):
        assert (page.parent / found["target"]).exists(), found["target"]


def test_make_targets_exist() -> None:
    """Every ``make`` command that a page names is in the Makefile."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {line for page in PAGES for line in commands(page) if line[:5] == "make "}
    assert {"make lab", "make test"} <= named
    for line in named:
        assert re.search(rf"^{line.split()[1]}:", makefile, re.MULTILINE), line


TYPED = {
    (name_of(page), line)
    for page in PAGES
    for line in commands(page)
    if line.startswith("werkbook ")
}


@pytest.mark.parametrize(("page", "line"), sorted(TYPED))
def test_commands_have_the_options_that_are_typed(page: str, line: str) -> None:
    """What a page says to type in a terminal is a command, with such options."""
    words = shlex.split(line)
    known = dict(guide_commands())
    size = max(n for n in range(1, len(words) + 1) if " ".join(words[:n]) in known)
    command = known[" ".join(words[:size])]
    assert size > 1, "a word that is no command"
    command.make_parser(click.Context(command)).parse_args(words[size:])


def test_extras_exist() -> None:
    """What stands in brackets behind the package's name can be installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {
        extra
        for page in PAGES
        for found in EXTRA.findall(page.read_text("utf-8"))
        for extra in found.split(",")
    }
    assert "notebook" in named
    assert named <= set(project["optional-dependencies"])
