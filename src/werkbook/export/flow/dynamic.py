"""Names that code reads without writing them down: `globals()`, `eval`, pickles."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from werkbook.cells.source.outputs import installs_translation
from werkbook.cells.source.trees import called, chain, dotted
from werkbook.export.flow.context import Context
from werkbook.syntax_trees import parse_python

_PICKLES = (
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "joblib",
    "torch",
    "shelve",
    "pandas",
    "sklearn.externals",
)
_LOADS = frozenset(("load", "loads", "open", "Unpickler", "read_pickle"))
_NAMESPACES = ("f_globals", "__globals__")
"""Attributes of frames and functions that are the module's namespace."""
_BUILTINS = ("builtins", "__builtins__")
_NAMESPACE_CALLS = ("globals", "locals", "vars")
_NONE = frozenset[str]()
_unseen: WeakKeyDictionary[ast.stmt, frozenset[str] | None] = WeakKeyDictionary()
_DJANGO = frozenset(("urlpatterns", "handler400", "handler403", "handler404"))


@dataclass
class DynamicReads:
    """What code may read besides the names that stand in it.

    Attributes:
        names: Names that a literal text gives.
        has_all: It may read any name of the module.
        has_definitions: It may read any class or function: a pickle names them.
        has_constants: It reads the names in capitals: `from_object(__name__)`.
    """

    names: set[str] = field(default_factory=set)
    has_all: bool = False
    has_definitions: bool = False
    has_constants: bool = False


def dynamic_reads(node: ast.stmt, context: Context) -> DynamicReads:
    """Find what a statement, its functions included, reads without naming it."""
    found = DynamicReads()
    known = set(_named_globals(node, found))
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            _add_call(one, known, found, context)
        elif isinstance(one, ast.Subscript) and dotted(one.value) == "sys.modules":
            found.has_all |= isinstance(one.slice, ast.Name) or (
                isinstance(one.slice, ast.Constant) and one.slice.value == "__main__"
            )
        elif isinstance(one, ast.Attribute) and one.attr in _NAMESPACES:
            found.has_all = True
        elif isinstance(one, ast.keyword) and one.arg == "ROOT_URLCONF":
            found.names |= _DJANGO
    return found


def _named_globals(node: ast.stmt, found: DynamicReads) -> Iterator[int]:
    """The calls of `globals()` of which a literal key is taken."""
    for one in ast.walk(node):
        key: ast.expr | None = None
        base: ast.expr | None = None
        if isinstance(one, ast.Subscript):
            base, key = one.value, one.slice
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            if one.func.attr in ("get", "pop", "setdefault") and one.args:
                base, key = one.func.value, one.args[0]
        elif isinstance(one, ast.Compare) and isinstance(
            one.ops[0], ast.In | ast.NotIn
        ):
            base, key = one.comparators[0], one.left
        if (
            isinstance(base, ast.Call)
            and isinstance(key, ast.Constant)
            and isinstance(key.value, str)
        ):
            found.names.add(key.value)
            yield id(base)


def _add_call(
    call: ast.Call, known: set[int], found: DynamicReads, context: Context
) -> None:
    name = dotted(call.func) or ""
    if (
        name in ("globals", "vars", "locals")
        and not call.args
        and id(call) not in known
    ):
        found.has_all |= name == "globals"
    elif name in ("eval", "exec") and call.args:
        _add_evaluated(call, found)
    elif name in ("__import__", "importlib.import_module", "import_module"):
        first = call.args[0] if call.args else None
        found.has_all |= isinstance(first, ast.Constant) and first.value == "__main__"
    elif called(call) == "from_object":
        found.has_constants |= any(
            isinstance(one, ast.Name) and one.id == "__name__" for one in call.args
        )
    elif called(call) in _LOADS and context.is_module(chain(call.func)[0], _PICKLES):
        found.has_definitions |= not name.endswith("read_csv")


def _add_evaluated(call: ast.Call, found: DynamicReads) -> None:
    code = call.args[0]
    if len(call.args) > 1 and isinstance(call.args[1], ast.Dict):
        return  # it sees only what it is given
    if not isinstance(code, ast.Constant) or not isinstance(code.value, str):
        found.has_all = True
        return
    try:
        tree = parse_python(code.value.strip())
    except (SyntaxError, ValueError):
        return
    found.names |= {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}


def made_modules(node: ast.stmt) -> set[str]:
    """The modules that a statement makes: `sys.modules["settings"] = module`."""
    return {
        one.slice.value
        for one in ast.walk(node)
        if isinstance(one, ast.Subscript)
        and isinstance(one.ctx, ast.Store)
        and dotted(one.value) in ("sys.modules", "modules")
        and isinstance(one.slice, ast.Constant)
        and isinstance(one.slice.value, str)
    }


def binds_within(node: ast.stmt, name: str) -> bool:
    """Say whether a statement, its functions included, may bind a name unnamed."""
    names = unseen_names(node)
    return names is None or name in names


def binding_within(nodes: Iterable[ast.stmt]) -> Callable[[str], bool]:
    """Say of names whether one of many statements binds them, as `binds_within`."""
    told = [unseen_names(node) for node in nodes]
    names = _NONE.union(*(one for one in told if one is not None))
    return lambda name: None in told or name in names


def unseen_names(node: ast.stmt) -> frozenset[str] | None:
    """The names that a statement binds by their text; None where it may bind any.

    A statement is looked through once: each name of a notebook asks all of them.
    """
    if node not in _unseen:
        found = [_bound_by_text(one) for one in ast.walk(node)]
        if installs_translation(node):
            found.append(frozenset("_"))
        told = [one for one in found if one is not None]
        _unseen[node] = frozenset().union(*told) if len(told) == len(found) else None
    return _unseen[node]


def _bound_by_text(node: ast.AST) -> frozenset[str] | None:
    if isinstance(node, ast.Attribute):
        root, _ = chain(node)
        is_bound = isinstance(node.ctx, ast.Store) and root in _BUILTINS
        return frozenset({node.attr}) if is_bound else _NONE
    if isinstance(node, ast.Subscript):
        is_bound = isinstance(node.ctx, ast.Store) and _is_namespace(node.value)
        return _text_of(node.slice) if is_bound else _NONE
    if not isinstance(node, ast.Call):
        return _NONE
    if dotted(node.func) == "exec":
        return None
    if dotted(node.func) == "setattr" and len(node.args) == 3:
        return _text_of(node.args[1]) if _is_module(node.args[0]) else _NONE
    root, _ = chain(node.func)
    if root not in _NAMESPACE_CALLS:
        return _NONE
    if called(node) in ("setdefault", "__setitem__"):
        return _text_of(node.args[0]) if node.args else None
    if called(node) != "update":
        return _NONE
    named = [one.arg for one in node.keywords]
    is_told = not node.args and None not in named
    return frozenset(map(str, named)) if is_told else None


def _is_namespace(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) in _NAMESPACE_CALLS


def _is_module(node: ast.expr) -> bool:
    """Say whether an expression is a module whose attributes are names here."""
    if isinstance(node, ast.Subscript):
        return dotted(node.value) in ("sys.modules", "modules")
    return dotted(node) in _BUILTINS


def _text_of(node: ast.expr) -> frozenset[str] | None:
    """The name that an expression spells; None of one that is worked out."""
    return frozenset({str(node.value)}) if isinstance(node, ast.Constant) else None
