"""A notebook that no kernel has open, run in a kernel of its own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

from werkbook.cells.cell import Cell
from werkbook.cells.read import load

from .open_kernels import KernelConnection, KernelReplyError

START_TIMEOUT_S = 60.0
CELL_TIMEOUT_S = 120.0


@dataclass
class OwnRun:
    """A kernel that ran a saved notebook from the top, as Restart and Run All does.

    It ends at the first cell that fails. The notebook is run in its own folder, with
    the rights of who started this process, as Jupyter would run it.

    Attributes:
        notebook: The notebook.
        saved_ns: When it was saved that was run.
        connection: The line to the kernel.
    """

    notebook: Path
    saved_ns: int
    connection: KernelConnection
    _manager: Any

    @classmethod
    def start(cls, notebook: Path) -> OwnRun:
        """Start a kernel and run the notebook's cells.

        Raises:
            NotebookError: The file is no notebook.
            KernelReplyError: A cell takes too long.
        """
        saved_ns = notebook.stat().st_mtime_ns
        cells = [one for one in load(notebook).cells if _is_run(one)]
        manager: Any = KernelManager(kernel_name="python3")
        manager.start_kernel(
            cwd=str(notebook.parent),
            env={**os.environ, "JPY_SESSION_NAME": str(notebook)},
            # Else the kernel writes where this process speaks its protocol.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        client = manager.client()
        client.start_channels(stdin=False, hb=False)
        run = cls(notebook, saved_ns, KernelConnection(client), manager)
        try:
            _wait(client)
            for cell in cells:
                if not run.connection.run_cell(
                    cell.source, cell.id, CELL_TIMEOUT_S, manager.is_alive
                ):
                    break
        except BaseException:
            run.end()
            raise
        return run

    @property
    def is_current(self) -> bool:
        """Whether the notebook is saved as it was run, and the kernel lives."""
        try:
            is_same = self.notebook.stat().st_mtime_ns == self.saved_ns
        except OSError:
            return False
        return is_same and bool(self._manager.is_alive())

    def end(self) -> None:
        """End the kernel."""
        self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()
        self.connection.close()


def _wait(client: Any) -> None:
    """Wait until a kernel answers, and from then on take nothing that it prints."""
    try:
        client.wait_for_ready(timeout=START_TIMEOUT_S)
    except RuntimeError as error:
        raise KernelReplyError(
            "The kernel of the notebook does not start.",
            why=f"{error}.",
            fix="jupyter kernelspec list: its python3 has to be one with ipykernel.",
        ) from None
    client.iopub_channel.stop()


def _is_run(cell: Cell) -> bool:
    return cell.kind == "code" and bool(cell.source.strip())
