"""Random edits, runs, failures and deletions: the live app is what the cells say.

Beside the notebook stands a model: which source of each cell is in force, when each
cell ran first and last. From it a fresh app is built, outside any cell, and must
answer as the live one does. Once the cells run in a shell of this process, once in a
real kernel that hears of cells and deletions as JupyterLab tells it.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.werkbook_ext.law_model import (
    CELLS,
    HEADS,
    Model,
    ModelCell,
    Statement,
    cell_statements,
)
from tests.werkbook_ext.notebooks import (
    KernelNotebook,
    Notebook,
    RealKernel,
    ShellNotebook,
)
from tests.werkbook_ext.vocabularies import (
    Vocabulary,
    bottle_words,
    draw_statements,
    fastapi_words,
    fasthtml_words,
    starlette_words,
)

EXAMPLES = "WERKBOOK_EXAMPLES"
"""The variable of the environment that asks for more examples, other ones each time."""
FRAMEWORKS = (fastapi_words, starlette_words, fasthtml_words, bottle_words)
IMPORT = "from tests.werkbook_ext.observed import *\n"
APP = IMPORT + "app = make_app('__main__')"
BLUEPRINTS = """bp = Blueprint('bp', '__main__', url_prefix='{prefix}')
inner = Blueprint('inner', '__main__', url_prefix='/in')"""
OBSERVED = "__import__('tests.werkbook_ext.observed', fromlist=['x'])"
ENDINGS = [
    "1 / 0",
    "def (",
    "get_ipython().run_cell('1 / 0')",
    "get_ipython().run_line_magic('run', '{failing}')",
    "get_ipython().run_cell_magic('capture', '', '1 / 0')",
    "import asyncio\nawait asyncio.sleep(0)\n1 / 0",
    "raise KeyboardInterrupt",
]
NESTED = [
    "{source}",
    "get_ipython().run_cell({source!r})\nNone",
    "get_ipython().run_cell_magic('capture', '', {source!r})",
    "exec({source!r})",
    "import asyncio\nawait asyncio.sleep(0)\n{source}",
]
CELL = st.sampled_from(CELLS)


class LiveAppMachine(RuleBasedStateMachine):
    """Drives the cells of a notebook and the model beside it."""

    folder: Path
    app = APP
    routers = BLUEPRINTS
    observed = OBSERVED
    heads = HEADS

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(heads=self.heads)
        self.notebook = self.open()

    def open(self) -> Notebook:
        raise NotImplementedError

    def statements(self, cell: str) -> st.SearchStrategy[tuple[Statement, ...]]:
        return cell_statements(cell)

    def run(self, cell_id: str, source: str) -> None:
        self.notebook.run(cell_id, source, deleted=self.model.asked(cell_id))

    @initialize()
    def begin(self) -> None:
        self.run("app", self.app)
        self.run("bp", self.routers.format(prefix="/bp"))

    @rule(data=st.data(), cell=CELL, how=st.sampled_from(NESTED))
    def edit_and_run(self, data: st.DataObject, cell: str, how: str) -> None:
        statements = data.draw(self.statements(cell))
        known = self.model.cells.setdefault(cell, ModelCell())
        known.statements = statements
        self.run(cell, how.format(source=known.source))
        self.model.succeeded(known)

    @precondition(lambda self: self.model.cells)
    @rule(data=st.data())
    def run_again(self, data: st.DataObject) -> None:
        cell = data.draw(st.sampled_from(sorted(self.model.cells)))
        known = self.model.cells[cell]
        self.run(cell, known.source)
        self.model.succeeded(known)

    @rule(data=st.data(), cell=CELL, ending=st.sampled_from(ENDINGS))
    def run_and_fail(self, data: st.DataObject, cell: str, ending: str) -> None:
        lines = [one.line for one in data.draw(self.statements(cell))]
        lines.append(ending.format(failing=self.folder / "failing.py"))
        deleted = self.model.asked(cell)
        self.notebook.try_run(cell, "\n".join(lines), deleted=deleted)

    @precondition(lambda self: self.there())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.model.delete(data.draw(st.sampled_from(self.there())))

    @precondition(lambda self: self.gone())
    @rule(data=st.data())
    def paste_or_undo(self, data: st.DataObject) -> None:
        cell = data.draw(st.sampled_from(self.gone()))
        place = data.draw(st.integers(0, len(self.model.document)))
        self.model.document.insert(place, cell)

    @rule(data=st.data())
    def reorder(self, data: st.DataObject) -> None:
        self.model.document = data.draw(st.permutations(self.model.document))

    @precondition(lambda self: self.there())
    @rule(data=st.data())
    def empty_or_turn_into_text(self, data: st.DataObject) -> None:
        self.model.texts.add(data.draw(st.sampled_from(self.there())))

    @rule()
    def save(self) -> None:
        cells = [
            {
                "cell_type": "markdown" if cell_id in self.model.texts else "code",
                "id": self.notebook.prefix + cell_id,
                "source": "x",
            }
            for cell_id in self.model.document
        ]
        path = self.folder / "notebook.ipynb"
        path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
        self.model.save()

    @rule()
    def run_another_cell(self) -> None:
        self.run("other", "pass")

    @rule()
    def run_app_cell_again(self) -> None:
        self.run("app", self.app)

    @rule(prefix=st.sampled_from(["/bp", "/pb"]))
    def run_blueprint_cell_again(self, prefix: str) -> None:
        self.run("bp", self.routers.format(prefix=prefix))
        self.model.prefix = prefix

    @rule(cell=st.sampled_from(["app", "bp"]))
    def run_app_cell_and_fail(self, cell: str) -> None:
        source = {"app": self.app, "bp": self.routers.format(prefix="/failed")}[cell]
        deleted = self.model.asked(cell)
        self.notebook.try_run(cell, source + "\n1 / 0", deleted=deleted)

    def gone(self) -> list[str]:
        return [
            cell
            for cell in CELLS
            if cell in self.model.cells.keys() - {*self.model.document}
        ]

    def there(self) -> list[str]:
        return [cell for cell in CELLS if cell in self.model.document]

    @invariant()
    def live_app_is_what_the_cells_say(self) -> None:
        if self.model.document or self.model.cells:
            lines = self.model.lines()
            differs = self.notebook.ask(f"{self.observed}.compare(app, {lines!r})")
            assert not differs, json.dumps(differs, indent=1)

    def teardown(self) -> None:
        self.notebook.delete_all()


class LiveFrameworkMachine(LiveAppMachine):
    """The same for an app of another framework, whose router is the blueprint."""

    words: Vocabulary

    def __init__(self) -> None:
        words = self.words
        self.app, self.heads, self.observed = words.app, words.heads, words.observed
        self.routers = "\n".join(words.routers).replace("{prefix!r}", "'{prefix}'")
        super().__init__()

    def statements(self, cell: str) -> st.SearchStrategy[tuple[Statement, ...]]:
        return draw_statements(self.words, cell)


def run_machine(
    machine: type[LiveAppMachine], examples: int, *, is_the_same: bool = False
) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=int(os.environ.get(EXAMPLES, examples)),
            stateful_step_count=20,
            deadline=None,
            database=None,
            derandomize=is_the_same and EXAMPLES not in os.environ,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the notebook is saved, as the session's name says, with a script in it."""
    (tmp_path / "failing.py").write_text("1 / 0")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "notebook.ipynb"))
    return tmp_path


