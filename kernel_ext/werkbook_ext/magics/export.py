"""`%export`: the live notebook as a standalone file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from werkbook.export.project.deploys import DEPLOYS
from werkbook.system import this_system

from ..api_docs import describe_live
from ..notebook import which_app
from ..notebook.flask_itself import unexpected_line
from ..output import show_note
from ..output.downloads import offer_download
from ..output.progress import CellProgress
from .arguments import MagicParser, line_magic, magics_class
from .errors import shown_briefly

if TYPE_CHECKING:
    from werkbook.export.delivering import Delivery

USAGE = (
    "[PATH] [--target werkbook|flask] [--app NAME] [--file PATH] [--upto N] "
    "[--project DIR] [--deploy kubernetes|ray]... [--docs] [--openapi] [--tests] "
    "[--no-check] [--env NAME]... [--timeout SECONDS] [--force]"
)
PARSER = MagicParser("%export", USAGE)
PARSER.add_argument(
    "path",
    nargs="?",
    type=Path,
    metavar="PATH",
    help="The file to write; app.py beside the notebook unless given.",
)
PARSER.add_argument(
    "--target",
    choices=["werkbook", "flask"],
    help="The package that the file imports; flask unless given.",
)
PARSER.add_argument(
    "--app", metavar="NAME", help="The app to export; else the one that is served."
)
PARSER.add_argument(
    "--file", metavar="PATH", help="Export the app of a file that cells write."
)
PARSER.add_argument(
    "--upto", type=int, metavar="N", help="Use the first N code cells only."
)
PARSER.add_argument(
    "--project",
    type=Path,
    metavar="DIR",
    help="Write a folder: app, templates, static, tests, Dockerfile and more.",
)
PARSER.add_argument(
    "--deploy",
    action="append",
    default=[],
    choices=DEPLOYS,
    help="Add a cluster's files to the project.",
)
PARSER.add_argument(
    "--docs", action="store_true", help="Keep /openapi.json and /docs in the app."
)
PARSER.add_argument(
    "--openapi",
    action="store_true",
    help="Write openapi.json beside the file, and say what changed in the API.",
)
PARSER.add_argument(
    "--tests", action="store_true", help="Write test_app.py beside the file, too."
)
PARSER.add_argument(
    "--no-check", action="store_true", help="Start nothing, and prove nothing."
)
PARSER.add_argument(
    "--env",
    action="append",
    default=[],
    metavar="NAME",
    help="Hand a variable of the environment on to the proof.",
)
PARSER.add_argument(
    "--timeout",
    type=float,
    default=60.0,
    metavar="SECONDS",
    help="Seconds that a start or a request may take in the proof.",
)
PARSER.add_argument(
    "--force", action="store_true", help="Overwrite files that someone wrote."
)


@magics_class
class ExportMagics(Magics):
    """`%export`."""

    shell: InteractiveShell  # IPython sets it when the magics are registered

    @line_magic("export")
    def export(self, line: str) -> None:
        """Write this notebook's app as a file that runs anywhere, and prove it.

        `%export [PATH] [--target werkbook|flask] [--app NAME] [--upto N]
        [--project DIR] [--docs] [--openapi] [--tests] [--no-check] [--env NAME]...
        [--force]`

        The file is the app after Restart and Run All. It is started in a clean
        process, and asked what cells asked, and each rule that GET can ask beside;
        the live app's answers are what it is compared with. With `--docs` the app
        keeps /openapi.json and /docs; `--openapi` writes openapi.json beside it and
        says what changed in the API since the last export.
        """
        from werkbook.export.delivering import Wish  # start-up time

        from ..restart import export_notebook, notebook_path

        given = PARSER.parse_line(line)
        wish = Wish(
            notebook=notebook_path(self.shell),
            output=given.path,
            target=given.target,
            app=given.app,
            upto=given.upto,
            project=given.project,
            tests=given.tests,
            is_checked=not given.no_check,
            env=tuple(given.env),
            timeout_s=given.timeout,
            force=given.force,
            file=given.file,
            deploy=tuple(given.deploy),
            docs=given.docs,
            openapi=given.openapi,
        )
        progress = CellProgress()
        text = ""
        paths: list[Path] = []
        try:
            with shown_briefly():
                describe = partial(describe_live, self.shell)
                delivery = export_notebook(self.shell, wish, progress, describe)
                text, paths = delivery.text, delivery.paths
        finally:
            progress.give_way(text)
        if given.no_check or not delivery.is_proved:
            self._say_what_is_not_live(given.app)
        if not this_system().has_sockets:  # the file is in the browser's own storage
            offer_download(self.shell, paths)

    def _say_what_is_not_live(self, name: str | None) -> None:
        with suppress(UsageError):  # there is no app: the report says so
            line = unexpected_line(self.shell, which_app(self.shell, name))
            show_note([line] if line else [], is_warning=True)


def export(path: str | Path | None = None, **options: Any) -> Delivery:
    """Export the running notebook's app, as `%export` does.

    Args:
        path: The file to write; app.py beside the notebook when None.
        options: Those of `werkbook.export.delivering.Wish`.

    Raises:
        RuntimeError: No notebook runs here.
        NoAppError: The notebook makes no app.
    """
    from werkbook.export.delivering import Wish  # start-up time

    from ..restart import export_notebook, notebook_path

    shell = get_ipython()
    if shell is None:
        raise RuntimeError("export() needs a running notebook; see `werkbook export`.")
    wish = Wish(notebook_path(shell), Path(path) if path is not None else None)
    progress = CellProgress()
    try:
        describe = partial(describe_live, shell)
        return export_notebook(shell, replace(wish, **options), progress, describe)
    finally:
        progress.give_way()


MAGICS: list[type[Magics]] = [ExportMagics]
