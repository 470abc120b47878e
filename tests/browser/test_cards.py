"""The cards of responses in a real JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.contrast import contrasts
from tests.browser.lab import Notebook, page_of
from tests.browser.outside import BEACON, Outside

PART = re.compile(r"^\s*part \d+\s*$")
APP = '''
%load_ext werkbook
from werkbook import App, Response, redirect, request, session
app = App()
app.secret_key = "secret"
count = 0

@app.get("/page")
def page():
    return """<!doctype html><title>A page</title><style>h1 { color: teal }</style>
<h1>Hello</h1><p>A paragraph &amp; <a href="/other">a link</a>.</p>
<script>document.body.append("SCRIPT RAN")</script>"""

@app.get("/items")
def items():
    global count
    count += 1
    print("counted", count)
    return {"count": count, "items": [{"id": n, "tags": ["a"]} for n in range(150)]}

@app.post("/login")
def login():
    session["user"] = request.form["user"]
    return redirect("/items")

@app.route("/echo", methods=["POST", "PUT"])
def echo():
    return request.get_data(), {"X-Method": request.method}

@app.get("/big")
def big():
    return Response("0123456789,abc\\n" * 700_000, mimetype="text/csv")

@app.get("/dot.png")
def dot():
    import base64
    data = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWj"
            "R9awAAAABJRU5ErkJggg==")
    return Response(base64.b64decode(data), mimetype="image/png")

@app.get("/boom")
def boom():
    total = 0
    return str(1 / total)
'''


@pytest.fixture
def served(notebook: Notebook) -> Notebook:
    """The notebook with the app's cell run."""
    notebook.set_cells(APP)
    notebook.run_all()
    return notebook


def card_of(notebook: Notebook, source: str) -> Locator:
    """Run a new cell and return its card."""
    card = notebook.cell(notebook.run(source)).locator(".wb-card").last
    card.wait_for()
    return card


def tab(card: Locator, name: str) -> Locator:
    """Open a tab; return its panel."""
    card.get_by_role("tab", name=name).click()
    return card.get_by_role("tabpanel")


def act(card: Locator, name: str) -> None:
    """Press one of the buttons that the card's menu has."""
    more = card.get_by_role("button", name="Actions")
    if more.get_attribute("aria-expanded") == "false":
        more.click()
    card.get_by_role("button", name=name, exact=True).click()


def test_page_is_sandboxed_and_runs_nothing(served: Notebook) -> None:
    """A page shows in a frame of another origin, in which no script runs."""
    card = card_of(served, "%http /page")
    expect(card).to_have_attribute("data-status", "200")
    frame = card.locator("iframe")
    assert frame.get_attribute("sandbox") == ""
    body = page_of(card).locator("body")
    expect(body).to_contain_text("A paragraph & a link.")
    expect(body).not_to_contain_text("SCRIPT RAN")
    served.screenshot("card_page", card)
    source = tab(card, "Body")
    expect(source.locator(".wb-card-tag").first).to_have_text("<title")
    served.screenshot("card_html_source", card)


