# lines of HTML and JavaScript stay whole
"""What pages do in the mini browser: links, forms, log-in, scripts, files, history."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, expect
from tests.browser.lab import Notebook

SHOW = """from tests.browser import demo_app, standin
app = demo_app.make()
browser = standin.show(app, live=False)
browser"""


@pytest.fixture(scope="module")
def shown(module_notebook: Notebook) -> Notebook:
    module_notebook.set_cells(SHOW)
    module_notebook.run_all()
    return module_notebook


@pytest.fixture
def home(shown: Notebook) -> FrameLocator:
    go(shown, "/")
    expect(shown.frame().locator("#h")).to_have_text("Home")
    expect(shown.frame().locator("#js")).to_have_text(
        'fetch: {"items":["a","b"],"n":3}'
    )
    return shown.frame()


def go(notebook: Notebook, address: str) -> None:
    view = notebook.view()
    before = int(view.get_attribute("data-shown") or 0)
    view.get_by_label("Address").fill(address)
    view.get_by_label("Address").press("Enter")
    assert notebook.wait(lambda: int(view.get_attribute("data-shown") or 0) > before)


def address(notebook: Notebook) -> str:
    return notebook.view().get_by_label("Address").input_value()


def heading(notebook: Notebook, text: str) -> None:
    expect(notebook.frame().locator("#h")).to_have_text(text)


def test_fetch_takes_urls_of_the_page_itself_and_the_options_of_browsers(
    home: FrameLocator,
) -> None:
    found = home.locator("body").evaluate(
        """async () => {
          const blob = URL.createObjectURL(new Blob(['blob']));
          const moved = await fetch('/logout', {redirect: 'manual'});
          return [await (await fetch('data:,data')).text(),
            await (await fetch(blob)).text(), moved.type, moved.status, moved.ok];
        }"""
    )
    assert found == ["data", "blob", "opaqueredirect", 0, False]


def test_page_shows_with_css_script_images_and_modules(home: FrameLocator) -> None:
    style = home.locator("#h").evaluate(
        "(e) => [getComputedStyle(e).color, getComputedStyle(e).letterSpacing,"
        " getComputedStyle(document.body).backgroundImage.slice(0, 20)]"
    )
    assert style == ["rgb(0, 128, 0)", "3px", 'url("data:image/png;']
    assert home.locator("#im").evaluate("(e) => e.naturalWidth") == 16
    expect(home.locator("#mod")).to_have_text("module: based!")
    expect(home.locator("#xhr")).to_contain_text('xhr: 200 {"ct":"application/json"')
    expect(home.locator("#st")).to_have_text("ls: v")


def test_script_imports_modules_by_their_paths(shown: Notebook) -> None:
    go(shown, "/late")
    late = shown.frame().locator("#late")
    expect(late).to_have_text("based!")
    shown.frame().locator("#click").click()
    expect(late).to_have_text("based!based")


def test_workers_get_their_scripts_and_ask_the_app(home: FrameLocator) -> None:
    answers = home.locator("body").evaluate(
        """() => Promise.all([
          ['worker.js', {}], ['module_worker.js', {type: 'module'}],
          ['broken_worker.js', {}], ['../nosuch.js', {}], ['asking_worker.js', {}],
        ].map(([name, options]) => new Promise((resolve) => {
          const worker = new Worker(`/modules/${name}`, options);
          worker.onmessage = ({data}) => resolve(data);
          worker.onerror = ({message}) => resolve(message);
          worker.postMessage(21);
        })))"""
    )
    assert answers == [
        [42, "pong", "based"],
        "based!",
        "Uncaught Error: in a worker",
        "Uncaught TypeError: nothing at http://app.invalid/nosuch.js",
        [
            f"A worker of the mini browser has no {name} to its app: {instead}."
            for name, instead in (
                ("XMLHttpRequest", "use fetch"),
                ("WebSocket", "open it in the page, and pass on what comes"),
                ("EventSource", "open it in the page, and pass on what comes"),
            )
        ],
    ]


def test_image_made_by_a_script_loads(home: FrameLocator) -> None:
    image = home.locator("#dyn")
    expect(image).to_have_js_property("naturalWidth", 16)
    assert image.evaluate("(e) => [e.src, e.getAttribute('src')]") == [
        "http://app.invalid/pic.png?dyn",
        "/pic.png?dyn",
    ]


def test_links_back_and_forward(shown: Notebook, home: FrameLocator) -> None:
    home.locator("#l1").click()
    heading(shown, "Hello Ana")
    assert address(shown) == "/hello?name=Ana"
    shown.view().get_by_label("Back").click()
    heading(shown, "Home")
    shown.view().get_by_label("Forward").click()
    heading(shown, "Hello Ana")


def test_get_form(shown: Notebook, home: FrameLocator) -> None:
    home.locator("#gsub").click()
    heading(shown, "Hello Bob & Cie")
    assert address(shown) == "/hello?name=Bob+%26+Cie"


def test_post_form_with_a_file_redirects(shown: Notebook, home: FrameLocator) -> None:
    home.locator("#up").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"x" * 3000}
    )
    home.locator("#sub").click()
    heading(shown, "Done")
    expect(shown.frame().locator("#msg")).to_have_text("q=abc btn=ok notes.txt:3000")
    assert address(shown) == "/done"
    status = shown.view().locator(".wb-status")
    expect(status).to_have_text("303 → 200 OK")
    assert (status.get_attribute("title") or "").startswith("303 /form → GET /done")


def test_upload_larger_than_a_websocket_message(
    shown: Notebook, home: FrameLocator, tmp_path: Path
) -> None:
    big = tmp_path / "big.bin"  # by its path: bytes would go through Playwright's pipe
    big.write_bytes(b"y" * 15_000_000)
    home.locator("#up").set_input_files(big)
    home.locator("#sub").click()
    expect(shown.frame().locator("#msg")).to_have_text("q=abc btn=ok big.bin:15000000")


def test_log_in_and_out(shown: Notebook, home: FrameLocator) -> None:
    home.locator("#l3").click()
    heading(shown, "Login")
    shown.frame().locator("#user").fill("ada")
    shown.frame().locator("#pw").fill("s3")
    shown.frame().locator("#go").click()
    heading(shown, "Secret of ada")
    assert address(shown) == "/secret"
    shown.frame().locator("#out").click()
    heading(shown, "Home")


def test_hash_link_scrolls_and_is_in_the_history(
    shown: Notebook, home: FrameLocator
) -> None:
    home.locator("#frag").click()
    expect(home.locator("#bottom")).to_be_in_viewport()
    assert address(shown) == "/#bottom"
    shown.view().get_by_label("Back").click()
    shown.wait(lambda: address(shown) == "/")
    assert address(shown) == "/"


def test_address_outside_the_app_is_not_followed(
    shown: Notebook, home: FrameLocator
) -> None:
    home.locator("#ext").click()
    notice = shown.view().locator(".wb-notice")
    expect(notice).to_contain_text("outside the app")
    link = notice.locator("a")
    assert link.get_attribute("href") == "https://example.org/"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert address(shown) == "/"


def test_new_tab_link_opens_here_with_a_note(
    shown: Notebook, home: FrameLocator
) -> None:
    home.locator("#blank").click()
    heading(shown, "Hello tab")
    expect(shown.view().locator(".wb-notice")).to_contain_text("asks for a new tab")


def test_location_set_by_script(shown: Notebook, home: FrameLocator) -> None:
    home.locator("#byscript").click()
    heading(shown, "Hello script")


def test_download_is_offered_by_a_button(shown: Notebook, home: FrameLocator) -> None:
    home.locator("#file").click()
    notice = shown.view().locator(".wb-notice")
    expect(notice).to_contain_text("r.csv (8 B)")
    with shown.page.expect_download() as saved:
        notice.get_by_text("Save").click()
    assert saved.value.suggested_filename == "r.csv"
    assert saved.value.path().read_bytes() == b"a,b\n1,2\n"


def test_push_state_and_popstate(shown: Notebook, home: FrameLocator) -> None:
    home.locator("body").evaluate(
        """() => {
          window.seen = [];
          addEventListener('popstate', (e) => seen.push(e.state));
          history.pushState({n: 1}, '', '/items/1');
          history.pushState({n: 2}, '', '/items/2');
        }"""
    )
    shown.wait(lambda: address(shown) == "/items/2")
    shown.view().get_by_label("Back").click()
    shown.wait(lambda: address(shown) == "/items/1")
    assert home.locator("body").evaluate(
        "() => [seen, history.state, __wbLocation.pathname]"
    ) == [[{"n": 1}], {"n": 1}, "/items/1"]


def test_event_source_gets_events_one_by_one(home: FrameLocator) -> None:
    got = home.locator("body").evaluate(
        """() => new Promise((resolve) => {
          const events = [], times = [];
          const source = new EventSource('/events');
          source.onmessage = (e) => {
            events.push([e.data, e.lastEventId]);
            times.push(performance.now());
            if (events.length === 3) {
              source.close();
              resolve([events, times[2] - times[0] > 250]);
            }
          };
        })"""
    )
    assert got == [[["event 0", "0"], ["event 1", "1"], ["event 2", "2"]], True]


def test_streamed_fetch_arrives_piece_by_piece(home: FrameLocator) -> None:
    pieces = home.locator("body").evaluate(
        """async () => {
          const reader = (await fetch('/events')).body.getReader();
          const texts = [];
          for (;;) {
            const {done, value} = await reader.read();
            if (done) return texts;
            texts.push(new TextDecoder().decode(value));
          }
        }"""
    )
    assert len(pieces) == 3
    assert "".join(pieces).count("data: event") == 3


def test_send_beacon(shown: Notebook, home: FrameLocator) -> None:
    """The app gets it, with its type, and it is in the network log."""
    body = home.locator("body")
    send = """() => navigator.sendBeacon('/api/echo',
      new Blob(['{"beacon": 1}'], {type: 'application/json'}))"""
    assert body.evaluate(send)
    view = shown.view()
    view.get_by_label("Network and console").click()
    row = view.locator(".wb-request", has_text="/api/echo").last
    row.locator("summary").first.click()
    row.get_by_role("tab", name="Body").click()
    expect(row.get_by_role("tabpanel")).to_contain_text('"beacon"')
    view.get_by_label("Network and console").click()


def test_console_tells_what_a_page_says(shown: Notebook, home: FrameLocator) -> None:
    """Messages of each kind that a page can write are there."""
    home.locator("body").evaluate(
        """() => {
          console.assert(1 === 2, 'no way');
          console.dir({z: 1});
          console.group('a group');
          console.assert(true, 'never told');
        }"""
    )
    view = shown.view()
    view.get_by_label("Network and console").click()
    view.get_by_role("tab", name="Console").click()
    lines = view.locator(".wb-lines")
    for text in ("Assertion failed no way", '{"z":1}', "a group"):
        expect(lines).to_contain_text(text)
    expect(lines).not_to_contain_text("never told")
    view.get_by_role("tab", name="Network").click()
    view.get_by_label("Network and console").click()


@pytest.mark.parametrize(
    ("url", "status", "shown_text"),
    [
        ("/api/data?n=1", "200 OK", '"n": 1'),
        ("/ping", "200 OK", "pong"),
        ("/nowhere", "404 NOT FOUND", "Not Found"),
        ("/api/data", "400 BAD REQUEST", "Bad Request"),
    ],
)
def test_other_responses_show(
    shown: Notebook, url: str, status: str, shown_text: str
) -> None:
    go(shown, url)
    expect(shown.view().locator(".wb-status")).to_have_text(status)
    expect(shown.frame().locator("body")).to_contain_text(shown_text)


def test_picture_shows(shown: Notebook) -> None:
    go(shown, "/pic.png")
    expect(shown.frame().locator("img")).to_have_js_property("naturalWidth", 16)


def test_network_log_lists_the_requests(shown: Notebook, home: FrameLocator) -> None:
    view = shown.view()
    view.get_by_label("Network and console").click()
    panel = view.locator(".wb-panel")
    expect(panel).to_contain_text("/static_files/style.css")
    expect(panel).to_contain_text("/api/data?n=3")
    home.locator("body").evaluate("() => { console.warn('mind', {a: 1}); }")
    panel.get_by_role("tab", name="Console").click()
    expect(panel).to_contain_text('mind {"a":1}')
    shown.screenshot("network_panel", view)
    view.get_by_label("Network and console").click()


def test_device_width_and_zoom(shown: Notebook, home: FrameLocator) -> None:
    view = shown.view()
    view.get_by_label("Page width").select_option("Phone")
    assert home.locator("body").evaluate("() => innerWidth") == 390
    shown.screenshot("phone", view)
    view.get_by_label("Page width").select_option("Tablet")
    view.get_by_label("Zoom").select_option("1.5")
    shown.screenshot("tablet_zoomed", view)
    heading_box = home.locator("#h").bounding_box()
    view_box = view.bounding_box()
    assert heading_box is not None
    assert view_box is not None
    assert heading_box["x"] >= view_box["x"]
    view.get_by_label("Page width").select_option("Full width")
    view.get_by_label("Zoom").select_option("0.5")
    assert home.locator("body").evaluate("() => innerWidth") > 1000
    view.get_by_label("Zoom").select_option("1")
