"""Notebooks for tests: cells with ids that run, change, fail and are deleted."""

import ast
import json
import os
import queue
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 60


@dataclass
class Ran:
    """What came of running a cell."""

    has_failed: bool
    outputs: list[dict[str, Any]] = field(default_factory=list)

    def add_display(
        self,
        data: dict[str, Any],
        transient: dict[str, Any],
        metadata: dict[str, Any],
        *,
        is_update: bool,
    ) -> None:
        """Show a display, or what takes the place of one, as a front end does."""
        name = (transient or {}).get("display_id")
        shown = {
            "output_type": "display_data",
            "data": data,
            "metadata": metadata or {},
            "display_id": name,
        }
        if not is_update:
            self.outputs.append(shown)
        for place, output in enumerate(self.outputs):
            if is_update and output.get("display_id") == name:
                self.outputs[place] = shown

    @property
    def text(self) -> str:
        """All that the cell shows, as text."""
        return "".join(map(_text_of, self.outputs))

    @property
    def error(self) -> str:
        """The traceback as shown, without colours."""
        return "\n".join(
            "\n".join(output["traceback"])
            for output in self.outputs
            if output["output_type"] == "error"
        )


class Notebook:
    """Cells with ids; each way of running them is a subclass."""

    def __init__(self) -> None:
        # Of its own, as notebooks follow each other in one process.
        self.prefix = f"{uuid4().hex[:8]}-"
        self.ids: dict[str, None] = {}

    def run(self, cell_id: str, source: str, *, deleted: Iterable[str] = ()) -> Ran:
        """Run a cell and expect it to succeed."""
        ran = self.try_run(cell_id, source, deleted=deleted)
        assert not ran.has_failed, ran.text
        return ran

    def fail(self, cell_id: str, source: str) -> Ran:
        """Run a cell and expect it to show an error."""
        ran = self.try_run(cell_id, source)
        assert ran.has_failed or "Error" in ran.text, ran.text
        return ran

    def try_run(self, cell_id: str, source: str, *, deleted: Iterable[str] = ()) -> Ran:
        self.ids[cell_id] = None
        gone = [self.prefix + other for other in deleted]
        return self.execute(source, self.prefix + cell_id, gone)

    def delete(self, *cell_ids: str) -> None:
        """Delete cells; the front end tells so with the next execution."""
        self.run("other", "pass", deleted=cell_ids)

    def delete_all(self) -> None:
        """Delete all cells, names and apps: the next notebook inherits nothing."""
        self.try_run("last", "%reset -f", deleted=[*self.ids])
        self.ask(
            "[one.stop() for one in __import__('werkbook.serving').serving.servers()]"
        )
        self.ask(
            "__import__('werkbook.live.instances').live.instances._instances.clear()"
        )
        self.ask(
            "__import__('werkbook.registrations.ledger').registrations.ledger.ledger"
            ".parked.clear()"
        )

    def execute(self, source: str, cell_id: str, deleted: list[str]) -> Ran:
        raise NotImplementedError

    def ask(self, expression: str) -> Any:
        """Evaluate an expression where no cell runs; its value goes through JSON."""
        raise NotImplementedError

    def get(self, url: str, method: str = "GET") -> str:
        """Return what the app answers: its text, or the status if it is no success."""
        answer: str = self.ask(
            "(lambda r: r.get_data(as_text=True) if r.status_code < 400"
            f" else str(r.status_code))(app.test_client().open({url!r},"
            f" method={method!r}))"
        )
        return answer


