"""What every test shares: the check that it leaves nothing behind."""

import gc
import logging
import os
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jupyter_core.utils import ensure_event_loop

HERE = Path(__file__).parent
KERNELS = {"kernel", "kernel_notebook", "shared_kernel"}
"""The fixtures that start a process with a kernel."""
QUICK = {
    "test_bench.py",
    "test_docs.py",
    "test_ports.py",
    "test_layers.py",
}
"""The modules of this folder that start no kernel."""
MANY_MODULES = 20
"""So many new modules are a library, whose objects make each collection slower."""
LONG = {
    "test_asgi_frameworks.py",
    "test_asgi_project.py",
    "test_asgi_runs.py",
    "test_attacks.py",
    "test_build.py",
    "test_check.py",
    "test_command.py",
    "test_console.py",
    "test_data_files.py",
    "test_deep.py",
    "test_export.py",
    "test_exported_docs.py",
    "test_faults.py",
    "test_flask_names.py",
    "test_fuzz.py",
    "test_generated_client.py",
    "test_grading.py",
    "test_hostile_text.py",
    "test_javascript.py",
    "test_jupyter_proxy.py",
    "test_lane.py",
    "test_laws.py",
    "test_laws_of_frameworks.py",
    "test_laws_of_settings.py",
    "test_laws_property.py",
    "test_limits.py",
    "test_limits_of_asgi.py",
    "test_loading.py",
    "test_matcher.py",
    "test_memory.py",
    "test_odd_notebooks.py",
    "test_open_apps.py",
    "test_open_documents.py",
    "test_openapi_command.py",
    "test_other_frameworks.py",
    "test_project.py",
    "test_proof.py",
    "test_proved.py",
    "test_refined.py",
    "test_registry.py",
    "test_round_trip.py",
    "test_same_process.py",
    "test_sandbox.py",
    "test_schemathesis.py",
    "test_scratch.py",
    "test_server_files.py",
    "test_socket_apps.py",
    "test_solutions.py",
    "test_two_at_once.py",
    "test_upgraded_socket.py",
    "test_uvicorn_engine.py",
    "test_waiting.py",
    "test_words.py",
}
"""The modules elsewhere that start processes, wait, or try a great many examples."""
LEAK_TIMEOUT_S = 3.0
"""How long threads and sockets that are on their way out may take."""

# A deadline for each example would be an assertion about time.
settings.register_profile("werkbook", settings.default, deadline=None)
settings.load_profile("werkbook")

