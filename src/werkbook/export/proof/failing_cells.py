"""Cells that fail, or take too long, when the notebook runs in a clean process."""

from __future__ import annotations

import re
from collections.abc import Iterator

from werkbook.export.exporter import Export
from werkbook.export.flow.apps.holders import app_versions
from werkbook.export.flow.apps.rule_calls import find_rules
from werkbook.export.proof.answers import Difference, Failure
from werkbook.export.proof.notebook_run import Reference
from werkbook.export.proof.subject import Subject

_MAX_NAMED = 5
_OWN_MACHINE = re.compile(
    r"host='(localhost|127\.0\.0\.1|0\.0\.0\.0)', port=(\d+).*Connection refused",
    re.DOTALL,
)
"""What requests and urllib3 say of a server that is not there, over many words."""


def why_unlike(
    reference: Reference, subject: Subject, export: Export
) -> Difference | None:
    """Say why two apps that answer otherwise are not to be compared.

    A cell that the file needs was stopped for time; or the cell that makes the file's
    app failed, so that the notebook's is another cell's.
    """
    for cell, failure in reference.failures.items():
        if failure.is_late and cell in _cells_of_file(export):
            return Difference("", _told(cell, failure, subject))
    made = _made(export)
    if len(made) < 2:
        return None
    statements = export.program.statements
    last = statements[made[-1]]
    failed = reference.failures.get(last.cell)
    earlier = [statements[one].cell for one in made[:-1]]
    passed = [one for one in earlier if one not in reference.failures]
    if failed is None or not passed:
        return None
    why = (failed.missing or failed.text).rstrip(".")
    what = "this cell makes the file's app, and fails in the clean run of the notebook"
    what += f" ({why}): the notebook's app is that of {passed[-1]}."
    return Difference(last.place, what)


def _cells_of_file(export: Export) -> set[str]:
    return {export.program.statements[one].cell for one in export.slice.kept}


def _made(export: Export) -> list[int]:
    """The statements that make an app of the exported name."""
    name = export.reference.partition(".")[0]
    program = export.program
    return [number for given, number in app_versions(program) if given == name]


def why_no_app(reference: Reference, subject: Subject, export: Export) -> str:
    """Say which failing cell is why a notebook makes no app; "" where it makes one.

    Of several it is the one that makes the app, or that the app needs.
    """
    failures = reference.failures if reference.has_no_app else {}
    makers = [export.program.statements[one].cell for one in reversed(_made(export))]
    needed = _cells_of_file(export)
    order = [*makers, *(one for one in failures if one in needed), *failures]
    for cell in order:
        failure = failures.get(cell)
        if failure is None:
            continue
        if failure.is_late or failure.kind == "KeyboardInterrupt":
            told = _told(cell, failure, subject).rstrip(".")
            return f"the notebook makes no app here: {told[:1].lower()}{told[1:]}"
        why = (failure.missing or failure.text).rstrip(".")
        return f"the notebook makes no app here, as {cell} fails: {why}"
    return ""


def bound_again(export: Export, reference: Reference) -> Iterator[Difference]:
    """Name the cell that puts a new app in the place of one that has rules."""
    name = export.reference.partition(".")[0]
    program, made = export.program, _made(export)
    rules = [name for _, _, name in reference.rules or () if name != "static"]
    if len(made) < 2 or rules or reference.rules_asked:
        return
    first, last = program.statements[made[0]], program.statements[made[-1]]
    between = program.statements[made[0] : made[-1]]
    has_rules = any(list(find_rules(one.node, one.number)) for one in between)
    if has_rules or "routes=" in first.text:
        what = f"{name!r} is bound again here, and nothing registers a rule on it: the"
        what += f" notebook ends without the rules of the app that {first.cell} makes."
        yield Difference(last.place, what)


def unmet(reference: Reference) -> list[Difference]:
    """What cells expect of their requests, and the notebook's own app does not do."""
    return [
        Difference(cell, f"{failure.text.rstrip('.')}, when the notebook runs.")
        for cell, failure in reference.failures.items()
        if failure.kind == "ExpectationError"
    ]


def tell_failures(
    reference: Reference, subject: Subject, export: Export, reason: Difference | None
) -> list[str]:
    """The cells that fail in a clean run; the report names those that don't parse.

    Args:
        reference: What that run found.
        subject: The notebook.
        export: The file.
        reason: What is told already.
    """
    known = {one.cell for one in export.left_out if "not parse" in one.reason}
    needed = _cells_of_file(export)
    told = [
        _told(cell, failure, subject)
        for cell, failure in sorted(
            reference.failures.items(), key=lambda one: one[0] not in needed
        )
        if failure.kind != "ExpectationError" and cell not in known
    ]
    found = [one for one in told if reason is None or one not in reason.what]
    if len(found) > _MAX_NAMED:
        count = len(found) - _MAX_NAMED
        more = f"{count} cells more fail." if count > 1 else "1 cell more fails."
        return [*found[:_MAX_NAMED], more]
    return found


def _told(cell: str, failure: Failure, subject: Subject) -> str:
    run = f"In the clean run of the notebook {cell}"
    if failure.is_late:
        limit_s = subject.timeout_s
        return (
            f"{run} takes more than half of what is left of {limit_s:g} s and is"
            f" stopped; --timeout {limit_s * 4:g} gives more."
        )
    if failure.kind == "KeyboardInterrupt":
        return f"{run} only waits, and is stopped."
    here = _OWN_MACHINE.search(failure.text)
    if here is not None:
        return f"{run} fails: nothing answers at {here[1]}:{here[2]} there."
    return f"{run} fails: {(failure.missing or failure.text).rstrip('.')}."
