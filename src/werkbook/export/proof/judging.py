"""What the answers of a proof amount to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePath

from werkbook.cells.source import magics
from werkbook.export.exporter import Export
from werkbook.export.flow.shared_data import changed_globals
from werkbook.export.flow.slicing import LISTS_FOLDERS
from werkbook.export.proof.answers import (
    ComparedRequest,
    Difference,
    KnownAnswer,
    LeftByRequest,
    Proof,
    tell_open_ends,
    tell_unknown,
)
from werkbook.export.proof.beside_bodies import compare_rules
from werkbook.export.proof.comparing import (
    Compared,
    compare,
    varies,
)
from werkbook.export.proof.failing_cells import (
    bound_again,
    tell_failures,
    unmet,
    why_no_app,
    why_unlike,
)
from werkbook.export.proof.file_run import FileFound
from werkbook.export.proof.inside.questions.held_state import ENVIRONMENT, FILE
from werkbook.export.proof.notebook_run import Reference
from werkbook.export.proof.subject import Subject

_MAX_NAMED = 5
_SHELLS = ("bash", "sh", "script")
_LOOP = re.compile(r"!?\s*(?:for|while|until|if|case)\b")
_READS_NAME = re.compile(
    r"\b__(?:name|main|module|spec|package|import)__\b|\bsys\.modules\b"
    r"|\bimport_module\b|\b(?:import|from)\s+app\b"
)
_MADE_WITH_NAME = re.compile(
    r"\b(?:[A-Z]\w*|getLogger)\((?:[^()]*,\s*)?(?:import_name\s*=\s*)?__name__"
)
"""`Flask(__name__)` and `getLogger(__name__)` answer the same under each name."""
_ASKS_FOR_NOTEBOOK = re.compile(
    r"\bget_ipython\b|__IPYTHON__|\bipykernel|\bIPKernelApp\b|\bJPY_PARENT_PID\b"
    r"|\bsys\.ps1\b|['\"]ps1['\"]"
)
_MAX_ALONE = 3
_CHANCE = re.compile(
    r"(?i)\b(?:random|secrets|uuid\d?|urandom|faker|datetime|strftime"
    r"|(?:import|from) time)\b|\b(?:now|today)\("
)
_FASTHTML = (
    "In a notebook FastHTML adds a script to its pages and lets pages of other origins"
    " ask it; the file does neither, and is compared with the app without both."
)


def problem_proof(found: FileFound) -> Proof:
    """The proof of a file that does not start, or that stops."""
    assert found.problem is not None
    return Proof(
        [found.problem],
        rules=found.rules,
        notes=tell_open_ends(found.open_ends),
        reads=found.reads,
        databases=found.databases,
        failure=found.failure,
    )


def judge(
    subject: Subject,
    export: Export,
    reference: Reference,
    exchanges: Sequence[ComparedRequest],
    found: FileFound,
) -> Proof:
    """Compare everything that was asked, and the URL maps."""
    proof = Proof(rules=found.rules, exchanges=list(exchanges))
    proof.reads, proof.databases = found.reads, found.databases
    proof.rules_asked = reference.rules_asked or found.rules_asked
    proof.notes += reference.notes or tell_open_ends(found.open_ends)
    again = list(bound_again(export, reference))
    if reference.rules is not None:
        proof.differences += again or compare_rules(reference.rules, found.rules)
    good, differing = 0, set[str]()
    for one in proof.exchanges:
        if one.file is not None:
            is_varied = any(varies(one.file, other) for other in one.again)
            one.file = replace(one.file, varies=is_varied)
        result = compare(one, place_of_view(one, export))
        if result.differences and subject.why_unsure and not one.asked.cell:
            result = _unsure(one, subject)
        if one.is_beside and one.asked.url in differing:
            continue  # its own rule says so
        proof.differences += result.differences
        if one.is_beside:
            continue
        if result.differences:
            differing.add(one.asked.url)
        proof.equal += result.is_equal
        good += result.is_equal and one.file is not None and one.file.failure is None
        if result.note:
            proof.notes.append(result.note)
    proof.notes += tell_unknown(proof.exchanges)
    if export.package == "fasthtml" and subject.check != "recorded":
        proof.notes.append(_FASTHTML)
    proof.exchanges = [one for one in proof.exchanges if not one.is_beside]
    if proof.equal and not good:
        what = "Each request raises, here and in the notebook: that proves nothing."
        proof.differences.append(Difference("", what))
    if not proof.equal:
        failing = why_no_app(reference, subject, export)
        proof.why_nothing = failing or _why_nothing(subject, reference, proof)
    proof.differences += unmet(reference)
    reason = why_unlike(reference, subject, export) if proof.differences else None
    if reason is not None:
        proof.differences, proof.is_settled = [reason], True
    proof.notes += tell_failures(reference, subject, export, reason)
    if proof.differences:
        proof.notes += tell_reasons(subject, export)
    return proof


def tell_reasons(subject: Subject, export: Export) -> list[str]:
    """Say what of the notebook may be why its file differs, or does not start."""
    return [*_asked_place(export), *_shell_loops(subject), *_order(subject)]


def _asked_place(export: Export) -> Iterator[str]:
    """Name the first statement of the file that asks whether it is in a notebook."""
    for number in sorted(export.slice.kept):
        statement = export.program.statements[number]
        if _ASKS_FOR_NOTEBOOK.search(statement.text):
            yield (
                f"{statement.place} asks whether it runs in a notebook: there the"
                " answer is yes, in the file no."
            )
            return


def _shell_loops(subject: Subject) -> Iterator[str]:
    """Name the shell's loops and conditions, which the file does not do."""
    for cell, name in zip(subject.code, subject.labels(), strict=True):
        magic = magics.cell_magic(cell.source)
        is_script = magic is not None and magic.name in _SHELLS
        lines = enumerate(cell.source.splitlines(), 1)
        for number, line in lines:
            text = line.strip()
            if not (is_script or text.startswith("!")) or not _LOOP.match(text):
                continue
            yield (
                f"{name}, line {number}: the shell's `{text.lstrip('! ')[:60]}` is run"
                " in the notebook only; write it in Python, and the file does it, too."
            )
            break


