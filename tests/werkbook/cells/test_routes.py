"""The grammar of route, template and static cells."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest

from werkbook.cells import routes as cellroutes
from werkbook.cells.routes import RouteLine, derive_endpoint, view_tree


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/", RouteLine(("GET",), "/")),
        ("GET /hello/<name>", RouteLine(("GET",), "/hello/<name>")),
        ("get,post /form", RouteLine(("GET", "POST"), "/form")),
        ("GET, POST /form", RouteLine(("GET", "POST"), "/form")),
        ("/a --name show", RouteLine(("GET",), "/a", "show")),
        ("--try /b /a --try=/a", RouteLine(("GET",), "/a", None, ("/b", "/a"))),
        (
            "/a --try '/a b' --app shop",
            RouteLine(("GET",), "/a", None, ("/a b",), "shop"),
        ),
        ('/x/<any("a b",c):v>', RouteLine(("GET",), '/x/<any("a b",c):v>')),
    ],
)
def test_route_line_is_read(line: str, expected: RouteLine) -> None:
    """Methods, rule and options stand in any order that the grammar allows."""
    assert cellroutes.parse_route_line(line) == expected


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "%%route has no rule."),
        ("GET", "%%route has no rule."),
        ("/a /b", "%%route got '/a /b' where one rule belongs."),
        ("hello /", "'HELLO' is not an HTTP method."),
        ("GET hello-x", "The rule 'hello-x' does not start with a slash."),
        ("/ --nmae x", "%%route has no option '--nmae'; did you mean --name?"),
        ("/ --methods x", "%%route has no option '--methods'."),
        ("/ --name", "--name needs a value."),
        ("/ --name class", "The endpoint 'class' is not a Python name."),
    ],
)
def test_route_line_that_is_wrong_says_why(line: str, problem: str) -> None:
    """The first line of the error names what was written."""
    with pytest.raises(cellroutes.CellLineError) as caught:
        cellroutes.parse_route_line(line)
    assert str(caught.value).splitlines()[0] == problem


@pytest.mark.parametrize(
    ("methods", "rule", "endpoint"),
    [
        ("GET", "/", "index"),
        ("GET", "/hello/<name>", "hello_name"),
        ("POST", "/items", "post_items"),
        ("GET,POST", "/form", "form"),
        ("PUT,PATCH", "/items/<int:id>", "put_patch_items_id"),
        ("GET", "/user/<int(min=1):id>/edit/", "user_id_edit"),
        ("GET", "/robots.txt", "robots_txt"),
        ("GET", "/2024", "_2024"),
        ("GET", "/import", "import_"),
        ("DELETE", "/", "delete_index"),
    ],
)
def test_endpoint_is_named_after_the_rule(
    methods: str, rule: str, endpoint: str
) -> None:
    """The name is an identifier, prefixed when the rule does not answer GET."""
    assert derive_endpoint(methods.split(","), rule) == endpoint


def define(source: str, rule: str = "/x", **options: Any) -> Any:
    namespace: dict[str, Any] = {}
    tree = view_tree(source, rule, **options)
    exec(compile(tree, "<cell>", "exec"), namespace)
    return namespace[tree.body[0].name]  # type: ignore[attr-defined]  # a function


def test_view_returns_the_last_expression() -> None:
    """The rule's variables are the arguments, a trailing semicolon changes nothing."""
    view = define("greeting = 'Hi '\ngreeting + name;\n", "/hello/<name>")
    assert view(name="Ada") == "Hi Ada"
    assert view.__name__ == "hello_name"


def test_view_may_return_early() -> None:
    """`return` works in the body."""
    view = define("if n:\n    return 'yes'\n'no'", "/<int:n>")
    assert (view(n=1), view(n=0)) == ("yes", "no")


def test_view_that_awaits_is_async_and_one_that_yields_a_generator() -> None:
    """Await and yield of the body's own scope decide."""
    assert inspect.iscoroutinefunction(define("await work()\n'done'"))
    assert list(define("yield 'a'\nyield 'b'")()) == ["a", "b"]
    assert define("f = lambda: (yield)\n'text'")() == "text"


def test_view_has_the_lines_of_the_cell() -> None:
    """A traceback names the cell's own line, a SyntaxError too."""
    tree = view_tree("x = 1\n1 / 0", "/x", "<cell>", first_line=2)
    assert isinstance(tree.body[0], ast.FunctionDef)
    assert [node.lineno for node in tree.body[0].body] == [2, 3]
    with pytest.raises(SyntaxError) as caught:
        view_tree("x = 1\nif", "/x")
    assert caught.value.lineno == 3


def test_view_without_a_body_is_an_error() -> None:
    """The error says what to write."""
    with pytest.raises(cellroutes.CellBodyError) as caught:
        view_tree("# nothing\n", "/x")
    assert "has no body" in str(caught.value)


def test_template_and_static_lines_are_read() -> None:
    """A template has a name and maybe a preview, a static file a safe path."""
    assert cellroutes.parse_template_line("a.html --with x=1") == (
        cellroutes.TemplateLine("a.html", "x=1")
    )
    assert cellroutes.parse_template_line(" 'my page' ").name == "my page"
    assert cellroutes.parse_static_line("css/style.css") == "css/style.css"
    for line in ("", "a b", "../x", "/etc/passwd"):
        with pytest.raises(cellroutes.CellLineError):
            cellroutes.parse_static_line(line)
