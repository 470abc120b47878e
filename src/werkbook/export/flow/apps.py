"""Finding the apps of a program, and the rules that each was told."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from werkbook.cells.trees import called, chain, simple_statements, targets
from werkbook.export.flow.context import Context, makes_app
from werkbook.export.flow.program import Program, Version

ROUTE_METHODS = ("get", "post", "put", "patch", "delete")
_DEFAULT_APP_CALLS = ("route", "get", "post", "put", "delete", "patch", "error", "hook")


@dataclass
class Rule:
    """One rule as a statement registers it.

    Attributes:
        owner: The name that it is registered on: `app`, or a blueprint's.
        rule: The URL pattern, or None when it is not a literal.
        methods: In capitals; None when they are not literals.
        endpoint: The endpoint's name, or None.
        number: The statement.
        node: The decorator or call.
        is_decorator: It stands above its view function.
    """

    owner: str
    rule: str | None
    methods: tuple[str, ...] | None
    endpoint: str | None
    number: int
    node: ast.Call
    is_decorator: bool = True


@dataclass
class AppChoice:
    """The app that is exported.

    Attributes:
        name: The name that the program gives it.
        version: Its name and statement; None for Bottle's default app.
        kind: Its class: `Flask`, `App`, `Bottle`...
        factory: The function to call for it, when no statement does.
        attribute: The attribute that holds it, when an object of a class does.
        others: Names of the notebook's other apps.
        strangers: The other apps, those of the same name included.
    """

    name: str
    version: Version | None
    kind: str = "Flask"
    factory: str | None = None
    attribute: str | None = None
    others: list[str] = field(default_factory=list)
    strangers: list[Version] = field(default_factory=list)


def rules_of(node: ast.stmt, number: int) -> list[Rule]:
    """The rules that a statement registers, on whatever name."""
    found = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        for decorator in node.decorator_list:
            rule = _decorator_rule(decorator, number, node.name)
            if rule is not None:
                found.append(rule)
    else:
        for one in simple_statements(node):
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
                rule = _call_rule(one.value, number)
                if rule is not None:
                    found.append(rule)
    return found


def _decorator_rule(decorator: ast.expr, number: int, function: str) -> Rule | None:
    if not isinstance(decorator, ast.Call):
        return None
    owner, attributes = chain(decorator.func)
    verb = attributes[-1] if len(attributes) == 1 else None
    if owner is None or verb not in ("route", *ROUTE_METHODS):
        return None
    rule = _literal(decorator.args[0]) if decorator.args else _option(decorator, "rule")
    if rule is not None and not isinstance(rule, str):
        return None
    methods = _methods(decorator) if verb == "route" else (verb.upper(),)
    endpoint = _option(decorator, "endpoint")
    name = endpoint if isinstance(endpoint, str) else function
    return Rule(owner, rule, methods, name, number, decorator)


def _call_rule(call: ast.Call, number: int) -> Rule | None:
    owner, attributes = chain(call.func)
    if owner is None or attributes != ["add_url_rule"] or not call.args:
        return None
    rule = _literal(call.args[0])
    endpoint = _literal(call.args[1]) if len(call.args) > 1 else None
    endpoint = endpoint or _option(call, "endpoint")
    view = call.args[2] if len(call.args) > 2 else None
    for keyword in call.keywords:
        if keyword.arg == "view_func":
            view = keyword.value
    if endpoint is None and isinstance(view, ast.Name):
        endpoint = view.id
    return Rule(
        owner,
        rule if isinstance(rule, str) else None,
        _methods(call),
        endpoint if isinstance(endpoint, str) else None,
        number,
        call,
        is_decorator=False,
    )


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError):
        return None


def _option(call: ast.Call, name: str) -> object:
    for keyword in call.keywords:
        if keyword.arg == name:
            return _literal(keyword.value)
    return None


def _methods(call: ast.Call) -> tuple[str, ...] | None:
    for keyword in call.keywords:
        if keyword.arg in ("methods", "method"):
            value = _literal(keyword.value)
            if isinstance(value, str):
                return (value.upper(),)
            if isinstance(value, (list, tuple, set)):
                return tuple(sorted(str(one).upper() for one in value))
            return None
    return ("GET",)


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
                    for target in targets(one)
                    if isinstance(target, ast.Name)
                ]
    return found


def choose_app(program: Program, name: str | None = None) -> AppChoice | None:
    """Choose the app to export: the last one that has rules, or the one named.

    Returns:
        None when the program makes no app (of that name).
    """
    every = versions = app_versions(program) or _decorated_versions(program)
    if name is not None:
        versions = [version for version in versions if version[0] == name] or [
            (name, number) for number in program.bindings(name)[-1:]
        ]
    told = [version for version in versions if _is_told(program, version)]
    if told or versions:
        chosen = (told or versions)[-1]
        others = sorted({version[0] for version in every} - {chosen[0]})
        family = program.family(chosen)
        return AppChoice(
            chosen[0],
            chosen,
            _kind(program, chosen),
            others=others,
            strangers=[one for one in every if program.family(one) != family],
        )
    if name is None:
        return _default_app(program) or _held_app(program) or _factory(program)
    return None


def _is_told(program: Program, version: Version) -> bool:
    """Say whether something registers on an app, rather than only making it."""
    changes = program.changes.get(program.family(version), [])
    for number in changes:
        node = program.statements[number].node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return True
        for one in simple_statements(node):
            value = one.value if isinstance(one, ast.Expr) else None
            verb = called(value) if isinstance(value, ast.Call) else ""
            if verb.startswith(("add_", "register", "include", "route")):
                return True
    value = getattr(program.statements[version[1]].node, "value", None)
    if isinstance(value, ast.Call):
        name, attributes = chain(value.func)
        return not attributes and name in program.context.functions
    return False


def _decorated_versions(program: Program) -> list[Version]:
    """Names with `@name.route("/...")` above a function, whatever made them."""
    found: list[Version] = []
    for number, statement in enumerate(program.statements):
        for rule in rules_of(statement.node, number):
            if rule.rule is None or not rule.rule.startswith("/"):
                continue
            for version in program.resolve(rule.owner, number):
                node = program.statements[version[1]].node
                value = getattr(node, "value", None)
                is_part = isinstance(value, ast.Call) and called(value) in (
                    ("Blueprint", "Api", "Namespace", "APIRouter", "Router")
                )
                if not is_part and version not in found:
                    found.append(version)
    return sorted(found, key=lambda version: version[1])


def _kind(program: Program, version: Version) -> str:
    for one in simple_statements(program.statements[version[1]].node):
        value = getattr(one, "value", None)
        if isinstance(value, ast.Call):
            name = called(value)
            definition = program.context.functions.get(name)
            if isinstance(definition, ast.ClassDef):
                return "Flask"
            origin = program.context.imports.get(name, name)
            return origin.rpartition(".")[2] or name
    return "Flask"


def _default_app(program: Program) -> AppChoice | None:
    """Bottle's app that `@route` registers on."""
    for number in range(program.end):
        for one in program.effects[number].acts_on:
            if one.startswith("bottle."):
                verb = one.rpartition(".")[2]
                if verb in _DEFAULT_APP_CALLS or one == "bottle":
                    return AppChoice("app", None, "Bottle")
        node = program.statements[number].node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for decorator in node.decorator_list:
                name, _ = chain(decorator)
                if program.context.is_module(name, ("bottle",)):
                    return AppChoice("app", None, "Bottle")
                if "bottle" in _stars(program) and name in _DEFAULT_APP_CALLS:
                    return AppChoice("app", None, "Bottle")
    return None


