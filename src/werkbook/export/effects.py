"""What a statement changes besides the names that it binds.

The answer is an estimate: Python does not say whether `f(x)` changes `x`. It errs to
the side of keeping what the app may need, and knows what only looks (`df.head()`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from werkbook.cellroutes import own
from werkbook.export import vocabulary as words
from werkbook.export.names import imported_as, local_names
from werkbook.export.trees import (
    arguments,
    called,
    calls,
    chain,
    constants,
    dotted,
    simple_statements,
    targets,
)

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_APP_NAMES = ("app", "application", "flask_app", "wsgi_app")
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
    """

    changes: set[str] = field(default_factory=set)
    links: set[tuple[str, str]] = field(default_factory=set)
    acts_on: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    serves: bool = False
    sets_environment: bool = False

    def add(self, other: Effects) -> None:
        """Take in what other code does, its links apart."""
        self.changes |= other.changes
        self.acts_on |= other.acts_on
        self.writes |= other.writes
        self.serves |= other.serves
        self.sets_environment |= other.sets_environment


class Context:
    """What the whole program says about its names; read only once it is made."""

    def __init__(self, nodes: Iterable[ast.stmt]) -> None:
        self.imports: dict[str, str] = {}
        self.functions: dict[str, _Definition] = {}
        self.methods: dict[str, list[_Function]] = {}
        self.texts: dict[str, str] = {}
        self.apps: set[str] = set()
        self.inner_apps: set[str] = set()
        self._summaries: dict[int, Effects] = {}
        self._doing: set[int] = set()
        for node in nodes:
            for one in simple_statements(node):
                self._learn(one)

    def _learn(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else imported_as(alias)
                self.imports[imported_as(alias)] = module
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self.imports[imported_as(alias)] = f"{node.module or ''}.{alias.name}"
        elif isinstance(node, _Definition):
            self.functions[node.name] = node
            self._learn_inner_apps(node)
            if isinstance(node, ast.ClassDef):
                for one in node.body:
                    if isinstance(one, _Function):
                        self.methods.setdefault(one.name, []).append(one)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            self._learn_assignment(node)

    def _learn_inner_apps(self, node: _Definition) -> None:
        for one in ast.walk(node):
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call):
                if called(one.value) in words.APP_CLASSES:
                    self.inner_apps |= _names(targets(one))
            elif isinstance(one, ast.arg) and one.arg in _APP_NAMES:
                self.inner_apps.add(one.arg)

    def _learn_assignment(self, node: ast.Assign | ast.AnnAssign) -> None:
        for target in targets(node):
            if not isinstance(target, ast.Name):
                continue
            value = node.value
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

    def summary(self, node: _Definition) -> Effects:
        """What calling a function (or making an instance) does."""
        key = id(node)
        if key in self._summaries:
            return self._summaries[key]
        if key in self._doing:
            return Effects()
        self._doing.add(key)
        if isinstance(node, ast.ClassDef):
            result = Effects()
            for one in node.body:
                # A thread's `run` follows when it starts.
                starting = ("__init__", "run") if node.bases else ("__init__",)
                if isinstance(one, _Function) and one.name in starting:
                    result.add(self.summary(one))
        else:
            result = _function_effects(node, self)
        self._doing.discard(key)
        self._summaries[key] = result
        return result

    def text_of(self, node: ast.AST) -> set[str]:
        """Texts in an expression, with those that names of the module stand for."""
        found = set()
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id in self.texts:
                found.add(self.texts[one.id])
        found.update(constants([node]))
        return {text for text in found if _PATH.match(text)}


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
    name, attributes = chain(value.func)
    last = attributes[-1] if attributes else name
    if last in words.APP_CLASSES and name not in context.functions:
        return True
    definition = context.functions.get(name or "")
    if attributes or definition is None:
        return False
    if isinstance(definition, ast.ClassDef):
        return any(
            (dotted(base) or "").rpartition(".")[2] in words.APP_CLASSES
            for base in definition.bases
        )
    return returns_app(definition, context)


def returns_app(function: _Function, context: Context) -> bool:
    """Say whether a function makes an app and returns it."""
    made: set[str] = set()
    for node in own(function.body):
        value = getattr(node, "value", None)
        is_assignment = isinstance(node, (ast.Assign, ast.AnnAssign))
        if is_assignment and isinstance(value, ast.Call):
            made |= (
                _names(targets(node)) if called(value) in words.APP_CLASSES else set()
            )
    return any(
        isinstance(node, ast.Return)
        and (
            (isinstance(node.value, ast.Name) and node.value.id in made)
            or (
                isinstance(node.value, ast.Call)
                and called(node.value) in words.APP_CLASSES
            )
        )
        for node in own(function.body)
    )


