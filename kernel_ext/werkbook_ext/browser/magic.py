"""`%browse`: the mini browser."""

from __future__ import annotations

from IPython.core.magic import Magics, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from ..apps import which_app
from .browsers import open_browser


@magics_class
class BrowseMagics(Magics):
    """The magic that shows the live app as a browser would."""

    @no_var_expand
    @magic_arguments()
    @argument("url", nargs="?", default="/", help="a path of the app; / by default")
    @argument("--app", metavar="NAME", help="the app's name in the notebook")
    @argument(
        "--allow",
        metavar="HOST",
        action="append",
        default=[],
        help="let pages load from this host too, such as https://cdn.jsdelivr.net",
    )
    @argument("--no-live", action="store_true", help="do not refresh after a cell ran")
    @argument("--dock", action="store_true", help="open beside the notebook")
    @argument("--height", type=int, default=420, help="height of the page in pixels")
    @line_magic
    def browse(self, line: str) -> None:
        """Show the live app in a mini browser."""
        options = parse_argstring(self.browse, line)
        widget = open_browser(
            self.shell,
            which_app(self.shell, options.app),
            options.url,
            allow=options.allow,
            live=not options.no_live,
            dock=options.dock,
            height_px=options.height,
        )
        display(widget)


MAGICS = [BrowseMagics]
