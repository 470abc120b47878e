"""What a whole program says about its names: imports, functions, texts, apps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from werkbook.cells.routes import own
from werkbook.cells.source.names import imported_as
from werkbook.cells.source.trees import (
    chain,
    constants,
    dotted,
    simple_statements,
    targets,
)
from werkbook.export.flow import known_calls as words
from werkbook.export.flow.apps.frameworks import find_framework
from werkbook.export.flow.apps.shell_looks import ShellLooks, names_within
from werkbook.export.flow.circles import Circles

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef
APP_NAMES = ("app", "application", "flask_app", "wsgi_app")
"""What parameters and attributes are called that hold an app."""

_PATH = re.compile(r"[\w\-. /\\:~+@]{1,200}\Z")


@dataclass
class Effects:
    """What running some code does.

    Attributes:
        changes: Names whose objects it changes.
        links: Pairs of names that from then on stand for one object, or its parts.
        acts_on: Modules whose state it changes (`nltk.download(...)`).
        writes: Texts that name what it writes: files, databases.
        serves: It serves an app, or asks one as a client does.
        sets_environment: It sets environment variables.
        extends_path: It changes where modules are looked for.
    """

    changes: set[str] = field(default_factory=set)
    links: set[tuple[str, str]] = field(default_factory=set)
    acts_on: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    serves: bool = False
    sets_environment: bool = False
    extends_path: bool = False

    def add(self, other: Effects) -> None:
        """Take in what other code does, its links apart."""
        self.changes |= other.changes
        self.acts_on |= other.acts_on
        self.writes |= other.writes
        self.serves |= other.serves
        self.sets_environment |= other.sets_environment
        self.extends_path |= other.extends_path


@dataclass
class MethodEffects:
    """What calling any of some methods of one name does.

    Attributes:
        effects: What each call does, whatever it is given.
        names: Parameters whose values it changes; `self` is what it is called on.
        positions: The places of those of them that are given without their names.
    """

    effects: Effects = field(default_factory=Effects)
    names: set[str] = field(default_factory=set)
    positions: set[int] = field(default_factory=set)

    def take(self, method: Function, effects: Effects) -> None:
        """Take in what one more method does."""
        changes = {name for name in effects.changes if name.startswith("<")}
        self.effects.add(effects)
        self.effects.changes -= changes
        self.names |= {name[1:-1] for name in changes}
        order = [*method.args.posonlyargs, *method.args.args][1:]
        for position, parameter in enumerate(order):
            if f"<{parameter.arg}>" in changes:
                self.positions.add(position)


class Context:
    """What the whole program says about its names; read only once it is made."""

    def __init__(self, nodes: Iterable[ast.stmt]) -> None:
        self.imports: dict[str, str] = {}
        self.functions: dict[str, Definition] = {}
        self.methods: dict[str, list[Function]] = {}
        self.texts: dict[str, str] = {}
        self.values: dict[str, ast.expr] = {}
        self.loops: dict[str, ast.expr] = {}
        self.plots: set[str] = set()
        self.iterators: set[str] = set()
        self.held: set[str] = set()
        self.lists_subclasses = False
        self.apps: set[str] = set()
        self.inner_apps: set[str] = set()
        self.method_names: dict[int, str] = {}
        self.summaries = Circles[Effects]()
        self.method_effects = Circles[MethodEffects]()
        self.effects: dict[int, tuple[ast.stmt, Effects]] = {}
        self.serving: dict[int | str, bool | None] = {}
        self.shell = ShellLooks()
        for node in nodes:
            for one in simple_statements(node):
                self._learn(one)
            names = names_within(node)
            self.shell.learn(node, names, self.imports)
            self.lists_subclasses |= "__subclasses__" in names

    def _learn(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else imported_as(alias)
                self.imports[imported_as(alias)] = module
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self.imports[imported_as(alias)] = f"{node.module or ''}.{alias.name}"
        elif isinstance(node, Definition):
            self.functions[node.name] = node
            self._learn_inner_apps(node)
            if isinstance(node, ast.ClassDef):
                for one in node.body:
                    if isinstance(one, Function):
                        self.methods.setdefault(one.name, []).append(one)
                        self.method_names[id(one)] = one.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            self._learn_assignment(node)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            is_literal = isinstance(node.iter, (ast.List, ast.Tuple, ast.Set))
            if isinstance(node.target, ast.Name) and is_literal:
                self.loops[node.target.id] = node.iter

    def _learn_inner_apps(self, node: Definition) -> None:
        for one in ast.walk(node):
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call):
                if _is_app_class(one.value, self):
                    self.inner_apps |= _names(targets(one))
            elif isinstance(one, ast.arg) and one.arg in APP_NAMES:
                self.inner_apps.add(one.arg)

    def _learn_assignment(self, node: ast.Assign | ast.AnnAssign) -> None:
        for target in targets(node):
            is_part = isinstance(target, ast.Attribute | ast.Subscript)
            if is_part and node.value is not None and makes_app(node.value, self):
                self.held.add(ast.unparse(target))
            if not isinstance(target, ast.Name):
                continue
            value = node.value
            if value is not None:
                self.values[target.id] = value
                if _makes_iterator(value, self.imports):
                    self.iterators.add(target.id)
                root, _ = chain(value)
                if self.is_module(root, words.PLOTTING):
                    self.plots.add(target.id)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                self.texts[target.id] = value.value
            if isinstance(value, ast.Lambda):
                continue
            if value is not None and makes_app(value, self):
                self.apps.add(target.id)

    def is_module(self, name: str | None, modules: Iterable[str]) -> bool:
        """Say whether a name was imported from one of some modules."""
        origin = self.imports.get(name or "")
        if origin is None:
            return False
        return any(
            origin == module or origin.startswith(module + ".") for module in modules
        )

    def find_texts(self, node: ast.AST) -> set[str]:
        """Texts in an expression, with those that names of the module stand for."""
        found = set()
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id in self.texts:
                found.add(self.texts[one.id])
        found.update(constants([node]))
        return {text for text in found if _PATH.match(text)}


def _makes_iterator(value: ast.expr, imports: dict[str, str]) -> bool:
    """Say whether an expression makes what can be gone through once."""
    if isinstance(value, ast.GeneratorExp):
        return True
    name = (dotted(value.func) if isinstance(value, ast.Call) else None) or ""
    root, _, last = name.rpartition(".")
    return last in words.ITERATORS and (not root or root in imports)


def _names(nodes: Iterable[ast.expr]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def makes_app(value: ast.expr, context: Context) -> bool:
    """Say whether an expression makes an app: `Flask(...)`, or a factory's call."""
    if isinstance(value, (ast.IfExp, ast.BoolOp)):
        parts = [value.body, value.orelse] if isinstance(value, ast.IfExp) else []
        parts += value.values if isinstance(value, ast.BoolOp) else []
        return any(makes_app(part, context) for part in parts)
    if not isinstance(value, ast.Call):
        return False
    if _is_app_class(value, context):
        return True
    name, attributes = chain(value.func)
    definition = context.functions.get(name or "")
    if attributes or definition is None:
        return False
    if isinstance(definition, ast.ClassDef):
        return any(
            (dotted(base) or "").rpartition(".")[2] in words.APP_CLASSES
            for base in definition.bases
        )
    return returns_app(definition, context)


def _is_app_class(call: ast.Call, context: Context) -> bool:
    """Say whether a call makes an app of some framework."""
    callee = dotted(call.func)
    if find_framework(callee, context.imports, context.functions) is not None:
        return True
    name, attributes = chain(call.func)
    last = attributes[-1] if attributes else name
    is_plain = last in words.APP_CLASSES and last not in words.AMBIGUOUS_CLASSES
    return is_plain and name not in context.functions


def returns_app(function: Function, context: Context) -> bool:
    """Say whether a function makes an app and returns it, wrapped or not."""
    made: set[str] = set()
    for node in own(function.body):
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(
            value, ast.Call
        ):
            given = {one.id for one in value.args if isinstance(one, ast.Name)}
            if _is_app_class(value, context) or given & made:
                made |= _names(targets(node))
    return any(
        isinstance(node, ast.Return) and _gives_app(node.value, made, context)
        for node in own(function.body)
    )


def _gives_app(value: ast.expr | None, made: set[str], context: Context) -> bool:
    if isinstance(value, ast.Name):
        return value.id in made
    if not isinstance(value, ast.Call):
        return False
    given = {one.id for one in value.args if isinstance(one, ast.Name)}
    return bool(given & made) or _is_app_class(value, context)
