"""What a statement changes besides the names that it binds.

The answer is an estimate: Python does not say whether `f(x)` changes `x`. It errs to
the side of keeping what the app may need, and knows what only looks (`df.head()`).
"""

from __future__ import annotations

import ast

from werkbook.cells.source.names import local_names
from werkbook.cells.source.trees import (
    arguments,
    calls,
    chain,
    simple_statements,
    targets,
)
from werkbook.export.flow import aliases
from werkbook.export.flow import known_calls as words
from werkbook.export.flow.apps.serving_calls import argument_roots, is_serving, serves
from werkbook.export.flow.context import (
    Context,
    Definition,
    Effects,
    Function,
    MethodEffects,
)
from werkbook.export.flow.links import find_links, gone_through
from werkbook.export.flow.looking import (
    changed_by_looking,
    connections_looked_through,
    only_reads,
    reads_table,
)
from werkbook.export.flow.statement_text import (
    find_argument,
    is_of_flask,
    keeps_answers,
    keeps_subclasses,
    metaclass_methods,
    named_apps,
    owner_of,
    prints_into,
    statement_calls,
    used_up,
)
from werkbook.export.flow.writes import written_by


def summary(node: Definition, context: Context) -> Effects:
    """What calling a function does (or making an object of a class).

    A parameter that it changes stands among the names in angle brackets.
    """
    if id(node) in context.method_names:  # its namesakes first: they may call it
        method_effects(context.method_names[id(node)], context)
    return context.summaries.find(
        id(node), Effects(), lambda effects: _summarize(node, effects, context)
    )


def _summarize(node: Definition, effects: Effects, context: Context) -> None:
    if isinstance(node, ast.ClassDef):
        starting = ("__init__", "run") if node.bases else ("__init__",)
        for one in node.body:
            if isinstance(one, Function) and one.name in starting:
                effects.add(summary(one, context))
    else:
        effects.add(_function_effects(node, context))
    effects.serves = serves(node, context)


def method_effects(name: str, context: Context) -> MethodEffects:
    """What calling one of the notebook's methods of a name does."""

    def complete(found: MethodEffects) -> None:
        for method in context.methods.get(name, ()):
            found.take(method, summary(method, context))

    return context.method_effects.find(name, MethodEffects(), complete)


def _function_effects(node: Function, context: Context) -> Effects:
    """The effects of a function's call; changed parameters stand among the names."""
    local = local_names(node)
    effects = Effects()
    for statement in node.body:
        effects.add(_block_effects(statement, context))
        for one in ast.walk(statement):
            if isinstance(one, Function) and one is not node:
                effects.add(summary(one, context))
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
    if found & aliases.mutable_defaults(node):
        effects.changes.add(node.name)
    return effects


def _parameters(node: Function) -> list[ast.arg]:
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
            for bound, root in find_links(one, context):
                links.setdefault(bound, set()).add(root)
    return links


def find_effects(node: ast.stmt, context: Context) -> Effects:
    """What running a statement of the module does."""
    known = context.effects.get(id(node))
    if known is not None:
        return known[1]
    effects = _block_effects(node, context)
    effects.changes = {name for name in effects.changes if not name.startswith("<")}
    effects.changes |= used_up(node, context)
    effects.changes |= changed_by_looking(
        node, context, lambda method: summary(method, context).changes
    )
    for one in simple_statements(node):
        effects.links |= find_links(one, context)
    context.effects[id(node)] = node, effects
    return effects


def _block_effects(node: ast.stmt, context: Context) -> Effects:
    effects = Effects()
    for one in simple_statements(node):
        _add_stores(one, effects, context)
        _add_awaited(one, effects)
        if isinstance(one, Definition):
            _add_definition(one, effects, context)
    statements = statement_calls(node)
    every = list(calls([node]))
    looked = connections_looked_through(node, every, context)
    bare = {
        id(one.value) for one in simple_statements(node) if isinstance(one, ast.Expr)
    }
    for call in every:
        if only_reads(call, context) and (id(call) not in bare or reads_table(call)):
            continue  # a bare query moves its cursor
        if id(call) not in looked:
            _add_call(call, id(call) in statements, effects, context)
    effects.changes.update(gone_through(node, effects.changes, context))
    return effects


def _add_stores(node: ast.stmt, effects: Effects, context: Context) -> None:
    for target in targets(node):
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            name, attributes = aliases.root_of(target)
            if name is None:
                continue
            effects.changes |= aliases.held_by(target.value, context)
            if name in context.imports:
                effects.acts_on.add(context.imports[name])
                if "environ" in (name, *attributes) and not is_of_flask(target):
                    effects.sets_environment = True
            effects.changes.add(name)
        elif isinstance(node, ast.AugAssign) and isinstance(target, ast.Name):
            effects.changes.add(target.id)


