"""What `%http` sends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from werkbook.cells.requests import (
    Filler,
    FillError,
    OutgoingRequest,
    RequestSyntaxError,
    compose,
    read_request,
)


def composed(line: str, cell: str | None = None, **names: Any) -> OutgoingRequest:
    filler = Filler(lambda expression: eval(expression, dict(names)))
    return compose(read_request(line, cell), filler)


def header(request: OutgoingRequest, name: str) -> str | None:
    return {key.lower(): value for key, value in request.headers}.get(name.lower())


def parsed(request: OutgoingRequest) -> Request:
    """Read a request as a server would."""
    builder = EnvironBuilder(method=request.method, path="/", data=request.body)
    builder.headers["Content-Type"] = header(request, "Content-Type") or ""
    return Request(builder.get_environ())


def test_compose_json_fields() -> None:
    """Fields are JSON by default, nested keys and values of other types included."""
    request = composed("/items name=Ada n:=3 tags[]=x tags[]=y user[age]:=36")
    assert request.method == "POST"
    assert json.loads(request.body or b"") == {
        "name": "Ada",
        "n": 3,
        "tags": ["x", "y"],
        "user": {"age": 36},
    }
    assert header(request, "Content-Type") == "application/json"
    assert header(request, "Accept") == "application/json, */*;q=0.5"


def test_compose_query_and_headers() -> None:
    """q==x joins the query; headers are set, emptied and left out."""
    request = composed("/s?a=1 q=='b c' X-A:1 X-B; Accept-Encoding:")
    assert request == OutgoingRequest(
        "GET",
        "/s?a=1&q=b+c",
        (("X-A", "1"), ("X-B", ""), ("Accept-Encoding", None)),
        None,
    )


def test_compose_form() -> None:
    """-f sends a form; JSON values that have a text are taken."""
    request = composed("-f /login name='Ada L' n:=3")
    assert request.body == b"name=Ada+L&n=3"
    assert header(request, "Content-Type") == "application/x-www-form-urlencoded"


def test_compose_form_refuses_json() -> None:
    """A JSON array cannot be a field of a form."""
    with pytest.raises(RequestSyntaxError) as caught:
        composed("-f /login tags:=[1]")
    assert str(caught.value) == (
        "'tags:=[1]' cannot be a field of a form.\n"
        "  Why: a form has text only.\n"
        "  Fix: leave out -f, or write tags=TEXT."
    )


def test_compose_upload(tmp_path: Path) -> None:
    """-f with a file is a multipart form that is the same each time."""
    path = tmp_path / "data.csv"
    path.write_bytes(b"a,b\r\n\x00")
    line = f"-f /up kind=table file@{path} other@{path};type=x/y"
    request = composed(line)
    assert composed(line) == request
    with parsed(request) as form:
        assert form.form["kind"] == "table"
        assert form.files["file"].read() == b"a,b\r\n\x00"
        assert form.files["file"].filename == "data.csv"
        assert form.files["file"].content_type == "text/csv"
        assert form.files["other"].content_type == "x/y"


def test_compose_file_is_the_body(tmp_path: Path) -> None:
    """@file alone is the body, with the content type of its name."""
    path = tmp_path / "a.json"
    path.write_text("[1]")
    request = composed(f"/up @{path}")
    assert (request.method, request.body) == ("POST", b"[1]")
    assert header(request, "Content-Type") == "application/json"


def test_compose_embeds_files(tmp_path: Path) -> None:
    """=@ takes a file's text, :=@ its JSON, ==@ and :@ lose the last line end."""
    (tmp_path / "t.txt").write_text("hi\n")
    (tmp_path / "v.json").write_text('{"a": [1]}')
    t, v = tmp_path / "t.txt", tmp_path / "v.json"
    request = composed(f"/ text=@{t} value:=@{v} q==@{t} X-T:@{t}")
    assert json.loads(request.body or b"") == {"text": "hi\n", "value": {"a": [1]}}
    assert request.url == "/?q=hi"
    assert header(request, "X-T") == "hi"


def test_compose_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is not there is named, with the folder that was looked in."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestSyntaxError) as caught:
        composed("/ @no.csv")
    assert str(caught.value) == (
        "The file 'no.csv' cannot be read.\n"
        f"  Why: No such file or directory; the folder is {str(tmp_path)!r}.\n"
        "  Fix: write a path that exists, from this folder on."
    )


def test_compose_file_without_form(tmp_path: Path) -> None:
    """A named file without -f says to write -f."""
    path = tmp_path / "a.txt"
    path.touch()
    with pytest.raises(RequestSyntaxError, match="write -f before the URL"):
        composed(f"/up doc@{path}")


