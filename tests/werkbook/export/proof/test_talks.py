"""What cells say on WebSockets is said to the file, too, and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from werkbook.cells.asked import asked_by
from werkbook.cells.cell import Cell
from werkbook.export import Options, export
from werkbook.export.proof.answers import Proof
from werkbook.export.proof.proof import Prover
from werkbook.export.proof.subject import Subject
from werkbook.export.report import verdict

FASTAPI = "from fastapi import FastAPI, WebSocket\napp = FastAPI()\nseen = []"
FLASK = (
    "from flask import Flask\nfrom flask_sock import Sock\n"
    "app = Flask(__name__)\nsock = Sock(app)\nseen = []"
)
ECHO = """@app.websocket("/echo")
async def echo(ws: WebSocket):
    await ws.accept()
    while True:
        text = await ws.receive_text()
        seen.append(text)
        await ws.send_text(f"{len(seen)}: {text} {SAYS}")"""
SOCK_ECHO = """@sock.route("/echo")
def echo(ws):
    while True:
        text = ws.receive()
        seen.append(text)
        ws.send(f"{len(seen)}: {text} {SAYS}")"""
SEEN = '@app.get("/seen")\ndef all_seen():\n    return {"seen": seen}'
ASKS = '%http --ws /echo "hello" "there"'
SAME = "'here'"
OTHERWISE = "'In' in globals()"
CHAT = """from fastapi import WebSocketDisconnect
room = []

@app.websocket("/chat/{name}")
async def chat(ws: WebSocket, name: str):
    await ws.accept()
    room.append(ws)
    try:
        while True:
            text = await ws.receive_text()
            for one in room:
                whose = "mine" if one is ws else str(SAYS)
                await one.send_text(f"{name}: {text} ({whose})")
    except WebSocketDisconnect:
        room.remove(ws)"""
TWO = """from fastapi.testclient import TestClient
with TestClient(app) as client:  # one loop for both: their streams know no threads
    with client.websocket_connect("/chat/ann") as a:
        with client.websocket_connect("/chat/bob") as b:
            a.send_text("hi")
            print(a.receive_text(), b.receive_text())
            b.send_text("ho")
            print(a.receive_text(), b.receive_text())"""


def prove(
    sources: Sequence[str], folder: Path, *, tries_workers: bool = False
) -> Proof:
    """Export cells, and compare the file with the notebook."""
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    subject = Subject(cells, folder, asked_by(cells))
    with Prover(subject, tries_workers=tries_workers) as prover:
        return prover.prove(export(cells, Options()))


def proved(sources: Sequence[str], folder: Path) -> str:
    """The verdict in one text."""
    return "\n".join(verdict(prove(sources, folder)))


@pytest.mark.parametrize(
    ("made", "echo"), [(FASTAPI, ECHO), (FLASK, SOCK_ECHO)], ids=["ASGI", "WSGI"]
)
def test_what_an_app_says_on_a_websocket_is_compared(
    tmp_path: Path, made: str, echo: str
) -> None:
    """Words that only the notebook's app says are a difference, with the words."""
    found = proved([made, echo.replace("SAYS", OTHERWISE), ASKS], tmp_path)
    assert found.startswith("Not proved: cell 3: WEBSOCKET /echo has another body.")
    assert "-2: there True" in found
    assert "+2: there False" in found


@pytest.mark.parametrize(
    ("made", "echo"), [(FASTAPI, ECHO), (FLASK, SOCK_ECHO)], ids=["ASGI", "WSGI"]
)
def test_a_talk_leaves_the_same_in_both(tmp_path: Path, made: str, echo: str) -> None:
    """The app is asked in the state of its cells, and what was said counts once."""
    sources = [made, echo.replace("SAYS", SAME), SEEN, ASKS, "%http /seen"]
    proof = prove(sources, tmp_path)
    assert verdict(proof) == ["Proved: 2 of 2 rules asked, 2 answers equal"]
    said = [one.file.body for one in proof.exchanges if one.is_talk and one.file]
    assert said == [b"1: hello here\n2: there here"]


def test_what_one_says_others_hear(tmp_path: Path) -> None:
    """Two that were open at once are so again, and each one's words are compared."""
    sources = [FASTAPI, CHAT.replace("SAYS", "'theirs'"), TWO]
    proof = prove(sources, tmp_path)
    assert verdict(proof) == ["Proved: 1 of 1 rule asked, 1 answer equal"]
    talk = next(one.file for one in proof.exchanges if one.is_talk)
    assert talk is not None
    assert (talk.body or b"").decode().splitlines() == [
        "1> ann: hi (mine)",
        "1> bob: ho (theirs)",
        "2> ann: hi (theirs)",
        "2> bob: ho (mine)",
    ]
    found = proved([FASTAPI, CHAT.replace("SAYS", OTHERWISE), TWO], tmp_path)
    assert "-1> bob: ho (True)" in found


