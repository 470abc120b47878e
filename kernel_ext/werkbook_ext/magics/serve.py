"""`%serve`: the app's server, in a background thread of the kernel."""

from __future__ import annotations

from IPython.core.magic import Magics

from ..front_end import (
    check_hub,
    show_server,
    show_share,
    start_server,
    stop_servers,
    take_back_shares,
)
from ..notebook import which_app
from ..output import show_note
from .arguments import MagicParser, get_shell, line_magic, magics_class, port_number
from .errors import shown_briefly

PARSER = MagicParser(
    "%serve", "[APP] [--port N] [--host H] [--share | --unshare], or %serve stop [APP]"
)
PARSER.add_argument(
    "words", nargs="*", metavar="APP", help="Any WSGI application of the notebook."
)
PARSER.add_argument("--app", metavar="NAME", help="The same, by name.")
PARSER.add_argument(
    "--port",
    type=port_number,
    metavar="N",
    help="The port; a free one unless given. A busy one is an error.",
)
PARSER.add_argument(
    "--host", metavar="H", help="The address to bind; 127.0.0.1 unless given."
)
PARSER.add_argument(
    "--share",
    action="store_true",
    help="On a JupyterHub: show a link by which a colleague reaches the app.",
)
PARSER.add_argument(
    "--unshare",
    action="store_true",
    help="Take back all links to this Jupyter server, and what came of them.",
)


@magics_class
class ServeMagics(Magics):
    """`%serve`."""

    @line_magic("serve")
    def serve(self, line: str) -> None:
        """Serve an app from a background thread of this kernel.

        `%serve [APP] [--port N] [--host H]` starts the server, or shows the one that
        runs; `%serve stop` stops it. APP is any WSGI or ASGI application. With
        `--share` JupyterHub makes a link for a colleague, which `--unshare` takes back.
        """
        arguments = PARSER.parse_line(line)
        shell = get_shell(self)
        words: list[str] = arguments.words
        is_stop = bool(words) and words[0] == "stop" and "stop" not in shell.user_ns
        names = words[1:] if is_stop else words
        if len(names) + (arguments.app is not None) > 1:
            PARSER.error("one app at a time")
        name = names[0] if names else arguments.app
        with shown_briefly():
            if is_stop:
                stopped = ", ".join(stop_servers(shell, name))
                show_note(
                    [f"Stopped serving {stopped}" if stopped else "No server runs"]
                )
                return
            if arguments.unshare:
                take_back_shares()
                show_note(["The hub has taken back all shares of this server"])
                return
            if arguments.share:
                check_hub()  # before a server starts
            app = which_app(shell, name)
            server = start_server(shell, app, host=arguments.host, port=arguments.port)
            show_server(shell, server, is_port_asked=bool(arguments.port))
            if arguments.share:
                show_share(shell, server)


MAGICS: list[type[Magics]] = [ServeMagics]
