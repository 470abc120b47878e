"""The options of `%http`."""

from __future__ import annotations

import pytest

from werkbook.cells.requests import (
    HELP,
    OPTION_NAMES,
    Message,
    RequestOptions,
    RequestSyntaxError,
    read_request,
)


def test_options_anywhere() -> None:
    """Options stand before, between and behind the words, with = or without."""
    command = read_request(
        "--app=shop POST -f /items --expect 201 name=Ada --timeout 2.5 -q"
    )
    assert command.options == RequestOptions(
        app="shop", kind="form", timeout_s=2.5, is_quiet=True, expect=("201",)
    )
    assert command.request.method == "POST"
    assert [item.text for item in command.request.items] == ["name=Ada"]


def test_options_repeat() -> None:
    """Expectations add up."""
    options = read_request(
        "/ --expect-text a --expect-text 'b c' --expect-json 'json[\"n\"] == 1'"
    ).options
    assert options.expect_text == ("a", "b c")
    assert options.expect_json == ('json["n"] == 1',)


@pytest.mark.parametrize(
    ("line", "is_followed"),
    [
        ("/", True),
        ("/ --expect 200", True),
        ("/ --expect 303", False),
        ("/ --expect 200,3xx", False),
        ("/ --expect 303 --follow", True),
        ("/ --no-follow", False),
    ],
)
def test_redirects_are_followed_unless_expected(line: str, is_followed: bool) -> None:
    """A redirect is followed, but not when a redirect is what is expected."""
    assert read_request(line).options.is_followed is is_followed


def test_two_dashes_end_the_options() -> None:
    """Behind -- a word that starts with a dash is an item."""
    command = read_request("/ -- -x=1")
    assert command.request.items[0].key == "-x"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "/ --timeout soon",
            "--timeout got 'soon'.\n  Why: it takes a number of seconds above 0.\n"
            "  Fix: --timeout 5",
        ),
        (
            "/ --expect ok",
            "'ok' says nothing that can be checked.\n  Why: what can be said "
            "begins with a status, or with one of status, text, page, form, json, "
            "header, cookie, redirects, within, has, lacks, value, rows.\n"
            '  Fix: write 200, or text has "Hello"',
        ),
        (
            "/ -> has GET /hello",
            "'has GET /hello' cannot be said of a response.\n  Why: rules and "
            "databases are asked by the checks of an exercise.\n"
            '  Fix: write 200, or text has "Hello"',
        ),
        (
            "/ -A digest",
            "--auth-type got 'digest'.\n  Why: it takes basic or bearer.\n"
            "  Fix: -A bearer -a TOKEN",
        ),
        (
            "/ --raw",
            "--raw lacks its value.\n  Why: it takes one.\n  Fix: write --raw VALUE.",
        ),
        (
            "/ --speed",
            "'--speed' is not an option of %http.\n  Why: the options are "
            + ", ".join(OPTION_NAMES)
            + ".\n  Fix: put -- before '--speed' if it is a request item.",
        ),
    ],
)
def test_wrong_options(line: str, message: str) -> None:
    """A wrong option says what is right."""
    with pytest.raises(RequestSyntaxError) as caught:
        read_request(line)
    assert str(caught.value) == message


def test_two_bodies() -> None:
    """A body in the cell and data in the line do not go together."""
    with pytest.raises(RequestSyntaxError) as caught:
        read_request("/ name=Ada", '{"name": "Ada"}')
    assert str(caught.value) == (
        "The request has a body in the cell and 'name=Ada' in the line.\n"
        "  Why: a request has one body.\n"
        "  Fix: keep the one in the cell, or the one in the line."
    )


def test_cell_is_the_message() -> None:
    """The cell below `%%http` gives headers and a body; query items may join."""
    command = read_request("/items q==x", "Accept: */*\n\nhello\n")
    assert command.message == Message((("Accept", "*/*"),), "hello")


def test_help_names_every_option() -> None:
    """The help says of each option what it does."""
    assert not [
        name
        for name in OPTION_NAMES
        if name not in HELP
        and name[1] == "-"
        and name not in ("--auth", "--auth-type", "--follow")
    ]
