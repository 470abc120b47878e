"""`%doctor`: what this environment is, and what to type where something is missing."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterator
from dataclasses import dataclass

from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from werkbook import serving
from werkbook.system import this_system

from ..front_end import find_links
from ..notebook import find_live_cells, name_app
from ..notebook.cells import CellRun
from ..notebook.environment import KernelEnvironment, detect_environment
from ..notebook.flask_itself import find_remedy
from ..output import Varying, html_table, text_table
from .arguments import MagicParser, get_shell, line_magic, magics_class

PARSER = MagicParser("%doctor", "")
MIN_VERSIONS = {
    "werkzeug": (3, 1),
    "jinja2": (3, 1),
    "ipykernel": (7, 1),
    "ipywidgets": (8, 1),
    "anywidget": (0, 11),
    "requests": (2, 31),
}
HEAD = ("", "what", "found", "to repair it, type")
WHY = {
    "ipykernel": "widgets answer while a cell runs",
    "ipywidgets": "live pages and cards",
    "anywidget": "live pages and cards",
    "requests": "%http",
}


@dataclass(frozen=True)
class ReportLine:
    """One line of the doctor's report.

    Attributes:
        subject: What was looked at.
        state: What was found.
        is_well: Whether it is as it should be.
        fix: The command that repairs it, when it is not.
        saved: What of the state is the same in each run; all of it when None.
    """

    subject: str
    state: str
    is_well: bool = True
    fix: str = ""
    saved: str | None = None


@magics_class
class DoctorMagics(Magics):
    """`%doctor`."""

    @line_magic("doctor")
    def doctor(self, line: str) -> None:
        """Say what this environment is, which URL reaches the app, and what is missing.

        Each line that fails names the command that repairs it.
        """
        PARSER.parse_line(line)
        show_findings(get_shell(self), doctor())


def doctor() -> list[ReportLine]:
    """Look at front end, kernel, versions, server and proxy, as `%doctor` does."""
    shell = get_ipython()
    if shell is None:
        return list(_versions())
    environment = detect_environment(shell)
    return [
        *_front_end(shell, environment),
        *_versions(),
        *_servers(shell, environment),
        *_proxy(environment),
    ]


def show_findings(shell: InteractiveShell, findings: list[ReportLine]) -> None:
    """Display the report; saved output has all of it but ports and folders."""
    shown = [_row(item, item.state) for item in findings]
    saved = [
        _row(item, item.state if item.saved is None else item.saved)
        for item in findings
    ]
    is_well = all(item.is_well for item in findings)
    note = "Nothing is missing." if is_well else ""
    Varying(
        saved=f"{text_table(HEAD, saved)}\n{note}".rstrip(),
        shown=f"{text_table(HEAD, shown)}\n{note}".rstrip(),
        html=f"{html_table(HEAD, shown)}<p>{note}</p>",
        saved_html=f"{html_table(HEAD, saved)}<p>{note}</p>",
        is_complete=True,
    ).show(shell)


def _row(item: ReportLine, state: str) -> tuple[str, ...]:
    return ("ok" if item.is_well else "!!", item.subject, state, item.fix)


def _front_end(
    shell: InteractiveShell, environment: KernelEnvironment
) -> Iterator[ReportLine]:
    yield ReportLine("front end", environment.front_end)
    yield ReportLine(
        "kernel", f"Python {platform.python_version()}, {type(shell).__name__}"
    )
    cells = find_live_cells(shell)
    if cells is None:
        yield ReportLine("live cells", "off", False, "%load_ext werkbook")
        return
    yield ReportLine("live cells", "on")
    remedy = find_remedy(shell)
    if remedy is not None:
        yield ReportLine("flask", remedy[0], False, remedy[1])
    last: CellRun | None = cells.last_cell
    if last is not None and last.owner.is_approximate:
        yield ReportLine("cell ids", "none: a cell is known by its source")
    else:
        yield ReportLine("cell ids", "the front end names its cells")
    path = cells.notebook.path
    if path is None:
        yield ReportLine("notebook", "not known")
    else:
        yield ReportLine("notebook", str(path), saved=path.name)


def _versions() -> Iterator[ReportLine]:
    for name, wanted in MIN_VERSIONS.items():
        if name == "ipykernel" and not this_system().has_threads:
            continue  # the browser's kernel is another one, which answers in turn
        found = _version(name)
        least = ".".join(map(str, wanted))
        fix = f"%pip install '{name}>={least}'"
        if found is None:
            yield ReportLine(name, f"missing ({WHY.get(name, 'needed')})", False, fix)
        else:
            is_well = _numbers(found) >= wanted
            yield ReportLine(name, found, is_well, "" if is_well else fix)


def _servers(
    shell: InteractiveShell, environment: KernelEnvironment
) -> Iterator[ReportLine]:
    if not environment.has_sockets:
        yield ReportLine("server", "no sockets here: apps are called in this process")
        return
    servers = serving.servers()
    if not servers:
        yield ReportLine("server", "none runs; %serve starts one")
    for server in servers:
        url = find_links(environment, server).url
        name = name_app(shell, server.app)
        yield ReportLine("server", f"{name} on {url}", saved=f"{name} is served")


def _proxy(environment: KernelEnvironment) -> Iterator[ReportLine]:
    if environment.prefix is None:
        yield ReportLine("proxy", "not needed where the browser is on this machine")
        return
    if environment.has_proxy:
        yield ReportLine("proxy", f"jupyter-server-proxy under {environment.prefix}")
        return
    fix = "%pip install jupyter-server-proxy   (then restart the Jupyter server)"
    yield ReportLine("proxy", "the browser cannot reach the kernel's ports", False, fix)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())


MAGICS: list[type[Magics]] = [DoctorMagics]
