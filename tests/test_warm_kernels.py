"""A kernel that is forked from a warm process is what a fresh one is."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client import launcher
from tests import warm_kernels
from tests.werkbook_ext.notebooks import ROOT, TIMEOUT_S, RealKernel

FACTS = """
import atexit, gc, locale, logging, os, resource, signal, sys, threading, warnings

def kind_of(number):
    try:
        return os.readlink(f"/proc/self/fd/{number}").partition(":")[0]
    except OSError:
        return ""

def facts():
    # A thread of IPython's writes the history, and opens files for that now and then.
    kinds = sorted(map(kind_of, range(1000)))
    descriptors = [one for one in kinds if one and "profile_default" not in one]
    shell = get_ipython()
    magics = shell.magics_manager.magics
    return {
        "arguments": sys.argv[:2],
        "original arguments": sys.orig_argv[:-1],
        "interpreter": [sys.executable, sys.prefix, repr(sys.flags), sys._xoptions],
        "path": sys.path,
        "importers": [type(one).__name__ for one in sys.meta_path + sys.path_hooks],
        "folder": os.getcwd(),
        "environment": {
            name: value for name, value in os.environ.items()
            if name not in {"JPY_PARENT_PID", "PYTEST_CURRENT_TEST"}
        },
        "outer environment": os.popen("env | cut -d= -f1 | sort").read(),
        "signals": {str(one): repr(signal.getsignal(one)).partition(" at ")[0]
                    for one in signal.valid_signals()},
        "masked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "leads": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
        "umask": [os.umask(0o22), os.umask(0o22)],
        "limits": [(name, resource.getrlimit(getattr(resource, name)))
                   for name in dir(resource) if name.startswith("RLIMIT_")],
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "descriptors": descriptors,
        "streams": [os.readlink(f"/proc/self/fd/{n}").partition("[")[0]
                    for n in range(3)],
        "threads": sorted(one.name for one in threading.enumerate()),
        "collector": [gc.get_threshold(), gc.get_freeze_count(), gc.isenabled()],
        "warnings": sorted(map(repr, warnings.filters)),
        "locale": locale.setlocale(locale.LC_ALL),
        "loggers": [logging.root.level, len(logging.root.handlers)],
        "at exit": atexit._ncallbacks(),
        # Python notes there a warning that the collector's work brings at any moment.
        "main": sorted({*vars(sys.modules["__main__"])} - {"__warningregistry__"}),
        "names": sorted({*globals()} - {"__warningregistry__"}),
        "magics": {kind: sorted(names) for kind, names in magics.items()},
    }