def _stars(program: Program) -> set[str]:
    return {star for number in program.stars for star in program.names[number].stars}


def _held_app(program: Program) -> AppChoice | None:
    """An app that an object of the notebook's own class holds: `self.app = Flask()`."""
    for statement in reversed(program.statements):
        value = getattr(statement.node, "value", None)
        if not isinstance(statement.node, ast.Assign) or not isinstance(
            value, ast.Call
        ):
            continue
        definition = program.context.functions.get(called(value))
        for target in targets(statement.node):
            if isinstance(target, ast.Name) and isinstance(definition, ast.ClassDef):
                attribute = _app_attribute(definition, program)
                if attribute is not None:
                    version = (target.id, statement.number)
                    return AppChoice(target.id, version, attribute=attribute)
    return None


def _app_attribute(definition: ast.ClassDef, program: Program) -> str | None:
    for node in ast.walk(definition):
        if isinstance(node, ast.Assign) and makes_app(node.value, program.context):
            for target in targets(node):
                if isinstance(target, ast.Attribute):
                    return target.attr
    return None


def _factory(program: Program) -> AppChoice | None:
    """A function that makes and returns an app, though nothing calls it."""
    for statement in reversed(program.statements):
        node = statement.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            call = ast.Call(func=ast.Name(id=node.name), args=[], keywords=[])
            if makes_app(call, program.context) and not _required(node):
                version = (node.name, statement.number)
                return AppChoice("app", version, "Flask", factory=node.name)
    return None


def _required(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = node.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    return positional > len(arguments.defaults) or None in arguments.kw_defaults


def needs_app(context: Context) -> bool:
    """Say whether no name of a program holds an app."""
    return not context.apps
