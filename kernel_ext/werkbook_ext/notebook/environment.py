"""Where this kernel runs, and which URL reaches its server from the browser."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

from werkbook.system import this_system


@dataclass(frozen=True)
class KernelEnvironment:
    """What is known of the front end and of the way from the browser to the kernel.

    Attributes:
        front_end: `JupyterLab`, `Notebook`, `VS Code`, `Colab`, `Binder`,
            `JupyterHub`, `JupyterLite`, `Jupyter`, `terminal`.
        prefix: The base URL under which jupyter-server-proxy answers, or None where
            the browser and the kernel share a machine.
        has_sockets: Whether a server can listen here at all.
        has_proxy: Whether jupyter-server-proxy is installed beside the kernel.
        has_own_domain: Whether the hub gives each user a domain, so an origin.
    """

    front_end: str
    prefix: str | None
    has_sockets: bool
    has_proxy: bool
    has_own_domain: bool = False

    @property
    def shares_origin(self) -> bool:
        """Whether pages of an app in a tab have the rights of the reader's Jupyter."""
        return self.prefix is not None and not self.has_own_domain

    def url(self, host: str, port: int) -> str:
        """Return the URL to open in the browser for a server of this kernel.

        On a hub it is the proxy's, whether or not the proxy stands beside the kernel,
        too: what counts is what stands beside the Jupyter server, and no other address
        leads here.
        """
        if self.prefix is not None:
            return f"{self.prefix}proxy/{port}/"
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}/"


def detect_environment(
    shell: InteractiveShell, environ: Mapping[str, str] = os.environ
) -> KernelEnvironment:
    """Look at the process and tell where it runs.

    Args:
        shell: The shell of this kernel or terminal.
        environ: The process's environment variables.
    """
    return KernelEnvironment(
        front_end=_front_end(shell, environ),
        prefix=hub_prefix(environ),
        has_sockets=this_system().has_sockets,
        has_proxy=importlib.util.find_spec("jupyter_server_proxy") is not None,
        has_own_domain=has_own_domain(environ),
    )


def hub_prefix(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the path of this user's server on a hub, with a slash at its end."""
    prefix = environ.get("JUPYTERHUB_SERVICE_PREFIX", "")
    return f"/{prefix.strip('/')}/".replace("//", "/") if prefix else None


def has_own_domain(environ: Mapping[str, str] = os.environ) -> bool:
    """Say whether each user of the hub has a domain (`subdomain_host`), so an origin.

    The hub then tells its public host, which it does in no other case.
    """
    return bool(hub_prefix(environ) and environ.get("JUPYTERHUB_HOST"))


def has_front_end(shell: InteractiveShell) -> bool:
    """Say whether outputs go to a front end that shows widgets and saves text."""
    return getattr(shell, "kernel", None) is not None


def has_reader(environ: Mapping[str, str] | None = None) -> bool:
    """Say whether somebody may see what is shown before a cell has ended.

    Not where nbval runs the notebook: it keeps the first of what a cell shows in one
    place, so that a slow machine would fail the notebook.

    Args:
        environ: Environment variables; those of this process when None. A kernel that
            nbval starts has the test's name, `tour.ipynb::Cell 0`, from pytest.
    """
    variables = os.environ if environ is None else environ
    return ".ipynb::" not in variables.get("PYTEST_CURRENT_TEST", "")


def _front_end(shell: InteractiveShell, environ: Mapping[str, str]) -> str:
    if not this_system().has_sockets:
        return "JupyterLite"
    if not has_front_end(shell):
        return "terminal"
    if "google.colab" in sys.modules:
        return "Colab"
    if "__vsc_ipynb_file__" in shell.user_ns or "VSCODE_PID" in environ:
        return "VS Code"
    if "BINDER_SERVICE_HOST" in environ or "BINDER_LAUNCH_HOST" in environ:
        return "Binder"
    if "JUPYTERHUB_SERVICE_PREFIX" in environ:
        return "JupyterHub"
    return _server_name(environ.get("JPY_PARENT_PID", ""))


def _server_name(parent_pid: str) -> str:
    """Tell JupyterLab from Notebook by the command of the process that started us."""
    try:
        command = Path(f"/proc/{int(parent_pid)}/cmdline").read_bytes()
    except (OSError, ValueError):
        return "Jupyter"
    if b"lab" in command:
        return "JupyterLab"
    return "Notebook" if b"notebook" in command else "Jupyter"