"""
KERNELS = {
    "PYTHONHASHSEED": "0",
    "WERKBOOK_TEST": "an environment that no other test's kernel has",
}
IMPORTED = {"modules", "warnings", "at exit"}
"""What tells, until the extension is loaded, that its modules were imported before."""
NUMBER = "__import__('random').random()"
MODULES = "sorted(__import__('sys').modules)"
LOAD = "%load_ext werkbook"


@pytest.fixture(scope="module")
def pair() -> Iterator[list[RealKernel]]:
    """Two kernels of one environment: a fresh one, and one that is forked."""
    before = launcher.Popen
    warm_kernels.install()
    with RealKernel(KERNELS) as fresh, RealKernel(KERNELS) as forked:
        yield [fresh, forked]
    launcher.Popen = before  # type: ignore[misc]


@pytest.fixture(scope="module")
def told(pair: list[RealKernel]) -> list[dict[str, Any]]:
    """What the two say of themselves, before and after the extension is loaded."""
    modules = [kernel.ask(MODULES) for kernel in pair]
    for kernel in pair:
        kernel.run(FACTS)
    before = settled_facts(pair)
    for kernel in pair:
        kernel.run(LOAD)
    found = settled_facts(pair)
    for number, kernel in enumerate(pair):
        loaded = {f"{key}, loaded": v for key, v in found[number].items()}
        loaded["modules, loaded"] = kernel.ask(MODULES)
        found[number] = before[number] | loaded | {"modules": modules[number]}
    return found


def settled_facts(pair: list[RealKernel]) -> list[dict[str, Any]]:
    """Return what kernels say once they agree: their clients connect one by one."""
    ends_s = time.monotonic() + TIMEOUT_S
    while True:
        facts: list[dict[str, Any]] = [kernel.ask("facts()") for kernel in pair]
        if time.monotonic() > ends_s or not differing(*facts).keys() - IMPORTED:
            return facts


def differing(
    fresh: dict[str, Any], forked: dict[str, Any]
) -> dict[str, tuple[Any, Any]]:
    return {k: (fresh[k], forked[k]) for k in fresh if fresh[k] != forked[k]}


def test_first_kernel_of_an_environment_is_fresh_and_the_second_forked(
    pair: list[RealKernel],
) -> None:
    fresh, forked = (process_of(kernel) for kernel in pair)
    assert isinstance(fresh, subprocess.Popen)
    assert isinstance(forked, warm_kernels.WarmKernel)


def test_forked_kernel_is_as_a_fresh_one(told: list[dict[str, Any]]) -> None:
    found = differing(*told)
    assert found.keys() <= IMPORTED, found


@pytest.mark.parametrize("key", ["modules", "warnings"])
def test_forked_kernel_has_only_imported_what_the_extension_imports(
    told: list[dict[str, Any]], key: str
) -> None:
    fresh, forked = (set(one[key]) for one in told)
    assert fresh <= forked <= set(told[0][f"{key}, loaded"])
    assert not any(name.partition(".")[0] == "flask" for name in forked)


def test_forked_kernels_are_apart(pair: list[RealKernel]) -> None:
    with RealKernel(KERNELS) as other:
        assert isinstance(process_of(other), warm_kernels.WarmKernel)
        pair[1].run("kept = 1")
        assert not other.ask("'kept' in globals()")
        numbers = {kernel.ask(NUMBER) for kernel in (pair[1], other)}
        assert len(numbers) == 2


def test_forked_kernel_is_interrupted(pair: list[RealKernel]) -> None:
    forked = pair[1]
    message_id = forked.send("print('began'); __import__('time').sleep(60)")
    while forked.client.get_iopub_msg(timeout=TIMEOUT_S)["msg_type"] != "stream":
        pass
    forked.manager.interrupt_kernel()
    assert "KeyboardInterrupt" in forked.finish(message_id).text
    assert forked.run("print(1)").text == "1\n"


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("__import__('os')._exit(3)", 3),
        ("__import__('os').kill(__import__('os').getpid(), 9)", -signal.SIGKILL),
    ],
)
def test_end_of_a_forked_kernel_is_told(
    pair: list[RealKernel], cell: str, status: int
) -> None:
    with RealKernel(KERNELS) as other:
        process = process_of(other)
        assert process.poll() is None
        other.send(cell)
        assert process.wait(TIMEOUT_S) == status
        assert process.poll() == status


def test_forked_kernel_starts_again(pair: list[RealKernel]) -> None:
    with RealKernel(KERNELS) as other:
        before = other.ask("__import__('os').getpid()")
        other.run("kept = 1")
        other.manager.restart_kernel(now=True)
        other.client.wait_for_ready(timeout=TIMEOUT_S)
        assert other.ask("__import__('os').getpid()") != before
        assert not other.ask("'kept' in globals()")


SCRIPT = """
import sys
from tests import warm_kernels
from tests.werkbook_ext.notebooks import RealKernel
warm_kernels.install()
with RealKernel(), RealKernel() as forked:
    print(forked.ask("__import__('os').getpid()"), flush=True)
    sys.stdin.read()
"""


def test_forked_kernel_ends_with_the_process_of_the_tests() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        kernel = os.pidfd_open(int(process.stdout.readline()))
        process.kill()
    ready, _, _ = select.select([kernel], [], [], TIMEOUT_S)
    os.close(kernel)
    assert ready, "the kernel outlives the process that started it"


def test_kernel_with_a_stream_of_its_own_starts_as_ever() -> None:
    """A pipe that is read here is `subprocess`'s to make."""
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "file.json"]
    kwargs: dict[str, Any] = {"env": dict(os.environ), "start_new_session": True}
    assert warm_kernels.can_be_forked(command, kwargs)
    assert not warm_kernels.can_be_forked(command, kwargs | {"stdout": subprocess.PIPE})
    assert not warm_kernels.can_be_forked([*command, "--debug"], kwargs)


def process_of(kernel: RealKernel) -> Any:
    """Return the process that a kernel's manager started."""
    return kernel.manager.provisioner.process  # type: ignore[union-attr]
