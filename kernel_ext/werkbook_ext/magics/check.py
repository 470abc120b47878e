"""`%check`: would Restart and Run All give the app that is live now?"""

from __future__ import annotations

from IPython.core.error import UsageError
from IPython.core.magic import Magics

from werkbook.app import App

from ..notebook import which_app
from ..notebook.flask_itself import is_of_flask_itself, make_error
from ..output import show_note
from ..restart import compare_with_restart, deleted_lines, unplaced_lines
from .arguments import MagicParser, get_shell, line_magic, magics_class
from .errors import shown_briefly

UNKNOWN = "Can't know whether Restart and Run All gives this app:"
PARSER = MagicParser("%check", "[APP] [--app NAME]")
PARSER.add_argument("name", nargs="?")
PARSER.add_argument("--app")


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
        shell = get_shell(self)
        app = which_app(shell, arguments.name or arguments.app)
        if is_of_flask_itself(app):
            with shown_briefly():
                raise make_error(shell, app, "%check", "its cells own nothing")
        if not isinstance(app, App):
            raise UsageError("%check: only Werkbook's own apps can be checked")
        unplaced = unplaced_lines(shell)
        if unplaced:
            show_note([UNKNOWN, *unplaced], is_warning=True)
            return
        with shown_briefly():
            name = arguments.name or arguments.app
            differences = compare_with_restart(shell, app, name)
        deleted = deleted_lines(shell)
        if not differences:
            show_note(["Restart and Run All gives this app.", *deleted])
            return
        head = "Restart and Run All gives another app:"
        show_note([head, *map(str, differences), *deleted], is_warning=True)


MAGICS: list[type[Magics]] = [CheckMagics]
