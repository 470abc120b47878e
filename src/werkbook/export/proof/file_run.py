"""The exported file in a clean process."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkbook.cells.asked import Asked
from werkbook.export.exporter import Export
from werkbook.export.flow.program import imported_modules
from werkbook.export.proof.answers import (
    ComparedRequest,
    Difference,
    Failure,
    KnownAnswer,
    RuleAsked,
    RuleLine,
    answer_from,
    asked_from,
    failure_from,
    question_from,
)
from werkbook.export.proof.notebook_run import import_path, rules_asked_from
from werkbook.export.proof.process import SilentError
from werkbook.export.proof.progress import ProofProgress
from werkbook.export.proof.same_process import start_process
from werkbook.export.proof.subject import Subject

_FRAME = re.compile(r'File "[^"]*?([^"/\\]+)", line (\d+), in (\S+)')
_TOO_LONG = "StartUpTooLongError"
"""Of an ASGI app's start-up, as its process names it."""


@dataclass
class FileFound:
    """What a file's process found.

    Attributes:
        rules: The URL map.
        counted: Those of its rules that can be asked.
        answers: One for each question.
        explored: What the process asked beside.
        rules_asked: What was asked of each rule.
        reads: The files that it read.
        databases: Those that it opened as databases.
        problem: Why it does not start, or stopped.
        failure: The exception behind that.
        notes: What is to be said beside.
        state: What its names hold when it has started, before it is asked.
    """

    rules: list[RuleLine] = field(default_factory=list)
    counted: list[RuleLine] = field(default_factory=list)
    answers: list[KnownAnswer] = field(default_factory=list)
    explored: list[ComparedRequest] = field(default_factory=list)
    rules_asked: list[RuleAsked] = field(default_factory=list)
    reads: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    problem: Difference | None = None
    failure: Failure | None = None
    open_ends: str = ""
    seconds: float = 0.0
    state: dict[str, str] = field(default_factory=dict)


