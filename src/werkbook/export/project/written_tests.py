"""A pytest file from the requests that a notebook made."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from werkbook.cells.asked import Asked
from werkbook.cells.source.texts import LINE_LENGTH, quote
from werkbook.export.exporter import Export, head_of
from werkbook.export.proof.answers import KnownAnswer, Proof
from werkbook.export.proof.proved import Proved

_SHORT = 2000
_WITH_BODY = ("post", "put", "patch")
"""Methods whose function of an ASGI app's test client takes a body."""
_WSGI_HEAD = """\
import pytest
from werkzeug.test import Client

from {module} import {app}


@pytest.fixture(scope="module")
def client():
    \"\"\"Ask the app; cookies last from test to test, as in the notebook.\"\"\"
    return Client({app})"""
_ASGI_HEAD = """\
import pytest
from starlette.testclient import TestClient

from {module} import {app}


@pytest.fixture(scope="module")
def client():
    \"\"\"Ask the app; cookies last from test to test, as in the notebook.\"\"\"
    with TestClient({app}, follow_redirects=False) as client:
        yield client"""
_WSGI_VISITOR = """\


@pytest.fixture
def visitor():
    \"\"\"Ask the app without any cookie.\"\"\"
    return Client({app})"""
_ASGI_VISITOR = """\


@pytest.fixture
def visitor():
    \"\"\"Ask the app without any cookie.\"\"\"
    return TestClient({app}, follow_redirects=False)"""


def testing_packages(export: Export) -> list[str]:
    """The distributions that the tests need besides those of the app."""
    if export.is_asgi:
        return ["pytest", "starlette", "httpx"]
    brings_werkzeug = export.package in ("flask", "werkbook", "dash")
    return ["pytest"] if brings_werkzeug else ["pytest", "werkzeug"]


def tests_for(
    result: Proved, asked: Sequence[Asked], module: str = "app", notebook: str = ""
) -> str:
    """Write one readable test for each request, with what it should answer.

    What the notebook recorded counts; else what the proof got. Bodies that vary from
    one request to the next are not compared.
    """
    export = result.export
    # A test client of Flask's kind can't open a WebSocket.
    asked = [one for one in asked if not one.is_talk]
    pairs = _with_answers(result.proof, asked)
    is_asgi = export.is_asgi
    heads = [_ASGI_HEAD if is_asgi else _WSGI_HEAD]
    names = _visitors([answer for _, answer in pairs], [one for one, _ in pairs])
    if "visitor" in names:
        heads.append(_ASGI_VISITOR if is_asgi else _WSGI_VISITOR)
    head = "\n".join(heads).format(module=module, app=export.app)
    lines = [head_of("Requests", notebook), "", head]
    taken: set[str] = set()
    for (one, answer), client in zip(pairs, names, strict=True):
        written = _test(one, answer, _name(one, taken), client, is_asgi=is_asgi)
        lines += ["", "", *written]
    return "\n".join(lines) + "\n"


def _with_answers(
    proof: Proof | None, asked: Sequence[Asked]
) -> list[tuple[Asked, KnownAnswer | None]]:
    """Put beside each request what the proof got, where it asked just the same."""
    mine = [one for one in proof.exchanges if one.asked.cell] if proof else []
    mine = [one for one in mine if not one.asked.visitor and not one.is_talk]
    if [_key(one.asked) for one in mine] != [_key(one) for one in asked]:
        return [(one, None) for one in asked]
    return [
        (replace(one, cookies=other.asked.cookies), other.file)
        for one, other in zip(asked, mine, strict=True)
    ]


def _key(asked: Asked) -> tuple[str, str, object]:
    """What tells a request from others; JSON counts however it is laid out."""
    try:
        return asked.method, asked.url, json.dumps(json.loads(asked.body))
    except ValueError:
        return asked.method, asked.url, asked.body


def _visitors(
    answers: Sequence[KnownAnswer | None], asked: Sequence[Asked]
) -> list[str]:
    """Name who asks each request: the client, or a visitor who has no cookies yet."""
    found, has_cookies = [], False
    for one, answer in zip(asked, answers, strict=True):
        is_new = has_cookies and one.cookies == ()
        found.append("visitor" if is_new else "client")
        has_cookies = has_cookies or bool(answer is not None and answer.cookies)
    return found


