"""Cells of Jupyter Kernel Gateway's notebook-http mode, read as `%%route` cells.

There a comment names the route (`# GET /hello/:id`), the body reads the global
`REQUEST`, a JSON text, and what it prints is the response, or else the mimebundle of
its last expression; a second cell (`# ResponseInfo GET /hello/:id`) prints status and
headers.
Source: jupyter-server/kernel_gateway, docs/source/http-mode.md.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace

from werkbook.cells.cell import Cell
from werkbook.cells.lines import indent

_ANNOTATION = re.compile(
    r"\s*#+\s*(?P<info>ResponseInfo\s+)?(?P<method>GET|PUT|POST|DELETE)"
    r"\s+(?P<path>/\S*)\s*$",
    re.MULTILINE,
)
_OWN_APP = re.compile(r"\b(?:Flask|App|Bottle|FastAPI|Starlette)\(|^\s*%%route", re.M)
_VARIABLE = re.compile(r":([A-Za-z_]\w*)")

_RESULT = "result_of_cell"

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


def mimebundle(value):
    """Describe a cell's last expression as Jupyter does."""
    if value is None:
        return ""
    bundle = {"text/plain": repr(value)}
    for mimetype, method in (
        ("text/html", "_repr_html_"),
        ("text/markdown", "_repr_markdown_"),
        ("image/svg+xml", "_repr_svg_"),
        ("application/json", "_repr_json_"),
    ):
        describe = getattr(value, method, None)
        if describe is not None and (described := describe()) is not None:
            bundle[mimetype] = described
    return json.dumps(bundle)
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
    body, has_result = _keeping_result("\n".join(route.bodies))
    info = "\n".join(route.infos)
    kept = sorted((_assigned(body) | _assigned(info)) & shared)
    lines = [f"%%route {route.method} {rule}"]
    if kept:
        lines.append(f"global {', '.join(kept)}")
    if "REQUEST" in body + info:
        lines.append("REQUEST = read_request()")
    lines += ["with redirect_stdout(StringIO()) as printed:", indent(body)]
    text = "printed.getvalue()"
    if has_result:
        text += f" or mimebundle({_RESULT})"
    if info:
        lines += ["with redirect_stdout(StringIO()) as printed_info:", indent(info)]
        lines.append(f"respond({text}, printed_info.getvalue())")
    else:
        lines.append(f"respond({text})")
    return "\n".join(lines)


def _keeping_result(body: str) -> tuple[str, bool]:
    """Name what a last expression gives; tell whether there is one."""
    try:
        last = ast.parse(body).body[-1]
    except (SyntaxError, ValueError, IndexError):
        return body, False
    if body.rstrip().endswith(";"):
        return body.rstrip().rstrip(";"), False  # it says: show nothing
    if not isinstance(last, ast.Expr) or _is_print(last.value):
        return body, False
    lines = body.split("\n")
    line = lines[last.lineno - 1].encode()
    before, after = line[: last.col_offset], line[last.col_offset :]
    lines[last.lineno - 1] = f"{before.decode()}{_RESULT} = {after.decode()}"
    return "\n".join(lines), True


def _is_print(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    )


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
