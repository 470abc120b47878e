"""A shell that runs cells: IPython's where it is installed, else a plain one.

Cells run inside of an event loop, as they do in a kernel.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import getpass
import inspect
import os
import re
import signal
import sys
import threading
import time
import types
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from . import shell_commands as commands

_SLEEP_S = 1.0
"""Seconds that one cell may sleep in all; later sleeps are short, and counted."""
_MAX_SLEEPS = 200
"""After so many more sleeps a cell only waits to be interrupted."""
ONLY_WAITS = "the cell only waits"
"""What an interrupt says then."""


class Shell(Protocol):
    """What runs cells."""

    space: dict[str, Any]
    name: str

    async def run(self, cell: dict[str, Any], limit_s: float) -> BaseException | None:
        """Run one cell; give what it raised, or None."""
        ...

    def load_werkbook(self) -> None:
        """Load the extension whose magics cells use, though none loads it."""
        ...


class RefusedInputError(EOFError):
    """A cell asks a person for something, and nobody is there."""

    __module__ = "builtins"  # tracebacks need not show where we are


def make_shell() -> Shell:
    """Make the best shell that this Python has."""
    try:
        module = import_module("IPython.core.interactiveshell")
    except ImportError:
        return PlainShell()
    return IPythonShell(module)


def refuse_input() -> None:
    """Let every prompt raise: in the proof nobody answers."""

    def refused(name: str) -> Callable[..., Any]:
        def ask(prompt: object = "", *more: Any, **named: Any) -> str:
            raise RefusedInputError(
                f"{name}({str(prompt)!r}) asks, and nobody answers here"
            )

        return ask

    builtins.input = refused("input")
    getpass.getpass = refused("getpass")


class Naps:
    """Shortens the sleeps of the main thread, one cell at a time."""

    def __init__(self) -> None:
        """Put itself in the place of `time.sleep`."""
        self._sleep = time.sleep
        self._left_s, self._count = 0.0, 0
        self.is_on = True
        time.sleep = self.sleep  # type: ignore[assignment]  # what is no number raises

    def begin(self) -> None:
        """A new cell may sleep anew."""
        self._left_s, self._count = _SLEEP_S, 0

    def sleep(self, seconds: float) -> None:
        """Sleep as long as the cell still may."""
        is_main = threading.current_thread() is threading.main_thread()
        caller = sys._getframe(1).f_globals.get("__name__")
        is_cells = is_main and caller != "subprocess"  # that looks whether one ended
        if not self.is_on or not is_cells or not isinstance(seconds, int | float):
            self._sleep(seconds)
            return
        nap_s = max(0.0, min(float(seconds), self._left_s))
        self._left_s -= nap_s
        if nap_s < seconds:
            self._count += 1
        if self._count > _MAX_SLEEPS:
            raise KeyboardInterrupt(ONLY_WAITS)
        self._sleep(nap_s)


def interrupted_after(seconds: float) -> None:
    """Interrupt the main thread later, as a person would; 0 takes it back."""
    if not hasattr(signal, "setitimer"):
        return

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt("the time of the cell is over")

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)


class IPythonShell:
    """IPython's own shell, with nothing shown and nothing kept."""

    name = "IPython"

    def __init__(self, module: Any) -> None:
        """Make the shell of this process."""
        config = import_module("traitlets.config").Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.InlineBackend.figure_formats = set()  # nobody looks at the pictures
        config.IPKernelApp.connection_file = ""
        _choose_plots()
        _start_as_kernel()
        self._shell = _kernel_shell(module).instance(config=config)
        self._quieten()
        self.space = self._shell.user_ns

    def _quieten(self) -> None:
        shell = self._shell
        shell.enable_gui = lambda gui=None: None
        shell.ask_exit = lambda *more: None
        shell.showtraceback = lambda *more, **named: None
        shell.showsyntaxerror = lambda *more, **named: None
        shell.show_usage_error = lambda *more, **named: None
        shell.display_pub.publish = lambda *more, **named: None
        shell.displayhook.write_output_prompt = lambda: None
        shell.displayhook.write_format_data = lambda *more, **named: None
        shell.displayhook.finish_displayhook = lambda: None
        shell.system = self._system
        shell.getoutput = self._output
        for name in ("pip", "conda", "mamba", "micromamba", "uv"):
            shell.register_magic_function(_no_line, "line", name)
        for name in ("bash", "sh", "script", "system", "sx", "!"):
            shell.register_magic_function(self._script, "cell", name)
        shell.register_magic_function(_capture(shell), "cell", "capture")

    def load_werkbook(self) -> None:
        """Load the extension whose magics cells use, though none loads it."""
        self._shell.extension_manager.load_extension("werkbook")

    def _system(self, command: str) -> None:
        command = self._shell.var_expand(command, depth=1)
        status, _ = commands.run(command)
        self.space["_exit_code"] = status

    def _output(self, command: str, split: bool = True, depth: int = 0) -> Any:
        command = self._shell.var_expand(command, depth=depth + 1)
        text = commands.run(command)[1]
        lines = import_module("IPython.utils.text").SList(text.splitlines())
        return lines if split else text

    def _script(self, line: str, cell: str = "") -> None:
        text = commands.run(cell)[1]
        for option, name in re.findall(r"--(out|err)[ =](\w+)", line):
            self.space[name] = text if option == "out" else ""

    async def run(self, cell: dict[str, Any], limit_s: float) -> BaseException | None:
        """Run one cell; give what it raised, or None."""
        shell, source = self._shell, cell["source"]
        try:
            transformed = shell.transform_cell(source)
        except Exception:
            transformed = source
        options: dict[str, Any] = {"store_history": True}
        if "cell_id" in inspect.signature(shell.run_cell).parameters:
            options["cell_id"] = cell["id"]
        if shell.should_run_async(source, transformed_cell=transformed):
            running = shell.run_cell_async(
                source, transformed_cell=transformed, **options
            )
            try:
                result = await asyncio.wait_for(running, limit_s)
            except TimeoutError:
                return KeyboardInterrupt("the time of the cell is over")
            shell.events.trigger("post_execute")  # as a kernel does
            shell.events.trigger("post_run_cell", result)
        else:
            result = shell.run_cell(source, **options)
        found: BaseException | None = result.error_before_exec or result.error_in_exec
        return found


