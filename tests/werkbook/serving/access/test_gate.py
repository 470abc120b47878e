"""Which requests come in: the Host check and the token."""

import os
import re
from typing import Any

import pytest
import requests

from werkbook.serving import servers
from werkbook.serving.access.hosts import AllowedHosts, host_name
from werkbook.serving.access.peers import Peer, find_peer, is_of_process


def told_app(environ: Any, start_response: Any) -> list[bytes]:
    """Answer what could give the token away."""
    seen = [environ["PATH_INFO"], environ["QUERY_STRING"]]
    seen += [environ.get("HTTP_COOKIE", "-"), environ.get("HTTP_X_WERKBOOK_TOKEN", "-")]
    start_response("200 OK", [])
    return ["|".join(seen).encode()]


def cookie_app(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [environ.get("HTTP_COOKIE", "-").encode()]


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
        "localhost:evil.example",
        "[::1]evil.example",
        "[::1].evil.example:80",
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


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JUPYTERHUB_HOST", "https://ann.hub.example.org"),
        ("JUPYTERHUB_PUBLIC_URL", "https://ann.hub.example.org/user/ann/"),
        ("JUPYTERHUB_PUBLIC_HUB_URL", "https://ann.hub.example.org:8443/hub/"),
    ],
)
def test_the_hubs_own_names_pass_and_no_others(
    started: Any, app: Any, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """A hub is no reason to answer to each name: spawners can be local."""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ann/")
    monkeypatch.setenv(variable, value)
    server = started(app)
    for host, status in [("ann.hub.example.org", 200), ("evil.example", 421)]:
        response = requests.get(server.url, headers={"Host": host}, timeout=5)
        assert response.status_code == status


@pytest.mark.parametrize("is_jupyters", [True, False])
def test_a_host_by_which_jupyters_server_was_asked_passes(
    started: Any, app: Any, monkeypatch: pytest.MonkeyPatch, is_jupyters: bool
) -> None:
    """What comes from Jupyter's own process has passed its check."""
    server_id = os.getpid() if is_jupyters else os.getppid()
    monkeypatch.setenv("JPY_PARENT_PID", str(server_id))
    headers = {"Host": "hub.example.org"}
    response = requests.get(started(app).url, headers=headers, timeout=5)
    assert response.status_code == (200 if is_jupyters else 421)


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
    monkeypatch.setattr("werkbook.serving.access.sharing.is_shared_host", lambda: False)
    server = started(app)
    assert server.token is None
    assert server.link("/a?b=c") == f"{server.url}/a?b=c"
    assert server.internal_headers() == {}


def test_token_on_a_shared_host(
    started: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody says whose a connection is, all bring the token."""
    monkeypatch.setattr(
        "werkbook.serving.access.sharing.is_shared_lately", lambda: True
    )
    monkeypatch.setattr("werkbook.serving.access.peers.find_peer", lambda environ: None)
    monkeypatch.setattr("werkbook.serving.server.judges_peers", lambda: False)
    server = started(app)
    response = requests.get(server.url, timeout=5)
    assert response.status_code == 401
    assert response.text == (
        "TokenError: This server asks for a token.\n"
        "  Why: other users of this machine can reach its port.\n"
        "  Fix: open the link that %serve shows in the notebook; a cookie keeps it.\n"
    )
    assert len(server.token) >= 32
    assert server.token in server.link()
    assert server.token not in repr(server) + server.url + server.log.text


@pytest.mark.parametrize(
    ("user_id", "is_hub", "is_shared", "status"),
    [
        (os.getuid(), True, True, 200),
        (0, True, True, 200),
        (1234, False, True, 401),
        (1234, True, False, 401),
        (70_000, True, False, 401),
        (33, False, False, 200),
        (33, False, True, 401),
        (None, False, False, 200),
        (None, True, False, 401),
        (None, False, True, 401),
    ],
)
def test_each_connection_is_judged_by_its_user(
    started: Any,
    app: Any,
    monkeypatch: pytest.MonkeyPatch,
    user_id: int | None,
    is_hub: bool,
    is_shared: bool,
    status: int,
) -> None:
    """One's own browser needs no token, other people do, at each moment."""
    peer = None if user_id is None else Peer(user_id, "1")
    monkeypatch.setattr("werkbook.serving.access.peers.find_peer", lambda environ: peer)
    monkeypatch.setattr(
        "werkbook.serving.access.sharing.is_shared_lately", lambda: is_shared
    )
    if is_hub:
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ann/")
    server = started(app)
    assert requests.get(server.url, timeout=5).status_code == status
    headers = {"X-Werkbook-Token": server._token}
    assert requests.get(server.url, headers=headers, timeout=5).status_code == 200


def test_a_server_that_runs_asks_as_soon_as_somebody_logs_in(
    started: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether others use the host is decided anew."""
    people: list[int] = []
    monkeypatch.setattr("werkbook.serving.access.peers.find_peer", lambda environ: None)
    monkeypatch.setattr(
        "werkbook.serving.access.sharing.is_shared_lately", lambda: people
    )
    server = started(app)
    assert requests.get(server.url, timeout=5).status_code == 200
    people.append(1234)
    assert requests.get(server.url, timeout=5).status_code == 401
    people.clear()
    assert requests.get(server.url, timeout=5).status_code == 200


def test_the_peer_of_a_connection_is_this_process(started: Any) -> None:
    """The system's table names the user, and which process holds the socket."""
    found: list[Any] = []

    def peer_app(environ: Any, start_response: Any) -> list[bytes]:
        peer = find_peer(environ)
        found.append((peer.user_id, is_of_process(peer, os.getpid())))
        found.append(is_of_process(peer, os.getppid()))
        start_response("200 OK", [])
        return [b""]

    for host in ("127.0.0.1", "::1"):
        requests.get(started(peer_app, host=host).url, timeout=5)
        assert found == [(os.getuid(), True), False]
        found.clear()
        for server in servers():
            server.stop()


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
        assert re.fullmatch(
            f"{name}=[0-9a-f]{{64}}; Path=/; HttpOnly; SameSite=Lax", cookie
        )
        assert server.token not in cookie
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


def test_the_link_opened_again_hides_the_token_again(started: Any) -> None:
    """With the cookie there, and in a form's action: nobody sees it in a URL."""
    server = started(told_app, token=True)
    with requests.Session() as session:
        for _ in range(2):
            response = session.get(server.link("/a?x=%2F"), timeout=5)
            assert response.url == f"{server.url}/a?x=%2F"
            assert response.text == "/a|x=%2F||-"
        response = session.post(server.link("/a?x=%2F"), timeout=5)
        assert response.text == "/a|x=%2F||-"
        response = session.get(server.url + "/b?werkbook_token=wrong", timeout=5)
        assert response.text == "/b|||-"
    noted = [exchange.url for exchange in server.exchanges]
    assert noted == ["/a?x=%2F", "/a?x=%2F", "/a?x=%2F", "/b"]


def test_a_cookie_is_of_use_to_its_user_alone(
    started: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Browsers send it to each port of the host: another user's server has it then."""
    server = started(told_app, token=True)
    with requests.Session() as session:
        assert session.get(server.link(), timeout=5).status_code == 200
        assert session.get(server.url, timeout=5).status_code == 200
        thief = Peer(1234, "1")
        monkeypatch.setattr(
            "werkbook.serving.access.peers.find_peer", lambda environ: thief
        )
        session.headers["Connection"] = "close"
        cookies = session.cookies.get_dict()
        response = requests.get(server.url, cookies=cookies, timeout=5)
        assert response.status_code == 401


@pytest.mark.parametrize(
    ("cookie", "left"),
    [
        ("own=1", "own=1"),
        ("_xsrf=2|1234abcd|00ff00ff|1700000000; own=1", "own=1"),
        (
            "_xsrf=MnwxOjB8MTA6MTc5NTcyMTU2MXw1Ol94c3JmfDEzMjpOREl6TXpnd04; own=1",
            "own=1",
        ),
        ("_xsrf=MnwxOjA_mine; own=1", "_xsrf=MnwxOjA_mine; own=1"),
        ("own=1; jupyterhub-user-ann=secret; jupyterhub-session-id=secret", "own=1"),
        ('username-localhost-8888="2|1:0|secret"; a=b; jupyterhub-hub-login=x', "a=b"),
        ("a=b;username-127-0-0-1-8888=secret;c=d", "a=b;c=d"),
        ("jupyterhub-user-ann=secret", "-"),
        ("my-username-a=1; _xsrf=mine", "my-username-a=1; _xsrf=mine"),
    ],
)
def test_jupyters_cookies_reach_no_app(started: Any, cookie: str, left: str) -> None:
    """Neither the app nor what is recorded has them."""
    server = started(cookie_app)
    response = requests.get(server.url, headers={"Cookie": cookie}, timeout=5)
    assert response.text == left
    assert "secret" not in str(server.exchanges.last().request_headers)


def test_jupyters_cookies_in_a_header_of_their_own(started: Any, raw: Any) -> None:
    """As proxies of HTTP/2 may pass them on."""
    client = raw(started(cookie_app))
    client.send(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: own=1\r\n"
        b"Cookie: jupyterhub-user-ann=secret\r\n\r\n"
    )
    assert client.response()[2] == b"own=1"


@pytest.mark.parametrize(
    ("path", "authorization", "told"),
    [
        ("/?a=1&token=T0P", None, "/?a=1|-"),
        ("/?token=T0P", "token T0P", "/|-"),
        ("/?token=own", "Bearer own", "/?token=own|Bearer own"),
        ("/", "bearer T0P", "/|-"),
        ("/", "Bearer \t T0P", "/|-"),
        ("/", "token\tother", "/|-"),
        ("/", "Basic YTpi", "/|Basic YTpi"),
    ],
)
def test_jupyters_tokens_reach_no_app(
    started: Any,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    authorization: str | None,
    told: str,
) -> None:
    """The token by which a client speaks to Jupyter is no app's; its own tokens are."""
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "T0P")

    def told_authorization(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        given = environ.get("HTTP_AUTHORIZATION", "-")
        return [f"{environ['REQUEST_URI']}|{given}".encode()]

    server = started(told_authorization)
    headers = {"Authorization": authorization} if authorization else {}
    assert requests.get(server.url + path, headers=headers, timeout=5).text == told
    assert "T0P" not in server.exchanges.last().url


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("/lab?token=secret", "/lab"),
        ("/tree?a=1&%74oken=secret&b", "/tree?a=1&b"),
        ("/lab?a=token%3D1", "/lab?a=token%3D1"),
    ],
)
def test_the_token_of_the_page_that_links_to_an_app_reaches_no_app(
    started: Any, page: str, left: str
) -> None:
    """JupyterLab's address may have its server's token, which no variable tells."""

    def told_referer(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["HTTP_REFERER"].encode()]

    server = started(told_referer)
    headers = {"Referer": "http://localhost:8888" + page}
    answer = requests.get(server.url + "/", headers=headers, timeout=5).text
    assert answer == "http://localhost:8888" + left
    assert "secret" not in str(server.exchanges.last().request_headers)
