"""A real JupyterLab in a real browser, for the tests and the benchmarks.

`Lab` is the server, `Notebook` drives one notebook of the page that is open on it:

    notebook.set_cells("%load_ext werkbook", "1 + 1")
    notebook.run_all()
    notebook.output(1)                  # "2"
    notebook.run("x = 3")               # a new cell at the end: set, run, waited for
    notebook.page                       # Playwright's page, for everything else
    notebook.view().locator("button")   # inside the last Werkbook widget's output
    notebook.frame().locator("h1")      # inside the page that the mini browser shows

Nothing here sleeps for a fixed time: JupyterLab's own state is waited for.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, FrameLocator, Locator, Page, Playwright, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from tests import warm_kernels
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "tests" / "browser" / "screenshots"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_TIMEOUT_S = 60
# Collaboration, and cells that the server runs, as for agents: off unless asked for.
SHARING = (
    "@jupyter/collaboration-extension",
    "@jupyter/docprovider-extension",
    "@datalayer/jupyter-server-nbmodel",
)
SHARING_SERVERS = (
    "jupyter_server_ydoc",
    "jupyter_server_fileid",
    "jupyter_server_nbmodel",
)
# The server forks its kernels, where this process does.
WARM = """\
from tests import warm_kernels
warm_kernels.install()
"""
TIMEOUT_MS = 30_000
expect.set_options(timeout=TIMEOUT_MS)  # its own 5 s are little beside other work

# Lab's own indicator says "idle" before there is a kernel, and keys are lost then.
IS_READY = """(path) => {
  const widget = window.jupyterapp && jupyterapp.shell.currentWidget;
  if (!widget || !widget.context || widget.context.path !== path) return false;
  const kernel = widget.sessionContext?.session?.kernel;
  return !!(widget.context.isReady && widget.sessionContext.isReady && kernel
    && kernel.connectionStatus === 'connected' && kernel.status === 'idle');
}"""
# Nothing is returned: Playwright would serialise a whole JupyterLab.
OPEN = """async (path) => {
  await jupyterapp.commands.execute('docmanager:open', {path});
}"""
# What changes after the save, as widgets do when their kernel ends, is dropped: else a
# dialog asks, which keeps the focus from each notebook that is opened after it.
CLOSE = """async (path) => {
  const widgets = [...jupyterapp.shell.widgets('main')];
  for (const widget of widgets.filter((one) => one.context?.path === path)) {
    await widget.context.save().catch(() => {});
    await widget.sessionContext.shutdown().catch(() => {});
    widget.context.model.dirty = false;
    const closed = new Promise((done) => widget.disposed.connect(done));
    widget.close();
    await closed;
  }
}"""
STATE = """() => {
  const {shell} = window.jupyterapp || {};
  const session = shell?.currentWidget?.sessionContext?.session;
  return JSON.stringify({
    inFront: shell?.currentWidget?.context?.path,
    kernel: [session?.kernel?.connectionStatus, session?.kernel?.status],
    dialogs: [...document.querySelectorAll('.jp-Dialog')].map((one) => one.innerText),
  });
}"""
# Those that IPython itself gave stay, as after a restart.
FORGET = """\
(lambda shell: [
    shell.user_ns.pop(name) for name in list(shell.user_ns)
    if name not in shell.user_ns_hidden and not name.startswith("_")
])(get_ipython())
"""
RUN_CELL = """async (index) => {
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  await jupyterapp.commands.execute('notebook:run-cell');
}"""


class Lab:
    """A JupyterLab server with configuration of its own, on a free port."""

    module = "jupyterlab"
    app_class = "LabApp"

    def __init__(
        self,
        *,
        settings: dict[str, Any] | None = None,
        has_extension: bool = True,
        is_shared: bool = False,
    ) -> None:
        self.token = secrets.token_hex(16)
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="werkbook-lab-"))
        self.root = self.folder / "root"
        self.root.mkdir()
        self._settings = settings or {}
        self._has_extension = has_extension
        self._is_shared = is_shared
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page_url(self, path: str) -> str:
        """Return the address that opens a notebook."""
        # A tree URL, not a single document: further notebooks open beside it.
        return f"{self.url}/lab/tree/{path}?token={self.token}&reset"

    def start(self) -> Lab:
        """Start the server and wait until it answers."""
        environment = self._environment()
        self._write_settings(Path(environment["JUPYTERLAB_SETTINGS_DIR"]))
        # A package with a source extension makes Lab ask for a build, in a dialog.
        page_config = self.folder / "config" / "labconfig" / "page_config.json"
        page_config.parent.mkdir(parents=True)
        page_config.write_text(json.dumps(self._page_config()))
        server_config = self.folder / "config" / "jupyter_server_config.json"
        enabled = dict.fromkeys(SHARING_SERVERS, self._is_shared)
        config = {"ServerApp": {"jpserver_extensions": enabled}}
        server_config.write_text(json.dumps(config))
        if warm_kernels.is_installed():
            server_config.with_suffix(".py").write_text(WARM)
        self._link_extension(self.folder / "shared" / "labextensions" / "werkbook")
        log = (self.folder / "lab.log").open("wb")
        self._process = subprocess.Popen(
            self._command(),
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self._wait()
        return self

    def stop(self) -> None:
        """End the server and its kernels."""
        if self._process is not None:
            end_group(self._process)
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        return (self.folder / "lab.log").read_text(errors="replace")

    def _command(self) -> list[str]:
        options = {
            "ServerApp.token": self.token,
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": self.root,
            f"{self.app_class}.expose_app_in_browser": True,
        }
        command = [sys.executable, "-m", self.module, "--allow-root", "--no-browser"]
        return command + [f"--{name}={value}" for name, value in options.items()]

    def _environment(self) -> dict[str, str]:
        folder = self.folder
        binaries = str(Path(sys.executable).parent)
        sources = [ROOT / "src", ROOT / "kernel_ext", ROOT]
        return os.environ | {
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_PATH": str(folder / "shared"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            # The kernel spec's command is a bare `python`.
            "PATH": binaries + os.pathsep + os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join(map(str, sources)),
        }

    def _page_config(self) -> dict[str, Any]:
        disabled = dict.fromkeys(SHARING, not self._is_shared)
        disabled["werkbook"] = not self._has_extension
        return {
            "buildCheck": False,
            "buildAvailable": False,
            "disabledExtensions": disabled,
        }

    def _link_extension(self, place: Path) -> None:
        """Have JupyterLab take the extension as it is in this checkout."""
        place.parent.mkdir(parents=True)
        place.symlink_to(ROOT / "kernel_ext" / "labextension")

    def _write_settings(self, folder: Path) -> None:
        news = {"fetchNews": "false", "checkForUpdates": False}
        settings = {"@jupyterlab/apputils-extension/notification": news}
        for name, value in (settings | self._settings).items():
            place = folder / f"{name}.jupyterlab-settings"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(json.dumps(value))

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                url = f"{self.url}/api?token={self.token}"
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError(f"JupyterLab did not start:\n{self.log()}")


class Notebook7(Lab):
    """A server of Notebook 7, which opens each notebook in a page of its own."""

    module = "notebook"
    app_class = "JupyterNotebookApp"

    def page_url(self, path: str) -> str:
        return f"{self.url}/notebooks/{path}?token={self.token}"


class Notebook:
    """One open notebook: its cells, its kernel, its outputs."""

    def __init__(self, lab: Lab, page: Page, path: str) -> None:
        self.lab = lab
        self.page = page
        self.path = path

    # --- opening

    def open(self, *cells: str) -> Notebook:
        """Write the notebook with these code cells and open it in the page."""
        write_notebook(self.lab.root / self.path, cells)
        return self.show()

    def show(self) -> Notebook:
        """Open the notebook as its file is."""
        if self.page.url.startswith(self.lab.url):
            self.page.evaluate(OPEN, self.path)
        else:
            self.page.goto(self.lab.page_url(self.path))
        self.wait_ready()
        return self

    def wait_ready(self) -> None:
        """Wait until the notebook is shown and its kernel is idle."""
        try:
            self.page.wait_for_function(IS_READY, arg=self.path, timeout=TIMEOUT_MS * 2)
        except PlaywrightTimeout:
            state = self.page.evaluate(STATE)
            log = self.lab.log()[-2000:]
            raise AssertionError(f"{self.path} is not ready: {state}\n{log}") from None

    def activate(self) -> None:
        """Bring this notebook's tab to the front."""
        self.show()

    def close(self) -> None:
        """Save, shut the kernel down and close the tab."""
        self.page.evaluate(CLOSE, self.path)

    # --- cells

    def set_cells(self, *sources: str) -> None:
        """Replace all cells by these code cells."""
        self.page.evaluate(
            """(sources) => {
              const model = jupyterapp.shell.currentWidget.content.model.sharedModel;
              const old = model.cells.length;  // Lab fills a notebook without cells
              for (const source of sources.length ? sources : [''])
                model.addCell({cell_type: 'code', source});
              model.deleteCellRange(0, old);
            }""",
            list(sources),
        )

    def forget_names(self) -> None:
        """Take from the kernel the names that cells made, imports too."""
        self.page.evaluate(
            """async (code) => {
              const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
              const asked = kernel.requestExecute({code, silent: true});
              const reply = await asked.done;
              if (reply.content.status !== 'ok') throw new Error(reply.content.evalue);
            }""",
            FORGET,
        )

    def set_cell(self, index: int, source: str) -> None:
        """Replace the source of one cell."""
        self.page.evaluate(
            """([index, source]) => jupyterapp.shell.currentWidget.content
              .widgets[index].model.sharedModel.setSource(source)""",
            [index, source],
        )

    def add_cell(self, source: str) -> int:
        """Add a code cell at the end and return its index."""
        index: int = self.page.evaluate(
            """(source) => {
              const model = jupyterapp.shell.currentWidget.content.model.sharedModel;
              model.addCell({cell_type: 'code', source});
              return model.cells.length - 1;
            }""",
            source,
        )
        return index

    def delete_cell(self, index: int) -> None:
        """Delete a cell as a person does, so that the front end reports it."""
        self.page.evaluate(
            """async (index) => {
              const notebook = jupyterapp.shell.currentWidget.content;
              notebook.activeCellIndex = index;
              notebook.deselectAll();
              await jupyterapp.commands.execute('notebook:delete-cell');
            }""",
            index,
        )

    def run_cell(self, index: int) -> None:
        """Run one cell and wait for the kernel's execute_reply."""
        self.page.evaluate(RUN_CELL, index)

    def start_cell(self, index: int) -> None:
        """Run one cell without waiting for it."""
        self.page.evaluate(f"(index) => {{ ({RUN_CELL})(index); }}", index)

    def run(self, source: str) -> int:
        """Add a cell, run it, wait for it; return its index."""
        index = self.add_cell(source)
        self.run_cell(index)
        return index

    def run_all(self) -> None:
        """Run all cells; returns after the last execute_reply."""
        self.page.evaluate(
            "async () => void await jupyterapp.commands"
            ".execute('notebook:run-all-cells')"
        )

    def restart(self) -> None:
        """Restart the kernel and wait until it is idle again."""
        self.page.evaluate(
            "async () => void await jupyterapp.shell.currentWidget.sessionContext"
            ".session.kernel.restart()"
        )
        self.wait_ready()

    def cell_count(self) -> int:
        count: int = self.page.evaluate(
            "() => jupyterapp.shell.currentWidget.content.widgets.length"
        )
        return count

    def source(self, index: int) -> str:
        """Return what stands in a cell."""
        text: str = self.page.evaluate(
            "(index) => jupyterapp.shell.currentWidget.content.widgets[index]"
            ".model.sharedModel.getSource()",
            index,
        )
        return text

    # --- outputs

    def output(self, index: int) -> str:
        """Return the text that a cell's output area shows."""
        text: str = self.page.evaluate(
            """(index) => {
              const {outputArea} = jupyterapp.shell.currentWidget.content
                .widgets[index];
              const found = outputArea.node.querySelectorAll('.jp-OutputArea-output');
              return [...found].map((one) => one.innerText).join('\\n').trim();
            }""",
            index,
        )
        return text

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """Return a cell's outputs as the notebook file would hold them."""
        found: list[dict[str, Any]] = self.page.evaluate(
            """(index) => jupyterapp.shell.currentWidget.content.widgets[index]
              .model.outputs.toJSON()""",
            index,
        )
        return found

    def wait_output(self, index: int, pattern: str) -> str:
        """Wait until a cell's output matches a regular expression.

        The cell is brought into view: JupyterLab draws one that is out of view when
        it has time, which on a busy machine may be never.
        """
        if not re.search(pattern, self.output(index)):
            self.scroll_to_cell(index)
        found = self.wait(lambda: re.search(pattern, self.output(index)))
        assert found, (
            f"{pattern!r} is not in {self.output(index)!r}, drawn from "
            f"{json.dumps(self.outputs(index))[:2_000]}"
        )
        return self.output(index)

    def scroll_to_cell(self, index: int, align: str = "smart") -> None:
        """Bring a cell into view; with ``align="start"`` to the window's top."""
        self.page.evaluate(
            """async ([index, align]) => {
              const notebook = jupyterapp.shell.currentWidget.content;
              await notebook.scrollToItem(index, align);
            }""",
            [index, align],
        )

    def wait(
        self, condition: Callable[[], Any], timeout_s: float = TIMEOUT_MS / 1000
    ) -> Any:
        """Wait until the condition holds, the page's events being handled.

        A look costs the page and us up to 10 ms: the pauses grow to ten of them.
        """
        deadline = time.monotonic() + timeout_s
        pause_ms = 20.0
        while not (value := condition()) and time.monotonic() < deadline:
            self.page.wait_for_timeout(pause_ms)
            pause_ms = min(pause_ms * 1.3, 100)
        return value

    def cell(self, index: int) -> Locator:
        """Return the locator of a cell in the notebook that is in front."""
        notebook = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        return notebook.locator(".jp-Notebook .jp-Cell").nth(index)

    def view(self, index: int = -1) -> Locator:
        """Return a mini browser in the page, the last one by default."""
        views = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .wb-browser")
        return views.last if index == -1 else views.nth(index)

    def frame(self, index: int = -1) -> FrameLocator:
        """Return the page that a mini browser shows now."""
        return shown_page(self.view(index))

    # --- pictures

    def screenshot(self, name: str, target: Locator | None = None) -> Path:
        """Save a picture among the screenshots and return its place."""
        SCREENSHOTS.mkdir(exist_ok=True)
        place = SCREENSHOTS / f"{name}.png"
        if target is None:
            self.page.screenshot(path=place)
        else:
            target.screenshot(path=place)
        return place


