"""An exercise as data: a text, checks, hints, steps of the solution."""

from __future__ import annotations

from dataclasses import dataclass, field

from werkbook.cells.requests import WrittenRequest
from werkbook.cells.requests.vocabulary import Phrase

DEFAULT_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Check:
    """One line of an exercise: what is asked, and what must hold of the answer.

    Attributes:
        source: The line as it was written, without its note.
        phrases: What must hold, in order.
        command: The request; None when a template, the database or the rules are asked.
        kind: request, template, database or rules.
        asked: What is asked, as written: the request, the template, the statement.
        subject: The template's name, or where the database is.
        values: The values that a template is rendered with, by name.
        statement: The SQL of a database check.
        is_next: It goes on as the visitor of the line above ("then").
        visitor: The name of the visitor who asks; empty for a new one.
        repeat: How often the request is sent; the last answer is judged.
        note: What stands behind its `#`.
        is_hidden: Only the teacher's key has it.
        line: Its number in the exercise's cell.
        follows: Whether redirects are followed; None lets the line itself say it.
    """

    source: str
    phrases: tuple[Phrase, ...]
    command: WrittenRequest | None = None
    kind: str = "request"
    asked: str = ""
    subject: str = ""
    values: tuple[tuple[str, object], ...] = ()
    statement: str = ""
    is_next: bool = False
    visitor: str = ""
    repeat: int = 1
    note: str = ""
    is_hidden: bool = False
    line: int = 0
    follows: bool | None = None

    @property
    def follows_redirects(self) -> bool:
        """Whether redirects are followed: yes, unless one is what must hold."""
        chosen = self.command.options.follow if self.command else None
        if self.follows is not None:
            return self.follows
        if chosen is not None:
            return chosen
        return not any(phrase.is_redirect for phrase in self.phrases)

    @property
    def allows_error(self) -> bool:
        """Whether an error may be the answer: a status is named, and so is no 2xx."""
        return any(phrase.kind == "status" for phrase in self.phrases)


@dataclass(frozen=True)
class Remark:
    """What a teacher says of an answer that is wrong in a way they know.

    Attributes:
        phrase: It must hold of the answer; None when `text` decides.
        text: What stands in the answer, its error or the student's cells.
        where: "anywhere", or "code" for the student's cells alone.
        say: The words.
    """

    say: str
    phrase: Phrase | None = None
    text: str = ""
    where: str = "anywhere"


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes:
        name: Unique in its notebook.
        text: What is to be done, in Markdown.
        checks: What must hold, in order.
        hints: Shown one at a time.
        solution: Its steps, in Markdown, shown after the hints.
        remarks: The teacher's own words on wrong ways.
        points: What it is worth.
        app: The app's name in the notebook; None for the one that magics look for.
        timeout_s: Seconds that one answer may take.
        shows_solution: Whether the solution is shown to students at all.
    """

    name: str
    text: str = ""
    checks: tuple[Check, ...] = ()
    hints: tuple[str, ...] = ()
    solution: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    points: float = 1
    app: str | None = None
    timeout_s: float = DEFAULT_TIMEOUT_S
    shows_solution: bool = True
    language: str = field(default="", compare=False)
