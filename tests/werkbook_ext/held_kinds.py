"""Kinds of registrations of other frameworks' apps: see `kinds`."""

import bottle  # noqa: F401  # its hook of the import system is no test's leak
from tests.werkbook_ext.kinds import Kind

_CLIENT = """
from starlette.testclient import TestClient
def send(url, method="GET"):
    return TestClient(app, raise_server_exceptions=False).request(method, url)
def ask(url, method="GET"):
    response = send(url, method)
    if response.status_code != 200:
        return None
    return response.text.strip('"')
"""
FASTAPI = (
    """
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.responses import PlainTextResponse
from fastapi.templating import Jinja2Templates
from starlette.middleware.base import BaseHTTPMiddleware
import jinja2
app = FastAPI()
router = APIRouter(prefix="/r")
app.include_router(router)
sub = FastAPI()
app.mount("/sub", sub)
templates = Jinja2Templates(env=jinja2.Environment(loader=jinja2.DictLoader({})))
def given():
    return "given"
@app.get("/probe")
def probe(value: str = Depends(given)):
    return value
@app.get("/boom")
def boom():
    raise LookupError("boom")
@app.get("/teapot")
def teapot():
    raise HTTPException(418)
def render(source):
    try:
        return templates.env.from_string(source).render()
    except Exception:
        return None
"""
    + _CLIENT
)
STARLETTE = (
    """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router
app = Starlette()
def page(text):
    def view(request):
        return PlainTextResponse(text)
    return view
"""
    + _CLIENT
)
FASTHTML = (
    """
from fasthtml.core import APIRouter, FastHTML, Div
from starlette.responses import PlainTextResponse
app = FastHTML(secret_key="test")
router = APIRouter(prefix="/r")
router.to_app(app)
@app.get("/probe")
def probe(request):
    return PlainTextResponse(request.scope.get("k", "none"))
@app.get("/page")
def page():
    return Div("page")
"""
    + _CLIENT
)
BOTTLE = """
import bottle
from bottle import Bottle
from werkzeug.test import Client
app = Bottle()
sub = Bottle()
app.mount("/sub/", sub)
@app.get("/probe")
def probe():
    return ""
@app.get("/boom")
def boom():
    bottle.abort(418)
def send(url, method="GET"):
    return Client(app).open(url, method=method)
def ask(url, method="GET"):
    response = send(url, method)
    return response.get_data(as_text=True) if response.status_code == 200 else None
"""

_WORDS = "next((v for v in ('one', 'two', 'three') if {}), None)"


def _fastapi(name: str, source: str, probe: str) -> Kind:
    return Kind(f"FastAPI: {name}", source, probe, FASTAPI)


def _starlette(name: str, source: str, probe: str) -> Kind:
    return Kind(f"Starlette: {name}", source, probe, STARLETTE)


def _fasthtml(name: str, source: str, probe: str) -> Kind:
    return Kind(f"FastHTML: {name}", source, probe, FASTHTML)


def _bottle(name: str, source: str, probe: str) -> Kind:
    return Kind(f"Bottle: {name}", source, probe, BOTTLE)


