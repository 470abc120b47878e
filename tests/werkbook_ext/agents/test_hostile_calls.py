"""Tools that are called with anything, of apps that say anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from werkbook_ext.agents.tools import answer

APP = """
from werkbook import App
app = App()

@app.get("/")
def index():
    print("\\x1b[31m\\x9b\\u202e")
    return b"\\x1b]0;t\\x07\\xc2\\x9b31m\\xe2\\x80\\xae"

class Odd:
    __name__ = "odd"
    methods = ("GET",)
    def __call__(self):
        return "x"

app.add_url_rule("/\\x1b[31m", "\\x1b[31mrm", Odd())
"""
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("http", {"method": "GET /x HTTP/1.1\r\nA: b\r\n\r\nGET"}, "no word that HTTP has"),
    ("http", {"method": "\ud800"}, "method holds half a character"),
    ("http", {"method": ""}, "The method '' is no word that HTTP has"),
    ("http", {"method": 5}, "method is a text, and 5 is not."),
    ("http", {"headers": {"X": "a\r\nEvil: 1"}}, "InvalidHeader: Invalid leading"),
    ("http", {"headers": {"X": "\u20ac"}}, "The header 'X' has characters that no"),
    ("http", {"headers": {"X": "\ud800"}}, "The header 'X' has characters that no"),
    ("http", {"headers": [1]}, "headers is an object, and [1] is not."),
    ("http", {"body": "\ud800"}, "body holds half a character, which no text"),
    ("http", {"url": 5}, "url is a text, and 5 is not."),
    ("http", {"url": "http://evil.example/"}, "is no URL of the app"),
    ("http", {"follow": "no"}, "follow is true or false, and 'no' is not."),
    ("routes", {"app": "a\x1b[31m"}, "There is no app 'a\\x1b[31m' here."),
    ("routes", {"app": 5}, "app is a text, and 5 is not."),
    ("openapi", {"below": 5}, "below is a text, and 5 is not."),
    ("export", {"path": "\0.py"}, "path is '\\x00.py', which no file can be called."),
    ("export", {"path": "../evil.py"}, "path is '../evil.py', which lies outside"),
    ("export", {"path": "link/evil.py"}, "path is 'link/evil.py', which lies outside"),
    ("export", {"project": "/tmp/evil"}, "project is '/tmp/evil', which lies outside"),
    ("export", {"tests": 1}, "tests is true or false, and 1 is not."),
]


@pytest.fixture(autouse=True)
def app(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path / "in")
    shell.run_cell(APP)


@pytest.mark.parametrize(("tool", "given", "said"), REFUSED)
def test_arguments_that_no_tool_takes_are_told(
    tool: str, given: dict[str, Any], said: str, tmp_path: Path
) -> None:
    """As the caller's own error, in a line; nothing is sent or written."""
    told = answer(tool, json.dumps({"url": "/", **given} if tool == "http" else given))
    assert (told["is_error"], said in told["text"]) == (True, True), told["text"]
    assert {one.name for one in tmp_path.iterdir()} == {"in"}


@pytest.mark.parametrize("tool", ["routes", "http", "failures", "openapi"])
def test_nothing_that_a_terminal_obeys_is_handed_on(tool: str) -> None:
    """Names of endpoints, what a view prints, bodies."""
    told = answer(tool, "{}")
    assert not told["is_error"]
    assert all(line.isprintable() for line in told["text"].split("\n"))


def test_error_of_an_apps_own_object_is_told(shell: InteractiveShell) -> None:
    """It is the app's, not the kernel's: no restart helps."""
    shell.user_ns["app"].snapshot = lambda: 1 / 0
    told = answer("openapi", "{}")
    assert told == {"text": "ZeroDivisionError: division by zero", "is_error": True}
