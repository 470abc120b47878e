"""Which requests come in: the Host check and the token."""

from typing import Any

import pytest
import requests

from werkbook.serving.hosts import AllowedHosts, host_name


def told_app(environ: Any, start_response: Any) -> list[bytes]:
    """Answer what could give the token away."""
    seen = [environ["PATH_INFO"], environ["QUERY_STRING"]]
    seen += [environ.get("HTTP_COOKIE", "-"), environ.get("HTTP_X_WERKBOOK_TOKEN", "-")]
    start_response("200 OK", [])
    return ["|".join(seen).encode()]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8888",
        "127.0.0.1:5000",
        "127.1.2.3",
        "[::1]:80",
        "app.localhost",
        "app.invalid",
    ],
)
def test_loopback_names_pass(started: Any, app: Any, host: str) -> None:
    response = requests.get(started(app).url, headers={"Host": host}, timeout=5)
    assert (response.status_code, response.text) == (200, "Hello")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example:80",
        "evil.example:127.0.0.1",
        "10.0.0.1",
        "localhost, evil.example",
        "",
    ],
)
def test_foreign_host_is_refused(started: Any, app: Any, host: str) -> None:
    server = started(app)
    response = requests.get(server.url, headers={"Host": host}, timeout=5)
    assert (response.status_code, response.reason) == (421, "MISDIRECTED REQUEST")
    text = (
        f"ForeignHostError: Host {host!r} is not a name of this server.\n"
        "  Why: a foreign page could reach it by DNS rebinding; it answers to "
        "localhost, 127.0.0.1 and the names it was told.\n"
        "  Fix: if the name is yours, run in the notebook: "
        f"serve(app).allow_host({host!r}).\n"
    )
    assert response.text == server.log.text == text
    assert len(server.exchanges) == 0


def test_headers_of_a_proxy_do_not_help_a_foreign_host(started: Any, app: Any) -> None:
    headers = {
        "Host": "evil.example",
        "X-Forwarded-Host": "localhost",
        "X-Forwarded-Prefix": "/proxy/1",
    }
    response = requests.get(started(app).url, headers=headers, timeout=5)
    assert response.status_code == 421


def test_host_can_be_allowed(started: Any, app: Any) -> None:
    server = started(app)
    headers = {"Host": "notebook.example:8888"}
    assert requests.get(server.url, headers=headers, timeout=5).status_code == 421
    server.allow_host("Notebook.example")
    assert requests.get(server.url, headers=headers, timeout=5).text == "Hello"
    server.allow_host("other.example:443")
    headers = {"Host": "other.example"}
    assert requests.get(server.url, headers=headers, timeout=5).text == "Hello"


def test_allowed_host_stays_when_the_port_changes(started: Any, app: Any) -> None:
    server = started(app)
    server.allow_host("notebook.example")
    server.move("127.0.0.1", 0)
    headers = {"Host": "notebook.example"}
    assert requests.get(server.url, headers=headers, timeout=5).text == "Hello"


def test_hub_turns_the_check_off(
    started: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ann/")
    headers = {"Host": "hub.example.org"}
    assert requests.get(started(app).url, headers=headers, timeout=5).text == "Hello"


def test_addresses_pass_beyond_loopback() -> None:
    hosts = AllowedHosts("0.0.0.0")
    assert hosts.is_allowed("192.168.1.7:8000")
    assert not hosts.is_allowed("evil.example")
    assert AllowedHosts("box.example").is_allowed("box.example:80")


def test_host_names_are_read() -> None:
    assert host_name(" Box.Example:80 ") == "box.example"
    assert host_name("[::1]:80") == "::1"
    assert host_name("::1") == "::1"


def test_no_token_where_nobody_else_is(
    started: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("werkbook.serving.sharing.is_shared_host", lambda: False)
    server = started(app)
    assert server.token is None
    assert server.link("/a?b=c") == f"{server.url}/a?b=c"
    assert server.internal_headers() == {}


def test_token_on_a_shared_host(
    started: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("werkbook.serving.sharing.is_shared_host", lambda: True)
    server = started(app)
    response = requests.get(server.url, timeout=5)
    assert response.status_code == 401
    assert response.text == (
        "TokenError: This server asks for a token.\n"
        "  Why: other users of this machine can reach its port.\n"
        "  Fix: open the link that %serve shows in the notebook; a cookie keeps it.\n"
    )
    assert len(server.token) >= 32
    assert server.token not in repr(server) + server.url + server.log.text


def test_link_gives_the_cookie_once(started: Any) -> None:
    server = started(told_app, token=True)
    link = server.link("/a%20b?x=1&y=")
    assert link == f"{server.url}/a%20b?x=1&y=&werkbook_token={server.token}"
    with requests.Session() as session:
        response = session.get(link, timeout=5)
        assert response.text == "/a b|x=1&y=||-"
        assert server.token not in response.url
        first = response.history[0]
        assert first.status_code == 303
        assert first.headers["Location"] == (f"//127.0.0.1:{server.port}/a%20b?x=1&y=")
        assert first.headers["Referrer-Policy"] == "no-referrer"
        cookie = first.headers["Set-Cookie"]
        name = f"werkbook_token_{server.port}"
        assert cookie == f"{name}={server.token}; Path=/; HttpOnly; SameSite=Lax"
        session.cookies.set("own", "1")
        assert session.get(f"{server.url}/c", timeout=5).text == "/c||own=1|-"
    assert requests.get(f"{server.url}/c", timeout=5).status_code == 401


def test_header_lets_the_notebook_in(started: Any) -> None:
    server = started(told_app, token=True)
    headers = server.internal_headers()
    assert headers == {"X-Werkbook-Token": server.token}
    assert requests.get(server.url, headers=headers, timeout=5).text == "/||-|-"
    headers = {"X-Werkbook-Token": "wrong"}
    assert requests.get(server.url, headers=headers, timeout=5).status_code == 401


@pytest.mark.parametrize("given", ["wrong", "", "\u00fc"])
def test_wrong_tokens_are_refused(started: Any, given: str) -> None:
    server = started(told_app, token=True)
    url = f"{server.url}/?werkbook_token={given}"
    assert requests.get(url, timeout=5).status_code == 401
    name = f"werkbook_token_{server.port}"
    headers = {"Cookie": f"{name}={given}".encode("latin-1")}
    assert requests.get(server.url, headers=headers, timeout=5).status_code == 401


def test_token_header_never_reaches_an_app(started: Any) -> None:
    server = started(told_app, token=False)
    headers = {"X-Werkbook-Token": "stray"}
    assert requests.get(server.url, headers=headers, timeout=5).text == "/||-|-"
