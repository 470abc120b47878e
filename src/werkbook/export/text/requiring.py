"""Which packages an exported file needs, and which its notebook imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from werkbook.cells.routes import is_async
from werkbook.cells.source.trees import called, dotted
from werkbook.export.flow.program import Program
from werkbook.export.flow.slicing import Slice
from werkbook.export.flow.typed_views import any_typed
from werkbook.export.text.distributions import DRIVERS, ENGINES, NAMES, TABLE_CALLS
from werkbook.export.text.imports import Import

_DATABASE_URL = re.compile(
    r"(?P<kind>postgres|postgresql|mysql|mariadb|oracle|mssql|sqlite)"
    r"(?:\+(?P<driver>\w+))?://"
)
_WITH_DATABASES = {"sqlalchemy", "flask_sqlalchemy", "sqlmodel", "databases", "pandas"}
_WITH_REDIS = {
    "celery",
    "flask_caching",
    "flask_limiter",
    "flask_session",
    "flask_socketio",
    "rq",
}

_BROUGHT = {"blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}
"""What Flask, and Werkbook as well, bring along."""


def imported_packages(
    program: Program, slice_: Slice, imported: list[Import]
) -> set[str]:
    """The packages that the file cannot do without, functions' imports included.

    An import that the code knows how to do without is not among them.
    """
    found = {find_package(one.module) for one in imported}
    for number in slice_.kept:
        if program.is_import(number):
            continue
        node = program.statements[number].node
        optional = {id(one) for one in _optional_imports(node)}
        for one in ast.walk(node):
            if (
                isinstance(one, (ast.Import, ast.ImportFrom))
                and id(one) not in optional
            ):
                found |= {find_package(name) for name in _modules(one)}
    return found - {""}


def find_package(module: str) -> str:
    """The part of a module's name that one distribution provides."""
    if module.startswith("."):
        return ""
    parts = module.split(".")
    depth = 3 if parts[:2] == ["google", "cloud"] else 2 if parts[0] == "google" else 1
    return ".".join(parts[:depth])


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = "." * node.level + (node.module or "")
    if module in ("google", "google.cloud"):
        return [f"{module}.{alias.name}" for alias in node.names]
    return [module]


def _optional_imports(node: ast.AST) -> Iterator[ast.stmt]:
    """The imports whose failure is caught."""
    for one in ast.walk(node):
        if isinstance(one, ast.Try) and any(map(_catches, one.handlers)):
            for statement in one.body:
                yield from (
                    inner
                    for inner in ast.walk(statement)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                )


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = [None if one is None else (dotted(one) or "") for one in kinds]
    return any(
        name
        in (None, "ImportError", "ModuleNotFoundError", "Exception", "BaseException")
        for name in names
    )


def needed_at_run_time(nodes: Iterable[ast.AST], packages: set[str]) -> set[str]:
    """The distributions that code needs without importing them.

    An engine for Excel files, a database's driver, a parser for forms.

    Args:
        nodes: The code that is kept.
        packages: The packages that it imports.
    """
    found: set[str] = set()
    for node in nodes:
        for one in ast.walk(node):
            if isinstance(one, ast.Call):
                found |= _needed_by_call(one, packages)
            elif isinstance(one, ast.Name | ast.Attribute):
                name = one.id if isinstance(one, ast.Name) else one.attr
                found |= {
                    NAMES[package, name]
                    for package in packages
                    if (package, name) in NAMES
                }
            elif isinstance(one, ast.alias):
                last = one.name.rpartition(".")[2]
                found |= {
                    NAMES[package, last]
                    for package in packages
                    if (package, last) in NAMES
                }
            elif isinstance(one, ast.Constant) and isinstance(one.value, str):
                found |= _needed_by_text(one.value, packages)
    return found


def _needed_by_call(call: ast.Call, packages: set[str]) -> set[str]:
    last = called(call)
    is_table = "pandas" in packages or "geopandas" in packages or "polars" in packages
    if last == "BeautifulSoup":
        texts = [one.value for one in call.args[1:] if isinstance(one, ast.Constant)]
        return {ENGINES[text] for text in texts if text in ENGINES}
    if last not in TABLE_CALLS or not is_table:
        return set()
    for keyword in call.keywords:
        if keyword.arg == "engine" and isinstance(keyword.value, ast.Constant):
            return {ENGINES[key] for key in [keyword.value.value] if key in ENGINES}
    if "excel" in last.lower() and call.args:
        path = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
        for suffix, engine in ((".xls", "xlrd"), (".ods", "odf"), (".xlsb", "pyxlsb")):
            if str(path).endswith(suffix):
                return {ENGINES[engine]}
    return {TABLE_CALLS[last]}


def _needed_by_text(text: str, packages: set[str]) -> set[str]:
    if packages & _WITH_DATABASES:
        url = _DATABASE_URL.match(text)
        if url is not None:
            driver = DRIVERS.get((url["driver"] or url["kind"]).lower())
            return {driver} if driver else set()
    if packages & _WITH_REDIS and text.startswith(("redis", "rediss:", "RedisCache")):
        return {"redis"}
    if text.startswith("mongodb+srv:") and packages & {"pymongo", "flask_pymongo"}:
        return {"pymongo[srv]"}
    if text == "bcrypt" and "passlib" in packages:
        return {"bcrypt"}
    if text in ("RS256", "RS512", "ES256", "PS256") and "jwt" in packages:
        return {"cryptography"}
    return set()


def needed_packages(imported: set[str], package: str) -> set[str]:
    """What to install: the framework, and what it does not bring."""
    brought = _BROUGHT if package in ("flask", "werkbook") else set()
    return {package} - {""} | imported - brought


def list_extras(program: Program, slice_: Slice, package: str) -> list[str]:
    """Return the extras of its framework that an app needs."""
    extras = []
    if package in ("flask", "werkbook") and has_async_views(program, slice_):
        extras.append("async")
    nodes = [program.statements[number].node for number in slice_.kept]
    if package == "werkbook" and any_typed(nodes):
        extras.append("typed")
    return extras


def has_async_views(program: Program, slice_: Slice) -> bool:
    """Say whether a view awaits: then the framework needs its `async` extra."""
    for number in slice_.kept:
        node = program.statements[number].node
        if isinstance(node, ast.AsyncFunctionDef) and node.decorator_list:
            return True
        if isinstance(node, ast.FunctionDef) and is_async(node.body):
            return True
    return False
