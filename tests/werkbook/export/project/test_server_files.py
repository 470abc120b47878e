"""What a project serves with: gunicorn as its file says, probes, the secret key."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from tests.ports import free_port

from werkbook.cells.cell import Cell
from werkbook.export.delivering import Wish, deliver

TIMEOUT_S = 60.0
APP = """\
import os
from flask import Flask, session

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY", "dev")
seen = []

@app.before_request
def count():
    print("hook", flush=True)

@app.get("/")
def home():
    session["n"] = session.get("n", 0) + 1
    return os.environ["GREETING"] + os.getenv("MARK", "!")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a hook, a session, and a secret key in its source."""
    folder = tmp_path_factory.mktemp("served")
    wish = Wish(
        folder / "a.ipynb",
        project=folder / "shop",
        is_checked=False,
        deploy=("kubernetes", "ray"),
    )
    deliver([Cell("a", APP, execution_count=1)], wish)
    return folder / "shop"


@contextmanager
def gunicorn(project: Path, **env: str) -> Iterator[tuple[int, Path, int]]:
    """Serve a project as its Dockerfile does; give port, log and process id."""
    port = free_port()
    log = project.parent / f"{port}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"],
            cwd=project,
            env={**os.environ, "GREETING": "hi", **env},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield port, log, process.pid
    finally:
        process.terminate()
        status = process.wait(TIMEOUT_S)
    assert status == 0, log.read_text()


def get(port: int, path: str) -> tuple[int, str]:
    """Ask until the server accepts."""
    end = time.monotonic() + TIMEOUT_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_probes_touch_no_hook_and_no_log(project: Path) -> None:
    """/healthz answers by itself; a request of the app is logged as JSON."""
    with gunicorn(project, SECRET_KEY="s3cret", LOG_FORMAT="json") as (port, log, _):
        assert get(port, "/healthz") == (200, "ok\n")
        assert get(port, "/") == (200, "hi!")
    lines = log.read_text().splitlines()
    assert lines.count("hook") == 1
    [line] = [json.loads(one) for one in lines if one.startswith("{")]
    assert (line["path"], line["status"], line["method"]) == ("/", 200, "GET")
    assert not any("healthz" in one for one in lines)


def test_default_secret_is_refused_with_several_workers(project: Path) -> None:
    """The server ends with a line that says what to set."""
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0"],
        cwd=project,
        env={**os.environ, "GREETING": "hi", "WEB_CONCURRENCY": "2"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode != 0
    assert "Set SECRET_KEY to one that nobody knows" in done.stderr


def test_one_worker_may_have_the_default_secret(project: Path) -> None:
    """For a try on one's own machine."""
    with gunicorn(project, WEB_CONCURRENCY="1") as (port, _, _):
        assert get(port, "/") == (200, "hi!")


def test_server_ends_by_sigterm(project: Path) -> None:
    """The signal that containers are ended with reaches gunicorn itself."""
    with gunicorn(project, SECRET_KEY="s3cret") as (port, log, pid):
        assert get(port, "/healthz")[0] == 200
        os.kill(pid, signal.SIGTERM)
    assert "Handling signal: term" in log.read_text()
    assert 'CMD ["gunicorn"]' in (project / "Dockerfile").read_text()


def test_env_example_lists_every_variable(project: Path) -> None:
    """With the cell that reads it, never a secret; an odd default is a comment."""
    text = (project / ".env.example").read_text()
    names = [line.partition("=")[0] for line in text.splitlines() if "=" in line]
    assert names == [
        "GREETING",
        "# MARK",
        "SECRET_KEY",
        "HOST",
        "PORT",
        "WEB_CONCURRENCY",
        "LOG_FORMAT",
        "FORWARDED_ALLOW_IPS",
    ]
    assert "# In[1]: needed\nGREETING=\n" in text
    assert "SECRET_KEY=\n" in text


