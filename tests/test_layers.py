"""The house, floor by floor, held against every import in the source.

Both packages are read as one graph, in which each import counts: at the top of a
module, inside a function, and those that only a type checker reads. The sizes of
modules and functions, and the names of classes, are held as well.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from werkbook.errors import quoted_list

ROOT = Path(__file__).parents[1]
PACKAGES = {"werkbook": ROOT / "src", "werkbook_ext": ROOT / "kernel_ext"}

FLOORS = {
    # The top first. A room is a folder or module of a package; it imports from the
    # floors below its own, never from its own or a higher one.
    "what %load_ext loads, and the Python twins of magics": "ext",
    "what is loaded and subscribed, in which order": "ext.loading",
    "what agents ask of the apps": "ext.agents",
    "one file for each magic: arguments in, a call, output": "ext.magics",
    "what JupyterLab's extension shows of the apps": "ext.panel",
    "the mini browser; exercises' cards": "ext.browser ext.exercises",
    "cards; the environment and its servers; a restart in another process": (
        "ext.cards ext.front_end ext.restart ext.api_docs"
    ),
    "what outputs show; how requests are sent; what Tab completes; cells of magics": (
        "ext.output ext.transport ext.completion ext.magic_cells"
    ),
    "the notebook's cells and apps; bodies; what a page uses of its app": (
        "ext.notebook ext.bodies ext.page_usage"
    ),
    "options, HTML and widgets, which know no app": (
        "ext.config ext.markup ext.widgets"
    ),
    "make a notebook of an app's files": "importer",
    "export a notebook's app, and prove it": "export",
    "what a user imports": "werkbook",
    "the application; exercises about one; other frameworks' apps": (
        "app exercises openapi frameworks"
    ),
    "blueprints; a request's way to its response": "blueprints dispatch",
    "what apps and blueprints have in common": "scaffold",
    "contexts, templates, test clients": "ctx templating testing",
    "sessions; functions for view functions": "helpers sessions __main__",
    "requests and responses; cells as text; commands": "wrappers cli cells",
    "what a view's hints say of a request": "typed",
    "parts of an app that know no request": (
        "routing live json config signals logging debughelpers views serving"
    ),
    "registrations; the current context": "registrations globals flask_names",
    "words that all use; the machine; clean processes": (
        "errors typing version wsgi_environ signing system processes secret_names"
        " whole_files plain_words syntax_trees"
    ),
}

JUPYTER = {
    "IPython",
    "anywidget",
    "comm",
    "ipykernel",
    "ipywidgets",
    "jupyter_client",
    "jupyter_core",
    "jupyter_server",
    "jupyter_server_proxy",
    "jupyterlab",
    "nbclient",
    "nbconvert",
    "nbformat",
    "notebook",
    "traitlets",
    "werkbook_ext",
}


MAX_MODULE_LINES = 400
LONGER_MODULES = {"werkbook.app": "The class App has Flask's public methods."}
MAX_MODULES = 15
FULLER_FOLDERS = {
    "src/werkbook": "Flask's own public modules are here.",
    "kernel_ext/werkbook_ext/magics": "There is one module for each magic.",
}
MAX_UNTOLD_LINES = 40
"""How long a function may be that has no docstring."""
SHARED_CLASS_NAMES: dict[str, str] = {}
"""Names that two classes have, with the reason: only Flask's own public ones."""


@dataclass(frozen=True)
class Import:
    """One imported name, and where."""

    importer: str
    name: str
    line: int

    @property
    def root(self) -> str:
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.name}"


