"""Apps of Flask itself, whose name Werkbook could not take, or was told not to take.

They are served and shown as any WSGI app is, but no cell can own what they know.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from IPython.core.interactiveshell import InteractiveShell

from werkbook.app import App
from werkbook.errors import WerkbookError
from werkbook.flask_names import is_in_use, real_flask

from ..config import get_options
from .apps import name_app, named_apps


@dataclass(frozen=True)
class FlaskImport:
    """How Flask itself came to be imported, and what gives its name to Werkbook.

    Attributes:
        when: When Flask was imported, as `imported ...`.
        fix: What to type, after the kernel was restarted.
    """

    when: str
    fix: str


BEFORE = FlaskImport(
    "before Werkbook had its name",
    "run %load_ext werkbook above the first import of flask",
)
UNWANTED = FlaskImport("while as_flask was False", "leave as_flask = False out")
UNLOADED = FlaskImport("after %unload_ext werkbook", "leave %unload_ext werkbook out")

_causes: WeakKeyDictionary[InteractiveShell, FlaskImport] = WeakKeyDictionary()
"""By shell, why its imports of Flask do not give Werkbook."""
_counts: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
"""By app of Flask itself, of how many functions it knew; infinite once that was told"""


def note_cause(shell: InteractiveShell, cause: FlaskImport) -> None:
    """Note why Flask has its name; nothing changes once somebody imported it."""
    if not is_in_use():
        _causes[shell] = cause


def reloading_lines(shell: InteractiveShell) -> list[str]:
    """Say that Flask was imported between `%unload_ext` and `%load_ext`."""
    if real_flask() is None or _find_cause(shell) is not UNLOADED:
        return []
    return [
        f"import flask gives Flask itself, imported {UNLOADED.when}: its apps are not"
        f" live. To have them live, {_what_to_type(shell)}."
    ]


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
    return FlaskItselfError(
        f"{what} does nothing for {name_app(shell, app)!r}, an app of Flask itself.",
        why=f"Flask was imported {_find_cause(shell).when}, and {lack}.",
        fix=f"{_what_to_type(shell)}.",
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
    _counts[app] = math.inf
    name, cause = name_app(shell, app), _find_cause(shell)
    return [
        f"{name} is an app of Flask itself, imported {cause.when}: it {lack}.",
        f"To have it live, {_what_to_type(shell)}.",
    ]


def find_remedy(shell: InteractiveShell) -> tuple[str, str] | None:
    """Return what is not live and what to type; None where nothing is to be repaired.

    Nothing is where no app is of Flask itself, or the options leave it its name.
    """
    names = [name for name, app in named_apps(shell) if is_of_flask_itself(app)]
    if not names or not get_options(shell).as_flask:
        return None
    return f"Flask's own, not live: {', '.join(names)}", _what_to_type(shell)


def quiet_line(shell: InteractiveShell, app: Any) -> str:
    """Say that an app of Flask itself is not live, and what to type."""
    name = name_app(shell, app)
    return f"{name} is Flask's own and not live: {_what_to_type(shell)}."


def unexpected_line(shell: InteractiveShell, app: Any) -> str:
    """Say the same where the options ask for live apps; "" where all is as asked."""
    is_asked = is_of_flask_itself(app) and get_options(shell).as_flask
    return quiet_line(shell, app) if is_asked else ""


def growth_lines(shell: InteractiveShell) -> list[str]:
    """Say, once for each app of Flask itself, that what cells add to it is not live.

    Apps that know no more than at the last call have no line, nor has any app where
    the options leave Flask's name alone.
    """
    kind: Any = getattr(real_flask(), "Flask", None)
    if kind is None:
        return []
    values = list(shell.user_ns.values())
    apps = {id(one): one for one in values if issubclass(type(one), kind)}
    lines = []
    for app in apps.values():
        before = _counts.get(app, 0)
        if before == math.inf:
            continue
        now = _count_functions(app)
        _counts[app] = max(before, now)
        if now > before and get_options(shell).as_flask:
            lines.append(quiet_line(shell, app))
            _counts[app] = math.inf
    return lines


def _count_functions(app: Any) -> int:
    """Return of how many views, hooks and error handlers an app knows, but Flask's."""
    views = [app.view_functions.get(rule.endpoint) for rule in app.url_map.iter_rules()]
    by_scope = (
        app.before_request_funcs,
        app.after_request_funcs,
        app.teardown_request_funcs,
        app.template_context_processors,
    )
    hooks = [
        one for kind in by_scope for functions in kind.values() for one in functions
    ]
    handlers = [
        handler
        for by_code in app.error_handler_spec.values()
        for by_class in by_code.values()
        for handler in by_class.values()
    ]
    return sum(
        str(getattr(one, "__module__", "")).partition(".")[0] != "flask"
        for one in (*views, *hooks, *handlers)
    )


def _find_cause(shell: InteractiveShell) -> FlaskImport:
    return _causes.get(shell, BEFORE)


def _what_to_type(shell: InteractiveShell) -> str:
    cause = _find_cause(shell)
    fix = f"restart the kernel, and {cause.fix}"
    if cause is not UNWANTED and not get_options(shell).as_flask:
        fix += ", with as_flask = True"
    return fix


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
