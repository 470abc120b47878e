"""The test client, the environ builder and the CLI runner."""

from typing import Any

import click
import pytest
from werkzeug.test import EnvironBuilder as WerkzeugBuilder

from werkbook import App, g, has_request_context, request, session
from werkbook.testing import (
    AmbiguousBaseUrlError,
    EnvironBuilder,
    FlaskClient,
    NestedClientError,
    NoCookiesError,
    NoSessionError,
)


def test_defaults_come_from_the_config(app: App) -> None:
    app.config.update(
        SERVER_NAME="example.com:1234",
        APPLICATION_ROOT="/root",
        PREFERRED_URL_SCHEME="https",
    )
    builder = EnvironBuilder(app, "/x?a=1", subdomain="sub")
    assert builder.base_url == "https://sub.example.com:1234/root/"
    assert (builder.path, builder.query_string) == ("/x", "a=1")


def test_path_may_be_a_url(app: App) -> None:
    builder = EnvironBuilder(app, "https://other/x")
    assert builder.base_url == "https://other/"


def test_ambiguous_base_url(app: App) -> None:
    with pytest.raises(AssertionError) as caught:
        EnvironBuilder(app, base_url="http://a", subdomain="b")
    assert isinstance(caught.value, AmbiguousBaseUrlError)
    assert str(caught.value) == (
        'Cannot pass "subdomain" or "url_scheme" with "base_url".\n'
        "  Why: base_url='http://a' has both already.\n"
        "  Fix: leave out base_url, or write both into it."
    )


def test_json_is_the_applications(app: App, client: FlaskClient) -> None:
    app.json.sort_keys = False  # type: ignore[attr-defined]  # DefaultJSONProvider's

    @app.post("/")
    def echo() -> str:
        return request.get_data(as_text=True)

    assert client.post("/", json={"b": 1, "a": 2}).text == '{"b": 1, "a": 2}'


def test_open_takes_builder_environ_and_request(app: App, client: FlaskClient) -> None:
    @app.get("/x")
    def index() -> str:
        return f"{request.args['a']} {request.environ.get('extra')}"

    client.environ_base["extra"] = "e"
    builder = EnvironBuilder(app, "/x?a=1")
    assert client.open(builder).text == "1 e"
    assert client.open(builder.get_environ()).text == "1 e"
    assert client.open(builder.get_request()).text == "1 e"
    assert client.open(WerkzeugBuilder("/x?a=1")).text == "1 e"
    assert client.get("/x?a=1", environ_base={"extra": "own"}).text == "1 own"


def test_context_is_kept_in_a_with_block(app: App) -> None:
    @app.get("/<name>")
    def index(name: str) -> str:
        g.name = name
        return name

    with app.test_client() as client:
        client.get("/a")
        assert (request.path, g.name) == ("/a", "a")
        client.get("/b")
        assert (request.path, g.name) == ("/b", "b")
    assert not has_request_context()


def test_nested_client(client: FlaskClient) -> None:
    with client, pytest.raises(RuntimeError) as caught:
        client.__enter__()
    assert isinstance(caught.value, NestedClientError)
    assert str(caught.value) == (
        "Cannot nest client invocations.\n"
        "  Why: this client is in a with block already.\n"
        "  Fix: make another client with app.test_client()."
    )


def test_session_transaction(app: App, client: FlaskClient) -> None:
    @app.get("/")
    def index() -> str:
        return str(session["a"])

    with client.session_transaction() as own:
        own["a"] = 1
    assert client.get("/").text == "1"
    with client.session_transaction() as own:
        assert own["a"] == 1


def test_session_transaction_without_cookies(app: App) -> None:
    client = app.test_client(use_cookies=False)
    with pytest.raises(TypeError) as caught, client.session_transaction():
        pass
    assert isinstance(caught.value, NoCookiesError)
    assert str(caught.value) == (
        "Cookies are disabled.\n"
        "  Why: a session is kept in a cookie of the client.\n"
        "  Fix: write app.test_client(use_cookies=True)."
    )


def test_session_transaction_without_key(app: App, client: FlaskClient) -> None:
    app.secret_key = None
    with pytest.raises(RuntimeError) as caught, client.session_transaction():
        pass
    assert isinstance(caught.value, NoSessionError)
    assert str(caught.value) == (
        "Session backend did not open a session.\n"
        "  Why: open_session returned None, as it does without a secret key.\n"
        '  Fix: write app.secret_key = "test".'
    )


def test_redirects_are_followed(app: App, client: FlaskClient) -> None:
    @app.get("/a")
    def a() -> Any:
        return "", 302, {"Location": "/b"}

    @app.get("/b")
    def b() -> str:
        return "there"

    response = client.get("/a", follow_redirects=True)
    assert response.text == "there"
    assert [one.status_code for one in response.history] == [302]


def test_runner_knows_the_application(app: App) -> None:
    @app.cli.command()
    @click.argument("name")
    def greet(name: str) -> None:
        click.echo(f"Hello {name}")

    runner = app.test_cli_runner()
    assert runner.invoke(args=["greet", "Ada"]).output == "Hello Ada\n"
    assert runner.invoke(greet, ["Bo"]).output == "Hello Bo\n"