collect_ignore_glob = ["export_cases/*"]


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(
    terminalreporter: Any, config: pytest.Config
) -> Iterator[None]:
    """Say why the run fails although no test did: something was skipped."""
    yield
    if terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("skipped tests count as failed", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped a test: what can't be tested is said, not hidden."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser tests last and large modules first, and mark what is slow.

    Playwright's event loop runs in the main thread, for good. A large module that began
    last would keep one process at work and the others waiting. That a module's tests
    run in one process, in order, is the Makefile's part (`--dist loadfile`).
    """
    sizes = Counter(item.path for item in items if not is_in_browser(item))
    items.sort(key=lambda item: (is_in_browser(item), -sizes[item.path]))
    for item in items:
        if is_slow(item):
            item.add_marker("slow")


def is_in_browser(item: pytest.Item) -> bool:
    """Say whether a test drives a real browser."""
    return item.path.parent == HERE / "browser"


def is_slow(item: pytest.Item) -> bool:
    """Say whether a test needs a browser, a kernel or an installation, or long."""
    folder, name = item.path.parent, item.path.name
    if is_in_browser(item) or item.path.suffix == ".ipynb" or name in LONG:
        return True
    if folder == HERE / "conformance" or (folder == HERE and name not in QUICK):
        return True
    callspec = getattr(item, "callspec", None)
    if callspec is not None and "kernel" in callspec.params.values():
        return True
    return not KERNELS.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def jupyter_event_loop() -> Iterator[None]:
    """The event loop that Jupyter's libraries make once and keep: no test's leak."""
    loop = ensure_event_loop()
    yield
    loop.close()


@pytest.fixture(scope="session", autouse=True)
def frozen_libraries() -> Iterator[None]:
    """Keep what was imported out of the garbage collector's way.

    `%reset` and the search for leaks collect after each test, and would look at each
    object of all libraries again: a second a test.
    """
    _freeze()
    yield
    gc.unfreeze()


def _freeze() -> None:
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def freeze_what_a_test_imports() -> Iterator[None]:
    """Keep libraries that few tests need out of the way of those that follow."""
    before = len(sys.modules)
    yield
    if len(sys.modules) > before + MANY_MODULES:
        _freeze()


@pytest.fixture(autouse=True)
def forgets_what_a_test_wrote() -> Iterator[None]:
    """Let no test import as `app` what another one wrote into a folder of its own."""
    before = set(sys.modules)
    yield
    for name in sys.modules.keys() - before:
        path = getattr(sys.modules[name], "__file__", None) or ""
        if path.startswith(tempfile.gettempdir()):
            del sys.modules[name]


@pytest.fixture(autouse=True)
def leaves_nothing_behind() -> Iterator[None]:
    """Fail the test that leaves a thread, a socket, a hook or a context."""
    threads, sockets, hooks = live_threads(), open_sockets(), process_hooks()
    yield
    # The command line sets it for its process, in which Flask's app.run() does nothing.
    os.environ.pop("FLASK_RUN_FROM_CLI", None)
    leaks = wait_for_leaks(threads, sockets)
    leaks += [f"hook {name}" for name in changed(hooks, process_hooks())]
    leaks += open_contexts()
    assert not leaks, "the test left behind: " + ", ".join(leaks)


def live_threads() -> set[threading.Thread]:
    """Return the threads that run, but the helpers of the session's event loops."""
    return {
        thread
        for thread in threading.enumerate()
        if thread.is_alive() and not thread.name.startswith("asyncio_")
    }


def open_sockets() -> set[str]:
    """Name the sockets that this process holds, where the system can tell."""
    folder = "/proc/self/fd"
    names = set()
    for number in os.listdir(folder) if os.path.isdir(folder) else []:
        try:
            target = os.readlink(f"{folder}/{number}")
        except OSError:  # closed meanwhile, as the listing's own descriptor is
            continue
        if target.startswith("socket:"):
            names.add(target)
    return names


def wait_for_leaks(threads: set[threading.Thread], sockets: set[str]) -> list[str]:
    """Return the threads and sockets that are new and stay."""
    deadline_s = time.monotonic() + LEAK_TIMEOUT_S
    while True:
        new_threads = live_threads() - threads
        new_sockets = open_sockets() - sockets
        if not (new_threads or new_sockets):
            return []
        if time.monotonic() > deadline_s:
            return [f"thread {thread.name}" for thread in new_threads] + sorted(
                new_sockets
            )
        gc.collect()  # a socket in a reference circle is no leak
        time.sleep(0.01)


def process_hooks() -> dict[str, Any]:
    """Return what a program can hang itself into, by name."""
    hooks: dict[str, Any] = {
        "sys.excepthook": sys.excepthook,
        "sys.displayhook": sys.displayhook,
        "threading.excepthook": threading.excepthook,
        "warnings.showwarning": warnings.showwarning,
        "sys.meta_path": list(sys.meta_path),
        "logging.root.handlers": _own(logging.root.handlers),
    }
    registrations = sys.modules.get("werkbook.registrations.ledger")
    if registrations is not None:
        hooks["ledger.front_end"] = registrations.ledger.front_end
        hooks["ledger.before_request"] = registrations.ledger.before_request
    return hooks


def _own(handlers: list[logging.Handler]) -> list[logging.Handler]:
    """Leave out pytest's handlers, which differ between a test's phases."""
    return [one for one in handlers if "pytest" not in type(one).__module__]


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in before if before[name] != after[name]]


def open_contexts() -> list[str]:
    """Return the names of Werkbook's contexts that are still pushed."""
    globals_module = sys.modules.get("werkbook.globals")
    if globals_module is None:
        return []
    names = ["app_ctx", "request_ctx"]
    return [f"context {name}" for name in names if getattr(globals_module, name, None)]
