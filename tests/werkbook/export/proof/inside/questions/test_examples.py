"""Values for rules that no cell asks."""

from __future__ import annotations

from enum import Enum
from types import SimpleNamespace
from typing import Any

import bottle
import pytest
from fastapi import APIRouter, FastAPI
from flask import Flask, request
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.routing import Mount, Route
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from werkbook.export.proof.inside.questions.app_rules import AppRule, list_rules
from werkbook.export.proof.inside.questions.examples import (
    Examples,
    find_fields,
    find_form,
    hidden_values,
    reads_query,
    takes_json,
)

PRICES = {"tea": 3, "cake": 4}
TOWNS = ["Oslo", "Riga"]


def price(item: str) -> str:
    return str(PRICES[item])


def town(number: str) -> str:
    return TOWNS[int(number)]


def is_known(name: str) -> str:
    return str(name in TOWNS)


class Shop:
    """A class that holds data, as one with a registry does."""

    prices = PRICES

    @property
    def secret(self) -> dict[str, int]:
        raise AssertionError


class Color(Enum):
    RED = 1


SHOP = Shop()
BOOKS = [{"id": 7, "title": "Emma"}]
ROWS = [SimpleNamespace(name="Ada")]


def price_of_class(item: str) -> str:
    return str(Shop.prices[item])


def price_of_object(item: str) -> str:
    return str(SHOP.prices.get(item)) + str(SHOP.secret.get(item))


def color(name: str) -> str:
    return str(Color[name].value)


def book(title: str) -> str:
    return str(next(one for one in BOOKS if one["title"] == title)["id"])


def book_by_number(number: int) -> str:
    for one in BOOKS:
        if number == one["id"]:
            return str(one["title"])
    return "none"


def row(name: str) -> str:
    return str([one for one in ROWS if one.name == name])


@pytest.mark.parametrize(
    ("rule", "view", "url"),
    [
        ("/class/<item>", price_of_class, "/class/tea"),
        ("/object/<item>", price_of_object, "/object/tea"),
        ("/color/<name>", color, "/color/RED"),
        ("/book/<title>", book, "/book/Emma"),
        ("/book/<int:number>", book_by_number, "/book/7"),
        ("/row/<name>", row, "/row/Ada"),
        ("/", None, "/"),
        ("/a/<int:n>", None, "/a/1"),
        ("/a/<float:n>", None, "/a/1.5"),
        ("/a/<path:where>", None, "/a/example/page"),
        ("/a/<any(up, down):way>", None, "/a/up"),
        ("/a/<user_id>/b/<word>", None, "/a/1/b/example"),
        ("/a/{item_id:int}", None, "/a/1"),
        ("/price/<item>", price, "/price/tea"),
        ("/town/<int:number>", town, "/town/0"),
        ("/known/<name>", is_known, "/known/Oslo"),
    ],
)
def test_a_rule_gets_values_that_it_takes(rule: str, view: Any, url: str) -> None:
    """Converters say which, or the data that the view looks up."""
    assert Examples().urls(AppRule(rule, ["GET"], view=view))[0] == url


def test_links_and_answers_tell_values() -> None:
    """A page's links come first, then what JSON calls by the variable's name."""
    examples = Examples()
    examples.learn_body(
        b'<a href="/book/17?x=1">a</a> <a href="//far">b</a>', "text/html"
    )
    examples.learn_body(b'{"books": [{"author": "Ada", "id": 5}]}', "application/json")
    assert examples.urls(AppRule("/book/<int:n>", ["GET"]))[0] == "/book/17"
    assert examples.urls(AppRule("/by/<author>", ["GET"]))[0] == "/by/Ada"
    assert examples.urls(AppRule("/find/<book_id>", ["GET"]))[0] == "/find/5"


def test_url_for_tells_values() -> None:
    """Of the endpoint that it builds."""
    examples = Examples(["x = url_for('show', name='Grace')"])
    assert examples.urls(AppRule("/show/<name>", ["GET"], "show"))[0] == "/show/Grace"


def form_view() -> str:
    return request.form["name"] + request.form.get("text", "")


def json_view() -> str:
    data = request.get_json()
    return str(data["a"] + PRICES["tea"])


def query_view() -> str:
    return str(request.args.get("q"))


