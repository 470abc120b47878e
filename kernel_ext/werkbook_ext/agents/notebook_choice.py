"""Which notebook a tool is about, and the way to the kernel that has its app."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkbook.errors import WerkbookError

from .open_kernels import (
    KernelConnection,
    KernelReplyError,
    OpenKernel,
    find_kernel,
    list_kernels,
)
from .own_run import OwnRun

CALL_TIMEOUT_S = {"check": 180.0, "export": 600.0}
DEFAULT_TIMEOUT_S = 60.0


class NoNotebookError(WerkbookError, LookupError):
    """No notebook is open that a tool could be about, or several are."""


class ToolCallError(WerkbookError, RuntimeError):
    """A tool says why it could not do what was asked."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


@dataclass
class NotebookChoice:
    """The notebooks that may be asked, as the user chose when starting.

    Attributes:
        folder: Notebooks in it, and below, may be asked where they are open.
        notebook: The only one that may; run in a kernel of its own where none has it
            open.
        kernel: The only kernel that may, by its id.
        runtime: Where connection files are; None for this user's folder.
    """

    folder: Path
    notebook: Path | None = None
    kernel: str | None = None
    runtime: Path | None = None
    _open: dict[Path, KernelConnection] = field(default_factory=dict)
    _own: OwnRun | None = None

    def call(self, tool: str, wanted: str | None, arguments: dict[str, Any]) -> str:
        """Call a tool in the kernel of a notebook; say first which one that is.

        Args:
            tool: Its name.
            wanted: The notebook, by its path or the end of it; None for the only one.
            arguments: What it is called with.

        Raises:
            NoNotebookError: There is none, or it is not clear which.
            KernelReplyError: The kernel gives no answer.
            ToolCallError: The tool could not do what was asked.
        """
        where, connection = self._find(wanted)
        timeout_s = CALL_TIMEOUT_S.get(tool, DEFAULT_TIMEOUT_S)
        found = connection.call(tool, arguments, timeout_s)
        if found["is_error"]:
            raise ToolCallError(f"[{where}]\n{found['text']}")
        return f"[{where}]\n{found['text']}"

    def describe(self) -> str:
        """List the notebooks that can be asked now, one a line."""
        lines = [self._name(path, kernel) for path, kernel, _ in self._list_open()]
        if not lines and self.notebook is not None:
            lines = [f"{self._shorten(self.notebook)}: not open, run when asked"]
        return "\n".join(lines) or str(self._nothing())

    def close(self) -> None:
        """End what was begun: lines to kernels, and a kernel of our own."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()
        self._end_own_run()

    def _find(self, wanted: str | None) -> tuple[str, KernelConnection]:
        found = [
            (path, kernel, connection)
            for path, kernel, connection in self._list_open()
            if wanted is None or _is_meant(path, wanted)
        ]
        if len(found) == 1:
            self._end_own_run()
            path, kernel, connection = found[0]
            return self._name(path, kernel), connection
        if len(found) > 1:
            names = ", ".join(str(self._shorten(path)) for path, _, _ in found)
            raise NoNotebookError(
                "Several notebooks are open.",
                why=f"it is not clear which one is meant: {names}.",
                fix='name it: notebook="..."',
            )
        if self.notebook is None or not _is_meant(self.notebook, wanted or ""):
            raise self._nothing(wanted)
        return self._run_own(self.notebook)

    def _list_open(self) -> list[tuple[Path, OpenKernel, KernelConnection]]:
        """Return what is open of the notebooks that may be asked, one kernel each."""
        if self.kernel is not None:
            kernel = find_kernel(self.kernel, self.runtime)
            connection = self._connect(kernel)
            path = kernel.notebook or Path(kernel.id)
            return [(path, kernel, connection)] if connection is not None else []
        found: dict[Path, tuple[Path, OpenKernel, KernelConnection]] = {}
        for kernel in list_kernels(self.runtime):
            if kernel.notebook is None or not self._may_ask(kernel.notebook, True):
                continue
            connection = self._connect(kernel)
            if connection is None:
                continue
            path = self._find_path(kernel.notebook, connection)
            if self._may_ask(path, False):
                found.setdefault(path, (path, kernel, connection))
        return list(found.values())

    def _may_ask(self, path: Path, is_old_path: bool) -> bool:
        """Say whether a notebook may be asked; a renamed one is looked at closer."""
        if self.notebook is not None:
            is_near = is_old_path and path.parent == self.notebook.parent
            return path == self.notebook or (is_near and not path.exists())
        return path.is_relative_to(self.folder)

    @staticmethod
    def _find_path(started_for: Path, connection: KernelConnection) -> Path:
        """Return where a kernel's notebook is now: it may have been renamed."""
        if started_for.exists():
            return started_for
        with suppress(KernelReplyError):
            told = connection.call("place", {}, DEFAULT_TIMEOUT_S)["text"]
            return Path(told) if told else started_for
        return started_for

    def _connect(self, kernel: OpenKernel) -> KernelConnection | None:
        known = self._open.get(kernel.file)
        if known is not None:
            if known.is_alive():
                return known
            known.close()
            del self._open[kernel.file]
        connection = KernelConnection.open(kernel)
        if connection is not None:
            self._open[kernel.file] = connection
        return connection

    def _run_own(self, notebook: Path) -> tuple[str, KernelConnection]:
        if self._own is None or not self._own.is_current:
            self._end_own_run()
            self._own = OwnRun.start(notebook)
        name = self._shorten(notebook)
        return (
            f"{name}, not open: as saved, run in a process of its own",
            self._own.connection,
        )

    def _end_own_run(self) -> None:
        if self._own is not None:
            self._own.end()
            self._own = None

    def _name(self, path: Path, kernel: OpenKernel) -> str:
        return f"{self._shorten(path)}, open: kernel {kernel.id[:8]}"

    def _shorten(self, path: Path) -> Path:
        is_below = path.is_relative_to(self.folder)
        return path.relative_to(self.folder) if is_below else path

    def _nothing(self, wanted: str | None = None) -> NoNotebookError:
        what = f"notebook {wanted!r}" if wanted else "notebook"
        return NoNotebookError(
            f"No {what} is open here.",
            why=f"kernels are looked for whose notebook is in {str(self.folder)!r}.",
            fix="open it in Jupyter and run its cells; or werkbook mcp --notebook PATH",
        )


def _is_meant(path: Path, wanted: str) -> bool:
    parts = Path(wanted).parts
    return parts == path.parts[len(path.parts) - len(parts) :] if parts else True
