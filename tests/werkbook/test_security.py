"""What must not be possible, whatever a client sends.

Files outside of folders are in `test_sending.py`, forged sessions in
`test_sessions.py`.
"""

import io
from typing import Any

import pytest

from werkbook import (
    App,
    Response,
    make_response,
    redirect,
    render_template_string,
    request,
    send_file,
    url_for,
)
from werkbook.testing import FlaskClient

INJECTION = "x\r\nSet-Cookie: evil=1"


@pytest.mark.parametrize(
    "answer",
    [
        lambda: ("", {"X-A": INJECTION}),
        lambda: ("", 200, [("X-A", INJECTION)]),
        lambda: Response("", headers={"X-A": INJECTION}),
        lambda: Response("", content_type=f"text/html{INJECTION}"),
        lambda: Response("", mimetype=f"text/html{INJECTION}"),
        lambda: redirect(INJECTION),
        lambda: set_header(make_response("")),
    ],
)
def test_headers_hold_no_line_breaks(
    app: App, client: FlaskClient, answer: Any
) -> None:
    app.testing = False
    app.add_url_rule("/", "index", answer)
    response = client.get("/")
    assert response.status_code == 500
    assert "Set-Cookie" not in response.headers


def set_header(response: Response) -> Response:
    response.headers["X-A"] = INJECTION
    return response


def test_cookies_hold_no_line_breaks(app: App, client: FlaskClient) -> None:
    @app.get("/")
    def index() -> Response:
        response = make_response("")
        response.set_cookie("a", INJECTION)
        return response

    [cookie] = client.get("/").headers.getlist("Set-Cookie")
    assert cookie == 'a="x\\015\\012Set-Cookie: evil=1"; Path=/'


def test_download_names_hold_no_line_breaks(app: App) -> None:
    with app.test_request_context(), pytest.raises(ValueError, match="newline"):
        send_file(
            io.BytesIO(b""),
            mimetype="a/b",
            as_attachment=True,
            download_name=INJECTION,
        )


@pytest.fixture
def forms(app: App) -> App:
    @app.post("/")
    def read() -> dict[str, int]:
        return {"fields": len(request.form), "files": len(request.files)}

    return app


def test_max_content_length(forms: App, client: FlaskClient) -> None:
    forms.config["MAX_CONTENT_LENGTH"] = 50
    assert client.post("/", data={"a": "x" * 10}).status_code == 200
    assert client.post("/", data={"a": "x" * 50}).status_code == 413
    upload = {"f": (io.BytesIO(b"x" * 50), "f.txt")}
    assert client.post("/", data=upload).status_code == 413


def test_max_content_length_of_a_lying_client(forms: App, client: FlaskClient) -> None:
    """A body without a length is cut off too, where the server ends the stream."""
    forms.config["MAX_CONTENT_LENGTH"] = 50
    response = client.post(
        "/",
        input_stream=io.BytesIO(b"a=" + b"x" * 100),
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == 413


def test_max_form_memory_size(forms: App, client: FlaskClient) -> None:
    forms.config["MAX_FORM_MEMORY_SIZE"] = 1000
    kind = "multipart/form-data"
    assert client.post("/", data={"a": "x" * 100}, content_type=kind).status_code == 200
    assert (
        client.post("/", data={"a": "x" * 1001}, content_type=kind).status_code == 413
    )


def test_max_form_memory_size_has_a_default(forms: App, client: FlaskClient) -> None:
    response = client.post(
        "/", data={"a": "x" * 500_001}, content_type="multipart/form-data"
    )
    assert response.status_code == 413


def test_max_form_parts(forms: App, client: FlaskClient) -> None:
    # By hand: where Werkzeug's client puts its random boundary, Werkzeug's parser
    # may stumble over the edge of a chunk, and drops the whole form.
    part = '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
    body = part * 1001 + "--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    assert client.post("/", data=body, content_type=kind).status_code == 413
    forms.config["MAX_FORM_PARTS"] = 1001
    assert client.post("/", data=body, content_type=kind).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("example.com", 200),
        ("a.example.com", 200),
        ("example.com:5000", 200),
        ("evil.com", 400),
        ("example.com.evil.com", 400),
        ("evil-example.com", 400),
        ("example.com@evil.com", 400),
    ],
)
def test_trusted_hosts(app: App, host: str, status: int) -> None:
    app.config["TRUSTED_HOSTS"] = [".example.com"]

    @app.get("/")
    def index() -> str:
        return url_for("index", _external=True)

    client = app.test_client()
    response = client.get("/", headers={"Host": host})
    assert response.status_code == status
    assert client.get("/missing", headers={"Host": host}).status_code in (400, 404)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.com",
        "//evil.com/%2f..",
        "///evil.com",
        "/\\evil.com",
        "/%5cevil.com",
        "/%09/evil.com",
        "//evil.com@localhost",
    ],
)
def test_redirects_stay_on_the_host(app: App, client: FlaskClient, path: str) -> None:
    """A redirect that routing makes never leads to a host that the path names."""

    @app.get("/<path:rest>/")
    def page(rest: str) -> str:
        return rest

    @app.get("/")
    def index() -> str:
        return ""

    environ = {"PATH_INFO": path, "RAW_URI": path, "REQUEST_URI": path}
    response = client.get("/", environ_overrides=environ)
    location = response.headers.get("Location", "/")
    assert location.startswith(("http://localhost/", "/"))
    assert not location.startswith(("//", "/\\"))
    assert not location.removeprefix("http://localhost").startswith(("//", "/\\"))


def test_templates_autoescape(app: App, client: FlaskClient) -> None:
    @app.get("/")
    def index() -> str:
        return render_template_string("{{ value }}", value=request.args["v"])

    assert client.get("/?v=<script>").text == "&lt;script&gt;"


def test_error_pages_escape(app: App, client: FlaskClient) -> None:
    assert b"<script>" not in client.get("/<script>alert(1)</script>").data


def test_errors_say_nothing_of_the_inside(app: App, client: FlaskClient) -> None:
    app.testing = False

    @app.get("/")
    def index() -> str:
        raise ValueError("a secret")

    @app.get("/key")
    def key() -> str:
        return request.args["no such key"]

    assert b"secret" not in client.get("/").data
    missing = client.get("/key")
    assert missing.status_code == 400
    assert b"no such key" not in missing.data


def test_session_cookie_defaults(app: App) -> None:
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SECRET_KEY"] == app.secret_key
    assert App("other").secret_key is None
