"""From cells to statements: each with its text, its comments and its place."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from werkbook.cells import gateway, magics
from werkbook.cells import routes as cellroutes
from werkbook.cells.cell import Cell
from werkbook.cells.lines import dedent, strip_line_ends
from werkbook.cells.python2 import modernise
from werkbook.cells.read import decode
from werkbook.cells.routes import RouteLine
from werkbook.cells.shell import written_by
from werkbook.cells.trees import first_line

_DEAD_COMMENT = re.compile(r"\s*#+\s*(?:[!%]|@title|@param)")


@dataclass(eq=False)
class Statement:
    """One statement of the notebook's namespace.

    Attributes:
        cell: The cell's label, as people see it: `In[5]` or `cell 4`.
        line: The line of the cell on which the statement starts.
        node: Its tree.
        text: Its lines, at the left margin.
        comments: The comment lines above it, blank lines between them included.
        space: Blank lines between it and what stands above it in its cell.
        is_first: It is the first statement of its cell.
        is_last: It is the last one, whose value a cell shows.
        route: What the `%%route` line says, when the cell is one.
        main_block: The line of the `if __name__ == "__main__":` that it stood in, or 0.
        number: Its place in the program; given when the program is put together.
        position: Its place among all statements of the notebook.
    """

    cell: str
    line: int
    node: ast.stmt
    text: str
    comments: list[str] = field(default_factory=list)
    space: int = 0
    is_first: bool = False
    is_last: bool = False
    route: RouteLine | None = None
    main_block: int = 0
    number: int = -1
    position: int = -1

    @property
    def place(self) -> str:
        """The cell and line, for messages."""
        return f"{self.cell}, line {self.line}"


@dataclass(frozen=True)
class LeftOut:
    """A cell that the export cannot use, and why."""

    cell: str
    reason: str


@dataclass
class Parsed:
    """What the cells say, cell magics understood.

    Attributes:
        statements: The notebook's namespace, in document order.
        modules: Python files that cells write, by path; each a list of statements.
        sources: The text of those files.
        texts: Other files that cells write, by path.
        templates: Template cells, by name.
        static: Static cells, by path.
        installs: The requirements of pip lines, in order.
        left_out: Cells that do not parse or failed.
        places: The cell of each template and static file.
    """

    statements: list[Statement] = field(default_factory=list)
    modules: dict[str, list[Statement]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    static: dict[str, str] = field(default_factory=dict)
    installs: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    order: dict[str, int] = field(default_factory=dict)


def label(cell: Cell, number: int) -> str:
    """Name a cell as people see it."""
    if cell.execution_count is not None:
        return f"In[{cell.execution_count}]"
    return f"cell {number}"


def parse_cells(
    cells: Iterable[Cell],
    *,
    python: int = 3,
    skip: Iterable[str] = (),
    open_file: Callable[[str], str | None] | None = None,
) -> Parsed:
    """Parse the code cells of a notebook, in document order.

    Args:
        cells: All cells.
        python: The major version that the notebook was written for. Version 2's
            statements are rewritten.
        skip: Ids of cells that failed; they are named in `left_out`.
        open_file: Reads a file of the notebook's folder, for `%run`; None when there
            is no such file.
    """
    reader = _Reader(python, open_file)
    skipped = set(skip)
    code = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
    code = gateway.as_route_cells(code)
    for number, cell in enumerate(code, 1):
        name = label(cell, number)
        if cell.id in skipped:
            reader.parsed.left_out.append(LeftOut(name, f"it failed ({cell.error})"))
            continue
        reader.read(cell.source, name)
    for position, statement in enumerate(reader.parsed.statements):
        statement.position = position
    return reader.parsed


class _Reader:
    """Reads one cell after the other into what they say together."""

    def __init__(
        self, python: int, open_file: Callable[[str], str | None] | None
    ) -> None:
        self.parsed = Parsed()
        self.python = python
        self.open_file = open_file
        self.written: dict[str, str] = {}
        self.running: list[str] = []

    def read(self, source: str, name: str, first_line: int = 1) -> None:
        magic = magics.cell_magic(source)
        if magic is None:
            self._read_code(source, name, first_line)
        elif magic.name in magics.PYTHON_MAGICS:
            self.read(magic.body, name, first_line + magic.first_line - 1)
        elif magic.name in ("writefile", "file", "writetemplate", "writefilev2"):
            self._write(magic, name)
        elif magic.name == "route":
            self._read_route(magic, name)
        elif magic.name == "template":
            self._read_template(magic, name)
        elif magic.name == "static":
            self._read_static(magic, name)
        elif magic.name in ("bash", "sh", "shell", "cmd", "script"):
            for line in magic.body.splitlines():
                self.parsed.installs.extend(magics.installs(line))
            self._write_by_shell(magic.body)

    def _read_code(self, source: str, name: str, first_line: int) -> None:
        done = magics.transform(source)
        self.parsed.installs.extend(done.installs)
        shell = (line[1:] for line in done.commands if line.startswith("!"))
        self._write_by_shell("\n".join(shell))
        text = done.source
        try:
            tree = parse_source(text)
        except (SyntaxError, ValueError) as error:
            repaired = self._repair(text, name, error)
            if repaired is None:
                return
            text, tree = repaired
        if done.sets_environment:
            needed = ast.parse("import os").body[0]
            made = Statement(name, first_line, needed, "import os", is_first=True)
            self.parsed.statements.append(made)
        self._add(tree, text, name, first_line, done.runs)

    def _repair(
        self, text: str, name: str, error: SyntaxError | ValueError
    ) -> tuple[str, ast.Module] | None:
        if self.python == 2:
            modern = modernise(text)
            try:
                return modern, parse_source(modern)
            except (SyntaxError, ValueError):
                pass
        line = getattr(error, "lineno", None)
        at = f" at line {line}" if line else ""
        message = getattr(error, "msg", str(error))
        self.parsed.left_out.append(LeftOut(name, f"it does not parse{at}: {message}"))
        return None

    def _add(
        self,
        tree: ast.Module,
        text: str,
        name: str,
        first_line: int,
        runs: dict[int, str],
    ) -> None:
        found = statements_of(tree, text, name, first_line)
        for statement in found:
            path = runs.get(statement.line - first_line + 1)
            if path is not None and isinstance(statement.node, ast.Pass):
                self._run(path, name)
            self.parsed.statements.append(statement)

    def _run(self, path: str, name: str) -> None:
        """Read what `%run` runs in the notebook's namespace."""
        if path in self.running:
            return
        content = self.written.get(path)
        if content is None and self.open_file is not None:
            content = self.open_file(path)
        if content is None or path in self.parsed.modules:
            return
        self.running.append(path)
        try:
            for source in _sources(content, path):
                self.read(source, f"{name} ({path})")
        finally:
            self.running.remove(path)

    def _write(self, magic: magics.CellMagic, name: str) -> None:
        words = cellroutes.split_words(magic.line)
        appends = any(word in ("-a", "--append") for word in words)
        paths = [word for word in words if not word.startswith("-")]
        if not paths:
            return
        path = paths[0].strip("\"'").removeprefix("./").removeprefix("/content/")
        body = self.written.get(path, "") + magic.body if appends else magic.body
        self.written[path] = body
        self.parsed.order[path] = len(self.parsed.statements)
        if not path.endswith((".py", ".ipy")):
            self.parsed.texts[path] = body
            return
        try:
            modern = modernise(body) if self.python == 2 else body
            tree = parse_source(modern)
        except (SyntaxError, ValueError) as error:
            reason = f"the file {path} that it writes does not parse: {error}"
            self.parsed.left_out.append(LeftOut(name, reason))
            self.parsed.texts[path] = body
            return
        shift = magic.first_line if not appends else 1
        self.parsed.sources[path] = body
        self.parsed.modules[path] = statements_of(tree, modern, name, shift)

    def _write_by_shell(self, script: str) -> None:
        for path, text in written_by(script, self.written).items():
            self.written[path] = text
            if not path.endswith(".py"):
                self.parsed.texts[path] = text

    def _read_route(self, magic: magics.CellMagic, name: str) -> None:
        try:
            line = cellroutes.parse_route_line(magic.line)
            body = magics.without_magics(magic.body)
            tree = cellroutes.view_tree(
                body,
                line.rule,
                name=line.endpoint,
                methods=line.methods,
                first_line=magic.first_line,
            )
        except (SyntaxError, ValueError) as error:
            message = str(error).splitlines()[0]
            self.parsed.left_out.append(LeftOut(name, message))
            return
        function = tree.body[0]
        self.parsed.statements.append(
            Statement(name, 1, function, body, route=line, is_first=True, is_last=True)
        )

    def _read_template(self, magic: magics.CellMagic, name: str) -> None:
        try:
            line = cellroutes.parse_template_line(magic.line)
        except ValueError as error:
            self.parsed.left_out.append(LeftOut(name, str(error).splitlines()[0]))
            return
        self.parsed.templates[line.name] = _ended(magic.body)

    def _read_static(self, magic: magics.CellMagic, name: str) -> None:
        try:
            path = cellroutes.parse_static_line(magic.line)
        except ValueError as error:
            self.parsed.left_out.append(LeftOut(name, str(error).splitlines()[0]))
            return
        self.parsed.static[path] = _ended(magic.body)


