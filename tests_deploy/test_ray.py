"""An exported app under Ray Serve: a local cluster with two replicas answers."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from werkbook.cells.cell import Cell
from werkbook.export.delivering import Wish, deliver

CELLS = [
    Cell("a", "import os\n\nfrom flask import Flask\n\napp = Flask(__name__)"),
    Cell("b", "def predict(x):\n    return 2 * x"),
    Cell("c", "@app.get('/p/<int:x>')\ndef p(x):\n    return {'y': predict(x)}"),
    Cell("d", "@app.get('/pid')\ndef pid():\n    return str(os.getpid())"),
]
ASK = """\
import json, sys, urllib.request
import ray
from ray import serve

ray.init(num_cpus=4, include_dashboard=False, object_store_memory=80_000_000,
         _node_ip_address="127.0.0.1", _temp_dir=sys.argv[2])
serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
import serve_app
serve.run(serve_app.app)

def get(path):
    with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}{path}") as answer:
        return answer.read().decode()

pids = set()
for _ in range(200):
    pids.add(get("/pid"))
    if len(pids) == 2:
        break
found = [json.loads(get(f"/p/{x}")) for x in range(5)]
serve.shutdown()
ray.shutdown()
print("found", json.dumps([len(pids), found]))
"""
TIMEOUT_S = 500


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose name leaves room for Ray's socket names."""
    folder = Path(tempfile.mkdtemp(prefix="ray"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(TIMEOUT_S + 60)
def test_two_replicas_answer_as_the_notebook(
    tmp_path: Path, short_folder: Path
) -> None:
    """Both processes answer, with the answers of the notebook's views."""
    project = tmp_path / "shop"
    wish = Wish(
        tmp_path / "n.ipynb", project=project, is_checked=False, deploy=("ray",)
    )
    deliver(CELLS, wish)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    env = {
        **os.environ,
        "PYTHONPATH": str(project),
        "RAY_USAGE_STATS_ENABLED": "0",
        # A busy machine starts Ray's processes slowly.
        "RAY_raylet_start_wait_time_s": "300",
        "RAY_agent_register_timeout_ms": "300000",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(port), str(short_folder)],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("found ")]
    assert lines, done.stdout[-2000:] + done.stderr[-2000:]
    expected = [2, [{"y": 2 * x} for x in range(5)]]
    assert json.loads(lines[0].removeprefix("found ")) == expected
