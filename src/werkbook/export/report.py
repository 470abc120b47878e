"""What an export says to the person who asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from werkbook.export.proof.proved import Proved


def report(result: Proved, paths: Iterable[Path], cautions: Iterable[str]) -> str:
    """Say what was written, whether it is proved, and what to look at."""
    export = result.export
    lines = [f"Wrote {path}" for path in paths]
    lines += export.notes
    lines += [f"Left out {one.cell}: {one.reason}" for one in export.left_out]
    lines += [
        f"Left out {one.statement.place}: it reads {one.name!r} before a cell binds it"
        for one in export.program.premature
    ]
    lines += [f"Left out {one.place}: it fails: {one.error}" for one in result.failing]
    lines += [f"Caution: {caution}" for caution in cautions]
    lines += _verdict(result)
    return "\n".join(lines)


def _verdict(result: Proved) -> list[str]:
    proof = result.proof
    if proof is None:
        return ["Not proved: the file was not started."]
    lines = []
    if result.is_widened:
        lines.append("The file keeps more of the notebook, as a smaller one failed.")
    if proof.differences:
        lines.append("Not proved:")
        lines += [f"  {line}" for one in proof.differences for line in _lines(str(one))]
        return lines
    count = len(proof.answers)
    asked = "no requests" if not count else f"{count} request{'s' * (count > 1)}"
    rules = len(proof.rules)
    return [
        *lines,
        f"Proved: it starts, has {rules} rule{'s' * (rules != 1)}, answered {asked}.",
    ]


def _lines(text: str) -> list[str]:
    return text.splitlines()
