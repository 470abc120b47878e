"""Groups of commands that know an application."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from importlib import metadata
from typing import Any

import click

from ..globals import current_app
from .group_options import app_option, debug_option, env_file_option, version_option
from .late_commands import COMMANDS
from .locating import CreateApp, NoAppException
from .routes_command import routes_command
from .run import run_command
from .script_info import ScriptInfo, with_appcontext
from .shell_command import shell_command

ENTRY_POINTS = ("flask.commands", "werkbook.commands")
"""The groups of entry points by which installed packages add commands."""


class AppGroup(click.Group):
    """A group whose commands run in the context of the application."""

    def command(  # type: ignore[override]  # always a decorator
        self, *args: Any, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        """Make a function a command, as `click.Group.command` does.

        Args:
            args: Click's.
            kwargs: Click's, and `with_appcontext`: False for a command that needs no
                application context.
        """
        has_context = kwargs.pop("with_appcontext", True)
        register = super().command(*args, **kwargs)

        def decorator(f: Callable[..., Any]) -> click.Command:
            return register(with_appcontext(f) if has_context else f)  # type: ignore[no-any-return]  # click's overloads

        return decorator

    def group(  # type: ignore[override]  # always a decorator
        self, *args: Any, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Group]:
        """Make a function a group, by default an `AppGroup` too."""
        kwargs.setdefault("cls", AppGroup)
        return super().group(*args, **kwargs)  # type: ignore[no-any-return]  # click's overloads


class FlaskGroup(AppGroup):
    """A group that finds its application, and has the application's commands too.

    Args:
        add_default_commands: Add `run`, `shell`, `routes` and `export`.
        create_app: Makes the application, in place of `--app`.
        add_version_option: Add `--version`.
        load_dotenv: Read `.env` and `.flaskenv`.
        set_debug_flag: Set `app.debug`.
        extra: Those of `click.Group`.
    """

    def __init__(
        self,
        add_default_commands: bool = True,
        create_app: CreateApp | None = None,
        add_version_option: bool = True,
        load_dotenv: bool = True,
        set_debug_flag: bool = True,
        **extra: Any,
    ) -> None:
        params: list[click.Parameter] = list(extra.pop("params", None) or ())
        params += [env_file_option, app_option, debug_option]
        if add_version_option:
            params.append(version_option)
        settings = dict(extra.pop("context_settings", None) or {})
        settings.setdefault("auto_envvar_prefix", "FLASK")
        super().__init__(params=params, context_settings=settings, **extra)
        self.create_app = create_app
        self.load_dotenv = load_dotenv
        self.set_debug_flag = set_debug_flag
        if add_default_commands:
            self.add_command(run_command)
            self.add_command(shell_command)
            self.add_command(routes_command)
            for command in COMMANDS:
                self.add_command(command)
        self._has_plugins = False

    def _load_plugins(self) -> None:
        if self._has_plugins:
            return
        for group in ENTRY_POINTS:
            for entry_point in metadata.entry_points(group=group):
                self.add_command(entry_point.load(), entry_point.name)
        self._has_plugins = True

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command: an own one, a package's, or the application's."""
        self._load_plugins()
        # Before the application's: these must run though it cannot be loaded.
        command = super().get_command(ctx, name)
        if command is not None:
            return command
        try:
            app = ctx.ensure_object(ScriptInfo).load_app()
        except NoAppException as error:
            _show(error.format_message())
            return None
        if not current_app or current_app._get_current_object() is not app:  # type: ignore[attr-defined]  # a proxy's
            ctx.with_resource(app.app_context())
        found: click.Command | None = app.cli.get_command(ctx, name)
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands; show why the application's are missing."""
        self._load_plugins()
        names = set(super().list_commands(ctx))
        try:
            names.update(
                ctx.ensure_object(ScriptInfo).load_app().cli.list_commands(ctx)
            )
        except NoAppException as error:
            _show(error.format_message())
        except Exception:
            # The application's own code may fail in any way.
            _show(traceback.format_exc(), prefix="")
        return sorted(names)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Make the context of a command line, with a `ScriptInfo` as its object."""
        # Read by app.run(): a file that calls it outside of a __main__ guard must not
        # start a server while a command imports it.
        os.environ["FLASK_RUN_FROM_CLI"] = "true"
        if "obj" not in extra and "obj" not in self.context_settings:
            extra["obj"] = ScriptInfo(
                create_app=self.create_app,
                set_debug_flag=self.set_debug_flag,
                load_dotenv_defaults=self.load_dotenv,
            )
        return super().make_context(info_name, args, parent=parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line."""
        is_help = len(args) == 1 and args[0] in self.get_help_option_names(ctx)
        if is_help or (not args and self.no_args_is_help):
            # Help is shown before any option is read, and lists the commands of the
            # application that the environment names.
            env_file_option.handle_parse_result(ctx, {}, [])
            app_option.handle_parse_result(ctx, {}, [])
        return super().parse_args(ctx, args)


def _show(message: str, prefix: str = "Error: ") -> None:
    click.secho(f"{prefix}{message}\n", err=True, fg="red")
