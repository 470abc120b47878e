"""How requests reach an app: the same over the socket and in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from werkbook import serving
from werkbook.system import using
from werkbook.system.bare import BareSystem
from werkbook.system.full import FullSystem
from werkbook_ext.transport import sessions as transport
from werkbook_ext.transport.sessions import (
    AppSession,
    absolute,
    is_app_url,
    session_for,
    shorten_url,
)


class Notebook:
    """Stands for a shell."""


@Request.application
def app(request: Request) -> Response:
    """Answer with what came, and set a cookie."""
    if request.path == "/login":
        response = redirect("/me", 303)
        response.set_cookie("user", "ada", secure=True, httponly=True)
        return response
    if request.path == "/away":
        return redirect("http://elsewhere.invalid/")
    if request.path == "/round":
        return redirect("/round")
    if request.path == "/full":
        return redirect(request.host_url + "me")
    if request.path == "/headers":
        return Response("\n".join(f"{k}: {v}" for k, v in sorted(request.headers)))
    print("asked for", request.path)
    return Response(f"{request.host_url} {request.cookies.get('user')}")


@pytest.fixture(params=[FullSystem, BareSystem], ids=["socket", "process"])
def session(request: pytest.FixtureRequest) -> Iterator[AppSession]:
    """Return a session with the app, by each of the two ways."""
    notebook = Notebook()
    with using(request.param()):
        yield session_for(notebook, app)
    transport.close_sessions(notebook)
    server = serving.find_server(app)
    if server is not None:
        server.stop()


def test_relative_url(session: AppSession) -> None:
    """A relative URL is the app's, at an origin without a port."""
    response = session.get("/")
    assert response.text == "http://localhost/ None"
    assert response.url == "http://localhost/"
    assert session.get("?q=1").url == "http://localhost/?q=1"


def test_headers_vary_with_nothing(session: AppSession) -> None:
    """The app sees no port, no version and no header of ours."""
    lines = session.get("/headers").text.splitlines()
    names = {line.partition(":")[0] for line in lines}
    assert "X-Werkbook-Exchange" not in names
    assert {"Host: localhost", "User-Agent: werkbook", "Accept: */*"} <= set(lines)


def test_request_stays_as_it_was(session: AppSession) -> None:
    """The request that users see has no header of ours either."""
    assert "X-Werkbook-Exchange" not in session.get("/").request.headers


def test_cookies_and_redirects(session: AppSession) -> None:
    """Redirects within the app are followed with its cookies, Secure ones too."""
    response = session.post("/login", allow_redirects=False)
    followed = list(session.follow(response))
    assert [one.text for one in followed] == ["http://localhost/ ada"]
    assert [one.status_code for one in followed[-1].history] == [303]
    assert session.get("/").text.endswith("ada")


def test_cookie_header_of_the_user(session: AppSession) -> None:
    """A Cookie header that is given stands for the jar's."""
    list(session.follow(session.post("/login", allow_redirects=False)))
    assert session.get("/", headers={"Cookie": "user=bob"}).text.endswith("bob")


def test_full_redirect_to_the_app(session: AppSession) -> None:
    """A redirect with host and all leads to the app again."""
    response = session.get("/full", allow_redirects=False)
    assert [one.url for one in session.follow(response)] == ["http://localhost/me"]


def test_redirect_elsewhere_is_not_followed(session: AppSession) -> None:
    """What leads out of the app is not asked."""
    response = session.get("/away", allow_redirects=False)
    assert list(session.follow(response)) == []


def test_redirects_end(session: AppSession) -> None:
    """A redirect to itself is followed 20 times."""
    response = session.get("/round", allow_redirects=False)
    assert len(list(session.follow(response))) == 20


def test_exchange(session: AppSession) -> None:
    """Each response finds what the server saw of its request."""
    first, second = session.get("/1"), session.get("/2")
    assert second.exchange is not None
    assert second.exchange.output == "asked for /2\n"
    assert first.exchange is not None
    assert first.exchange.url == "/1"


def test_server_with_another_port(session: AppSession) -> None:
    """A server that was stopped is started again, wherever."""
    list(session.follow(session.post("/login", allow_redirects=False)))
    server = serving.find_server(app)
    if server is not None:
        server.stop()
    assert session.get("/").text.endswith("ada")


def test_session_for_is_kept_by_notebook_and_app() -> None:
    """A notebook's app has one session; another's cookies are its own."""
    one, other = Notebook(), Notebook()
    assert session_for(one, app) is session_for(one, app)
    assert session_for(one, app) is not session_for(other, app)
    assert session_for(one, app).trust_env is False


@pytest.mark.parametrize(
    ("url", "full", "shown"),
    [
        ("/a?b=1", "http://localhost/a?b=1", "/a?b=1"),
        ("a", "http://localhost/a", "/a"),
        ("//x/y", "http://localhost//x/y", "//x/y"),
        ("/to?u=http://x", "http://localhost/to?u=http://x", "/to?u=http://x"),
        ("http://localhost", "http://localhost", "/"),
        (
            "http://localhost:5000/a",
            "http://localhost:5000/a",
            "http://localhost:5000/a",
        ),
        (":5000/a", "http://localhost:5000/a", "http://localhost:5000/a"),
        ("x.test:80?q", "http://x.test:80?q", "http://x.test:80?q"),
        ("a:b", "http://localhost/a:b", "/a:b"),
        ("https://x.test/a", "https://x.test/a", "https://x.test/a"),
    ],
)
def test_urls(url: str, full: str, shown: str) -> None:
    """A URL without a host is the app's; shown are path and query alone."""
    assert absolute(url) == full
    assert shorten_url(full) == shown
    assert is_app_url(full) is shown.startswith("/")


def test_token_of_a_shared_host() -> None:
    """The notebook's own requests pass where the server asks for its token."""
    server = serving.serve(app, token=True)
    session = AppSession(app)
    try:
        response = session.get("/headers")
        assert response.status_code == 200
        assert server.token not in response.text + str(response.request.headers)
    finally:
        session.close()
        server.stop()
