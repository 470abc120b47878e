"""Where code asks for the notebook's shell in a way that a file can do, too.

`get_ipython()` is a name of notebooks. A file has none, or gets None from the function
that it imports of IPython: it can ask where the one error or the other is caught, or
where it looks first whether a shell is there. Where code only looks whether there is a
shell, and which, `None` in its place gives a file's answer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from werkbook.cells.routes import own
from werkbook.cells.source.edits import apply
from werkbook.cells.source.edits import replace as replace_node
from werkbook.cells.source.names import imported_as
from werkbook.cells.source.trees import bodies, dotted, targets
from werkbook.syntax_trees import parse_python

SHELL = "get_ipython"
NOTEBOOK_NAMES = frozenset((SHELL, "display", "In", "Out"))
"""Names that a notebook has and a file has not."""
MARKS = frozenset((SHELL, "__IPYTHON__"))
"""Names that tell a notebook from a file."""
_NAMES = NOTEBOOK_NAMES | MARKS
_OF_NONE = frozenset(("__class__", "__doc__"))
"""Attributes that None has, too."""
_LOOKING = frozenset(("bool", "hasattr", "isinstance", "repr", "str", "type"))
"""Functions that tell of None, too, what they tell of their first argument."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Binding = ast.alias | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Test = ast.If | ast.IfExp | ast.While
_Leaving = ast.Return | ast.Raise | ast.Continue | ast.Break


@dataclass(frozen=True)
class _Place:
    """What holds where code stands.

    Attributes:
        errors: Those that are caught there; "" stands for all.
        imported: Names of modules and functions of IPython's.
        variables: Names that stand for the shell.
        is_named: It was asked whether the shell's name is there.
        is_there: It was asked whether there is a shell.
        is_later: It stands in a function.
        is_fixed: Its text stays: of an f-string, whose parts some Pythons place
            elsewhere, or of what only a notebook does.
    """

    errors: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    is_named: bool = False
    is_there: bool = False
    is_later: bool = False
    is_fixed: bool = False

    def catches(self, error: str) -> bool:
        return bool(self.errors & {"", error})

    def has_name(self, name: str | None) -> bool:
        """Say whether a file can read a name there."""
        root = (name or "").partition(".")[0]
        return self.is_named or root in self.imported or self.catches("NameError")

    def is_shell(self, node: ast.AST) -> bool:
        """Say whether an expression is the shell, or None."""
        if isinstance(node, ast.Name):
            return node.id in self.variables
        name = dotted(node.func) if isinstance(node, ast.Call) else None
        return name is not None and name.rpartition(".")[2] == SHELL

    def asks_for_shell(self, test: ast.AST) -> bool:
        """Say whether a test looks at the shell."""
        return any(map(self.is_shell, ast.walk(test)))


