# lines of HTML and JavaScript stay whole
"""`new WebSocket` in a page of the mini browser: what browsers do, through the kernel."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.lab import Notebook

APP = """%load_ext werkbook
from flask import Flask
from flask_sock import Sock
import threading
app = Flask("sockets")
app.config["SOCK_SERVER_OPTIONS"] = {"subprotocols": ["chat"]}
sock = Sock(app)
endings = []
gate = threading.Event()

@app.get("/go")
def go():
    gate.set()
    return ""

@sock.route("/lazy")
def lazy(ws):
    gate.wait(60)
    ws.send(str(sum(len(ws.receive()) for _ in range(40))))

@app.get("/")
def index():
    return "<h1 id=h>Home</h1>"

@app.get("/other")
def other():
    return "<h1 id=h>Other</h1>"

@sock.route("/bye")
def bye(ws):
    ws.close(4001, "enough")"""
ECHO = """@sock.route("/echo")
def echo(ws):
    try:
        while True:
            ws.send(ws.receive())
    finally:
        endings.append(int(ws.close_reason))"""
TALK = """async (_, [path, protocols, sent]) => {
  const ws = new WebSocket(path, protocols);
  ws.binaryType = "arraybuffer";
  const log = [ws.readyState];
  const closed = new Promise((resolve) => { ws.onclose = resolve; });
  ws.onerror = () => log.push("error");
  ws.onopen = () => { log.push("open"); for (const one of sent) ws.send(one); };
  let left = sent.length;
  ws.onmessage = ({ data }) => {
    log.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
    if (!--left) ws.close(4002, "done");
  };
  const { code, reason, wasClean } = await closed;
  return { log, code, reason, wasClean, state: ws.readyState, url: ws.url };
}"""
FRAMES = """async () => {
  const ws = new WebSocket("/echo", ["other", "chat"]);
  await new Promise((resolve) => { ws.onopen = resolve; });
  const ask = (sent, kind) => new Promise((resolve) => {
    ws.binaryType = kind;
    ws.onmessage = ({ data }) => resolve(data);
    ws.send(sent);
  });
  const view = await ask(new Uint8Array([0, 255, 7]).subarray(1), "arraybuffer");
  const blob = await ask(new Blob(["\u00fc"]), "arraybuffer");
  const back = await ask(new Uint8Array(300000).buffer, "blob");
  const text = await ask("text", "blob");
  ws.close();
  const bytes = (one) => [...new Uint8Array(one)];
  return [ws.protocol, bytes(view), bytes(blob), back instanceof Blob, back.size, text];
}"""
PRESSURE = """async () => {
  const ws = new WebSocket("/lazy");
  await new Promise((resolve) => { ws.onopen = resolve; });
  const answer = new Promise((resolve) => { ws.onmessage = resolve; });
  for (let i = 0; i < 40; i++) ws.send(new Uint8Array(256 * 1024));
  await fetch("/other");
  const waiting = ws.bufferedAmount;
  await fetch("/go");
  const { data } = await answer;
  return [waiting > 0, data, ws.bufferedAmount];
}"""
ERRORS = """() => {
  const name = (act) => { try { act(); return "none"; } catch (error) { return error.name; } };
  const ws = new WebSocket("/echo");
  return [
    name(() => new WebSocket("ftp://app.invalid/")), name(() => new WebSocket("/a#b")),
    name(() => new WebSocket("/echo", ["a", "a"])), name(() => new WebSocket("/echo", "a b")),
    name(() => WebSocket("/echo")), name(() => ws.send("early")), name(() => ws.close(1001)),
    name(() => ws.close(1000, "x".repeat(124))), name(() => ws.close()),
    WebSocket.OPEN, ws.CLOSING, ws.readyState, String(ws), ws.binaryType, ws.bufferedAmount,
  ];
}"""


@pytest.fixture(scope="module")
def shown(module_notebook: Notebook) -> Notebook:
    module_notebook.set_cells(APP, ECHO, "%browse /")
    module_notebook.run_all()
    expect(module_notebook.frame().locator("#h")).to_have_text("Home")
    return module_notebook


def run(notebook: Notebook, script: str, *values: Any) -> Any:
    """Run a script in the shown page."""
    return notebook.frame().locator("body").evaluate(script, list(values))


def test_texts_come_back_and_the_close_is_clean(shown: Notebook) -> None:
    found = run(shown, TALK, "/echo", [], ["hello", "gr\u00fc\u00dfe", ""])
    assert found["log"] == [0, "open", "hello", "gr\u00fc\u00dfe", ""]
    assert (found["code"], found["reason"]) == (4002, "done")
    assert (found["wasClean"], found["state"]) == (True, 3)
    assert found["url"] == "ws://app.invalid/echo"


def test_code_and_reason_of_the_app_reach_the_page(shown: Notebook) -> None:
    found = run(shown, TALK, "/bye", [], ["x"])
    assert (found["code"], found["reason"], found["wasClean"]) == (4001, "enough", True)


def test_refused_socket_has_an_error_and_closes(shown: Notebook) -> None:
    found = run(shown, TALK, "/nowhere", [], ["x"])
    assert (found["log"], found["code"]) == ([0, "error"], 1006)


def test_bytes_and_the_subprotocol_are_those_of_the_app(shown: Notebook) -> None:
    """Views of buffers, blobs and buffers go there and back, beside texts."""
    expected = ["chat", [255, 7], [195, 188], True, 300_000, "text"]
    assert run(shown, FRAMES) == expected


def test_what_the_view_does_not_take_waits_in_the_page(shown: Notebook) -> None:
    """Ten megabytes wait for a view that does not receive, and all come in the end."""
    assert run(shown, PRESSURE) == [True, str(40 * 256 * 1024), 0]


def test_errors_are_those_of_the_standard(shown: Notebook) -> None:
    syntax, access = "SyntaxError", "InvalidAccessError"
    assert run(shown, ERRORS) == [
        *[syntax] * 4,
        *["TypeError", "InvalidStateError", access, syntax, "none"],
        *[1, 2, 2, "[object WebSocket]", "blob", 0],
    ]


def test_network_log_lists_the_messages(shown: Notebook) -> None:
    view = shown.view()
    view.get_by_label("Network and console").click()
    run(shown, TALK, "/echo", [], ["listed"])
    row = view.locator(".wb-request").last
    expect(row.locator(".wb-code")).to_have_text("101")
    row.locator("summary").click()
    lines = row.locator(".wb-frames li")
    expect(lines).to_have_text(["\u2191 listed", "\u2193 listed", "closed: 4002 done"])
    view.get_by_label("Network and console").click()