HELD_KINDS = [
    _fastapi("get", '@app.get("/k")\ndef k_{v}():\n    return "{v}"', "ask('/k')"),
    _fastapi(
        "methods",
        '@app.api_route("/k", methods=["GET", "PUT"])\ndef k():\n    return "{v}"',
        "ask('/k', 'PUT')",
    ),
    _fastapi(
        "path",
        '@app.get("/k/{v}")\ndef k():\n    return "{v}"',
        _WORDS.format("ask('/k/' + v)"),
    ),
    _fastapi(
        "path parameter",
        '@app.get("/k/{{v}}")\ndef k({v}: str):\n    return "{v}"',
        "ask('/k/x')",
    ),
    _fastapi(
        "included router",
        '@router.get("/k")\nasync def k():\n    return "{v}"',
        "ask('/r/k')",
    ),
    _fastapi(
        "include_router",
        'late = APIRouter()\n@late.get("/k")\ndef k():\n    return "{v}"\n'
        'app.include_router(late, prefix="/late")',
        "ask('/late/k')",
    ),
    _fastapi(
        "app that is mounted",
        '@sub.get("/k")\ndef k():\n    return "{v}"',
        "ask('/sub/k')",
    ),
    _fastapi(
        "mount",
        'late = FastAPI()\n@late.get("/k")\ndef k():\n    return "{v}"\n'
        'app.mount("/late", late)',
        "ask('/late/k')",
    ),
    _fastapi(
        "openapi",
        '@app.get("/k", summary="{v}")\ndef k(): ...',
        "app.openapi()['paths'].get('/k', {}).get('get', {}).get('summary')",
    ),
    _fastapi(
        "exception handler",
        "@app.exception_handler(LookupError)\n"
        'def handle(request, error):\n    return PlainTextResponse("{v}")',
        "ask('/boom')",
    ),
    _fastapi(
        "exception handler by code",
        "@app.exception_handler(418)\n"
        'def handle(request, error):\n    return PlainTextResponse("{v}")',
        "ask('/teapot')",
    ),
    _fastapi(
        "middleware",
        '@app.middleware("http")\nasync def add(request, call_next):\n'
        "    response = await call_next(request)\n"
        '    response.headers["X-K"] = "{v}"\n    return response',
        "send('/probe').headers.get('X-K')",
    ),
    _fastapi(
        "add_middleware",
        "class Add(BaseHTTPMiddleware):\n"
        "    async def dispatch(self, request, call_next):\n"
        "        response = await call_next(request)\n"
        '        response.headers["X-K"] = "{v}"\n        return response\n'
        "app.add_middleware(Add)",
        "send('/probe').headers.get('X-K')",
    ),
    _fastapi(
        "dependency override",
        'app.dependency_overrides[given] = lambda: "{v}"',
        "(lambda text: None if text == 'given' else text)(ask('/probe'))",
    ),
    _fastapi("state", 'app.state.k = "{v}"', "getattr(app.state, 'k', None)"),
    _fastapi(
        "attribute",
        'app.description = "{v}"',
        "app.openapi()['info'].get('description')",
    ),
    _fastapi(
        "startup",
        'app.router.add_event_handler("startup", lambda: "{v}")',
        "next((f() for f in app.router.on_startup), None)",
    ),
    _fastapi(
        "template filter",
        'templates.env.filters["k"] = lambda value: "{v}"',
        "render('{{ 1|k }}')",
    ),
    _fastapi(
        "template global",
        'templates.env.globals["k"] = "{v}"',
        "render('{{ k }}') or None",
    ),
    _fastapi(
        "%%template", "%%template k.html\n{v}", "render('{% include \"k.html\" %}')"
    ),
    _starlette("add_route", 'app.add_route("/k", page("{v}"))', "ask('/k')"),
    _starlette("routes", 'app.routes.append(Route("/k", page("{v}")))', "ask('/k')"),
    _starlette(
        "mount",
        'app.mount("/m", Router([Route("/k", page("{v}"))]))',
        "ask('/m/k')",
    ),
    _starlette(
        "exception handler",
        "app.add_exception_handler(404, lambda request, error:"
        ' PlainTextResponse("{v}"))',
        "ask('/nowhere')",
    ),
    _fasthtml(
        "route",
        '@app.route("/k", methods=["GET"])\n'
        'def k():\n    return PlainTextResponse("{v}")',
        "ask('/k')",
    ),
    _fasthtml(
        "get",
        '@app.get("/k")\ndef k():\n    return PlainTextResponse("{v}")',
        "ask('/k')",
    ),
    _fasthtml(
        "exception handler",
        "app.add_exception_handler(404, lambda request, error:"
        ' PlainTextResponse("{v}"))',
        "ask('/nowhere')",
    ),
    _fasthtml(
        "APIRouter",
        '@router.get("/k")\ndef k():\n    return PlainTextResponse("{v}")',
        "ask('/r/k')",
    ),
    _fasthtml(
        "APIRouter.to_app",
        'late = APIRouter(prefix="/late")\n@late("/k")\n'
        'def k():\n    return PlainTextResponse("{v}")\nlate.to_app(app)',
        "ask('/late/k')",
    ),
    _fasthtml(
        "before",
        'app.before.append(lambda request: request.scope.update(k="{v}"))',
        "(lambda text: None if text == 'none' else text)(ask('/probe'))",
    ),
    _fasthtml(
        "hdrs",
        'app.hdrs.append(Div("{v}"))',
        _WORDS.format("f'<div>{v}</div>' in send('/page').text"),
    ),
    _fasthtml("htmlkw", 'app.htmlkw["k"] = "{v}"', "app.htmlkw.get('k')"),
    _fasthtml(
        "startup",
        '@app.on_event("startup")\ndef start():\n    return "{v}"',
        "next((f() for f in app.lifespan.startup), None)",
    ),
    _bottle("config", 'app.config["k"] = "{v}"', "app.config.get('k')"),
    _bottle("config.update", 'app.config.update(k="{v}", l=1)', "app.config.get('k')"),
    _bottle(
        "config.load_dict",
        'app.config.load_dict({"a": {"k": "{v}"}})',
        "app.config.get('a.k')",
    ),
    _bottle(
        "config of a route",
        'app.config["k"] = "{v}"\n@app.get("/k")\ndef k(): return ""',
        "next((r.config.get('k') for r in app.routes if r.rule == '/k'), None)",
    ),
    _bottle("attribute", 'app.k = "{v}"', "getattr(app, 'k', None)"),
    _bottle("get", '@app.get("/k")\ndef k_{v}():\n    return "{v}"', "ask('/k')"),
    _bottle(
        "methods",
        '@app.route("/k", method=["GET", "PUT"])\ndef k():\n    return "{v}"',
        "ask('/k', 'PUT')",
    ),
    _bottle(
        "path",
        '@app.get("/k/{v}")\ndef k():\n    return "{v}"',
        _WORDS.format("ask('/k/' + v)"),
    ),
    _bottle(
        "path parameter",
        '@app.get("/k/<{v}>")\ndef k({v}):\n    return "{v}"',
        "ask('/k/x')",
    ),
    _bottle(
        "filter",
        'app.router.add_filter("letters", lambda config: ("{v}", None, None))',
        "app.router.filters.get('letters', lambda config: (None,))(None)[0]",
    ),
    _bottle(
        "app that is mounted",
        '@sub.get("/k")\ndef k():\n    return "{v}"',
        "ask('/sub/k')",
    ),
    _bottle(
        "mount",
        'late = Bottle()\n@late.get("/k")\ndef k():\n    return "{v}"\n'
        'app.mount("/late/", late)',
        "ask('/late/k')",
    ),
    _bottle(
        "error",
        "@app.error(418)\ndef handle(error):\n    bottle.response.status = 200\n"
        '    return "{v}"',
        "ask('/boom')",
    ),
    _bottle(
        "hook",
        '@app.hook("after_request")\ndef add():\n'
        '    bottle.response.headers["X-K"] = "{v}"',
        "send('/probe').headers.get('X-K')",
    ),
    _bottle(
        "plugin",
        "def plugin(callback):\n    def call(*values, **named):\n"
        '        return callback(*values, **named) or "{v}"\n    return call\n'
        "app.install(plugin)",
        "ask('/probe') or None",
    ),
]
