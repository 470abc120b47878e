"""The process of one submission: runs the notebook, and is asked about its app.

It reads questions from standard input and writes answers to standard output, a line
of JSON each. What the cells print goes elsewhere, and only so much of it is kept.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any, TextIO

from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets.config import Config

from werkbook.cells.requests import read_request
from werkbook.cells.source import magics
from werkbook.exercises.check_answers import Answer
from werkbook.exercises.checking import Inquiry, judge_exercise
from werkbook.exercises.exercise import Check
from werkbook.exercises.grading.confinement import SubmissionLimits, confine
from werkbook.exercises.reading import read_exercise_cell
from werkbook.exercises.words import language
from werkbook.exercises.workplace import without_traces

from .attempts import Attempts

MAX_PRINTED_CHARS = 100_000


class Printed(io.TextIOBase):
    """A stream that keeps the beginning of what is printed and drops the rest."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        super().__init__()
        self.kept = ""

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        if len(self.kept) < MAX_PRINTED_CHARS:
            self.kept += text[: MAX_PRINTED_CHARS - len(self.kept)]
        return len(text)


class SubmittedNotebook:
    """A notebook that has been run, and what it is asked."""

    def __init__(self) -> None:
        """Make a shell as notebooks have one, without a history."""
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        self.shell = InteractiveShell.instance(config=config)
        self.attempts = Attempts(self.shell)

    def run(self, question: dict[str, Any]) -> dict[str, Any]:
        """Run the cells in order, those after one that fails as well."""
        for source, cell_id in question["cells"]:
            magic = magics.cell_magic(source)
            if magic is not None and magic.name == "exercise":
                continue  # the key has the checks that count
            self.attempts.note(self._run_cell(source, cell_id))
        place = self.attempts.workplace()
        return {"failed": [list(error) for error in place.failed]}

    def _run_cell(self, source: str, cell_id: str | None = None) -> ExecutionResult:
        run: Any = self.shell.run_cell  # IPython's, without types
        result: ExecutionResult = run(source, store_history=True, cell_id=cell_id)
        return result

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Ask the app some checks' requests."""
        place = self.attempts.workplace(question["app"])
        with (
            language(question["language"]),
            without_traces(place.names),
            Inquiry(place, question["timeout_s"]) as inquiry,
        ):
            answers = [inquiry.ask(_check(one)) for one in question["checks"]]
        return {"answers": [answer.as_data() for answer in answers]}

    def explain(self, question: dict[str, Any]) -> dict[str, Any]:
        """Name the mistakes behind answers that are known by now."""
        exercise = read_exercise_cell(question["source"])
        assert exercise is not None, "the key holds exercises only"
        place = self.attempts.workplace(exercise.app)
        answers = [Answer.from_data(one) for one in question["answers"]]
        lines = judge_exercise(exercise, answers, place).lines
        findings = [one.finding for one in lines]
        return {"findings": [None if one is None else vars(one) for one in findings]}

    def test(self, question: dict[str, Any]) -> dict[str, Any]:
        """Run a cell of tests; say what it raised, and what its last line left."""
        error = self._error_of(question["source"])
        told = f"{type(error).__name__}: {error}" if error is not None else ""
        told = told.removesuffix(": ")  # an assert without words
        return {"error": told, "end": self.shell.user_ns.pop(question["end"], None)}

    def _error_of(self, source: str) -> BaseException | None:
        """Run a cell of tests apart from what the cells made of IPython.

        A transformer of theirs could leave asserts out, a tracer jump over them.
        """
        sys.settrace(None)
        sys.setprofile(None)
        manager: Any = TransformerManager  # IPython's, without types
        try:
            code = compile(manager().transform_cell(source), "<test>", "exec")
        except SyntaxError:  # one that awaits, say
            result = self._run_cell(source)
            error: BaseException | None = (
                result.error_before_exec or result.error_in_exec
            )
            return error
        try:
            exec(code, self.shell.user_ns)
        except BaseException as error:
            return error
        return None


def _check(data: dict[str, Any]) -> Check:
    """Make a check that asks and does not know what must hold."""
    command = read_request(data["asked"]) if data["kind"] == "request" else None
    values = tuple((name, value) for name, value in data["values"])
    return Check("", (), command=command, **{**data, "values": values})


def _channel() -> tuple[TextIO, TextIO]:
    """Take standard input and output for the conversation, away from the cells."""
    questions = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    return questions, answers


def main() -> None:
    """Answer questions until there are no more."""
    questions, answers = _channel()
    first = json.loads(questions.readline())
    holds = confine(SubmissionLimits(**first["limits"]), first.get("hidden", ()))
    printed = Printed()
    sys.stdout = sys.stderr = printed
    submission = SubmittedNotebook()
    _say(answers, {"number": first["number"], "holds": holds})
    for line in questions:
        question = json.loads(line)
        answer = getattr(submission, question["do"])(question)
        said = {"number": question["number"], "printed": printed.kept[-2000:]}
        _say(answers, {**answer, **said})
    answers.flush()
    os._exit(0)  # threads that the cells started must not keep the process


def _say(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer, default=repr) + "\n")
    answers.flush()
