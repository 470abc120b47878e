"""The same small apps in each framework, for `bench/dispatch.py`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import bottle
import falcon
import flask
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

import werkbook
from werkbook import live
from werkbook.registrations.ledger import ledger

ROWS = [{"id": i, "name": f"name {i}"} for i in range(10)]
SOURCE = (
    "<ul>{% for row in rows %}<li>{{ row.id }}: {{ row.name }}</li>{% endfor %}</ul>"
)
FOLDER = tempfile.TemporaryDirectory()
Path(FOLDER.name, "rows.html").write_text(SOURCE)
Make = Callable[[Any, Any], None]


@dataclass
class Workload:
    """A request and the apps that answer it.

    Attributes:
        name: As in the table.
        path: The request's path.
        make: Registers the views on a Flask-like app, given it and its module.
        others: Other frameworks' apps, by name.
    """

    name: str
    path: str
    make: Make
    others: dict[str, Callable[[], Any]] = field(default_factory=dict)
    method: str = "GET"
    query: str = ""
    body: bytes = b""
    content_type: str = ""
    cookie: str = ""
    expected: bytes | None = None

    def environ(self) -> dict[str, Any]:
        """Return the WSGI environ of the request."""
        environ = {
            "REQUEST_METHOD": self.method,
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "5000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:5000",
            "HTTP_USER_AGENT": "bench",
            "HTTP_ACCEPT": "*/*",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": None,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if self.body:
            environ["CONTENT_LENGTH"] = str(len(self.body))
            environ["CONTENT_TYPE"] = self.content_type
        if self.cookie:
            environ["HTTP_COOKIE"] = self.cookie
        return environ

    def apps(self, *, live: bool) -> dict[str, Any]:
        """Return the apps by the name of their framework."""
        made = {"werkbook": self._own(is_live=False)}
        if live:
            made["live"] = self._own(is_live=True)
        other = flask.Flask("bench", root_path=FOLDER.name, template_folder=".")
        other.secret_key = "bench"
        self.make(other, flask)
        made["flask"] = other
        made.update({name: build() for name, build in self.others.items()})
        return made

    def _own(self, *, is_live: bool) -> Any:
        if not is_live:
            return self._build()
        run = live.begin(live.Owner("bench-" + self.name, "In[1]"))
        live.enable()
        app = self._build()
        live.commit(run)
        app.snapshot()

        def in_live_mode(environ: Any, start_response: Any) -> Any:
            ledger.is_live = True
            try:
                return app(environ, start_response)
            finally:
                ledger.is_live = False

        ledger.is_live = False
        return in_live_mode

    def _build(self) -> Any:
        app = werkbook.App("bench", root_path=FOLDER.name, template_folder=".")
        app.secret_key = "bench"
        self.make(app, werkbook)
        return app

    def check(self, bodies: dict[str, bytes]) -> None:
        """Make sure that all apps answer the same, as far as they should."""
        if self.expected is not None:
            for name, body in bodies.items():
                if body.strip() != self.expected:
                    raise SystemExit(f"{self.name}: {name} answers {body[:100]!r}")


def hello(app: Any, module: Any) -> None:
    @app.get("/hello/<name>")
    def hello(name: str) -> str:
        return f"Hello {name}!"


def query(app: Any, module: Any) -> None:
    @app.get("/query")
    def query() -> str:
        args = module.request.args
        return f"{args['a']} {args['b']}"


def json(app: Any, module: Any) -> None:
    @app.get("/json")
    def json() -> dict[str, Any]:
        return {"message": "Hello", "n": 1}


def template(app: Any, module: Any) -> None:
    @app.get("/template")
    def template() -> str:
        return module.render_template_string(SOURCE, rows=ROWS)


def template_file(app: Any, module: Any) -> None:
    @app.get("/template")
    def template() -> str:
        return module.render_template("rows.html", rows=ROWS)


def session(app: Any, module: Any) -> None:
    @app.get("/session")
    def session() -> str:
        module.session["n"] = module.session.get("n", 0) + 1
        return str(module.session["n"])


def hooks(app: Any, module: Any) -> None:
    @app.before_request
    def before() -> None:
        module.g.user = "Ada"

    @app.after_request
    def after(response: Any) -> Any:
        response.headers["X-Bench"] = "1"
        return response

    @app.get("/hooks")
    def view() -> str:
        return f"Hello {module.g.user}!"


def form(app: Any, module: Any) -> None:
    @app.post("/form")
    def form() -> str:
        values = module.request.form
        return f"{values['name']} {values['age']}"


def thousand(app: Any, module: Any) -> None:
    def view(number: int) -> str:
        return str(number)

    for i in range(1000):
        app.add_url_rule(f"/items{i}/<int:number>", f"items{i}", view)


def nothing(app: Any, module: Any) -> None:
    @app.get("/")
    def index() -> str:
        return ""


def raw(body: bytes, content_type: str = "text/html; charset=utf-8") -> Any:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    return lambda: app


def bottle_app(rule: str, view: Any, method: str = "GET") -> Callable[[], Any]:
    def make() -> Any:
        app = bottle.Bottle()
        app.route(rule, method, view)
        return app

    return make


def falcon_app(rule: str, responder: Any, method: str = "get") -> Callable[[], Any]:
    def make() -> Any:
        app = falcon.App()
        app.add_route(rule, type("R", (), {f"on_{method}": responder})())
        return app

    return make


def werkzeug_app(rule: str, view: Any) -> Callable[[], Any]:
    def make() -> Any:
        url_map = Map([Rule(rule, endpoint="view")])

        def app(environ: Any, start_response: Any) -> Any:
            request = Request(environ)
            _, values = url_map.bind_to_environ(environ).match()
            return view(request, **values)(environ, start_response)

        return app

    return make


def _falcon_hello(_: Any, request: Any, response: Any, name: str) -> None:
    response.content_type = "text/html; charset=utf-8"
    response.text = f"Hello {name}!"


def _falcon_json(_: Any, request: Any, response: Any) -> None:
    response.media = {"message": "Hello", "n": 1}


def _falcon_query(_: Any, request: Any, response: Any) -> None:
    response.text = f"{request.params['a']} {request.params['b']}"


def _raw_query(environ: Any, start_response: Any) -> list[bytes]:
    values = parse_qs(environ["QUERY_STRING"])
    body = f"{values['a'][0]} {values['b'][0]}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


WORKLOADS = [
    Workload(
        "hello",
        "/hello/Ada",
        hello,
        {
            "bottle": bottle_app("/hello/<name>", lambda name: f"Hello {name}!"),
            "falcon": falcon_app("/hello/{name}", _falcon_hello),
            "werkzeug": werkzeug_app(
                "/hello/<name>", lambda request, name: Response(f"Hello {name}!")
            ),
            "raw": raw(b"Hello Ada!"),
        },
        expected=b"Hello Ada!",
    ),
    Workload(
        "query",
        "/query",
        query,
        {
            "bottle": bottle_app(
                "/query",
                lambda: f"{bottle.request.query['a']} {bottle.request.query['b']}",
            ),
            "falcon": falcon_app("/query", _falcon_query),
            "werkzeug": werkzeug_app(
                "/query",
                lambda request: Response(f"{request.args['a']} {request.args['b']}"),
            ),
            "raw": lambda: _raw_query,
        },
        query="a=1&b=two",
        expected=b"1 two",
    ),
    Workload(
        "json",
        "/json",
        json,
        {
            "bottle": bottle_app("/json", lambda: {"message": "Hello", "n": 1}),
            "falcon": falcon_app("/json", _falcon_json),
        },
    ),
    Workload("template", "/template", template),
    Workload("template file", "/template", template_file),
    Workload("session", "/session", session),
    Workload("hooks", "/hooks", hooks, expected=b"Hello Ada!"),
    Workload(
        "form",
        "/form",
        form,
        {
            "bottle": bottle_app(
                "/form",
                lambda: f"{bottle.request.forms['name']} {bottle.request.forms['age']}",
                "POST",
            ),
        },
        method="POST",
        body=b"name=Ada&age=36",
        content_type="application/x-www-form-urlencoded",
        expected=b"Ada 36",
    ),
    Workload("1000 rules", "/items999/7", thousand, expected=b"7"),
    Workload("one rule", "/items0/7", thousand, expected=b"7"),
    Workload("404", "/missing", nothing),
]
