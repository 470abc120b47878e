"""`%werkbook`: the magics on one card."""

from __future__ import annotations

from IPython.core.magic import Magics

from ..output import html_table, show, text_table
from .arguments import MagicParser, line_magic, magics_class

PARSER = MagicParser("%werkbook", "")
HEAD = ("type", "to")
ROWS = (
    ("%%route [METHOD] RULE", "make the cell the body of a view function"),
    ("%%template NAME", "make the cell a Jinja template"),
    ("%%static PATH", "make the cell a static file, under /static/"),
    ("%serve [APP]", "start the app's server; %serve stop ends it"),
    ("%http METHOD URL", "send a request and see the response; %%http for a body"),
    ("%browse [URL]", "open the app in the mini browser"),
    ("%docs", "open the documentation of the app's API; /openapi.json for programs"),
    ("%routes", "see the URL map, and which cell owns what"),
    ("%check", "see whether Restart and Run All gives this app"),
    ("%export [PATH]", "write the standalone app"),
    ("%trace GET /hello/Ada", "the way of one request through the app"),
    ("%%exercise NAME", "an exercise that checks itself as soon as a cell ran"),
    ("%doctor", "see what this environment is and what is missing"),
    ("%config Werkbook", "see the options"),
)


@magics_class
class HelpMagics(Magics):
    """`%werkbook`."""

    @line_magic("werkbook")
    def werkbook(self, line: str) -> None:
        """Show what Werkbook's magics do, on one card."""
        PARSER.parse_line(line)
        card = {
            "text/plain": text_table(HEAD, ROWS),
            "text/html": html_table(HEAD, ROWS),
        }
        show(card, raw=True)


MAGICS: list[type[Magics]] = [HelpMagics]
