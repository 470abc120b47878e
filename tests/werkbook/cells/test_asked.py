"""The requests that cells make, read from their text."""

from __future__ import annotations

import json

from werkbook.cells.asked import asked_by
from werkbook.export import Cell


def test_requests_are_read_in_order() -> None:
    """`%http`, `--try`, test clients and the requests library."""
    sources = [
        "%%route /a --try /a?x=1",
        "%%route POST /b --try /b",
        "%%route /plain\n'x'",
        "%%route /<x>\nx",
        "x = 1\n%http POST /items name=Ada --expect 201",
        "%%http PUT /text\nContent-Type: text/plain\n\nhello",
        'client = app.test_client()\nclient.post("/j", json={"a": 1})',
        'requests.get("http://127.0.0.1:5000/r", params={"q": "x y"})',
        'requests.get("https://example.org/")\nclient.get(url)\nd.get("/key")',
        "%http /{{ name }}",
        "answer = %http GET /kept --expect 200\nanswer.json()",
    ]
    asked = asked_by([Cell(f"c{n}", source) for n, source in enumerate(sources)])
    assert [(one.cell, one.method, one.url, one.body) for one in asked] == [
        ("cell 1", "GET", "/a?x=1", b""),
        ("cell 2", "POST", "/b", b""),
        ("cell 3", "GET", "/plain", b""),
        ("cell 5", "POST", "/items", b'{"name": "Ada"}'),
        ("cell 6", "PUT", "/text", b"hello"),
        ("cell 7", "POST", "/j", b'{"a": 1}'),
        ("cell 8", "GET", "/r?q=x+y", b""),
        ("cell 11", "GET", "/kept", b""),
    ]
    assert asked[3].status == 201


def test_a_talk_is_a_request_whose_body_says_what_is_said() -> None:
    """It hears as many messages as it says, and what comes at once; or so many."""
    cell = Cell("a", '%http --ws /echo "hi" "ho"')
    (one,) = asked_by([cell])
    assert (one.is_talk, one.url) == (True, "/echo")
    talk = json.loads(one.body)
    assert [turn[1] for turn in talk["turns"]] == [
        *("open", "text", "text", "hear", "hear", "close")
    ]
    assert talk["turns"][-1] == [0, "close", [1000, True]]
    (one,) = asked_by([Cell("a", '%http --ws --frames 1 /echo "hi" "ho"')])
    turns = json.loads(one.body)["turns"]
    assert [turn[1] for turn in turns] == ["open", "text", "text", "hear", "close"]
    assert turns[-1] == [0, "close", [1000, False]]
