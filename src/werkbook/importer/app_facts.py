"""What the modules say of the app: where it is made, its folders, its factories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst

from .code.source_modules import SourceModule, dotted_name

_APPS = ("Flask", "App", "APIFlask", "OpenAPI")
_BLUEPRINTS = ("Blueprint", "APIBlueprint")


@dataclass(frozen=True)
class WebFolder:
    """Where an app or a blueprint keeps its files.

    Attributes:
        templates: The folder of its templates, or None.
        static: The folder of its static files, or None.
        is_app: They are the app's own.
    """

    templates: Path | None
    static: Path | None
    is_app: bool


@dataclass
class AppFacts:
    """What was found.

    Attributes:
        root: The folder of the module that makes the app; None where none does.
        apps: The global names of apps, each with its module in front.
        factories: The functions that make one, by name, each with its module.
        folders: Where templates and static files are, the app's own first.
    """

    root: Path | None = None
    apps: set[tuple[str, str]] = field(default_factory=set)
    factories: dict[str, tuple[str, cst.FunctionDef]] = field(default_factory=dict)
    folders: list[WebFolder] = field(default_factory=list)


def find_app_facts(modules: list[SourceModule]) -> AppFacts:
    """Read what modules say of the app; the first is the entry."""
    facts = AppFacts()
    later: list[WebFolder] = []
    for module in modules:
        for call in _calls(module.tree):
            last = dotted_name(call.func).rpartition(".")[2]
            if last in _APPS and call.args:
                facts.root = facts.root or module.folder
                facts.folders.append(_folder(call, module.folder, is_app=True))
            elif last in _BLUEPRINTS and call.args:
                later.append(_folder(call, module.folder, is_app=False))
    facts.folders += later
    _find_names(facts, modules)
    return facts


def _find_names(facts: AppFacts, modules: list[SourceModule]) -> None:
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, cst.FunctionDef) and _makes_app(node):
                facts.factories[node.name.value] = module.name, node
    for module in modules:
        for name, value in _assignments(module.tree):
            last = dotted_name(value.func).rpartition(".")[2]
            if last in _APPS or last in facts.factories:
                facts.apps.add((module.name, name))


def _makes_app(node: cst.FunctionDef) -> bool:
    """Say whether a function makes an app, and returns something."""
    makes = any(
        dotted_name(call.func).rpartition(".")[2] in _APPS for call in _calls(node)
    )
    finder = _Returns()
    node.body.visit(finder)
    return makes and finder.is_found


class _Returns(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.is_found = False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Return(self, node: cst.Return) -> None:
        self.is_found |= node.value is not None


def _assignments(tree: cst.Module) -> Iterator[tuple[str, cst.Call]]:
    for node in tree.body:
        if not isinstance(node, cst.SimpleStatementLine):
            continue
        for small in node.body:
            if isinstance(small, cst.Assign) and isinstance(small.value, cst.Call):
                for target in small.targets:
                    yield dotted_name(target.target), small.value
            elif isinstance(small, cst.AnnAssign) and isinstance(small.value, cst.Call):
                yield dotted_name(small.target), small.value


def _calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    if isinstance(node, cst.Call):
        yield node
    for child in node.children:
        yield from _calls(child)


def _folder(call: cst.Call, folder: Path, *, is_app: bool) -> WebFolder:
    given = {
        one.keyword.value: one.value for one in call.args if one.keyword is not None
    }
    templates = _path(given.get("template_folder"), "templates" if is_app else None)
    static = _path(given.get("static_folder"), "static" if is_app else None)
    return WebFolder(
        None if templates is None else folder / templates,
        None if static is None else folder / static,
        is_app,
    )


def _path(value: cst.BaseExpression | None, default: str | None) -> str | None:
    if value is None:
        return default
    texts = _text(value)
    if texts:
        return texts[0]
    is_none = isinstance(value, cst.Name) and value.value == "None"
    return None if is_none else default


def _text(value: cst.BaseExpression) -> list[str]:
    if isinstance(value, cst.SimpleString) and isinstance(value.evaluated_value, str):
        return [value.evaluated_value]
    return []


def can_be_called_bare(function: cst.FunctionDef) -> bool:
    """Say whether a factory needs no arguments."""
    params = function.params
    every = [*params.posonly_params, *params.params, *params.kwonly_params]
    return all(one.default is not None for one in every)
