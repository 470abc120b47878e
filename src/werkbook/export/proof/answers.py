"""What is asked in a proof, what is answered, and what a difference is."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkbook.cells.asked import Asked

_MAX_UNKNOWN = 3


@dataclass(frozen=True)
class Difference:
    """One thing in which the file is not what the notebook says.

    Attributes:
        cell: The label of the cell, with its line where that is known, or "".
        what: One line.
        detail: A small diff, or a traceback.
    """

    cell: str
    what: str
    detail: str = ""

    def __str__(self) -> str:
        """The line, its cell in front, and the detail below."""
        head = f"{self.cell}: {self.what}" if self.cell else self.what
        return f"{head}\n{self.detail}".rstrip()


@dataclass(frozen=True)
class Failure:
    """An exception, with what was missing.

    Attributes:
        kind: The exception's class.
        text: Its last line.
        traceback: The end of its traceback.
        file: A file that is not there, or "".
        module: A module that is not installed, or "".
        template: A template that nobody ships, or "".
        variable: An environment variable that is not set, or "".
        database: A database that is empty, as it was not there, or "".
        hosts: Hosts that were looked for.
        is_late: It did not raise, it took too long.
    """

    kind: str = ""
    text: str = ""
    traceback: str = ""
    file: str = ""
    module: str = ""
    template: str = ""
    hosts: tuple[str, ...] = ()
    is_late: bool = False
    variable: str = ""
    database: str = ""

    @property
    def missing(self) -> str:
        """What is not there, in words, or ""."""
        if self.template:
            return f"the template {self.template!r} is not there"
        if self.module:
            return f"the package {self.module!r} is not installed here"
        if self.variable:
            return f"the environment variable {self.variable!r} is not set here"
        if self.file:
            return f"the file {self.file!r} is not there"
        if self.database:
            return f"the database {self.database!r} is not there"
        if self.hosts and self.is_of_network:
            return f"the host {self.hosts[0]!r} cannot be reached from the proof"
        return ""

    @property
    def is_of_network(self) -> bool:
        """It is of the kind that a missing network makes."""
        words = (
            "Connection",
            "URLError",
            "gaierror",
            "Timeout",
            "OSError",
            "HTTP",
            "SSL",
        )
        return any(word in self.kind for word in words) or "resol" in self.text


@dataclass(frozen=True)
class KnownAnswer:
    """A response, as far as it is known.

    Attributes:
        status: The status code; 0 when there was no response, None when not known.
        content_type: As sent; None when not known.
        body: The bytes; None when not known.
        location: Where a redirect leads.
        allow: The methods of an Allow header, sorted.
        cookies: The names of the cookies that are set, sorted.
        failure: The exception behind a 500, or None.
        is_cut: It was still sent when it was let go.
        problem: "late" or "raised" when there was no response.
        varies: Asked in another process, the same file answers otherwise.
        is_shown: It is what a saved output shows: blanks at its ends may be missing.
        headers: Names in small letters, with values: the other headers, and cookies
            without their values; None when not known.
        cookie_values: What the cookies say, by name; None when not known.
    """

    status: int | None
    content_type: str | None = None
    body: bytes | None = None
    location: str | None = None
    allow: tuple[str, ...] | None = None
    cookies: tuple[str, ...] | None = None
    failure: Failure | None = None
    is_cut: bool = False
    problem: str = ""
    varies: bool = False
    is_shown: bool = False
    headers: tuple[tuple[str, str], ...] | None = None
    cookie_values: Mapping[str, str] | None = None

    @property
    def kind(self) -> str:
        """The media type."""
        return (self.content_type or "").partition(";")[0].strip().lower()


@dataclass
class ComparedRequest:
    """One request of the proof, with what both apps answered.

    Attributes:
        asked: The request, with the cell that made it; "" where the proof did.
        here: What the notebook's own app answers; None when that is not known.
        file: What the exported file answers.
        again: What it answers in other processes, one or, where it draws lots, more.
        is_beside: It belongs to no rule by itself, and counts where it differs only.
    """

    asked: Asked
    here: KnownAnswer | None = None
    file: KnownAnswer | None = None
    again: tuple[KnownAnswer, ...] = ()
    workers: KnownAnswer | None = None
    is_beside: bool = False

    @property
    def is_talk(self) -> bool:
        """It is a talk on WebSockets; bodies are what the app said."""
        return self.asked.is_talk


def tell_open_ends(why: str) -> list[str]:
    """Say in one line that the processes were not shut in, and why; "" says nothing."""
    if not why:
        return []
    what = "The proof ran with the network, and could write outside of its folder"
    return [f"{what}: {why}."]


def failure_from(told: dict[str, Any] | None) -> Failure | None:
    """Read an exception as a clean process describes it."""
    if told is None:
        return None
    return Failure(
        told["kind"],
        told["text"],
        told["traceback"],
        told.get("file", ""),
        told.get("module", ""),
        told.get("template", ""),
        tuple(told.get("hosts", ())),
        told.get("is_late", False),
        told.get("variable", ""),
        told.get("database", ""),
    )


def answer_from(told: dict[str, Any]) -> KnownAnswer:
    """Read an answer as a clean process tells it."""
    error = told.get("error")
    if error is not None:
        error = {**error, "hosts": told.get("hosts", ())}
    return KnownAnswer(
        told["status"],
        told["type"],
        base64.b64decode(told["body"]),
        told["location"],
        tuple(told["allow"]),
        tuple(told["cookies"]),
        failure_from(error),
        told["cut"],
        told["problem"],
        headers=tuple((name, value) for name, value in told["headers"]),
        cookie_values=told.get("cookie_values"),
    )


def question_from(asked: Asked) -> dict[str, Any]:
    """Write a request as a clean process takes it."""
    return {
        "method": asked.method,
        "url": asked.url,
        "follow": asked.follows,
        "headers": [list(pair) for pair in asked.headers],
        "body": base64.b64encode(asked.body).decode(),
        "cookies": None if asked.cookies is None else list(asked.cookies),
        "visitor": asked.visitor,
        "carried": [list(one) for one in asked.carried],
    }


def asked_from(question: dict[str, Any], cell: str = "", cell_id: str = "") -> Asked:
    """Read a request as a clean process tells it."""
    cookies = question.get("cookies")
    return Asked(
        cell,
        question["method"],
        question["url"],
        tuple((name, value) for name, value in question.get("headers", ())),
        base64.b64decode(question.get("body", "")),
        cell_id=cell_id,
        follows=question.get("follow", False),
        cookies=None if cookies is None else tuple(cookies),
        visitor=question.get("visitor", ""),
        carried=tuple((n, value, at) for n, value, at in question.get("carried", ())),
    )


@dataclass(frozen=True)
class OneProcess:
    """Something that lives in one process: several workers do not share it.

    Attributes:
        what: In a few words.
        cell: The label of the cell that makes it, or "".
    """

    what: str
    cell: str = ""

    def __str__(self) -> str:
        """The cell in front."""
        return f"{self.cell}: {self.what}" if self.cell else self.what


@dataclass(frozen=True)
class RuleAsked:
    """A rule that can be asked, with what was asked of it.

    Attributes:
        rule: The rule.
        asked: Methods.
        left: Its methods that were not asked.
    """

    rule: str
    asked: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftByRequest:
    """What a request that a cell made has changed.

    Attributes:
        request: The request, with its cell, as it is told.
        names: The names and files.
    """

    request: str
    names: tuple[str, ...] = ()


RuleLine = tuple[str, tuple[str, ...], str]
"""A rule, its methods, its endpoint."""


@dataclass
class Proof:
    """What the clean processes found.

    Attributes:
        differences: What speaks against the file.
        exchanges: What was asked and answered, in order.
        equal: How many answers were compared and are equal.
        rules: The file's URL map.
        rules_asked: Its rules that can be asked.
        why_nothing: Why nothing could be compared, and what would change it.
        notes: What a reader should know beside the verdict, a line each.
        reads: The files of the notebook's folder that it read, or may ask for later:
            paths below it, parts joined by slashes.
        databases: The databases of SQLite among its files, which it may change, too.
        one_process: What lives in one process; None when several workers were not
            tried.
        ships: What has to come along of the notebook's folder where the file goes.
        failure: Why the file does not start, or None.
        is_settled: What differs comes of the notebook's run: no other file would help.
        timings: Seconds by part of the proof.
        held_otherwise: Names that hold something else when the file has started than
            when the notebook's cells have run, though no answer shows it.
    """

    differences: list[Difference] = field(default_factory=list)
    exchanges: list[ComparedRequest] = field(default_factory=list)
    equal: int = 0
    rules: list[RuleLine] = field(default_factory=list)
    rules_asked: list[RuleAsked] = field(default_factory=list)
    why_nothing: str = ""
    notes: list[str] = field(default_factory=list)
    reads: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    one_process: list[OneProcess] | None = None
    ships: tuple[str, ...] = ()
    failure: Failure | None = None
    is_settled: bool = False
    timings: dict[str, float] = field(default_factory=dict)
    held_otherwise: list[str] = field(default_factory=list)

    @property
    def is_proved(self) -> bool:
        """Answers were compared, and no difference was found."""
        return not self.differences and bool(self.equal)

    def is_better_than(self, other: Proof) -> bool:
        """Less speaks against this file than against that one."""
        mine, theirs = (
            (not one.exchanges, len(one.differences), len(one.held_otherwise))
            for one in (self, other)
        )
        return mine < theirs

    @property
    def asked(self) -> list[Asked]:
        """The requests, in order."""
        return [one.asked for one in self.exchanges]

    @property
    def answers(self) -> list[KnownAnswer]:
        """What the file answered to each of them."""
        return [one.file or KnownAnswer(None) for one in self.exchanges]


def tell_unknown(exchanges: Sequence[ComparedRequest]) -> Iterator[str]:
    """Say how many requests of cells were compared with nothing, and why."""
    whys: dict[str, list[str]] = {}
    for one in exchanges:
        asked = one.asked
        if asked.why_unknown and asked.status is None and one.here is None:
            request = f"{asked.method} {asked.url}"
            place = f" of {asked.cell}" * bool(asked.cell)
            whys.setdefault(asked.why_unknown, []).append(request + place)
    for why, requests in whys.items():
        named = ", ".join(requests[:_MAX_UNKNOWN])
        more = len(requests) - _MAX_UNKNOWN
        named += f" and {more} more" * (more > 0)
        many = "1 request of a cell is"
        if len(requests) > 1:
            many = f"{len(requests)} requests of cells are"
        yield (
            f"{many} not compared ({named}): {why}. Restart and Run All, and export"
            " again."
        )