def test_page_wears_its_style_sheet(served: Notebook) -> None:
    """Style sheets and images of the app show in the page, from inside of it."""
    served.run("%%static site.css\nh1 { color: rgb(1, 2, 3) }")
    served.run(
        '@app.get("/styled")\n'
        "def styled():\n"
        '    return "<link rel=stylesheet href=/static/site.css><h1>Styled</h1>"\\\n'
        "        '<img src=/dot.png width=40 height=40>'\n"
    )
    card = card_of(served, "%http /styled")
    frame = page_of(card)
    expect(frame.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    expect(frame.locator("img")).to_have_js_property("naturalWidth", 1)
    served.screenshot("card_styled", card)


def test_json_is_a_tree(served: Notebook) -> None:
    """JSON folds and unfolds by keyboard, a hundred children at a time."""
    card = card_of(served, "%http /items")
    panel = card.get_by_role("tabpanel")
    expect(panel).to_contain_text('"items": [{…}, {…}')
    expect(panel).to_contain_text("150 items")
    panel.locator(".wb-card-children summary").press("Enter")
    expect(panel.locator(".wb-card-children .wb-card-children summary")).to_have_count(
        100
    )
    # A button in what folds would be none for a screen reader.
    expect(panel.locator("summary button")).to_have_count(0)
    panel.get_by_role("button", name="Show 50 of 50 more").click()
    expect(panel.locator(".wb-card-children .wb-card-children summary")).to_have_count(
        150
    )
    served.screenshot("card_json", card)


def test_tabs_by_keyboard(served: Notebook) -> None:
    """Arrows, Home and End move between the tabs; one is in the tab order."""
    card = card_of(served, "%http /items")
    first = card.get_by_role("tab").first
    first.focus()
    first.press("ArrowRight")
    expect(card.get_by_role("tab", name="Headers")).to_be_focused()
    expect(card.get_by_role("tab", selected=True)).to_have_text("Headers")
    expect(card.get_by_role("tabpanel")).to_contain_text("Content-Type")
    card.get_by_role("tab", name="Headers").press("End")
    expect(card.get_by_role("tab").last).to_be_focused()
    assert card.locator('[role="tab"][tabindex="0"]').count() == 1


def test_traceback_names_the_cell(served: Notebook) -> None:
    """After an exception the frames of the cell show, with their source."""
    card = card_of(served, "%http /boom")
    panel = card.get_by_role("tabpanel")
    expect(panel).to_contain_text("Cell In[")
    expect(panel).to_contain_text("in boom")
    expect(panel.locator(".wb-card-failed")).to_contain_text("return str(1 / total)")
    expect(panel).to_contain_text("ZeroDivisionError: division by zero")
    expect(panel).not_to_contain_text("lane.py")
    served.screenshot("card_traceback", card)


def test_redirect_cookies_session_and_output(served: Notebook) -> None:
    """The chain, the session and what the view printed are in the card."""
    card = card_of(served, "%http -f POST /login user=Ada")
    expect(card.locator(".wb-card-hop")).to_have_text(
        ["POST/login302 FOUND", "GET/items200 OK"]
    )
    expect(tab(card, "Cookies")).to_contain_text('"user": "Ada"')
    expect(tab(card, "Output")).to_contain_text("counted")
    asked = tab(card, "Request")
    expect(asked).to_contain_text("user=Ada")
    hops = asked.locator(".wb-card-asked")
    expect(hops.first).to_contain_text("Answered 302 by login (/login)")
    expect(hops.first).to_contain_text("Cookie set")
    expect(hops.last).to_contain_text("Answered 200 by items (/items)")
    expect(hops.last).to_contain_text("Cookie")
    served.screenshot("card_redirect", card)
    act(card, "New visitor")
    expect(card.locator(".wb-card-live")).to_have_text(
        "Cookies and storage are cleared."
    )
    again = card_of(served, "%http /items")
    expect(again.get_by_role("tab", name="Cookies")).to_have_count(0)


def test_edited_request_is_written_back_to_its_cell(served: Notebook) -> None:
    """JupyterLab's extension puts it where the request came from."""
    index = served.run("r = %http /items -> 200")
    card = served.cell(index).locator(".wb-card").last
    act(card, "Edit")
    card.get_by_label("URL").fill("/page")
    card.get_by_role("button", name="Write to cell").click()
    expect(card.locator(".wb-card-live")).to_have_text("Written to the cell.")
    assert served.source(index) == "r = %http GET /page -> 200"


def test_records_are_a_table_that_is_sorted_and_searched(served: Notebook) -> None:
    """A list of records has a table beside its tree."""
    served.run(
        '@app.get("/people")\n'
        "def people():\n"
        "    return [{'name': name, 'age': age} for name, age in"
        " [('Ada', 36), ('Bob', 9), ('Cy', 100)]]\n"
    )
    card = card_of(served, "%http /people")
    panel = card.get_by_role("tabpanel")
    panel.get_by_role("button", name="Table").click()
    panel.get_by_role("button", name="age").click()
    names = panel.locator("tbody td:nth-child(2)")
    expect(names).to_have_text(["Bob", "Ada", "Cy"])
    served.screenshot("card_table", card)
    panel.get_by_label("Search in the JSON").fill("b")
    expect(names).to_have_text(["Bob"])
    panel.get_by_role("button", name="Tree").click()
    expect(panel).to_contain_text("[1].name")
    panel.get_by_label("Search in the JSON").fill("")
    panel.get_by_role("button", name="Expand all").click()
    expect(panel.locator("details[open]")).to_have_count(4)
    served.screenshot("card_tree", card)
    panel.get_by_role("button", name="Raw").click()
    expect(panel).to_contain_text('{"age":9,"name":"Bob"}')


def test_slow_request_is_stopped(served: Notebook) -> None:
    """Its line says at once what is waited for, and ends the waiting."""
    served.run(
        "import threading\ngo = threading.Event()\n"
        '@app.get("/slow")\ndef slow():\n    go.wait(60)\n    return ""'
    )
    index = served.add_cell("%http /slow")
    served.start_cell(index)
    waiting = served.cell(index).locator(".wb-card-waiting")
    expect(waiting).to_contain_text("waiting for GET /slow")
    served.screenshot("card_waiting", served.cell(index))
    waiting.get_by_role("button", name="Stop").click()
    expect(served.cell(index)).to_contain_text("GET /slow was not answered.")
    # Nothing is left of the request, although its view has not returned.
    left = served.run("[t.join(20) for t in threading.enumerate() if 'ask' in t.name]")
    served.wait_output(left, r"\[\]|\[None\]")
    names = served.run("[t.name for t in threading.enumerate() if 'ask' in t.name]")
    served.wait_output(names, r"^\[\]$")
    served.run("go.set()")


def test_restart_while_a_request_is_waited_for(fresh: Callable[..., Notebook]) -> None:
    """The line says that no answer comes, and has no button that does nothing."""
    slow = '@app.get("/slow")\ndef slow():\n    __import__("time").sleep(60)'
    notebook = fresh(APP, slow, "%http /slow")
    notebook.run_cell(0)
    notebook.run_cell(1)
    notebook.start_cell(2)
    waiting = notebook.cell(2).locator(".wb-card-waiting")
    expect(waiting).to_contain_text("waiting for GET /slow")
    notebook.restart()
    expect(waiting).to_have_text(
        "GET /slow was not answered. The kernel was restarted: run the cell again."
    )


def test_endless_parts_are_shown_as_they_come(served: Notebook) -> None:
    """A stream whose parts replace each other shows the last one, until it is stopped."""
    served.run(
        "import threading\n"
        '@app.get("/parts")\n'
        "def parts():\n"
        "    def made():\n"
        "        for n in range(10_000):\n"
        "            yield f'--x\\r\\nContent-Type: text/plain\\r\\n\\r\\npart {n}\\r\\n'\n"
        "            threading.Event().wait(0.05)\n"
        "    return made(), {'Content-Type': 'multipart/x-mixed-replace; boundary=x'}"
    )
    index = served.add_cell("%http /parts")
    served.start_cell(index)
    cell = served.cell(index)
    expect(cell.locator(".wb-card")).to_contain_text("The body still comes.")
    card = cell.locator(".wb-card")
    panel = card.get_by_role("tabpanel")
    expect(panel).to_have_text(PART)
    # The button is the same one while parts come: a slow click is no lost one.
    stop = cell.get_by_role("button", name="Stop")
    stop.focus()
    expect(panel).not_to_have_text(panel.inner_text())
    expect(panel).to_have_text(PART)
    expect(stop).to_be_focused()
    cell.get_by_role("button", name="Stop").click()
    expect(cell.locator(".wb-card-waiting")).to_have_count(0)
    expect(card).to_contain_text(
        "A stream of parts that replace each other: the last one that came."
    )


def test_send_again_updates_in_place(served: Notebook) -> None:
    """The answer replaces the one before, and the difference can be seen."""
    served.run("count = 0")
    card = card_of(served, "%http /items")
    expect(card.get_by_role("tabpanel")).to_contain_text('"count": 1')
    card.get_by_role("button", name="Send again").click()
    expect(card.get_by_role("tabpanel")).to_contain_text('"count": 2')
    changes = tab(card, "Changes")
    expect(changes.locator(".wb-card-removed")).to_contain_text('"count": 1')
    expect(changes.locator(".wb-card-added")).to_contain_text('"count": 2')
    served.screenshot("card_changes", card)


def test_slow_request_of_a_card_is_stopped(served: Notebook) -> None:
    """Sent again, it is waited for as the cell's own was; the card stays below."""
    served.run(
        "import threading\ngo = threading.Event()\ngo.set()\n"
        '@app.get("/wait")\ndef wait():\n    go.wait(60)\n    return {"went": 1}'
    )
    index = served.run("%http /wait")
    served.run("go.clear()")
    cell = served.cell(index)
    card = cell.locator(".wb-card")
    again = card.get_by_role("button", name="Send again")
    again.click()
    waiting = cell.locator(".wb-card-waiting")
    expect(waiting).to_contain_text("waiting for GET /wait")
    expect(card.get_by_role("tabpanel")).to_contain_text("went")
    served.screenshot("card_waiting_again", cell)
    waiting.get_by_role("button", name="Stop").click()
    expect(waiting).to_have_count(0)
    expect(card).to_contain_text("GET /wait had no answer yet.")
    served.run("go.set()")
    expect(again).to_be_enabled()
    again.click()
    expect(card).not_to_contain_text("had no answer yet.")


def test_slow_rule_that_is_tried_is_stopped(served: Notebook) -> None:
    index = served.run(
        'import threading\nhalt = threading.Event()\n@app.get("/halt")\ndef halted():\n'
        '    halt.wait(60)\n    return ""'
    )
    cell = served.cell(index)
    cell.get_by_role("button", name="Try").click()
    waiting = cell.locator(".wb-card-waiting")
    expect(waiting).to_contain_text("waiting for GET /halt")
    waiting.get_by_role("button", name="Stop").click()
    expect(waiting).to_have_count(0)
    expect(cell).to_contain_text("GET /halt had no answer yet.")
    served.run("halt.set()")


def test_send_again_while_a_cell_runs(served: Notebook) -> None:
    """A card's request is answered although the kernel is busy with a cell."""
    served.run("import threading\ngate = threading.Event()\ncount = 0")
    served.run('@app.get("/open")\ndef open_gate():\n    gate.set()\n    return {}')
    index = served.run("%http /items")
    card = served.cell(index).locator(".wb-card").last
    busy = served.add_cell("gate.wait(30)")
    served.start_cell(busy)
    card.get_by_role("button", name="Send again").click()
    expect(card.get_by_role("tabpanel")).to_contain_text('"count": 2')
    act(card, "Edit")
    card.get_by_label("URL").fill("/open")
    card.get_by_role("button", name="Send", exact=True).click()
    served.wait_output(busy, "True")


def test_edit_and_send(served: Notebook) -> None:
    """The request can be changed and sent; what is wrong is said."""
    card = card_of(served, "%http POST /echo a=1")
    act(card, "Edit")
    card.get_by_label("Method").select_option("PUT")
    card.get_by_label("Body").fill("changed")
    card.get_by_label("URL").fill("http://elsewhere/")
    card.get_by_role("button", name="Send", exact=True).click()
    expect(card.get_by_role("alert")).to_have_text(
        "The URL is one of the app's: it starts with /."
    )
    served.screenshot("card_edit", card)
    card.get_by_label("URL").fill("/echo")
    card.get_by_role("button", name="Send", exact=True).click()
    expect(card.locator(".wb-card-hop")).to_have_text("PUT/echo200 OK")
    expect(tab(card, "Body")).to_contain_text("changed")
    expect(card.get_by_role("button", name="Cancel")).to_have_count(0)


def test_big_body_does_not_freeze_the_page(served: Notebook) -> None:
    """Ten megabytes show in blocks, few at a time, so that others get their turn."""
    card = card_of(served, "%http /big")
    panel = card.get_by_role("tabpanel")
    expect(panel).to_contain_text("The first 65.5 kB are shown.")
    panel.evaluate(
        """(panel) => {
          window.batches = [];
          const blocksIn = (node) => node.matches("pre") ? 1 : node.querySelectorAll("pre").length;
          const observer = new MutationObserver((records) => {
            const added = records.flatMap((record) => [...record.addedNodes]);
            const counts = added.filter((node) => node.nodeType === 1).map(blocksIn);
            window.batches.push(counts.reduce((sum, count) => sum + count, 0));
          });
          observer.observe(panel, { childList: true, subtree: true });
        }"""
    )
    panel.get_by_role("button", name="Show all 10.5 MB").click()
    blocks = panel.locator(".wb-card-long > pre")
    expect(blocks).to_have_count(657)
    batches = served.page.evaluate("window.batches")
    assert (sum(batches), max(batches)) == (657, 25)
    served.screenshot("card_big", card)


def test_image(served: Notebook) -> None:
    """An image shows as one."""
    card = card_of(served, "%http /dot.png")
    picture = card.locator("img")
    expect(picture).to_have_js_property("naturalWidth", 1)
    assert (picture.get_attribute("alt") or "").startswith("Body, image/png")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("%http", '%%http POST /echo\nContent-Type: application/json\n\n{"a": 1}'),
        ("curl", "/echo"),
        ("requests", 'json={"a": 1}'),
        ("test", "def test_post_echo(client):"),
    ],
)
def test_copy(served: Notebook, name: str, wanted: str) -> None:
    """The request can be copied as a command, as Python and as a test."""
    served.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card = card_of(served, "%http POST /echo a:=1")
    act(card, name)
    expect(card.locator(".wb-card-live")).to_have_text("Copied.")
    assert wanted in served.page.evaluate("navigator.clipboard.readText()")