def _function_effects(node: _Function, context: Context) -> Effects:
    """The effects of a function's call; changed parameters stand among the names."""
    local = local_names(node)
    effects = Effects()
    for statement in node.body:
        effects.add(_block_effects(statement, context))
        for one in ast.walk(statement):
            if isinstance(one, _Function) and one is not node:
                effects.add(context.summary(one))
            if isinstance(one, ast.Global):
                effects.changes.update(one.names)
    links = _links_within(node.body, context)
    parameters = {one.arg for one in _parameters(node)}
    found = set()
    for name in effects.changes:
        for root in _roots(name, links):
            if root not in local or root in parameters or root == name:
                found.add(root)
    effects.changes = {
        f"<{name}>" if name in parameters else name
        for name in found
        if name in parameters or name not in local
    }
    return effects


def _parameters(node: _Function) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _roots(name: str, links: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    stack = [name]
    while stack:
        one = stack.pop()
        if one not in found:
            found.add(one)
            stack.extend(links.get(one, ()))
    return found


def _links_within(body: list[ast.stmt], context: Context) -> dict[str, set[str]]:
    links: dict[str, set[str]] = {}
    for statement in body:
        for one in simple_statements(statement):
            for bound, root in _links(one, context):
                links.setdefault(bound, set()).add(root)
    return links


def effects_of(node: ast.stmt, context: Context) -> Effects:
    """What running a statement of the module does."""
    effects = _block_effects(node, context)
    effects.changes = {name for name in effects.changes if not name.startswith("<")}
    for one in simple_statements(node):
        effects.links |= _links(one, context)
    return effects


def _block_effects(node: ast.stmt, context: Context) -> Effects:
    effects = Effects()
    for one in simple_statements(node):
        _add_stores(one, effects, context)
        if isinstance(one, _Definition):
            _add_definition(one, effects, context)
    statements = _statement_calls(node)
    for call in calls([node]):
        _add_call(call, id(call) in statements, effects, context)
    return effects


def _statement_calls(node: ast.stmt) -> set[int]:
    """The calls that are statements of their own, their result unused."""
    found = set()
    for one in simple_statements(node):
        value: ast.expr | None = None
        if isinstance(one, ast.Expr):
            value = one.value
        elif isinstance(one, ast.Assign):
            names = [t.id for t in targets(one) if isinstance(t, ast.Name)]
            if names and all(name.strip("_") == "" for name in names):
                value = one.value
        if isinstance(value, ast.Await):
            value = value.value
        while isinstance(value, ast.Call):
            found.add(id(value))
            function = value.func
            value = function.value if isinstance(function, ast.Attribute) else None
    return found


def _add_stores(node: ast.stmt, effects: Effects, context: Context) -> None:
    for target in targets(node):
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            name, attributes = chain(target)
            if name is None:
                continue
            if name in context.imports:
                effects.acts_on.add(context.imports[name])
                if "environ" in (name, *attributes) and not _is_of_flask(target):
                    effects.sets_environment = True
            effects.changes.add(name)
        elif isinstance(node, ast.AugAssign) and isinstance(target, ast.Name):
            effects.changes.add(target.id)


def _is_of_flask(target: ast.expr) -> bool:
    """Say whether an environment variable only tells how the app is served."""
    return any(
        text.startswith(("FLASK_", "NGROK_", "WERKZEUG_"))
        for text in constants([target])
    )


def _add_definition(node: _Definition, effects: Effects, context: Context) -> None:
    for decorator in node.decorator_list:
        name, attributes = chain(decorator)
        if name is None:
            continue
        if name in context.imports:
            if context.is_module(name, words.APP_MODULES):
                effects.acts_on.add(context.imports[name])
            elif attributes and name in context.apps:
                effects.changes.add(name)
        elif name in context.functions:
            effects.changes |= context.summary(context.functions[name]).changes
        else:
            effects.changes.add(name)
    if isinstance(node, ast.ClassDef):
        for base in node.bases:
            name, attributes = chain(base)
            # A base class of an object or of a call keeps a list of its classes.
            if name is None or name in context.imports or name == "object":
                continue
            if attributes or _keeps_subclasses(name, context):
                effects.changes.add(name)


def _keeps_subclasses(name: str, context: Context) -> bool:
    definition = context.functions.get(name)
    if not isinstance(definition, ast.ClassDef):
        return definition is None
    return any(
        (dotted(base) or "").endswith(("DeclarativeBase", "Model", "Base"))
        for base in definition.bases
    ) or any(
        isinstance(one, _Function) and one.name == "__init_subclass__"
        for one in definition.body
    )


def _add_call(
    call: ast.Call, is_statement: bool, effects: Effects, context: Context
) -> None:
    name, attributes = chain(call.func)
    last = attributes[-1] if attributes else name or ""
    if is_serving(call, context):
        effects.serves = True
        return
    effects.writes |= _written(call, last, context)
    if last == "load_dotenv":
        effects.sets_environment = True
    if not attributes and name in context.functions:
        _add_user_call(call, context.functions[name], effects, context)
    elif name is not None and name in context.imports:
        _add_library_call(call, name, attributes, is_statement, effects, context)
    elif attributes:
        _add_method_call(call, name, last, is_statement, effects, context)
    elif name in ("setattr", "delattr", "next") and call.args:
        effects.changes |= _argument_roots(call.args[:1])
    _add_given_functions(call, effects, context)


def _add_user_call(
    call: ast.Call, definition: _Definition, effects: Effects, context: Context
) -> None:
    summary = context.summary(definition)
    function: _Function | None
    if isinstance(definition, ast.ClassDef):
        methods = (one for one in definition.body if isinstance(one, _Function))
        function = next((one for one in methods if one.name == "__init__"), None)
        skip = 1
    else:
        function, skip = definition, 0
    given = Effects()
    given.add(summary)
    given.changes = set()
    for name in summary.changes:
        if name.startswith("<") and function is not None:
            value = _argument(call, function, name[1:-1], skip)
            given.changes |= _argument_roots([value]) if value is not None else set()
        elif not name.startswith("<"):
            given.changes.add(name)
    effects.add(given)


def _argument(
    call: ast.Call, function: _Function, name: str, skip: int
) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    order = [*function.args.posonlyargs, *function.args.args][skip:]
    for parameter, value in zip(order, call.args, strict=False):
        if parameter.arg == name:
            return value
    return None


def _add_library_call(
    call: ast.Call,
    name: str,
    attributes: list[str],
    is_statement: bool,
    effects: Effects,
    context: Context,
) -> None:
    last = attributes[-1] if attributes else name
    module = context.imports[name]
    package = module.partition(".")[0]
    apps = _argument_roots(arguments(call)) & context.apps
    if not is_statement:
        if last in words.CHANGING and attributes:
            effects.acts_on.add(module)
        if not attributes or last[:1].isupper():
            effects.changes |= apps
        return
    if last in words.SHOWING or last in words.MODULE_LOOKING:
        return
    if package in words.PLOTTING and last not in words.PLOT_SETTINGS:
        return
    effects.changes |= apps
    if last not in ("dump", "dumps", "copy", "print", "pprint", "save"):
        effects.changes |= _argument_roots(arguments(call))
    if "environ" in (name, *attributes):
        effects.sets_environment = True
    effects.acts_on.add(module)
    effects.changes.add(name)


def _add_method_call(
    call: ast.Call,
    name: str | None,
    last: str,
    is_statement: bool,
    effects: Effects,
    context: Context,
) -> None:
    is_looking = last in words.LOOKING and last not in context.methods
    if name is not None and (
        (is_statement and not is_looking) or last in words.CHANGING
    ):
        effects.changes.add(name)
    for method in context.methods.get(last, ()):
        summary = context.summary(method)
        given = Effects()
        given.add(summary)
        given.changes = {one for one in summary.changes if not one.startswith("<")}
        effects.add(given)
    if last in words.TAKING:
        effects.changes |= _argument_roots(arguments(call))
    elif is_statement:
        effects.changes |= _argument_roots(arguments(call)) & context.apps


def _add_given_functions(call: ast.Call, effects: Effects, context: Context) -> None:
    """A function that is given away may be called: count what it changes."""
    for value in arguments(call):
        if isinstance(value, ast.Name) and value.id in context.functions:
            definition = context.functions[value.id]
            if isinstance(definition, _Function):
                summary = context.summary(definition)
                effects.changes |= {
                    one for one in summary.changes if not one.startswith("<")
                }


def is_serving(call: ast.Call, context: Context) -> bool:
    """Say whether a call serves an app, tunnels to it, or asks it."""
    name, attributes = chain(call.func)
    last = attributes[-1] if attributes else name or ""
    origin = context.imports.get(name or "", "")
    if last in words.SERVING or origin.rpartition(".")[2] in words.SERVING:
        return True
    if last == "run" and _runs_app(call, name, attributes, context):
        return True
    if last in ("serve", "run_app") and context.is_module(name, words.SERVER_MODULES):
        return True
    if context.is_module(name, words.CLIENT_MODULES) and _is_local(call, context):
        return True
    if last in words.STARTERS:
        return any(_is_serving_value(one, context) for one in arguments(call))
    return False


def _runs_app(
    call: ast.Call, name: str | None, attributes: list[str], context: Context
) -> bool:
    given = _argument_roots(arguments(call))
    if given & context.apps:
        return True
    if not attributes:
        return context.is_module(name, words.SERVER_MODULES)
    if name in context.apps or name in context.inner_apps:
        return True
    if any(part in _APP_NAMES for part in attributes[:-1]):
        return True
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    if receiver is not None and makes_app(receiver, context):
        return True
    options = {keyword.arg for keyword in call.keywords}
    return (
        name not in context.imports
        and bool(options & {"host", "port", "debug", "use_reloader", "threaded"})
    ) or context.is_module(name, words.SERVER_MODULES)


def _is_serving_value(value: ast.expr, context: Context) -> bool:
    """Say whether a function given to a thread or process serves an app."""
    if isinstance(value, ast.Lambda):
        return any(_call_serves(one, context) for one in calls([value.body]))
    if isinstance(value, ast.Attribute):
        name, attributes = chain(value)
        return attributes[-1] in ("run", "serve_forever") and (
            name in context.apps or name not in context.imports
        )
    if isinstance(value, ast.Name) and value.id in context.functions:
        return context.summary(context.functions[value.id]).serves
    return isinstance(value, ast.Name) and (
        context.imports.get(value.id, "").rpartition(".")[2] in words.SERVING
        or context.imports.get(value.id, "").endswith((".serve", ".run"))
    )


def _call_serves(call: ast.Call, context: Context) -> bool:
    if is_serving(call, context):
        return True
    definition = context.functions.get(called(call))
    return definition is not None and context.summary(definition).serves


def _is_local(call: ast.Call, context: Context) -> bool:
    texts = set(constants([call]))
    for one in ast.walk(call):
        if isinstance(one, ast.Name) and one.id in context.texts:
            texts.add(context.texts[one.id])
    return any(host in text for text in texts for host in words.LOCAL_HOSTS)


def _argument_roots(values: Iterable[ast.expr]) -> set[str]:
    found = set()
    for value in values:
        if isinstance(value, (ast.Name, ast.Attribute, ast.Subscript)):
            name, _ = chain(value)
            if name:
                found.add(name)
    return found


def _written(call: ast.Call, last: str, context: Context) -> set[str]:
    if last not in words.WRITING:
        return set()
    name, _ = chain(call.func)
    if last == "open" and not _opens_to_write(call):
        return set()
    if last == "connect" and not context.is_module(
        name, ("sqlite3", "duckdb", "aiosqlite", "pysqlite3", "apsw")
    ):
        return set()
    found: set[str] = set()
    place = [call.func] if last in ("write_text", "write_bytes", "mkdir") else []
    for value in (*place, *call.args, *(keyword.value for keyword in call.keywords)):
        found |= context.text_of(value)
    return {text.removeprefix("sqlite:///") for text in found}


def _opens_to_write(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant)
        and isinstance(mode.value, str)
        and set(mode.value) & set("wax+")
        for mode in modes
    )


