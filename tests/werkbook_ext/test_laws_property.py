"""Random edits, runs, failures and deletions: the live app is what the cells say.

Beside the notebook stands a model: which source of each cell is in force, when each
cell ran first and last. From it a fresh app is built, outside any cell, and must
answer as the live one does.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

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
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook import App, live

PATHS = ("/a", "/b", "/v/<x>", "/v/<y>", "/v/<int:n>")
URLS = ("/a", "/b", "/v/word", "/v/3")
ENDPOINTS = ("one", "two", "three")
CELLS = ("c1", "c2", "c3", "c4")
HELPERS = """
from werkbook import App, g, render_template_string, request
def view(text):
    return lambda **values: text + "|" + ",".join(getattr(g, "seen", []))
def before(text):
    def hook():
        g.seen = [*getattr(g, "seen", []), text]
    return hook
def after(text):
    def hook(response):
        response.headers.add("X-After", text)
        return response
    return hook
"""


@dataclass(frozen=True)
class Statement:
    """One registration, as a line of a cell.

    `keys` are what it claims: of two cells that claim one key, the one run last has it.
    """

    line: str
    keys: frozenset[Any] = frozenset()

    @property
    def is_hook(self) -> bool:
        return not self.keys


def rule_statement(path: str, methods: tuple[str, ...], endpoint: str) -> Statement:
    claims = {(shape(path), method) for method in methods}
    line = f"app.add_url_rule({path!r}, {endpoint!r}, methods={list(methods)!r})"
    return Statement(line, frozenset(claims))


def view_statement(endpoint: str, text: str) -> Statement:
    line = f"app.view_functions[{endpoint!r}] = view({text!r})"
    return Statement(line, frozenset({("view", endpoint)}))


def shape(path: str) -> str:
    """Two rules that differ in their variables' names alone are one."""
    return path.replace("<x>", "<>").replace("<y>", "<>")


@st.composite
def cell_statements(draw: st.DrawFn) -> tuple[Statement, ...]:
    """The registrations of a cell; it contradicts others, but not itself."""
    made: list[Statement] = []
    texts = st.sampled_from("pqrs")
    for endpoint in draw(st.lists(st.sampled_from(ENDPOINTS), unique=True, max_size=2)):
        path = draw(st.sampled_from(PATHS))
        methods = draw(st.sampled_from([("GET",), ("POST",), ("GET", "POST")]))
        view = view_statement(endpoint, f"{endpoint}-{draw(texts)}")
        made += [view, rule_statement(path, methods, endpoint)]
    simple = {
        "before": "app.before_request(before({t!r}))",
        "after": "app.after_request(after({t!r}))",
        "404": "app.register_error_handler(404, lambda e: ({t!r}, 404))",
        "config": "app.config['K'] = {t!r}",
        "secret": "app.secret_key = {t!r}",
        "filter": "app.add_template_filter(lambda v: {t!r}, 'k')",
        "template": "live.notebook.templates['t.html'] = {t!r}",
    }
    for name in draw(st.lists(st.sampled_from(sorted(simple)), max_size=3)):
        line = simple[name].format(t=draw(texts))
        keys = frozenset() if name in ("before", "after") else frozenset({name})
        made.append(Statement(line, keys))
    seen: set[Any] = set()
    own = []
    for statement in made:
        if not statement.keys & seen:
            own.append(statement)
            seen |= statement.keys
    return tuple(own)


@dataclass
class ModelCell:
    """What is known of one cell of the notebook."""

    statements: tuple[Statement, ...] = ()
    in_force: tuple[Statement, ...] = ()
    first_run: int = 0
    last_run: int = 0
    is_deleted: bool = False


@dataclass
class Model:
    """The notebook as a person would think of it."""

    cells: dict[str, ModelCell] = field(default_factory=dict)
    clock: int = 0

    def ran(self, cell: ModelCell) -> None:
        self.clock += 1
        cell.in_force = cell.statements
        cell.first_run = cell.first_run or self.clock
        cell.last_run = self.clock
        cell.is_deleted = False

    def build(self) -> tuple[App, dict[str, str]]:
        """Make an app of what should be in force, outside any cell."""
        present = [cell for cell in self.cells.values() if not cell.is_deleted]
        lines = [
            statement.line
            for cell in sorted(present, key=lambda cell: cell.first_run)
            for statement in cell.in_force
            if statement.is_hook
        ]
        lines += self._keyed_lines(present)
        names: dict[str, Any] = {"live": Recorder()}
        Context().run(exec, HELPERS + 'app = App("__main__")', names)
        Context().run(exec, "\n".join(lines), names)
        return names["app"], names["live"].notebook.templates

    def _keyed_lines(self, present: list[ModelCell]) -> Iterator[str]:
        """Each key goes to the cell that ran last."""
        taken: set[Any] = set()
        for cell in sorted(present, key=lambda cell: -cell.last_run):
            for statement in cell.in_force:
                free = statement.keys - taken
                if free == statement.keys and statement.keys:
                    yield statement.line
                elif free:  # a rule that lost one of its methods
                    methods = [method for _, method in free]
                    yield (
                        statement.line.split(", methods=")[0] + f", methods={methods})"
                    )
            taken |= {key for item in cell.in_force for key in item.keys}


