"""The built site, served on loopback, and a notebook of it in a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.browser.lab import IS_READY, ROOT, RUN_CELL, Notebook
from tools.lite.serve import make_server

FOLDER = ROOT / "build" / "lite"
TIMEOUT_S = 240.0
"""Pyodide starts in some 12 s on a machine that has nothing else to do."""


@dataclass(frozen=True)
class Site:
    """What `Notebook` needs to know of the server that it is opened on."""

    url: str
    root: Path = FOLDER / "files"

    def page_url(self, path: str) -> str:
        """Return the address that opens a notebook."""
        return f"{self.url}/lab/index.html?path={quote(path)}"


@contextmanager
def served_site() -> Iterator[Site]:
    """Serve the site that `make lite` has built."""
    if not (FOLDER / "lab" / "index.html").is_file():
        raise RuntimeError(
            "There is no site in build/lite.\n"
            "  Why: these tests try what `make lite` has built.\n"
            "  Fix: make test-lite builds it, and runs them."
        )
    server = make_server(FOLDER)
    thread = threading.Thread(target=server.serve_forever, name="site", daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class SiteNotebook(Notebook):
    """A notebook of the site."""

    def show(self) -> SiteNotebook:
        """Open the notebook in the page, which starts the site's JupyterLab."""
        super().show()
        return self

    def wait_ready(self) -> None:
        """Wait until Python has started in the page's worker."""
        timeout = TIMEOUT_S * 1000
        self.page.wait_for_function(IS_READY, arg=self.path, timeout=timeout)

    def run_all(self) -> None:
        """Run all cells; returns when they ran, which may take longer than an answer.

        A command of Firefox's must be answered soon, so the end is asked for.
        """
        self._wait_run("() => jupyterapp.commands.execute('notebook:run-all-cells')")

    def run_cell(self, index: int) -> None:
        """Run one cell; an endless stream's takes longer than an answer may, too."""
        self._wait_run(RUN_CELL, index)

    def _wait_run(self, function: str, argument: Any = None) -> None:
        self.page.evaluate(
            f"""(argument) => {{ window.hasRun = false;
              ({function})(argument).finally(() => {{ window.hasRun = true; }}); }}""",
            argument,
        )
        timeout = TIMEOUT_S * 1000
        self.page.wait_for_function("() => window.hasRun", timeout=timeout)

    def failures(self) -> list[str]:
        """Return what went wrong in any cell."""
        found: list[str] = self.page.evaluate(
            """() => jupyterapp.shell.currentWidget.content.widgets.flatMap((cell) =>
              (cell.model.outputs?.toJSON() ?? [])
                .filter((one) => one.output_type === 'error')
                .map((one) => `${cell.model.id}: ${one.ename}: ${one.evalue}`))"""
        )
        return found

    def not_run(self) -> list[str]:
        """Return the code cells that have not run to their end."""
        found: list[str] = self.page.evaluate(
            """() => jupyterapp.shell.currentWidget.content.widgets
              .filter((cell) => cell.model.type === 'code'
                && cell.model.sharedModel.getSource().trim()
                && !cell.model.executionCount)
              .map((cell) => cell.model.id)"""
        )
        return found

    def run_in(self, cell_id: str, source: str | None = None) -> None:
        """Run a cell of the notebook, with another source if one is given."""
        index = self.index(cell_id)
        if source is not None:
            self.set_cell(index, source)
        self.run_cell(index)

    def index(self, cell_id: str) -> int:
        """Return where a cell stands."""
        index: Any = self.page.evaluate(
            """(id) => jupyterapp.shell.currentWidget.content.widgets
              .findIndex((cell) => cell.model.id === id)""",
            cell_id,
        )
        assert index >= 0, cell_id
        return int(index)
