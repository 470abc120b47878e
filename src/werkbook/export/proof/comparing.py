"""Compare two apps' answers: what is the same, what varies by nature, what differs."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import PurePath
from urllib.parse import unquote_plus

from werkbook.export.proof.answers import (
    ComparedRequest,
    Difference,
    Failure,
    KnownAnswer,
)
from werkbook.export.proof.beside_bodies import header_differences
from werkbook.export.proof.inside.questions.held_state import ENVIRONMENT, FILE

_DIFF_LINES = 12
_TOKEN = re.compile(r"[\w.~+/=-]{12,}|\w+|\s+|[^\w\s]")
"""Words, blanks, signs; a long key with dashes and dots in it is one word."""
_MOMENT = re.compile(
    r"\b(?P<date>\d{4}-\d\d-\d\d)\b"
    r"|\b(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?(?:\.\d+)?\b"
    r"|\b(?P<seconds>\d{10})(?:\.\d+)?\b"
)
_OF_ONE_RUN = re.compile(r"\b(?:0x[0-9a-f]+|\d{12,})\b")
"""Addresses and the numbers of threads."""
_BLANKS = re.compile(r"^[ \t]+$", re.MULTILINE)
_NEAR_S = 900.0
"""So near to now, in seconds, a time in an answer is that of the request."""


@dataclass(frozen=True)
class Compared:
    """What a comparison gives.

    Attributes:
        differences: Empty when there are none.
        is_equal: Something was compared, and is equal.
        note: What is to be said all the same.
    """

    differences: tuple[Difference, ...] = ()
    is_equal: bool = False
    note: str = ""


def compare(one: ComparedRequest, place: str = "") -> Compared:
    """Compare what the file answers with what the notebook's own app does.

    Where the file answers otherwise in another process, that one may be the same.

    Args:
        one: The request with its answers.
        place: The view's cell and line, for a request that no cell made.
    """
    assert one.file is not None
    found = _compare(one, place)
    if not found.differences or one.file.problem or one.file.failure is not None:
        return found
    for number, other in enumerate(one.again):
        if other.failure is None and not other.problem and varies(one.file, other):
            rest = (one.file, *one.again[:number], *one.again[number + 1 :])
            result = _compare(replace(one, file=other, again=rest), place)
            if not result.differences:
                return result
    return found


def _compare(one: ComparedRequest, place: str) -> Compared:
    assert one.file is not None
    request = f"{one.asked.method} {one.asked.url}"
    cell = one.asked.cell or place
    if one.file.problem == "late":
        return _late(one, request, cell)
    if one.file.failure is not None or one.file.problem:
        return _failed(one, request, cell)
    if one.here is not None and one.here.problem == "raised":
        own = (one.here.failure or Failure()).text
        what = f"{request} answers {one.file.status}, and raises {own} in the notebook."
        return Compared((Difference(cell, what),))
    status = one.here.status if one.here is not None else None
    if one.here is not None and one.here.is_shown and _came_too_early(one):
        what = "was asked before its rule was there, and is not compared"
        return Compared(note=f"{request} {what}.")
    if (one.file.status or 0) >= 500 and status is None and one.asked.status is None:
        what = f"{request} answers {one.file.status}, and nothing says that it should."
        return Compared((Difference(cell, what),))
    found = list(_differences(one, request, cell))
    if found:
        return Compared(tuple(found))
    note = (
        f"{request} answers {one.file.status} in both."
        if status and status >= 500
        else ""
    )
    is_known = one.here is not None or one.asked.status is not None
    return Compared((), is_known, note)


def _came_too_early(one: ComparedRequest) -> bool:
    """Say whether a saved answer is that of an app which had no such rule yet."""
    here, file = one.here, one.file
    missing = (404, 405)
    return (
        here is not None
        and file is not None
        and here.status in missing
        and file.status not in missing
    )


def _late(one: ComparedRequest, request: str, cell: str) -> Compared:
    if one.here is not None and one.here.problem == "late":
        return Compared(note=f"{request} answers in neither app in time.")
    what = f"{request} does not answer in time; --timeout gives it more."
    return Compared((Difference(cell, what),))


def _failed(one: ComparedRequest, request: str, cell: str) -> Compared:
    """Compare an answer behind which there is an exception."""
    assert one.file is not None
    failure = one.file.failure or Failure()
    detail = _tail(failure.traceback)
    own = one.here.failure if one.here is not None else None
    if failure.missing and not _is_made_up(one, failure):
        what = f"{request} answers 500: {failure.missing}."
        return Compared((Difference(cell, what, failure.text),))
    if one.here is None or one.here.status is None:
        if one.asked.status is not None and one.asked.status == one.file.status:
            return Compared(
                (), True, f"{request} answers {one.file.status}, as expected."
            )
        what = f"{request} raises {failure.text}"
        return Compared((Difference(cell, what, detail),))
    if own is None and not one.here.problem:
        if (one.here.status or 0) >= 500 and one.here.status == one.file.status:
            return Compared((), True, f"{request} answers {one.file.status} in both.")
        what = f"{request} answers 500, not {one.here.status}: {failure.text}"
        return Compared((Difference(cell, what, detail),))
    if own is not None and own.kind != failure.kind:
        what = (
            f"{request} raises {failure.text}, not {own.text}, as the notebook's app."
        )
        return Compared((Difference(cell, what, detail),))
    if one.is_talk and not same_body(one.here, one.file, one.again):
        return Compared((_other_body(one.here, one.file, request, cell),))
    text = _OF_ONE_RUN.sub("…", failure.text).rstrip(".")
    return Compared((), True, f"{request} raises {text} in both.")


def _is_made_up(one: ComparedRequest, failure: Failure) -> bool:
    """Say whether a file that is not there was asked for by the proof alone."""
    name = PurePath(failure.file).name
    sent = unquote_plus(one.asked.url) + unquote_plus(one.asked.body.decode("latin-1"))
    return bool(failure.file) and not one.asked.cell and name in sent


def _differences(one: ComparedRequest, request: str, cell: str) -> Iterable[Difference]:
    here, file = one.here or KnownAnswer(None), one.file
    assert file is not None
    expected = here.status if here.status is not None else one.asked.status
    if expected is not None and expected != file.status:
        what = f"{request} answers {file.status}, not {expected} {_whose(here)}."
        detail = diff(here.body, file.body or b"") if here.body else ""
        yield Difference(cell, what, detail)
        return
    if here.content_type is not None and here.kind != file.kind:
        what = f"{request} has the type {file.kind!r}, not {here.kind!r}."
        yield Difference(cell, what)
        return
    yield from _header_differences(one, request, cell)
    if here.body is None or one.asked.method == "HEAD":
        return
    if not same_body(here, file, one.again):
        yield _other_body(here, file, request, cell)


def _other_body(
    here: KnownAnswer, file: KnownAnswer, request: str, cell: str
) -> Difference:
    shown = diff(here.body or b"", file.body or b"")
    return Difference(cell, f"{request} has another body.", shown)


def _whose(here: KnownAnswer) -> str:
    """Say where an expected status comes from."""
    if here.is_shown:
        return "as the saved notebook shows"
    return "as the notebook's own app" if here.status is not None else "as expected"


def _header_differences(
    one: ComparedRequest, request: str, cell: str
) -> Iterable[Difference]:
    here, file = one.here, one.file
    if here is None or file is None:
        return
    is_same = all(other.location == file.location for other in one.again)
    is_known = here.location is not None and is_same
    if is_known and _masked(here.location or "") != _masked(file.location or ""):
        what = f"{request} leads to {file.location!r}, not {here.location!r}."
        yield Difference(cell, what)
    if here.allow is not None and here.allow != file.allow:
        yield Difference(
            cell, f"{request} allows {_listed(file.allow)}, not {_listed(here.allow)}."
        )
    if here.cookies is not None and here.cookies != file.cookies:
        what = f"{request} sets the cookies {_listed(file.cookies)}"
        yield Difference(cell, f"{what}, not {_listed(here.cookies)}.")
        return
    for what in header_differences(here, file, one.again):
        yield Difference(cell, f"{request} {what}.")
    for name in _other_cookies(here, file, one.again):
        what = f"{request} sets the cookie {name!r} to another value."
        yield Difference(cell, what)


def _other_cookies(
    here: KnownAnswer, file: KnownAnswer, again: Iterable[KnownAnswer]
) -> Iterable[str]:
    """The names of cookies of another value, which does not vary by nature."""
    mine, theirs = here.cookie_values or {}, file.cookie_values or {}
    others = [other.cookie_values or {} for other in again]
    for name in sorted(mine.keys() & theirs.keys()):
        found = _masked(theirs[name])
        is_steady = all(_masked(one.get(name, "")) == found for one in others)
        if _masked(mine[name]) != found and is_steady:
            yield name


def _listed(names: Iterable[str] | None) -> str:
    return ", ".join(names or ()) or "none"


def same_body(
    here: KnownAnswer, file: KnownAnswer, again: Iterable[KnownAnswer] = ()
) -> bool:
    """Say whether two bodies are the same but for what varies by nature.

    Args:
        here: What one app answers.
        file: What the file answers.
        again: What it answers in other processes.
    """
    one, other = here.body or b"", file.body or b""
    if here.is_shown:
        one, other = one.strip(), other.strip()
    if one == other:
        return True
    if here.is_cut or file.is_cut:
        length = min(len(one), len(other))
        return bool(length) and one[:length] == other[:length]
    if "json" in here.kind and _same_json(one, other):
        return True
    texts = [_masked(body.decode("utf-8", "replace")) for body in (one, other)]
    if texts[0] == texts[1]:
        return True
    varied = [one for one in again if one.body != file.body]
    if not varied:
        return False
    if all(is_reordered(one, file) for one in varied):
        return is_reordered(here, file)
    others = [one.body or b"" for one in varied]
    masked = [_masked(body.decode("utf-8", "replace")) for body in others]
    return _fits(texts[0], texts[1], masked)


def is_reordered(one: KnownAnswer, other: KnownAnswer) -> bool:
    """Say whether two bodies have the same words and signs in another order."""
    texts = [(answer.body or b"").decode("utf-8", "replace") for answer in (one, other)]
    first, second = map(_TOKEN.findall, texts)
    return first != second and sorted(first) == sorted(second)


def _same_json(one: bytes, other: bytes) -> bool:
    """Say whether two texts are the same data; `true` is not `1`, as in Python."""
    try:
        texts = [json.dumps(json.loads(text), sort_keys=True) for text in (one, other)]
    except ValueError:
        return False
    return texts[0] == texts[1]


def _masked(text: str) -> str:
    """Take out what only tells when it was written, and what lines of blanks hold.

    IPython 9 empties such lines of a cell, within texts, too.
    """
    now = datetime.now(UTC)
    text = _BLANKS.sub("", text)
    return _MOMENT.sub(lambda match: "~" if _is_now(match, now) else match[0], text)


def _is_now(match: re.Match[str], now: datetime) -> bool:
    """Say whether a date or a time is the present one, here or in UTC."""
    moments = (now, now.astimezone())
    if match["seconds"]:
        return abs(int(match["seconds"]) - now.timestamp()) < _NEAR_S
    if match["date"]:
        return match["date"] in {one.date().isoformat() for one in moments}
    minutes = int(match["hour"]) * 60 + int(match["minute"])
    apart = [abs(minutes - one.hour * 60 - one.minute) * 60 for one in moments]
    return min(apart) < _NEAR_S


def _fits(text: str, file: str, others: Iterable[str]) -> bool:
    """Say whether a text has what all answers of the same file have in common."""
    common: list[str | None] = [*_TOKEN.findall(file)]
    for other in others:
        tokens = _TOKEN.findall(other)
        if len(common) * len(tokens) > 4_000_000:
            return True  # too long to be looked at closely: it varies
        matcher = difflib.SequenceMatcher(None, common, tokens, autojunk=False)
        blocks = matcher.get_matching_blocks()
        common = [
            token
            for block in blocks
            for token in (*common[block.a : block.a + block.size], None)
        ]
    place = 0
    for is_gap, run in groupby(common, lambda token: token is None):
        part = "" if is_gap else "".join(map(str, run))
        place = text.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def varies(file: KnownAnswer, again: KnownAnswer) -> bool:
    """Say whether the file answers the same otherwise in another process."""
    return (file.status, file.body) != (again.status, again.body)


def compare_state(
    here: Mapping[str, str],
    file: Mapping[str, str],
    again: Sequence[Mapping[str, str]],
    counts: Callable[[str], bool] = lambda name: True,
) -> list[str]:
    """List the names that hold something else in the file than in the notebook.

    Args:
        here: What the notebook's names hold, as text.
        file: What the file's do.
        again: What they do in other processes: what differs there varies by nature.
        counts: Says of a name whether a request may read it.
    """
    unset = {one for one in here if one.startswith((ENVIRONMENT, FILE))}
    return [
        name
        for name in sorted(here.keys() & file.keys() | unset)
        if all(file.get(name) == other.get(name) for other in again)
        and _masked(here[name]) != _masked(file.get(name, ""))
        and counts(name)
    ]


def diff(expected: bytes, found: bytes) -> str:
    """Show two bodies' difference in a few lines."""
    lines = difflib.unified_diff(
        expected.decode(errors="replace").splitlines(),
        found.decode(errors="replace").splitlines(),
        "notebook",
        "app.py",
        lineterm="",
        n=1,
    )
    shown = [line if len(line) <= 200 else f"{line[:197]}..." for line in lines]
    if len(shown) > _DIFF_LINES:
        shown = [*shown[:_DIFF_LINES], f"... {len(shown) - _DIFF_LINES} lines more"]
    return "\n".join(shown)


def _tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-8:])
