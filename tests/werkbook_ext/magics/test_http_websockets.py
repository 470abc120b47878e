"""`%http --ws`: messages that are sent and come, as a card."""

from __future__ import annotations

import pytest
from tests.werkbook_ext.notebooks import Notebook

APP = """
from werkbook import App, request, session
from simple_websocket import ConnectionClosed, Server
app = App()
app.secret_key = "secret"

def socket(view):
    @app.route("/" + view.__name__, websocket=True, endpoint=view.__name__)
    def answer():
        ws = Server.accept(request.environ)
        try:
            view(ws)
            ws.close()
        except ConnectionClosed:
            pass
        return ""
    return view

@app.get("/in")
def come_in():
    session["user"] = "Ada"
    return "in"
"""
ECHO = """
@socket
def echo(ws):
    while True:
        ws.send(ws.receive())
"""
MORE = """
@socket
def greet(ws):
    ws.send(f"Hello {session.get('user', 'stranger')}")
    ws.send(bytes(3))
    ws.close(4000, "that is all")

@socket
def boom(ws):
    ws.receive()
    raise LookupError("lost")

@socket
def silent(ws):
    ws.receive()
    ws.receive()
"""


@pytest.fixture
def served(notebook: Notebook) -> Notebook:
    """A notebook with an app that has WebSockets."""
    notebook.run("app", APP)
    notebook.run("echo", ECHO)
    notebook.run("more", MORE)
    return notebook


def test_card_shows_what_was_sent_and_what_came(served: Notebook) -> None:
    ran = served.run("ask", '%http --ws /echo "hello there" second')
    assert ran.text.endswith(
        "WS /echo -> 101 Switching Protocols\n\n"
        "↑ hello there\n↑ second\n↓ hello there\n↓ second\nclosed: 1000\n"
    )
    html = ran.outputs[-1]["data"]["text/html"]
    assert "<code>WS /echo</code> → <strong>101 Switching Protocols</strong>" in html
    assert "↓ hello there\n↓ second" in html


def test_cell_sends_a_message_a_line(served: Notebook) -> None:
    ran = served.run("ask", "%%http --ws /echo\none\ntwo {{ 1 + 1 }}\n")
    assert "↑ one\n↑ two 2\n↓ one\n↓ two 2\nclosed: 1000" in ran.text


def test_value_is_the_response(served: Notebook) -> None:
    served.run("ask", 'r = %http --ws /echo "hello" -> 101, text has "hello"')
    assert served.ask("[r.status_code, r.text, r.url]") == [
        101,
        "hello",
        "http://localhost/echo",
    ]


def test_session_of_the_notebook_is_known(served: Notebook) -> None:
    served.run("in", "%http /in")
    ran = served.run("ask", "%http --ws /greet")
    assert "↓ Hello Ada\n↓ 3 bytes: 00 00 00\nclosed: 4000 that is all" in ran.text


def test_view_that_fails_is_shown_with_its_line(served: Notebook) -> None:
    ran = served.run("ask", "%http --ws /boom go")
    assert "↑ go\nclosed: 1011 The view failed." in ran.text
    assert "LookupError: lost" in ran.text
    assert 'raise LookupError("lost")' in ran.text


def test_so_many_frames_are_waited_for(served: Notebook) -> None:
    ran = served.run("ask", "%http --ws /greet --frames 1")
    assert "↓ Hello stranger\nclosed:" in ran.text


def test_app_that_says_nothing_is_noted(served: Notebook) -> None:
    ran = served.run("ask", "%http --ws /silent a --frames 1 --timeout 0.3")
    assert "No more came within 0.3 s.\n" in ran.text


def test_refused_handshake_is_shown_as_an_answer(served: Notebook) -> None:
    ran = served.run("ask", "%http --ws /nowhere hello")
    assert "WS /nowhere -> 404 Not Found" in ran.text


def test_expectation_that_does_not_hold_fails_the_cell(served: Notebook) -> None:
    ran = served.fail("ask", '%http --ws /echo "hello" -> text has "other"')
    assert "ExpectationError: " in ran.text + ran.error


def test_open_socket_of_a_view_that_is_defined_anew_is_closed(served: Notebook) -> None:
    """Those of other views stay open, and new ones get the new view."""
    served.run("name", "import websocket\nfrom werkbook import serving")
    served.run(
        "open",
        "port = serving.servers()[0].port if serving.servers() else "
        "serving.serve(app).port\n"
        "def connect(path):\n"
        "    url = f'ws://127.0.0.1:{port}{path}'\n"
        "    return websocket.create_connection(url, timeout=20,"
        " suppress_origin=True)\n"
        "old, other = connect('/echo'), connect('/silent')\n"
        "old.send('first'); first = old.recv()\n"
        "other.send('a')",
    )
    served.run("echo", ECHO.replace("ws.send(ws", "ws.send('new ' + ws"))
    served.run(
        "look",
        "closing = old.recv_data_frame(control_frame=True)[1].data\n"
        "new = connect('/echo')\n"
        "new.send('second'); second = new.recv()\n"
        "other.send('b'); end = other.recv_data_frame(control_frame=True)[1].data\n"
        "for one in (old, new, other): one.shutdown()",
    )
    assert served.ask("[first, second]") == ["first", "new second"]
    assert served.ask("[int.from_bytes(closing[:2], 'big'), closing[2:].decode()]") == [
        1012,
        "The notebook has another view now: connect again.",
    ]
    assert served.ask("int.from_bytes(end[:2], 'big')") == 1000


def test_failed_cell_closes_nothing(served: Notebook) -> None:
    served.run("name", "import websocket\nfrom werkbook import serving")
    served.run(
        "open",
        "port = serving.serve(app).port\n"
        "ws = websocket.create_connection(f'ws://127.0.0.1:{port}/echo', timeout=20,"
        " suppress_origin=True)",
    )
    served.fail("echo", ECHO + "\n1 / 0")
    served.run("look", "ws.send('still'); still = ws.recv(); ws.shutdown()")
    assert served.ask("still") == "still"


def test_deleted_cell_closes_its_sockets(served: Notebook) -> None:
    served.run("name", "import websocket\nfrom werkbook import serving")
    served.run(
        "open",
        "port = serving.serve(app).port\n"
        "ws = websocket.create_connection(f'ws://127.0.0.1:{port}/echo', timeout=20,"
        " suppress_origin=True)\nws.send('a'); ws.recv()",
    )
    served.run("next", "1", deleted=["echo"])
    served.run("look", "data = ws.recv_data_frame(control_frame=True)[1].data")
    assert served.ask("int.from_bytes(data[:2], 'big')") == 1012
    served.run("end", "ws.shutdown()")
