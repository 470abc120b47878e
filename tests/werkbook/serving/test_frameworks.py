"""Real apps of other frameworks are served as they are."""

import sys
from types import ModuleType
from typing import Any

import bottle
import flask
import pytest
import requests


def flask_app() -> Any:
    from flask import redirect, request, session

    app = flask.Flask(__name__)
    app.secret_key = "test"

    @app.get("/hello/<name>")
    def hello(name: str) -> str:
        print("saying hello")
        session["name"] = name
        return f"Hello {name}"

    @app.post("/form")
    def form() -> Any:
        return redirect(f"/hello/{request.form['name']}")

    @app.get("/boom")
    def boom() -> str:
        raise LookupError("in the view")

    return app


def bottle_app() -> Any:
    from bottle import redirect, request

    app = bottle.Bottle()

    @app.get("/hello/<name>")
    def hello(name: str) -> str:
        print("saying hello")
        return f"Hello {name}"

    @app.post("/form")
    def form() -> Any:
        redirect(f"/hello/{request.forms['name']}")

    @app.get("/boom")
    def boom() -> str:
        raise LookupError("in the view")

    return app


def falcon_app() -> Any:
    import falcon

    class Hello:
        def on_get(self, request: Any, response: Any, name: str) -> None:
            print("saying hello")
            response.text = f"Hello {name}"

    class Form:
        def on_post(self, request: Any, response: Any) -> None:
            raise falcon.HTTPFound(f"/hello/{request.get_media()['name']}")

    class Boom:
        def on_get(self, request: Any, response: Any) -> None:
            raise LookupError("in the view")

    app = falcon.App()
    app.add_route("/hello/{name}", Hello())
    app.add_route("/form", Form())
    app.add_route("/boom", Boom())
    return app


def django_app() -> Any:
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse, HttpResponseRedirect
    from django.urls import path

    def hello(request: Any, name: str) -> Any:
        print("saying hello")
        return HttpResponse(f"Hello {name}")

    def form(request: Any) -> Any:
        return HttpResponseRedirect(f"/hello/{request.POST['name']}")

    def boom(request: Any) -> Any:
        raise LookupError("in the view")

    urls = ModuleType("werkbook_tests_django_urls")
    urls.urlpatterns = [  # type: ignore[attr-defined]
        path("hello/<name>", hello),
        path("form", form),
        path("boom", boom),
    ]
    sys.modules[urls.__name__] = urls
    if not settings.configured:
        settings.configure(
            DEBUG=False,
            SECRET_KEY="test",
            ROOT_URLCONF=urls.__name__,
            ALLOWED_HOSTS=["*"],
            LOGGING_CONFIG=None,
        )
        django.setup()
    return get_wsgi_application()


MAKERS = {
    "flask": flask_app,
    "bottle": bottle_app,
    "falcon": falcon_app,
    "django": django_app,
}


@pytest.mark.parametrize("framework", MAKERS)
def test_framework_is_served(started: Any, framework: str, capsys: Any) -> None:
    server = started(MAKERS[framework]())
    with requests.Session() as session:
        response = session.get(f"{server.url}/hello/Ada", timeout=10)
        assert (response.status_code, response.text) == (200, "Hello Ada")
        assert server.exchanges.last().output == "saying hello\n"
        response = session.post(f"{server.url}/form", data={"name": "Bo"}, timeout=10)
        assert response.text == "Hello Bo"
        assert response.history[0].status_code in (302, 303)
        sent = [one for one in server.exchanges if one.method == "POST"]
        assert [one.request_body for one in sent] == [b"name=Bo"]
        assert session.head(f"{server.url}/hello/Ada", timeout=10).text == ""
        assert session.get(f"{server.url}/none", timeout=10).status_code == 404
        assert session.get(f"{server.url}/boom", timeout=10).status_code == 500
        assert session.get(f"{server.url}/hello/Cy", timeout=10).text == "Hello Cy"
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_rule_of_a_flask_app_is_noted(started: Any) -> None:
    app = flask_app()
    server = started(app)
    for path in ["/hello/Ada", "/hello/Bo", "/none"]:
        requests.get(server.url + path, timeout=10)
    rules = [(one.rule, one.endpoint) for one in server.exchanges]
    assert rules == [("/hello/<name>", "hello")] * 2 + [(None, None)]
    assert server.exchanges.counts(app) == {
        "/hello/<name>": (2, 200),
        "hello": (2, 200),
    }


def test_escaping_error_of_a_debugging_flask(started: Any, capsys: Any) -> None:
    app = flask_app()
    app.config["PROPAGATE_EXCEPTIONS"] = True
    server = started(app)
    response = requests.get(f"{server.url}/boom", timeout=10)
    assert response.status_code == 500
    assert response.text == "Internal Server Error\nLookupError: in the view\n"
    assert isinstance(server.exchanges.last().exception, LookupError)
    assert capsys.readouterr() == ("", "")


def test_flasks_websocket_extensions_find_the_socket(started: Any) -> None:
    app = flask_app()

    @app.get("/socket", websocket=True)
    def socket() -> str:
        return type(flask.request.environ["werkzeug.socket"]).__name__

    server = started(app)
    headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
    response = requests.get(f"{server.url}/socket", headers=headers, timeout=10)
    assert (response.status_code, response.text) == (200, "UpgradedSocket")
