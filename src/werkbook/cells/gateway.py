"""Cells of Jupyter Kernel Gateway's notebook-http mode, read as views.

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
from werkbook.cells.routes import derive_endpoint
from werkbook.cells.source import magics
from werkbook.cells.source.edits import apply
from werkbook.cells.source.edits import replace as replace_node
from werkbook.cells.source.lines import indent
from werkbook.cells.source.names import Names, find_names
from werkbook.syntax_trees import parse_python

_ANNOTATION = re.compile(
    r"\s*#+\s*(?P<info>ResponseInfo\s+)?(?P<method>GET|PUT|POST|DELETE)"
    r"\s+(?P<path>/\S*)\s*$",
    re.MULTILINE,
)
_OWN_APP = re.compile(
    r"\b(?:Flask|App|Bottle|FastAPI|Starlette)\(|^[ \t]*%%route", re.M
)
_VARIABLE = re.compile(r":([A-Za-z_]\w*)")

_RESULT = "result_of_cell"

_SETUP = '''\
import builtins
import functools
import json
from contextvars import ContextVar
from io import StringIO

from werkbook import App, request

app = App()
printed = ContextVar("printed")


def print(*values, **options):
    """Print into the answer of the request that is being answered, if one is."""
    parts = printed.get(None)
    if parts and "file" not in options:
        options["file"] = parts[-1]
    builtins.print(*values, **options)


def read_request():
    """Describe the request as Jupyter Kernel Gateway does."""
    if request.is_json:
        body = request.get_json()
    elif request.form or request.files:
        body = request.form.to_dict(flat=False)
    else:
        body = request.get_data(as_text=True)
    return json.dumps(
        {
            "body": body,
            "args": request.args.to_dict(flat=False),
            "path": request.view_args,
            "headers": dict(request.headers),
        }
    )


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


def response_info():
    """Let what follows in a cell describe the response: its status and headers."""
    printed.get().append(StringIO())


def gateway_cell(cell):
    """Answer with what a cell prints, or else with its last expression."""

    @functools.wraps(cell)
    def answer(**variables):
        token = printed.set([StringIO()])
        try:
            value = cell(read_request())
            parts = [part.getvalue() for part in printed.get()]
        finally:
            printed.reset(token)
        info = json.loads(parts[1]) if len(parts) > 1 else {}
        headers = {"Content-Type": "text/plain", **info.get("headers", {})}
        return parts[0] or mimebundle(value), info.get("status", 200), headers

    return answer
'''
_OWN_NAMES = (
    "app",
    "printed",
    "read_request",
    "mimebundle",
    "response_info",
    "gateway_cell",
    "request",
)
"""Names of the lines above that give way to the notebook's own."""


@dataclass
class _Route:
    method: str
    path: str
    bodies: list[str] = field(default_factory=list)
    infos: list[str] = field(default_factory=list)

    @property
    def source(self) -> str:
        """All that its cells do."""
        return "\n".join([*self.bodies, *self.infos])


@dataclass(frozen=True)
class GatewayRoute:
    """A route as Kernel Gateway serves it.

    Attributes:
        method: In capitals.
        path: With variables: `/hello/:id`.
        body: What its cells do, without their comments.
        info: What its ResponseInfo cells do.
    """

    method: str
    path: str
    body: str
    info: str


def gateway_routes(cells: list[Cell]) -> tuple[list[GatewayRoute], set[str]]:
    """Read the routes of a Kernel Gateway notebook, and the ids of their cells.

    Both are empty for any other notebook.
    """
    annotated = [_ANNOTATION.match(cell.source) for cell in cells]
    if not any(annotated) or any(_OWN_APP.search(cell.source) for cell in cells):
        return [], set()
    routes: dict[tuple[str, str], _Route] = {}
    ids = set()
    for cell, match in zip(cells, annotated, strict=True):
        if match is not None:
            key = (match["method"], match["path"])
            route = routes.setdefault(key, _Route(*key))
            source = magics.without_magics(cell.source[match.end() :].strip("\n"))
            (route.infos if match["info"] else route.bodies).append(source)
            ids.add(cell.id)
    found = [
        GatewayRoute(one.method, one.path, "\n".join(one.bodies), "\n".join(one.infos))
        for one in routes.values()
        if one.bodies
    ]
    return found, ids