def test_themes_have_contrast(served: Notebook, theme: Callable[[str], None]) -> None:
    """Text on the card's ground has a contrast of 4.5 in both themes (WCAG AA)."""
    card = card_of(served, "%http /items")
    try:
        for name in ("light", "dark"):
            theme(name)
            served.screenshot(f"card_{name}", card)
            for text in card.get_by_role("tab").all_inner_texts():
                panel = tab(card, text)
                if text == "Trace":  # it is sent when it is asked for
                    expect(panel.locator(".wb-trace-step")).not_to_have_count(0)
                assert contrasts(card) >= 4.5
    finally:
        theme("light")


def test_narrow(served: Notebook) -> None:
    """A narrow output wraps instead of scrolling sideways."""
    card = card_of(served, "%http /items")
    card.evaluate("(card) => { card.style.width = '260px'; }")
    assert card.evaluate("(card) => card.scrollWidth <= card.clientWidth + 1")
    served.screenshot("card_narrow", card)


def test_narrow_shows_a_long_status_beside_the_buttons(served: Notebook) -> None:
    """It is cut at its end, in one line; all of it is still there to be read out."""
    card = card_of(served, "%http /boom")
    card.evaluate("(card) => { card.style.width = '324px'; }")
    status = card.locator(".wb-card-status")
    expect(status).to_have_text("500 INTERNAL SERVER ERROR")
    method = card.locator(".wb-card-method").bounding_box()
    box = status.bounding_box()
    button = card.get_by_role("button", name="Send again").bounding_box()
    assert method is not None
    assert box is not None
    assert button is not None
    assert box["height"] < 1.5 * method["height"]
    assert box["x"] + box["width"] <= button["x"]


