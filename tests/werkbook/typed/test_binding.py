"""Which views are typed, and that the others are as they were."""

import functools
from dataclasses import dataclass
from typing import Any, TypedDict

import pytest

from werkbook import App, Blueprint, WerkbookError
from werkbook.routing.view_functions import ViewArgumentsError
from werkbook.testing import FlaskClient
from werkbook.typed import Query
from werkbook.typed.decoding import load_msgspec


@dataclass
class Item:
    name: str


class Database:
    """Something that no request holds."""


def passing(view: Any) -> Any:
    """Decorate as a login check does."""

    @functools.wraps(view)
    def called(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return called


def plan_view(app: App, endpoint: str) -> Any:
    """Return what a request to an endpoint calls."""
    snapshot = app.snapshot()
    [target] = [
        one
        for _, one in app.url_map.targets(is_simple=True)
        if one.rule.endpoint == endpoint
    ]
    return snapshot.find_plan(target).view


@pytest.mark.parametrize("hint", [str, int, Item, "Nobody", None])
def test_hints_of_the_rules_variables_alone_change_nothing(app: App, hint: Any) -> None:
    """A view with hints on its rule's variables alone is called directly, as ever."""

    def view(name): ...

    if hint is not None:
        view.__annotations__["name"] = hint
    app.get("/<name>")(view)
    assert plan_view(app, "view") is view


def test_views_without_hints_are_called_directly(app: App) -> None:
    """Defaults without hints, and hints that say nothing new, change nothing."""

    def bare(limit=10): ...

    def text() -> str: ...

    def rest(*args: int, **kwargs: int): ...

    for view in (bare, text, rest):
        app.get(f"/{view.__name__}")(view)
        assert plan_view(app, view.__name__) is view


def test_variables_are_text_in_an_untyped_view(app: App, client: FlaskClient) -> None:
    """`<id>` is text for `id: int` unless the view is typed: so it is in Flask."""

    def view(key: int):
        return repr(key)

    app.get("/plain/<key>")(view)
    app.get("/typed/<key>", endpoint="typed", typed=True)(view)
    app.add_url_rule("/default/<key>", "default", view, defaults={"more": 1})
    assert client.get("/plain/1").text == "'1'"
    assert client.get("/typed/1").text == "1"
    assert client.get("/typed/x").status_code == 422


def test_one_keyword_opts_out(app: App, client: FlaskClient) -> None:
    """With `typed=False` a view is called as Flask calls it."""

    @app.get("/", typed=False)
    def view(limit: int = 10) -> list[Item]:
        return [limit]

    assert client.get("/?limit=3").json == [10]
    assert plan_view(app, "view") is view


def test_blueprints_hand_the_keyword_on(app: App, client: FlaskClient) -> None:
    """Views of blueprints are typed, and opt out, as those of apps."""
    blueprint = Blueprint("shop", __name__, url_prefix="/<shop>")

    @blueprint.get("/in")
    def inside(shop: str, limit: int = 10):
        return [shop, limit]

    @blueprint.get("/out", typed=False)
    def outside(shop: str, limit: int = 10):
        return [shop, limit]

    app.register_blueprint(blueprint)
    assert client.get("/a/in?limit=3").json == ["a", 3]
    assert client.get("/a/out?limit=3").json == ["a", 10]


def test_hints_below_decorators_count_when_they_are_meant(
    app: App, client: FlaskClient
) -> None:
    """A decorator may give parameters itself; markers or `typed=True` say otherwise."""

    def view(limit: int = 10):
        return [limit]

    def marked(limit: int = Query(10)):
        return [limit]

    def returning() -> Item:
        return "a page"

    app.get("/plain")(passing(view))
    app.get("/typed", endpoint="typed", typed=True)(passing(view))
    app.get("/marked")(passing(marked))
    app.get("/returning")(passing(returning))
    assert client.get("/plain?limit=3").json == [10]
    assert client.get("/typed?limit=3").json == [3]
    assert client.get("/marked?limit=3").json == [3]
    assert client.get("/returning").text == "a page"


def test_preprocessors_give_values(app: App, client: FlaskClient) -> None:
    """What a URL value preprocessor gives is not read from the request."""

    @app.url_value_preprocessor
    def give(endpoint: str | None, values: dict[str, Any] | None) -> None:
        name = "database" if endpoint == "hinted" else "limit"
        values[name] = "given"  # type: ignore[index]  # it is there

    @app.get("/hinted")
    def hinted(database: Database):
        return database

    @app.get("/typed")
    def typed(limit: int, page: int = 1, database: Any = None):
        return [limit, page]

    assert client.get("/hinted").text == "given"
    assert client.get("/typed?page=2&limit=3").json == ["given", 2]


def test_parameters_that_no_request_holds_leave_a_view_alone(
    app: App, client: FlaskClient
) -> None:
    """A hint that nothing reads, as extensions inject, makes no typed view."""

    @app.get("/")
    def view(database: Database, limit: int = 10):
        return "never"

    with pytest.raises(ViewArgumentsError) as caught:
        client.get("/")
    assert str(caught.value) == (
        "View function 'view' can't be called for rule '/'.\n"
        "  Why: the rule's variables are none; the function takes database, limit.\n"
        "  Fix: write def view():, or a rule with <database>."
    )


def test_hint_without_meaning(app: App, client: FlaskClient) -> None:
    """A hint that names what is not defined is an error of the request."""

    @app.post("/")
    def view(item: "NewItem"):  # type: ignore[name-defined]  # noqa: F821
        return "never"

    with pytest.raises(WerkbookError) as caught:
        client.post("/", json={})
    assert str(caught.value) == (
        "View function 'view': the hint 'NewItem' of its parameter 'item' has no"
        " meaning.\n"
        "  Why: NameError: name 'NewItem' is not defined.\n"
        "  Fix: define what it names in a cell that ran, or import it."
    )


class Pair(TypedDict):
    n: int


def test_without_msgspec(
    app: App, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without msgspec a typed view says what to install, and others need none."""
    load_msgspec.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "msgspec", None)

    @app.get("/")
    def view(limit: int = 10):
        return "never"

    @app.get("/plain")
    def plain():
        return "plain"

    @app.get("/hinted")
    def hinted() -> dict[str, int]:
        return {"n": 1}

    @app.get("/pairs")
    def pairs() -> tuple[list[Pair], int]:
        return [{"n": 1}], 201

    @app.get("/number")
    def number() -> int:
        return 1

    assert client.get("/plain").text == "plain"
    assert client.get("/hinted").json == {"n": 1}
    assert client.get("/pairs").json == [{"n": 1}]
    with pytest.raises(WerkbookError, match="msgspec is not installed"):
        client.get("/number")
    with pytest.raises(WerkbookError) as caught:
        client.get("/")
    assert str(caught.value) == (
        "A view function has hints that say how a request is read, and msgspec is not"
        " installed.\n"
        "  Why: msgspec reads and checks the values of typed views.\n"
        "  Fix: pip install 'werkbook[typed]', or write typed=False in its decorator."
    )
