"""Which of a notebook's programs is exported: its own cells, or a file they write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from werkbook.cells.cell import NoAppError
from werkbook.cells.source.parsed import Parsed
from werkbook.export.flow.apps.chosen_app import choose_app
from werkbook.export.flow.apps.holders import AppChoice, is_on_default_app
from werkbook.export.flow.program import Program, imported_modules
from werkbook.export.text.convert import to_target
from werkbook.export.text.modules import candidates

OTHER_SERVERS = ("http.server", "socketserver", "xmlrpc.server", "aiohttp.web")
"""Whose handlers neither WSGI nor ASGI servers can call."""


@dataclass(frozen=True)
class Options:
    """What is wanted of an export.

    Attributes:
        name: The notebook's name, for the docstring.
        target: "flask", "werkbook", or None for what the notebook uses.
        is_target_asked: Somebody asked for the target; else another may be taken.
        app: The name of the app; the one that ran last when None.
        file: The file of a cell that makes the app; the one that ran last when None.
        output: The name of the file to write, which no written module may have.
        upto: Use the first so many code cells only.
        python: The major version of Python that the notebook was written for.
        is_wide: Keep everything but what only serves, shows and asks.
        is_whole: Keep also what seems to show only, if it calls or computes anything.
        embeds: Put templates and static files into the file, not beside it.
        open_file: Reads a file of the notebook's folder; None when there is none.
        version_of: The installed version of a distribution.
        document: The app's OpenAPI document, which the file answers at /openapi.json
            and shows at /docs; None for an app without these pages.
    """

    name: str = "notebook.ipynb"
    target: str | None = "flask"
    is_target_asked: bool = False
    app: str | None = None
    file: str | None = None
    output: str = "app.py"
    upto: int | None = None
    python: int = 3
    is_wide: bool = False
    is_whole: bool = False
    embeds: bool = True
    open_file: Callable[[str], str | None] | None = None
    is_file: Callable[[str], bool] = lambda path: False
    version_of: Callable[[str], str | None] | None = None
    document: dict[str, Any] | None = None


@dataclass(frozen=True)
class Found:
    """A program with its app, and when in the notebook that app ran last."""

    path: str
    program: Program
    app: AppChoice
    ran: tuple[int, int]


def _ran(
    path: str, app: AppChoice, program: Program, parsed: Parsed
) -> tuple[int, int]:
    """Say when a program's app ran last; a file that nothing runs is only written."""
    if path:
        is_run = path in parsed.runs
        return (1, parsed.runs[path]) if is_run else (0, parsed.order[path])
    numbers = list(app.roots)
    if app.version is not None:
        numbers += [
            app.version[1],
            *program.changes.get(program.family(app.version), ()),
        ]
    else:
        numbers += [n for n in range(program.end) if is_on_default_app(program, n)]
    last = max((program.statements[number].position for number in numbers), default=0)
    return 1, max(last, app.served.position if app.served else 0)


def found_programs(parsed: Parsed, options: Options) -> Iterator[Found]:
    """Give each program of a notebook that makes an app (of the name asked for)."""
    for one in candidates(parsed, options.output):
        is_inlined = one.path in parsed.inlined and one.path not in parsed.runs
        if is_inlined and options.file is None:
            continue
        if options.file is None or one.path == options.file:
            program = Program(to_target(one.statements, options.target))
            app = choose_app(program, options.app)
            if app is not None:
                yield Found(
                    one.path, program, app, _ran(one.path, app, program, parsed)
                )


def no_app(parsed: Parsed, options: Options) -> NoAppError:
    """Say why there is nothing to export, and what would change that."""
    if options.file is not None and options.file not in parsed.modules:
        files = ", ".join(sorted(parsed.modules)) or "none"
        return NoAppError(
            f"No cell writes a Python file {options.file!r}.",
            why=f"--file names a file that a cell writes; here: {files}.",
            fix="leave --file out to export the app that ran last.",
        )
    if options.app is not None:
        return NoAppError(
            f"The notebook makes no app named {options.app!r}.",
            why="--app names a variable that a cell binds to an app.",
            fix="leave --app out to export the app that ran last.",
        )
    left = "; ".join(f"{one.cell}: {one.reason}" for one in parsed.left_out)
    place, server = _other_server(parsed)
    no_app = f"what {server} serves ({place}) is none: " * bool(server)
    return NoAppError(
        f"No cell of {options.name!r} makes an app"
        + (f" that can be exported ({left})." if left else "."),
        why=f"{no_app}an export starts from an app of Flask, Bottle, FastAPI, Dash or"
        " another framework, or a WSGI function, and what is registered on it.",
        fix="write app = App() in a cell"
        + (", with its answers as views" if server else "")
        + (", or check the cells that are left out." if left else "."),
    )


def _other_server(parsed: Parsed) -> tuple[str, str]:
    """The first import of what serves, but no app that other servers can call."""
    for statement in parsed.statements:
        for name, module in imported_modules(statement.node).items():
            for one in (module, f"{module}.{name}"):
                if one in OTHER_SERVERS:
                    return statement.place, one
    return "", ""
