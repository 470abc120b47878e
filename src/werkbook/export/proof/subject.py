"""What a proof is of: a notebook, and how its own app is asked."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkbook.cells.asked import Asked
from werkbook.cells.cell import Cell, label
from werkbook.cells.gateway import gateway_routes
from werkbook.cells.source import magics
from werkbook.export.exercise_requests import ExerciseRequest
from werkbook.export.flow.known_calls import TUNNEL_MODULES
from werkbook.export.proof.answers import KnownAnswer, RuleLine
from werkbook.syntax_trees import parse_python

_ELSEWHERE = TUNNEL_MODULES | {"google.colab", "kora"}
"""Modules of services that are not here: something else may stand in for them."""
_OUR_MAGICS = re.compile(
    r"^\s*(?:\w[\w, ]*=\s*)?%(?:%(?:route|template|static|http|exercise)"
    r"|(?:http|serve|browse|routes|check|export|doctor|werkbook))\b",
    re.MULTILINE,
)
_PYTHON_MAGICS = frozenset(("time", "timeit", "capture"))


@dataclass(frozen=True)
class Subject:
    """A notebook to be proved.

    Attributes:
        cells: All of its cells, in document order.
        folder: Its folder; None for an empty one.
        requests: What its cells ask, as far as their text says.
        exercises: What the checks of its exercises ask.
        check: "notebook": it is run in a clean process; "recorded": saved answers
            count; "live": the app of a running kernel answers.
        rules: The live app's URL map.
        ask_live: Sends a request to the live app.
        is_chosen: A person said which app.
        upto: Use the first so many code cells only.
        env: Names of environment variables to hand on.
        timeout_s: Seconds that a start, a cell or a request may take.
        why_unsure: Why the live app may be in another state than the file, or "".
    """

    cells: Sequence[Cell]
    folder: Path | None = None
    requests: Sequence[Asked] = ()
    check: str = "notebook"
    rules: Sequence[RuleLine] | None = None
    ask_live: Callable[[Asked], KnownAnswer | None] | None = None
    is_chosen: bool = False
    upto: int | None = None
    env: tuple[str, ...] = ()
    timeout_s: float = 60.0
    why_unsure: str = ""
    exercises: Sequence[ExerciseRequest] = ()

    @property
    def request_limit_s(self) -> float:
        """Seconds that one request may take."""
        return max(2.0, min(self.timeout_s / 3, 20.0))

    @property
    def code(self) -> list[Cell]:
        """The cells that run."""
        code = [one for one in self.cells if one.kind == "code" and one.source.strip()]
        return code if self.upto is None else code[: self.upto]

    def labels(self) -> list[str]:
        """Name the cells that run, as people see them."""
        return [label(cell, number) for number, cell in enumerate(self.code, 1)]

    def cells_to_run(self) -> list[dict[str, Any]]:
        """The cells as a clean process takes them."""
        routes = gateway_routes(self.code)[1]
        return [
            {
                "id": cell.id,
                "source": cell.source,
                "plain": plain_python(cell.source),
                "is_route": cell.id in routes,
            }
            for cell in self.code
        ]

    def stand_ins(self) -> list[str]:
        """Modules of tunnels that cells import whether they are there or not."""
        return sorted(
            module
            for module in _imported(self.code)
            if any(module == one or module.startswith(f"{one}.") for one in _ELSEWHERE)
        )

    def spare_packages(self, sources: Iterable[str]) -> list[str]:
        """Packages that cells import, and the file does not: it can do without.

        None of a cell that is saved as failed: its author had no such package, either,
        and the cell fails again.

        Args:
            sources: The file, and the modules that it writes.
        """
        needed = {top_name(one) for text in sources for one in _imports(text)}
        needed |= set(map(top_name, _imported(one for one in self.code if one.error)))
        return sorted({top_name(one) for one in _imported(self.code)} - needed)

    @property
    def loads_werkbook(self) -> bool:
        """A cell loads Werkbook's extension."""
        return any("load_ext werkbook" in cell.source for cell in self.code)

    @property
    def needs_werkbook(self) -> bool:
        """A cell uses a magic of Werkbook's."""
        return any(_OUR_MAGICS.search(cell.source) for cell in self.code)

    @property
    def preloaded(self) -> list[str]:
        """What is imported before the first cell, as it is in a kernel.

        Cells ask for `"ipykernel" in sys.modules` to know that they are in a notebook.
        """
        names = ["werkbook_ext"] if self.needs_werkbook else []
        asks = any("ipykernel" in cell.source for cell in self.code)
        return [*names, "ipykernel"] if asks else names


def _imported(cells: Iterable[Cell]) -> set[str]:
    """The modules that cells import for sure."""
    return {
        module
        for cell in cells
        for module in _imports(_code_of(cell.source), is_sure=True)
    }


def plain_python(source: str) -> str:
    """Give what a cell says in Python, where nobody understands its magics."""
    magic = magics.cell_magic(source)
    if magic is None:
        return magics.transform(source).source
    if magic.name in _PYTHON_MAGICS:
        return plain_python(magic.body)
    return ""


def _code_of(source: str) -> str:
    """The Python of a cell, or of the file that it writes."""
    magic = magics.cell_magic(source)
    is_file = magic is not None and magic.name in ("writefile", "file")
    return magic.body if magic is not None and is_file else plain_python(source)


def top_name(module: str) -> str:
    """Give the name of the package that a module belongs to."""
    return module.partition(".")[0]


def _imports(source: str, *, is_sure: bool = False) -> Iterator[str]:
    """The modules that are imported; sure are those outside of any `try`."""
    try:
        tree = parse_python(source)
    except (SyntaxError, ValueError):
        return
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if is_sure and isinstance(node, ast.Try):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting.extend(ast.iter_child_nodes(node))