class ShellLooks:
    """What a program asks of the notebook's shell.

    Attributes:
        safe: The ids of names, and of calls that give the shell, that a file can have.
        unsafe: The ids of the shell's attributes that a file can't read.
        as_none: The ids of calls in whose place a file says `None`; they are safe.
    """

    def __init__(self) -> None:
        self.safe: set[int] = set()
        self.unsafe: set[int] = set()
        self.as_none: set[int] = set()
        self._module = _Place()

    def learn(
        self, node: ast.stmt, names: Set[str], imports: Mapping[str, str]
    ) -> None:
        """Take in a statement of the module, after those above it.

        Args:
            node: The statement.
            names: All names within it, as `names_within` finds them.
            imports: Where the module's names come from.
        """
        if names.isdisjoint(_NAMES) and names.isdisjoint(self._module.variables):
            return
        imported = {name for name, origin in imports.items() if _is_ours(origin)}
        place = replace(self._module, imported=frozenset(imported))
        named = self._look_in_order([node], place).variables
        self._module = replace(self._module, variables=named)

    def is_unsafe(self, nodes: Iterable[ast.AST]) -> bool:
        """Say whether nodes read what only a shell has."""
        return bool(self.unsafe) and any(id(one) in self.unsafe for one in nodes)

    def are_safe(self, node: ast.AST, names: Iterable[str]) -> bool:
        """Say whether a file can read some names wherever a statement reads them."""
        wanted = frozenset(names)
        return all(
            id(one) in self.safe
            for one in ast.walk(node)
            if isinstance(one, ast.Name) and one.id in wanted
        )

    def say_none(self, text: str, node: ast.stmt) -> str:
        """Return a statement's text with `None` in the place of `as_none`.

        Args:
            text: The text, of which another tree may have been made since.
            node: The statement.
        """
        calls = _calls(node) if self.as_none else []
        places = [n for n, one in enumerate(calls) if id(one) in self.as_none]
        if not places:
            return text
        found = _calls(parse_python(text))
        return apply(text, [replace_node(found[n], "None") for n in places])

    def _look(self, node: ast.AST, place: _Place) -> None:
        if _is_for_notebooks(node) and not place.is_later:
            place = replace(place, is_fixed=True)
        for asked in _looked_at(node):
            is_bare = isinstance(asked, ast.Call) and dotted(asked.func) == SHELL
            if is_bare and not place.is_fixed and not place.has_name(SHELL):
                self.as_none.add(id(asked))
                self.safe |= {id(inner) for inner in ast.walk(asked)}
        if isinstance(node, ast.Try | ast.TryStar):
            self._look_in_try(node, place)
        elif isinstance(node, _Test):
            self._look(node.test, place)
            inner = _after(node.test, place)
            for body in (node.body, node.orelse):
                self._look_in_order(body if isinstance(body, list) else [body], inner)
        elif isinstance(node, ast.BoolOp):
            self._look_in_order(node.values, place)
        elif isinstance(node, _Function):
            self._look_in_function(node, place)
        elif isinstance(node, ast.With | ast.AsyncWith | ast.ClassDef):
            self._look_in_order([*ast.iter_child_nodes(node)], place)
        elif isinstance(node, ast.JoinedStr):
            self._look_in_order(node.values, replace(place, is_fixed=True))
        else:
            self._note(node, place)
            for one in ast.iter_child_nodes(node):
                self._look(one, place)

    def _look_in_try(self, node: ast.Try | ast.TryStar, place: _Place) -> None:
        caught = {name for handler in node.handlers for name in _caught(handler)}
        inner = replace(place, errors=place.errors | caught)
        after = self._look_in_order(node.body, inner)
        after = replace(after, errors=place.errors)
        for body in bodies(node):
            if body is not node.body:
                self._look_in_order(body, after)

    def _look_in_function(self, node: _Function, place: _Place) -> None:
        """A function's own `try` counts, not one around its definition."""
        body = node.body if isinstance(node.body, list) else [node.body]
        inner = replace(place, errors=frozenset(), is_later=True)
        self._look_in_order(body, inner)

    def _look_in_order(self, parts: Sequence[ast.AST], place: _Place) -> _Place:
        """What one part asks or binds holds for those after it.

        `shell and shell.config`; or a function that returns where there is none.
        """
        for one in parts:
            self._look(one, place)
            if isinstance(one, ast.expr):
                place = _after(one, place)
            elif isinstance(one, ast.If) and isinstance(one.body[-1], _Leaving):
                place = _after(one.test, place)
            imported, variables = set[str](), set[str]()
            for inner in own([one]):
                imported |= _imports(inner)
                variables |= _binds(inner, place)
            place = replace(
                place,
                imported=place.imported | imported,
                variables=place.variables | variables,
            )
        return place

    def _note(self, node: ast.AST, place: _Place) -> None:
        if isinstance(node, ast.Name):
            if place.has_name(node.id):
                self.safe.add(id(node))
        elif isinstance(node, ast.Call) and place.is_shell(node):
            if place.has_name(dotted(node.func)):
                self.safe.add(id(node))
        elif isinstance(node, ast.Attribute) and place.is_shell(node.value):
            if not self._can_be_read(node, place):
                self.unsafe.add(id(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_of_shell = place.is_shell(node.func.value)
            if is_of_shell and not (place.is_later or place.errors):
                self.unsafe.add(id(node.func))  # in a file it would never be called

    @staticmethod
    def _can_be_read(node: ast.Attribute, place: _Place) -> bool:
        """Say whether a file can go on where it reads an attribute of the shell."""
        if node.attr in _OF_NONE or place.is_there or place.catches("AttributeError"):
            return True
        name = dotted(node.value.func) if isinstance(node.value, ast.Call) else None
        root = (name or "").partition(".")[0]
        return root not in place.imported and place.has_name(name)


def _is_for_notebooks(node: ast.AST) -> bool:
    """Say whether code does something on a condition, and binds no name for others."""
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and not any(isinstance(one, _Binding) for one in own(node.body))
        and not any(
            isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            for one in own(node.body)
        )
    )


def _calls(node: ast.AST) -> list[ast.Call]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Call)]


