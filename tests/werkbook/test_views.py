"""Views that are classes."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from werkbook import App, request
from werkbook.testing import FlaskClient
from werkbook.views import MethodView, UnimplementedMethodError, View


def test_view_gets_variables_and_arguments(app: App, client: FlaskClient) -> None:
    class Hello(View):
        """Greets."""

        def __init__(self, greeting: str) -> None:
            self.greeting = greeting

        def dispatch_request(self, name: str) -> str:  # type: ignore[override]  # the rule's variable
            return f"{self.greeting}, {name}!"

    view: Any = Hello.as_view("hello", "Hi")
    app.add_url_rule("/<name>", view_func=view)
    assert client.get("/Ada").text == "Hi, Ada!"
    assert (view.__name__, view.__doc__) == ("hello", "Greets.")
    assert view.view_class is Hello


@pytest.mark.parametrize("each", [True, False])
def test_init_every_request(app: App, client: FlaskClient, each: bool) -> None:
    class Count(View):
        init_every_request = each
        n = 0

        def dispatch_request(self) -> str:
            self.n += 1
            return str(self.n)

    app.add_url_rule("/", view_func=Count.as_view("count"))
    assert [client.get("/").text for _ in range(2)] == ["1", "1" if each else "2"]


def test_decorators_apply_in_order(app: App, client: FlaskClient) -> None:
    def adding(letter: str) -> Callable[..., Any]:
        def decorate(view: Callable[..., str]) -> Callable[..., str]:
            return lambda **values: view(**values) + letter

        return decorate

    class Index(View):
        decorators = [adding("a"), adding("b")]

        def dispatch_request(self) -> str:
            return "x"

    app.add_url_rule("/", view_func=Index.as_view("index"))
    assert client.get("/").text == "xab"


def test_view_class_can_be_replaced(app: App, client: FlaskClient) -> None:
    class Index(View):
        def dispatch_request(self) -> str:
            return "real"

    class Fake(View):
        def dispatch_request(self) -> str:
            return "fake"

    view: Any = Index.as_view("index")
    app.add_url_rule("/", view_func=view)
    view.view_class = Fake
    assert client.get("/").text == "fake"


def test_methods_are_collected_over_bases() -> None:
    class Getting(MethodView):
        def get(self) -> str:
            return ""

    class Posting(MethodView):
        def post(self) -> str:
            return ""

    class Both(Getting, Posting):
        def delete(self) -> str:
            return ""

    class Fixed(Both):
        methods = ["PUT"]

    class Nothing(MethodView):
        pass

    assert Both.methods == {"GET", "POST", "DELETE"}
    assert Fixed.methods == ["PUT"]
    assert Nothing.methods is None


def test_method_view_dispatches(app: App, client: FlaskClient) -> None:
    class Item(MethodView):
        def get(self, id: int) -> str:
            return f"{request.method} {id}"

        def propfind(self, id: int) -> str:
            return f"found {id}"

    app.add_url_rule(
        "/<int:id>",
        view_func=Item.as_view("item"),
        methods=["GET", "PROPFIND"],
    )
    assert client.get("/1").text == "GET 1"
    assert client.head("/1").headers["Content-Length"] == "6"
    assert client.open("/1", method="PROPFIND").text == "found 1"
    assert client.post("/1").status_code == 405
    assert sorted(client.options("/1").headers["Allow"].split(", ")) == [
        "GET",
        "HEAD",
        "OPTIONS",
        "PROPFIND",
    ]


def test_unimplemented_method(app: App, client: FlaskClient) -> None:
    class Item(MethodView):
        def get(self) -> str:
            return ""

    app.add_url_rule("/", view_func=Item.as_view("item"), methods=["GET", "PUT"])
    with pytest.raises(AssertionError) as caught:
        client.put("/")
    assert isinstance(caught.value, UnimplementedMethodError)
    assert str(caught.value) == (
        "Unimplemented method 'PUT' in the view class 'Item'.\n"
        "  Why: its rule lets the method through, but the class has no 'put'.\n"
        "  Fix: write def put(self): in Item, or take the method out of Item.methods."
    )


def test_base_view_answers_nothing() -> None:
    with pytest.raises(NotImplementedError):
        View().dispatch_request()


def test_arguments_of_a_class_stand_in_the_closure_of_its_view() -> None:
    """Flask-Injector reads them there, to make the object itself."""

    class Greeting(View):
        def dispatch_request(self) -> str:
            return "Hello"

    view = Greeting.as_view("greeting", "Ada", mark="!")
    assert inspect.getclosurevars(view).nonlocals["class_args"] == ("Ada",)
    assert inspect.getclosurevars(view).nonlocals["class_kwargs"] == {"mark": "!"}
