"""Small questions to ask of syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from werkbook.cells.routes import own

Compound = (
    ast.If
    | ast.For
    | ast.AsyncFor
    | ast.While
    | ast.With
    | ast.AsyncWith
    | ast.Try
    | ast.TryStar
    | ast.Match
)


def chain(node: ast.AST) -> tuple[str | None, list[str]]:
    """Follow attributes, calls and subscripts down to the name they start from.

    Returns:
        The name (None when it starts elsewhere), and the attributes from there on.
    """
    attributes: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, (ast.Subscript, ast.Await, ast.Starred)):
            node = node.value
        else:
            break
    name = node.id if isinstance(node, ast.Name) else None
    return name, attributes[::-1]


def dotted(node: ast.AST) -> str | None:
    """The text of a plain `a.b.c`, or None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return head and f"{head}.{node.attr}"
    return None


def called(call: ast.Call) -> str:
    """The last name of what is called: `run` of `app.run()`."""
    name, attributes = chain(call.func)
    return attributes[-1] if attributes else name or ""


def mount(node: ast.stmt) -> ast.Call | None:
    """The call of a statement that mounts a blueprint, or what stands for one."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    names = ("register_blueprint", "include_router", "add_namespace")
    return call if call.func.attr in names else None


def calls(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """The calls that run when statements run, functions' bodies left out."""
    return (node for node in own(nodes) if isinstance(node, ast.Call))


def arguments(call: ast.Call) -> Iterator[ast.expr]:
    """All values given to a call, lists and tuples of them opened."""
    stack = [*call.args, *(keyword.value for keyword in call.keywords)]
    while stack:
        value = stack.pop()
        if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
            stack.extend(value.elts)
        elif isinstance(value, ast.Dict):
            stack.extend(value.values)
        elif isinstance(value, ast.Starred):
            stack.append(value.value)
        else:
            yield value


def bodies(node: ast.stmt) -> list[list[ast.stmt]]:
    """The statement lists inside a compound statement."""
    found = [
        body
        for field in ("body", "orelse", "finalbody")
        if isinstance(body := getattr(node, field, None), list) and body
    ]
    found += [handler.body for handler in getattr(node, "handlers", ())]
    found += [case.body for case in getattr(node, "cases", ())]
    return found


def levels(node: ast.AST) -> int:
    """Count the levels of a tree, without a level of the stack for each."""
    count, row = 0, [node]
    while row:
        count += 1
        row = [child for one in row for child in ast.iter_child_nodes(one)]
    return count


def first_line(node: ast.stmt) -> int:
    """The line on which a statement starts, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def is_compound(node: ast.AST) -> bool:
    """Say whether a node is a compound statement that runs at once."""
    return isinstance(node, Compound)


def simple_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """A statement, and all those inside it that run when it does."""
    yield node
    if is_compound(node):
        for body in bodies(node):
            for one in body:
                yield from simple_statements(one)


def targets(node: ast.AST) -> list[ast.expr]:
    """What an assignment, loop or `with` binds, tuples opened."""
    if isinstance(node, ast.Assign):
        stack = list(node.targets)
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor)):
        stack = [node.target]
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        stack = [item.optional_vars for item in node.items if item.optional_vars]
    elif isinstance(node, ast.Delete):
        stack = list(node.targets)
    else:
        return []
    found: list[ast.expr] = []
    while stack:
        target = stack.pop()
        if isinstance(target, (ast.Tuple, ast.List)):
            stack.extend(target.elts)
        elif isinstance(target, ast.Starred):
            stack.append(target.value)
        else:
            found.append(target)
    return found


def constants(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """All texts in code, functions' bodies included."""
    for node in nodes:
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


def all_annotations(node: ast.AST) -> list[ast.expr]:
    """The annotations of a statement: of names, parameters and what is returned."""
    found = []
    for one in ast.walk(node):
        found += [getattr(one, "annotation", None), getattr(one, "returns", None)]
    return [one for one in found if isinstance(one, ast.expr)]
