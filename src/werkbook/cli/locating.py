"""Find the application that a command is for."""

from __future__ import annotations

import ast
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any, Literal, TypeGuard, overload

import click

from werkbook.syntax_trees import parse_python

from ..errors import WerkbookError
from ..typing import Application


class NoAppException(WerkbookError, click.UsageError):
    """No application was found, or it cannot be loaded.

    Args:
        message: What is the case.
        ctx: The command's context (click).
        why: What was expected.
        fix: What to type.
    """

    def __init__(
        self,
        message: str,
        ctx: click.Context | None = None,
        *,
        why: str = "",
        fix: str = "",
    ) -> None:
        WerkbookError.__init__(self, message, why=why, fix=fix)
        click.UsageError.__init__(self, WerkbookError.__str__(self), ctx)


def is_application(value: Any) -> TypeGuard[Application]:
    """Say whether a value is an application, Werkbook's or any of Flask's API.

    The class is asked, so that a proxy such as `current_app` does not count.
    """
    cls = type(value)
    return hasattr(cls, "wsgi_app") and hasattr(cls, "test_cli_runner")


def find_best_app(module: ModuleType) -> Any:
    """Return the application of a module.

    In this order: `app`, `application`, the only application among the module's
    values, what the function `create_app` or `make_app` returns.

    Raises:
        NoAppException: There is none, or more than one.
    """
    for name in ("app", "application"):
        value = getattr(module, name, None)
        if is_application(value):
            return value
    found = [value for value in vars(module).values() if is_application(value)]
    if len(found) == 1:
        return found[0]
    if found:
        raise NoAppException(
            f"Detected multiple Flask applications in module {module.__name__!r}.",
            why="none of them is named 'app' or 'application'.",
            fix=f"write --app {module.__name__}:NAME",
        )
    app = _call_factory(module)
    if app is not None:
        return app
    raise NoAppException(
        f"Failed to find Flask application or factory in module {module.__name__!r}.",
        why="an application, or a function 'create_app' or 'make_app', was expected.",
        fix=f"write --app {module.__name__}:NAME",
    )


def _call_factory(module: ModuleType) -> Any:
    for name in ("create_app", "make_app"):
        factory = getattr(module, name, None)
        if not inspect.isfunction(factory):
            continue
        try:
            app = factory()
        except TypeError as error:
            if not _is_wrong_call(factory, error):
                raise
            raise NoAppException(
                f"Detected factory {name!r} in module {module.__name__!r}, but could "
                "not call it without arguments.",
                fix=f"write --app '{module.__name__}:{name}(ARGUMENTS)'",
            ) from error
        if is_application(app):
            return app
    return None


def _is_wrong_call(function: FunctionType, error: TypeError) -> bool:
    """Say whether an error comes from the call rather than from within it."""
    traceback_ = error.__traceback__
    while traceback_ is not None:
        if traceback_.tb_frame.f_code is function.__code__:
            return False
        traceback_ = traceback_.tb_next
    return True


def find_app_by_string(module: ModuleType, app_name: str) -> Any:
    """Return the application that a name or a call such as `create(1)` stands for.

    Raises:
        NoAppException: It stands for none, or is neither name nor call.
    """
    name, args, kwargs = _parse(app_name)
    try:
        value = getattr(module, name)
    except AttributeError as error:
        raise NoAppException(
            f"Failed to find attribute {name!r} in {module.__name__!r}."
        ) from error
    if inspect.isfunction(value):
        value = _call(value, args, kwargs, f"{module.__name__}:{app_name}")
    if is_application(value):
        return value
    raise NoAppException(
        "A valid Flask application was not obtained from "
        f"'{module.__name__}:{app_name}'.",
        why=f"it is of type {type(value).__name__}.",
    )


def _call(
    factory: FunctionType, args: list[Any], kwargs: dict[str, Any], name: str
) -> Any:
    try:
        return factory(*args, **kwargs)
    except TypeError as error:
        if not _is_wrong_call(factory, error):
            raise
        raise NoAppException(
            f"The factory {name!r} could not be called with the specified arguments.",
            why=f"{error}.",
        ) from error


def _parse(app_name: str) -> tuple[str, list[Any], dict[str, Any]]:
    """Read a name or a call of a name with literal arguments."""
    try:
        node = parse_python(app_name.strip(), mode="eval").body
    except SyntaxError:
        node = ast.Constant(None)
    if isinstance(node, ast.Name):
        return node.id, [], {}
    if not isinstance(node, ast.Call):
        raise NoAppException(
            f"Failed to parse {app_name!r} as an attribute name or function call."
        )
    if not isinstance(node.func, ast.Name):
        raise NoAppException(f"Function reference must be a simple name: {app_name!r}.")
    try:
        args = [ast.literal_eval(arg) for arg in node.args]
        kwargs = {str(k.arg): ast.literal_eval(k.value) for k in node.keywords if k.arg}
    except ValueError:
        raise NoAppException(
            f"Failed to parse arguments as literal values: {app_name!r}."
        ) from None
    return node.func.id, args, kwargs


def prepare_import(path: str) -> str:
    """Return the import name of a file, and make it importable.

    The folder that the name starts from is put in front of `sys.path`.
    """
    path = os.path.realpath(path)
    stem, extension = os.path.splitext(path)
    if extension == ".py":
        path = stem
    if os.path.basename(path) == "__init__":
        path = os.path.dirname(path)
    path, name = os.path.split(path)
    names = [name]
    while os.path.exists(os.path.join(path, "__init__.py")):
        path, name = os.path.split(path)
        names.append(name)
    if sys.path[0] != path:
        sys.path.insert(0, path)
    return ".".join(reversed(names))


@overload
def locate_app(
    module_name: str, app_name: str | None, raise_if_not_found: Literal[True] = True
) -> Any: ...


@overload
def locate_app(
    module_name: str, app_name: str | None, raise_if_not_found: Literal[False]
) -> Any: ...


def locate_app(
    module_name: str, app_name: str | None, raise_if_not_found: bool = True
) -> Any:
    """Import a module and return its application.

    Args:
        module_name: The module.
        app_name: A name or call; None: see `find_best_app`.
        raise_if_not_found: Return None rather than raise where there is no module.

    Raises:
        NoAppException: There is no such module or application, or importing fails.
    """
    try:
        __import__(module_name)
    except ImportError as error:
        # More than this frame: the module was found, and an import in it failed.
        if error.__traceback__ is not None and error.__traceback__.tb_next:
            raise NoAppException(
                f"While importing {module_name!r}, an ImportError was raised:\n\n"
                f"{traceback.format_exc()}"
            ) from None
        if not raise_if_not_found:
            return None
        raise NoAppException(f"Could not import {module_name!r}.") from None
    module = sys.modules[module_name]
    if app_name is None:
        return find_best_app(module)
    return find_app_by_string(module, app_name)


CreateApp = Callable[..., Any]
