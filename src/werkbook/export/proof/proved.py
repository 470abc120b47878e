"""Export, prove, and change the slice when the proof fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from werkbook.cells.asked import Asked
from werkbook.cells.cell import Cell, NoAppError
from werkbook.export.exporter import Export, Options, export
from werkbook.export.proof.proof import Difference, Proof, prove

MAX_FAILING = 8
"""How many statements may fail before the export gives up."""

_LINE = re.compile(r'File "[^"]*app\.py", line (\d+), in <module>')
_ASGI = ("FastAPI", "Starlette", "Quart")
"""Kinds of apps that a WSGI client cannot ask; their import is the proof."""
_NOT_THE_CODE = ("ImportError", "ModuleNotFoundError", "SyntaxError", "NameError")


@dataclass(frozen=True)
class Failing:
    """A statement that raised when the file started, and so stays out."""

    place: str
    error: str


@dataclass(frozen=True)
class Proved:
    """An export with its proof.

    Attributes:
        export: The file, wide when `is_widened`.
        proof: What the clean process found; None when none was asked for.
        is_widened: The first, smaller file failed; this one keeps more statements.
        failing: Statements that raised, and were left out as a failed cell is.
    """

    export: Export
    proof: Proof | None
    is_widened: bool = False
    failing: list[Failing] = field(default_factory=list)


def export_and_prove(
    cells: Sequence[Cell],
    options: Options,
    *,
    folder: Path | None,
    requests: Sequence[Asked] = (),
    rules: Iterable[tuple[str, tuple[str, ...], str]] | None = None,
    env: Iterable[str] = (),
    timeout_s: float = 60.0,
) -> Proved:
    """Export a notebook's app and prove the file.

    When the file lacks a name or answers otherwise, all statements are kept that do
    not only serve, show or ask, and the proof is tried once more. A statement that
    raises (a file that is not there) stays out with what needs it, as a cell that
    fails does; when a rule goes with it, the file is not proved.
    """
    expected = None if rules is None else list(rules)

    def check(result: Export) -> Proof:
        return prove(
            result.source,
            app=result.app,
            folder=folder,
            files=result.files,
            requests=() if result.kind in _ASGI else requests,
            rules=expected,
            env=env,
            timeout_s=timeout_s,
        )

    narrow = export(cells, options)
    proof = check(narrow)
    if proof.is_proved:
        return Proved(narrow, proof)
    wide = export(cells, replace(options, is_wide=True))
    if (proof.undefined or proof.is_imported) and wide.source != narrow.source:
        second = check(wide)
        if len(second.differences) < len(proof.differences):
            return Proved(wide, second, is_widened=True)
    if proof.is_imported:
        return Proved(narrow, proof)
    return _without_failing(cells, options, Proved(narrow, proof), check)


def _without_failing(
    cells: Sequence[Cell],
    options: Options,
    first: Proved,
    check: Callable[[Export], Proof],
) -> Proved:
    """Leave out one failing statement after the other, until the file starts."""
    failing: list[Failing] = []
    result = first
    for _ in range(MAX_FAILING):
        proof = result.proof
        if proof is None or proof.is_imported:
            break
        found = _failing(result.export, proof)
        if found is None or found in failing:
            return first
        failing.append(found)
        places = frozenset(one.place for one in failing)
        try:
            narrow = export(cells, replace(options, failing=places))
        except NoAppError:
            return first
        result = Proved(narrow, check(narrow), failing=list(failing))
    if result.proof is None or not result.proof.is_imported:
        return first
    _compare_rules(first.export, result)
    return result


def _failing(result: Export, proof: Proof) -> Failing | None:
    """Find the statement at which the file stopped."""
    if not proof.differences or proof.kind in _NOT_THE_CODE or not proof.kind:
        return None
    lines = [int(one) for one in _LINE.findall(proof.traceback)]
    if not lines:
        return None
    place = result.place_of(lines[0])
    error = proof.traceback.strip().splitlines()[-1]
    return Failing(place, error) if place else None


def _compare_rules(whole: Export, result: Proved) -> None:
    kept = {(rule.owner, rule.rule) for rule in result.export.rules}
    assert result.proof is not None
    for rule in whole.rules:
        if (rule.owner, rule.rule) not in kept:
            what = f"The rule {rule.rule!r} went with a statement that fails."
            result.proof.differences.append(Difference("", what))
