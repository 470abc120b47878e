"""`%check`: would Restart and Run All give the app that is live now?"""

from __future__ import annotations

from IPython.core.magic import Magics

from ..notebook import which_app
from ..output import show_note
from .arguments import MagicParser, get_shell, line_magic, magics_class
from .errors import shown_briefly

PARSER = MagicParser("%check", "[APP] [--app NAME]")
PARSER.add_argument("name", nargs="?", metavar="APP", help="The app to compare.")
PARSER.add_argument("--app", metavar="NAME", help="The same, by name.")


@magics_class
class CheckMagics(Magics):
    """`%check`."""

    @line_magic("check")
    def check(self, line: str) -> None:
        """Say whether Restart and Run All would give this app.

        The cells' registrations are replayed in the notebook's order, in a process of
        their own; each difference is shown with the cell that is why.
        """
        arguments = PARSER.parse_line(line)
        if arguments.name and arguments.app:
            PARSER.error("one app at a time")
        shell, name = get_shell(self), arguments.name or arguments.app
        from ..restart import describe_check  # start-up time

        with shown_briefly():
            lines, is_warning = describe_check(shell, which_app(shell, name), name)
        show_note(lines, is_warning=is_warning)


MAGICS: list[type[Magics]] = [CheckMagics]
