"""What an export says to the person who asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from werkbook.export.proof.answers import Proof
from werkbook.export.proof.proved import Proved
from werkbook.plain_words import cut_inside, on_one_line

_MAX_DIFFERENCES = 10
_MAX_NOTES = 10
_MAX_LINE_CHARS = 400
"""Of a line that says what a cell holds; a path is told whole."""


def report(
    result: Proved,
    paths: Iterable[Path],
    cautions: Iterable[str],
    news: Iterable[str] = (),
) -> str:
    """Say what was written, whether it is proved, and what to look at.

    Args:
        result: The export with its proof.
        paths: The files that were written.
        cautions: What to look at.
        news: What changed since the last export.
    """
    wrote = [f"Wrote {path}" for path in paths]
    told = [cut_inside(one, _MAX_LINE_CHARS) for one in _told(result, cautions, news)]
    return "\n".join(on_one_line(one, len(one)) for one in [*wrote, *told])


def _told(result: Proved, cautions: Iterable[str], news: Iterable[str]) -> list[str]:
    export = result.export
    lines = [*news, *export.notes]
    lines += [f"Left out {one.cell}: {one.reason}" for one in export.left_out]
    lines += [
        f"Left out {one.statement.place}: it reads {one.name!r} before a cell binds it"
        for one in export.program.premature
    ]
    lines += [f"Caution: {caution}" for caution in cautions]
    if result.taken_back:
        taken = "; ".join(result.taken_back)
        lines.append(f"Took back what a smaller file lacked: {taken}.")
    if result.proof is None:
        return [*lines, "Not proved: the file was not started."]
    return [*lines, *_notes(result.proof), *verdict(result.proof)]


def _notes(proof: Proof) -> list[str]:
    """What a reader should know beside the verdict."""
    notes = list(dict.fromkeys(proof.notes))
    lines = [f"Note: {one}" for one in notes[:_MAX_NOTES]]
    if len(notes) > _MAX_NOTES:
        lines.append(f"Note: {len(notes) - _MAX_NOTES} notes more.")
    left = [
        f"{method} {one.rule}"
        for one in proof.rules_asked
        for method in one.left
        if proof.exchanges
    ]
    if left:
        lines.append(f"Not asked: {_some(left)}.")
    lives = proof.one_process or ()
    return [*lines, *(f"Lives in one process: {one}." for one in lives)]


def _some(names: list[str]) -> str:
    if len(names) <= _MAX_NOTES:
        return ", ".join(names)
    return f"{', '.join(names[:_MAX_NOTES])} and {len(names) - _MAX_NOTES} more"


def verdict(proof: Proof) -> list[str]:
    """Say one of three things, and why."""
    if proof.differences:
        # Several requests to one rule may be refused for one reason.
        first, *others = dict.fromkeys(map(str, proof.differences))
        lines = _lines(f"Not proved: {first}", "  ")
        for one in others[: _MAX_DIFFERENCES - 1]:
            lines += [f"  {line}" for line in _lines(one, "  ")]
        count = len(others) + 1 - _MAX_DIFFERENCES
        if count > 0:
            lines.append(f"  {count} differences more.")
        return lines
    if not proof.equal:
        return [f"Starts, nothing compared: {proof.why_nothing}."]
    total = len(proof.rules_asked)
    asked = sum(bool(one.asked) for one in proof.rules_asked)
    answers = f"{proof.equal} answer{'s' * (proof.equal != 1)} equal"
    if not total:
        return [f"Proved: the app has no rules of its own, {answers}"]
    return [f"Proved: {asked} of {total} rule{'s' * (total != 1)} asked, {answers}"]


def _lines(text: str, indent: str) -> list[str]:
    first, *others = text.splitlines()
    return [first, *(f"{indent}{line}" for line in others)]
