"""The notebook's own app: run in a clean process and asked there, or as recorded."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from werkbook.cells.asked import Asked
from werkbook.cells.gateway import gateway_routes
from werkbook.cells.saved_answers import with_saved_answers
from werkbook.export.exporter import Export
from werkbook.export.proof.answers import (
    ComparedRequest,
    Failure,
    KnownAnswer,
    LeftByRequest,
    RuleAsked,
    RuleLine,
    answer_from,
    asked_from,
    failure_from,
    question_from,
    tell_open_ends,
)
from werkbook.export.proof.folder import FolderPlan
from werkbook.export.proof.inside.questions.carrying import Carrier
from werkbook.export.proof.process import CleanProcess, SilentError
from werkbook.export.proof.progress import ProofProgress
from werkbook.export.proof.subject import Subject


@dataclass
class Reference:
    """What is known of the notebook's own app.

    Attributes:
        exchanges: What was asked, with its answers; the file's are still to come.
        rules: Its URL map; None when it is not known.
        rules_asked: Its rules that can be asked, with what was asked of them.
        why_nothing: Why it cannot be asked, and what would change that; or "".
        has_no_app: Its cells have run, and make no app.
        failures: The cells that failed, by their labels.
        notes: What is to be said beside.
        seconds: How long it took.
        state: What its names held when the cells had run, before it was asked.
        left: What requests of its cells changed; None when it is not known.
    """

    exchanges: list[ComparedRequest] = field(default_factory=list)
    rules: list[RuleLine] | None = None
    rules_asked: list[RuleAsked] | None = None
    why_nothing: str = ""
    has_no_app: bool = False
    failures: dict[str, Failure] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    state: dict[str, str] = field(default_factory=dict)
    left: list[LeftByRequest] | None = None


class NotebookRun:
    """A notebook that runs in a clean process of its own.

    Args:
        subject: The notebook.
        export: An export of it: it says which app is meant.
        plan: How its folder is copied.
        place: An empty folder for the process.
        progress: Shows which cell runs.
    """

    def __init__(
        self,
        subject: Subject,
        export: Export,
        plan: FolderPlan,
        place: Path,
        progress: ProofProgress,
    ) -> None:
        self._subject = subject
        self._labels = subject.labels()
        self._progress = progress
        self._began_s = time.monotonic()
        self._doing = "it starts"
        folder, first = place / "notebook", place / "first" / "notebook"
        plan.copy_to(folder)
        asks = _may_ask(subject)
        if asks:
            plan.copy_to(first)
        self._process = CleanProcess(
            "notebook", place, env=subject.env, silence_s=subject.timeout_s
        )
        self._process.say(_job(subject, export, folder, first, is_asked=asks))

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def wait(self) -> Reference:
        """Wait until the cells have run and their app has answered."""
        found = Reference()
        try:
            while not self._take(self._process.hear(self._progress.tick), found):
                continue
        except SilentError as error:
            last = error.log.strip().splitlines()[-1:] if not found.exchanges else []
            found.why_nothing = (
                f"the notebook's own process stopped at {self._doing}: {error.why}"
                f"{': ' + last[0] if last else ''}"
            )
        finally:
            self.close()
        found.seconds = time.monotonic() - self._began_s
        return found

    def _take(self, message: dict[str, Any], found: Reference) -> bool:
        """Take a message; say whether it was the last one."""
        what = message["what"]
        if what == "begin":
            self._note_beginning(message, found)
        elif what == "cell":
            self._doing = self._labels[message["number"]]
            self._progress.step(f"the notebook runs {self._doing}")
        elif what == "exploring":
            self._doing = message["request"]
            self._progress.step(f"the notebook's app is asked {self._doing}")
        elif what == "explored":
            question = message["question"]
            one = ComparedRequest(self._asked(question), answer_from(message["answer"]))
            one.is_beside = question.get("is_beside", False)
            found.exchanges.append(one)
        elif what == "started":
            found.state = message["state"]
            if message["rules"] is not None:
                found.rules = _rules(message["rules"])
            found.left = [self._left_by(one) for one in message["left"]]
            found.notes += _stood_in(message["stood_in"])
            self._note_failures(message, found)
        elif what == "failed":
            self._note_failures(message, found)
            failure = failure_from(message["error"]) or Failure()
            found.has_no_app = True
            found.why_nothing = (
                f"the notebook makes no app in a clean process: {failure.text}"
            )
            return True
        elif what == "asked":
            found.rules_asked = rules_asked_from(message["rules"])
        return bool(what == "end")

    def _left_by(self, told: dict[str, Any]) -> LeftByRequest:
        path = told["url"].partition("?")[0]
        request = f"{told['method']} {path} ({self._labels[told['cell']]})"
        return LeftByRequest(request, tuple(told["names"]))

    def _asked(self, question: dict[str, Any]) -> Asked:
        if "label" in question:
            return asked_from(question, question["label"])
        number = question.get("cell")
        if number is None:
            return asked_from(question)
        return asked_from(question, self._labels[number], self._subject.code[number].id)

    def _note_beginning(self, message: dict[str, Any], found: Reference) -> None:
        found.notes += tell_open_ends(message["open_ends"])
        if message["shell"] != "IPython":
            found.notes.append(
                "The notebook ran in plain Python, without magics: IPython is not"
                " installed."
            )

    def _note_failures(self, message: dict[str, Any], found: Reference) -> None:
        for one in message["failures"]:
            failure = failure_from(one["error"])
            if failure is not None:
                found.failures[self._labels[one["cell"]]] = failure


def _stood_in(packages: Sequence[str]) -> list[str]:
    """Say of packages that are not here that the notebook ran without them."""
    return [
        f"The package {name!r} is not installed here, and the file does not import it:"
        " in the clean run of the notebook it does nothing."
        for name in packages
    ]


def _rules(told: Sequence[Sequence[Any]]) -> list[RuleLine]:
    return [(rule, tuple(methods), name) for rule, methods, name in told]


def rules_asked_from(told: Sequence[Sequence[Any]]) -> list[RuleAsked]:
    """Read what a clean process asked of each rule."""
    return [RuleAsked(rule, tuple(asked), tuple(left)) for rule, asked, left in told]


def _may_ask(subject: Subject) -> bool:
    """Say whether a cell may ask the app: then the notebook has to run twice."""
    words: tuple[str, ...] = (
        "http",
        "--try",
        "client",
        "requests",
        "urlopen",
        "%browse",
        "Client",
        "websocket",
    )
    words = (*words, "%%route", "get(", "request(", "curl")
    return any(word in cell.source for cell in subject.code for word in words)


def _job(
    subject: Subject, export: Export, folder: Path, first: Path, *, is_asked: bool
) -> dict[str, Any]:
    labels = subject.labels()
    return {
        "cells": subject.cells_to_run(),
        "gateway": [asdict(one) for one in gateway_routes(subject.code)[0]],
        "folder": str(folder.resolve()),
        "first_folder": str(first.resolve()),
        "path": import_path(),
        "preload": subject.preloaded,
        "loads": subject.needs_werkbook and not subject.loads_werkbook,
        "is_asked": is_asked,
        "memory": [],
        "app": {
            "module": export.module,
            "expression": export.reference or export.app,
            "is_explicit": subject.is_chosen,
        },
        "stand_ins": subject.stand_ins(),
        "spare": subject.spare_packages(_python_of(export)),
        "questions": [
            {**question_from(one), "label": one.cell}
            for one in subject.requests
            if one.cell in labels
        ],
        "exercises": [
            {**question_from(one.asked), "cell": labels.index(one.asked.cell)}
            for one in subject.exercises
            if one.asked.cell in labels and one.app in (None, export.app)
        ],
        "sources": [one["plain"] for one in subject.cells_to_run()],
        "static": sorted(export.static),
        "limit_s": subject.timeout_s,
        "request_limit_s": subject.request_limit_s,
    }


def _python_of(export: Export) -> list[str]:
    modules = (text for path, text in export.files.items() if path.endswith(".py"))
    return [export.source, *modules]


def import_path() -> list[str]:
    """Where Werkbook is found, for a checkout that is not installed."""
    root = Path(__file__).parents[3]
    extension = root.parent / "kernel_ext"
    return [str(root), *([str(extension)] if extension.is_dir() else [])]


def recorded_reference(subject: Subject) -> Reference:
    """Return what was asked of it, with the answers, where nothing is run anew."""
    is_shown = subject.check == "recorded"
    asked = list(subject.requests)
    if is_shown:
        asked = with_saved_answers(asked, subject.cells)
    exchanges = [
        ComparedRequest(one, _recorded_answer(one, is_shown))
        for one in _with_carried(asked)
    ]
    exchanges += _of_exercises(subject)
    rules = None if subject.rules is None else list(subject.rules)
    return Reference(exchanges, rules)


def _with_carried(asked: Sequence[Asked]) -> Iterator[Asked]:
    """Say of each request what it sends back of the answers before it."""
    carrier = Carrier()
    for one in asked:
        links = carrier.find(question_from(one))
        carrier.note((one.response or b"").decode("utf-8", "replace"))
        yield replace(one, carried=tuple((n, value, at) for n, value, at in links))


def _of_exercises(subject: Subject) -> Iterator[ComparedRequest]:
    """What exercises ask of a live app, where that changes nothing of it."""
    ask = subject.ask_live
    for one in subject.exercises if ask is not None else ():
        # Its state is not that of the cells alone: it counts as what no cell asked.
        if one.asked.method in ("GET", "HEAD"):
            unnamed = replace(one.asked, cell="", visitor="")
            yield ComparedRequest(unnamed, ask(unnamed) if ask else None)


def _recorded_answer(asked: Asked, is_shown: bool) -> KnownAnswer | None:
    if asked.status is None and asked.response is None:
        return None
    return KnownAnswer(
        asked.status, asked.content_type, asked.response, is_shown=is_shown
    )
