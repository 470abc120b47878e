"""A notebook of Kernel Gateway's: its cells answer, as they do in that server's kernel.

Source: jupyter-server/kernel_gateway, docs/source/http-mode.md.
"""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from werkbook.syntax_trees import parse_python

_VARIABLE = re.compile(r":([A-Za-z_]\w*)")
_KINDS = (
    ("text/html", "_repr_html_"),
    ("text/markdown", "_repr_markdown_"),
    ("image/svg+xml", "_repr_svg_"),
    ("application/json", "_repr_json_"),
)


@dataclass(frozen=True)
class CellRoute:
    """One route, as the one who lists rules reads it."""

    rule: str
    method: str
    pattern: re.Pattern[str]
    body: str
    info: str


class GatewayApp:
    """A WSGI app whose views are cells: each sets the kernel's `REQUEST`, and runs.

    Args:
        space: The notebook's namespace.
        routes: Method, path, body and info of each route.
    """

    def __init__(self, space: dict[str, Any], routes: Iterable[dict[str, str]]) -> None:
        self._space = space
        self.routes = [
            CellRoute(
                _VARIABLE.sub(r"<\1>", one["path"]),
                one["method"],
                re.compile(_VARIABLE.sub(r"(?P<\1>[^/]+)", one["path"])),
                one["body"],
                one["info"],
            )
            for one in routes
        ]

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> list[bytes]:
        """Answer a WSGI request (PEP 3333)."""
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        for route in self.routes:
            match = route.pattern.fullmatch(path)
            if match is not None and route.method == method:
                return self._answer(route, match.groupdict(), environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]

    def _answer(
        self,
        route: CellRoute,
        variables: dict[str, str],
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> list[bytes]:
        self._space["REQUEST"] = json.dumps(_describe(environ, variables))
        text = self._run(route.body)
        info = json.loads(self._run(route.info) or "{}") if route.info else {}
        headers = {"Content-Type": "text/plain", **info.get("headers", {})}
        start_response(f"{info.get('status', 200)} -", list(headers.items()))
        return [text.encode()]

    def _run(self, source: str) -> str:
        """Run what a cell holds; give what it prints, or else its last expression."""
        tree = parse_python(source)
        last = tree.body[-1] if tree.body else None
        is_shown = isinstance(last, ast.Expr) and not source.rstrip().endswith(";")
        value = None
        with redirect_stdout(io.StringIO()) as printed:
            if isinstance(last, ast.Expr) and is_shown:
                tree.body.pop()
            exec(compile(tree, "<cell>", "exec"), self._space)
            if isinstance(last, ast.Expr) and is_shown:
                expression = ast.Expression(last.value)
                value = eval(compile(expression, "<cell>", "eval"), self._space)
        return printed.getvalue() or _mimebundle(value)


def _mimebundle(value: Any) -> str:
    if value is None:
        return ""
    bundle = {"text/plain": repr(value)}
    for kind, name in _KINDS:
        describe = getattr(value, name, None)
        described = describe() if describe is not None else None
        if described is not None:
            bundle[kind] = described
    return json.dumps(bundle)


def _describe(environ: dict[str, Any], variables: dict[str, str]) -> dict[str, Any]:
    """Describe a request as Kernel Gateway does."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    text = environ["wsgi.input"].read(length).decode("utf-8", "replace")
    kind = environ.get("CONTENT_TYPE", "")
    body: Any = text
    if kind.startswith("application/json") and text:
        body = json.loads(text)
    elif kind.startswith("application/x-www-form-urlencoded"):
        body = parse_qs(text)
    headers = {
        name[5:].replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return {
        "body": body,
        "args": parse_qs(environ.get("QUERY_STRING", "")),
        "path": variables,
        "headers": headers,
    }
