"""A real JupyterHub on this machine: a proxy, an admin, students without passwords.

All servers run under this process's user id, as with some spawners of classes: what
keeps people apart here is what the hub and Werkbook do, not the system.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from tests.browser.lab import ROOT, end_group
from tests.ports import free_port

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
PROXY = ROOT / "tests_hub" / "node_modules" / ".bin" / "configurable-http-proxy"
CONFIG = """
import sys
c.JupyterHub.bind_url = {bind_url!r}
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.subdomain_host = {subdomain_host!r}
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.cookie_secret_file = {folder!r} + "/cookie_secret"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.pid_file = {folder!r} + "/proxy.pid"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {{"teacher"}}
c.JupyterHub.load_roles = [
    {{"name": "user", "scopes": ["self", "shares!user"]}},
    {{"name": "server", "scopes": ["users:activity!user", "access:servers!server",
                                 "shares!server"]}},
]
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root", "--LabApp.expose_app_in_browser=True"]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.Spawner.environment = {environment!r}
c.SimpleLocalProcessSpawner.home_dir_template = {folder!r} + "/home/{{username}}"
"""


class Hub:
    """One JupyterHub, with or without a domain for each user."""

    def __init__(self, folder: Path, *, has_subdomains: bool) -> None:
        self.folder = folder
        self.port = free_port()
        self.host = "hub.localhost" if has_subdomains else "127.0.0.1"
        self.url = f"http://{self.host}:{self.port}"
        self._has_subdomains = has_subdomains
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Hub:
        """Start hub and proxy, and wait until they answer."""
        config = self.folder / "jupyterhub_config.py"
        sources = [ROOT / "src", ROOT / "kernel_ext", ROOT]
        binaries = str(Path(sys.executable).parent)
        environment = {
            "PYTHONPATH": os.pathsep.join(map(str, sources)),
            "PATH": binaries + os.pathsep + os.environ.get("PATH", ""),
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
        }
        text = CONFIG.format(
            bind_url=f"http://127.0.0.1:{self.port}",
            hub_port=free_port(),
            api_port=free_port(),
            subdomain_host=self.url if self._has_subdomains else "",
            folder=str(self.folder),
            proxy=str(PROXY),
            environment=environment,
        )
        config.write_text(text)
        with (self.folder / "hub.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(config)],
                cwd=self.folder,
                env=os.environ | {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()
        return self

    def stop(self) -> None:
        """End the hub, its proxy and all servers."""
        if self._process is not None:
            self._process.terminate()  # the hub itself ends the servers of its users
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT_S)
            end_group(self._process)
            self._process = None

    def home(self, user: str) -> Path:
        """Return the folder in which a user's server works."""
        place = self.folder / "home" / user
        place.mkdir(parents=True, exist_ok=True)
        return place

    def server_url(self, user: str) -> str:
        """Return the address of a user's server."""
        host = f"{user}.{self.host}" if self._has_subdomains else self.host
        return f"http://{host}:{self.port}/user/{user}"

    def log(self) -> str:
        return (self.folder / "hub.log").read_text(errors="replace")

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                url = f"http://127.0.0.1:{self.port}/hub/health"
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"JupyterHub did not start:\n{self.log()}")