def _name(asked: Asked, taken: set[str]) -> str:
    words = re.findall(r"[a-z0-9]+", asked.url.lower())[:6]
    base = "_".join(["test", asked.method.lower(), *words])
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name)
    return name


def _test(
    asked: Asked, answer: KnownAnswer | None, name: str, client: str, *, is_asgi: bool
) -> list[str]:
    lines = [f"def {name}({client}):", f'    """{asked.cell} asked this."""']
    lines += _request(asked, client, is_asgi=is_asgi)
    status = asked.status or (answer.status if answer else None)
    if status:
        lines.append(f"    assert response.status_code == {status}")
    elif answer is None:
        lines.append("    assert response.status_code < 500")
    body = asked.response if asked.response is not None else None
    kind = asked.content_type or ""
    if answer is not None:
        body = answer.body if body is None else body
        kind = kind or answer.kind
        if answer.varies or answer.status != status:
            body = None
    lines += _body_check(body, kind, "response.json()" if is_asgi else "response.json")
    return lines


def _request(asked: Asked, client: str, *, is_asgi: bool) -> list[str]:
    opener = _opener(asked, is_asgi=is_asgi)
    arguments = [quote(asked.url)]
    if opener == "request":
        arguments.insert(0, quote(asked.method))
    rest = []
    for name, value in asked.headers:
        is_json = value.startswith("application/json") and bool(asked.body)
        if name.lower() != "content-type" or not is_json:
            rest.append((name, value))
    if asked.body:
        arguments.append(_body_argument(asked, "content" if is_asgi else "data"))
    if rest:
        pairs = ", ".join(f"{quote(name)}: {quote(value)}" for name, value in rest)
        arguments.append(f"headers={{{pairs}}}")
    if asked.follows:
        arguments.append("follow_redirects=True")
    head = f"    response = {client}.{opener}("
    if opener == "open":
        arguments.append(f"method={quote(asked.method)}")
    line = f"{head}{', '.join(arguments)})"
    if len(line) <= LINE_LENGTH:
        return [line]
    inner = f"        {', '.join(arguments)}"
    if len(inner) <= LINE_LENGTH:
        return [head, inner, "    )"]
    return [head, *(f"        {argument}," for argument in arguments), "    )"]


def _opener(asked: Asked, *, is_asgi: bool) -> str:
    verb = asked.method.lower()
    if is_asgi and asked.body and verb not in _WITH_BODY:
        return "request"
    known = ("get", "post", "put", "patch", "delete", "head", "options")
    return verb if verb in known else "request" if is_asgi else "open"


def _body_argument(asked: Asked, name: str) -> str:
    kinds = [value for name, value in asked.headers if name.lower() == "content-type"]
    if kinds and kinds[0].startswith("application/json"):
        try:
            return f"json={_value(json.loads(asked.body))}"
        except ValueError:
            pass
    try:
        return f"{name}={quote(asked.body.decode())}"
    except UnicodeDecodeError:
        return f"{name}={asked.body!r}"


def _value(value: object) -> str:
    """Write data as Python, in double quotes."""
    if isinstance(value, dict):
        pairs = [f"{_value(key)}: {_value(one)}" for key, one in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    return quote(value) if isinstance(value, str) else repr(value)


def _body_check(body: bytes | None, kind: str, held: str) -> list[str]:
    if body is None or len(body) > _SHORT:
        return []
    if kind == "application/json":
        try:
            data = _value(json.loads(body))
        except ValueError:
            return []
        line = f"    assert {held} == {data}"
        if len(line) <= LINE_LENGTH:
            return [line]
        return [f"    assert {held} == (", f"        {data}", "    )"]
    if not kind.startswith("text/"):
        return []
    text = body.decode(errors="replace")
    if "\n" in text.rstrip("\n"):
        escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        if escaped.endswith('"'):
            escaped = escaped[:-1] + '\\"'
        return [f'    assert response.text == """\\\n{escaped}"""']
    return [f"    assert response.text == {quote(text)}"]
