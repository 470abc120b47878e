"""`%docs`: the app's API, in the mini browser."""

from __future__ import annotations

from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics
from IPython.display import display

from werkbook.app import App

from ..api_docs import show_docs_first
from ..browser import open_browser
from ..notebook.apps import which_app
from ..notebook.flask_itself import is_of_flask_itself, make_error
from .arguments import MagicParser, line_magic, magics_class
from .browse import add_place_options
from .errors import shown_briefly

PARSER = MagicParser("%docs", "[--app NAME] [--dock] [--height PIXELS]")
PARSER.add_argument(
    "--app", metavar="NAME", help="The app to describe, where there are several."
)
add_place_options(PARSER)


@magics_class
class DocsMagics(Magics):
    """`%docs`."""

    @line_magic("docs")
    def docs(self, line: str) -> None:
        """Show the documentation of the app's API in a mini browser.

        `%docs` opens /docs, which describes the rules that there are now: parameters,
        bodies and responses, by hints and by what was recorded. /openapi.json is the
        same for programs. `--dock` opens it beside the notebook.
        """
        options = PARSER.parse_line(line)
        shell: Any = self.shell
        with shown_briefly():
            app = which_app(shell, options.app)
            if is_of_flask_itself(app):
                raise make_error(shell, app, "%docs", "describes no API")
            if not isinstance(app, App):
                raise UsageError(
                    "%docs: this app is another framework's, which may have a page of"
                    f" its own: %browse /docs\n{PARSER.usage_line}"
                )
            widget: Any = open_browser(
                shell,
                show_docs_first(app),
                "/docs",
                allow=[],
                live=True,
                dock=options.dock,
                height_px=options.height,
            )
            display(widget)  # type: ignore[no-untyped-call]


MAGICS: list[type[Magics]] = [DocsMagics]