def test_a_chat_of_two_lives_in_one_process(tmp_path: Path) -> None:
    """Under two workers the second one is in another room."""
    sources = [FASTAPI, CHAT.replace("SAYS", "'theirs'"), TWO]
    proof = prove(sources, tmp_path, tries_workers=True)
    assert list(map(str, proof.one_process or [])) == [
        "cell 3: WEBSOCKET /chat/ann answers otherwise under two workers"
    ]


@pytest.mark.parametrize(
    ("made", "echo"), [(FASTAPI, ECHO), (FLASK, SOCK_ECHO)], ids=["ASGI", "WSGI"]
)
def test_a_websocket_that_nobody_opens_is_not_asked(
    tmp_path: Path, made: str, echo: str
) -> None:
    """A request by HTTP says nothing of it: it counts as a rule that was not asked."""
    proof = prove([made, echo.replace("SAYS", SAME)], tmp_path)
    assert verdict(proof)[0].startswith("Starts, nothing compared")
    proof = prove([made, echo.replace("SAYS", SAME), SEEN], tmp_path)
    assert verdict(proof) == ["Proved: 1 of 2 rules asked, 1 answer equal"]


def test_how_a_talk_ends_is_compared(tmp_path: Path) -> None:
    """Code and reason of an app that closes it; the status of one that refuses."""
    ends = """@app.websocket("/ends")
async def ends(ws: WebSocket):
    await ws.accept()
    await ws.send_bytes(bytes([0, 255]))
    await ws.close(4001 if 'In' in globals() else 4002, "enough")"""
    found = proved([FASTAPI, ends, "%http --ws /ends"], tmp_path)
    assert " 2 bytes 00ff" in found
    assert "-closed 4001 enough" in found
    refuses = """@app.websocket("/no")
async def no(ws: WebSocket):
    if 'In' not in globals():
        await ws.accept()
    await ws.close()"""
    found = proved([FASTAPI, refuses, "%http --ws /no"], tmp_path)
    assert "WEBSOCKET /no answers 101, not 403 as the notebook's own app." in found


def test_what_a_websocket_raises_is_told(tmp_path: Path) -> None:
    """An exception behind it is the file's failure, with the cell that asked."""
    raises = """@app.websocket("/ws")
async def ws(ws: WebSocket):
    await ws.accept()
    text = await ws.receive_text()
    await ws.send_text(str(len(In) > 0) + text)"""
    found = proved([FASTAPI, raises, '%http --ws /ws "a"'], tmp_path)
    assert found.startswith("Not proved: cell 3: WEBSOCKET /ws answers 500, not 101")
    assert "NameError" in found


def test_what_a_line_of_a_cell_says_is_said_where_only_its_text_is_known(
    tmp_path: Path,
) -> None:
    """A running kernel's app is not asked anew; the file hears it, for its state."""
    sources = [FASTAPI, ECHO.replace("SAYS", SAME), SEEN, ASKS, "%http /seen"]
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    asked = [
        replace(one, status=200, response=b'{"seen":["hello","there"]}')
        if one.url == "/seen"
        else one
        for one in asked_by(cells)
    ]
    subject = Subject(cells, tmp_path, asked, check="live")
    with Prover(subject, tries_workers=False) as prover:
        proof = prover.prove(export(cells, Options()))
    assert verdict(proof) == ["Proved: 2 of 2 rules asked, 1 answer equal"]
    assert [one.here for one in proof.exchanges if one.is_talk] == [None]


def test_what_is_said_before_an_exception_is_compared(tmp_path: Path) -> None:
    """Both raise the same, and one has said something else until then."""
    raises = """@app.websocket("/ws")
async def ws(ws: WebSocket):
    await ws.accept()
    await ws.send_text(str('In' in globals()))
    1 / 0"""
    asks = """from fastapi.testclient import TestClient
with TestClient(app).websocket_connect("/ws") as ws:
    print(ws.receive_text())"""
    found = proved([FASTAPI, raises, asks], tmp_path)
    assert "WEBSOCKET /ws has another body." in found
    assert "-True" in found
