"""What commands know of the application they are for."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

import click

from ..config import get_debug_flag, get_load_dotenv
from ..globals import current_app
from .locating import CreateApp, NoAppException, locate_app, prepare_import

F = TypeVar("F", bound=Callable[..., Any])


class ScriptInfo:
    """Loads the application when a command needs it; click passes it as `obj`.

    Args:
        app_import_path: Where the application is, as `module:name` or a file.
        create_app: Makes the application instead.
        set_debug_flag: Set `app.debug` as `--debug` or `FLASK_DEBUG` says.
        load_dotenv_defaults: Whether `.env` and `.flaskenv` are to be read; who reads
            them asks.
    """

    def __init__(
        self,
        app_import_path: str | None = None,
        create_app: CreateApp | None = None,
        set_debug_flag: bool = True,
        load_dotenv_defaults: bool = True,
    ) -> None:
        self.app_import_path = app_import_path
        self.create_app = create_app
        self.data: dict[Any, Any] = {}
        """Anything that commands want to share."""
        self.set_debug_flag = set_debug_flag
        self.load_dotenv_defaults = get_load_dotenv(load_dotenv_defaults)
        self._loaded_app: Any = None

    def load_app(self) -> Any:
        """Load the application; a second call returns the same one.

        Raises:
            NoAppException: There is none.
        """
        if self._loaded_app is None:
            app = self._find_app()
            if self.set_debug_flag:
                app.debug = get_debug_flag()
            self._loaded_app = app
        return self._loaded_app

    def _find_app(self) -> Any:
        if self.create_app is not None:
            return self.create_app()
        if self.app_import_path:
            # A colon before a slash is a Windows drive's.
            path, _, name = re.sub(
                r":(?![\\/])", "\0", self.app_import_path, count=1
            ).partition("\0")
            return locate_app(prepare_import(path), name or None)
        for file in ("wsgi.py", "app.py"):
            found = locate_app(prepare_import(file), None, raise_if_not_found=False)
            if found is not None:
                return found
        raise NoAppException(
            "Could not locate a Flask application.",
            why="there is no 'wsgi.py' or 'app.py' in the current directory, and the "
            "'FLASK_APP' environment variable is not set.",
            fix="write --app MODULE:NAME, or export FLASK_APP=MODULE:NAME",
        )


pass_script_info = click.make_pass_decorator(ScriptInfo, ensure=True)
"""Gives a command the `ScriptInfo` as its first argument."""


def with_appcontext(f: F) -> F:
    """Run a command's function in the context of the application.

    Commands of `app.cli` and `blueprint.cli` need no such decorator.
    """

    @click.pass_context
    def in_context(ctx: click.Context, /, *args: Any, **kwargs: Any) -> Any:
        if not current_app:
            app = ctx.ensure_object(ScriptInfo).load_app()
            ctx.with_resource(app.app_context())
        return ctx.invoke(f, *args, **kwargs)

    return update_wrapper(in_context, f)  # type: ignore[return-value]  # click's wrapper
