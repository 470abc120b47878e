"""The requests that a notebook's cells make of its app, as far as the text says."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

from werkbook.cells import routes as cellroutes
from werkbook.cells import talks
from werkbook.cells.cell import Cell, label
from werkbook.cells.requests import (
    Filler,
    FillError,
    OutgoingMessages,
    compose,
    compose_messages,
    read_request,
)
from werkbook.cells.requests.grammar import RequestSyntaxError
from werkbook.cells.source import magics
from werkbook.cells.source.lines import scan
from werkbook.cells.source.trees import chain
from werkbook.cells.talks import METHOD
from werkbook.errors import WerkbookError
from werkbook.syntax_trees import parse_python

_HTTP_LINE = re.compile(r"\s*(?:\w[\w\s,]*=\s*)?%http\s+(?P<command>.+)")
"""`%http ...`, or `answer = %http ...`."""
LOCAL_HOSTS = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "ngrok", "loca.lt")
"""Parts of URLs that lead to a server of this machine, tunnels included."""
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")


@dataclass(frozen=True)
class Asked:
    """One request of a cell, with what it got when that is known.

    Attributes:
        cell: The label of the cell.
        method: In capitals.
        url: Path and query.
        headers: Pairs, in order.
        body: The bytes sent.
        status: The status that came back in the notebook, or that `--expect` wants.
        content_type: That of the recorded response, without parameters.
        response: The body that came back in the notebook.
        follows: Redirects are followed.
        cell_id: The cell's lasting identity.
        cookies: The names of the cookies that were sent with it; None when not known.
        visitor: The name of a visitor who keeps cookies of their own; "" when the
            cookies tell who asks.
        carried: What it sends back of earlier answers: the answer's number in the
            order of asking, the value, and what stands in front of it there.
        why_unknown: Why no answer of the live app is known, where one was looked for.
    """

    cell: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    status: int | None = None
    content_type: str | None = None
    response: bytes | None = None
    follows: bool = False
    cell_id: str = ""
    cookies: tuple[str, ...] | None = None
    visitor: str = ""
    carried: tuple[tuple[int, str, str], ...] = ()
    why_unknown: str = ""

    @property
    def is_talk(self) -> bool:
        """It is a talk on WebSockets, which is its body."""
        return self.method == METHOD


def asked_by(cells: Iterable[Cell]) -> list[Asked]:
    """List the requests of `%http`, `--try`, test clients and the requests library.

    A request whose address or data is known only when the notebook runs is not listed.
    """
    found: list[Asked] = []
    code = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
    for number, cell in enumerate(code, 1):
        name = label(cell, number)
        found += [replace(one, cell_id=cell.id) for one in _asked_in(cell.source, name)]
    return found


def _asked_in(source: str, cell: str) -> Iterator[Asked]:
    magic = magics.cell_magic(source)
    if magic is None or magic.name in magics.PYTHON_MAGICS:
        source = source if magic is None else magic.body
        yield from _lines(source, cell)
        yield from _calls(source, cell)
    elif magic.name == "http":
        yield from _command(magic.line, magic.body, cell)
    elif magic.name == "route":
        yield from _tries(magic, cell)


def _tries(magic: magics.CellMagic, cell: str) -> Iterator[Asked]:
    try:
        line = cellroutes.parse_route_line(magic.line)
    except ValueError:
        return
    urls = line.tries
    if not urls and "GET" in line.methods and not line.needs_values:
        urls = (line.rule,)
    method = "GET" if "GET" in line.methods else line.methods[0]
    for url in urls:
        yield Asked(cell, method, _path(url))


def _lines(source: str, cell: str) -> Iterator[Asked]:
    for line in scan(source, magics.is_foreign):
        found = _HTTP_LINE.match(line.text) if line.is_foreign else None
        if found:
            yield from _command(found["command"], None, cell)


def _command(line: str, body: str | None, cell: str) -> Iterator[Asked]:
    try:
        command = read_request(line, body)
        if command.options.is_websocket:
            yield _talk(compose_messages(command, Filler(ast.literal_eval)), cell)
            return
        composed = compose(command, Filler(ast.literal_eval), _no_file)
    except (WerkbookError, FillError, RequestSyntaxError, OSError, ValueError):
        return
    headers = tuple((name, value) for name, value in composed.headers if value)
    sent = composed.body or b""
    expected = command.options.expect
    status = int(expected[0]) if expected and expected[0].isdigit() else None
    url = _path(composed.url)
    follows = command.options.is_followed
    yield Asked(cell, composed.method, url, headers, sent, status, follows=follows)


def _talk(composed: OutgoingMessages, cell: str) -> Asked:
    url = _path(composed.url)
    opened = talks.line(url, composed.headers, composed.protocols)
    body = talks.said_at_once(opened, composed.messages, composed.frames)
    return Asked(cell, METHOD, url, composed.headers, body)


def _no_file(path: str) -> bytes:
    raise OSError(path)


def _path(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path or "/"
    if not path.startswith("/"):
        path = "/" + path.lstrip(":0123456789")
    return f"{path}?{parts.query}" if parts.query else path


def _calls(source: str, cell: str) -> Iterator[Asked]:
    try:
        tree = parse_python(magics.transform(source).source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            continue
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        calls.sort(key=lambda node: (node.lineno, node.col_offset))
        for call in calls:
            asked = _call(call, cell)
            if asked is not None:
                yield asked


def _call(call: ast.Call, cell: str) -> Asked | None:
    name, attributes = chain(call.func)
    if name is None or len(attributes) not in (1, 2) or not call.args:
        return None
    verb = attributes[-1]
    if verb not in _VERBS:
        return None
    url = _literal(call.args[0])
    if not isinstance(url, str):
        return None
    is_client = (
        "client" in name.lower()
        or name in ("c", "tc")
        or (attributes[0] == "test_client")
    )
    is_local = any(host in url for host in LOCAL_HOSTS)
    if not (is_client and url.startswith("/")) and not is_local:
        return None
    options = {keyword.arg: _literal(keyword.value) for keyword in call.keywords}
    return _asked(cell, verb.upper(), url, options)


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _asked(
    cell: str, method: str, url: str, options: dict[str | None, object]
) -> Asked | None:
    headers: list[tuple[str, str]] = []
    body = b""
    given = options.get("headers")
    if isinstance(given, dict):
        headers += [(str(key), str(value)) for key, value in given.items()]
    path = _path(url)
    query = options.get("params") or options.get("query_string")
    if isinstance(query, dict) and query:
        path += ("&" if "?" in path else "?") + urlencode(query, doseq=True)
    if any(
        name in options and options[name] is None
        for name in ("json", "data", "files", "params", "query_string")
    ):
        return None  # known only when the notebook runs
    if "json" in options:
        body = json.dumps(options["json"]).encode()
        headers.append(("Content-Type", "application/json"))
    elif isinstance(data := options.get("data"), dict):
        body = urlencode(data, doseq=True).encode()
        headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    elif isinstance(data, (str, bytes)):
        body = data.encode() if isinstance(data, str) else data
        kind = options.get("content_type")
        if isinstance(kind, str):
            headers.append(("Content-Type", kind))
    return Asked(cell, method, path, tuple(headers), body)