def modules() -> dict[str, Path]:
    """Return the modules of both packages, by dotted name."""
    names = {}
    for package, folder in PACKAGES.items():
        for path in sorted((folder / package).rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imports(module: str, path: Path) -> Iterator[Import]:
    """Return every name that a module imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = absolute_name(module, path.name == "__init__.py", node)
            for alias in node.names:
                yield Import(module, f"{base}.{alias.name}", node.lineno)


def absolute_name(module: str, is_package: bool, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, *filter(None, [node.module])])


def imported_module(name: str) -> str | None:
    """Find the module that `from module import thing` loads, if it is of the house."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def room(module: str) -> str:
    """Return the folder or module of a package that a module belongs to.

    Those of `werkbook_ext` have `ext` in front.
    """
    package, *inner = module.split(".")
    if package == "werkbook_ext":
        return ".".join(["ext", *inner[:1]])
    return inner[0] if inner else package


MODULES = modules()


@cache
def all_imports() -> list[Import]:
    """Return each import of both packages."""
    return [one for module, path in MODULES.items() for one in imports(module, path)]


def test_framework_imports_no_jupyter() -> None:
    """src/werkbook imports neither Jupyter nor the extension.

    `load_ipython_extension` hands over to the extension by its import string.
    """
    wrong = [
        one
        for one in all_imports()
        if one.importer.partition(".")[0] == "werkbook" and one.root in JUPYTER
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_no_circle_of_imports() -> None:
    """No module imports one that imports it, directly or by a detour."""
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for one in all_imports():
        target = imported_module(one.name)
        if target is not None and target != one.importer:
            graph[one.importer].add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise AssertionError(f"a circle of imports: {circle}") from None


def test_rooms_are_on_one_floor_each() -> None:
    """The table names each folder and module of the two packages once."""
    listed = [name for rooms in FLOORS.values() for name in rooms.split()]
    there = {room(module) for module in MODULES}
    assert sorted(listed) == sorted(there), quoted_list(there ^ set(listed))


def test_imports_lead_downstairs() -> None:
    """A room imports from the floors below its own alone."""
    floors = {
        name: number
        for number, rooms in enumerate(reversed(FLOORS.values()))
        for name in rooms.split()
    }
    wrong = []
    for one in all_imports():
        target = imported_module(one.name)
        if target is None or room(target) == room(one.importer):
            continue
        if floors[room(target)] >= floors[room(one.importer)]:
            wrong.append(str(one))
    assert not wrong, "\n".join(wrong)


def definitions(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Return what is defined in the source, at any depth, with its module."""
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, kinds):
                yield module, node


def test_modules_are_short() -> None:
    """No module has over 400 lines, but those that the table gives a reason for."""
    lines = {
        module: len(path.read_text("utf-8").splitlines())
        for module, path in MODULES.items()
    }
    long = {module for module, count in lines.items() if count > MAX_MODULE_LINES}
    assert long == LONGER_MODULES.keys(), quoted_list(long ^ LONGER_MODULES.keys())


def test_folders_can_be_overlooked() -> None:
    """No folder holds many more than 14 modules, but those of the table."""
    counts: dict[str, int] = {}
    for path in MODULES.values():
        if path.name != "__init__.py":
            folder = str(path.parent.relative_to(ROOT))
            counts[folder] = counts.get(folder, 0) + 1
    full = {folder for folder, count in counts.items() if count > MAX_MODULES}
    assert full == FULLER_FOLDERS.keys(), quoted_list(full ^ FULLER_FOLDERS.keys())


def test_modules_have_names_of_their_own() -> None:
    """No two modules of a package have one name, but those that Python gives."""
    places: dict[tuple[str, str], list[str]] = {}
    for module, path in MODULES.items():
        if path.stem not in ("__init__", "__main__"):
            name = (module.partition(".")[0], path.stem)
            places.setdefault(name, []).append(module)
    shared = [quoted_list(where) for where in places.values() if len(where) > 1]
    assert not shared, "\n".join(shared)


def test_long_functions_have_docstrings() -> None:
    """A function of over 40 lines says what it does."""
    wrong = []
    for module, node in definitions(ast.FunctionDef, ast.AsyncFunctionDef):
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        size = (node.end_lineno or node.lineno) - node.lineno + 1
        if size > MAX_UNTOLD_LINES and not ast.get_docstring(node):
            wrong.append(f"{module}:{node.lineno} {node.name} has {size} lines")
    assert not wrong, "\n".join(wrong)


def test_classes_have_names_of_their_own() -> None:
    """No two classes of the source have one name, but those of the table."""
    places: dict[str, list[str]] = {}
    for module, node in definitions(ast.ClassDef):
        assert isinstance(node, ast.ClassDef)
        places.setdefault(node.name, []).append(f"{module}:{node.lineno}")
    shared = {name: where for name, where in places.items() if len(where) > 1}
    assert shared.keys() == SHARED_CLASS_NAMES.keys(), "\n".join(
        f"{name}: {quoted_list(where)}" for name, where in shared.items()
    )


def test_python_is_parsed_in_one_place() -> None:
    """`ast.parse` alone fails now and then where threads parse, too."""
    found = [
        name
        for name, path in MODULES.items()
        if re.search(r"\bast\.parse\(", path.read_text("utf-8"))
    ]
    assert found == []
