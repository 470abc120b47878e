"""What a view function says that does not fit its rule, and a rule without one."""

from unittest.mock import MagicMock

import pytest
from werkzeug.routing import BuildError

from werkbook import App, url_for
from werkbook.routing.url_building import UnknownEndpointError
from werkbook.routing.view_functions import NoViewError, ViewArgumentsError


@pytest.fixture
def app() -> App:
    app = App(__name__, static_folder=None)
    app.testing = True
    return app


def test_missing_parameter(app: App) -> None:
    """The first request says which names the rule has and which the function takes."""

    @app.get("/hello/<name>")
    def hello() -> str:
        return "hello"

    with pytest.raises(ViewArgumentsError) as raised:
        app.test_client().get("/hello/Ada")
    assert isinstance(raised.value, TypeError)
    assert str(raised.value) == (
        "View function 'hello' can't be called for rule '/hello/<name>'.\n"
        "  Why: the rule's variables are name; the function takes none.\n"
        "  Fix: write def hello(name):."
    )


def test_missing_variable(app: App) -> None:
    """A parameter that the rule lacks, without a hint: the rule could have it."""

    @app.get("/hello")
    def hello(name):
        return name

    with pytest.raises(ViewArgumentsError) as raised:
        app.test_client().get("/hello")
    assert str(raised.value) == (
        "View function 'hello' can't be called for rule '/hello'.\n"
        "  Why: the rule's variables are none; the function takes name.\n"
        "  Fix: write def hello():, or a rule with <name>."
    )


@pytest.mark.parametrize("path", ["/5/a", "/5"])
def test_defaults_and_keywords_fit(app: App, path: str) -> None:
    """Default values, `**values` and a rule's defaults count."""

    @app.get("/<int:number>", defaults={"kind": "a"})
    @app.get("/<int:number>/<kind>")
    def view(number: int, other: int = 1, **values: str) -> str:
        return f"{number} {values['kind']} {other}"

    client = app.test_client()
    assert client.get(path, follow_redirects=True).text == "5 a 1"


def test_preprocessor_may_change_the_values(app: App) -> None:
    """Nothing is said where a URL value preprocessor takes the variable away."""

    @app.url_value_preprocessor
    def pop(endpoint: str, values: dict[str, str]) -> None:
        values.pop("lang")

    @app.get("/<lang>/page")
    def page() -> str:
        return "page"

    assert app.test_client().get("/en/page").text == "page"


def test_rule_without_view(app: App) -> None:
    """A rule that nothing gave a view function says how to give it one."""
    app.add_url_rule("/late", "late")
    with pytest.raises(NoViewError) as raised:
        app.test_client().get("/late")
    assert isinstance(raised.value, KeyError)
    assert str(raised.value) == (
        "Rule '/late' has the endpoint 'late', which has no view function.\n"
        "  Why: add_url_rule was called without view_func, and nothing gave it one"
        " since.\n"
        "  Fix: write @app.endpoint('late') above the view function."
    )


@pytest.mark.parametrize(
    ("endpoint", "fix"),
    [
        ("map", "register one first: @app.get(\"/...\", endpoint='map')."),
        (
            "shop.cart",
            "register a blueprint with the view first; 'shop.cart' names both.",
        ),
    ],
)
def test_endpoint_like_no_other(app: App, endpoint: str, fix: str) -> None:
    """`url_for` says what is missing where no endpoint is alike."""
    app.add_url_rule("/hello", "hello", str)
    with app.test_request_context(), pytest.raises(UnknownEndpointError) as raised:
        url_for(endpoint)
    assert raised.value.fix == fix


def test_unknown_endpoint(app: App) -> None:
    """`url_for` offers the closest endpoint."""
    app.add_url_rule("/hello", "hello", str)
    with app.test_request_context(), pytest.raises(UnknownEndpointError) as raised:
        url_for("helo")
    assert isinstance(raised.value, BuildError)
    assert str(raised.value) == (
        "Could not build url for endpoint 'helo'.\n"
        "  Why: no rule has it; the endpoints are hello.\n"
        "  Fix: write url_for('hello')."
    )


def test_mock_as_view_function(app: App) -> None:
    """A mock has a `view_class` as it has everything: it is called as it is."""
    view = MagicMock(return_value="mocked")
    app.add_url_rule("/hello/<name>", "hello", view, methods=["GET", "POST"])
    client = app.test_client()
    assert client.get("/hello/Ada").text == "mocked"
    assert client.post("/hello/Bob").text == "mocked"
    assert [call.kwargs for call in view.call_args_list] == [
        {"name": "Ada"},
        {"name": "Bob"},
    ]