def test_narrow_shows_all_columns_of_doctor(served: Notebook) -> None:
    """Long paths and addresses break."""
    index = served.run("%doctor")
    served.wait_output(index, "to repair it")
    table = served.cell(index).locator(".jupyter-widgets .werkbook-table")
    output = served.cell(index).locator(".jp-OutputArea-output")
    output.evaluate("(output) => { output.style.maxWidth = '324px'; }")
    box, room = table.bounding_box(), output.bounding_box()
    assert box is not None
    assert room is not None
    assert box["width"] <= room["width"]


def test_narrow_shows_where_a_long_url_begins_and_ends(served: Notebook) -> None:
    """What is cut is its middle."""
    card = card_of(served, f"%http '/page?text={'x' * 80}'")
    url = card.locator(".wb-card-cut")
    for width in ("260px", "360px", "600px"):
        card.evaluate("(card, width) => { card.style.width = width; }", width)
        are_seen = url.evaluate(
            """(url) => [[url.firstChild, 0], [url.lastChild, -1]].map(([part, place]) => {
              const text = part.firstChild;
              const range = document.createRange();
              const at = place < 0 ? text.length - 1 : 4;
              range.setStart(text, at);
              range.setEnd(text, at + 1);
              const letter = range.getBoundingClientRect();
              const box = part.getBoundingClientRect();
              return letter.left >= box.left - 1 && letter.right <= box.right + 1;
            })"""
        )
        assert are_seen == [True, True], width
        served.screenshot("card_narrow_url", card)


