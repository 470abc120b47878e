"""The grammar of `%http`, beside HTTPie's own parser."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest
from httpie.cli.argtypes import KeyValueArgType
from httpie.cli.constants import SEPARATOR_GROUP_ALL_ITEMS
from httpie.cli.nested_json import (
    NestedJSONSyntaxError,
    interpret_nested_json,
    unwrap_top_level_list_if_needed,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from werkbook.cells.requests import grammar
from werkbook.cells.requests.grammar import (
    Item,
    Message,
    RequestSyntaxError,
    parse_item,
    parse_message,
    parse_words,
    pieces,
    split_words,
)
from werkbook.cells.requests.nested import nest

PEER = KeyValueArgType(*SEPARATOR_GROUP_ALL_ITEMS)
NOT_AS_HTTPIE = re.compile(r"\A[ -]*[0-9]+[ ]*(\Z|\[)(?<!\A[0-9])|\\\Z")
ITEM_TEXT = st.text(alphabet="ab1 \\=:;@[]\"'/.-ü", max_size=12)


@given(ITEM_TEXT)
def test_parse_item_as_httpie(text: str) -> None:
    """Each item means what it means to HTTPie, escapes included."""
    try:
        theirs = PEER(text)
    except Exception:
        with pytest.raises(RequestSyntaxError):
            parse_item(text)
        return
    ours = parse_item(text)
    assert (ours.key, ours.separator, ours.value) == (
        theirs.key,
        theirs.sep,
        theirs.value,
    )


@given(
    st.lists(
        st.tuples(
            st.text(alphabet="ab0123[]\\ -", max_size=7),
            st.integers() | st.text(max_size=3) | st.none(),
        ),
        max_size=4,
    )
)
def test_nest_as_httpie(pairs: list[tuple[str, Any]]) -> None:
    """Nested keys build the JSON that HTTPie builds, or are refused where it does."""
    # Two slips of HTTPie's that are not copied: a name of digits loses its leading
    # zeros, and a backslash at the end is an IndexError.
    assume(not any(NOT_AS_HTTPIE.search(key) for key, _ in pairs))
    try:
        theirs = unwrap_top_level_list_if_needed(interpret_nested_json(pairs))
    except NestedJSONSyntaxError:
        with pytest.raises(RequestSyntaxError):
            nest(pairs)
        return
    ours = nest(pairs)
    assert ({} if ours is None else ours) == theirs


@given(st.text(alphabet="ab= '\"", max_size=14))
def test_split_words_as_a_shell(line: str) -> None:
    """Without backslashes a line splits as in a shell."""
    try:
        theirs = shlex.split(line)
    except ValueError:
        with pytest.raises(RequestSyntaxError):
            split_words(line)
        return
    ours = split_words(line)
    # An empty pair of quotes is an empty word to a shell; here as well.
    assert ours == theirs


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"a\=b=c", [r"a\=b=c"]),
        (r"a=b\ c d", ["a=b c", "d"]),
        (r"say=\"hi\"", ['say="hi"']),
        ('tags:=["a", "b c"] n:=1', ['tags:=["a", "b c"]', "n:=1"]),
        ('o:={"a": {"b": [1, 2]}}', ['o:={"a": {"b": [1, 2]}}']),
        ("name={{ user['first name'] }} x", ["name={{ user['first name'] }}", "x"]),
        ('d:={{ {"a": {"b": 1}} }}', ['d:={{ {"a": {"b": 1}} }}']),
        ("'name={{ \"it's\" }} x'", ['name={{ "it\'s" }} x']),
        ("a:=[ b", ["a:=[", "b"]),
    ],
)
def test_split_words_of_a_notebook(line: str, words: list[str]) -> None:
    """Backslashes stay for the items; JSON and expressions are one piece."""
    assert split_words(line) == words


def test_split_words_open_quote() -> None:
    """A quote that is never closed is named."""
    with pytest.raises(RequestSyntaxError) as caught:
        split_words("POST / name='Ada")
    assert str(caught.value) == (
        'The quote in "\'Ada" is never closed.\n'
        "  Why: a quoted value ends with the quote that it starts with.\n"
        "  Fix: add ' where the value ends."
    )


def test_parse_item_expression_is_opaque() -> None:
    """Separators inside an expression separate nothing."""
    assert parse_item('name={{ d["a:=b"] }}') == Item(
        "name", "=", '{{ d["a:=b"] }}', 'name={{ d["a:=b"] }}'
    )
    assert parse_item("{{ f(a=1) }}=x").key == "{{ f(a=1) }}"


@pytest.mark.parametrize("text", ['{"name": "Ada"}', "{name:", "[1,"])
def test_parse_item_of_json(text: str) -> None:
    """JSON in a line is told from an item, and never sent as a header."""
    with pytest.raises(RequestSyntaxError) as caught:
        parse_item(text)
    assert str(caught.value) == (
        f"{text!r} begins JSON, and is no request item.\n"
        "  Why: on one line JSON is written item by item: name=value is a text, name:=3"
        " any other value.\n"
        "  Fix: write name=value name:=3, or the whole body as"
        """ --raw='{"name": "Ada"}'."""
    )


def test_parse_item_without_separator() -> None:
    """A word that is no item says what items are."""
    with pytest.raises(RequestSyntaxError) as caught:
        parse_item("name")
    assert str(caught.value) == (
        "'name' is not a request item.\n"
        "  Why: an item is name=value (data), name:=3 (JSON), name==value (query), "
        "Name:value (header) or name@file (upload).\n"
        "  Fix: write name=value, or '...' around a value with spaces."
    )


@pytest.mark.parametrize(
    ("line", "method", "url"),
    [
        ("/", "GET", "/"),
        ("get /", "GET", "/"),
        ("/items name=Ada", "POST", "/items"),
        ("/items q==x X-A:1", "GET", "/items"),
        ("PATCH /items/1 n:=3", "PATCH", "/items/1"),
        ("items", "GET", "items"),
        ("/up @data.csv", "POST", "/up"),
    ],
)
def test_parse_words_guesses_the_method(line: str, method: str, url: str) -> None:
    """Without a method it is GET, or POST when there is data."""
    request = parse_words(split_words(line))
    assert (request.method_or_guess(), request.url) == (method, url)


def test_parse_words_nothing() -> None:
    """A line without a URL is refused."""
    with pytest.raises(RequestSyntaxError, match="The URL is missing"):
        parse_words([])


def test_parse_words_method_alone() -> None:
    """`%http GET` is no request for `/GET`."""
    with pytest.raises(RequestSyntaxError) as caught:
        parse_words(["GET"])
    assert str(caught.value) == (
        "'GET' is a method; the URL is missing.\n"
        "  Why: a request needs to know where it goes.\n"
        "  Fix: %http GET /"
    )
    assert parse_words(["get"]).url == "get"


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("", Message((), None)),
        ("\n", Message((), None)),
        ('{"a": 1}\n', Message((), '{"a": 1}')),
        ("Accept: text/html\n", Message((("Accept", "text/html"),), None)),
        (
            "Content-Type: text/csv\nX-A:1\n\na,b\n1,2\n",
            Message((("Content-Type", "text/csv"), ("X-A", "1")), "a,b\n1,2"),
        ),
        ("\nName: Ada\n", Message((), "Name: Ada")),
        ("Note: this\nis a text\n", Message((), "Note: this\nis a text")),
        ("a=1&b=2", Message((), "a=1&b=2")),
        ("Accept: */*\r\n\r\nhello\r\n", Message((("Accept", "*/*"),), "hello\r")),
        ("Accept: */*\n\nline\n\n\n", Message((("Accept", "*/*"),), "line\n\n")),
    ],
)
def test_parse_message(cell: str, message: Message) -> None:
    """A cell is headers, a blank line and a body; or a body alone."""
    assert parse_message(cell) == message


def test_parse_message_missing_blank_line() -> None:
    """A body straight after a known header is a slip, and is said to be one."""
    with pytest.raises(RequestSyntaxError) as caught:
        parse_message('Content-Type: application/json\n{"a": 1}')
    assert str(caught.value) == (
        "The line '{\"a\": 1}' follows the header 'Content-Type'.\n"
        "  Why: header lines end with a blank line, then comes the body.\n"
        "  Fix: put a blank line before '{\"a\": 1}'."
    )


@given(st.recursive(st.integers() | st.text(), st.lists, max_leaves=5))
def test_pieces_finds_the_whole_expression(value: Any) -> None:
    """An expression ends at the `}}` that makes it one, whatever it holds."""
    expression = json.dumps({"a": {"b": value}})
    assert list(pieces(f"x{{{{ {expression} }}}}y")) == [
        (False, "x"),
        (True, expression),
        (False, "y"),
    ]


def test_pieces_escaped() -> None:
    """A backslash keeps the braces."""
    assert list(pieces(r"a \{{ b }} {{ c }}")) == [
        (False, "a {{"),
        (False, " b }} "),
        (True, "c"),
        (False, ""),
    ]


def test_nest_root_bracket() -> None:
    """A key that starts with a bracket is of an array."""
    assert nest([("[]", 1), ("[2]", 3)]) == [1, None, 3]
    with pytest.raises(RequestSyntaxError) as caught:
        nest([("[a]b", 1)])
    assert "bracket" in str(caught.value)
    with pytest.raises(RequestSyntaxError) as caught:
        nest([("[a][b]", 1)])
    assert str(caught.value) == (
        "The key '[a][b]' starts with a bracket around a name.\n"
        "  Why: a key that starts with a bracket is of an array: [0] or [].\n"
        "  Fix: write a[b] without that bracket."
    )


def test_long_word_is_read_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece is read without all of the word that stands before it."""
    before: list[str] = []
    piece = grammar._piece

    def noted(text: str, position: int, word: str) -> tuple[str, int]:
        before.append(word)
        return piece(text, position, word)

    monkeypatch.setattr(grammar, "_piece", noted)
    word = "/?" + "a=b&" * 1_000
    assert split_words(f"GET {word} n:=[1, 2]") == ["GET", word, "n:=[1, 2]"]
    assert len(before) > len(word)
    assert max(map(len, before)) == 2
