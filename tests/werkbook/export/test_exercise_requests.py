"""What exercises ask, read from their cells."""

from __future__ import annotations

from werkbook.cells.cell import Cell
from werkbook.export.exercise_requests import exercise_requests

GREET = """\
%%exercise greet --app shop
Greet people.

GET /hello/Ada -> 200, text has "Ada"
POST -f /sign name=Ada -> redirects to /
then GET / -> text has "Ada"
as eve: GET /private -> 401
as eve: GET /other -> 401
repeat 2: GET /count -> text has "2"
template hello.html -> text has "Hello"
GET /{{ name }} -> 200
hint: Think.
"""


def test_requests_of_checks_are_listed_with_their_visitors() -> None:
    """ "then" goes on as the visitor of the line above; others are new ones."""
    cells = [Cell("a", "x = 1"), Cell("b", GREET, execution_count=4)]
    found = exercise_requests(cells)
    assert {one.app for one in found} == {"shop"}
    assert {one.asked.cell for one in found} == {"In[4]"}
    listed = [(one.asked.method, one.asked.url, one.asked.visitor) for one in found]
    assert listed == [
        ("GET", "/hello/Ada", "greet 1"),
        ("POST", "/sign", "greet 2"),
        ("GET", "/", "greet 2"),
        ("GET", "/private", "greet eve"),
        ("GET", "/other", "greet eve"),
        ("GET", "/count", "greet 6"),
        ("GET", "/count", "greet 6"),
    ]
    assert found[1].asked.body == b"name=Ada"
    assert not found[1].asked.follows


def test_url_is_sent_as_servers_take_it() -> None:
    """A space, an accent and a < are encoded; what is encoded already stays."""
    source = """%%exercise odd
GET "/by?name=x' or '1'='1" -> 200
GET /hello/Zoë?a=%20b -> 200
GET /hello/<b>x</b> -> 200"""
    assert [one.asked.url for one in exercise_requests([Cell("a", source)])] == [
        "/by?name=x'%20or%20'1'='1",
        "/hello/Zo%C3%AB?a=%20b",
        "/hello/%3Cb%3Ex%3Cb%3E",
    ]


def test_cell_that_is_no_exercise_asks_nothing() -> None:
    """Nor does one that cannot be read: it says so when it runs."""
    sources = [
        "%%exercise",
        "%%exercise greet\nNo check at all",
        "print('%%exercise x')",
    ]
    assert exercise_requests([Cell("a", one) for one in sources]) == []
