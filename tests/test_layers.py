"""The layers of STYLE.md, read from the imports in the source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {"werkbook": ROOT / "src", "werkbook_ext": ROOT / "kernel_ext"}
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
UPWARD_STEPS = {
    ("werkbook", "load_ipython_extension"),
    ("werkbook", "unload_ipython_extension"),
}
"""The only places of the framework that may import the extension."""


@dataclass(frozen=True)
class Import:
    """One imported module, and the function that imports it, if any."""

    importer: str
    name: str
    line: int
    function: str | None

    @property
    def root(self) -> str:
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.name}"


def modules(package: str) -> dict[str, Path]:
    """Return the package's modules, by dotted name."""
    folder = PACKAGES[package]
    names = {}
    for path in sorted((folder / package).rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imports(module: str, path: Path) -> Iterator[Import]:
    """Return every import that a module may do, those in functions included.

    What only a type checker reads (``if TYPE_CHECKING``) names types of higher layers
    and imports nothing.
    """
    is_package = path.name == "__init__.py"

    def walk(node: ast.AST, function: str | None) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test).endswith(
                "TYPE_CHECKING"
            ):
                continue
            inner = function
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = function or child.name
            elif isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(module, alias.name, child.lineno, function)
            elif isinstance(child, ast.ImportFrom):
                base = _absolute(module, is_package, child)
                for alias in child.names:
                    name = f"{base}.{alias.name}"
                    yield Import(module, name, child.lineno, function)
            yield from walk(child, inner)

    yield from walk(ast.parse(path.read_text("utf-8")), None)


def _absolute(module: str, is_package: bool, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, *filter(None, [node.module])])


def all_imports(package: str) -> list[Import]:
    return [
        found
        for module, path in modules(package).items()
        for found in imports(module, path)
    ]


def test_framework_imports_no_jupyter() -> None:
    """src/werkbook imports neither Jupyter nor the extension, with one exception."""
    wrong = [
        found
        for found in all_imports("werkbook")
        if found.root in JUPYTER
        and (found.importer, found.function) not in UPWARD_STEPS
    ]
    assert not wrong, "\n".join(map(str, wrong))


def test_exception_is_used() -> None:
    """``%load_ext werkbook`` is the framework handing over to the extension."""
    steps = [found for found in all_imports("werkbook") if found.root == "werkbook_ext"]
    assert steps
    assert {(step.importer, step.function) for step in steps} <= UPWARD_STEPS


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_have_layers(package: str) -> None:
    """No module imports one that imports it, directly or by a detour."""
    known = modules(package)
    graph: dict[str, set[str]] = {module: set() for module in known}
    for found in all_imports(package):
        target = _longest_known(found.name, known)
        if target is not None and target != found.importer:
            graph[found.importer].add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise AssertionError(f"a circle of imports: {circle}") from None


def _longest_known(name: str, known: dict[str, Path]) -> str | None:
    """Find the module that ``from module import thing`` loads."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None
