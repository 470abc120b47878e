"""What a student reads, in their language."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages import Message
from tools.messages import (
    LANGUAGES,
    extract,
    mo_bytes,
    po_bytes,
    po_path,
    read,
    updated,
)

from werkbook.exercises.words import count, language, languages, say


@pytest.fixture(params=LANGUAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def texts(message: Message) -> list[str]:
    """Return a message's translations: one, or one for each number."""
    string = message.string
    return [string] if isinstance(string, str) else list(string)


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


@pytest.mark.filterwarnings("ignore:Skipping f-string")
def test_catalogue_is_complete(name: str) -> None:
    """Each message of the source is translated, and each has the same names to fill."""
    catalogue = updated(name, extract())
    for message in catalogue:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else message.id
        for text in texts(message):
            assert text, message.id
            assert fields(text) <= set().union(*map(fields, ids)), text
            assert text.endswith(" ") == ids[0].endswith(" "), text


@pytest.mark.filterwarnings("ignore:Skipping f-string")
def test_catalogue_is_of_today(name: str) -> None:
    """The files hold what `python tools/messages.py` would write."""
    catalogue = updated(name, extract())
    assert po_path(name).read_bytes() == po_bytes(catalogue)
    assert po_path(name).with_suffix(".mo").read_bytes() == mo_bytes(read(name))


def test_code_in_messages_stays(name: str) -> None:
    """What a student is to type is the same in each language."""
    code = re.compile(r"request\.\w+|session\[|@app\.\w+|methods=|\.lower\(\)|escape\(")
    for message in read(name):
        if isinstance(message.id, str):
            found = sorted(code.findall(message.id))
            assert sorted(code.findall(str(message.string))) == found, message.id


def test_language_is_chosen() -> None:
    """The innermost language is spoken, and English where there is no catalogue."""
    assert languages() == ["de", "en", "es"]
    with language("de"):
        assert say("not yet") == "noch nicht"
        with language("es_MX.UTF-8"):
            assert say("not yet") == "todavía no"
        with language("xx"):
            assert say("not yet") == "not yet"
    with language("en"):
        assert say("no text {text}", text="“a”") == "no text “a”"


def test_numbers_have_their_forms() -> None:
    """One thing and several are said differently."""
    one, many = "{points} of {number} point", "{points} of {number} points"
    with language("es"):
        assert count(one, many, 1, points=0) == "0 de 1 punto"
        assert count(one, many, 2, points=0) == "0 de 2 puntos"


def test_variable_chooses_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kit's own variable counts; the system's does not, for outputs are saved."""
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    assert say("Solved.") == "Solved."
    monkeypatch.setenv("WERKBOOK_LANGUAGE", "de")
    assert say("Solved.") == "Gelöst."
