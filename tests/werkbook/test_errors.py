"""Every mistake's text, whole; each is still what Flask raises."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from jinja2 import TemplateNotFound
from tests.werkbook.run_cells import Cells
from werkzeug.routing import BuildError

from werkbook import (
    App,
    Blueprint,
    current_app,
    g,
    render_template,
    request,
    session,
    url_for,
)
from werkbook.errors import WerkbookError, quoted_list

NO_APP = """Working outside of application context.
  Why: what was used belongs to the current application, and none is current.
  Fix: use it in a view function, or inside 'with app.app_context():'."""
NO_REQUEST = """Working outside of request context.
  Why: what was used belongs to the current HTTP request, and there is none.
  Fix: use it in a view function, or inside 'with app.test_request_context():'."""
RETURNS = (
    "  Why: a view returns a string, bytes, dict, list, generator, Response instance,"
    " WSGI callable, or a tuple (body, status), (body, headers),"
    " (body, status, headers).\n"
)


def view() -> None:
    """Return nothing."""


def other() -> str:
    return ""


class Figure:
    """As matplotlib's: it can be saved as a picture."""

    def savefig(self, file: object) -> None:
        raise NotImplementedError


def asked(app: App, function: Callable[..., Any], rule: str = "/asked") -> Any:
    """Register a view function and ask for it; its exception is raised."""
    app.add_url_rule(rule, "asked", function)
    return app.test_client().get(rule.replace("<n>", "1"))


def duplicate(app: App) -> None:
    app.add_url_rule("/", "taken", view)
    app.add_url_rule("/other", "taken", other)


def late(app: App) -> None:
    app.test_client().get("/")
    app.add_url_rule("/late", "late", other)


def twice(app: App) -> None:
    blueprint = Blueprint("shop", __name__)
    app.register_blueprint(blueprint)
    app.register_blueprint(blueprint)


def late_blueprint(app: App) -> None:
    blueprint = Blueprint("shop", __name__)
    app.register_blueprint(blueprint)
    blueprint.add_url_rule("/x", "x", other)


def set_session() -> str:
    session["n"] = 1
    return ""


def without_key(app: App) -> None:
    app.secret_key = None
    asked(app, set_session)