def _order(subject: Subject) -> Iterator[str]:
    """Say so where the saved counts tell of another order than the cells'."""
    counted = [
        (cell.execution_count, name)
        for cell, name in zip(subject.code, subject.labels(), strict=True)
        if cell.execution_count is not None
    ]
    for (count, name), (later, other) in pairwise(counted):
        if later < count:
            yield (
                f"The saved counts tell of another order ({name} stands before"
                f" {other}); the proof goes from top to bottom, as Restart and Run All."
            )
            return


def _unsure(one: ComparedRequest, subject: Subject) -> Compared:
    """Of a live app in another state than the file's a difference proves nothing."""
    request = f"{one.asked.method} {one.asked.url}"
    return Compared(
        note=f"{request} is not compared: {subject.why_unsure}. Restart and Run All,"
        " and export again."
    )


def _why_nothing(subject: Subject, reference: Reference, proof: Proof) -> str:
    if reference.why_nothing:
        return reference.why_nothing
    if subject.check == "recorded":
        return (
            "the saved notebook holds no answer; run it with a %http cell and save it,"
            " or leave --check recorded out"
        )
    if any(one.asked.why_unknown for one in proof.exchanges):
        return "no answer is known of what cells asked the live app"
    if subject.check == "live":
        return (
            "no cell asked the app, and it has no rule that GET can ask; ask it with"
            " %http"
        )
    if not proof.rules:
        return "the app has no rules"
    return "no request was answered; ask the app in a cell, with %http"


def place_of_view(one: ComparedRequest, export: Export) -> str:
    """The cell and line of the view that answers a request that no cell made."""
    if one.asked.cell:
        return one.asked.cell
    path = one.asked.url.partition("?")[0]
    number = find_view(export, path, one.asked.method)
    return "" if number is None else export.program.statements[number].place


def find_view(export: Export, path: str, method: str) -> int | None:
    """The statement of the rule that answers a path; None where it is not clear.

    A blueprint's rule stands in its cell without the prefix: it matches the path's end.
    """
    rules = [
        (rule.rule.strip("/").split("/"), rule.number)
        for rule in export.rules
        if rule.rule is not None and method in (rule.methods or (method,))
    ]
    theirs = path.strip("/").split("/")
    whole = [number for ours, number in rules if _matches(ours, theirs)]
    ends = {
        number
        for ours, number in rules
        if len(ours) < len(theirs) and _matches(ours, theirs[-len(ours) :])
    }
    return next(iter(whole or (ends if len(ends) == 1 else ())), None)


