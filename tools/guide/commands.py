"""The commands of the terminal, as click knows them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import click

from werkbook.cli import cli
from werkbook.cli.late_commands import LateCommand

from .markdown import code, table


def write() -> str:
    """Write each command with its arguments and options."""
    return "\n\n".join(_section(names, command) for names, command in commands())


def commands() -> Iterator[tuple[str, Any]]:
    """Return all commands with the words that call them, the groups first."""
    yield from _below("werkbook", cli)


def options(command: Any) -> list[click.Option]:
    """Return the options of a command, those that its help shows."""
    context = click.Context(command)
    found = command.get_params(context)
    return [one for one in found if isinstance(one, click.Option) and not one.hidden]


def _real(command: Any) -> Any:
    """Return the command itself, where another one stands for it until it is used."""
    if isinstance(command, LateCommand):
        return getattr(import_module(command._module), command._attribute)
    return command


def _below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield words, command
    if not hasattr(command, "list_commands"):
        return
    context = click.Context(command)
    # The class of the first group looks for an app, whose commands it adds.
    find = click.Group.list_commands if command is cli else type(command).list_commands
    for name in find(command, context):
        below = command.get_command(context, name)
        if below is not None:
            yield from _below(f"{words} {name}", _real(below))


def _section(words: str, command: Any) -> str:
    context = click.Context(command, info_name=words)
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [f"## {code(words)}", f"```text\n{words} {usage}\n```"]
    parts += [_help(command)]
    rows = [_row(one, context) for one in options(command)]
    parts.append(table(("option", "does", "default"), rows))
    return "\n\n".join(parts)


def _help(command: Any) -> str:
    text = (command.help or command.get_short_help_str(200)).partition("\f")[0]
    return "\n\n".join(" ".join(one.split()) for one in text.split("\n\n"))


def _row(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    record = option.get_help_record(context)
    assert record is not None, "only options that the help shows are here"
    is_plain = isinstance(option.default, (str, int, float)) and not option.is_flag
    default = code(option.default) if is_plain and option.default != "" else ""
    names = ", ".join((*option.opts, *option.secondary_opts))
    if not option.is_flag:
        names += f" {option.make_metavar(context)}"
    return code(names), option.help or "", default
