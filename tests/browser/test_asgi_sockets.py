"""Chat pages of Starlette and FastAPI in the mini browser: their WebSockets, as theirs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.lab import Notebook

APP = """%load_ext werkbook
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
app = FastAPI()
members, left = set(), []
"""
PAGE = '''@app.get("/", response_class=HTMLResponse)
async def index():
    return """<!doctype html><title>Chat</title><form id=f><input id=i><button>Send</button>
</form><ul id=l></ul><p id=s></p><script>
const list = document.getElementById("l"), state = document.getElementById("s");
let ws, tries = 0;
function connect() {
  ws = new WebSocket(`ws://${location.host}/ws/Ada`);
  tries += 1;
  ws.onopen = () => { state.textContent = `open ${tries}`; };
  ws.onmessage = ({data}) => {
    const item = document.createElement("li");
    item.textContent = data;
    list.append(item);
  };
  ws.onclose = ({code}) => { state.textContent = `closed ${code}`; };
}
connect();
document.getElementById("f").addEventListener("submit", (event) => {
  ws.send(document.getElementById("i").value);
  event.preventDefault();
});
</script>"""'''
CHAT = """@app.websocket("/ws/{name}")
async def chat(socket: WebSocket, name: str, hello: str = "hi"):
    await socket.accept()
    members.add(socket)
    try:
        while True:
            text = await socket.receive_text()
            if text == "bye":
                await socket.close(code=4321, reason="enough")
                break
            if text == "crash":
                1 / 0
            for one in members:
                await one.send_text(f"{name}: {text}")
    except WebSocketDisconnect as error:
        left.append((error.code, error.reason))
    finally:
        members.discard(socket)

@app.websocket("/refuse")
async def refuse(socket: WebSocket):
    await socket.close(code=4000)

@app.websocket("/json")
async def as_json(socket: WebSocket):
    await socket.accept(subprotocol="v1", headers=[(b"x-a", b"b")])
    while True:
        await socket.send_json({"got": await socket.receive_json()})"""
CALL = """async (_, [path, protocols, sent]) => {
  const ws = new WebSocket(path, protocols);
  const log = [];
  const closed = new Promise((resolve) => { ws.onclose = resolve; });
  ws.onerror = () => log.push("error");
  ws.onopen = () => { log.push("open", ws.protocol); sent.forEach((one) => ws.send(one)); };
  let left = sent.length;
  ws.onmessage = ({ data }) => { log.push(data); if (!--left) ws.close(4002, "done"); };
  const { code, reason, wasClean } = await closed;
  return [log, code, reason, wasClean];
}"""


@pytest.fixture(scope="module")
def shown(module_notebook: Notebook) -> Notebook:
    module_notebook.set_cells(APP, PAGE, CHAT, "%browse /")
    module_notebook.run_all()
    expect(module_notebook.frame().locator("#s")).to_have_text("open 1")
    return module_notebook


def run(notebook: Notebook, script: str, *values: Any) -> Any:
    """Run a script in the shown page."""
    return notebook.frame().locator("body").evaluate(script, list(values))


@pytest.mark.parametrize(
    ("path", "protocols", "sent", "found"),
    [
        ("/json", ["v1", "v2"], '{"a": 1}', ["v1", '{"got":{"a":1}}', 4002, "done"]),
        ("ws/Bob", [], "one", ["", "Bob: one", 4002, "done"]),
        ("wss://app.invalid/ws/Bob?hello=x", [], "one", ["", "Bob: one", 4002, "done"]),
        ("/ws/Bob", [], "bye", ["", 4321, "enough"]),
        ("/ws/Bob", [], "crash", ["", 1011, "The view failed."]),
    ],
)
def test_what_the_view_says_reaches_the_page(
    shown: Notebook, path: str, protocols: list[str], sent: str, found: list[Any]
) -> None:
    """Messages, the subprotocol, and codes: the view's own, and that of its error."""
    log, code, reason, is_clean = run(shown, CALL, path, protocols, [sent])
    assert [*log, code, reason] == ["open", *found]
    assert is_clean


@pytest.mark.parametrize("path", ["/refuse", "/nowhere", "/json"])
def test_socket_that_is_not_opened_has_an_error(shown: Notebook, path: str) -> None:
    """Refused before it is accepted, no route, a protocol that was not offered."""
    assert run(shown, CALL, path, [], ["x"]) == [["error"], 1006, "", False]


def test_view_hears_how_the_page_closed(shown: Notebook) -> None:
    """The code and the reason of the page are those of `WebSocketDisconnect`."""
    run(shown, CALL, "/ws/Bob", [], ["one"])
    asked = (
        "import asyncio\nfor _ in range(500):\n    if (4002, 'done') in left: break\n"
        "    await asyncio.sleep(0.02)\nprint(left[-1])"
    )
    place = shown.add_cell(asked)
    shown.run_cell(place)
    assert shown.output(place).strip() == "(4002, 'done')"
    shown.delete_cell(place)


def test_page_talks_to_the_new_view_when_its_cell_ran(shown: Notebook) -> None:
    """The page uses the view, so it is shown anew, and its messages go to what is."""
    page = shown.frame()
    items = page.locator("li")

    def say(text: str) -> None:
        expect(page.locator("#s")).to_have_text("open 1")
        page.locator("#i").fill(text)
        page.locator("button").click()

    say("old")
    expect(items.last).to_have_text("Ada: old")
    shown.set_cell(2, CHAT.replace("{name}: {text}", "{name} says {text}"))
    shown.run_cell(2)
    expect(items).to_have_count(0)
    say("new")
    expect(items).to_have_text(["Ada says new"])


def test_network_log_lists_the_messages(shown: Notebook) -> None:
    view = shown.view()
    view.get_by_label("Network and console").click()
    run(shown, CALL, "/ws/Bob", [], ["listed"])
    row = view.locator(".wb-request").last
    expect(row.locator(".wb-code")).to_have_text("101")
    row.locator("summary").click()
    lines = row.locator(".wb-frames li")
    expect(lines.first).to_have_text("\u2191 listed")
    expect(lines.last).to_have_text("closed: 4002 done")
    view.get_by_label("Network and console").click()
