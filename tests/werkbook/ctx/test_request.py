"""The context of a request, pushed by hand or by the request itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.werkbook.run_cells import Cells

from werkbook import App, render_template_string, url_for
from werkbook.ctx import RequestContext

APP = """\
from werkbook import App
app = App()
@app.get("/")
def home():
    return "old"
"""
LATER = """\
app.before_request(lambda: noted.append("before"))
app.after_request(lambda response: noted.append("after") or response)
app.teardown_request(lambda error: noted.append("request's end"))
app.teardown_appcontext(lambda error: noted.append("end"))
app.url_value_preprocessor(lambda endpoint, values: noted.append(endpoint))
app.url_defaults(lambda endpoint, values: values.setdefault("page", "1"))
app.context_processor(lambda: {"name": "Ada"})
app.errorhandler(KeyError)(lambda error: "handled")
app.add_url_rule("/new", "new", lambda: "new")
"""


@pytest.fixture(params=["strict", "live"])
def make(request: pytest.FixtureRequest) -> Callable[[str], App]:
    """Run what makes or changes the app, in a file or in cells."""
    if request.param == "live":
        cells: Cells = request.getfixturevalue("cells")
        space, run = cells.namespace, cells.ran
    else:
        space = {}

        def run(name: str, source: str) -> Any:
            exec(source, space)

    space["noted"] = []
    numbers = iter("abc")

    def made(source: str) -> App:
        run(next(numbers), source)
        app: App = space["app"]
        return app

    return made


def push_by_environ(app: App) -> RequestContext:
    with app.test_request_context("/") as context:
        return app.request_context(context.environ)


@pytest.mark.parametrize(
    "make_context", [lambda app: app.test_request_context("/"), push_by_environ]
)
def test_context_pushed_by_hand_sees_what_is_registered_later(
    make: Callable[[str], App], make_context: Callable[[App], RequestContext]
) -> None:
    """As in Flask, where fixtures of tests push it before extensions are set up."""
    context = make_context(make(APP))
    context.push()
    make(LATER)
    app = make("app.view_functions['home'] = lambda: 'new view'\napp.noted = noted")
    assert url_for("new") == "/new?page=1"
    assert render_template_string("{{ name }}") == "Ada"
    assert app.preprocess_request() is None
    assert app.dispatch_request() == "new view"
    assert app.handle_user_exception(KeyError("x")) == "handled"
    app.process_response(app.make_response(""))
    context.pop()
    assert app.noted == [  # type: ignore[attr-defined]  # set above
        "home",
        "before",
        "after",
        "request's end",
        "end",
    ]


def test_class_of_an_app_s_own_context_serves() -> None:
    """An app that makes its contexts itself is asked for each."""

    class OwnContext(RequestContext):
        pass

    class OwnApp(App):
        def request_context(self, environ: dict[str, Any]) -> RequestContext:
            return OwnContext(self, environ)

    app = OwnApp(__name__)
    seen = []

    @app.get("/")
    def home() -> str:
        from werkbook.globals import request_ctx

        seen.append(type(request_ctx._get_current_object()))
        return "home"

    assert app.test_client().get("/").text == "home"
    with app.test_request_context("/") as context:
        seen.append(type(context))
    assert seen == [OwnContext, OwnContext]
