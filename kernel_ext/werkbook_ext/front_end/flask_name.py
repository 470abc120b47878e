"""Flask's name, which `%load_ext werkbook` gives where nobody has imported Flask yet.

People load the extension, import Flask as each tutorial says, and expect live apps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import flask_names

from ..config import get_options
from ..notebook import flask_itself
from ..output.notes import show_note

TAKEN = (
    "import flask gives Werkbook here, and its apps are live. For Flask itself, before"
    " the import: %config Werkbook.as_flask = False"
)
LATE = (
    "Flask's name was used already: restart the kernel, and set Werkbook.as_flask above"
    " the first import of flask."
)


def install(shell: InteractiveShell) -> Callable[[], None]:
    """Take Flask's name as the options say, and follow them; return how to undo it."""
    options = get_options(shell)
    is_ours = False  # a script or a cell may have taken the name before

    def follow(change: Any) -> None:
        nonlocal is_ours
        if flask_names.is_in_use():
            if change.new == (flask_names.real_flask() is None):
                return  # it is so already
            show_note([LATE], is_warning=True)
        elif change.new:
            is_ours = flask_names.take_name()
        else:
            flask_names.give_name_back()
            flask_itself.note_cause(shell, flask_itself.UNWANTED)
            is_ours = False

    def undo() -> None:
        options.unobserve(follow, "as_flask")
        if is_ours:
            flask_names.give_name_back()
            flask_itself.note_cause(shell, flask_itself.UNLOADED)

    if options.as_flask and flask_names.real_flask() is None:
        is_ours = flask_names.take_name()
        if is_ours:
            show_note([TAKEN], is_quiet=True)
    elif not options.as_flask:
        flask_itself.note_cause(shell, flask_itself.UNWANTED)
    lines = flask_itself.reloading_lines(shell)
    first = flask_itself.growth_lines(shell)  # what was there first is told here alone
    show_note(lines or first, is_warning=True)
    options.observe(follow, "as_flask")
    return undo
