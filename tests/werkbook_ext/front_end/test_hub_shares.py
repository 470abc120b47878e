"""`%serve --share`: what the hub is asked, and what is said when it refuses.

`tests_hub` tries it with a real JupyterHub.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook_ext.front_end.hub_shares import ShareError, make_share, take_back_shares

MADE = {
    "accept_url": "/hub/accept-share?code=abc",
    "full_accept_url": None,
    "expires_at": "2026-11-28T22:10:03.123456Z",
}


class FakeHub(ThreadingHTTPServer):
    """Answers as the hub's API; `asked` is what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.made: dict[str, Any] = MADE
        self.asked: list[tuple[str, str, str, Any]] = []


class _Handler(BaseHTTPRequestHandler):
    server: FakeHub

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(size) or b"null")
        token = self.headers["Authorization"]
        self.server.asked.append((self.command, self.path, token, body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.made).encode())

    do_DELETE = do_POST

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def variables(hub: FakeHub) -> dict[str, str]:
    """The environment of a server that the hub started."""
    return {
        "JUPYTERHUB_SERVICE_PREFIX": "/user/ann@x/",
        "JUPYTERHUB_API_URL": f"http://127.0.0.1:{hub.server_port}/hub/api",
        "JUPYTERHUB_API_TOKEN": "secret",
        "JUPYTERHUB_USER": "ann@x",
        "JUPYTERHUB_SERVER_NAME": "",
    }


def test_hub_is_asked_for_a_link_that_leads_to_the_app(hub: FakeHub) -> None:
    share = make_share("/user/ann@x/proxy/5000/_werkbook/tab?a=b", variables(hub))
    path = "/hub/api/share-codes/ann%40x/"
    assert hub.asked == [("POST", path, "token secret", {"expires_in": 86400})]
    target = "next=%2Fuser%2Fann%40x%2Fproxy%2F5000%2F_werkbook%2Ftab%3Fa%3Db"
    assert share.url == f"/hub/accept-share?code=abc&{target}"
    assert share.until == "2026-11-28 22:10 UTC"


@pytest.mark.parametrize(
    ("made", "more"),
    [
        ({"full_accept_url": "https://hub.example/hub/accept-share?code=abc"}, {}),
        ({}, {"JUPYTERHUB_PUBLIC_HUB_URL": "https://hub.example/hub/"}),
    ],
)
def test_link_is_whole_where_the_hub_knows_its_address(
    hub: FakeHub, made: dict[str, str], more: dict[str, str]
) -> None:
    hub.made = MADE | made
    share = make_share("/x", variables(hub) | more)
    assert share.url == "https://hub.example/hub/accept-share?code=abc&next=%2Fx"


def test_links_and_shares_are_taken_back(hub: FakeHub) -> None:
    hub.status = 204
    take_back_shares(variables(hub) | {"JUPYTERHUB_SERVER_NAME": "two"})
    assert [asked[:2] for asked in hub.asked] == [
        ("DELETE", "/hub/api/share-codes/ann%40x/two"),
        ("DELETE", "/hub/api/shares/ann%40x/two"),
    ]


@pytest.mark.parametrize("status", [403, 404])
def test_refusal_says_which_scopes_the_hub_has_to_give(
    hub: FakeHub, status: int
) -> None:
    hub.status = status
    with pytest.raises(ShareError, match=rf"'ann@x' \({status}\)") as caught:
        make_share("/x", variables(hub))
    assert "shares!server" in caught.value.fix


def test_hub_that_is_down_is_said(hub: FakeHub) -> None:
    environ = variables(hub) | {"JUPYTERHUB_API_URL": "http://127.0.0.1:9/hub/api"}
    with pytest.raises(ShareError, match="did not answer"):
        make_share("/x", environ)


def test_outside_of_a_hub_nothing_starts(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    notebook = ShellNotebook(shell)
    notebook.run("a", "from werkbook import App\napp = App()")
    ran = notebook.fail("b", "%serve --share")
    assert "this kernel belongs to none" in ran.text
    assert "Serving" not in ran.text
    assert notebook.ask("len(__import__('werkbook.serving').serving.servers())") == 0


def test_link_is_shown_with_what_it_gives(
    hub: FakeHub, shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables(hub).items():
        monkeypatch.setenv(name, value)
    notebook = ShellNotebook(shell)
    notebook.run("a", "from werkbook import App\napp = App()")
    ran = notebook.run("b", "%serve --share")
    assert "opened before 2026-11-28 22:10 UTC: /hub/accept-share?code=abc" in ran.text
    assert "files and kernels included" in ran.text
    assert "%2Fuser%2Fann%40x%2Fproxy%2F" in ran.text
    hub.status = 204
    assert "taken back" in notebook.run("c", "%serve --unshare").text