def _kernel_shell(module: Any) -> Any:
    """Make a shell's class that looks as a kernel's: cells ask by its name."""
    members = {
        "__module__": "ipykernel.zmqshell",
        "kernel": import_module("traitlets").Any(),
    }
    return type("ZMQInteractiveShell", (module.InteractiveShell,), members)


def _start_as_kernel() -> None:
    """Give the process the arguments and the variable that a kernel has."""
    spec = find_spec("ipykernel_launcher")
    file = spec.origin if spec is not None else None
    sys.argv[:] = [file or "ipykernel_launcher.py", "-f", "/kernel.json"]
    os.environ.setdefault("JPY_PARENT_PID", str(os.getppid()))


def _choose_plots() -> None:
    """Let matplotlib close what a cell draws when the cell ends, as in a kernel."""
    if find_spec("matplotlib_inline") is not None:
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"


def _no_line(line: str) -> None:
    """Install nothing."""


def _capture(shell: Any) -> Callable[[str, str], None]:
    def capture(line: str, cell: str) -> None:
        """Run a cell whose output is kept by a name."""
        names = [one for one in line.split() if one.isidentifier()]
        with import_module("IPython.utils.capture").capture_output() as captured:
            result = shell.run_cell(cell)
        if names:
            shell.user_ns[names[0]] = captured
        result.raise_error()

    return capture


class PlainShell:
    """Runs what is Python of a cell, where there is no IPython."""

    name = "plain Python"

    def __init__(self) -> None:
        """Make a namespace that is the module `__main__`."""
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.space = module.__dict__
        self._number = 0

    def load_werkbook(self) -> None:
        """Magics are not known here."""

    async def run(self, cell: dict[str, Any], limit_s: float) -> BaseException | None:
        """Run one cell; give what it raised, or None."""
        self._number += 1
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            code = compile(cell["plain"], f"<cell {self._number}>", "exec", flags)
            result = eval(code, self.space)
            if inspect.iscoroutine(result):
                await asyncio.wait_for(result, limit_s)
        except (KeyboardInterrupt, Exception, SystemExit) as error:
            return error
        return None