def _links(node: ast.stmt, context: Context) -> set[tuple[str, str]]:
    pairs: list[tuple[list[ast.expr], ast.expr]] = []
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        pairs.append((targets(node), node.value))
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        pairs.append((targets(node), node.iter))
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        pairs += [
            ([item.optional_vars], item.context_expr)
            for item in node.items
            if item.optional_vars is not None
        ]
    found = set()
    for bound, value in pairs:
        names = [one.id for one in bound if isinstance(one, ast.Name)]
        for root in _stands_for(value, context):
            found |= {(name, root) for name in names if name != root}
    return found


def _stands_for(value: ast.expr, context: Context) -> set[str]:
    """The names of which a value is an alias, a part or a holder."""
    if isinstance(value, ast.Await):
        value = value.value
    if isinstance(value, (ast.Name, ast.Attribute, ast.Subscript)):
        name, _ = chain(value)
        has_call = any(isinstance(one, ast.Call) for one in ast.walk(value))
        is_plain = name is not None and name not in context.imports
        return {name} if name and is_plain and not has_call else set()
    if not isinstance(value, ast.Call) or is_serving(value, context):
        return set()
    name, attributes = chain(value.func)
    last = attributes[-1] if attributes else name or ""
    given = _argument_roots(arguments(value))
    definition = context.functions.get(name or "")
    if definition is not None and context.summary(definition).serves:
        return set()
    found = given & context.apps
    if name is not None and name not in context.imports:
        is_object = name not in context.functions and not attributes
        if last in words.GIVING or (is_object and name not in words.SHOWING):
            found.add(name)
    if last in words.HOLDING:
        found |= given - context.imports.keys()
    for keyword in value.keywords:
        if keyword.arg in ("bind", "engine", "conn", "connection", "db", "app"):
            found |= _argument_roots([keyword.value])
    return found - words.SHOWING
