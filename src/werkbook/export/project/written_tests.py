"""A pytest file from the requests that a notebook made."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from werkbook.cells.asked import Asked
from werkbook.cells.source.texts import LINE_LENGTH, quote
from werkbook.export.exporter import MARK
from werkbook.export.proof.answers import KnownAnswer
from werkbook.export.proof.proved import Proved

_SHORT = 2000


def tests_for(
    result: Proved, asked: Sequence[Asked], module: str = "app", notebook: str = ""
) -> str:
    """Write one readable test for each request, with what it should answer.

    What the notebook recorded counts; else what the proof got. Bodies that vary from
    one request to the next are not compared.
    """
    answers: list[KnownAnswer | None] = [None] * len(asked)
    if result.proof is not None and len(result.proof.answers) == len(asked):
        answers = list(result.proof.answers)
    app = result.export.app
    name = "" if app == "app" else f" as {app}"
    lines = [
        f'"""Requests of the notebook {notebook}, {MARK}."""',
        "",
        "import pytest",
        "from werkzeug.test import Client",
        "",
        f"from {module} import app" if not name else f"from {module} import {app}",
        "",
        "",
        '@pytest.fixture(scope="module")',
        "def client():",
        '    """Ask the app; cookies last from test to test, as in the notebook."""',
        f"    return Client({app})",
    ]
    taken: set[str] = set()
    for one, answer in zip(asked, answers, strict=True):
        lines += ["", "", *_test(one, answer, _name(one, taken))]
    return "\n".join(lines) + "\n"


def _name(asked: Asked, taken: set[str]) -> str:
    words = re.findall(r"[a-z0-9]+", asked.url.lower())[:6]
    base = "_".join(["test", asked.method.lower(), *words])
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name)
    return name


def _test(asked: Asked, answer: KnownAnswer | None, name: str) -> list[str]:
    lines = [f"def {name}(client):", f'    """{asked.cell} asked this."""']
    lines += _request(asked)
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
    lines += _body_check(body, kind)
    return lines


def _request(asked: Asked) -> list[str]:
    arguments = [quote(asked.url)]
    rest = []
    for name, value in asked.headers:
        is_json = value.startswith("application/json") and bool(asked.body)
        if name.lower() != "content-type" or not is_json:
            rest.append((name, value))
    if asked.body:
        arguments.append(_body_argument(asked))
    if rest:
        pairs = ", ".join(f"{quote(name)}: {quote(value)}" for name, value in rest)
        arguments.append(f"headers={{{pairs}}}")
    if asked.follows:
        arguments.append("follow_redirects=True")
    head = f"    response = client.{_opener(asked)}("
    if _opener(asked) == "open":
        arguments.append(f"method={quote(asked.method)}")
    line = f"{head}{', '.join(arguments)})"
    if len(line) <= LINE_LENGTH:
        return [line]
    inner = f"        {', '.join(arguments)}"
    if len(inner) <= LINE_LENGTH:
        return [head, inner, "    )"]
    return [head, *(f"        {argument}," for argument in arguments), "    )"]


def _opener(asked: Asked) -> str:
    verb = asked.method.lower()
    known = ("get", "post", "put", "patch", "delete", "head", "options")
    return verb if verb in known else "open"


def _body_argument(asked: Asked) -> str:
    kinds = [value for name, value in asked.headers if name.lower() == "content-type"]
    if kinds and kinds[0].startswith("application/json"):
        try:
            return f"json={_value(json.loads(asked.body))}"
        except ValueError:
            pass
    try:
        return f"data={quote(asked.body.decode())}"
    except UnicodeDecodeError:
        return f"data={asked.body!r}"


def _value(value: object) -> str:
    """Write data as Python, in double quotes."""
    if isinstance(value, dict):
        pairs = [f"{_value(key)}: {_value(one)}" for key, one in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    return quote(value) if isinstance(value, str) else repr(value)


def _body_check(body: bytes | None, kind: str) -> list[str]:
    if body is None or len(body) > _SHORT:
        return []
    if kind == "application/json":
        try:
            data = _value(json.loads(body))
        except ValueError:
            return []
        line = f"    assert response.json == {data}"
        if len(line) <= LINE_LENGTH:
            return [line]
        return ["    assert response.json == (", f"        {data}", "    )"]
    if not kind.startswith("text/"):
        return []
    text = body.decode(errors="replace")
    if "\n" in text.rstrip("\n"):
        escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        if escaped.endswith('"'):
            escaped = escaped[:-1] + '\\"'
        return [f'    assert response.text == """\\\n{escaped}"""']
    return [f"    assert response.text == {quote(text)}"]
