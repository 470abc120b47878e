"""`%%static`: the cell is a static file of every app of the notebook."""

from __future__ import annotations

from IPython.core.magic import Magics

from werkbook import live
from werkbook.cells.routes import STATIC_USAGE, CellLineError, parse_static_line

from ..notebook.flask_itself import refuse_flask_itself
from ..output import show_note
from .arguments import cell_magic, get_shell, magics_class
from .errors import as_usage_error, shown_briefly


@magics_class
class StaticMagics(Magics):
    """`%%static`."""

    @cell_magic("static")
    def static(self, line: str, cell: str) -> None:
        """Make this cell a static file.

        `%%static PATH` answers under `/static/PATH` in every app of the notebook, and
        comes before files of that name. The text is encoded as UTF-8.
        """
        try:
            path = parse_static_line(line)
        except CellLineError as error:
            raise as_usage_error("%%static", error, STATIC_USAGE) from None
        with shown_briefly():
            refuse_flask_itself(get_shell(self), f"%%static {path}")
            live.notebook.static[path] = cell.encode()
            show_note([f"static file {path}"])


MAGICS: list[type[Magics]] = [StaticMagics]
