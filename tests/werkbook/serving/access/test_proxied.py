"""The app's address behind jupyter-server-proxy."""

from typing import Any

import pytest

from werkbook.serving.access.proxied import proxied

PREFIX = "/user/ann/proxy/8000"


def ask(app: Any, path: str, **environ: str) -> tuple[dict[str, Any], Any]:
    """Call a proxied app; return the environ that it saw, and the headers it sent."""
    seen: dict[str, Any] = {}
    sent: list[Any] = []

    def noting(environ: Any, start_response: Any) -> Any:
        seen.update(environ)
        return app(environ, start_response)

    environ = {
        "REMOTE_ADDR": "127.0.0.1",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "HTTP_HOST": "hub.example:8888",
        "SERVER_PORT": "8000",
        "wsgi.url_scheme": "http",
        **environ,
    }
    proxied(noting)(environ, lambda status, headers: sent.extend(headers))
    return seen, sent


def empty_app(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return []


def test_prefix_becomes_script_name() -> None:
    seen, _ = ask(empty_app, "/a/b", HTTP_X_FORWARDED_PREFIX=PREFIX + "/")
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == (PREFIX, "/a/b")
    assert seen["HTTP_HOST"] == "hub.example:8888"
    seen, _ = ask(empty_app, "/a", HTTP_X_PROXYCONTEXTPATH=PREFIX)
    assert seen["SCRIPT_NAME"] == PREFIX


def test_prefix_that_was_left_on_is_taken_off() -> None:
    seen, _ = ask(empty_app, PREFIX + "/a", HTTP_X_FORWARDED_PREFIX=PREFIX)
    assert seen["PATH_INFO"] == "/a"
    seen, _ = ask(empty_app, PREFIX, HTTP_X_FORWARDED_PREFIX=PREFIX)
    assert seen["PATH_INFO"] == "/"


def test_absolute_proxy_is_known_by_its_path() -> None:
    for prefix in ["/user/ann/proxy/absolute/8000", "/proxy/absolute/localhost:8000"]:
        seen, _ = ask(empty_app, prefix + "/a")
        assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == (prefix, "/a")
    seen, _ = ask(empty_app, "/user/ann/proxy/absolute/9999/a")
    assert seen["SCRIPT_NAME"] == ""


def test_browsers_host_and_scheme() -> None:
    seen, _ = ask(
        empty_app,
        "/",
        HTTP_X_FORWARDED_PREFIX=PREFIX,
        HTTP_X_FORWARDED_HOST="front.example, hub.example",
        HTTP_X_FORWARDED_PROTO="https,http",
    )
    assert (seen["HTTP_HOST"], seen["wsgi.url_scheme"]) == ("front.example", "https")
    seen, _ = ask(
        empty_app, "/", HTTP_X_FORWARDED_PREFIX=PREFIX, HTTP_X_SCHEME="javascript"
    )
    assert seen["wsgi.url_scheme"] == "http"


@pytest.mark.parametrize(
    "host", ["a b", "evil.example/x", "ann@evil.example", "a?b", "a#b", "a\\b", "\xe9"]
)
def test_what_is_no_host_is_left_alone(host: str) -> None:
    seen, _ = ask(
        empty_app, "/", HTTP_X_FORWARDED_PREFIX=PREFIX, HTTP_X_FORWARDED_HOST=host
    )
    assert seen["HTTP_HOST"] == "hub.example:8888"


@pytest.mark.parametrize("prefix", ["/user/ann%40b.c", "/user/a~b:(c)/proxy/1.2:80"])
def test_prefix_may_have_what_a_path_has(prefix: str) -> None:
    seen, _ = ask(empty_app, "/a", HTTP_X_FORWARDED_PREFIX=prefix)
    assert seen["SCRIPT_NAME"] == prefix


def test_headers_are_not_believed_from_elsewhere() -> None:
    seen, _ = ask(
        empty_app, "/a", REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_PREFIX=PREFIX
    )
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("", "/a")


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "//evil.example",
        "relative",
        "https://x",
        "/\\evil.example",
        "/a;Domain=evil.example",
        '/"><script>',
        "/a b",
        "/a?b",
        "/a#b",
        "/\xe9",
    ],
)
def test_what_is_no_prefix_is_left_alone(prefix: str) -> None:
    seen, _ = ask(empty_app, "/a", HTTP_X_FORWARDED_PREFIX=prefix)
    assert seen["SCRIPT_NAME"] == ""


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("/target", f"//hub.example:8888{PREFIX}/target"),
        (f"{PREFIX}/target?a=b", f"//hub.example:8888{PREFIX}/target?a=b"),
        (PREFIX, f"//hub.example:8888{PREFIX}"),
        (f"{PREFIX}1/x", f"//hub.example:8888{PREFIX}{PREFIX}1/x"),
        ("target", f"//hub.example:8888{PREFIX}/n/target"),
        ("../up", f"//hub.example:8888{PREFIX}/up"),
        ("?page=2", f"//hub.example:8888{PREFIX}/n/page?page=2"),
        ("http://other.example/x", "http://other.example/x"),
        ("//other.example/x", "//other.example/x"),
        ("mailto:ann@example.org", "mailto:ann@example.org"),
    ],
)
def test_location_is_where_the_browser_has_to_go(sent: str, expected: str) -> None:
    def redirecting(environ: Any, start_response: Any) -> list[bytes]:
        start_response("302 FOUND", [("Location", sent), ("X-Other", sent)])
        return []

    _, headers = ask(redirecting, "/n/page", HTTP_X_FORWARDED_PREFIX=PREFIX)
    assert headers == [("Location", expected), ("X-Other", sent)]
    _, headers = ask(redirecting, "/n/page")
    assert headers == [("Location", sent), ("X-Other", sent)]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("a=b; Path=/", f"a=b; Path={PREFIX}/"),
        (
            "a=b; HttpOnly; path=/in/; Secure",
            f"a=b; HttpOnly; path={PREFIX}/in/; Secure",
        ),
        (f"a=b; Path={PREFIX}/", f"a=b; Path={PREFIX}/"),
        ("a=b", "a=b"),
    ],
)
def test_cookies_are_for_the_apps_folder(sent: str, expected: str) -> None:
    def setting(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Set-Cookie", sent)])
        return []

    _, headers = ask(setting, "/", HTTP_X_FORWARDED_PREFIX=PREFIX)
    assert headers == [("Set-Cookie", expected)]