def test_rule_line_tries_its_rule(served: Notebook) -> None:
    """A cell with decorators shows a line for each rule, with Try beneath it."""
    cell = served.cell(
        served.run(
            '@app.get("/user/<int:number>/<name>")\n'
            "def user(number, name):\n"
            "    return {number: name}\n"
        )
    )
    line = cell.locator(".wb-card-rule")
    expect(line).to_contain_text("→ user")
    line.get_by_role("button", name="Try").click()
    expect(line.get_by_role("alert")).to_have_text("name is empty.")
    line.get_by_label("name of").fill("Ada / Bob")
    line.get_by_role("button", name="Try").click()
    card = cell.locator(".wb-card")
    expect(card.locator(".wb-card-hop")).to_contain_text("/user/1/Ada%20%2F%20Bob")
    expect(card).to_have_attribute("data-status", "404")
    line.get_by_label("name of").fill("Ada")
    line.get_by_role("button", name="Try").click()
    expect(card.get_by_role("tabpanel")).to_contain_text('"1": "Ada"')
    served.screenshot("card_announced", cell)
    cell.get_by_role("button", name="Close the card").click()
    expect(card).to_be_hidden()


def test_route_cell_has_the_same_line_above_what_it_tries(served: Notebook) -> None:
    cell = served.cell(
        served.run("%%route GET /route/<name> --try /route/Ada\n'Hello ' + name")
    )
    line = cell.locator(".wb-card-rule")
    expect(line).to_contain_text("→ route_name")
    expect(cell.locator(".wb-card-hop")).to_contain_text("/route/Ada")
    line.get_by_label("name of").fill("Grace")
    line.get_by_role("button", name="Try").click()
    expect(cell.locator(".wb-card-hop").first).to_contain_text("/route/Grace")


