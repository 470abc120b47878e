"""Messages that are taken while a cell runs leave the kernel's status true."""

from typing import Any

import pytest
from tests.werkbook_ext.notebooks import TIMEOUT_S, KernelNotebook, RealKernel

OPEN = """\
import asyncio, threading
from comm import create_comm
from werkbook_ext.widgets import busy_comm
go = threading.Event()
opened = create_comm(target_name="none")
def take(content, buffers):
    if content["is_last"]:
        go.set()
busy_comm.join(get_ipython().kernel, opened.comm_id, take)"""


def tell(kernel: RealKernel, comm_id: str, *, is_last: bool) -> str:
    """Send a custom message as a page does; return its id."""
    data = {"method": "custom", "content": {"is_last": is_last}}
    message = kernel.client.session.msg("comm_msg", {"comm_id": comm_id, "data": data})
    kernel.client.shell_channel.send(message)
    return str(message["header"]["msg_id"])


def read_statuses(kernel: RealKernel, *ended: str) -> list[tuple[str, str]]:
    """Read statuses until each of some messages was said to be handled.

    Returns:
        The state and the message that it is of, for each; the last one is no `busy`.
    """
    found: list[tuple[str, str]] = []
    while not all(("idle", one) in found for one in ended) or found[-1][0] == "busy":
        message: dict[str, Any] = kernel.client.get_iopub_msg(timeout=TIMEOUT_S)
        if message["msg_type"] == "status":
            state = message["content"]["execution_state"]
            found.append((state, message["parent_header"].get("msg_id", "")))
    return found


@pytest.mark.parametrize(
    "source", ["go.wait(60)", "while not go.is_set():\n    await asyncio.sleep(0.01)"]
)
def test_kernel_is_busy_until_its_cell_ends(
    kernel_notebook: KernelNotebook, source: str
) -> None:
    kernel = kernel_notebook.kernel
    kernel_notebook.run("open", OPEN)
    comm_id = kernel.ask("opened.comm_id")
    cell = kernel.send(source)
    first = tell(kernel, comm_id, is_last=False)
    while True:
        message = kernel.client.get_iopub_msg(timeout=TIMEOUT_S)
        if message["parent_header"].get("msg_id") == first:
            break
    assert message["content"]["execution_state"] == "idle"
    message = kernel.client.get_iopub_msg(timeout=TIMEOUT_S)
    assert message["content"]["execution_state"] == "busy"
    second = tell(kernel, comm_id, is_last=True)
    assert read_statuses(kernel, cell, second)[-1][0] == "idle"
    kernel.client.get_shell_msg(timeout=TIMEOUT_S)


def test_kernel_is_idle_where_no_cell_runs(kernel_notebook: KernelNotebook) -> None:
    kernel = kernel_notebook.kernel
    kernel_notebook.run("open", OPEN)
    comm_id = kernel.ask("opened.comm_id")
    told = [tell(kernel, comm_id, is_last=False) for _ in range(20)]
    assert read_statuses(kernel, *told)[-1][0] == "idle"
    assert kernel.ask("opened.comm_id") == comm_id
