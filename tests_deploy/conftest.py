"""Real servers from Debian, started for a test and stopped after it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ports import free_port

TIMEOUT_S = 60.0


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server accepts connections."""
    end = time.monotonic() + TIMEOUT_S
    while time.monotonic() < end:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis server of Debian's that keeps nothing."""
    program = shutil.which("redis-server")
    assert program, "apt install redis-server"
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        options = ["--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = subprocess.Popen(
            [program, "--port", str(port), *options], stdout=subprocess.DEVNULL
        )
        try:
            wait_for(port, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(TIMEOUT_S)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of Debian's with an empty cluster."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert places, "apt install postgresql"
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        as_user = []
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres")
            as_user = ["runuser", "-u", "postgres", "--"]
        data = f"{folder}/data"
        subprocess.run(
            [*as_user, places[-1] / "initdb", "-D", data, "-A", "trust", "-U", "shop"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        control = [*as_user, places[-1] / "pg_ctl", "-D", data, "-w"]
        log = ["-l", f"{folder}/log", "-o", options]
        subprocess.run(
            [*control, *log, "start"], check=True, stdout=subprocess.DEVNULL, cwd=folder
        )
        try:
            yield f"postgresql+psycopg://shop@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run(
                [*control, "-m", "fast", "stop"],
                check=True,
                stdout=subprocess.DEVNULL,
                cwd=folder,
            )


class Served:
    """A project under gunicorn."""

    def __init__(self, project: Path, workers: int, env: dict[str, str]) -> None:
        self.port = free_port()
        self.log = project.parent / f"{self.port}.log"
        with self.log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}"],
                cwd=project,
                env={**os.environ, "WEB_CONCURRENCY": str(workers), **env},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        wait_for(self.port, self.process)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(TIMEOUT_S)
