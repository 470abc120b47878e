"""The options of `%http`, and a whole `%http` line or `%%http` cell read into data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from werkbook.errors import close_matches

from .grammar import (
    Message,
    RequestLine,
    RequestSyntaxError,
    parse_message,
    parse_words,
    split_words,
)
from .punctuation import split_arrow
from .vocabulary import Phrase, VocabularyError, read_phrases

USAGE = "%http [OPTIONS] [METHOD] URL [ITEM]... [-> WHAT MUST HOLD]"
HELP = f"""\
{USAGE}

Sends a request to the app and shows the response as a card.

  /hello            a URL of the app (or http://... of any other server)
  name=Ada          a JSON field (a form field after -f)
  n:=3  tags:='[1]' a JSON field that is not a string
  q==x              a part of the query string
  Accept:text/csv   a header (`Name:` leaves it out, `Name;` sends it empty)
  file@data.csv     an upload (after -f); name=@file takes the file's text
  {{{{ expr }}}}        the value of a Python expression of this notebook

  -f, --form        send a form instead of JSON; --multipart, -j/--json
  --raw TEXT        the body as it is
  -a USER:PASSWORD  HTTP basic authentication (-A bearer: a token)
  --app NAME        the app to ask, where there are several
  --no-follow       show a redirect instead of following it
  --no-cookies      send none of the notebook's cookies and keep none
  --timeout SECONDS how long to wait for the server (60)
  --ws              open a WebSocket; what follows the URL are messages, which are
                    sent, and what the app sends is shown (--frames N: N messages,
                    --protocol NAME: a subprotocol that is offered)
  -q, --quiet       show no card
  -> 200, text has "Hello"   fail the cell when that does not hold (see below)
  --expect 200      the same: a status (2xx, 200,201), or words as behind ->
  --expect-text T   fail the cell when the body does not contain T
  --expect-json E   fail the cell when the Python expression E is not true of `json`,
                    or, where E does not name it, when the JSON is not equal to E

What must hold, in words: 200, 2xx, 200 or 201; text has (lacks, is) "..."; text
matches /.../; page has h1; page has "li" with text "Tea"; form has field name;
json title == "Emma"; header NAME has "..."; cookie NAME set; redirects to /login;
within 0.5 s. Commas part them.

%%http takes header lines, a blank line and a body in the cell; or a body alone. With
--ws each line of the body is a message."""

NO_MESSAGE = Message((), None)
MAX_FRAMES = 1000

# A number that is no status, such as 20, is one that no response can have.
_STATUS = re.compile(r"(?:\d+|[1-5]xx)(?:,(?:\d+|[1-5]xx))*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """What the options of a request say; `kind` is json, form or multipart.

    `phrases` is what must hold beside the status, in the vocabulary of exercises.
    """

    app: str | None = None
    kind: str | None = None
    raw: str | None = None
    auth: str | None = None
    auth_type: str = "basic"
    follow: bool | None = None
    has_cookies: bool = True
    timeout_s: float = 60.0
    is_quiet: bool = False
    expect: tuple[str, ...] = ()
    expect_json: tuple[str, ...] = ()
    expect_text: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    is_websocket: bool = False
    protocols: tuple[str, ...] = ()
    frames: int | None = None

    @property
    def is_followed(self) -> bool:
        """Whether redirects are followed: yes, unless one is what is expected."""
        if self.follow is not None:
            return self.follow
        if any(phrase.is_redirect for phrase in self.phrases):
            return False
        statuses = ",".join(self.expect).split(",")
        return not any(status.startswith("3") for status in statuses)

    def expecting(self, text: str) -> RequestOptions:
        """Return these options with one more thing that must hold.

        Args:
            text: A status such as 200, 2xx or 200,201; or words of the vocabulary.

        Raises:
            VocabularyError: It is neither.
        """
        if _STATUS.match(text):
            return replace(self, expect=(*self.expect, text.lower()))
        phrases = read_phrases(text)
        strange = next((one for one in phrases if not one.is_of_answer), None)
        if strange is not None:
            raise VocabularyError(
                f"{strange.source!r} cannot be said of a response.",
                why="rules and databases are asked by the checks of an exercise.",
                fix='write 200, or text has "Hello"',
            )
        statuses = [",".join(one.value) for one in phrases if one.kind == "status"]
        others = tuple(one for one in phrases if one.kind != "status")
        return replace(
            self,
            expect=(*self.expect, *statuses),
            phrases=(*self.phrases, *others),
        )


@dataclass(frozen=True, slots=True)
class WrittenRequest:
    """A request as a cell writes it: one `%http` line or `%%http` cell.

    Attributes:
        messages: What is sent on a WebSocket.
    """

    request: RequestLine
    options: RequestOptions = field(default_factory=RequestOptions)
    message: Message = NO_MESSAGE
    messages: tuple[str, ...] = ()


def _timeout(text: str) -> float:
    try:
        timeout_s = float(text)
    except ValueError:
        timeout_s = 0
    if not timeout_s > 0:
        raise _wrong("--timeout", text, "a number of seconds above 0", "--timeout 5")
    return timeout_s


def _json_expression(text: str) -> tuple[str]:
    try:
        compile(text.strip(), "<--expect-json>", "eval")
    except SyntaxError as error:
        raise RequestSyntaxError(
            f"--expect-json got {text!r}, which is no Python expression.",
            why=f"its value ends at a space outside of quotes; {error.msg}.",
            fix='write it as in --expect-json \'json["name"] == "Ada"\'',
        ) from None
    return (text,)


def _frames(text: str) -> int:
    if not (text.isdecimal() and int(text) <= MAX_FRAMES):
        wanted = f"a number from 0 to {MAX_FRAMES}"
        raise _wrong("--frames", text, wanted, "--frames 2")
    return int(text)


def _auth_type(text: str) -> str:
    if text not in ("basic", "bearer"):
        raise _wrong("--auth-type", text, "basic or bearer", "-A bearer -a TOKEN")
    return text


def _wrong(option: str, text: str, wanted: str, example: str) -> RequestSyntaxError:
    return RequestSyntaxError(
        f"{option} got {text!r}.",
        why=f"it takes {wanted}.",
        fix=example if example.startswith("-") else f"{option} {example}",
    )


# Each flag: what it sets. Each option with a value: the field and the reading.
_FLAGS: dict[str, dict[str, Any]] = {
    "-f": {"kind": "form"},
    "--form": {"kind": "form"},
    "--multipart": {"kind": "multipart"},
    "-j": {"kind": "json"},
    "--json": {"kind": "json"},
    "-F": {"follow": True},
    "--follow": {"follow": True},
    "--no-follow": {"follow": False},
    "--no-cookies": {"has_cookies": False},
    "-q": {"is_quiet": True},
    "--quiet": {"is_quiet": True},
    "--ws": {"is_websocket": True},
}
_VALUES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "--app": ("app", str),
    "--raw": ("raw", str),
    "-a": ("auth", str),
    "--auth": ("auth", str),
    "-A": ("auth_type", _auth_type),
    "--auth-type": ("auth_type", _auth_type),
    "--timeout": ("timeout_s", _timeout),
    "--frames": ("frames", _frames),
    "--protocol": ("protocols", lambda text: (text,)),
    "--expect": ("expect", str),
    "--expect-json": ("expect_json", _json_expression),
    "--expect-text": ("expect_text", lambda text: (text,)),
}
OPTION_NAMES = tuple(sorted({*_FLAGS, *_VALUES}))


def parse_options(words: list[str]) -> tuple[RequestOptions, list[str]]:
    """Take the options out of the words, wherever they stand.

    Returns the options and the words that are left. `--` ends the options.

    Raises:
        RequestSyntaxError: An option is unknown, lacks its value or got a wrong one.
    """
    options = RequestOptions()
    rest: list[str] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word == "--":
            return options, rest + queue
        if not _is_option(word):
            rest.append(word)
        elif word in _FLAGS:
            options = replace(options, **_FLAGS[word])
        else:
            options = _take_value(options, word, queue)
    return options, rest


def _is_option(word: str) -> bool:
    return len(word) > 1 and word[0] == "-" and not word[1].isdigit()


def _take_value(options: RequestOptions, word: str, queue: list[str]) -> RequestOptions:
    """Read an option with its value, which may follow a `=` in the same word."""
    name, has_value, value = word.partition("=")
    if name not in _VALUES:
        meant = close_matches(name, OPTION_NAMES)
        hint = f"; did you mean {meant[0]}?" if meant else "."
        raise RequestSyntaxError(
            f"{word!r} is not an option of %http{hint}",
            why="the options are " + ", ".join(OPTION_NAMES) + ".",
            fix=f"put -- before {word!r} if it is a request item.",
        )
    if not has_value and not queue:
        raise RequestSyntaxError(
            f"{name} lacks its value.", why="it takes one.", fix=f"write {name} VALUE."
        )
    key, read = _VALUES[name]
    text = value if has_value else queue.pop(0)
    if key == "expect":
        return options.expecting(text)
    found = read(text)
    if isinstance(found, tuple):
        found = getattr(options, key) + found
    return replace(options, **{key: found})


def read_request(line: str, cell: str | None = None) -> WrittenRequest:
    """Read what follows `%http` or `%%http`, and the cell below the latter.

    Raises:
        RequestSyntaxError: The text does not follow the grammar.
    """
    asked, wanted = split_arrow(line)
    options, words = parse_options(split_words(asked))
    if wanted is not None:
        options = options.expecting(wanted)
    if options.is_websocket:
        return _websocket(words, options, parse_message(cell or ""))
    written = WrittenRequest(parse_words(words), options, parse_message(cell or ""))
    if written.message.body is None:
        return written
    data = next((item.text for item in written.request.items if item.is_data), None)
    if data is not None or options.raw is not None:
        raise RequestSyntaxError(
            f"The request has a body in the cell and {data or '--raw'!r} in the line.",
            why="a request has one body.",
            fix="keep the one in the cell, or the one in the line.",
        )
    return written


def _websocket(
    words: list[str], options: RequestOptions, message: Message
) -> WrittenRequest:
    """Read the words behind `--ws`: the URL, then messages as they are sent."""
    methods = ("GET", "WS")
    if words and words[0].upper() in methods and len(words) > 1:
        words = words[1:]
    given = next((name for name in ("raw", "kind") if getattr(options, name)), None)
    if given is not None:
        raise RequestSyntaxError(
            f"--ws opens a WebSocket, and the line has a body ({given}) as well.",
            why="a WebSocket has messages instead: the words behind the URL.",
            fix='write %http --ws /echo "hello".',
        )
    line = parse_words(words[:1])
    url = re.sub("^ws(s?)://", r"http\1://", line.url)
    lines = (message.body or "").split("\n") if message.body else []
    return WrittenRequest(
        RequestLine("GET", url, ()), options, message, (*words[1:], *lines)
    )
