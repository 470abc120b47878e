import argparse

import pytest
from IPython.core.error import UsageError

from werkbook_ext.magics.arguments import MagicParser, port_number


@pytest.fixture
def parser() -> MagicParser:
    parser = MagicParser("%serve", "[APP] [--port N]")
    parser.add_argument("app", nargs="?")
    parser.add_argument("--port", type=port_number)
    return parser


def test_parse_line_reads_words_and_options(parser: MagicParser) -> None:
    arguments = parser.parse_line('"my app" --port 5000')
    assert (arguments.app, arguments.port) == ("my app", 5000)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("--prot", "unrecognized arguments: --prot; did you mean --port?"),
        ("--xyz", "unrecognized arguments: --xyz"),
        ("--port", "argument --port: expected one argument"),
        (
            "--port x",
            "argument --port: 'x' is no port number (0 to 65535)",
        ),
        ("--port 70000", "argument --port: '70000' is no port number (0 to 65535)"),
        ("a b", "unrecognized arguments: b"),
        ("'a", "no closing quotation"),
    ],
)
def test_parse_line_wrong(parser: MagicParser, line: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        parser.parse_line(line)
    assert str(caught.value) == f"%serve: {problem}\nUsage: %serve [APP] [--port N]"


def test_port_number_refuses_what_is_none() -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        port_number("-1")
