"""Arguments of magics: wrong ones are one line and the usage, never a traceback."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from IPython.core import magic as ipython_magic
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from werkbook.errors import close_matches

Function = TypeVar("Function", bound=Callable[..., Any])
Class = TypeVar("Class", bound=type)


class MagicParser(argparse.ArgumentParser):
    """An argument parser that answers with IPython's `UsageError`."""

    def __init__(self, magic: str, usage: str) -> None:
        """Make the parser of one magic.

        Args:
            magic: The name as it is typed, `%serve`.
            usage: What may follow it, `[APP] [--port N]`.
        """
        super().__init__(prog=magic, add_help=False, allow_abbrev=False)
        self.usage_line = f"Usage: {magic} {usage}".rstrip()

    @property
    def options(self) -> tuple[str, ...]:
        """The long names of the options, as they are typed."""
        names = (name for action in self._actions for name in action.option_strings)
        return tuple(name for name in names if name.startswith("--"))

    def error(self, message: str) -> NoReturn:
        """Raise the one line, the option that was meant, and the usage."""
        meant = (close_matches(word, self.options) for word in unknown_options(message))
        found = next(filter(None, meant), [])
        hint = f"; did you mean {found[0]}?" if found else ""
        raise UsageError(f"{self.prog}: {message}{hint}\n{self.usage_line}")

    def parse_line(self, line: str) -> argparse.Namespace:
        """Parse what stands behind the magic's name.

        Raises:
            UsageError: A quote is not closed, or the arguments are wrong.
        """
        return self.parse_args(self.split(line))

    def split(self, line: str) -> list[str]:
        """Split a line as a Unix shell does.

        Raises:
            UsageError: A quote is not closed.
        """
        try:
            return shlex.split(line)
        except ValueError as error:
            self.error(str(error).lower())


def unknown_options(message: str) -> list[str]:
    """Return the options that argparse says it does not know."""
    words = message.removeprefix("unrecognized arguments: ").split()
    is_said = message.startswith("unrecognized arguments: ")
    return [word for word in words if is_said and word.startswith("--")]


def get_shell(magics: ipython_magic.Magics) -> InteractiveShell:
    """Return the shell that a class of magics is registered with."""
    assert magics.shell is not None, "register_magics gives each class its shell"
    return magics.shell


def port_number(text: str) -> int:
    """Convert a port number, for `type=` of an argument."""
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port number (0 to 65535)")


# IPython's decorators carry no types; these do, and change nothing else.


def magics_class(cls: Class) -> Class:
    """Mark a class as one that holds magics."""
    marked: Class = ipython_magic.magics_class(cls)
    return marked


def line_magic(name: str) -> Callable[[Function], Function]:
    """Make a method the line magic `%name`, its text taken as it stands."""
    return _decorator(ipython_magic.line_magic(name))


def cell_magic(name: str) -> Callable[[Function], Function]:
    """Make a method the cell magic `%%name`, its text taken as it stands."""
    return _decorator(ipython_magic.cell_magic(name))


def _decorator(make_magic: Callable[..., Any]) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        # IPython must not fill in {braces} and $dollars: templates and rules have them.
        magic: Function = make_magic(ipython_magic.no_var_expand(function))
        return magic

    return decorate