class Recorder:
    """Stands for `werkbook.live` where the fresh app's templates are collected."""

    def __init__(self) -> None:
        self.notebook = self
        self.templates: dict[str, str] = {}


def observe(app: App, templates: dict[str, str]) -> dict[str, Any]:
    """All that can be seen of an app from outside and inside."""
    client = app.test_client()
    answers = {}
    for url in (*URLS, "/nowhere"):
        for method in ("GET", "POST"):
            response = client.open(url, method=method)
            after = response.headers.getlist("X-After")
            answers[method, url] = response.status_code, response.text, after
    rules = {
        (shape(rule.rule), method): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    return {
        "answers": answers,
        "rules": rules,
        "config": app.config.get("K"),
        "secret": app.secret_key,
        "filter": filtered(app),
        "templates": dict(templates),
    }


def filtered(app: App) -> str | None:
    found = app.jinja_env.filters.get("k")
    return None if found is None else str(found(1))


class LiveAppMachine(RuleBasedStateMachine):
    """Drives cells of a shell and the model beside it."""

    shell: InteractiveShell

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        # Template cells of earlier tests, which serve every app as well.
        live.notebook.templates.pop("t.html", None)
        self.others = set(live.notebook.templates)
        self.notebook = ShellNotebook(self.shell)

    @initialize()
    def begin(self) -> None:
        self.notebook.run(
            "app", f"{HELPERS}from werkbook import live\napp = App('__main__')"
        )

    @rule(cell=st.sampled_from(CELLS), statements=cell_statements())
    def edit_and_run(self, cell: str, statements: tuple[Statement, ...]) -> None:
        known = self.model.cells.setdefault(cell, ModelCell())
        known.statements = statements
        self.notebook.run(cell, source(known))
        self.model.ran(known)

    @precondition(lambda self: self.model.cells)
    @rule(data=st.data())
    def run_again(self, data: st.DataObject) -> None:
        cell = data.draw(st.sampled_from(sorted(self.model.cells)))
        known = self.model.cells[cell]
        self.notebook.run(cell, source(known))
        self.model.ran(known)

    @rule(
        cell=st.sampled_from(CELLS),
        statements=cell_statements(),
        ending=st.sampled_from(["1 / 0", "get_ipython().run_cell('1 / 0')", "def ("]),
    )
    def run_and_fail(
        self, cell: str, statements: tuple[Statement, ...], ending: str
    ) -> None:
        lines = [statement.line for statement in statements]
        self.notebook.fail(cell, "\n".join([*lines, ending]))
        known = self.model.cells.get(cell)
        if known is not None:  # the id is back, and what it had comes back
            known.is_deleted = False

    @precondition(lambda self: self.model.cells)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        cell = data.draw(st.sampled_from(sorted(self.model.cells)))
        self.notebook.delete(cell)
        self.model.cells[cell].is_deleted = True

    @rule()
    def run_app_cell_again(self) -> None:
        self.notebook.run(
            "app", f"{HELPERS}from werkbook import live\napp = App('__main__')"
        )

    @invariant()
    def live_app_is_what_the_cells_say(self) -> None:
        app = self.shell.user_ns.get("app")
        if app is None:
            return
        fresh, templates = self.model.build()
        expected = observe(fresh, templates)
        shown = dict(live.notebook.templates)
        for name in self.others:
            shown.pop(name, None)
        assert observe(app, shown) == expected

    def teardown(self) -> None:
        self.notebook.delete_all()
        self.shell.user_ns.pop("app", None)


def source(cell: ModelCell) -> str:
    return "\n".join(statement.line for statement in cell.statements) or "pass"


@contextmanager
def machine_of(shell: InteractiveShell) -> Iterator[type[LiveAppMachine]]:
    yield type("Machine", (LiveAppMachine,), {"shell": shell})


def test_live_app_is_what_the_cells_as_last_run_say(shell: InteractiveShell) -> None:
    shell.run_line_magic("config", "Werkbook.announce = False")
    with machine_of(shell) as machine:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            machine,
            settings=settings(
                max_examples=int(os.environ.get("WERKBOOK_EXAMPLES", "20")),
                stateful_step_count=20,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
