"""Apps of Flask itself, whose name Werkbook could not take, or was told not to take.

They are served and shown as any WSGI app is, but no cell can own what they know.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook.app import App
from werkbook.errors import WerkbookError
from werkbook.flask_names import real_flask

from ..config import get_options
from .apps import name_app, named_apps

WHAT_TO_TYPE = {
    True: "restart the kernel, and run %load_ext werkbook above the first import of"
    " flask.",
    False: "restart the kernel, and leave as_flask = False out.",
}
"""By whether Werkbook is to have Flask's name."""


class FlaskItselfError(WerkbookError, TypeError):
    """A magic can do nothing for an app of Flask itself."""


def is_of_flask_itself(app: object) -> bool:
    """Say whether an app is one of the real Flask's."""
    kind: Any = getattr(real_flask(), "Flask", None)
    return kind is not None and isinstance(app, kind)


def refuse_flask_itself(shell: InteractiveShell, what: str) -> None:
    """Check that some app of the notebook can have what only Werkbook's apps have.

    Args:
        shell: The shell whose names are searched.
        what: What the magic would register: `%%template hello.html`.

    Raises:
        FlaskItselfError: The only apps are of Flask itself.
    """
    named = [app for _, app in named_apps(shell)]
    apps = [app for app in named if is_of_flask_itself(app)]
    if apps and not any(isinstance(app, App) for app in named):
        raise make_error(
            shell, apps[0], what, "finds neither templates nor files in cells"
        )


def make_error(
    shell: InteractiveShell, app: Any, what: str, lack: str
) -> FlaskItselfError:
    """Make the error that says what an app of Flask itself lacks, and what to type."""
    is_wanted = get_options(shell).as_flask
    reason = (
        "was imported before Werkbook had its name" if is_wanted else "has its name"
    )
    return FlaskItselfError(
        f"{what} does nothing for {name_app(shell, app)!r}, an app of Flask itself.",
        why=f"Flask {reason}, and {lack}.",
        fix=WHAT_TO_TYPE[is_wanted],
    )


@contextmanager
def explained(shell: InteractiveShell, app: Any, what: str) -> Iterator[None]:
    """Say why Flask itself refuses a rule of a cell that runs again."""
    try:
        yield
    except AssertionError:
        if not is_of_flask_itself(app):
            raise
        lack = "keeps what a cell's first run said"
        raise make_error(shell, app, what, lack) from None


def warning_lines(
    shell: InteractiveShell,
    app: Any,
    lack: str = "keeps this rule as it is, whatever becomes of the cell",
) -> list[str]:
    """Say what a cell that adds to an app cannot do, where it is of Flask itself."""
    if not is_of_flask_itself(app):
        return []
    is_wanted = get_options(shell).as_flask
    reason = ", imported before Werkbook had its name" if is_wanted else ""
    name = name_app(shell, app)
    return [
        f"{name} is an app of Flask itself{reason}: it {lack}.",
        f"To have it live, {WHAT_TO_TYPE[is_wanted]}",
    ]


def refusal_lines(shell: InteractiveShell, error: str) -> list[str]:
    """Say why Flask itself refused what a cell of plain Python says again.

    Args:
        shell: The shell whose names are searched for its app.
        error: The name and text of what ended the cell.
    """
    if not error.startswith(_REFUSALS):
        return []
    named = (app for _, app in named_apps(shell))
    app = next(filter(is_of_flask_itself, named), None)
    return warning_lines(shell, app, "keeps what a cell's first run said")


_REFUSALS = (
    "AssertionError: View function mapping is overwriting",
    "AssertionError: The setup method",
)
"""How Flask's errors begin for what is said twice, or after the first request."""