def _looked_at(node: ast.AST) -> list[ast.expr]:
    """The parts of code of which it asks only whether they are there, or what."""
    if isinstance(node, _Test):
        return [node.test]
    if isinstance(node, ast.BoolOp):
        return node.values[:-1] if isinstance(node.op, ast.And) else []
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [node.operand]
    if isinstance(node, ast.Compare):
        is_plain = isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq)
        return [node.left, *node.comparators] if is_plain else []
    if isinstance(node, ast.Attribute):
        return [node.value] if node.attr in _OF_NONE else []
    if isinstance(node, ast.Call) and node.args:
        name = dotted(node.func)
        is_look = name in _LOOKING or (name == "getattr" and len(node.args) > 2)
        return node.args[:1] if is_look else []
    return []


def names_within(node: ast.AST) -> set[str]:
    """The names that stand in code: of variables, attributes and imports."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            found.add(one.id)
        elif isinstance(one, ast.Attribute):
            found.add(one.attr)
        elif isinstance(one, ast.alias):
            found.add(one.name)
    return found


def _is_ours(origin: str) -> bool:
    """Say whether an import gives IPython, or its function for the shell."""
    return origin == "IPython" or (
        origin.startswith("IPython.") and origin.endswith(f".{SHELL}")
    )


def _imports(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {imported_as(one) for one in node.names if _is_ours(one.name)}
    if isinstance(node, ast.ImportFrom):
        origins = {imported_as(one): f"{node.module}.{one.name}" for one in node.names}
        return {name for name, origin in origins.items() if _is_ours(origin)}
    return set()


def _binds(node: ast.AST, place: _Place) -> set[str]:
    """The names that a statement binds to the shell."""
    value = getattr(node, "value", None)
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        return set()
    if isinstance(value, ast.IfExp):
        value = value.body
    if value is None or not place.is_shell(value):
        return set()
    bound = [node.target] if isinstance(node, ast.NamedExpr) else targets(node)
    return {one.id for one in bound if isinstance(one, ast.Name)}


def _after(test: ast.AST, place: _Place) -> _Place:
    """What holds where a test was made."""
    texts = {one.value for one in ast.walk(test) if isinstance(one, ast.Constant)}
    return replace(
        place,
        is_named=place.is_named or bool(texts & MARKS),
        is_there=place.is_there or place.asks_for_shell(test),
    )


def _caught(handler: ast.ExceptHandler) -> Iterator[str]:
    """The last names of the errors that a handler catches; "" for all."""
    if handler.type is None:
        yield ""
        return
    parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for one in parts:
        name = (dotted(one) or "-").rpartition(".")[2]
        yield "" if name in ("Exception", "BaseException") else name
