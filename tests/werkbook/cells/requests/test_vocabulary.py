"""What must hold of an answer, in words."""

from __future__ import annotations

import pytest

from werkbook.cells.requests import read_request
from werkbook.cells.requests.vocabulary import (
    Phrase,
    VocabularyError,
    read_phrases,
)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("200", Phrase("status", "is", value=("200",))),
        ("status 2xx", Phrase("status", "is", value=("2xx",))),
        ("200 or 201", Phrase("status", "is", value=("200", "201"))),
        ('text has "Hi, you"', Phrase("text", "has", value="Hi, you")),
        ("text lacks '<b>'", Phrase("text", "lacks", value="<b>")),
        ("text is “a”", Phrase("text", "is", value="a")),
        (r'text has "a \"b\""', Phrase("text", "has", value='a "b"')),
        ('text has "x" 3 times', Phrase("text", "has", value="x", times=3)),
        ("text matches /a{1,2},b/i", Phrase("text", "matches", value="(?i)a{1,2},b")),
        (
            'text matches /a\\nb/ as "two lines, a and b"',
            Phrase("text", "matches", "two lines, a and b", r"a\nb"),
        ),
        ("page has h1", Phrase("page", "has", "h1")),
        ("page has ul > li 3 times", Phrase("page", "has", "ul > li", times=3)),
        ('page has #x with text "T"', Phrase("page", "has", "#x", "T")),
        ('page lacks "a, b"', Phrase("page", "lacks", "a, b")),
        ("form has field name", Phrase("form", "has", "name")),
        ('form has field n with value "3"', Phrase("form", "has", "n", "3")),
        ('json title == "Emma"', Phrase("json", "==", "title", "Emma")),
        ("json length(@) >= 3", Phrase("json", ">=", "length(@)", 3)),
        ("json == []", Phrase("json", "==", "@", [])),
        ("json [?a == `1`].b == [1]", Phrase("json", "==", "[?a == `1`].b", [1])),
        ("json ok", Phrase("json", "set", "ok")),
        ("json done == True", Phrase("json", "==", "done", True)),
        ("header Allow set", Phrase("header", "set", "Allow")),
        ("header X is abc", Phrase("header", "is", "X", "abc")),
        ("cookie session not set", Phrase("cookie", "unset", "session")),
        ("redirects to /login?next=/", Phrase("redirect", "is", value="/login?next=/")),
        ("within 500 ms", Phrase("time", "<=", value=0.5)),
        ("has GET /hello/<name>", Phrase("rules", "has", "/hello/<name>", "GET")),
        ("value >= 1", Phrase("value", ">=", value=1)),
        ('rows has ["a"]', Phrase("rows", "has", value=["a"])),
    ],
)
def test_phrase_is_read(text: str, phrase: Phrase) -> None:
    """Each form of the vocabulary becomes data."""
    (found,) = read_phrases(text)
    assert found.source == text
    assert found == Phrase(
        phrase.kind, phrase.verb, phrase.subject, phrase.value, phrase.times, text
    )


def test_commas_part_phrases() -> None:
    """A comma in quotes, brackets or a regular expression parts nothing."""
    phrases = read_phrases('200, json a == [1, 2], text matches /a,b/, text has "a,b"')
    assert [phrase.kind for phrase in phrases] == ["status", "json", "text", "text"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'txt has "x"',
            "'txt has \"x\"' says nothing that can be checked.\n  Why: what can be "
            "said begins with a status, or with one of status, text, page, form, json, "
            "header, cookie, redirects, within, has, lacks, value, rows.\n"
            '  Fix: write text has "Hello", text lacks "<b>" or text matches /[0-9]+/',
        ),
        (
            "200,",
            "Nothing stands between two commas in '200,'.\n  Why: commas part what "
            "must hold of the answer.\n  Fix: take the comma away, or write what must "
            "hold.",
        ),
        (
            "page has [[",
            "'[[' is no CSS selector: Malformed attribute selector at position 0\n"
            "  Why: page has takes one: h1, .name, #id, form[method=post].\n"
            '  Fix: write page has "ul > li".',
        ),
        (
            "text matches /(/",
            "/(/ is no regular expression: missing ), unterminated subpattern at "
            "position 0.\n  Why: text matches takes one of Python's, between two "
            "slashes.\n  Fix: write a backslash before . * + ? ( ) [ ] that mean "
            "themselves.",
        ),
        (
            "json a == b",
            "'b' in 'a == b' is no value.\n  Why: behind the operator stands JSON: 3, "
            "true, null, [1, 2] or text in quotes.\n"
            '  Fix: write "b" for a text.',
        ),
        (
            "json a = 3",
            "'a = 3' is no path into JSON: Bad jmespath expression: Unknown token '=':"
            "\n  Why: json takes a JMESPath (jmespath.org) and what its value must be."
            '\n  Fix: write json title == "Emma", or json [0].title == "Emma".',
        ),
    ],
)
def test_wrong_phrase_is_an_error(text: str, message: str) -> None:
    """What says nothing is refused, with something to type."""
    with pytest.raises(VocabularyError) as raised:
        read_phrases(text)
    assert str(raised.value) == message


def test_http_takes_the_words() -> None:
    """`%http` reads what stands behind its arrow and after --expect alike."""
    arrow = read_request('/x -> 2xx or 404, text has "Hi"').options
    option = read_request("/x --expect '2xx or 404, text has \"Hi\"'").options
    assert arrow == option
    assert arrow.expect == ("2xx,404",)
    assert [phrase.source for phrase in arrow.phrases] == ['text has "Hi"']


def test_http_does_not_follow_an_expected_redirect() -> None:
    """What must hold decides whether redirects are followed."""
    assert not read_request("/x -> redirects to /y").options.is_followed
    assert read_request("/x -> 200").options.is_followed
