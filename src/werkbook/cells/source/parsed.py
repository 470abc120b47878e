"""What the cells of a notebook say, once they are parsed."""

from __future__ import annotations

from dataclasses import dataclass, field

from werkbook.cells.source.statements import Statement


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
        order: How far the notebook had come when it wrote a file.
        runs: How far it had come when it last ran a file that it wrote.
        inlined: Files whose statements stand in the notebook's, as `%run` ran them.
        places: The cell of each file, template and static file.
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
    runs: dict[str, int] = field(default_factory=dict)
    inlined: set[str] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)
