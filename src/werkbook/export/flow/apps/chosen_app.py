"""Choosing the app to export: the one that is served, is called `app`, or came last."""

from __future__ import annotations

import ast

from werkbook.cells.source.trees import (
    called,
    chain,
    dotted,
    simple_statements,
    targets,
)
from werkbook.export.flow.apps import frameworks
from werkbook.export.flow.apps.holders import (
    AppChoice,
    answers_wsgi,
    app_attribute,
    app_versions,
    attribute_places,
    framework_made,
    framework_of_function,
    framework_of_value,
    has_required,
    is_on_default_app,
    made_by,
)
from werkbook.export.flow.apps.rule_calls import find_rules
from werkbook.export.flow.apps.served import ServingCall
from werkbook.export.flow.context import Function, makes_app
from werkbook.export.flow.program import Program, Version
from werkbook.syntax_trees import parse_python

_DEFAULT_APPS = ("default_app", "bottle.default_app", "bottle.app")
_NAMES = ("app", "application")
"""What people call the app that counts."""


def choose_app(program: Program, name: str | None = None) -> AppChoice | None:
    """Choose the app to export, or the one named.

    What the notebook serves last counts; else the last app with rules that is called
    `app`; else the last with rules; else the last.

    Returns:
        None when the program makes no app (of that name).
    """
    every = app_versions(program) or _decorated_versions(program)
    found = _named(program, name, every) if name else _unnamed(program, every)
    if found is None:
        return None
    if not found.expression:
        found.expression = found.name
    if found.served is None:
        found.served = _find_serving(program, found)
    _look_outside(program, found)
    family = program.family(found.version) if found.version else None
    ours = {found.name, found.inner}
    found.others = sorted({version[0] for version in every} - ours)
    found.strangers = [
        one
        for one in every
        if program.family(one) != family and one not in found.within
    ]
    return found


def _unnamed(program: Program, every: list[Version]) -> AppChoice | None:
    for served in reversed(program.served):
        found = _held(program, served.value, every)
        if found is not None:
            found.served = served
            return found
    told = [version for version in every if _is_told(program, version)]
    called_so = [version for version in told if version[0] in _NAMES]
    last_told = called_so or told
    if last_told:
        return _make_choice(program, last_told[-1])
    return (
        _default_app(program)
        or _attribute_app(program)
        or _wsgi_function(program)
        or (_make_choice(program, every[-1]) if every else None)
        or _held_app(program)
        or _factory(program)
    )