def as_route_cells(cells: list[Cell]) -> list[Cell]:
    """Turn annotated cells into views; other notebooks stay as they are.

    Each becomes a function, so that requests that overlap share nothing but what the
    notebook means to share: a name that one cell binds and another reads.
    """
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
    plain = [
        cell for cell, match in zip(cells, annotated, strict=True) if match is None
    ]
    notebook = _Notebook(plain, list(routes.values()))
    result = [Cell("kernel-gateway", notebook.setup(), name="Kernel Gateway's helpers")]
    done = set()
    for cell, match in zip(cells, annotated, strict=True):
        if match is None:
            result.append(replace(cell, source=notebook.plain_source(cell.source)))
            continue
        key = (match["method"], match["path"])
        if key not in done and routes[key].bodies and not match["info"]:
            done.add(key)
            source = notebook.view_source(routes[key])
            result.append(replace(cell, source=source))
    return result


class _Notebook:
    """What the cells of a notebook bind and read, and the views made of them."""

    def __init__(self, plain: list[Cell], routes: list[_Route]) -> None:
        self.words: set[str] = set()
        self.bound: set[str] = set()
        self.read_later: set[str] = set()
        for cell in plain:
            names = self._learn(magics.transform(cell.source).source)
            self.bound |= names.binds
            self.read_later |= names.later
        self.reads: dict[int, set[str]] = {}
        for route in routes:
            names = self._learn(route.source)
            self.reads[id(route)] = names.reads | names.later
        self.own = {name: self._free(name) for name in _OWN_NAMES}

    def _learn(self, source: str) -> Names:
        self.words.update(re.findall(r"[A-Za-z_]\w*", source))
        try:
            return find_names(*parse_python(source).body)
        except (SyntaxError, ValueError, RecursionError):
            return Names()

    def _free(self, name: str) -> str:
        """A name for a helper that is the notebook's nowhere."""
        is_taken = name in self.bound or (
            name in self.words and name not in ("app", "request")
        )
        return f"gateway_{name.removeprefix('gateway_')}" if is_taken else name

    def setup(self) -> str:
        """The helpers, under names that are free."""
        source = _SETUP
        for name, free in self.own.items():
            if name != free:
                source = re.sub(rf"\b{name}\b(?!=)", free, source)
        return source.replace(
            f"import App, {self.own['request']}", _import_request(self.own["request"])
        )

    def plain_source(self, source: str) -> str:
        """A cell that is no route: `REQUEST` in its functions is the request's."""
        if "REQUEST" not in source:
            return source
        try:
            tree = parse_python(source)
        except (SyntaxError, ValueError):
            return source
        reads = f"{self.own['read_request']}()"
        edits = [
            replace_node(node, reads)
            for node in ast.walk(tree)
            if isinstance(node, ast.Name)
            and node.id == "REQUEST"
            and isinstance(node.ctx, ast.Load)
        ]
        return apply(source, edits)

    def view_source(self, route: _Route) -> str:
        """The view function of a route."""
        rule = _VARIABLE.sub(r"<\1>", route.path)
        method = route.method.lower()
        name = derive_endpoint((route.method,), rule)
        while name in self.words or re.search(rf"\b{name}\b", _SETUP):
            name += "_view"
        how = f"{_RESULT} = " if route.infos else "return "
        body, has_result = _keeping_result("\n".join(route.bodies), how)
        lines = [
            f'@{self.own["app"]}.{method}("{rule}")',
            f"@{self.own['gateway_cell']}",
            f"def {name}(REQUEST):",
        ]
        shared = self._shared(route)
        if shared:
            lines.append(f"    global {', '.join(shared)}")
        lines.append(indent(body) or "    pass")
        if route.infos:
            lines.append(f"    {self.own['response_info']}()")
            lines.append(indent("\n".join(route.infos)))
            if has_result:
                lines.append(f"    return {_RESULT}")
        return "\n".join(lines)

    def _shared(self, route: _Route) -> list[str]:
        """The names that a route binds for others, or for its next request."""
        try:
            names = find_names(*parse_python(route.source).body)
        except (SyntaxError, ValueError, RecursionError):
            return []
        elsewhere = self.read_later.union(*self.reads.values())
        return sorted(names.binds & elsewhere - {"REQUEST"})


def _import_request(name: str) -> str:
    return (
        f"import App, request as {name}" if name != "request" else "import App, request"
    )


def _keeping_result(body: str, how: str) -> tuple[str, bool]:
    """Return or name what a last expression gives; tell whether there is one."""
    try:
        last = parse_python(body).body[-1]
    except (SyntaxError, ValueError, IndexError):
        return body, False
    if body.rstrip().endswith(";"):
        return body.rstrip().rstrip(";"), False  # it says: show nothing
    if not isinstance(last, ast.Expr) or _is_print(last.value):
        return body, False
    lines = body.split("\n")
    line = lines[last.lineno - 1].encode()
    before, after = line[: last.col_offset], line[last.col_offset :]
    lines[last.lineno - 1] = f"{before.decode()}{how}{after.decode()}"
    return "\n".join(lines), True


def _is_print(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    )
