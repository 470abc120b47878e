"""An app behind a real jupyter-server-proxy, under a base URL as on a hub."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.ports import free_port

from werkbook import App, Response, redirect, request, session, url_for

BASE_URL = "/user/ann/"
START_TIMEOUT_S = 60


class Jupyter:
    """A running Jupyter server that passes requests on to ports."""

    def __init__(self, port: int, token: str):
        self.origin = f"http://127.0.0.1:{port}"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"token {token}"

    def prefix(self, server: Any, kind: str) -> str:
        return f"{BASE_URL}{kind}/{server.port}"

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.origin + path, timeout=20, **options)


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    folder = tmp_path_factory.mktemp("jupyter")
    port = free_port()
    token = secrets.token_hex(16)
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.base_url": BASE_URL,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "ServerApp.allow_remote_access": True,
        "IdentityProvider.token": token,
        "ServerApp.jpserver_extensions": "{'jupyter_server_proxy': True}",
    }
    command = [sys.executable, "-W", "ignore", "-m", "jupyter_server"]
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*command, *(f"--{name}={value}" for name, value in options.items())],
            env={**os.environ, "JUPYTER_CONFIG_DIR": str(folder), "HOME": str(folder)},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    found = Jupyter(port, token)
    try:
        wait_for(found, process, log)
        yield found
    finally:
        found.session.close()
        process.terminate()
        process.wait(20)


def wait_for(jupyter: Jupyter, process: Any, log: Path) -> None:
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline_s and process.poll() is None:
        try:
            if jupyter.get(f"{BASE_URL}api/status").ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail(f"Jupyter did not start:\n{log.read_text()}")


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "style.css").write_text("p {}")
    app = App("proxied", root_path=str(tmp_path))
    app.secret_key = "test"

    @app.get("/")
    def index() -> str:
        return " ".join(
            [
                url_for("index"),
                url_for("nested", name="a b"),
                url_for("static", filename="style.css"),
                url_for("index", _external=True),
            ]
        )

    @app.get("/n/<name>")
    def nested(name: str) -> dict[str, str]:
        return {"name": name, "path": request.path, "root": request.script_root}

    @app.get("/go/<how>")
    def go(how: str) -> Any:
        targets = {
            "url_for": url_for("nested", name="there"),
            "plain": "/n/there",
            "relative": "../n/there",
            "full": url_for("nested", name="there", _external=True),
        }
        return redirect(targets[how])

    @app.post("/login")
    def login() -> Any:
        session["user"] = request.form["user"]
        return redirect(url_for("who"))

    @app.get("/who")
    def who() -> str:
        return str(session.get("user"))

    @app.get("/events")
    def events() -> Response:
        pieces = (f"data: {number}\n\n" for number in range(3))
        return Response(pieces, mimetype="text/event-stream")

    return app


KINDS = ["proxy", "proxy/absolute"]


@pytest.mark.parametrize("kind", KINDS)
def test_links_have_the_prefix(
    jupyter: Jupyter, started: Any, app: App, kind: str
) -> None:
    server = started(app)
    prefix = jupyter.prefix(server, kind)
    response = jupyter.get(f"{prefix}/")
    assert response.text.split() == [
        f"{prefix}/",
        f"{prefix}/n/a%20b",
        f"{prefix}/static/style.css",
        f"{jupyter.origin}{prefix}/",
    ]
    assert jupyter.get(f"{prefix}/static/style.css").text == "p {}"
    nested = jupyter.get(f"{prefix}/n/%C3%A9?q=1")
    assert nested.json() == {"name": "é", "path": "/n/é", "root": prefix}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["url_for", "plain", "relative", "full"])
def test_redirects_arrive(
    jupyter: Jupyter, started: Any, app: App, kind: str, how: str
) -> None:
    server = started(app)
    prefix = jupyter.prefix(server, kind)
    response = jupyter.get(f"{prefix}/go/{how}")
    assert response.json()["name"] == "there"
    assert response.url == f"{jupyter.origin}{prefix}/n/there"


@pytest.mark.parametrize("kind", KINDS)
def test_cookies_stay_in_the_apps_folder(
    jupyter: Jupyter, started: Any, app: App, kind: str
) -> None:
    server = started(app)
    prefix = jupyter.prefix(server, kind)
    with requests.Session() as browser:
        browser.headers.update(jupyter.session.headers)
        xsrf = {"X-XSRFToken": "unused"}
        response = browser.post(
            f"{jupyter.origin}{prefix}/login",
            data={"user": "ann"},
            headers=xsrf,
            timeout=20,
        )
        assert response.text == "ann"
        paths = {cookie.name: cookie.path for cookie in browser.cookies}
        assert paths["session"] == f"{prefix}/"


def test_streams_pass(jupyter: Jupyter, started: Any, app: App) -> None:
    server = started(app)
    url = f"{jupyter.prefix(server, 'proxy')}/events"
    headers = {"Accept": "text/event-stream"}
    text = jupyter.get(url, headers=headers).text
    assert text == "data: 0\n\ndata: 1\n\ndata: 2\n\n"


def test_host_of_a_remote_jupyter_has_to_be_allowed(
    jupyter: Jupyter, started: Any, app: App
) -> None:
    server = started(app)
    url = f"{jupyter.prefix(server, 'proxy')}/go/url_for"
    options = {"headers": {"Host": "box.example:8888"}, "allow_redirects": False}
    refused = jupyter.get(url, **options)
    assert (refused.status_code, "allow_host" in refused.text) == (421, True)
    server.allow_host("box.example")
    target = jupyter.get(url, **options).headers["Location"]
    assert target == f"//box.example:8888{jupyter.prefix(server, 'proxy')}/n/there"


def test_token_comes_by_the_link(jupyter: Jupyter, started: Any, app: App) -> None:
    server = started(app, token=True)
    prefix = jupyter.prefix(server, "proxy")
    assert jupyter.get(f"{prefix}/who").status_code == 401
    with requests.Session() as browser:
        browser.headers.update(jupyter.session.headers)
        link = server.link("/who").removeprefix(server.url)
        response = browser.get(f"{jupyter.origin}{prefix}{link}", timeout=20)
        assert (response.status_code, response.text) == (200, "None")
        assert response.url == f"{jupyter.origin}{prefix}/who"
        again = browser.get(f"{jupyter.origin}{prefix}/who", timeout=20)
        assert again.status_code == 200