def _add_awaited(node: ast.stmt, effects: Effects) -> None:
    """A task or future that is awaited by its name is another one afterwards."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Await):
        waited = node.value.value
        name = None if isinstance(waited, ast.Call) else chain(waited)[0]
        if name is not None:
            effects.changes.add(name)


def _add_definition(node: Definition, effects: Effects, context: Context) -> None:
    for decorator in node.decorator_list:
        name, attributes = chain(decorator)
        if name is None:
            continue
        if name in context.imports:
            if context.is_module(name, words.APP_MODULES):
                effects.acts_on.add(context.imports[name])
            elif attributes and name in context.apps:
                effects.changes.add(name)
        elif name in context.functions and not attributes:
            effects.changes |= summary(context.functions[name], context).changes
        else:
            effects.changes.add(name)
    if isinstance(node, ast.ClassDef):
        effects.changes |= _changed_by_metaclass(node, context)
        for base in node.bases:
            name, attributes = chain(base)
            # A base class of an object or of a call keeps a list of its classes.
            if name is None or name in context.imports or name == "object":
                continue
            if attributes or keeps_subclasses(name, context):
                effects.changes.add(name)


def _changed_by_metaclass(node: ast.ClassDef, context: Context) -> set[str]:
    """What the metaclass of a class, or of a class above it, changes."""
    methods = metaclass_methods(node, context)
    found = set[str]().union(*(summary(one, context).changes for one in methods))
    return {name for name in found if not name.startswith("<")}


def _add_call(
    call: ast.Call, is_statement: bool, effects: Effects, context: Context
) -> None:
    name, attributes = chain(call.func)
    last = attributes[-1] if attributes else name or ""
    if is_serving(call, context):
        effects.serves = True
        return
    effects.writes |= written_by(call, last, context)
    if last == "load_dotenv":
        effects.sets_environment = True
    if not attributes and name in context.functions:
        _add_user_call(call, context.functions[name], effects, context)
        if keeps_answers(context.functions[name]):
            effects.changes.add(name)
    elif name is not None and name in context.imports:
        _add_library_call(call, name, attributes, is_statement, effects, context)
    elif attributes:
        _add_method_call(call, name, last, is_statement, effects, context)
    elif name in ("setattr", "delattr", "next") and call.args:
        effects.changes |= argument_roots(call.args[:1])
    elif prints_into(call, context):
        effects.changes |= prints_into(call, context)
    elif name == "exec" and call.args:
        effects.changes |= named_apps(call.args[0], context)
    elif is_statement or aliases.keeps_count(call.func, context):
        effects.changes |= aliases.changed_by_calling(call.func, context)
    _add_given_functions(call, effects, context)


def _add_user_call(
    call: ast.Call, definition: Definition, effects: Effects, context: Context
) -> None:
    whole = summary(definition, context)
    function: Function | None
    if isinstance(definition, ast.ClassDef):
        methods = (one for one in definition.body if isinstance(one, Function))
        function = next((one for one in methods if one.name == "__init__"), None)
        skip = 1
    else:
        function, skip = definition, 0
    given = Effects()
    given.add(whole)
    given.changes = set()
    for name in whole.changes:
        if name.startswith("<") and function is not None:
            value = find_argument(call, function, name[1:-1], skip)
            given.changes |= argument_roots([value]) if value is not None else set()
        elif not name.startswith("<"):
            given.changes.add(name)
    effects.add(given)


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
    apps = argument_roots(arguments(call)) & context.apps
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
        effects.changes |= argument_roots(arguments(call))
    if "environ" in (name, *attributes):
        effects.sets_environment = True
    if module == "sys.path" or (package == "sys" and attributes[:1] == ["path"]):
        effects.extends_path = True
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
    is_looking = is_looking and not words.is_in_place(call)
    if name is not None and (
        (is_statement and not is_looking)
        or last in words.CHANGING
        or words.takes_out(call)
    ):
        root, _ = aliases.root_of(call.func)
        effects.changes |= {root or name} | aliases.held_by(owner_of(call), context)
    _add_method_changes(call, method_effects(last, context), name, effects)
    given = argument_roots(arguments(call))
    if last in words.TAKING:
        effects.changes |= given
    elif is_statement:
        is_known = last in words.LOOKING or last in words.CHANGING
        is_plot = name in context.plots
        effects.changes |= given & context.apps if is_known or is_plot else given


def _add_method_changes(
    call: ast.Call, methods: MethodEffects, receiver: str | None, effects: Effects
) -> None:
    """A method of the notebook's own changes what its parameters stand for."""
    effects.add(methods.effects)
    if "self" in methods.names and receiver is not None:
        effects.changes.add(receiver)
    given = [one.value for one in call.keywords if one.arg in methods.names]
    given += [one for at, one in enumerate(call.args) if at in methods.positions]
    effects.changes |= argument_roots(given)


def _add_given_functions(call: ast.Call, effects: Effects, context: Context) -> None:
    """A function that is given away may be called: count what it changes."""
    given = list(arguments(call))
    for value in given:
        found: set[str] = set()
        if isinstance(value, ast.Name):
            definition = context.functions.get(value.id)
            held = context.values.get(value.id)
            if isinstance(definition, Function):
                found = summary(definition, context).changes
            elif isinstance(held, ast.Attribute):
                found = _changed_by_method(held, context)
        elif isinstance(value, ast.Lambda):
            found = _changed_by_lambda(value, context)
        elif isinstance(value, ast.Attribute):
            found = _changed_by_method(value, context)
        effects.changes |= {one for one in found if not one.startswith("<")}
        if any(one.startswith("<") for one in found):
            others = (one for one in given if one is not value)
            effects.changes |= argument_roots(others)


def _changed_by_lambda(value: ast.Lambda, context: Context) -> set[str]:
    """What the call of a lambda changes, its parameters in angle brackets."""
    body = ast.copy_location(ast.Expr(value=value.body), value.body)
    changes = _block_effects(body, context).changes
    local = local_names(value)
    return {f"<{one}>" if one in local else one for one in changes}


def _changed_by_method(value: ast.Attribute, context: Context) -> set[str]:
    """What a bound method changes that is given away: `map(app.register, parts)`."""
    name, _ = chain(value)
    if name is None or name in context.imports:
        return set()
    if value.attr in context.methods:
        methods = method_effects(value.attr, context)
        changes = {name if one == "self" else f"<{one}>" for one in methods.names}
        return methods.effects.changes | changes
    if value.attr in words.CHANGING or value.attr in words.TAKING:
        return {name, "<argument>"}
    return set()
