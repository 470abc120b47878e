"""Random cells, and the notebook as a person thinks of it, for the laws' tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from tests.werkbook_ext.observed import shape

PATHS = ("/a", "/b", "/v/<x>", "/v/<y>", "/v/<int:n>")
ENDPOINTS = ("one", "two", "three")
METHODS = (("GET",), ("POST",), ("GET", "POST"))
HEADS = (
    "app = make_app('__main__')",
    "bp = Blueprint('bp', '__main__', url_prefix={prefix!r})",
    "inner = Blueprint('inner', '__main__', url_prefix='/in')",
)
"""What the cells of the app and of its blueprints say, `prefix` being what varies."""
CELLS = ("c1", "c2", "c3", "c4")
TEXTS = st.sampled_from("pqrs")
KEYED = {
    "404": "app.register_error_handler(404, lambda e: ({t!r}, 404))",
    "410": "app.register_error_handler(410, lambda e: {t!r})",
    "config K": "app.config['K'] = {t!r}",
    "config K ": "app.config.update(K={t!r})",
    "config L": "app.config.from_mapping(L={t!r})",
    "config M": "app.config.from_object(type('C', (), {{'M': {t!r}}}))",
    "secret": "app.secret_key = {t!r}",
    "filter": "app.add_template_filter(lambda v: {t!r}, 'k')",
    "test": "app.jinja_env.tests['k'] = lambda v: {t!r}",
    "global": "app.jinja_env.globals['k'] = {t!r}",
    "template": "put_template({t!r})",
    "command": "app.cli.command('k')(lambda: print({t!r}))",
    "bp x": "bp.add_url_rule('/x', 'x', view({t!r}))",
    "inner y": "inner.add_url_rule('/y', 'y', view({t!r}))",
}
HOOKS = {
    "before": "app.before_request(hook({t!r}))",
    "public": "app.before_request_funcs.setdefault(None, []).append(hook({t!r}))",
    "after": "app.after_request(after({t!r}))",
    "teardown": "app.teardown_request(torn({t!r}))",
    "values": "app.url_value_preprocessor(hook({t!r}))",
    "context": "app.context_processor(lambda: {{'k': {t!r}}})",
    "shell": "app.shell_context_processor(lambda: {{'k': {t!r}}})",
    "signal": "connect(app, {t!r})",
    "bp before": "bp.before_request(hook('bp' + {t!r}))",
    "bp app before": "bp.before_app_request(hook('bpa' + {t!r}))",
    "inner before": "inner.before_request(hook('in' + {t!r}))",
}
ONE_CELL = {
    # What Flask refuses to hear twice is said by one cell at a time.
    "c1": "Extension({t!r}).init_app(app)",
    "c2": "app.register_blueprint(bp)",
    "c3": "bp.register_blueprint(inner)",
}


@dataclass(frozen=True)
class Statement:
    """One registration, as a line of a cell.

    `keys` are what it claims: of two cells that claim one key, the one run last has it.
    """

    line: str
    keys: frozenset[Any] = frozenset()


def rule_statement(path: str, methods: tuple[str, ...], endpoint: str) -> Statement:
    claims = {(shape(path), method) for method in methods}
    line = f"app.add_url_rule({path!r}, {endpoint!r}, methods={list(methods)!r})"
    return Statement(line, frozenset(claims))


@st.composite
def cell_statements(draw: st.DrawFn, cell: str) -> tuple[Statement, ...]:
    """The registrations of a cell; it contradicts others, but not itself."""
    made: list[Statement] = []
    for endpoint in draw(st.lists(st.sampled_from(ENDPOINTS), unique=True, max_size=2)):
        path = draw(st.sampled_from(PATHS))
        methods = draw(st.sampled_from(METHODS))
        text = f"{endpoint}-{draw(TEXTS)}"
        line = f"app.view_functions[{endpoint!r}] = view({text!r})"
        made.append(Statement(line, frozenset({("view", endpoint)})))
        made.append(rule_statement(path, methods, endpoint))
    kinds = sorted([*KEYED, *HOOKS])
    for name in draw(st.lists(st.sampled_from(kinds), max_size=4)):
        line = (KEYED.get(name) or HOOKS[name]).format(t=draw(TEXTS))
        keys = frozenset({name.strip()}) if name in KEYED else frozenset()
        made.append(Statement(line, keys))
    if cell in ONE_CELL and draw(st.booleans()):
        at = draw(st.integers(0, len(made)))
        made.insert(at, Statement(ONE_CELL[cell].format(t=draw(TEXTS))))
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

    @property
    def source(self) -> str:
        return "\n".join(statement.line for statement in self.statements) or "pass"


@dataclass
class Model:
    """The notebook as a person would think of it.

    `document` is what the front end holds, in its order, and `texts` those of its
    cells that hold no code; `hints` are the deletions of which the next request
    tells, `saved` is a save that no run has followed yet. `hinted` are the cells that
    are gone by a hint alone: with the next request to the app a newer save corrects it.
    """

    cells: dict[str, ModelCell] = field(default_factory=dict)
    document: list[str] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    hints: list[str] = field(default_factory=list)
    saved: list[str] | None = None
    hinted: set[str] = field(default_factory=set)
    read: list[str] = field(default_factory=list)
    read_before: list[str] = field(default_factory=list)
    is_read: bool = True
    prefix: str = "/bp"
    clock: int = 0
    heads: tuple[str, ...] = HEADS

    @property
    def code_cells(self) -> list[str]:
        """The cells that hold code, in their order."""
        return [cell_id for cell_id in self.document if cell_id not in self.texts]

    def delete(self, cell_id: str) -> None:
        """Take a cell out of the document; the front end will tell so."""
        self.document.remove(cell_id)
        self.hints.append(cell_id)

    def save(self) -> None:
        """Write the document down, for the kernel to find."""
        self.saved = self.code_cells
        self.is_read = False
        if self.hinted:
            self._read()
            for cell_id in self.hinted & {*self.saved}:
                self.cells[cell_id].is_deleted = False
            self.hinted.clear()

    def _read(self) -> None:
        if not self.is_read and self.saved is not None:
            self.read_before, self.read = self.read, self.saved
            self.is_read = True

    def _moved(self, hints: list[str]) -> set[str]:
        """Return the cells that the newest save shows elsewhere than the one before."""

        def others_above(cell_id: str, ids: list[str]) -> set[str]:
            others = {*self.read} & {*self.read_before} - {*hints}
            return {*ids[: ids.index(cell_id)]} & others

        return {
            one
            for one in {*hints} & {*self.read} & {*self.read_before}
            if others_above(one, self.read) != others_above(one, self.read_before)
        }

    def asked(self, cell_id: str) -> list[str]:
        """Note that a cell is about to run; return what is told as deleted."""
        if cell_id not in self.document:
            self.document.append(cell_id)
        self.texts.discard(cell_id)
        hints, self.hints = self.hints, []
        moved: set[str] = set()
        if self.saved is not None:
            self._read()
            for other, cell in self.cells.items():
                cell.is_deleted = other not in self.saved
            self.saved = None
            self.hinted.clear()
            moved = self._moved(hints)
        for other in {*hints} - moved - {cell_id}:
            if other in self.cells:
                self.cells[other].is_deleted = True
                self.hinted.add(other)
        if cell_id in self.cells:
            self.cells[cell_id].is_deleted = False
        return hints

    def succeeded(self, cell: ModelCell) -> None:
        self.clock += 1
        cell.in_force = cell.statements
        cell.first_run = cell.first_run or self.clock
        cell.last_run = self.clock

    def lines(self) -> list[str]:
        """Return the statements that make an app of what should be in force."""
        present = [cell for cell in self.cells.values() if not cell.is_deleted]
        lost = self._lost(present)
        lines = [head.format(prefix=self.prefix) for head in self.heads]
        for cell in sorted(present, key=lambda cell: cell.first_run):
            for number, statement in enumerate(cell.in_force):
                lines += _left(statement, lost.get((id(cell), number), set()))
        return lines

    def _lost(self, present: list[ModelCell]) -> dict[tuple[int, int], set[Any]]:
        """Return the keys that statements lost to cells that ran later."""
        taken: set[Any] = set()
        lost: dict[tuple[int, int], set[Any]] = {}
        for cell in sorted(present, key=lambda cell: -cell.last_run):
            for number, statement in enumerate(cell.in_force):
                lost[id(cell), number] = set(statement.keys & taken)
            taken |= {key for item in cell.in_force for key in item.keys}
        return lost


def _left(statement: Statement, lost: set[Any]) -> Iterator[str]:
    free = statement.keys - lost
    if not lost:
        yield statement.line
    elif free:  # a rule that lost one of its methods
        methods = sorted(method for _, method in free)
        yield statement.line.split(", methods=")[0] + f", methods={methods})"