def _named(program: Program, name: str, every: list[Version]) -> AppChoice | None:
    versions = [version for version in every if version[0] == name]
    told = [version for version in versions if _is_told(program, version)]
    if told or versions:
        return _make_choice(program, (told or versions)[-1])
    try:
        value = parse_python(name, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    found = _held(program, value, every)
    if found is None and isinstance(value, ast.Name):
        found = next(
            (_make_choice(program, (name, one)) for one in program.bindings(name)[-1:]),
            None,
        )
    return found


def _make_choice(program: Program, version: Version) -> AppChoice:
    framework = framework_made(program, version)
    is_default = framework is frameworks.BOTTLE and _is_default(program, version)
    return AppChoice(version[0], version, framework, is_default=is_default)


def _is_default(program: Program, version: Version) -> bool:
    value = getattr(program.statements[version[1]].node, "value", None)
    return isinstance(value, ast.Call) and called(value) in ("default_app", "app")


def _find_serving(program: Program, found: AppChoice) -> ServingCall | None:
    """The last call that serves a chosen app."""
    for served in reversed(program.served):
        root, _ = chain(served.value)
        if root is not None and root in (found.name, found.inner):
            return served
        if found.is_default and found.version is None:
            return served
    return None


def _held(program: Program, value: ast.expr, every: list[Version]) -> AppChoice | None:
    """Find the app that an expression stands for, as the program ends."""
    if isinstance(value, ast.Name):
        return _held_by_name(program, value.id, every)
    if isinstance(value, ast.Call):
        function = dotted(value.func)
        if function in program.context.functions and makes_app(value, program.context):
            number = program.bindings(function)[-1:]
            if number:
                return AppChoice(
                    function,
                    (function, number[0]),
                    made_by(program, function),
                    ast.unparse(value),
                )
        if dotted(value.func) in _DEFAULT_APPS:
            return _default_app(program)
        return None
    text = ast.unparse(value)
    for place, version in attribute_places(program):
        if place == text:
            return _of_attribute(program, version, text)
    if isinstance(value, ast.Attribute):  # `dashboard.server`
        held = _held(program, value.value, every)
        if held is not None and held.framework.wsgi == value.attr:
            return held
        if held is not None and value.attr == "wsgi_app":
            return held
    return None


def _held_by_name(
    program: Program, name: str, every: list[Version]
) -> AppChoice | None:
    versions = program.resolve(name, program.end)
    for version in versions:
        if version in every:
            return _make_choice(program, version)
    for version in versions:
        node = program.statements[version[1]].node
        value = getattr(node, "value", None)
        framework = framework_of_function(node)
        if framework is not None:
            return AppChoice(name, version, framework)
        if isinstance(value, ast.Call):
            definition = program.context.functions.get(called(value))
            if isinstance(definition, ast.ClassDef) and answers_wsgi(definition):
                return AppChoice(name, version, frameworks.WSGI)
            inner = _app_within(program, value, every)
            if inner is not None:
                return _around(program, version, inner)
    return None


def _around(program: Program, version: Version, inner: str) -> AppChoice:
    """The choice of middleware, with the apps that its statement names."""
    number = version[1]
    within = [
        one
        for name in program.names[number].reads
        for one in program.resolve(name, number)
        if name in program.context.apps
    ]
    held = [one for one in within if one[0] == inner]
    is_flask = not held or framework_made(program, held[0]).is_flask
    name = version[0]
    return AppChoice(
        name,
        version,
        frameworks.WSGI,
        inner=inner if is_flask else "",
        within=within,
    )


def _app_within(program: Program, value: ast.Call, every: list[Version]) -> str | None:
    """The name of the Flask app that a call wraps: `ProxyFix(app)`."""
    apps = {version[0] for version in every}
    for one in ast.walk(value):
        if isinstance(one, ast.Name) and one.id in apps:
            return one.id
    return None


def _look_outside(program: Program, found: AppChoice) -> None:
    """Take what a later statement puts around the app by its name, or in its place."""
    if found.version is None or found.expression != found.name:
        return
    last = program.resolve(found.name, program.end)
    if not last or last[0] == found.version or found.framework.is_asgi:
        return
    version = last[0]
    node = program.statements[version[1]].node
    function = framework_of_function(node)
    if function is not None and version[1] > found.version[1]:
        found.version, found.framework, found.served = version, function, None
        return
    value = getattr(node, "value", None)
    if version[1] > found.version[1] and isinstance(value, ast.Call):
        if makes_app(value, program.context):
            return
        given = [*value.args, *(one.value for one in value.keywords)]
        if any(chain(one)[0] == found.name for one in given):
            outer = _around(program, version, found.name)
            found.inner = outer.inner if found.framework.is_flask else ""
            found.version, found.framework = version, frameworks.WSGI
            found.within = outer.within


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
            if verb.startswith(("add_", "register", "include", "route", "mount")):
                return True
            if isinstance(one, ast.Assign) and any(
                isinstance(target, ast.Attribute) and target.attr == "layout"
                for target in targets(one)
            ):
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
        for rule in find_rules(statement.node, number):
            if rule.rule is None or not rule.rule.startswith("/"):
                continue
            for version in program.resolve(rule.owner, number):
                node = program.statements[version[1]].node
                value = getattr(node, "value", None)
                is_part = isinstance(value, ast.Call) and called(value) in (
                    ("Blueprint", "Api", "Namespace", "APIRouter", "Router")
                )
                if program.is_import(version[1]) and program.context.is_module(
                    rule.owner, ("bottle",)
                ):
                    continue  # the module's own functions: Bottle's default app
                if not is_part and version not in found:
                    found.append(version)
    return sorted(found, key=lambda version: version[1])


def _default_app(program: Program) -> AppChoice | None:
    """Bottle's app that `@route` registers on."""
    for number in range(program.end):
        if is_on_default_app(program, number):
            return AppChoice(
                "default_app",
                None,
                frameworks.BOTTLE,
                "default_app()",
                is_default=True,
            )
    return None


def _attribute_app(program: Program) -> AppChoice | None:
    for text, version in reversed(attribute_places(program)):
        return _of_attribute(program, version, text)
    return None


def _of_attribute(program: Program, version: Version, text: str) -> AppChoice:
    name, number = version
    framework = framework_of_value(program, number, text)
    holder = program.resolve(name, program.end)[:1] or [version]
    return AppChoice(name, holder[0], framework, text, roots={number})


def _wsgi_function(program: Program) -> AppChoice | None:
    """A function that is a WSGI or ASGI app by its arguments."""
    for statement in reversed(program.statements):
        node = statement.node
        framework = framework_of_function(node)
        if framework is not None and isinstance(node, Function):
            version = (node.name, statement.number)
            return AppChoice(node.name, version, framework)
    return None


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
                attribute = app_attribute(definition, program)
                if attribute is not None:
                    version = (target.id, statement.number)
                    return AppChoice(
                        target.id, version, expression=f"{target.id}.{attribute}"
                    )
    return None


def _factory(program: Program) -> AppChoice | None:
    """A function that makes and returns an app; the last call says how to call it."""
    for call in reversed(program.made_apps):
        function = dotted(call.func) or ""
        numbers = program.bindings(function)
        if numbers and function in program.context.functions:
            version = (function, numbers[-1])
            framework = made_by(program, function)
            return AppChoice(function, version, framework, ast.unparse(call))
    for statement in reversed(program.statements):
        node = statement.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            call = ast.Call(func=ast.Name(id=node.name), args=[], keywords=[])
            if makes_app(call, program.context) and not has_required(node):
                version = (node.name, statement.number)
                framework = made_by(program, node.name)
                return AppChoice(node.name, version, framework, f"{node.name}()")
    return None
