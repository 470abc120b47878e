"""Grades notebooks: runs each in a process of its own, asks its app, judges."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, replace
from pathlib import Path
from time import monotonic
from typing import Any

from werkbook.cells.cell import NotebookError
from werkbook.cells.read import read_notebook
from werkbook.cli.command_errors import explain_no_room
from werkbook.errors import WerkbookError
from werkbook.processes.scratch import ScratchFolder

from ...plain_words import shortened, well_formed
from ..check_answers import Answer
from ..checking import CheckLine, Progress, judge_exercise
from ..course.key import Key, KeyTest, NotebookKey, digest_cells
from ..course.marks import without_hidden
from ..diagnosis import Finding
from ..exercise import Check, Exercise
from ..workplace import Workplace
from .confinement import SubmissionLimits
from .filling import fill_folder
from .notebook_process import Conversation, Starter, SubmissionError
from .results import Graded, GradedTest
from .submissions import Submission, hidden_from

UNCHANGED = (
    "It is the notebook as it was given out: was it saved before it was handed in?"
)
MAX_NOTEBOOK_BYTES = 50_000_000


def grade_all(
    submissions: Sequence[Submission],
    key: Key,
    limits: SubmissionLimits,
    *,
    jobs: int | None = None,
    on_graded: Callable[[Graded], None] = lambda graded: None,
) -> list[Graded]:
    """Grade submissions beside each other; return the results in their order.

    Args:
        submissions: What was handed in.
        key: What is checked.
        limits: What each may use.
        jobs: How many at a time; None for one on each processor.
        on_graded: Called with each result as it comes.
    """
    found: dict[int, Graded] = {}
    with Starter() as starter, ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        futures = {
            pool.submit(grade, submission, key, limits, starter, submissions): number
            for number, submission in enumerate(submissions)
        }
        for future in as_completed(futures):
            found[futures[future]] = future.result()
            on_graded(future.result())
    return [found[number] for number in sorted(found)]


def grade(
    submission: Submission,
    key: Key,
    limits: SubmissionLimits,
    starter: Starter | None = None,
    others: Sequence[Submission] = (),
) -> Graded:
    """Grade one submission; whatever it does, there is a result.

    Args:
        submission: What was handed in.
        key: What is checked.
        limits: What it may use.
        starter: Starts its process; None for one of its own.
        others: What else was handed in: it is not to read that.
    """
    if starter is None:
        with Starter() as own:
            return grade(submission, key, limits, own, others)
    began_s = monotonic()
    part = key.notebook(submission.path.name)
    empty = Graded(submission.student, well_formed(str(submission.path)))
    problem = ""
    if submission.path == submission.folder:
        problem = "There is no notebook in it."
    elif part is None:
        problem = f"The key has no notebook {submission.path.name!r}."
    if part is not None:
        empty = replace(empty, max_points=part.points, **_nothing_done(part))
    if problem or part is None:
        return replace(empty, problem=problem)
    try:
        folders = [submission, *others]
        graded = _grade(submission, key, part, limits, empty, starter, folders)
    except (WerkbookError, OSError) as error:
        graded = replace(empty, problem=_reason(error))
    except Exception as error:  # no submission may end the grading of the others
        lacking = explain_no_room(error)
        reason = _reason(lacking) if lacking else f"{type(error).__name__}: {error}"
        graded = replace(empty, problem=reason)
    return replace(graded, duration_s=monotonic() - began_s)


def _reason(error: WerkbookError | OSError) -> str:
    """Say in one line why there is no result."""
    error = explain_no_room(error) or error
    if not isinstance(error, WerkbookError):
        return str(error)
    why = error.why[:1].upper() + error.why[1:]
    return f"{error.problem} {why}".strip()


def _unchanged(graded: Graded, part: NotebookKey, cells: list[tuple[str, str]]) -> str:
    """Say that nobody wrote in a notebook, which may have points for a 404."""
    if graded.problem:
        return graded.problem
    is_given = part.given == digest_cells(source for source, _ in cells)
    return UNCHANGED if is_given else ""


def _nothing_done(part: NotebookKey) -> dict[str, Any]:
    progresses = (
        Progress(one, tuple(CheckLine(check) for check in one.checks))
        for one in part.exercises
    )
    tests = (GradedTest(one.name, one.points, "not run") for one in part.tests)
    return {"progresses": tuple(progresses), "tests": tuple(tests)}


def _grade(
    submission: Submission,
    key: Key,
    part: NotebookKey,
    limits: SubmissionLimits,
    empty: Graded,
    starter: Starter,
    handed_in: Sequence[Submission],
) -> Graded:
    _refuse_link(submission)
    cells = _cells(submission.path)
    with ScratchFolder("werkbook-grade-") as place:
        folder = Path(place)
        fill_folder(folder, submission.folder, key.files)
        with Conversation(folder, limits, starter) as conversation:
            hidden = hidden_from(handed_in, key, folder)
            graded = _talk(conversation, cells, part, limits, empty, hidden)
    return replace(graded, problem=_unchanged(graded, part, cells))


def _refuse_link(submission: Submission) -> None:
    """Refuse a student's notebook that is a link to another's, or into the key."""
    folder, path = submission.folder, submission.path
    if path.is_symlink() and not path.exists():  # as one in a circle
        raise NotebookError(f"{path.name!r} is a link that leads nowhere.")
    if folder is None or path.resolve().is_relative_to(folder.resolve()):
        return
    raise NotebookError(f"{path.name!r} is a link that leads out of its folder.")


def _cells(path: Path) -> list[tuple[str, str]]:
    if not path.is_file():  # a device or a pipe would never end
        raise NotebookError(f"{str(path)!r} is no file.")
    if path.stat().st_size > MAX_NOTEBOOK_BYTES:
        raise NotebookError(f"{str(path)!r} has {path.stat().st_size} bytes.")
    cells = read_notebook(path)
    code = [(one.source, one.id) for one in cells if one.kind == "code"]
    if not any(source.strip() for source, _ in code):
        raise NotebookError("It has no code: was it saved before it was handed in?")
    return code


def _talk(
    conversation: Conversation,
    cells: list[tuple[str, str]],
    part: NotebookKey,
    limits: SubmissionLimits,
    empty: Graded,
    hidden: list[str],
) -> Graded:
    """Run the notebook and ask it; what was found before it died stays."""
    graded = empty
    try:
        started = conversation.ask({"limits": asdict(limits), "hidden": hidden})
        graded = replace(graded, holds=tuple(started.get("holds", ())))
        ran = conversation.ask({"do": "run", "cells": cells})
        failed = tuple(
            (shortened(str(kind), 100), shortened(str(text)))
            for kind, text in ran.get("failed", ())
        )
        graded = replace(graded, failed=failed)
        place = Workplace(None, failed=failed)
        for number, exercise in enumerate(part.exercises):
            progress = _ask(conversation, exercise, place)
            graded = replace(
                graded, progresses=_put(graded.progresses, number, progress)
            )
        for number, source in enumerate(part.sources):
            progress = _explained(conversation, graded.progresses[number], source)
            graded = replace(
                graded, progresses=_put(graded.progresses, number, progress)
            )
        for number, test in enumerate(part.tests):
            result = GradedTest(test.name, test.points, _run_test(conversation, test))
            graded = replace(graded, tests=_put(graded.tests, number, result))
    except SubmissionError as error:
        return replace(graded, problem=error.problem)
    return graded


def _run_test(conversation: Conversation, test: KeyTest) -> str:
    """Run a cell of tests; return what it raised, empty when it came to its end.

    Its last line leaves a word that nobody can know before: that no error is told is
    not enough, since the process is the student's.
    """
    name, word = f"_{secrets.token_hex(8)}", secrets.token_hex(16)
    source = f"{test.source}\n{name} = {word!r}"
    answer = conversation.ask({"do": "test", "source": source, "end": name})
    error = shortened(str(answer.get("error") or ""))
    if error or answer.get("end") == word:
        return error
    return "Its cells kept the test from its end."


def _put(things: tuple[Any, ...], number: int, thing: Any) -> tuple[Any, ...]:
    return (*things[:number], thing, *things[number + 1 :])


def _ask(conversation: Conversation, exercise: Exercise, place: Workplace) -> Progress:
    """Have the checks of an exercise asked, and judge the answers."""
    answered = conversation.ask(
        {
            "do": "ask",
            "app": exercise.app,
            "language": exercise.language,
            "timeout_s": exercise.timeout_s,
            "checks": [_describe_request(check) for check in exercise.checks],
        }
    )
    try:
        answers = [Answer.from_data(one) for one in answered["answers"]]
        return judge_exercise(exercise, answers, place)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise SubmissionError(
            f"Its process answered what is no answer: {error}"
        ) from None


def _describe_request(check: Check) -> dict[str, Any]:
    """Return what is asked without what must hold."""
    return {
        "kind": check.kind,
        "asked": check.asked,
        "subject": check.subject,
        "values": [list(pair) for pair in check.values],
        "statement": check.statement,
        "is_next": check.is_next,
        "visitor": check.visitor,
        "repeat": check.repeat,
        "follows": check.follows_redirects,
    }


def _explained(conversation: Conversation, progress: Progress, source: str) -> Progress:
    """Have the mistakes named, now that the answers are known: words, no points.

    The process gets to see what students see anyway; hidden checks stay here.
    """
    seen = [line for line in progress.lines if not line.check.is_hidden]
    answers = [line.answer.as_data() for line in seen if line.answer is not None]
    if progress.is_done or not seen or len(answers) < len(seen):
        return progress
    shown = without_hidden(source)
    question = {"do": "explain", "source": shown, "answers": answers}
    findings = iter(conversation.ask(question).get("findings", ()))
    lines = (
        line if line.check.is_hidden else _named(line, next(findings, None))
        for line in progress.lines
    )
    return replace(progress, lines=tuple(lines))


def _named(line: CheckLine, found: dict[str, Any] | None) -> CheckLine:
    if not found or not line.verdict:
        return line
    text = shortened(str(found["text"]))
    finding = Finding(str(found["code"]), text, bool(found["instead"]))
    return replace(line, finding=finding)