@pytest.mark.parametrize("name", ["deployment", "service", "secret"])
def test_kubernetes_files_fit_the_published_schemas(project: Path, name: str) -> None:
    """Strictly: no field that Kubernetes does not know."""
    import kubernetes_validate

    data = yaml.safe_load((project / f"kubernetes/{name}.yaml").read_text())
    kubernetes_validate.validate(data, "1.31", strict=True)


def closed(required: str, **properties: object) -> dict[str, object]:
    """The schema of an object that has no other fields."""
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


KNATIVE_SERVICE = closed(
    "apiVersion kind metadata spec",
    apiVersion={"const": "serving.knative.dev/v1"},
    kind={"const": "Service"},
    metadata=closed("name", name={"type": "string"}),
    spec=closed(
        "template",
        template=closed(
            "spec",
            metadata=closed(
                "",
                annotations={
                    "type": "object",
                    "propertyNames": {"pattern": r"^[a-z]+\.knative\.dev/[a-z-]+$"},
                    "additionalProperties": {"type": "string"},
                },
            ),
            spec=closed(
                "containers",
                timeoutSeconds={"type": "integer", "minimum": 1, "maximum": 600},
                containers={"type": "array", "minItems": 1, "maxItems": 1},
            ),
        ),
    ),
)
"""What Knative Serving's API says of the fields that are its own, the rest left out.

Source: https://knative.dev/docs/serving/reference/serving-api/ and, for the names of
ports, https://knative.dev/docs/serving/services/configure-ports/.
"""


def test_knative_service_fits_the_published_api(project: Path) -> None:
    """Its own fields and, for the container, Kubernetes' schema; one named port."""
    import jsonschema
    import kubernetes_validate

    data = yaml.safe_load((project / "kubernetes/knative.yaml").read_text())
    jsonschema.validate(data, KNATIVE_SERVICE)
    spec = data["spec"]["template"]["spec"]
    [port] = spec["containers"][0]["ports"]
    assert port["name"] in ("http1", "h2c")
    # Knative fills in the port that a probe asks.
    spec["containers"][0]["readinessProbe"]["httpGet"]["port"] = port["name"]
    del spec["timeoutSeconds"]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app"}, "spec": spec}
    kubernetes_validate.validate(pod, "1.31", strict=True)


FRAMEWORKS = {
    "flask": "from flask import Flask\napp = Flask(__name__)\napp.secret_key = 'x'",
    "bottle": "from bottle import Bottle\napp = Bottle()",
    "falcon": "import falcon\napp = falcon.App()",
    "fastapi": "from fastapi import FastAPI\napp = FastAPI()",
    "wsgi": "def app(environ, start_response):\n"
    "    start_response('200 OK', [])\n    return [b'x']",
}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_file_of_a_project_can_be_read(tmp_path: Path, framework: str) -> None:
    """Python is Python and YAML is YAML, whatever the app is made with."""
    project = tmp_path / "shop"
    view = '@app.get("/")\ndef index():\n    return "hi"'
    cells = [Cell("a", FRAMEWORKS[framework])]
    cells += [Cell("b", view)] if framework not in ("falcon", "wsgi") else []
    deploys = ("kubernetes", "ray")
    wish = Wish(tmp_path / "a.ipynb", project=project, is_checked=False, deploy=deploys)
    deliver(cells, wish)
    for path in project.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")
    for path in [*project.rglob("*.yaml"), *project.rglob("*.yml")]:
        assert yaml.safe_load(path.read_text())


def test_cluster_files_name_the_variables_and_the_replicas(project: Path) -> None:
    """What the app cannot do without comes from the secret."""
    secret = yaml.safe_load((project / "kubernetes/secret.yaml").read_text())
    assert sorted(secret["stringData"]) == ["GREETING", "SECRET_KEY"]
    deployment = yaml.safe_load((project / "kubernetes/deployment.yaml").read_text())
    assert deployment["spec"]["replicas"] == 2
    assert "num_replicas=2" in (project / "serve_app.py").read_text()
