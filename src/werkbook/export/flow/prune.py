"""What never goes into an export: serving, tunnels, requests to the app itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from dataclasses import dataclass

from werkbook.cells.prompts import is_console_loop
from werkbook.cells.routes import own
from werkbook.cells.source.lines import dedent
from werkbook.cells.source.names import BUILTINS, find_names, imported_as
from werkbook.cells.source.statements import Statement, parse_source, split_statements
from werkbook.cells.source.trees import (
    all_annotations,
    bodies,
    called,
    calls,
    is_compound,
    simple_statements,
)
from werkbook.export.flow import known_calls as words
from werkbook.export.flow.apps.shell_looks import NOTEBOOK_NAMES
from werkbook.export.flow.context import Context, Definition, Function, makes_app
from werkbook.export.flow.dynamic import binds_within
from werkbook.export.flow.effects import find_effects, summary


@dataclass(frozen=True)
class Premature:
    """A statement that reads a name which no cell before it binds: it fails."""

    statement: Statement
    name: str


def prune(
    statements: list[Statement],
    context: Context,
    premature: list[Premature] | None = None,
) -> list[Statement]:
    """Leave out the statements that only serve the app, and those that need these.

    Of a compound statement (`if`, `with`, `try`...) only the part goes that serves.
    What follows `app.run` in a `__main__` block goes too: it ran after the server.

    Args:
        statements: The notebook's, in order.
        context: What they say about their names.
        premature: Takes those that fail after Restart and Run All, as they read a name
            before any statement binds it.
    """
    inlined = inline_main_functions(statements, context)
    if inlined != statements:
        context = Context(statement.node for statement in inlined)
    statements = inlined
    early = premature if premature is not None else []
    return list(_prune(statements, context, early))


def _prune(
    statements: list[Statement],
    context: Context,
    premature: list[Premature],
) -> Iterator[Statement]:
    """Yield what is left of the statements, in the order of their runs.

    A name is tainted while its value comes from what was left out: what reads it is
    left out, too, until something binds it anew. `premature` gets the statements that
    read a name before anything binds it.
    """
    tainted = set(NOTEBOOK_NAMES)
    bound: set[str] = set()
    ended: set[tuple[str, int]] = set()
    rebound = _bound_by_functions(statements)
    has_star = False
    before: list[ast.stmt] = []
    is_postponed = False  # `from __future__ import annotations`
    for statement in statements:
        node = statement.node
        block = (statement.cell, statement.main_block)
        if isinstance(node, ast.Pass) or block in ended:
            continue
        if isinstance(node, ast.Raise):
            ended.add(block)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {imported_as(alias) for alias in node.names}
            away = {imported_as(alias) for alias in _notebook_aliases(node)}
            bound |= names - away
            tainted = (tainted - names) | away
            has_star |= "*" in names
            is_postponed |= getattr(node, "module", "") == "__future__"
            yield statement
            continue
        names_used = find_names(node)
        binds = names_used.binds
        unbound = names_used.reads - bound - BUILTINS - tainted - rebound
        if has_star:
            unbound = set()  # it may come from there
        unbound = {one for one in unbound if not _may_be_bound(one, before)}
        skipped = set(map(id, all_annotations(node))) if is_postponed else set()
        unbound &= surely_read(node, skipped)
        before.append(node)
        if unbound and not is_compound(node):
            premature.append(Premature(statement, min(unbound)))
            tainted |= binds - bound
            continue
        serves = find_effects(node, context).serves
        if serves and statement.main_block:
            ended.add(block)
        if _talks(node, context):
            rest = None
        elif is_compound(node):
            rest = _prune_compound(statement, tainted, context)
        elif _is_away(node, tainted, context):
            rest = None
        else:
            rest = statement
        if rest is None:
            # A name that had a value keeps it: `data = requests.get(own_url)`.
            tainted |= binds - bound
            continue
        bound |= binds
        tainted -= binds
        yield rest


def _may_be_bound(name: str, before: list[ast.stmt]) -> bool:
    """Say whether a statement may have bound a name unseen, as `exec(text)` does.

    A function that does so may have been called.
    """
    return any(binds_within(node, name) for node in before)


def surely_read(node: ast.AST, skipped: Set[int] = frozenset()) -> set[str]:
    """Names that are read whatever an expression within comes to.

    Not those of `rows if "rows" in globals() else []`, or behind `and` and `or`.

    Args:
        node: A statement or an expression.
        skipped: The ids of nodes that are not looked at.
    """
    if id(node) in skipped:
        return set()
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    if isinstance(node, ast.AugAssign):
        return {ast.unparse(node.target)} | surely_read(node.value, skipped)
    if isinstance(node, ast.IfExp):
        return surely_read(node.test, skipped)
    if isinstance(node, ast.BoolOp):
        return surely_read(node.values[0], skipped)
    if isinstance(node, ast.Assert):
        return surely_read(node.test, skipped)
    inner = ast.iter_child_nodes(node)
    return set[str]().union(*(surely_read(one, skipped) for one in inner))


def _bound_by_functions(statements: list[Statement]) -> set[str]:
    """Names that functions bind by `global`: when, the text does not say."""
    found: set[str] = set()
    for statement in statements:
        found |= find_names(statement.node).rebinds
    return found


def _notebook_aliases(node: ast.Import | ast.ImportFrom) -> list[ast.alias]:
    modules = words.TUNNEL_MODULES | words.NOTEBOOK_MODULES
    if isinstance(node, ast.ImportFrom):
        return list(node.names) if _is_within(node.module or "", modules) else []
    return [alias for alias in node.names if _is_within(alias.name, modules)]


def _is_within(module: str, modules: frozenset[str]) -> bool:
    return any(module == one or module.startswith(one + ".") for one in modules)


def is_notebook_import(module: str) -> bool:
    """Say whether a module is a tunnel's or a notebook's own."""
    return _is_within(module, words.TUNNEL_MODULES | words.NOTEBOOK_MODULES)


def _is_away(node: ast.stmt, tainted: set[str], context: Context) -> bool:
    is_definition = isinstance(
        node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    )
    if not is_definition and (
        find_effects(node, context).serves or context.shell.is_unsafe(own([node]))
    ):
        return True
    return _reads_away(node, tainted, context)


def _reads_away(node: ast.stmt, tainted: set[str], context: Context) -> bool:
    """Say whether a statement reads what stays out, and does not look first."""
    found = find_names(node).reads & tainted
    if not found <= NOTEBOOK_NAMES:
        return True
    return bool(found) and not context.shell.are_safe(node, found)


def _talks(node: ast.stmt, context: Context) -> bool:
    """Say whether a statement is a talk with a person at the console."""
    if isinstance(node, Definition):
        return False
    if is_console_loop(node):
        return True
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return False
    definition = context.functions.get(call.func.id)
    return isinstance(definition, Function) and any(
        is_console_loop(one) for one in definition.body
    )


def _prune_compound(
    statement: Statement, tainted: set[str], context: Context
) -> Statement | None:
    inside = list(simple_statements(statement.node))[1:]
    simple = [one for one in inside if not is_compound(one)]
    away = [one for one in simple if _is_away(one, tainted, context)]
    header = _header(statement.node)
    is_away = _serves_within(header, statement.node, context)
    if is_away or _reads_away(header, tainted, context):
        return None
    if not away:
        return statement
    if len(away) == len([one for one in simple if not isinstance(one, ast.Pass)]):
        return None
    text = remove(statement.text, away, statement.node)
    return Statement(
        cell=statement.cell,
        line=statement.line,
        node=parse_source(text).body[0],
        text=text,
        comments=statement.comments,
        space=statement.space,
        is_first=statement.is_first,
        is_last=statement.is_last,
        main_block=statement.main_block,
    )


def _serves_within(header: ast.stmt, node: ast.stmt, context: Context) -> bool:
    """Say whether a compound statement's head serves or asks an app.

    A request context that is opened for a name asks nothing: `LINK = url_for(...)`.
    """
    if not find_effects(header, context).serves:
        return False
    only_opens = all(called(one) == "test_request_context" for one in calls([header]))
    return not (only_opens and find_names(node).binds)


def _header(node: ast.stmt) -> ast.stmt:
    """The part of a compound statement before its colon, as a statement."""
    parts: list[ast.expr] = [
        part
        for field in ("test", "iter", "subject")
        if isinstance(part := getattr(node, field, None), ast.expr)
    ]
    parts += [item.context_expr for item in getattr(node, "items", ())]
    value = ast.Tuple(elts=parts, ctx=ast.Load())
    return ast.fix_missing_locations(ast.Expr(value=value))


def remove(text: str, away: list[ast.stmt], root: ast.stmt) -> str:
    """Cut statements out of the text of a compound one; empty bodies get `pass`."""
    first = root.lineno
    lines: list[str | None] = list(text.split("\n"))
    gone = {id(one) for one in away}
    for body in _all_bodies(root):
        dead = [one for one in body if id(one) in gone]
        for one in dead:
            start, end = one.lineno - first, (one.end_lineno or one.lineno) - first
            line = lines[start]
            indent = (line or "")[: len(line or "") - len((line or "").lstrip())]
            head = text.split("\n")[start].encode()[: one.col_offset].decode()
            if head.strip():  # `if x: app.run()` on one line
                lines[start] = head.rstrip() + " pass"
                start += 1
            elif len(dead) == len(body) and one is body[0]:
                lines[start] = indent + "pass"
                start += 1
            for number in range(start, end + 1):
                lines[number] = None
    return "\n".join(line for line in lines if line is not None)


def _all_bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for body in bodies(node):
        yield body
        for one in body:
            if is_compound(one):
                yield from _all_bodies(one)


def inline_main_functions(
    statements: list[Statement], context: Context
) -> list[Statement]:
    """Put the body of `def main(): ...; app.run()` where `main()` stands.

    Only what is called without arguments at the top, serves, and does more than that.
    """
    definitions = {
        statement.node.name: statement
        for statement in statements
        if isinstance(statement.node, ast.FunctionDef)
    }
    result = []
    for statement in statements:
        name = _called_plainly(statement.node)
        definition = definitions.get(name or "")
        if definition is not None and _is_worth_inlining(definition, context):
            result.extend(_take_body(definition))
        else:
            result.append(statement)
    return result


def _called_plainly(node: ast.stmt) -> str | None:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return None
    call = node.value
    if call.args or call.keywords or not isinstance(call.func, ast.Name):
        return None
    return call.func.id


def _is_worth_inlining(definition: Statement, context: Context) -> bool:
    function = definition.node
    assert isinstance(function, ast.FunctionDef)
    arguments = function.args
    if arguments.args or arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        return False
    if any(isinstance(node, ast.Return) for node in ast.walk(function)):
        makes = any(
            isinstance(one, ast.Assign) and makes_app(one.value, context)
            for one in function.body
        )
        tops = [one for one in function.body if isinstance(one, ast.Return)]
        if tops or not makes:
            return False
    if not summary(function, context).serves:
        return False
    serving = [one for one in function.body if find_effects(one, context).serves]
    return len(serving) < len(function.body)


def _take_body(definition: Statement) -> list[Statement]:
    function = definition.node
    assert isinstance(function, ast.FunctionDef)
    lines = definition.text.split("\n")
    shift = min([function.lineno, *(one.lineno for one in function.decorator_list)])
    start = function.body[0].lineno - shift
    head = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    if not head:
        return [definition]
    body = dedent("\n".join(lines[start:]), len(head))
    tree = parse_source(body)
    tree.body = [one for one in tree.body if not isinstance(one, ast.Global)]
    found = split_statements(tree, body, definition.cell, definition.line + start)
    for statement in found:
        statement.main_block = -definition.line
    return found