@pytest.fixture
def saving_kernel(folder: Path) -> Iterator[RealKernel]:
    with RealKernel() as kernel:
        kernel.run("%load_ext werkbook\n%config Werkbook.announce = False", "load")
        yield kernel


def test_live_app_in_a_shell_is_what_the_cells_say(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    shell = request.getfixturevalue("shell")
    shell.run_line_magic("config", "Werkbook.announce = False")

    class Machine(LiveAppMachine):
        def open(self) -> Notebook:
            return ShellNotebook(shell)

    Machine.folder = folder
    run_machine(Machine, 12)


def test_live_app_in_a_kernel_is_what_the_cells_say(
    folder: Path, saving_kernel: RealKernel
) -> None:
    class Machine(LiveAppMachine):
        def open(self) -> Notebook:
            return KernelNotebook(saving_kernel)

    Machine.folder = folder
    run_machine(Machine, 12)


@pytest.mark.parametrize(
    "words", [one.VOCABULARY for one in FRAMEWORKS], ids=lambda words: words.name
)
def test_live_app_of_a_framework_is_what_the_cells_say(
    folder: Path, request: pytest.FixtureRequest, words: Vocabulary
) -> None:
    shell = request.getfixturevalue("shell")
    shell.run_line_magic("config", "Werkbook.announce = False")

    class Machine(LiveFrameworkMachine):
        def open(self) -> Notebook:
            return ShellNotebook(shell)

    Machine.folder, Machine.words = folder, words
    run_machine(Machine, 5, is_the_same=True)