def test_compose_bad_json() -> None:
    """A value after := that is no JSON is named."""
    with pytest.raises(RequestSyntaxError) as caught:
        composed("/ n:=Ada")
    assert str(caught.value) == (
        "'n:=Ada' is not JSON: Expecting value: line 1 column 1 (char 0).\n"
        "  Why: what follows := is a JSON value: 3, true, null, [1, 2].\n"
        "  Fix: write n=Ada for a string."
    )


def test_compose_authorization() -> None:
    """-a makes the Authorization header; -A bearer takes a token."""
    assert header(composed("/ -a ada:x"), "Authorization") == "Basic YWRhOng="
    bearer = composed("/ -A bearer -a {{ token }}", token="t0k")
    assert header(bearer, "Authorization") == "Bearer t0k"


@pytest.mark.parametrize(
    ("cell", "content_type"),
    [
        ('{"a": 1}', "application/json"),
        ("[1]", "application/json"),
        ("{broken", "application/json"),
        ("a=1&b=2", "application/x-www-form-urlencoded"),
        ("hello", "text/plain; charset=utf-8"),
        ("a = 1", "text/plain; charset=utf-8"),
    ],
)
def test_compose_cell_body_content_type(cell: str, content_type: str) -> None:
    """A body without a content type gets the one that it looks like."""
    request = composed("/", cell)
    assert (request.method, request.body) == ("POST", cell.encode())
    assert header(request, "Content-Type") == content_type


def test_compose_cell_form_lines() -> None:
    """A form in a cell may have a pair on each line."""
    request = composed("-f POST /login", "name=Ada\n&password={{ p }}\n", p="a&b")
    assert request.body == b"name=Ada&password=a%26b"


def test_compose_cell_headers_win() -> None:
    """A content type in the cell decides."""
    request = composed("PUT /", "Content-Type: text/csv\n\n{{ n }},2\n", n=1)
    assert request.headers == (("Content-Type", "text/csv"),)
    assert request.body == b"1,2"


@pytest.mark.parametrize(
    ("value", "body", "content_type"),
    [
        ({"a": None}, b'{"a": null}', "application/json"),
        ("Ada", b"Ada", "text/plain; charset=utf-8"),
        (b"\xff", b"\xff", "application/octet-stream"),
    ],
)
def test_compose_cell_of_one_value(value: Any, body: bytes, content_type: str) -> None:
    """A body that is one expression is sent as what its value is."""
    request = composed("POST /", "{{ value }}\n", value=value)
    assert request.body == body
    assert header(request, "Content-Type") == content_type


@given(st.text())
def test_compose_fills_for_the_place(text: str) -> None:
    """A filled-in text stays one value in JSON, a form, a query and an item."""
    cell = '{"quoted": "{{ text }}!", "bare": {{ text }}}'
    body = json.loads(composed("/", cell, text=text).body or b"")
    assert body == {"quoted": f"{text}!", "bare": text}
    assert json.loads(composed("/ a={{ text }}", text=text).body or b"") == {"a": text}
    form = composed("-f /", "a={{ text }}&b=1", text=text).body or b""
    assert parse_qsl(form.decode(), keep_blank_values=True) == [
        ("a", text),
        ("b", "1"),
    ]
    query = composed("/s?q={{ text }}", text=text).url.partition("?")[2]
    assert parse_qsl(query, keep_blank_values=True) == [("q", text)]


def test_compose_fills_a_url() -> None:
    """What a URL starts with stands as it is; what follows is encoded."""
    request = composed("{{ base }}/a/{{ name }}", base="http://x.test", name="b c?/d")
    assert request.url == "http://x.test/a/b%20c%3F/d"


def test_compose_json_item_takes_values() -> None:
    """:={{ expr }} sends the value itself."""
    request = composed("/ d:={{ d }} t:={{ t }}", d={"a": [True]}, t='x"y')
    assert json.loads(request.body or b"") == {"d": {"a": [True]}, "t": 'x"y'}


def test_compose_unknown_name() -> None:
    """An expression that fails is named with its error."""
    with pytest.raises(FillError) as caught:
        composed("/hello/{{ nme }}")
    assert str(caught.value) == (
        "{{ nme }} raises NameError: name 'nme' is not defined.\n"
        "  Why: what stands in {{ }} is a Python expression of this notebook.\n"
        "  Fix: define it in a cell above, or write \\{{ to send the braces."
    )


def test_compose_value_that_is_no_json() -> None:
    """A value that JSON cannot write is named."""
    with pytest.raises(FillError) as caught:
        composed("/ d:={{ {1} }}")
    assert str(caught.value) == (
        "{1} cannot be written as JSON.\n"
        "  Why: Object of type set is not JSON serializable.\n"
        "  Fix: convert it to dict, list, str, int, float, bool or None."
    )