def _sources(content: str, path: str) -> list[str]:
    """The cells of a notebook that `%run` names, or the one text of a script."""
    if path.endswith(".ipynb"):
        return [cell.source for cell in decode(content, path).cells]
    return [content]


def _ended(text: str) -> str:
    """End a cell's text with a newline, as IPython hands it to a magic."""
    return text if text.endswith("\n") else text + "\n"


def parse_source(text: str) -> ast.Module:
    """Parse Python; its warnings are the author's own business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
        # What only the compiler refuses ('return' outside a function) fails too.
        compile(tree, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return tree


def statements_of(
    tree: ast.Module, text: str, cell: str, cell_line: int = 1
) -> list[Statement]:
    """Cut a module into its statements; a `__main__` block counts as its body."""
    lines = text.split("\n")
    nodes = list(_flatten(tree.body, 0))
    found: list[Statement] = []
    above = 0
    for position, (node, block) in enumerate(nodes):
        start = first_line(node)
        following = nodes[position + 1][0] if position + 1 < len(nodes) else None
        comments, space = _gap(lines, above, start - 1)
        above = node.end_lineno or start
        statement = Statement(
            cell=cell,
            line=start + cell_line - 1,
            node=node,
            text=_cut(lines, node, following),
            comments=comments,
            space=space,
            is_first=position == 0,
            is_last=position == len(nodes) - 1,
            main_block=block,
        )
        found.append(statement)
    return found


def _flatten(body: list[ast.stmt], block: int) -> Iterator[tuple[ast.stmt, int]]:
    for node in body:
        if isinstance(node, ast.If) and _is_main_block(node):
            yield from _flatten(node.body, node.lineno)
        else:
            yield node, block


def _is_main_block(node: ast.If) -> bool:
    """Say whether a statement is `if __name__ == "__main__":`."""
    if not isinstance(node.test, ast.Compare):
        return False
    test = node.test
    sides = [test.left, *test.comparators]
    names = {side.id for side in sides if isinstance(side, ast.Name)}
    values = {side.value for side in sides if isinstance(side, ast.Constant)}
    return (
        isinstance(test.ops[0], ast.Eq)
        and names == {"__name__"}
        and values == {"__main__"}
    )


def _gap(lines: list[str], above: int, until: int) -> tuple[list[str], int]:
    """The comments above a statement, and the blank lines above those."""
    gap = [line.strip() for line in lines[above:until]]
    comments = [
        line
        for line in gap
        if not line or (line.startswith("#") and not _DEAD_COMMENT.match(line))
    ]
    space = 0
    while comments and not comments[0]:
        comments.pop(0)
        space += 1
    return comments, space


def _cut(lines: list[str], node: ast.stmt, following: ast.stmt | None) -> str:
    start, end = first_line(node), node.end_lineno or node.lineno
    column = node.col_offset
    first, last = lines[start - 1], lines[end - 1]
    head = first.encode()[:column].decode()
    tail = last.encode()[node.end_col_offset or 0 :].decode()
    shares = following is not None and first_line(following) == end
    if not shares and not head.strip() and not tail.strip().startswith(";"):
        text = "\n".join(lines[start - 1 : end])
        return strip_line_ends(dedent(text, len(head))) if head else text
    comment = "" if shares else tail.lstrip("; \t")
    text = "\n".join(lines[start - 1 : end])
    stop = len(text.encode()) - len(tail.encode())
    code = text.encode()[column:stop].decode()
    return f"{code}  {comment}".rstrip() if comment else code
