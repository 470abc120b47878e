"""Cells of Jupyter Kernel Gateway's notebook-http mode, read as `%%route` cells.

There a comment names the route (`# GET /hello/:id`), the body reads the global
`REQUEST`, a JSON text, and what it prints is the response; a second cell
(`# ResponseInfo GET /hello/:id`) prints status and headers.
Source: jupyter-server/kernel_gateway, docs/source/http-mode.md.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace

from werkbook.export.cells import Cell
from werkbook.export.lines import indent

_ANNOTATION = re.compile(
    r"\s*#+\s*(?P<info>ResponseInfo\s+)?(?P<method>GET|PUT|POST|DELETE)"
    r"\s+(?P<path>/\S*)\s*$",
    re.MULTILINE,
)
_OWN_APP = re.compile(r"\b(?:Flask|App|Bottle|FastAPI|Starlette)\(|^\s*%%route", re.M)
_VARIABLE = re.compile(r":([A-Za-z_]\w*)")

_SETUP = '''\
import json
from contextlib import redirect_stdout
from io import StringIO

from werkbook import App, request

app = App()


def read_request():
    """Describe the request as Jupyter Kernel Gateway does."""
    if request.is_json:
        body = request.get_json()
    elif request.form or request.files:
        body = request.form.to_dict(flat=False)
    else:
        body = request.get_data(as_text=True)
    arguments = request.args.to_dict(flat=False)
    headers = dict(request.headers)
    return json.dumps(
        {
            "body": body,
            "args": arguments,
            "path": request.view_args,
            "headers": headers,
        }
    )


def respond(text, info="{}"):
    """Answer with what a cell printed, and what its ResponseInfo cell printed."""
    info = json.loads(info)
    headers = {"Content-Type": "text/plain", **info.get("headers", {})}
    return text, info.get("status", 200), headers
'''


@dataclass
class _Route:
    method: str
    path: str
    bodies: list[str] = field(default_factory=list)
    infos: list[str] = field(default_factory=list)


def as_route_cells(cells: list[Cell]) -> list[Cell]:
    """Turn annotated cells into `%%route` cells; other notebooks stay as they are."""
    annotated = [_ANNOTATION.match(cell.source) for cell in cells]
    if not any(annotated) or any(_OWN_APP.search(cell.source) for cell in cells):
        return cells
    routes: dict[tuple[str, str], _Route] = {}
    for cell, match in zip(cells, annotated, strict=True):
        if match is None:
            continue
        key = (match["method"], match["path"])
        route = routes.setdefault(key, _Route(*key))
        body = cell.source[match.end() :].strip("\n")
        (route.infos if match["info"] else route.bodies).append(body)
    shared = _shared_names([cell.source for cell in cells])
    result = [Cell("kernel-gateway", _SETUP)]
    done = set()
    for cell, match in zip(cells, annotated, strict=True):
        if match is None:
            result.append(cell)
            continue
        key = (match["method"], match["path"])
        if key not in done and routes[key].bodies and not match["info"]:
            done.add(key)
            result.append(replace(cell, source=_route_source(routes[key], shared)))
    return result


def _route_source(route: _Route, shared: set[str]) -> str:
    rule = _VARIABLE.sub(r"<\1>", route.path)
    body = "\n".join(route.bodies)
    info = "\n".join(route.infos)
    kept = sorted((_assigned(body) | _assigned(info)) & shared)
    lines = [f"%%route {route.method} {rule}"]
    if kept:
        lines.append(f"global {', '.join(kept)}")
    if "REQUEST" in body + info:
        lines.append("REQUEST = read_request()")
    lines += ["with redirect_stdout(StringIO()) as printed:", indent(body)]
    if info:
        lines += ["with redirect_stdout(StringIO()) as printed_info:", indent(info)]
        lines.append("respond(printed.getvalue(), printed_info.getvalue())")
    else:
        lines.append("respond(printed.getvalue())")
    return "\n".join(lines)


def _assigned(source: str) -> set[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } - {"REQUEST"}


def _shared_names(sources: list[str]) -> set[str]:
    """Names that stand in more than one cell: the kernel's globals."""
    seen: set[str] = set()
    shared: set[str] = set()
    for source in sources:
        names = set(re.findall(r"[A-Za-z_]\w*", source))
        shared |= names & seen
        seen |= names
    return shared
