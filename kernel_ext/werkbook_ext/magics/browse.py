"""`%browse`: the mini browser."""

from __future__ import annotations

import argparse
import re
from typing import Any

from IPython.core.magic import Magics
from IPython.display import display

from ..browser import open_browser
from ..notebook import which_app
from .arguments import MagicParser, line_magic, magics_class
from .errors import shown_briefly

HOST = re.compile(r"(https?://)?[A-Za-z0-9*][A-Za-z0-9.*-]*(:\d+)?")


def host(text: str) -> str:
    """Convert a host that pages may load from, for `type=` of an argument."""
    if HOST.fullmatch(text.rstrip("/")):
        return text.rstrip("/")
    raise argparse.ArgumentTypeError(
        f"{text!r} is no host, such as https://cdn.example.org"
    )


def height(text: str) -> int:
    """Convert a height in pixels, for `type=` of an argument."""
    if text.isdecimal() and 80 <= int(text) <= 5000:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no height in pixels (80 to 5000)")


def add_place_options(parser: MagicParser) -> None:
    """Let a magic say where a mini browser stands, and how high it is."""
    parser.add_argument(
        "--dock", action="store_true", help="Open it beside the notebook (JupyterLab)."
    )
    parser.add_argument(
        "--height",
        type=height,
        default=420,
        metavar="PIXELS",
        help="How high the frame is.",
    )


PARSER = MagicParser(
    "%browse",
    "[URL] [--app NAME] [--allow HOST]... [--no-live] [--dock] [--height PIXELS]",
)
PARSER.add_argument(
    "url", nargs="?", default="/", metavar="URL", help="The page to show first."
)
PARSER.add_argument(
    "--app", metavar="NAME", help="The app to show, where there are several."
)
PARSER.add_argument(
    "--allow",
    action="append",
    default=[],
    type=host,
    metavar="HOST",
    help="Let pages load scripts, styles and data from this host, too.",
)
PARSER.add_argument(
    "--no-live", action="store_true", help="Leave the page as it is when cells run."
)
add_place_options(PARSER)


@magics_class
class BrowseMagics(Magics):
    """`%browse`."""

    @line_magic("browse")
    def browse(self, line: str) -> None:
        """Show the live app in a mini browser.

        `%browse [URL]` shows a page of the app, `/` by default. Links, forms and
        scripts work as in a browser, and the page is shown anew after a cell ran that
        changed it. `--allow https://cdn.example` lets pages load from that host,
        `--no-live` leaves the page as it is, `--dock` opens it beside the notebook.
        """
        options = PARSER.parse_line(line)
        shell: Any = self.shell
        with shown_briefly():
            widget: Any = open_browser(
                shell,
                which_app(shell, options.app),
                options.url,
                allow=options.allow,
                live=not options.no_live,
                dock=options.dock,
                height_px=options.height,
            )
            display(widget)  # type: ignore[no-untyped-call]


MAGICS: list[type[Magics]] = [BrowseMagics]
