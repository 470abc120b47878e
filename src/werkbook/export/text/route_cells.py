"""`%%route` cells as the decorated functions that they stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from werkbook.cells.routes import RouteLine, is_generator
from werkbook.cells.source.edits import Edit, apply, insert
from werkbook.cells.source.lines import indent, strip_line_ends
from werkbook.cells.source.names import BUILTINS, find_names, forget_names
from werkbook.cells.source.parsed import LeftOut
from werkbook.cells.source.statements import Statement
from werkbook.cells.source.texts import quote
from werkbook.export.flow.apps.rule_calls import ROUTE_METHODS, find_rules
from werkbook.export.flow.context import Context
from werkbook.routing.variables import list_variables
from werkbook.syntax_trees import parse_python


def decorate_route_cells(
    statements: list[Statement], left_out: list[LeftOut]
) -> list[Statement]:
    """Give the views of `%%route` cells their decorators and their names.

    A view's name is its endpoint's, unless other code uses that name: the function
    must not hide a global. Cells whose derived endpoint is taken stay out, as they
    fail in the notebook.
    """
    cells = [statement for statement in statements if statement.route]
    if not cells:
        return statements
    plain = [statement for statement in statements if not statement.route]
    context = Context(statement.node for statement in plain)
    app = _app_name(context)
    result = list(statements)
    if app is None:
        app = "app"
        result = _with_app(statements)
    taken = _names_in_use(statements)
    claims = _plain_claims(plain)
    for statement in cells:
        route = statement.route
        assert route is not None
        claim = claims.get(route.endpoint)
        if claim is None or route.name is not None:
            name = _free_name(route.endpoint, taken)
        elif claim.is_redefined_by(route):
            name = claim.function
        else:
            result.remove(statement)
            reason = (
                f"its endpoint {route.endpoint!r} is taken; --name gives it another"
            )
            left_out.append(LeftOut(statement.cell, reason))
            continue
        taken.add(name)
        claims[route.endpoint] = _Claim(route.rule, route.methods, name)
        known = _names_above(result, statement) if route.signature else set()
        _decorate(statement, route, route.app or app, name, known)
    return result


@dataclass(frozen=True)
class _Claim:
    """An endpoint's rule, and the name of its view function."""

    rule: str | None
    methods: tuple[str, ...]
    function: str

    def is_redefined_by(self, route: RouteLine) -> bool:
        """Say whether a cell's rule is this one again: then the later cell has it."""
        return self.rule == route.rule and bool({*self.methods} & {*route.methods})


def _free_name(endpoint: str, taken: set[str]) -> str:
    name = endpoint
    while name in taken or name in BUILTINS:
        name += "_view"
    return name


def _app_name(context: Context) -> str | None:
    if "app" in context.apps or "app" in context.imports:
        return "app"
    return next(iter(context.apps)) if len(context.apps) == 1 else None


def _with_app(statements: list[Statement]) -> list[Statement]:
    """Make the app that `%%route` made when there was none."""
    position = next(n for n, one in enumerate(statements) if one.route)
    cell = statements[position].cell
    source = ["from werkbook import App", "app = App()"]
    made = [
        Statement(cell, 1, node, text, is_first=True, is_last=True)
        for text in source
        for node in parse_python(text).body
    ]
    return [*statements[:position], *made, *statements[position:]]


def _names_in_use(statements: Iterable[Statement]) -> set[str]:
    used: set[str] = set()
    for statement in statements:
        names = find_names(statement.node)
        used |= names.reads | names.later | names.rebinds
        if statement.route is None:
            used |= names.binds
    return used


def _plain_claims(statements: list[Statement]) -> dict[str, _Claim]:
    """The endpoints of ordinary cells."""
    found = {}
    for statement in statements:
        for rule in find_rules(statement.node, 0):
            if rule.endpoint and rule.owner == "app":
                name = getattr(statement.node, "name", rule.endpoint)
                found[rule.endpoint] = _Claim(rule.rule, rule.methods or (), name)
    return found


def _names_above(statements: list[Statement], cell: Statement) -> set[str]:
    """Return the names that are bound where a cell's view function is defined."""
    known: set[str] = set()
    for statement in statements[: statements.index(cell)]:
        known |= find_names(statement.node).binds
    return known


def _decorate(
    statement: Statement, route: RouteLine, app: str, name: str, known: set[str]
) -> None:
    decorator = _decorator(route, app, name)
    node = statement.node
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    forget_names(node)
    node.name = name
    node.decorator_list = [parse_python(decorator, mode="eval").body]
    variables = list_variables(route.rule)
    arguments = f"({', '.join(variables)})"
    if route.signature is not None:
        arguments = route.signature.write(variables, known)
    keyword = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    body = indent(returning(statement.text))
    head = parse_python(f"def {name}{arguments}: pass").body[0]
    assert isinstance(head, ast.FunctionDef)
    node.args, node.returns = head.args, head.returns
    statement.text = f"@{decorator}\n{keyword} {name}{arguments}:\n{body}"


def _decorator(route: RouteLine, app: str, name: str) -> str:
    arguments = [quote(route.rule)]
    verb = route.methods[0].lower()
    if len(route.methods) > 1 or verb not in ROUTE_METHODS:
        verb = "route"
        methods = ", ".join(quote(method) for method in route.methods)
        arguments.append(f"methods=[{methods}]")
    if name != route.endpoint:
        arguments.append(f"endpoint={quote(route.endpoint)}")
    return f"{app}.{verb}({', '.join(arguments)})"


def returning(body: str) -> str:
    """Return the last expression of a body; all else stays to the letter."""
    body = strip_line_ends(body).strip("\n")
    statements = parse_python(body).body
    last = statements[-1]
    if not isinstance(last, ast.Expr) or is_generator(statements):
        return body
    edits = [insert(last.lineno, last.col_offset, "return ")]
    end_line, end_column = last.end_lineno or 1, last.end_col_offset or 0
    line = body.split("\n")[end_line - 1]
    tail = line.encode()[end_column:].decode()
    rest = tail.lstrip(" ;")
    if ";" in tail[: len(tail) - len(rest)]:
        width = len(line.encode())
        kept = f"  {rest}" if rest else ""
        edits.append(Edit(end_line, end_column, end_line, width, kept))
    return apply(body, edits)
