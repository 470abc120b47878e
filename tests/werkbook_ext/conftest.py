"""Shells and kernels for the tests of the extension."""

import atexit
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper

import flask  # noqa: F401  # Flask was there first: `import flask` gives Flask itself
import pytest
from IPython.core.async_helpers import get_asyncio_loop
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import (
    KernelNotebook,
    Notebook,
    RealKernel,
    ShellNotebook,
)
from traitlets.config import Config

from werkbook import live, serving
from werkbook.live import instances
from werkbook.registrations.ledger import ledger


@pytest.fixture(scope="session", autouse=True)
def shells_event_loop() -> None:
    """The event loop that IPython makes once for asynchronous cells: no test's leak."""
    get_asyncio_loop()


@pytest.fixture
def plain_shell() -> Iterator[InteractiveShell]:
    """An IPython shell as a script embeds it, without the extension."""
    with embedded_shell() as shell:
        yield shell


@contextmanager
def embedded_shell() -> Iterator[InteractiveShell]:
    """Make the process's one shell; all of it goes at the end."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=config)
    yield shell
    shell.run_line_magic("reset", "-f")
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()
    # IPython keeps each shell, and all that its cells made, until the process ends.
    atexit.unregister(shell.atexit_operations)
    scripts = shell.magics_manager.registry["ScriptMagics"]
    atexit.unregister(scripts.kill_bg_processes)
    # So does FastAPI, in its caches by function.
    for value in vars(sys.modules.get("fastapi.dependencies.models", shell)).values():
        if isinstance(value, _lru_cache_wrapper):
            value.cache_clear()


@pytest.fixture(scope="module")
def modules_shell() -> Iterator[InteractiveShell]:
    """A shell for all tests of a module, for `emptied_shell`."""
    with embedded_shell() as shell:
        yield shell


@pytest.fixture
def emptied_shell(modules_shell: InteractiveShell) -> Iterator[InteractiveShell]:
    """A module's shell with the extension; what cells made is gone after the test.

    A shell of each test's own costs a quarter of a second, most of it in `%reset`.
    """
    names, hidden = dict(modules_shell.user_ns), set(modules_shell.user_ns_hidden)
    modules_shell.run_line_magic("load_ext", "werkbook")
    yield modules_shell
    stop_servers()
    modules_shell.run_line_magic("unload_ext", "werkbook")
    forget_cells()
    modules_shell.user_ns.clear()
    modules_shell.user_ns.update(names)
    for name in set(modules_shell.user_ns_hidden) - hidden:
        del modules_shell.user_ns_hidden[name]


@pytest.fixture
def shell(plain_shell: InteractiveShell) -> Iterator[InteractiveShell]:
    """A shell with the extension loaded; servers and the extension go at the end."""
    plain_shell.run_line_magic("load_ext", "werkbook")
    yield plain_shell
    stop_servers()
    plain_shell.run_line_magic("unload_ext", "werkbook")
    forget_cells()


def stop_servers() -> None:
    """Stop the servers that a test started."""
    for server in serving.servers():
        server.stop()


def forget_cells() -> None:
    """Forget the apps, and all that cells and the test itself registered."""
    instances._instances.clear()
    for owner in live.owners():
        live.forget(owner.id)
    # A deleted cell could come back; what it holds would keep the test's shell.
    ledger.parked.clear()
    # What a test registers outside of cells has no owner.
    live.notebook.templates.clear()
    live.notebook.static.clear()


@pytest.fixture(scope="session")
def shared_kernel() -> Iterator[RealKernel]:
    """A real ipykernel, driven over its sockets; started once."""
    with RealKernel() as kernel:
        kernel.run("import flask", "flask")
        kernel.run("%load_ext werkbook", "load")
        # As `frozen_libraries` does here: each test's `%reset` collects.
        kernel.run("import gc; gc.collect(); gc.freeze()", "freeze")
        yield kernel


@pytest.fixture
def kernel() -> Iterator[RealKernel]:
    """A fresh ipykernel of the test's own."""
    with RealKernel() as kernel:
        yield kernel


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the shared kernel before a test's own fixtures look for what it leaves."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and callspec.params.get("notebook") == "kernel":
            item.fixturenames.insert(0, "shared_kernel")  # type: ignore[attr-defined]


@pytest.fixture(params=["shell", "kernel"])
def notebook(request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """Cells that run in an embedded shell, and the same in a real kernel."""
    made: Notebook
    if request.param == "shell":
        made = ShellNotebook(request.getfixturevalue("shell"))
    else:
        made = KernelNotebook(request.getfixturevalue("shared_kernel"))
    yield made
    _end(made)


@pytest.fixture
def kernel_notebook(shared_kernel: RealKernel) -> Iterator[KernelNotebook]:
    """Cells in the real kernel that tests share."""
    made = KernelNotebook(shared_kernel)
    yield made
    _end(made)


DEFAULTS = """\
from werkbook_ext.config import get_options
options = get_options(get_ipython())
for name in options.traits(config=True):
    setattr(options, name, options.trait_defaults(name))
"""


def _end(notebook: Notebook) -> None:
    """Leave a kernel that other tests share as it was."""
    notebook.run("options", DEFAULTS)
    notebook.delete_all()
    if isinstance(notebook, KernelNotebook):
        # Libraries that the test imported: the next `%reset` need not look at them.
        notebook.ask("__import__('gc').freeze()")
