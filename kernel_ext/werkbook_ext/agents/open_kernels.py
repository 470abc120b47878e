"""The kernels of notebooks that are open now: found by their connection files.

Jupyter writes such a file for each kernel, into a folder that only its user can read.
It names the kernel's sockets, their key, and the notebook that it was started for. So
no server is asked and no token is read; a kernel of VS Code, whose file names no
notebook, is found by its id.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_core.paths import jupyter_runtime_dir

from werkbook.errors import WerkbookError

LOOK_EVERY_S = 0.5
ALIVE_TIMEOUT_S = 2.0
"""How long a kernel may take to say that it is there; it does while a cell runs."""
CALL = "__import__('werkbook_ext.agents.tools', fromlist=['answer']).reply({}, {})"


class KernelReplyError(WerkbookError, RuntimeError):
    """A kernel gave no answer, or none that could be read."""


@dataclass(frozen=True)
class OpenKernel:
    """A kernel that may be running.

    Attributes:
        file: Its connection file.
        notebook: The notebook that it was started for; None where that is not known.
    """

    file: Path
    notebook: Path | None

    @property
    def id(self) -> str:
        """The id by which people know it."""
        return self.file.stem.removeprefix("kernel-")


def list_kernels(folder: Path | None = None) -> list[OpenKernel]:
    """Return the kernels with a connection file, the newest first.

    Args:
        folder: Where the files are; None for this user's folder.
    """
    place = folder or Path(jupyter_runtime_dir())
    files = sorted(place.glob("kernel-*.json"), key=_saved_ns, reverse=True)
    return [OpenKernel(file, _read_notebook(file)) for file in files]


def find_kernel(wanted: str, folder: Path | None = None) -> OpenKernel:
    """Return the kernel of an id, of its beginning, or of a connection file.

    Raises:
        KernelReplyError: There is none, or there are several.
    """
    path = Path(wanted)
    if path.suffix == ".json" and path.is_file():
        return OpenKernel(path, _read_notebook(path))
    found = [one for one in list_kernels(folder) if one.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    raise KernelReplyError(
        f"There is no kernel {wanted!r}."
        if not found
        else f"{wanted!r} is not one kernel.",
        why=f"{len(found)} connection files begin with it.",
        fix="%connect_info in the notebook shows the file of its kernel.",
    )


def _saved_ns(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _read_notebook(file: Path) -> Path | None:
    try:
        name = json.loads(file.read_bytes()).get("jupyter_session")
    except (OSError, ValueError, AttributeError):
        return None
    is_notebook = isinstance(name, str) and name.endswith(".ipynb")
    return Path(name) if is_notebook else None


class KernelConnection:
    """A line to one kernel, over which tools are called.

    Args:
        client: A client whose channels are open.
    """

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    @classmethod
    def open(cls, kernel: OpenKernel) -> KernelConnection | None:
        """Connect to a kernel; None where none answers: its file is left of one."""
        client = BlockingKernelClient(connection_file=str(kernel.file))
        try:
            client.load_connection_file()
        except (OSError, ValueError):
            return None
        # What the notebook prints is not asked for: nobody would read it here.
        client.start_channels(stdin=False, hb=False, iopub=False)
        connection = cls(client)
        if connection.is_alive():
            return connection
        connection.close()
        return None

    def is_alive(self) -> bool:
        """Ask whether the kernel is there; one that runs a cell answers, too."""
        client: Any = self._client
        sent = client.session.msg("kernel_info_request")
        client.control_channel.send(sent)
        end_s = time.monotonic() + ALIVE_TIMEOUT_S
        return any(True for _ in self._replies(client.control_channel, sent, end_s))

    def call(self, name: str, arguments: dict[str, Any], timeout_s: float) -> Any:
        """Call a tool in the kernel: silently, as no cell, and with no trace in it.

        Raises:
            KernelReplyError: It runs a cell and does not get to it, or has no Werkbook.
        """
        expression = CALL.format(repr(name), repr(json.dumps(arguments)))
        end_s = time.monotonic() + timeout_s
        while (content := self._evaluate(expression, end_s)) is not None:
            if content["status"] != "aborted":
                return _read_reply(content)
            # A cell failed, and the kernel drops what waits behind it: ask again.
        raise KernelReplyError(
            f"The kernel did not answer within {timeout_s:.0f} s.",
            why="it runs a cell, and tools wait until that has ended.",
            fix="wait for the cell or interrupt the kernel, then ask again.",
        )

    def _evaluate(self, expression: str, end_s: float) -> Any:
        """Evaluate an expression silently; return the reply, None where none came."""
        message_id = self._client.execute(
            "", silent=True, user_expressions={"answer": expression}, allow_stdin=False
        )
        sent = {"header": {"msg_id": message_id}}
        replies = self._replies(self._client.shell_channel, sent, end_s)
        return next((reply["content"] for reply in replies), None)

    def run_cell(
        self,
        source: str,
        cell_id: str,
        timeout_s: float,
        is_alive: Callable[[], bool],
    ) -> bool:
        """Run a cell as a front end does; say whether it ended well.

        Args:
            source: The cell's.
            cell_id: Its id.
            timeout_s: Seconds that it may take.
            is_alive: Says whether the kernel's process is there.

        Raises:
            KernelReplyError: It takes longer, or it ends the kernel.
        """
        client: Any = self._client
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        metadata = {"cellId": cell_id}
        sent = client.session.msg("execute_request", content, metadata=metadata)
        client.shell_channel.send(sent)
        end_s = time.monotonic() + timeout_s
        while (now_s := time.monotonic()) < end_s:
            look_s = min(end_s, now_s + LOOK_EVERY_S)
            for reply in self._replies(client.shell_channel, sent, look_s):
                return bool(reply["content"]["status"] == "ok")
            if not is_alive():
                raise KernelReplyError(
                    f"The cell {cell_id} ended its kernel.",
                    why="a notebook without a kernel is run cell by cell.",
                    fix="open the notebook in Jupyter and run that cell.",
                )
        raise KernelReplyError(
            f"The cell {cell_id} took longer than {timeout_s:.0f} s.",
            why="a notebook without a kernel is run from the top, cell by cell.",
            fix="open the notebook in Jupyter, which waits as long as it takes.",
        )

    def close(self) -> None:
        """Close the line; the kernel goes on."""
        self._client.stop_channels()
        self._client.context.destroy(linger=0)

    @staticmethod
    def _replies(channel: Any, sent: Any, end_s: float) -> Iterator[Any]:
        """Yield what answers a message, until a moment has come."""
        while (left_s := end_s - time.monotonic()) > 0:
            try:
                reply = channel.get_msg(timeout=left_s)
            except Empty:
                return
            if reply["parent_header"].get("msg_id") == sent["header"]["msg_id"]:
                yield reply


def _read_reply(content: Any) -> Any:
    answer = content.get("user_expressions", {}).get("answer", {})
    data = answer.get("data", {}).get("application/json")
    if data is not None:
        return data
    if answer.get("ename") in ("ModuleNotFoundError", "ImportError"):
        raise KernelReplyError(
            "This kernel has no Werkbook.",
            why=f"it said: {answer.get('evalue')}",
            fix="%pip install 'werkbook[notebook]' in the notebook.",
        )
    raise KernelReplyError(
        "The kernel's answer cannot be read.",
        why=f"it said: {answer.get('ename', content.get('status'))}: "
        f"{answer.get('evalue', 'nothing')}",
        fix="restart the kernel and run the notebook's cells.",
    )
