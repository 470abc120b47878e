"""What the cells of the laws' random notebooks call, and all that an app shows.

Runs where the app lives: in this process, or in a kernel that imports it.
"""

from collections.abc import Callable, Iterable
from contextvars import Context
from typing import Any

from werkbook import (
    App,
    Blueprint,  # noqa: F401  # for the cells, which import all of this
    Response,
    abort,
    g,
    live,
    render_template_string,
)
from werkbook.signals import request_started

URLS = ("/a", "/b", "/v/word", "/v/3", "/bp/x", "/pb/x", "/bp/in/y", "/boom", "/no")
TORN: list[str] = []
MAKE_APP = "app = make_app('__main__')"


def make_app(import_name: str) -> App:
    """Make an app with the view that the error handlers are for."""
    app = App(import_name)
    app.add_url_rule("/boom", "boom", boom)
    return app


def boom() -> str:
    abort(410)


def see(text: str) -> None:
    g.setdefault("seen", []).append(text)


def view(text: str) -> Callable[..., str]:
    return lambda **values: text + "|" + ",".join(g.get("seen", []))


def hook(text: str) -> Callable[..., None]:
    """Return a function for before_request, a URL value preprocessor, a signal."""
    return lambda *args, **extra: see(text)


def after(text: str) -> Callable[[Response], Response]:
    def add(response: Response) -> Response:
        response.headers.add("X-After", text)
        return response

    return add


def torn(text: str) -> Callable[..., None]:
    return lambda error: TORN.append(text)


def connect(app: App, text: str) -> None:
    def receive(sender: App, **extra: Any) -> None:
        g.setdefault("told", []).append(text)
        g.told.sort()  # receivers have no order

    request_started.connect(receive, app, weak=False)


class Extension:
    """Refuses, as many extensions do, to be initialized twice."""

    def __init__(self, text: str) -> None:
        self.text = text

    def init_app(self, app: App) -> None:
        if "k" in app.extensions:
            raise RuntimeError("twice")
        app.extensions["k"] = self.text
        app.before_request(hook(f"extension {self.text}"))
        app.add_template_global(lambda: self.text, "extended")


def put_template(text: str) -> None:
    live.notebook.templates["t.html"] = text


def fresh_app(lines: Iterable[str]) -> tuple[App, dict[str, str]]:
    """Make an app of some statements outside any cell, and the templates beside it."""
    templates: dict[str, str] = {}
    names = {
        **globals(),
        "put_template": lambda text: templates.update({"t.html": text}),
    }
    Context().run(exec, "\n".join(lines), names)
    return names["app"], templates


def observe(app: App, templates: dict[str, str]) -> dict[str, Any]:
    """All that can be seen of an app from outside and inside."""
    client = app.test_client()
    answers = {}
    for url in URLS:
        for method in ("GET", "POST"):
            TORN.clear()
            response = client.open(url, method=method)
            after = response.headers.getlist("X-After")
            text = response.text if response.status_code != 500 else ""
            answers[f"{method} {url}"] = [response.status_code, text, after, [*TORN]]
    rules = {
        f"{method} {shape(rule.rule)}": rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    with app.test_request_context("/"):
        context = render_template_string("{{ k }}{{ extended() if extended else '' }}")
        for receiver in request_started.receivers_for(app):
            receiver(app)
        context += ",".join(g.get("told", []))
    env = app.jinja_env
    return {
        "answers": answers,
        "rules": rules,
        "config": {key: app.config.get(key) for key in "KLM"},
        "secret": app.secret_key,
        "context": context,
        "filter": called(env.filters.get("k"), 1),
        "test": called(env.tests.get("k"), 1),
        "global": env.globals.get("k"),
        "extension": app.extensions.get("k"),
        "command": app.test_cli_runner().invoke(args=["k"]).output.strip()
        if "k" in app.cli.commands
        else None,
        "shell": app.make_shell_context().get("k"),
        "templates": templates.get("t.html"),
        "blueprints": sorted(app.blueprints),
    }


def called(function: Any, *arguments: Any) -> Any:
    return None if function is None else function(*arguments)


def shape(path: str) -> str:
    """Two rules that differ in their variables' names alone are one."""
    return path.replace("<x>", "<>").replace("<y>", "<>")


def compare(app: App, lines: Iterable[str]) -> dict[str, list[Any]]:
    """Return what differs between the live app and one that is made of `lines`."""
    shown, wanted = observe(app, live.notebook.templates), observe(*fresh_app(lines))
    parts = flat(shown), flat(wanted)
    return {
        key: [parts[0].get(key), parts[1].get(key)]
        for key in sorted(parts[0].keys() | parts[1].keys())
        if parts[0].get(key) != parts[1].get(key)
    }


def flat(shown: dict[str, Any]) -> dict[str, Any]:
    """Name each thing that is seen, so that a difference says where it is."""
    found = {}
    for part, value in shown.items():
        named = value.items() if isinstance(value, dict) else [("", value)]
        found.update({f"{part} {key}".strip(): item for key, item in named})
    return found
