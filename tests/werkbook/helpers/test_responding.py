"""Responses, redirects, errors and URLs that a view answers with."""

from typing import Any

import pytest
from werkzeug.exceptions import Forbidden, HTTPException, NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from werkbook import (
    App,
    Response,
    abort,
    get_template_attribute,
    make_response,
    redirect,
    url_for,
)
from werkbook.testing import FlaskClient


def test_make_response(app: App) -> None:
    with app.test_request_context():
        assert make_response().data == b""
        assert make_response("text").data == b"text"
        tuple_ = make_response("text", 201, {"X-A": "1"})
        assert (tuple_.status_code, tuple_.headers["X-A"]) == (201, "1")
        response = Response("x")
        assert make_response(response) is response


def test_headers_of_a_response_may_be_a_dict(app: App, client: FlaskClient) -> None:
    @app.get("/")
    def view() -> Response:
        response = Response("x", 418)
        response.headers = {"X-More": "1"}  # type: ignore[assignment]  # as httpbin does
        return response

    answer = client.get("/")
    assert (answer.status_code, answer.headers["X-More"]) == (418, "1")
    assert answer.headers["Content-Length"] == "1"


def test_redirect_is_the_applications(app: App) -> None:
    class Custom(Response):
        pass

    app.response_class = Custom
    with app.app_context():
        assert isinstance(redirect("/x", 303), Custom)
    plain = redirect("/x")
    assert type(plain) is WerkzeugResponse
    assert (plain.status_code, plain.location) == (302, "/x")


def test_redirect_does_not_split_headers(app: App, client: FlaskClient) -> None:
    @app.get("/")
    def go() -> Any:
        return redirect("/x\r\nSet-Cookie: evil=1")

    with pytest.raises(ValueError, match="must not contain newline"):
        client.get("/")
    app.testing = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Set-Cookie" not in response.headers


def test_abort(app: App) -> None:
    class Aborter(type(app.make_aborter())):  # type: ignore[misc]  # the app's class
        pass

    with pytest.raises(NotFound):
        abort(404)
    with app.app_context():
        with pytest.raises(Forbidden) as caught:
            abort(403, description="why")
        assert caught.value.description == "why"
        with pytest.raises(HTTPException) as response:
            abort(Response("own", 418))
        assert response.value.get_response().status_code == 418
        with pytest.raises(LookupError):
            abort(299)


def test_abort_with_custom_mapping(app: App) -> None:
    class Teapot(HTTPException):
        code = 499

    app.aborter.mapping[499] = Teapot
    with app.app_context(), pytest.raises(Teapot):
        abort(499)


def test_url_for(app: App) -> None:
    app.add_url_rule("/u/<int:id>", "user", lambda id: "")
    with app.test_request_context():
        assert url_for("user", id=1, q="a b", _anchor="x y") == "/u/1?q=a+b#x%20y"
        assert url_for("user", id=1, _external=True) == "http://localhost/u/1"
        assert (
            url_for("user", id=1, _external=True, _scheme="https")
            == "https://localhost/u/1"
        )


def test_get_template_attribute(app: App, tmp_path: Any) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "m.html").write_text(
        "{% macro hello(name) %}Hello {{ name }}!{% endmacro %}"
    )
    app = App("macro_app", root_path=str(tmp_path))
    with app.app_context():
        hello = get_template_attribute("m.html", "hello")
        assert hello("<A>") == "Hello &lt;A&gt;!"
        with pytest.raises(AttributeError):
            get_template_attribute("m.html", "none")


def test_allowed_methods_are_sent_in_order(app: App, client: FlaskClient) -> None:
    """What differs between processes would differ between two runs of a notebook."""
    for method in ("PUT", "DELETE", "PATCH", "POST"):
        app.add_url_rule("/x", method, lambda: "", methods=[method])
    allowed = "DELETE, OPTIONS, PATCH, POST, PUT"
    assert client.get("/x").headers["Allow"] == allowed
    assert client.options("/x").headers["Allow"] == allowed
