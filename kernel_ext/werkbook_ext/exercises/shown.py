"""What the card of an exercise shows: as data for the widget, as text and as HTML."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from werkbook.exercises.check_answers import Answer
from werkbook.exercises.checking import CheckLine, Progress
from werkbook.exercises.exercise import Exercise
from werkbook.exercises.words import count, language, say

from ..bodies.body import Body
from ..bodies.masking import steady_text, visible_text
from ..cards.model import Card, StatusLine
from ..cards.tracebacks import Frame
from ..cards.widget_state import body_head, make_state

# Without HTML of its own: what the text says is text, and links lead to pages only.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=256)
def markdown(text: str) -> str:
    """Return Markdown as HTML: made once, as a card is shown anew after each cell."""
    return str(_MARKDOWN.render(visible_text(text)))


def name_exercise(exercise: Exercise) -> str:
    """Name an exercise."""
    return say("Exercise {name}", name=exercise.name)


def done_words(progress: Progress) -> str:
    """Say how far an exercise is: "2 of 4 checks are done, 1 of 2 points"."""
    checks = count(
        "{done} of {number} check is done",
        "{done} of {number} checks are done",
        len(progress.lines),
        done=progress.done,
    )
    points = count(
        "{points} of {number} point",
        "{points} of {number} points",
        int(progress.exercise.points),
        points=f"{progress.points:g}",
    )
    return f"{checks}, {points}"


def state_words(line: CheckLine) -> str:
    """Say whether a check is done."""
    return say("done") if line.is_done else say("not yet")


def write_text(progress: Progress) -> str:
    """Return the card as text: the same for the same answers."""
    with language(progress.exercise.language):
        lines = [f"{name_exercise(progress.exercise)}: {done_words(progress)}"]
        for line in progress.lines:
            lines.append(f"  {_mark(line)} {visible_text(line.check.source)}")
            if words := _saved_words(line):
                lines.append(f"      {words}")
        return "\n".join(lines)


def _mark(line: CheckLine) -> str:
    return "[x]" if line.is_done else "[ ]"


def write_html(progress: Progress) -> str:
    """Return the card as plain HTML, for where no kernel runs."""
    with language(progress.exercise.language):
        title, words = name_exercise(progress.exercise), done_words(progress)
        parts = [
            Markup("<p><strong>{}</strong>: {}</p>").format(title, words),
            Markup(markdown(progress.exercise.text)),
            Markup("<ul>{}</ul>").format(
                Markup("").join(_item(line) for line in progress.lines)
            ),
        ]
        return str(Markup("<div>{}</div>").format(Markup("\n").join(parts)))


def _item(line: CheckLine) -> Markup:
    mark = "✓" if line.is_done else "○"
    words = _saved_words(line)
    more = Markup("<br>{}").format(words) if words else ""
    return Markup("<li>{} {}: <code>{}</code>{}</li>").format(
        mark, state_words(line), visible_text(line.check.source), more
    )


def _saved_words(line: CheckLine) -> str:
    """Return what is said of a check: the same in each run, obeyed by no terminal."""
    return visible_text(steady_text(line.words))


def widget_state(progress: Progress) -> dict[str, Any]:
    """Return what the widget shows, words in the exercise's language included."""
    exercise = progress.exercise
    with language(exercise.language):
        return {
            "name": exercise.name,
            "title": name_exercise(exercise),
            "html": markdown(exercise.text),
            "summary": done_words(progress),
            "is_done": progress.is_done,
            "done": progress.done,
            "count": len(progress.lines),
            "hints": [markdown(hint) for hint in exercise.hints],
            "steps": [markdown(step) for step in _steps(exercise)],
            "lines": [_line_state(line) for line in progress.lines],
            "words": _words(exercise),
        }


def _steps(exercise: Exercise) -> tuple[str, ...]:
    return exercise.solution if exercise.shows_solution else ()


def _line_state(line: CheckLine) -> dict[str, Any]:
    return {
        "source": visible_text(line.check.source),
        "note": visible_text(line.check.note),
        "is_done": line.is_done,
        "state": state_words(line),
        "words": visible_text(line.words),
        "card": card_state(line),
    }


def _words(exercise: Exercise) -> dict[str, str]:
    return {
        "hint": say("Show a hint"),
        "more_hints": say("Show the next hint"),
        "hints": say("Hints"),
        "solution": say("Show the solution"),
        "next_step": say("Show the next step"),
        "steps": say("Solution"),
        "exchange": say("What was asked, and what came back"),
        "solved": say("Solved."),
        "checks": say("Checks"),
        "checking": say("Checking…"),
    }


def card_state(line: CheckLine) -> dict[str, Any] | None:
    """Return the exchange behind a line as a card's state; None without one."""
    card = make_card(line.answer) if line.answer is not None else None
    return make_state(card, can_send=False) if card is not None else None


def card_content(line: CheckLine) -> bytes:
    """Return the beginning of the body that a line's card shows."""
    card = make_card(line.answer) if line.answer is not None else None
    return body_head(card.body) if card is not None else b""


def make_card(answer: Answer) -> Card | None:
    """Return an answer as a card of `%http` shows one; None where nothing was sent."""
    if not answer.status:
        return None
    hops = (
        StatusLine(one.method, one.url, one.status, _reason(one.status))
        for one in answer.hops
    )
    sent = dict(answer.request_headers).get("Content-Type", "")
    return Card(
        hops=tuple(hops),
        request_headers=answer.request_headers,
        request=Body(answer.request_body, sent),
        headers=answer.headers,
        body=Body(answer.body, answer.header("Content-Type") or ""),
        duration_s=answer.duration_s,
        output=answer.output,
        endpoint=answer.endpoint or None,
        rule=answer.rule or None,
        error=_error(answer),
        frames=_frames(answer),
    )


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _error(answer: Answer) -> str:
    mishap = answer.mishap
    return f"{mishap.kind}: {mishap.message}" if mishap is not None else ""


def _frames(answer: Answer) -> tuple[Frame, ...]:
    mishap = answer.mishap
    if mishap is None or not mishap.code:
        return ()
    place = say("line {number}", number=mishap.line)
    return (
        Frame(place, place, mishap.function, (mishap.code,), mishap.line, mishap.line),
    )
