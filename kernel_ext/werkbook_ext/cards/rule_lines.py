"""Tell under a cell of the rules that it registered, each with a button to try it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import App
from werkbook.live.control import Changes, Registration

from ..magics.http import loader, sender
from ..output.lines import MAX_LINES, announced_rules
from .announced import Announced
from .announcing import announce


def show_rules(shell: InteractiveShell, changes: Changes, told: Iterable[str]) -> None:
    """Show a line for each rule that a cell registered.

    Args:
        shell: The shell.
        changes: What the cell's run changed; it may have ended already.
        told: Lines that a magic has shown already.
    """
    known = set(told)
    owner_id = changes.owner.id if changes.owner else ""
    rules = [
        _announced(shell, line, item)
        for line, item in announced_rules(changes)
        if line not in known
    ]
    if len(rules) > MAX_LINES:
        rest = len(rules) - MAX_LINES + 1
        announce(shell, rules[: MAX_LINES - 1], owner_id, more=f"and {rest} more")
    elif rules:
        announce(shell, rules, owner_id)


def _announced(shell: InteractiveShell, line: str, item: Registration) -> Announced:
    rule: Any = item.value
    methods = sorted(rule.methods or ())
    shown = [name for name in methods if name not in ("HEAD", "OPTIONS")] or methods
    app = item.app
    ways = (sender(shell, app), loader(shell, app)) if isinstance(app, App) else ()
    return Announced(line, tuple(shown), rule.rule, rule.endpoint, *ways)