CASES: dict[str, tuple[Callable[[App], Any], type[Exception], str]] = {
    "current_app": (lambda app: current_app.name, RuntimeError, NO_APP),
    "g": (lambda app: g.x, RuntimeError, NO_APP),
    "request": (lambda app: request.path, RuntimeError, NO_REQUEST),
    "session": (lambda app: session["n"], RuntimeError, NO_REQUEST),
    "url_for": (lambda app: url_for("x"), RuntimeError, NO_APP),
    "no slash": (
        lambda app: app.add_url_rule("a", "a", view),
        ValueError,
        "Rule 'a' does not begin with a slash.\n"
        "  Why: a rule is matched from the slash that begins a URL's path.\n"
        "  Fix: write '/a'.",
    ),
    "converter": (
        lambda app: app.add_url_rule("/user/<itn:id>", "a", view),
        LookupError,
        "Rule '/user/<itn:id>' uses the URL converter 'itn'.\n"
        "  Why: the app has any, default, float, int, path, string, uuid.\n"
        "  Fix: write '/user/<int:id>'.",
    ),
    "converter behind its variable": (
        lambda app: app.add_url_rule("/user/<id:int>/x", "a", view),
        LookupError,
        "Rule '/user/<id:int>/x' uses the URL converter 'id'.\n"
        "  Why: the app has any, default, float, int, path, string, uuid.\n"
        "  Fix: write '/user/<int:id>/x'.",
    ),
    "converter with arguments": (
        lambda app: app.add_url_rule("/<regex('a+'):name>", "a", view),
        LookupError,
        "Rule \"/<regex('a+'):name>\" uses the URL converter 'regex'.\n"
        "  Why: the app has any, default, float, int, path, string, uuid.\n"
        "  Fix: write '/<string:name>'.",
    ),
    "view without a name": (
        lambda app: app.add_url_rule("/", view_func=partial(view)),
        AttributeError,
        "A view of type 'partial' has no __name__, which would be its endpoint.\n"
        "  Why: functions have one; partials and objects that are called have none.\n"
        '  Fix: write endpoint="..." behind the rule, or, where a decorator made it,'
        " functools.update_wrapper(self, view) there.",
    ),
    "none": (
        lambda app: asked(app, view),
        TypeError,
        "The view function for 'asked' did not return a valid response. The function"
        " either returned None or ended without a return statement.\n"
        f'{RETURNS}  Fix: return something, or return "", 204 for an empty response.',
    ),
    "tuple": (
        lambda app: asked(app, lambda: ("a", 1, {}, 4)),
        TypeError,
        "The view function for 'asked' did not return a valid response tuple.\n"
        "  Why: The tuple must have the form (body, status, headers), (body, status),"
        " or (body, headers), not 4 items.\n  Fix: return body, 200",
    ),
    "type": (
        lambda app: asked(app, lambda: 7),
        TypeError,
        "The view function for 'asked' did not return a valid response. The return"
        " type must be a string, dict, list, tuple with headers or status, Response"
        f" instance, or WSGI callable, but it was a int.\n{RETURNS}"
        "  Fix: return str(value)",
    ),
    "figure": (
        lambda app: asked(app, lambda: Figure()),
        TypeError,
        "The view function for 'asked' did not return a valid response. The return"
        " type must be a string, dict, list, tuple with headers or status, Response"
        f" instance, or WSGI callable, but it was a Figure.\n{RETURNS}"
        "  Fix: image = io.BytesIO(); figure.savefig(image);"
        ' return Response(image.getvalue(), mimetype="image/png")',
    ),
    "arguments": (
        lambda app: asked(app, other, "/asked/<n>"),
        TypeError,
        "View function 'other' can't be called for rule '/asked/<n>'.\n"
        "  Why: the rule's variables are n; the function takes none.\n"
        "  Fix: write def other(n):.",
    ),
    "secret key": (
        without_key,
        RuntimeError,
        "The session is unavailable because no secret key was set.\n"
        "  Why: the session's cookie is signed with the application's secret key.\n"
        '  Fix: write app.secret_key = "..." with a random text; python -c'
        " 'import secrets; print(secrets.token_hex())' prints one.",
    ),
    "endpoint": (
        lambda app: asked(app, lambda: url_for("askde")),
        BuildError,
        "Could not build url for endpoint 'askde'.\n"
        "  Why: no rule has it; the endpoints are asked, static.\n"
        "  Fix: write url_for('asked').",
    ),
    "template": (
        lambda app: asked(app, lambda: render_template("none.html")),
        TemplateNotFound,
        "Template 'none.html' does not exist.\n  Why: the templates are: none.\n"
        "  Fix: make the file 'templates/none.html'.",
    ),
    "late": (
        late,
        AssertionError,
        "The setup method 'add_url_rule' can no longer be called on the application."
        " It has already handled its first request, any changes will not be applied"
        " consistently.\n"
        "  Why: outside a notebook an app is complete when it serves.\n"
        "  Fix: make sure all imports, decorators, functions, etc. needed to set up"
        " the application are done before running it.",
    ),
    "late blueprint": (
        late_blueprint,
        AssertionError,
        "The setup method 'add_url_rule' can no longer be called on the blueprint"
        " 'shop'. It has already been registered at least once, any changes will not"
        " be applied consistently.\n"
        "  Why: outside a notebook a blueprint is complete when it is registered.\n"
        "  Fix: make sure all imports, decorators, functions, etc. needed to set up"
        " the blueprint are done before registering it.",
    ),
    "blueprint twice": (
        twice,
        ValueError,
        "The name 'shop' is already registered for this blueprint.\n"
        "  Why: each blueprint of an app needs a name of its own.\n"
        "  Fix: Use 'name=' to provide a unique name.",
    ),
    "blueprint's dot": (
        lambda app: Blueprint("a.b", __name__),
        ValueError,
        "'name' may not contain a dot '.' character.\n"
        "  Why: a dot separates a blueprint's name from its endpoints.\n"
        "  Fix: write 'a_b'.",
    ),
    "handler's code": (
        lambda app: app.register_error_handler(999, view),
        ValueError,
        "'999' is not a recognized HTTP error code.\n"
        "  Why: handlers are for the codes that Werkzeug has exceptions for.\n"
        "  Fix: Use a subclass of HTTPException with that code instead.",
    ),
    "handler's instance": (
        lambda app: app.register_error_handler(ValueError("x"), view),  # type: ignore[arg-type]  # the mistake
        TypeError,
        "ValueError('x') is an instance, not a class.\n"
        "  Why: handlers can only be registered for Exception classes or HTTP error"
        " codes.\n  Fix: write @app.errorhandler(ValueError).",
    ),
    "handler's class": (
        lambda app: app.register_error_handler(int, view),  # type: ignore[arg-type]  # the mistake
        ValueError,
        "'int' is not a subclass of Exception.\n"
        "  Why: handlers can only be registered for Exception classes or HTTP error"
        " codes.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_error_says_what_why_and_what_to_type(app: App, case: str) -> None:
    """The whole text is compared; Flask's exception class is kept."""
    action, flask_class, text = CASES[case]
    with pytest.raises(WerkbookError) as caught:
        action(app)
    assert str(caught.value) == text
    assert isinstance(caught.value, flask_class)
    if case != "endpoint":  # Werkzeug's holds the adapter
        assert str(pickle.loads(pickle.dumps(caught.value))) == text


def test_clashing_endpoint_names_both_places(app: App) -> None:
    """Which function has it and which wants it, by file and line."""
    with pytest.raises(AssertionError) as caught:
        duplicate(app)
    places = [f"{one.__code__.co_firstlineno}" for one in (view, other)]
    assert str(caught.value) == (
        "View function mapping is overwriting an existing endpoint function: taken\n"
        f"  Why: 'view' ({__file__}, line {places[0]}) has it,"
        f" 'other' ({__file__}, line {places[1]}) wants it.\n"
        "  Fix: rename one of them, or write endpoint='taken_2'."
    )
    assert [rule.rule for rule in app.url_map.iter_rules("taken")] == ["/"]


def test_variable_named_twice(app: App) -> None:
    """Werkzeug's own text is a syntax error in code that it makes."""
    with pytest.raises(ValueError, match="Rule '/<x>/<x>' can't be read"):
        app.add_url_rule("/<x>/<x>", "x", view)
    assert "x" not in app.view_functions


@pytest.mark.parametrize(
    ("rule", "why", "fix"),
    [
        ("/a/<int:n", "'<int:n' has no '>'.", "write '/a/<int:n>'."),
        ("/a/<n/b", "'<n' has no '>'.", "write '/a/<n>/b'."),
        ("/<int n>", "'<int n>' has a space.", "write '/<int:n>'."),
        ("/<int: n >/<x>", "'<int: n >' has a space.", "write '/<int:n>/<x>'."),
        (
            "/<1>",
            "malformed url rule: '/<1>'",
            "write variables as '<name>' or '<converter:name>', each name once.",
        ),
    ],
)
def test_malformed_rule(app: App, rule: str, why: str, fix: str) -> None:
    with pytest.raises(ValueError, match="can't be read") as caught:
        app.add_url_rule(rule, "x", view)
    told = f"Rule {rule!r} can't be read.\n  Why: {why}\n  Fix: {fix}"
    assert str(caught.value) == told


def test_refused_rule_leaves_no_trace(cells: Cells) -> None:
    """What a refused statement said before it failed goes with its cell."""
    cells.ran("a", "@app.get('/a')\ndef a(): return 'a'")
    cells.run("a", "app.config['K'] = 1\n@app.get('b')\ndef a(): return 'b'")
    assert isinstance(cells.last_error, ValueError)
    assert cells.text("/a") == "200 a"
    assert "K" not in cells["app"].config


def test_missing_template_in_a_notebook_names_the_cell(cells: Cells) -> None:
    """The fix is a cell, and the close names are those of cells."""
    cells.ran("t", "live.notebook.templates['hello'] = ''")
    with cells["app"].app_context():
        with pytest.raises(TemplateNotFound) as caught:
            render_template("other")
        assert str(caught.value) == (
            "Template 'other' does not exist.\n  Why: the templates are: hello.\n"
            "  Fix: run the cell that begins with '%%template other', or write one."
        )
        with pytest.raises(TemplateNotFound) as caught:
            render_template("helo")
        assert str(caught.value).endswith("\n  Fix: write 'hello'.")


def test_parts_that_are_not_there_are_left_out() -> None:
    """An error may have no reason, or nothing to type."""
    assert str(WerkbookError("a")) == "a"
    assert str(WerkbookError("a", fix="c")) == "a\n  Fix: c"
    assert str(WerkbookError("a", why="b", fix="c")) == "a\n  Why: b\n  Fix: c"


def test_long_lists_are_counted() -> None:
    """Twelve names, then how many more there are."""
    assert quoted_list([]) == "none"
    assert quoted_list("ab") == "a, b"
    assert quoted_list(range(14)).endswith("10, 11 and 2 more")