def test_preview_of_a_template_loads_nothing(served: Notebook) -> None:
    """`%%template --with` shows it within a policy, as pages of cards."""
    outside = Outside()
    try:
        hostile = f"<h1>Seen</h1>{BEACON.replace('URL', outside.url)}"
        index = served.run(f"%%template hostile.html --with {{}}\n{hostile}")
        around = served.cell(index).frame_locator("iframe")
        shown = around.frame_locator("iframe")
        expect(shown.locator("h1")).to_have_text("Seen")
        served.page.evaluate("(url) => fetch(url, {mode: 'no-cors'})", outside.url)
    finally:
        outside.stop()
    assert outside.seen == ["/"]


def test_html_of_the_app_stays_outside_jupyters_page(served: Notebook) -> None:
    """What an app answers is text in the card: none of it becomes markup there."""
    served.run(
        '@app.get("/evil")\n'
        "def evil():\n"
        "    return {'<img src=x onerror=window.evil=1>': '<script>evil=1</script>'}\n"
    )
    card = card_of(served, "%http /evil")
    expect(card.get_by_role("tabpanel")).to_contain_text("<script>evil=1</script>")
    for name in ("Headers", "Request"):
        tab(card, name)
    assert served.page.evaluate("window.evil") is None
    assert card.locator("img").count() == 0


def test_trace_of_a_request(served: Notebook) -> None:
    """A tab draws the way of a request; one that changes things waits for a click."""
    panel = tab(card_of(served, "%http GET /page"), "Trace")
    expect(panel.get_by_role("list")).to_contain_text("view page")
    panel = tab(card_of(served, "%http -f POST /login user=ada"), "Trace")
    expect(panel.get_by_role("list")).to_have_count(0)
    panel.get_by_role("button", name="Send POST /login again").click()
    expect(panel.get_by_role("list")).to_contain_text("response 302")
