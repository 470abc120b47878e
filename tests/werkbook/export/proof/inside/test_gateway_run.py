"""Kernel Gateway's cells as an app."""

from __future__ import annotations

import json

from werkzeug.test import Client

from werkbook.export.proof.inside.gateway_run import GatewayApp


def client(*routes: tuple[str, str, str, str]) -> Client:
    keys = ("method", "path", "body", "info")
    told = [dict(zip(keys, route, strict=True)) for route in routes]
    return Client(GatewayApp({"json": json}, told))


def test_a_cell_answers_with_what_it_prints() -> None:
    """`REQUEST` tells of path, query, body and headers."""
    body = "r = json.loads(REQUEST)\nprint(r['path']['n'], r['args'], r['body'])"
    asking = client(("POST", "/double/:n", body, ""))
    answer = asking.post("/double/4?a=1", json={"b": 2})
    assert answer.text == "4 {'a': ['1']} {'b': 2}\n"
    assert answer.content_type == "text/plain"
    assert asking.get("/double/4").status_code == 404


def test_a_cell_answers_with_its_last_expression() -> None:
    """As the kernel describes it; a semicolon hides it."""
    asking = client(("GET", "/a", "n = 2\nn + 1", ""), ("GET", "/b", "n + 1;", ""))
    assert asking.get("/a").json is None
    assert json.loads(asking.get("/a").text) == {"text/plain": "3"}
    assert asking.get("/b").text == ""


def test_response_info_gives_status_and_headers() -> None:
    """What the second cell prints is JSON."""
    info = "print(json.dumps({'status': 201, 'headers': {'X-A': 'b'}}))"
    answer = client(("GET", "/a", "print('x')", info)).get("/a")
    assert (answer.status_code, answer.headers["X-A"]) == (201, "b")
