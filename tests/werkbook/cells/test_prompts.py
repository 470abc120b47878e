"""What cells ask of a person or the shell, read from the environment instead."""

from __future__ import annotations

import ast

import pytest

from werkbook.cells.prompts import (
    answer_prompts,
    is_console_loop,
    name_variable,
    shell_value,
)


def answered(source: str, saved: str = "") -> tuple[str, str] | None:
    [node] = ast.parse(source).body
    return answer_prompts(node, source, saved)


@pytest.mark.parametrize(
    ("source", "saved", "text"),
    [
        ("key = getpass()", "", 'key = os.environ["KEY"]'),
        (
            "name = input('Name: ')",
            "Name: Ada\n",
            'name = os.environ.get("NAME", "Ada")',
        ),
        ("name = input('Name: ')", "", 'name = os.environ["NAME"]'),
        (
            "api_key = input('Key: ')",
            "Key: s3cret\n",
            'api_key = os.environ["API_KEY"]',
        ),
        (
            "app.config['SECRET_KEY'] = getpass.getpass('Secret: ')",
            "Secret: x",
            "app.config['SECRET_KEY'] = os.environ[\"SECRET_KEY\"]",
        ),
        (
            "port = int(input('Port? '))",
            "Port? 8080\n",
            'port = int(os.environ.get("PORT", "8080"))',
        ),
        ("print(input('Your name? '))", "", 'print(os.environ["YOUR_NAME"])'),
    ],
)
def test_prompt_becomes_a_variable(source: str, saved: str, text: str) -> None:
    """The saved answer is its default, unless it may be a secret."""
    found = answered(source, saved)
    assert found is not None
    assert found[0] == text


def test_report_says_which_variable_is_read() -> None:
    """Each prompt once."""
    found = answered("pair = input('A: '), input('A: ')")
    assert found is not None
    assert found[1] == (
        "input() asks a person, and nobody sits at a server; the file reads the"
        " variable PAIR instead."
    )


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "def ask():\n    return input('Name: ')",
        "while True:\n    print(input('> '))",
    ],
)
def test_what_asks_nobody_now_stays(source: str) -> None:
    """A function asks when it is called; a loop with a person is another matter."""
    assert answered(source) is None


def test_loop_that_talks_with_a_person_is_told_apart() -> None:
    """Inside of functions' bodies it may stay."""
    [loop, plain] = ast.parse(
        "while True:\n    print(answer(input('> ')))\nfor n in range(3):\n    print(n)"
    ).body
    assert is_console_loop(loop)
    assert not is_console_loop(plain)


@pytest.mark.parametrize(
    ("command", "text", "is_said"),
    [
        ("echo hello world", "v = ['hello world']", False),
        ("echo 'a  b' c", "v = ['a  b c']", False),
        ("echo $HOME", 'v = os.environ["V"].splitlines()', True),
        ("git describe", 'v = os.environ["V"].splitlines()', True),
        ("echo 'open", 'v = os.environ["V"].splitlines()', True),
    ],
)
def test_shell_value_is_read_from_the_environment(
    command: str, text: str, is_said: bool
) -> None:
    """What `echo` says of plain words is known."""
    found, said = shell_value("v", command)
    assert found == text
    assert bool(said) == is_said


@pytest.mark.parametrize(
    ("target", "name"),
    [("key", "KEY"), ("app.secret", "APP_SECRET"), ("3rd", "VALUE_3RD"), ("", "VALUE")],
)
def test_variable_is_named_after_what_is_bound(target: str, name: str) -> None:
    """In capitals, and never beginning with a digit."""
    assert name_variable(target) == name
