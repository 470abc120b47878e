"""Where a program keeps apps, and what they were made with."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from werkbook.cells.source.trees import (
    called,
    chain,
    dotted,
    simple_statements,
    targets,
)
from werkbook.export.flow.apps import frameworks
from werkbook.export.flow.apps.frameworks import Framework, find_framework
from werkbook.export.flow.apps.served import ServingCall
from werkbook.export.flow.context import Function, makes_app
from werkbook.export.flow.program import Program, Version
from werkbook.syntax_trees import parse_python

_DEFAULT_APP_CALLS = ("route", "get", "post", "put", "delete", "patch", "error", "hook")


@dataclass
class AppChoice:
    """The app that is exported.

    Attributes:
        name: The name of the program that leads to it.
        version: That name and its statement; None for Bottle's default app.
        framework: What it was made with.
        expression: What gives the app: `app`, `ns.app`, `create_app("prod")`.
        is_default: Its routes are those of Bottle's default app.
        inner: The name of the Flask app inside of middleware, or "".
        served: The call that serves it, if one does.
        roots: Statements that put the app where the expression finds it.
        within: Apps inside of the middleware that is exported.
        others: Names of the notebook's other apps.
        strangers: The other apps, those of the same name included.
    """

    name: str
    version: Version | None
    framework: Framework = frameworks.FLASK
    expression: str = ""
    is_default: bool = False
    inner: str = ""
    served: ServingCall | None = None
    roots: set[int] = field(default_factory=set)
    within: list[Version] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    strangers: list[Version] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """The expression that gives the WSGI or ASGI app in its namespace."""
        if self.expression == "default_app()":
            return '__import__("bottle").default_app()'
        wsgi = self.framework.wsgi
        return f"{self.expression}.{wsgi}" if wsgi else self.expression

    @property
    def reads(self) -> set[str]:
        """The names that the expression, and the last block, read."""
        values: list[ast.AST] = []
        if self.expression != self.name:  # else `version` says which
            values.append(parse_python(self.expression, mode="eval"))
        if self.served is not None:
            values += [one for one in (self.served.host, self.served.port) if one]
            values += self.served.options.values()
        return {
            one.id
            for value in values
            for one in ast.walk(value)
            if isinstance(one, ast.Name)
        }


def app_versions(program: Program) -> list[Version]:
    """The apps that a program makes, in order."""
    found: list[Version] = []
    for number, statement in enumerate(program.statements):
        for one in simple_statements(statement.node):
            value = getattr(one, "value", None)
            if not isinstance(one, (ast.Assign, ast.AnnAssign)) or value is None:
                continue
            if makes_app(value, program.context):
                found += [
                    (target.id, number)
                    for target in _app_targets(one, value)
                    if isinstance(target, ast.Name)
                ]
    return found


def _app_targets(statement: ast.stmt, value: ast.expr) -> list[ast.expr]:
    """Return what apps are bound to: of FastHTML's `app, rt = fast_app()` the first."""
    bound = sorted(targets(statement), key=lambda one: one.col_offset)
    callee = dotted(value.func) if isinstance(value, ast.Call) else None
    return bound[:1] if (callee or "").rpartition(".")[2] == "fast_app" else bound


def framework_made(program: Program, version: Version) -> Framework:
    """The framework of the app that a version is."""
    return framework_of_value(program, version[1], version[0])


def framework_of_value(program: Program, number: int, place: str) -> Framework:
    """The framework of the app that a statement puts into a place."""
    for one in simple_statements(program.statements[number].node):
        value = getattr(one, "value", None)
        held = [ast.unparse(target) for target in targets(one)]
        if isinstance(value, ast.IfExp | ast.BoolOp):
            calls = [part for part in ast.walk(value) if isinstance(part, ast.Call)]
            value = calls[0] if calls else None
        if isinstance(value, ast.Call) and place in held:
            return made_by(program, dotted(value.func) or called(value))
    return frameworks.FLASK


def made_by(program: Program, callee: str) -> Framework:
    """The framework of the app that a call makes, own factories and classes opened."""
    context = program.context
    known = find_framework(callee, context.imports, context.functions)
    if known is not None:
        return known
    definition = context.functions.get(callee)
    if definition is None:
        return frameworks.FLASK
    if isinstance(definition, ast.ClassDef):
        bases = [made_by(program, dotted(base) or "") for base in definition.bases]
        return bases[0] if bases else frameworks.FLASK
    for node in ast.walk(definition):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            found = find_framework(name, context.imports, context.functions)
            if found is not None:
                return found
    return frameworks.FLASK


def is_on_default_app(program: Program, number: int) -> bool:
    """Say whether a statement registers something on Bottle's default app."""
    for one in program.effects[number].acts_on:
        if one == "bottle" or (
            one.startswith("bottle.")
            and one.rpartition(".")[2] in (*_DEFAULT_APP_CALLS, "install", "mount")
        ):
            return True
    node = program.statements[number].node
    has_star = any("bottle" in program.names[star].stars for star in program.stars)
    decorators: Iterable[ast.expr] = getattr(node, "decorator_list", ())
    for decorator in decorators:
        name, _ = chain(decorator)
        if program.context.is_module(name, ("bottle",)):
            return True
        bound = [version for _, version in program.resolve(name or "", number)]
        is_of_star = program.stars and {*bound[:1]} <= {*program.stars}
        if has_star and name in _DEFAULT_APP_CALLS and is_of_star:
            return True
    return False


def attribute_places(program: Program) -> list[tuple[str, Version]]:
    """Attributes and items that hold an app: `ns.app = Flask(...)`."""
    found = []
    for number, statement in enumerate(program.statements):
        for one in simple_statements(statement.node):
            if not isinstance(one, ast.Assign):
                continue
            if not makes_app(one.value, program.context):
                continue
            for target in targets(one):
                name, _ = chain(target)
                if name and isinstance(target, ast.Attribute | ast.Subscript):
                    found.append((ast.unparse(target), (name, number)))
    return found


def framework_of_function(node: ast.AST) -> Framework | None:
    """Return WSGI or ASGI, where a function is an app by its arguments."""
    if not isinstance(node, Function):
        return None
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    if isinstance(node, ast.AsyncFunctionDef) and names == ["scope", "receive", "send"]:
        return frameworks.ASGI
    return frameworks.WSGI if _is_wsgi(names) else None


def _is_wsgi(names: list[str]) -> bool:
    return len(names) == 2 and names[1].lower().strip("_") in (
        ("start_response", "startresponse", "start", "sr")
    )


def answers_wsgi(definition: ast.ClassDef) -> bool:
    """Say whether objects of a class are WSGI apps."""
    return any(
        isinstance(one, Function)
        and one.name == "__call__"
        and len(one.args.args) == 3
        and one.args.args[2].arg.startswith("start")
        for one in definition.body
    )


def app_attribute(definition: ast.ClassDef, program: Program) -> str | None:
    """The attribute in which objects of a class hold an app."""
    for node in ast.walk(definition):
        if isinstance(node, ast.Assign) and makes_app(node.value, program.context):
            for target in targets(node):
                if isinstance(target, ast.Attribute):
                    return target.attr
    return None


def has_required(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether a function cannot be called without arguments."""
    arguments = node.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    return positional > len(arguments.defaults) or None in arguments.kw_defaults
