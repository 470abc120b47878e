"""Sessions: signed cookies, their settings, custom interfaces."""

import datetime
from typing import Any

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer
from itsdangerous.exc import BadSignature

from werkbook import App, request, session
from werkbook.sessions import (
    NoSecretKeyError,
    NullSession,
    SecureCookieSession,
    SecureCookieSessionInterface,
    SessionInterface,
    SessionMixin,
    lazy_sha1,
)
from werkbook.signing import KeptSerializer
from werkbook.testing import FlaskClient


def counting(app: App) -> App:
    @app.get("/count")
    def count() -> str:
        session["n"] = session.get("n", 0) + 1
        return str(session["n"])

    @app.get("/read")
    def read() -> str:
        return str(session.get("n"))

    @app.get("/clear")
    def clear() -> str:
        session.clear()
        return ""

    @app.get("/none")
    def none() -> str:
        return ""

    return app


def test_counts(app: App, client: FlaskClient) -> None:
    counting(app)
    assert [client.get("/count").text for _ in range(3)] == ["1", "2", "3"]
    assert client.get("/read").text == "3"


def test_cookie_is_http_only_and_varies(app: App, client: FlaskClient) -> None:
    counting(app)
    response = client.get("/count")
    assert response.headers["Vary"] == "Cookie"
    cookie = response.headers["Set-Cookie"]
    assert cookie.endswith("; HttpOnly; Path=/")
    assert "Set-Cookie" not in client.get("/read").headers
    assert client.get("/read").headers["Vary"] == "Cookie"
    assert "Vary" not in client.get("/none").headers


def test_vary_is_added_to(app: App, client: FlaskClient) -> None:
    counting(app)

    @app.after_request
    def vary(response: Any) -> Any:
        response.vary.add("Accept")
        return response

    assert client.get("/read").headers["Vary"] == "Accept, Cookie"


def test_cleared_session_deletes_the_cookie(app: App, client: FlaskClient) -> None:
    counting(app)
    client.get("/count")
    cookie = client.get("/clear").headers["Set-Cookie"]
    assert "Max-Age=0" in cookie
    assert "HttpOnly" in cookie
    assert client.get("/read").text == "None"


def test_flask_reads_the_cookie_and_back(app: App, client: FlaskClient) -> None:
    """Either framework reads the other's sessions, so one can move to the other."""
    counting(app)
    other = flask.Flask("other")
    other.secret_key = app.secret_key
    counting_in_flask: Any = other

    @counting_in_flask.get("/count")
    def count() -> str:
        flask.session["n"] = flask.session.get("n", 0) + 1
        return str(flask.session["n"])

    client.get("/count")
    cookie = client.get_cookie("session")
    assert cookie is not None
    flask_client = other.test_client()
    flask_client.set_cookie("session", cookie.value)
    assert flask_client.get("/count").text == "2"
    back = flask_client.get_cookie("session")
    assert back is not None
    client.set_cookie("session", back.value)
    assert client.get("/count").text == "3"


@pytest.mark.parametrize("position", [0, 3, -1])
def test_tampered_cookie_is_an_empty_session(
    app: App, client: FlaskClient, position: int
) -> None:
    counting(app)
    client.get("/count")
    cookie = client.get_cookie("session")
    assert cookie is not None
    letters = list(cookie.value)
    # The lowest bits of the last letter stand for nothing: A to D are alike there.
    letters[position] = "A" if letters[position] not in "ABCD" else "Q"
    client.set_cookie("session", "".join(letters))
    assert client.get("/read").text == "None"


def test_other_key_is_an_empty_session(app: App, client: FlaskClient) -> None:
    counting(app)
    client.get("/count")
    app.secret_key = "another"
    assert client.get("/read").text == "None"


def test_old_keys_verify_but_do_not_sign(app: App, client: FlaskClient) -> None:
    counting(app)
    client.get("/count")
    old, app.secret_key = app.secret_key, "new"
    app.config["SECRET_KEY_FALLBACKS"] = [old]
    assert client.get("/count").text == "2"
    app.config["SECRET_KEY_FALLBACKS"] = []
    assert client.get("/count").text == "3"


