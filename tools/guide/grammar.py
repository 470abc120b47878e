"""The grammar of requests, of what must hold of an answer, and of exercises.

Each line of these tables is read by the parser that reads the cells: a line that it
does not know ends the build.
"""

from __future__ import annotations

from werkbook.cells.requests import read_request
from werkbook.cells.requests.grammar import SEPARATORS
from werkbook.cells.requests.vocabulary import Phrase, read_phrase
from werkbook.exercises.reading import read_check, read_exercise

from .markdown import code, table

ITEMS = {
    "=": ("name=Ada", "a field of a JSON object; with `-f` a field of a form"),
    ":=": ("n:=3", "a field whose value is JSON: numbers, lists, `true`"),
    "==": ("q==tea", "a part of the query string"),
    ":": ("Accept:text/csv", "a header; `Accept:` leaves a default one out"),
    ";": ("X-Empty;", "a header without a value"),
    "@": ("file@data.csv", "an upload, with `-f`"),
    "=@": ("text=@notes.txt", "a field with the text of a file"),
    ":=@": ("data:=@data.json", "a field with the JSON of a file"),
    "==@": ("q==@query.txt", "a part of the query string from a file"),
    ":@": ("X-Token:@token.txt", "a header from a file"),
}
"""Each separator of HTTPie's grammar: an item, and what it sends."""

EXPECTATIONS = (
    ("200", "the status is this one"),
    ("2xx", "the status begins so"),
    ("200 or 201", "the status is one of these"),
    ('text has "Hello"', "the answer has it, as it came or as people read the page"),
    ('text has "Tea" 3 times', "it has it as often as that"),
    ('text lacks "None"', "what came lacks it"),
    ('text is "Hello"', "what came is this, and no more"),
    (r"text matches /\d+ items/i", "a regular expression is found; flags `i m s`"),
    ("page has h1", "a CSS selector finds something"),
    ('page has "li" with text "Tea"', "it finds something with this text"),
    ("page has li 3 times", "it finds as many"),
    ("page lacks .error", "it finds nothing"),
    ("form has field name", "a form of the page sends this field"),
    ('form has field name with value "Ada"', "it sends this value unless changed"),
    ("form lacks field password", "no form sends it"),
    ('json title == "Emma"', "a JMESPath and its value"),
    ("json length(@) >= 3", "also `!=`, `<`, `<=`, `>`"),
    ('json tags has "new"', "a list, an object or a text has it; also `lacks`"),
    ('header Content-Type has "json"', "a header has this in it"),
    ('header Content-Type lacks "xml"', "it lacks it"),
    ('header X-Mode is "quick"', "it is this"),
    ("header ETag set", "it is there; also `not set`"),
    ("cookie session set", "the visitor has it now; also `not set`"),
    ('cookie theme is "dark"', "its value is this"),
    ("redirects to /login", "the answer leads there; it is not followed"),
    ("within 0.5 s", "the whole answer came in that time; also `ms`"),
    ("has GET /hello/<name>", "of `rules`: the app has a rule"),
    ("lacks /old", "of `rules`: it has none"),
    ("value == 1", "of `database`: the first value of the first row"),
    ("rows >= 1", "of `database`: how many rows there are"),
)
"""Words behind `->`, and when they hold."""

CHECKS = (
    ("GET /search?q=tea -> 200", "asks as a new visitor, without cookies"),
    ("POST /todos title=Tea -> 201", "sends JSON"),
    ("POST -f /sign name=Ada -> redirects to /", "sends a form"),
    ("then GET /private -> 200", "goes on as the visitor of the line above"),
    ("as eve: GET /private -> 401", "asks as a visitor with a name"),
    ('repeat 3: GET /count -> text has "3"', "asks three times; the last one counts"),
    ("hidden GET /secret -> 404", "stands in the teacher's key alone"),
    (
        'template menu.html with dishes=["Tea"] -> page has li',
        "renders a template with these values",
    ),
    (
        'database NOTES "select count(*) from notes" -> value == 1',
        "asks SQLite: a key of `app.config`, a name of the notebook, or a file",
    ),
    ("rules -> has GET /hello/<name>, lacks /old", "looks at the app's rules"),
    ("GET / -> 200, within 2 s    # a note", "says more of itself in a note"),
)
"""Lines that are checks, and what each asks."""

EXERCISE_LINES = (
    ("hint: Look at `<name>`.", "shown when it is asked for, one at a time"),
    ("solution: A rule, and a view.", "shown behind the hints, step by step"),
    ('when code has "print(" say "return sends it."', "said when the code has this"),
    ('when "TypeError" say "Count the arguments."', "said when the answer has this"),
    ('when 404 say "Is the rule run?"', "said when the status is this"),
)
"""Lines behind the checks."""


def write_items() -> str:
    """Write the items of a request."""
    assert set(ITEMS) == set(SEPARATORS), "each separator has its line"
    rows = [(code(_checked_item(text)), words) for text, words in ITEMS.values()]
    return table(("item", "sends"), rows)


def write_expectations() -> str:
    """Write what can be said of an answer."""
    rows = [
        (code(read_phrase(text).source or text), read_phrase(text).kind, words)
        for text, words in EXPECTATIONS
    ]
    return table(("words", "about", "hold when"), rows)


def write_checks() -> str:
    """Write the lines of an exercise that ask."""
    rows = [(code(_checked_check(text)), words) for text, words in CHECKS]
    return table(("line", "asks"), rows)


def write_exercise_lines() -> str:
    """Write the lines of an exercise that tell."""
    rows = [(code(_checked_line(text)), words) for text, words in EXERCISE_LINES]
    return table(("line", "is"), rows)


def phrases() -> list[Phrase]:
    """Return the phrases that the tables have."""
    return [read_phrase(text) for text, _ in EXPECTATIONS]


def _checked_item(text: str) -> str:
    found = read_request(f"-f POST / {text}").request.items
    assert [item.text for item in found] == [text]
    return text


def _checked_check(text: str) -> str:
    read_check(text)
    return text


def _checked_line(text: str) -> str:
    found = read_exercise("one", f"Text.\nGET / -> 200\n{text}")
    assert found.hints or found.solution or found.remarks
    return text