def test_fields_are_read_from_the_view() -> None:
    """What it takes of a form, of JSON, of a query."""
    assert find_fields(form_view) == ["name", "text"]
    assert "a" in find_fields(json_view)
    assert find_fields(query_view) == ["q"]
    assert takes_json(json_view)
    assert not takes_json(form_view)
    assert reads_query(query_view)
    assert not reads_query(form_view)
    assert find_fields(None, '<input name="mail"><select name=kind>') == [
        "mail",
        "kind",
    ]


def test_rules_of_flask_are_listed_without_what_comes_by_itself() -> None:
    """HEAD and OPTIONS are nobody's own."""
    app = Flask("shop")
    app.add_url_rule("/a", "a", lambda: "", methods=["GET", "POST"])
    found = {rule.text: rule.methods for rule in list_rules(app)}
    assert found == {"/a": ["GET", "POST"], "/static/<path:filename>": ["GET"]}


def test_rules_of_bottle_are_listed() -> None:
    """Each route with its method."""
    app = bottle.Bottle()
    app.route("/a/<n:int>", "POST", lambda n: "")
    [rule] = list_rules(app)
    assert (rule.text, rule.methods) == ("/a/<n:int>", ["POST"])
    assert rule.variables() == [("n", "int")]


def test_hidden_fields_are_sent_back_as_they_stand() -> None:
    """Whatever the quotes and the order of their attributes."""
    page = (
        "<input type=hidden name=a value=1><INPUT value='x &amp; y' TYPE='hidden'"
        ' name="b"><input name="c" value="3"><input type="hidden" value="4">'
    )
    assert hidden_values(page) == {"a": "1", "b": "x & y"}


def test_form_of_another_page_is_found_by_its_action() -> None:
    """The last form may lack its end."""
    page = '<form action="/a"><b></form><form action="/b?x=1&amp;y=2">rest'
    assert find_form(page, "/a") == '<form action="/a"><b></form>'
    assert find_form(page, "/b?x=1&y=2").endswith("rest")
    assert find_form(page, "/c") == ""


class Shouting:
    """A middleware of somebody's own."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        return [part.upper() for part in self.app(environ, start_response)]


def test_rules_behind_a_dispatcher_are_listed() -> None:
    """With the place where each app is mounted, whatever stands in front of it."""
    front, api = Flask("front", static_folder=None), Flask("api", static_folder=None)
    front.add_url_rule("/", view_func=lambda: "front", endpoint="home")
    api.add_url_rule("/v/<int:n>", view_func=lambda n: str(n), endpoint="v")
    app = Shouting(DispatcherMiddleware(front, {"/api": Shouting(api)}))
    assert [one.text for one in list_rules(app)] == ["/", "/api/v/<int:n>"]
    assert list_rules(lambda environ, start_response: []) == []


def test_rules_of_included_routers_are_listed() -> None:
    """FastAPI keeps a router as it is, and asks it when a request comes."""
    inner, router, app = APIRouter(prefix="/deep"), APIRouter(), FastAPI()
    inner.add_api_route("/w", lambda: 1, methods=["POST"])
    router.add_api_route("/v/{n}", lambda n: n)
    router.include_router(inner)
    router.add_api_websocket_route("/talk", lambda socket: None)
    app.include_router(router, prefix="/api")
    app.add_api_websocket_route("/ws", lambda socket: None)
    assert [(one.text, one.methods) for one in list_rules(app)] == [
        ("/api/v/{n}", ["GET"]),
        ("/api/deep/w", ["POST"]),
        ("/api/talk", ["WEBSOCKET"]),
        ("/ws", ["WEBSOCKET"]),
    ]


def test_rules_of_mounted_apps_and_classes_are_listed() -> None:
    """Starlette's: a class has a method for each of HTTP's."""

    class Item(HTTPEndpoint):
        def get(self, request: Any) -> None: ...

        def post(self, request: Any) -> None: ...

    flask_app = Flask("f", static_folder=None)
    flask_app.add_url_rule("/<name>", view_func=lambda name: name, endpoint="n")
    app = Starlette(
        routes=[
            Mount("/old", app=Shouting(flask_app)),
            Mount("/new", routes=[Route("/item", Item)]),
        ]
    )
    assert [(one.text, one.methods) for one in list_rules(app)] == [
        ("/old/<name>", ["GET"]),
        ("/new/item", ["GET", "POST"]),
    ]
