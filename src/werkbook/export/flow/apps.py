"""Choosing the app to export: the one that is served, is called `app`, or came last."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from werkbook.cells.trees import called, chain, dotted, simple_statements, targets
from werkbook.export.flow import frameworks
from werkbook.export.flow.context import Function, makes_app
from werkbook.export.flow.frameworks import Framework, framework_of
from werkbook.export.flow.program import Program, Version
from werkbook.export.flow.rule_calls import rules_of
from werkbook.export.flow.served import Served

_DEFAULT_APP_CALLS = ("route", "get", "post", "put", "delete", "patch", "error", "hook")
_DEFAULT_APPS = ("default_app", "bottle.default_app", "bottle.app")
_NAMES = ("app", "application")
"""What people call the app that counts."""


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
    served: Served | None = None
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
            values.append(ast.parse(self.expression, mode="eval"))
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
                    for target in targets(one)
                    if isinstance(target, ast.Name)
                ]
    return found


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
        found.served = _serving_of(program, found)
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
        return _of(program, last_told[-1])
    return (
        _default_app(program)
        or _attribute_app(program)
        or _wsgi_function(program)
        or (_of(program, every[-1]) if every else None)
        or _held_app(program)
        or _factory(program)
    )


def _named(program: Program, name: str, every: list[Version]) -> AppChoice | None:
    versions = [version for version in every if version[0] == name]
    told = [version for version in versions if _is_told(program, version)]
    if told or versions:
        return _of(program, (told or versions)[-1])
    try:
        value = ast.parse(name, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    found = _held(program, value, every)
    if found is None and isinstance(value, ast.Name):
        found = next(
            (_of(program, (name, one)) for one in program.bindings(name)[-1:]), None
        )
    return found


def _of(program: Program, version: Version) -> AppChoice:
    framework = _framework(program, version)
    is_default = framework is frameworks.BOTTLE and _is_default(program, version)
    return AppChoice(version[0], version, framework, is_default=is_default)


def _is_default(program: Program, version: Version) -> bool:
    value = getattr(program.statements[version[1]].node, "value", None)
    return isinstance(value, ast.Call) and called(value) in ("default_app", "app")


def _serving_of(program: Program, found: AppChoice) -> Served | None:
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
                    _made_by(program, function),
                    ast.unparse(value),
                )
        if dotted(value.func) in _DEFAULT_APPS:
            return _default_app(program)
        return None
    text = ast.unparse(value)
    for place, version in _attribute_places(program):
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
            return _of(program, version)
    for version in versions:
        node = program.statements[version[1]].node
        value = getattr(node, "value", None)
        if isinstance(node, Function) and _is_wsgi(node):
            return AppChoice(name, version, frameworks.WSGI)
        if isinstance(value, ast.Call):
            definition = program.context.functions.get(called(value))
            if isinstance(definition, ast.ClassDef) and _answers_wsgi(definition):
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
    is_flask = not held or _framework(program, held[0]).is_flask
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
    """Take the middleware that a later statement puts around the app by its name."""
    if found.version is None or found.expression != found.name:
        return
    last = program.resolve(found.name, program.end)
    if not last or last[0] == found.version or found.framework.is_asgi:
        return
    version = last[0]
    value = getattr(program.statements[version[1]].node, "value", None)
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
        for rule in rules_of(statement.node, number):
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


def _framework(program: Program, version: Version) -> Framework:
    return _framework_of_value(program, version[1], version[0])


def _framework_of_value(program: Program, number: int, place: str) -> Framework:
    for one in simple_statements(program.statements[number].node):
        value = getattr(one, "value", None)
        held = [ast.unparse(target) for target in targets(one)]
        if isinstance(value, ast.IfExp | ast.BoolOp):
            calls = [part for part in ast.walk(value) if isinstance(part, ast.Call)]
            value = calls[0] if calls else None
        if isinstance(value, ast.Call) and place in held:
            return _made_by(program, dotted(value.func) or called(value))
    return frameworks.FLASK


def _made_by(program: Program, callee: str) -> Framework:
    """The framework of the app that a call makes, own factories and classes opened."""
    context = program.context
    known = framework_of(callee, context.imports, context.functions)
    if known is not None:
        return known
    definition = context.functions.get(callee)
    if definition is None:
        return frameworks.FLASK
    if isinstance(definition, ast.ClassDef):
        bases = [_made_by(program, dotted(base) or "") for base in definition.bases]
        return bases[0] if bases else frameworks.FLASK
    for node in ast.walk(definition):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            found = framework_of(name, context.imports, context.functions)
            if found is not None:
                return found
    return frameworks.FLASK


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
        is_bound = program.resolve(name or "", number)
        if has_star and name in _DEFAULT_APP_CALLS and not is_bound:
            return True
    return False


def _attribute_places(program: Program) -> list[tuple[str, Version]]:
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


def _attribute_app(program: Program) -> AppChoice | None:
    for text, version in reversed(_attribute_places(program)):
        return _of_attribute(program, version, text)
    return None


def _of_attribute(program: Program, version: Version, text: str) -> AppChoice:
    name, number = version
    framework = _framework_of_value(program, number, text)
    holder = program.resolve(name, program.end)[:1] or [version]
    return AppChoice(name, holder[0], framework, text, roots={number})


def _wsgi_function(program: Program) -> AppChoice | None:
    """A function that is a WSGI app by its arguments."""
    for statement in reversed(program.statements):
        node = statement.node
        if isinstance(node, Function) and _is_wsgi(node):
            version = (node.name, statement.number)
            return AppChoice(node.name, version, frameworks.WSGI)
    return None


def _is_wsgi(node: Function) -> bool:
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    return len(names) == 2 and names[1].lower().strip("_") in (
        ("start_response", "startresponse", "start", "sr")
    )


def _answers_wsgi(definition: ast.ClassDef) -> bool:
    return any(
        isinstance(one, Function)
        and one.name == "__call__"
        and len(one.args.args) == 3
        and one.args.args[2].arg.startswith("start")
        for one in definition.body
    )


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
                    return AppChoice(
                        target.id, version, expression=f"{target.id}.{attribute}"
                    )
    return None


def _app_attribute(definition: ast.ClassDef, program: Program) -> str | None:
    for node in ast.walk(definition):
        if isinstance(node, ast.Assign) and makes_app(node.value, program.context):
            for target in targets(node):
                if isinstance(target, ast.Attribute):
                    return target.attr
    return None


def _factory(program: Program) -> AppChoice | None:
    """A function that makes and returns an app; the last call says how to call it."""
    for call in reversed(program.made_apps):
        function = dotted(call.func) or ""
        numbers = program.bindings(function)
        if numbers and function in program.context.functions:
            version = (function, numbers[-1])
            framework = _made_by(program, function)
            return AppChoice(function, version, framework, ast.unparse(call))
    for statement in reversed(program.statements):
        node = statement.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            call = ast.Call(func=ast.Name(id=node.name), args=[], keywords=[])
            if makes_app(call, program.context) and not _required(node):
                version = (node.name, statement.number)
                framework = _made_by(program, node.name)
                return AppChoice(node.name, version, framework, f"{node.name}()")
    return None


def _required(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = node.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    return positional > len(arguments.defaults) or None in arguments.kw_defaults
