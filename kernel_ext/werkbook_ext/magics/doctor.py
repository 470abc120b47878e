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
    """

    subject: str
    state: str
    is_well: bool = True
    fix: str = ""


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
    """Display the report; saved output names only what fails."""
    rows = [
        ("ok" if item.is_well else "!!", item.subject, item.state, item.fix)
        for item in findings
    ]
    head = ("", "what", "found", "to repair it, type")
    failing = [f"{item.subject}: {item.fix}" for item in findings if not item.is_well]
    Varying(
        saved="\n".join(failing) or "Nothing is missing.",
        shown=text_table(head, rows),
        html=html_table(head, rows),
    ).show(shell)


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
    last: CellRun | None = cells.last_cell
    if last is not None and last.owner.is_approximate:
        yield ReportLine("cell ids", "none: a cell is known by its source")
    else:
        yield ReportLine("cell ids", "the front end names its cells")
    path = cells.notebook.path
    yield ReportLine("notebook", str(path) if path is not None else "not known")


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
        yield ReportLine("server", f"{name_app(shell, server.app)} on {url}")


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