def _matches(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return len(ours) == len(theirs) and all(
        one == other or one[:1] in ("<", "{")
        for one, other in zip(ours, theirs, strict=True)
    )


def may_answer_otherwise(export: Export) -> bool:
    """Say whether the file, or a module that it writes, looks at its own name."""
    body, _, _ = export.source.rpartition("\nif __name__ ==")
    modules = (text for path, text in export.files.items() if path.endswith(".py"))
    return any(
        _READS_NAME.search(_MADE_WITH_NAME.sub("", text)) for text in (body, *modules)
    )


def may_answer_by_chance(export: Export) -> bool:
    """Say whether a file draws lots or tells the time, by the names of what does."""
    modules = (text for path, text in export.files.items() if path.endswith(".py"))
    return any(_CHANCE.search(text) for text in (export.source, *modules))


def judge_by_itself(
    proof: Proof, export: Export, answers: Sequence[KnownAnswer], name: str
) -> None:
    """Add what the file answers otherwise when it is run by itself.

    Args:
        proof: Of the file as a server imports it.
        export: The file.
        answers: What it answered by itself to the proof's requests.
        name: Of the file.
    """
    pairs = list(zip(proof.exchanges, answers, strict=False))
    proof.differences += list(_alone_differences(pairs, export, name))[:_MAX_ALONE]
    differing = [
        replace(one, file=alone, again=())
        for one, alone in pairs
        if compare(one).differences
    ]
    if differing and not any(compare(one).differences for one in differing):
        proof.notes.append(
            f"Run by itself (python {name}) the file answers as the notebook does: what"
            " reads the module's name finds '__main__' there, and the file's name under"
            " a server."
        )


def _alone_differences(
    pairs: Sequence[tuple[ComparedRequest, KnownAnswer]], export: Export, name: str
) -> Iterator[Difference]:
    for one, alone in pairs:
        if one.file is None or compare(one).differences:
            continue  # the notebook answers otherwise: that is said
        if not compare(replace(one, here=alone)).differences:
            continue  # so answers the imported file, too: it varies by nature
        turned = replace(one, here=one.file, file=alone, again=())
        for found in compare(turned).differences[:1]:
            what = f"{one.asked.method} {one.asked.url} is answered otherwise when the"
            what += f" file is run by itself, as `python {name}`."
            detail = found.detail.replace("--- notebook", "--- imported", 1)
            yield Difference(place_of_view(one, export), what, detail)


def tell_lost_requests(
    left: Sequence[LeftByRequest] | None,
    export: Export,
    exchanges: Sequence[ComparedRequest],
) -> list[str]:
    """Say which requests of cells left what, of all that views read.

    Args:
        left: What a clean run of the notebook has seen; None where there was none:
            then the text of the views tells what they change.
        export: The file.
        exchanges: What was asked.
    """
    left = _by_their_views(export, exchanges) if left is None else left
    counts = read_by_requests(export)
    names: dict[str, None] = {}
    files: dict[str, None] = {}
    requests: dict[str, None] = {}
    writing: dict[str, None] = {}
    for one in left:
        for name in filter(counts, one.names):
            if name.startswith(FILE):
                files[repr(name.removeprefix(FILE))] = None
                writing[one.request] = None
            else:
                names[repr(name)] = None
                requests[one.request] = None
    told = []
    if names:
        told.append(
            f"The file starts without what cells' own requests left in"
            f" {_some(names)}: {_some(requests)}."
        )
    if files:
        told.append(
            f"What cells' own requests wrote is only in {_some(files)} of the"
            f" notebook's folder: {_some(writing)}."
        )
    return told


def _some(names: dict[str, None]) -> str:
    more = f" and {len(names) - _MAX_NAMED} more" * (len(names) > _MAX_NAMED)
    return ", ".join([*names][:_MAX_NAMED]) + more


def _by_their_views(
    export: Export, exchanges: Sequence[ComparedRequest]
) -> list[LeftByRequest]:
    """What the views that answered requests of cells change, by their text."""
    changed = [
        (one.view.number, one.name)
        for one in changed_globals(export.program, export.slice.kept)
    ]
    found = []
    for one in exchanges:
        is_good = one.here is not None and 0 < (one.here.status or 0) < 400
        if not one.asked.cell or not is_good:
            continue
        path = one.asked.url.partition("?")[0]
        view = find_view(export, path, one.asked.method)
        names = tuple(name for number, name in sorted(changed) if number == view)
        request = f"{one.asked.method} {path} ({one.asked.cell})"
        found.append(LeftByRequest(request, names))
    return found


def read_by_requests(export: Export) -> Callable[[str], bool]:
    """Say of a name, a variable of the environment or a file whether views read it."""
    names = {"builtins"}
    for number in export.slice.kept:
        names |= export.program.names[number].later
    lists_folders = LISTS_FOLDERS.search(export.source)

    def counts(name: str) -> bool:
        if name.startswith(ENVIRONMENT):
            return name.removeprefix(ENVIRONMENT) in export.source
        if not name.startswith(FILE):
            return name in names
        path = PurePath(name.removeprefix(FILE))
        is_embedded = path.parts[0] in ("templates", "static") or path.suffix == ".py"
        return not is_embedded and bool(lists_folders or path.name in export.source)

    return counts