def shown_page(view: Locator) -> FrameLocator:
    """Return the page of a mini browser, which stands in a frame that encloses it."""
    enclosure = view.frame_locator("iframe.wb-frame[data-shown]")
    return enclosure.frame_locator("iframe")


def page_of(card: Locator) -> FrameLocator:
    """Return the page of a card, which stands in a frame that encloses it."""
    return card.frame_locator("iframe").frame_locator("iframe")


def chromium_path() -> str | None:
    """Return the Chromium of this machine, None when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    asked = os.environ.get("WERKBOOK_CHROMIUM")
    return asked or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start the machine's Chromium, headless."""
    path = chromium_path()
    if path is None:
        raise RuntimeError(
            "The browser tests need Chromium and found none.\n"
            "  Why: looked for chromium, chromium-browser and google-chrome on PATH.\n"
            "  Fix: apt install chromium, or set WERKBOOK_CHROMIUM to its path."
        )
    browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
    try:
        yield browser
    finally:
        browser.close()


def write_notebook(place: Path, cells: tuple[str, ...]) -> None:
    """Write a notebook with these code cells."""
    content = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{number}",
                "metadata": {},
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(cells or ("",))
        ],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            }
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(content))


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and the group it leads: kernels outlive a lab that is killed."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(10)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
        break
