"""Checks an exercise: asks the app line by line, and says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial

from werkbook.cells.requests.vocabulary import Phrase
from werkbook.errors import WerkbookError

from .check_answers import Answer
from .check_judging import Verdict, judge
from .diagnosis import Case, Finding, diagnose
from .exercise import Check, Exercise
from .time_limit import HangsError, Interrupted, limited
from .visitor import Record, Visitor, describe_mishap
from .wanted import say_wanted
from .words import language, say
from .workplace import Workplace, ask_otherwise, without_traces

DIAGNOSIS_ANSWERS = 10
"""A mistake may be looked for as long as so many answers may take."""


@dataclass(frozen=True)
class CheckLine:
    """One check, and how it went.

    Attributes:
        check: The check.
        answer: What came back; None when nothing was asked.
        verdict: The first that does not hold; None when all do.
        finding: What is wrong, where the mistake is a known one.
    """

    check: Check
    answer: Answer | None = None
    verdict: Verdict | None = None
    finding: Finding | None = None

    @property
    def is_done(self) -> bool:
        """Whether all holds."""
        return self.answer is not None and self.verdict is None

    @property
    def words(self) -> str:
        """What there is to say: empty when all holds."""
        if self.verdict is None:
            return ""
        asked = asked_words(self.check)
        parts = [
            say(
                "{asked} and expected {wanted}.",
                asked=asked,
                wanted=self.verdict.wanted,
            ),
            "" if self.finding and self.finding.instead else self.verdict.found,
        ]
        parts += [self.finding.text] if self.finding else []
        return " ".join(part.strip() for part in parts if part)


@dataclass(frozen=True)
class Progress:
    """How far an exercise is."""

    exercise: Exercise
    lines: tuple[CheckLine, ...]

    @property
    def is_done(self) -> bool:
        """Whether all checks hold."""
        return all(line.is_done for line in self.lines)

    @property
    def done(self) -> int:
        """How many checks hold."""
        return sum(line.is_done for line in self.lines)

    @property
    def points(self) -> float:
        """The points for the checks that hold, each worth the same."""
        if not self.lines:
            return 0.0
        return round(self.exercise.points * self.done / len(self.lines), 2)


def asked_words(check: Check) -> str:
    """Say what was asked: "I asked for /hello/Ada"."""
    if check.kind == "template":
        return say("I rendered {template}", template=check.subject)
    if check.kind == "database":
        return say("I asked the database {statement}", statement=check.statement)
    if check.kind == "rules":
        return say("I looked at the app's rules")
    assert check.command is not None
    request = check.command.request
    method = request.method_or_guess()
    if method == "GET":
        text = say("I asked for {url}", url=request.url)
    else:
        text = say("I sent {request}", request=_sent(check))
    if check.repeat > 1:
        text = say("{asked} {number} times", asked=text, number=check.repeat)
    return text


def _sent(check: Check) -> str:
    """Return a request without its options."""
    assert check.command is not None
    request = check.command.request
    items = [item.text for item in request.items]
    return " ".join([request.method_or_guess(), request.url, *items])


def check_exercise(
    exercise: Exercise,
    place: Workplace,
    *,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Progress:
    """Check each line of an exercise.

    The notebook's plain data is given back as it was.

    Args:
        exercise: What is checked.
        place: The app and what belongs to it.
        is_stopped: Whether the rest need not be asked any more.
    """
    lines: list[CheckLine] = []
    with (
        language(exercise.language),
        without_traces(place.names),
        Inquiry(place, exercise.timeout_s) as inquiry,
    ):
        for check in exercise.checks:
            answer = None if is_stopped() else inquiry.ask(check)
            lines.append(_line(exercise, check, answer, place, lines))
    return Progress(exercise, tuple(lines))


def judge_exercise(
    exercise: Exercise, answers: Sequence[Answer | None], place: Workplace
) -> Progress:
    """Judge what another process has asked.

    Args:
        exercise: What was asked.
        answers: What came back for each check; None where nothing did.
        place: What is known of the student's cells; its app may be missing.
    """
    lines: list[CheckLine] = []
    with language(exercise.language):
        for check, answer in zip(exercise.checks, answers, strict=True):
            lines.append(_line(exercise, check, answer, place, lines))
    return Progress(exercise, tuple(lines))


def _line(
    exercise: Exercise,
    check: Check,
    answer: Answer | None,
    place: Workplace,
    before: Sequence[CheckLine],
) -> CheckLine:
    """Judge an answer; of what does not hold the first has the word."""
    if answer is None:
        return CheckLine(check)
    for phrase in check.phrases:
        verdict = _judged(phrase, answer, check, exercise.timeout_s)
        if not verdict.holds:
            case = Case(exercise, check, phrase, answer, place, tuple(before))
            return CheckLine(check, answer, verdict, _diagnosed(case))
    return CheckLine(check, answer)


def _judged(phrase: Phrase, answer: Answer, check: Check, timeout_s: float) -> Verdict:
    """Judge an answer for no longer than one may take: a page can be made for that."""
    call = partial(judge, phrase, answer, allows_error=check.allows_error)
    try:
        return limited(partial(copy_context().run, call), timeout_s)
    except (HangsError, TimeoutError, RecursionError):
        found = say("What the app answered takes too long to read.")
        return Verdict(False, say_wanted(phrase), found)


def _diagnosed(case: Case) -> Finding | None:
    """Name the mistake, unless that takes longer than several answers may."""
    call = partial(copy_context().run, diagnose, case)
    try:
        return limited(call, DIAGNOSIS_ANSWERS * case.exercise.timeout_s)
    except (HangsError, TimeoutError, RecursionError):
        return None


class Inquiry:
    """Asks the checks of one exercise, and knows who of its visitors asks.

    The app is opened with the first request and closed on leaving the `with`.
    """

    def __init__(self, place: Workplace, timeout_s: float) -> None:
        """Begin with no visitor at all.

        Args:
            place: Where is asked.
            timeout_s: Seconds that each answer may take.
        """
        self._place = place
        self._timeout_s = timeout_s
        self._named: dict[str, Visitor] = {}
        self._last: Visitor | None = None
        self._opened = ExitStack()
        self._record: Record | None = None
        self._unopened: Answer | None = None

    def __enter__(self) -> Inquiry:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def ask(self, check: Check) -> Answer:
        """Ask what a check asks, as often as it says; return the last answer."""
        if self._place.app is None:
            return Answer(problem=say("There is no app yet."))
        if check.command is None:
            return ask_otherwise(self._place, check, self._timeout_s)
        if self._record is None and self._unopened is None:
            self._unopened = self._open()
        if self._record is None:
            assert self._unopened is not None
            return self._unopened
        visitor = self._visitor(check, self._record)
        answer = Answer()
        for _ in range(check.repeat):
            try:
                answer = visitor.ask(
                    check.command,
                    follows=check.follows_redirects,
                    timeout_s=self._timeout_s,
                )
            except WerkbookError as error:
                return Answer(problem=error.problem)
            if answer.hangs:
                break
        return answer

    def _open(self) -> Answer | None:
        """Open the app; return why it can't be asked."""
        opening = self._place.opening(self._place.app, self._timeout_s)
        try:
            self._record = self._opened.enter_context(opening)
        except HangsError:
            return Answer(problem=say("The app's start-up did not end in time."))
        except WerkbookError as error:
            return Answer(problem=error.problem)
        except Interrupted:
            raise
        except BaseException as error:  # the app's own, as this thread is
            mishap = describe_mishap(error)
            kind, message = mishap.kind, mishap.message.rstrip(".")
            text = f"{kind}: {message}" if message else kind
            return Answer(problem=say("The app's start-up raised {error}.", error=text))
        return None

    def _visitor(self, check: Check, record: Record) -> Visitor:
        app = self._place.app
        if check.visitor:
            if check.visitor not in self._named:
                self._named[check.visitor] = Visitor(app, record)
            self._last = self._named[check.visitor]
        elif not check.is_next or self._last is None:
            self._last = Visitor(app, record)
        return self._last