class ShellNotebook(Notebook):
    """Cells run by a shell in this process."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__()
        self.shell = shell

    def execute(self, source: str, cell_id: str, deleted: list[str]) -> Ran:
        with capture_output() as captured:
            result = self.shell.run_cell(
                source,
                store_history=True,
                cell_id=cell_id,
                cell_meta={"cellId": cell_id, "deletedCells": deleted},
            )
        outputs: list[dict[str, Any]] = [
            {"output_type": "stream", "text": captured.stdout + captured.stderr}
        ]
        ran = Ran(not result.success, outputs)
        for output in captured.outputs:
            shown = output.data, output.transient, output.metadata
            ran.add_display(*shown, is_update=output.update)
        return ran

    def ask(self, expression: str) -> Any:
        return json.loads(json.dumps(eval(expression, self.shell.user_ns)))


class KernelNotebook(Notebook):
    """Cells run by a real kernel."""

    def __init__(self, kernel: "RealKernel") -> None:
        super().__init__()
        self.kernel = kernel

    def execute(self, source: str, cell_id: str, deleted: list[str]) -> Ran:
        return self.kernel.run(source, cell_id, deleted)

    def ask(self, expression: str) -> Any:
        return self.kernel.ask(expression)


class RealKernel:
    """An ipykernel in a process of its own, spoken to as JupyterLab does."""

    def __init__(self, env: dict[str, str] | None = None) -> None:
        paths = [str(ROOT / name) for name in ("src", "kernel_ext", "")]
        paths += filter(None, [os.environ.get("PYTHONPATH")])
        self.manager = KernelManager(kernel_name="python3")
        # The kernel of this Python, whatever kernels the machine has installed.
        self.manager.kernel_spec.argv[0] = sys.executable
        self.env = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "IPYTHONDIR": os.environ.get("IPYTHONDIR", "/nonexistent"),
            **(env or {}),
        }
        self.client: BlockingKernelClient

    def __enter__(self) -> Self:
        self.manager.start_kernel(env=self.env)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT_S)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
        self.client.context.destroy()

    def run(
        self,
        source: str,
        cell_id: str | None = None,
        deleted: Iterable[str] = (),
        **content: Any,
    ) -> Ran:
        """Run a cell as a notebook's front end asks for it."""
        ran, reply = self._finish(self.send(source, cell_id, deleted, **content))
        ran.has_failed = reply["status"] != "ok"
        return ran

    def converse(self, source: str, *answers: str) -> Ran:
        """Run a cell that asks for input, and type an answer at each prompt."""
        message_id = self.send(source, "talk", allow_stdin=True)
        for answer in answers:
            self.client.get_stdin_msg(timeout=TIMEOUT_S)
            self.client.input(answer)
        return self.finish(message_id)

    def send(
        self,
        source: str,
        cell_id: str | None = None,
        deleted: Iterable[str] = (),
        *,
        session: str | None = None,
        **content: Any,
    ) -> str:
        """Ask for a run and return the message's id at once.

        Each view of each document that is open on a kernel has a `session` of its own.
        """
        request = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
            **content,
        }
        metadata: dict[str, Any] = {}
        if cell_id is not None:
            metadata = {"cellId": cell_id, "deletedCells": list(deleted)}
        message = self.client.session.msg("execute_request", request, metadata=metadata)
        if session is not None:
            message["header"]["session"] = session
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def ask(self, expression: str) -> Any:
        """Evaluate an expression silently, so that no cell runs."""
        code = f"__import__('json').dumps({expression})"
        message_id = self.send(
            "", silent=True, store_history=False, user_expressions={"value": code}
        )
        _, reply = self._finish(message_id)
        value = reply["user_expressions"]["value"]
        assert value["status"] == "ok", "\n".join(value.get("traceback", []))
        return json.loads(ast.literal_eval(value["data"]["text/plain"]))

    def finish(self, message_id: str) -> Ran:
        """Wait for a run that `send` began."""
        ran, reply = self._finish(message_id)
        ran.has_failed = reply["status"] != "ok"
        return ran

    def _finish(self, message_id: str) -> tuple[Ran, dict[str, Any]]:
        ran = Ran(False)
        deadline_s = time.monotonic() + TIMEOUT_S
        while not self._is_idle(ran, message_id, deadline_s):
            pass
        while True:
            reply = self.client.get_shell_msg(timeout=deadline_s - time.monotonic())
            if reply["parent_header"].get("msg_id") == message_id:
                return ran, reply["content"]

    def _is_idle(self, ran: Ran, message_id: str, deadline_s: float) -> bool:
        try:
            message = self.client.get_iopub_msg(timeout=deadline_s - time.monotonic())
        except queue.Empty:
            raise TimeoutError("the kernel did not finish the cell") from None
        if message["parent_header"].get("msg_id") != message_id:
            return False
        kind, content = message["msg_type"], message["content"]
        if kind in ("display_data", "update_display_data"):
            is_update = kind != "display_data"
            shown = content["data"], content["transient"], content["metadata"]
            ran.add_display(*shown, is_update=is_update)
        elif kind in ("stream", "execute_result", "error"):
            ran.outputs.append({"output_type": kind, **content})
        return kind == "status" and content["execution_state"] == "idle"


def _text_of(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return str(output["text"])
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}\n"
    return str(output["data"].get("text/plain", "")) + "\n"