class FileRun:
    """An exported file that runs in a clean process of its own.

    Args:
        subject: The notebook.
        export: The file.
        file: Where it lies.
        place: The folder of the process; the file lies below it.
        progress: Shows what is asked.
        by_itself: It runs as `python app.py` does, under the name `__main__`.
        hash_seed: That of its process.
    """

    def __init__(
        self,
        subject: Subject,
        export: Export,
        file: Path,
        place: Path,
        progress: ProofProgress,
        *,
        by_itself: bool = False,
        hash_seed: int = 0,
    ) -> None:
        self._subject = subject
        self._export = export
        self._progress = progress
        self._began_s = time.monotonic()
        self.found = FileFound()
        self._process = start_process(
            place,
            subject.folder,
            env=subject.env,
            silence_s=subject.timeout_s,
            hash_seed=hash_seed,
        )
        self._name = file.name
        self._file = file
        job = file_job(subject, export, file) | {"by_itself": by_itself}
        self._process.say(job)

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def has_started(self) -> bool:
        """Wait until the file is imported; say whether it could be."""
        try:
            while self.found.problem is None:
                message = self._process.hear(self._progress.tick)
                if message["what"] == "started":
                    self.found.state = message["state"]
                    self.found.rules = self._rules(message["rules"])
                    self.found.counted = self._rules(message["counted"])
                    return True
                self._take_start(message)
        except SilentError as error:
            limit = f"The file does not start within {self._subject.timeout_s:g} s"
            more = f"--timeout {self._subject.timeout_s * 4:g} gives it more."
            what = f"{limit}; {more}"
            if "ended" in error.why:
                what = f"The file ends its process while it starts ({error.why})."
            self.found.problem = Difference("", what, _tail(error.log))
        return False

    def ask(self, questions: Sequence[Asked], *, explores: bool = False) -> None:
        """Send what is to be asked; `wait` gives what is answered."""
        self._process.say(
            {
                "questions": [question_from(one) for one in questions],
                "explores": explores,
            }
        )
        self._questions = list(questions)

    def wait(self) -> FileFound:
        """Wait until everything is answered."""
        doing = "it starts"
        try:
            while True:
                message = self._process.hear(self._progress.tick)
                what = message["what"]
                if what == "asking":
                    one = self._questions[message["number"]]
                    doing = f"{one.method} {one.url}"
                    by = f" ({one.cell})" if one.cell else ""
                    self._progress.step(f"the file is asked {doing}{by}")
                elif what == "exploring":
                    doing = message["request"]
                    self._progress.step(f"the file is asked {doing}")
                elif what == "end":
                    self.found.reads = tuple(message["reads"])
                    self.found.databases = tuple(message["databases"])
                    break
                else:
                    self._take(message)
        except SilentError as error:
            why = f"The file stopped at {doing}: {error.why}."
            self.found.problem = Difference("", why, _tail(error.log))
        finally:
            self.close()
        self._compare_text()
        self.found.seconds = time.monotonic() - self._began_s
        return self.found

    def _compare_text(self) -> None:
        """Say when the file has written over itself: its next start is another."""
        if self.found.problem is None and not _holds(self._file, self._export.source):
            naming = (one for one in self._export.pieces if self._name in one.text)
            place = next((one.place for one in naming), "")
            what = f"The file writes over itself: {self._name!r} is another file after"
            what += " its first start. Give the export another name."
            self.found.problem = Difference(place, what)

    def _take(self, message: dict[str, Any]) -> None:
        if message["what"] == "answer":
            self.found.answers.append(answer_from(message["answer"]))
        elif message["what"] == "explored":
            asked = asked_from(message["question"])
            if asked.url not in self._export.docs_paths:
                answer = answer_from(message["answer"])
                one = ComparedRequest(asked, file=answer)
                one.is_beside = message["question"].get("is_beside", False)
                self.found.explored.append(one)
        elif message["what"] == "asked":
            own = self._export.docs_paths
            found = rules_asked_from(message["rules"])
            self.found.rules_asked = [one for one in found if one.rule not in own]

    def _rules(self, told: Sequence[Sequence[Any]]) -> list[RuleLine]:
        """Read a URL map, without what the notebook's app answers without a rule."""
        own = self._export.docs_paths
        return [
            (rule, tuple(methods), name)
            for rule, methods, name in told
            if rule not in own
        ]

    def _take_start(self, message: dict[str, Any]) -> None:
        if message["what"] == "begin":
            self.found.open_ends = message["open_ends"]
        elif message["what"] == "uncallable":
            app, kind = self._export.app, message["type"]
            what = (
                f"{app!r} of the file is of the type {kind!r}: no server can call it."
            )
            self.found.problem = Difference("", what)
        elif message["what"] == "failed":
            failure = failure_from(message["error"]) or Failure()
            self.found.failure = failure
            self.found.problem = self._start_problem(failure)

    def _start_problem(self, failure: Failure) -> Difference:
        frames = _FRAME.findall(failure.traceback)
        own = [(int(line), name) for file, line, name in frames if file == self._name]
        # An ASGI app's start-up runs when the file is imported.
        tops = [line for line, name in own if name == "<module>"] or [
            line for line, _ in own
        ]
        place = self._export.find_place(tops[-1]) if tops else ""
        place = place or _place_of_import(self._export, failure.module)
        lines = self._export.source.split("\n")
        statement = lines[tops[-1] - 1].strip() if tops else ""
        if failure.is_late:
            limit_s = self._subject.timeout_s
            place = place or _place_of_import(self._export, _imported_by(statement))
            what = f"The file does not start within {limit_s:g} s: it is still at"
            if _imported_by(statement):
                what = f"The import takes longer than the {limit_s:g} s of a start:"
            more = f"--timeout {limit_s * 4:g} gives it more."
            return Difference(place, f"{what} `{statement}`; {more}")
        why = failure.missing or failure.text
        if failure.kind == _TOO_LONG:
            _, _, why = why.partition(": ")
            why += f"; --timeout {self._subject.timeout_s * 4:g} gives it more"
            return Difference(place, f"The file does not start: {why}.")
        what = f"The file does not start: {why}."
        if not place:
            place = _place_of_import(self._export, _imported_by(statement))
        detail = (
            f"{statement}\n{failure.text}"
            if failure.missing
            else _tail(self._from_own_frame(failure.traceback))
        )
        return Difference(place, what.replace("..", "."), detail.strip())

    def _from_own_frame(self, traceback: str) -> str:
        """Leave out how the proof's process came to run the file."""
        begin = max(0, traceback.find("Traceback (most recent call last)"))
        for found in _FRAME.finditer(traceback, begin):
            if found[1] == self._name:
                return traceback[found.start() :]
        return traceback


def _imported_by(statement: str) -> str:
    """The module that a line imports; "" where it imports none."""
    words = statement.replace(",", " ").split()
    return words[1] if len(words) > 1 and words[0] in ("import", "from") else ""


def _place_of_import(export: Export, module: str) -> str:
    """The cell and line of an import, which the file has at another place."""
    root = module.partition(".")[0]
    for statement in export.program.statements:
        modules = imported_modules(statement.node).values()
        if root and any(one.partition(".")[0] == root for one in modules):
            return statement.place
    return ""


def file_job(subject: Subject, export: Export, file: Path) -> dict[str, Any]:
    """What the process of a file has to know."""
    return {
        "file": str(file.resolve()),
        "app": export.app,
        "path": import_path(),
        "without": [] if "werkbook" in export.source else ["werkbook"],
        "sources": [one["plain"] for one in subject.cells_to_run()],
        "static": sorted(export.static),
        "safe_only": True,
        "limit_s": subject.timeout_s,
        "request_limit_s": subject.request_limit_s,
    }


def _holds(file: Path, text: str) -> bool:
    try:
        return file.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def _tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-8:])
