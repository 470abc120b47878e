"""`%%exercise`: shows an exercise, and checks it as soon as a cell ran."""

from __future__ import annotations

from collections.abc import Callable

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from werkbook.exercises.reading import USAGE, read_exercise

from ..exercises.attempts import Attempts
from .arguments import cell_magic, get_shell, magics_class
from .errors import shown_briefly

HELP = f"""\
{USAGE}

A text in Markdown, then checks and hints, a line each:

  GET /hello/Ada -> 200, text has "Hello Ada"     # a note
  then POST -f /sign name=Ada -> redirects to /   the same visitor goes on
  as eve: GET /private -> 401                     a visitor with a name
  repeat 3: GET /count -> text has "3"
  template hello.html with name="Ada" -> page has h1 with text "Ada"
  database NOTES "select count(*) from notes" -> value == 1
  rules -> has GET /hello/<name>, lacks /old
  hint: Shown when it is asked for, one at a time.
  solution: Shown after the hints, step by step; more lines belong to it.
  when code has "^" say "In Python a power is **."

See `%http` for the words behind the arrow."""


@magics_class
class ExerciseMagics(Magics):
    """`%%exercise`."""

    @cell_magic("exercise")
    def exercise(self, line: str, cell: str) -> None:
        """Show an exercise: its checks turn to done as soon as a cell ran."""
        if line.strip() in ("", "-h", "--help"):
            print(HELP)
            return
        try:
            from ..exercises.desk import open_desk  # needs werkbook[teach]
        except ImportError as error:
            raise UsageError(
                f"%%exercise: {error.name} is missing: pip install 'werkbook[teach]'"
            ) from None
        desk = open_desk(get_shell(self))
        if desk is None:
            raise UsageError("%%exercise: %load_ext werkbook first")
        with shown_briefly():
            desk.post(read_exercise(line, cell))


def install(shell: InteractiveShell) -> Callable[[], None]:
    """Check a shell's exercises after each cell; return what ends that."""
    attempts = Attempts(shell)
    attempts.install()
    return attempts.uninstall


ExerciseMagics.exercise.__doc__ = HELP

MAGICS: list[type[Magics]] = [ExerciseMagics]
