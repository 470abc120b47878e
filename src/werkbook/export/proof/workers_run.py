"""The exported file under two workers, and what does not survive that."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from werkbook.cells.asked import Asked
from werkbook.cells.source.statements import Statement
from werkbook.cells.source.trees import called, chain, first_line
from werkbook.export.exporter import Export
from werkbook.export.flow.shared_data import changed_globals
from werkbook.export.proof.answers import (
    ComparedRequest,
    KnownAnswer,
    OneProcess,
    Proof,
    answer_from,
    question_from,
)
from werkbook.export.proof.comparing import same_body
from werkbook.export.proof.inside.talks.talk import SWITCHING
from werkbook.export.proof.notebook_run import import_path
from werkbook.export.proof.process import CleanProcess, SilentError
from werkbook.export.proof.progress import ProofProgress
from werkbook.export.proof.subject import Subject

_MADE_ANEW = {
    "mkdtemp": "a temporary folder, new in each process",
    "TemporaryDirectory": "a temporary folder, new in each process",
    "NamedTemporaryFile": "a temporary file, new in each process",
    "mkstemp": "a temporary file, new in each process",
    "urandom": "random bytes, others in each process",
    "token_hex": "a random text, another in each process",
    "token_bytes": "random bytes, others in each process",
    "token_urlsafe": "a random text, another in each process",
    "uuid4": "a random id, another in each process",
    "uuid1": "a random id, another in each process",
    "generate_key": "a random key, another in each process",
    "Thread": "a thread, which each process starts for itself",
    "Timer": "a thread, which each process starts for itself",
    "BackgroundScheduler": "a scheduler, which each process starts for itself",
    "Queue": "a queue, which each process has for itself",
    "SimpleCache": "a cache, which each process has for itself",
    "lru_cache": "a cache, which each process has for itself",
}
_IN_MEMORY = re.compile(r":memory:|mode=memory|^sqlite://$")


class WorkersRun:
    """The file, served by two workers that take turns.

    Args:
        subject: The notebook.
        export: The file.
        file: Where it lies.
        place: The folder of the process; the file lies below it.
        progress: Shows what is asked.
    """

    def __init__(
        self,
        subject: Subject,
        export: Export,
        file: Path,
        place: Path,
        progress: ProofProgress,
    ) -> None:
        self._progress = progress
        self._process = CleanProcess(
            "two_workers", place, env=subject.env, silence_s=subject.timeout_s
        )
        self._process.say(_job(subject, export, file, place))
        self.server = ""
        self.problem = ""

    def close(self) -> None:
        """End the server and its workers."""
        self._process.close()

    def ask(self, questions: Sequence[Asked]) -> None:
        """Send what is to be asked; `wait` gives what is answered."""
        self._process.say({"questions": [question_from(one) for one in questions]})

    def wait(self) -> list[KnownAnswer]:
        """Wait until everything is answered; `problem` says what went wrong."""
        answers: list[KnownAnswer] = []
        try:
            while (message := self._process.hear(self._progress.tick))["what"] != "end":
                if message["what"] == "begin":
                    self.server = message["server"]
                elif message["what"] == "failed":
                    self.problem = message["error"]
                    break
                elif message["what"] == "answer":
                    answers.append(answer_from(message["answer"]))
                    count = len(answers)
                    self._progress.step(f"two workers have answered request {count}")
        except SilentError as error:
            self.problem = error.why
        finally:
            self.close()
        if answers and all(one.problem for one in answers):
            self.problem = "they do not answer"
        return answers


def _job(subject: Subject, export: Export, file: Path, place: Path) -> dict[str, Any]:
    return {
        "folder": str(file.parent.resolve()),
        "file": str(file.resolve()),
        "place": str(place.resolve()),
        "app": export.app,
        "is_wsgi": not export.is_asgi,
        "path": import_path(),
        "limit_s": subject.timeout_s,
        "request_limit_s": subject.request_limit_s,
    }


def lives_in_one_process(proof: Proof, export: Export) -> list[OneProcess]:
    """Say what is not the same under two workers, with the cells that make it.

    What the text alone shows counts where the requests did not get that far.
    """
    differing = [
        one for one in proof.exchanges if one.workers is not None and _differs(one)
    ]
    if not differing:
        left = {one.rule for one in proof.rules_asked if one.left or not one.asked}
        return list(dict.fromkeys(_changed(export, left)))
    found = list(dict.fromkeys([*_changed(export), *_made(export)]))
    if found:
        return found
    first = differing[0].asked
    what = f"{first.method} {first.url} answers otherwise under two workers"
    return [OneProcess(what, first.cell)]


def _differs(one: ComparedRequest) -> bool:
    file, workers = one.file, one.workers
    assert file is not None and workers is not None
    if file.problem == "late" or workers.problem == "late":
        return False
    if one.is_talk and workers.status != SWITCHING:
        return False  # a server's library for WebSockets may be missing
    if file.failure is not None or (file.status or 0) >= 500:
        return workers.status not in (file.status, 500, 0)
    if (file.status, file.kind, file.location) != (
        workers.status,
        workers.kind,
        workers.location,
    ):
        return True
    return not same_body(workers, file, one.again)


def _changed(export: Export, rules: set[str] | None = None) -> Iterator[OneProcess]:
    """Find globals that views change, of all rules or of some."""
    views = {rule.number: rule.rule for rule in export.rules}
    for one in changed_globals(export.program, export.slice.kept):
        if rules is None or views.get(one.view.number) in rules:
            what = f"the view {one.view_name!r} changes the global {one.name!r}"
            yield OneProcess(what, one.place)


def _made(export: Export) -> Iterator[OneProcess]:
    """Find what a file makes anew in each process that imports it."""
    for number in sorted(export.slice.kept):
        yield from _made_at_import(export.program.statements[number])


def _made_at_import(statement: Statement) -> Iterator[OneProcess]:
    for node in _at_import(statement.node):
        place = f"{statement.cell}, line {_line(node, statement)}"
        if isinstance(node, ast.Call) and called(node) in _MADE_ANEW:
            yield OneProcess(
                f"`{_short(node)}` makes {_MADE_ANEW[called(node)]}", place
            )
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and _IN_MEMORY.search(text):
            what = "a database in memory, which each process has for itself"
            yield OneProcess(what, place)


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs when the file is imported: no bodies of functions."""
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        yield one
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            decorators = getattr(one, "decorator_list", [])
            waiting = [*decorators, *waiting]
        else:
            waiting = [*ast.iter_child_nodes(one), *waiting]


def _line(node: ast.AST, statement: Statement) -> int:
    line: int = getattr(node, "lineno", first_line(statement.node))
    return line - first_line(statement.node) + statement.line


def _short(node: ast.Call) -> str:
    name, attributes = chain(node.func)
    words = [name or "", *attributes]
    return ".".join(one for one in words if one) + "()"