def test_expired_cookie_is_an_empty_session(
    app: App, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting(app)
    client.get("/count")
    app.permanent_session_lifetime = datetime.timedelta(seconds=-1)
    assert client.get("/read").text == "None"


def test_permanent_session_expires_and_refreshes(app: App, client: FlaskClient) -> None:
    counting(app)

    @app.before_request
    def make_permanent() -> None:
        session.permanent = True

    assert "Expires=" in client.get("/count").headers["Set-Cookie"]
    assert "Expires=" in client.get("/read").headers["Set-Cookie"]


def test_settings_reach_the_cookie(app: App, client: FlaskClient) -> None:
    counting(app)
    app.config.update(
        SESSION_COOKIE_NAME="s",
        SESSION_COOKIE_DOMAIN="localhost",
        SESSION_COOKIE_PATH="/count",
        SESSION_COOKIE_HTTPONLY=False,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PARTITIONED=True,
    )
    name, *settings = client.get("/count").headers["Set-Cookie"].split("; ")
    assert name.startswith("s=")
    assert settings == [
        "Domain=localhost",
        "Secure",
        "Path=/count",
        "SameSite=Lax",
        "Partitioned",
    ]


def test_application_root_is_the_default_path(app: App, client: FlaskClient) -> None:
    counting(app)
    app.config["APPLICATION_ROOT"] = "/root"
    cookie = client.get("/count", base_url="http://localhost").headers["Set-Cookie"]
    assert cookie.endswith("Path=/root")


def test_no_secret_key(app: App, client: FlaskClient) -> None:
    counting(app)
    app.secret_key = None
    assert client.get("/read").text == "None"
    with pytest.raises(RuntimeError) as caught:
        client.get("/count")
    assert isinstance(caught.value, NoSecretKeyError)
    assert str(caught.value) == (
        "The session is unavailable because no secret key was set.\n"
        "  Why: the session's cookie is signed with the application's secret key.\n"
        '  Fix: write app.secret_key = "..." with a random text; '
        "python -c 'import secrets; print(secrets.token_hex())' prints one."
    )


def test_null_session_refuses_every_change() -> None:
    null = NullSession()
    changes: list[Any] = [
        lambda: null.update(a=1),
        lambda: null.pop("a"),
        lambda: null.setdefault("a", 1),
        lambda: null.clear(),
        lambda: null.popitem(),
        lambda: null.__delitem__("a"),
        lambda: null.__ior__({"a": 1}),
    ]
    for change in changes:
        with pytest.raises(NoSecretKeyError):
            change()
    assert null.get("a") is None


def test_modified_is_set_by_the_dict_alone() -> None:
    inner: dict[str, int] = {}
    own = SecureCookieSession({"a": inner})
    inner["b"] = 1
    assert not own.modified
    own["c"] = 1
    assert own.modified


def test_accessed_is_set_by_the_proxy(app: App) -> None:
    with app.test_request_context() as context:
        assert not context._session or not context._session.accessed  # type: ignore[attr-defined]  # as in Flask
        session.get("a")
        assert session.accessed


def test_custom_interface(app: App, client: FlaskClient) -> None:
    class Memory(dict[str, Any], SessionMixin):
        pass

    class Interface(SessionInterface):
        store = Memory()
        saved = 0

        def open_session(self, app: App, request: Any) -> SessionMixin:
            return self.store

        def save_session(self, app: App, session: Any, response: Any) -> None:
            self.saved += 1

    app.session_interface = interface = Interface()
    counting(app)
    assert [client.get("/count").text for _ in range(2)] == ["1", "2"]
    assert interface.saved == 2


def test_interface_that_opens_nothing_gives_a_null_session(app: App) -> None:
    class Interface(SessionInterface):
        def open_session(self, app: App, request: Any) -> None:
            return None

    app.session_interface = Interface()
    with app.test_request_context():
        assert app.session_interface.is_null_session(session._get_current_object())  # type: ignore[attr-defined]  # a proxy's


def test_open_session_sees_the_request(app: App, client: FlaskClient) -> None:
    paths = []

    class Interface(SecureCookieSessionInterface):
        def open_session(self, app: App, request_: Any) -> Any:
            paths.append(request.path)
            return super().open_session(app, request_)

    app.session_interface = Interface()
    counting(app)
    client.get("/read")
    assert paths == ["/read"]


def test_serializer_is_kept_until_a_setting_changes(app: App) -> None:
    interface = SecureCookieSessionInterface()
    first = interface.get_signing_serializer(app)
    assert interface.get_signing_serializer(app) is first
    app.config["SECRET_KEY_FALLBACKS"] = ["old"]
    second = interface.get_signing_serializer(app)
    assert second is not first
    app.config["SECRET_KEY_FALLBACKS"].append("older")
    assert interface.get_signing_serializer(app) is not second


@given(
    st.dictionaries(st.text(max_size=20), st.text(max_size=200)),
    st.lists(st.text(min_size=1) | st.binary(min_size=1), min_size=1, max_size=3),
    st.sampled_from(["hmac", "concat", "django-concat"]),
)
def test_kept_serializer_is_itsdangerous(
    value: dict[str, str], keys: list[Any], derivation: str
) -> None:
    """The kept serializer signs as itsdangerous does, and each reads the other's."""
    signer: Any = {"key_derivation": derivation, "digest_method": lazy_sha1}
    theirs = URLSafeTimedSerializer(keys, salt="s", signer_kwargs=signer)
    by_name = {**signer, "openssl_name": "sha1"}
    for settings in (signer, by_name):
        check_serializer(
            KeptSerializer(keys, salt="s", signer_kwargs=settings), theirs, value
        )


def check_serializer(
    ours: KeptSerializer, theirs: URLSafeTimedSerializer, value: dict[str, str]
) -> None:
    signed = ours.dumps(value)
    assert theirs.loads(signed, max_age=60) == value
    assert ours.loads(theirs.dumps(value), max_age=60) == value
    with pytest.raises(BadSignature):
        ours.loads(signed + "A", max_age=60)
    with pytest.raises(BadSignature):
        ours.loads(signed, salt="other")
