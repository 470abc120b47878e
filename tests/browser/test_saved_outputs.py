"""Outputs that survive: a notebook without its kernel shows what was saved."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.lab import TIMEOUT_MS, Lab, Notebook, Notebook7, shown_page

APP = """%load_ext werkbook
from werkbook import App
app = App()
@app.get("/hello")
def hello():
    return {"hello": "Ada"}"""
CELLS = (APP, "%http /hello", "%routes", "%browse /hello", "%doctor", "%serve")
SHOWN = ("GET /hello -> hello", '"hello": "Ada"', "/hello\tGET", "Mini browser", "", "")
TRACE = "%trace /hello"
SHUT_DOWN = """async () => {
  await jupyterapp.shell.currentWidget.sessionContext.shutdown();
}"""
SAVED = "saved; run the cell for the live card"
# The widgets' extension looks for a model until two seconds have passed, now and then.
# Here it finds none; then the models are back, and the two seconds are over.
DRAW_AND_GIVE_UP = """async (indices) => {
  const {widgets} = jupyterapp.shell.currentWidget.content;
  const cells = indices.map((index) => widgets[index]);
  const shown = cells.flatMap((one) => one.outputArea.widgets);
  const renderer = shown.flatMap((one) => [...one.children()])
    .find((one) => one._manager);
  const manager = await renderer._manager.promise;
  const {_models: models} = manager;
  const looked = new Set();
  manager._models = new Proxy(models, {get: (_, id) => void looked.add(id)});
  for (const {model} of cells)
    model.outputs.fromJSON(structuredClone(model.outputs.toJSON()));
  while (looked.size < indices.length)
    await new Promise((done) => setTimeout(done));
  manager._models = models;
  const now = Date.now;
  Date.now = () => now() + 3000;
  window.setClockBack = () => { Date.now = now; };
}"""

# A page to which a kernel's answers about its widgets come late, or not at all at first.
ANSWERS = """() => {
  const text = new TextDecoder();
  const parents = new Set();
  const held = [];
  let isOver = false;
  window.letGo = () => {
    isOver = true;
    for (const [socket, data] of held.splice(0)) {
      const event = new MessageEvent('message', {data});
      event.isLate = true;
      socket.dispatchEvent(event);
    }
  };
  window.isHolding = () => held.length > 0;
  window.WebSocket = class extends WebSocket {
    constructor(...options) {
      super(...options);
      this.addEventListener('message', (event) => {
        if (!(event.data instanceof ArrayBuffer) || event.isLate) return;
        const {isOfWidgets, method, parent} = read(event.data);
        const isFirst = method === 'update' && !parents.has(parent);
        if (isFirst) parents.add(parent);
        const isTaken = method === 'update_states' || HOW;
        if (isTaken) event.stopImmediatePropagation();
      });
    }
  };
  function read(data) {
    const view = new DataView(data);
    const start = (index) => Number(view.getBigUint64(8 * (index + 1), true));
    const part = (index) => JSON.parse(text.decode(
      data.slice(start(index), start(index + 1))));
    const {data: told, comms} = part(4);
    const targets = Object.values(comms ?? {}).map((one) => one.target_name);
    const isOfWidgets = targets.includes('jupyter.widget');
    return {isOfWidgets, method: told?.method, parent: part(2).msg_id};
  }
}"""
LOST = "isFirst"
# What comes after an answer comes after it, however late it is.
LATE = "!isOver && (isFirst || held.length) && held.push([this, event.data])"

SLIDER = "from ipywidgets import IntSlider; slider = IntSlider(); slider"
# One that was there when the page asked which there are is closed before it is asked.
CLOSED = "!isOver && isOfWidgets && held.push([this, event.data])"
CLOSE_SLIDER = """async () => {
  const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
  await kernel.requestExecute({code: 'slider.close()', silent: true}).done;
}"""


@pytest.fixture
def reopened(fresh: Callable[..., Notebook]) -> Notebook:
    """A notebook that ran, was saved and closed, and is opened the next morning."""
    notebook = fresh(*CELLS)
    notebook.run_all()
    notebook.close()
    return notebook.show()


def assert_saved(notebook: Notebook) -> None:
    for index, text in enumerate(SHOWN):
        notebook.wait_output(index, SAVED)
        notebook.wait_output(index, re.escape(text))  # of a table that is laid out
        assert "Error" not in notebook.output(index)


def test_reopened_notebook_shows_what_was_saved(reopened: Notebook) -> None:
    assert_saved(reopened)
    reopened.screenshot("saved_outputs")


def test_run_cell_shows_the_live_card_again(reopened: Notebook) -> None:
    reopened.run_cell(0)
    reopened.run_cell(1)
    card = reopened.cell(1).locator(".wb-card")
    expect(card).to_have_attribute("data-status", "200")
    assert SAVED not in reopened.output(1)
    assert SAVED in reopened.output(2)


def test_live_outputs_are_widgets(fresh: Callable[..., Notebook]) -> None:
    notebook = fresh(*CELLS)
    notebook.run_all()
    expect(notebook.cell(1).locator(".wb-card")).to_have_count(1)
    # These are saved as HTML alone; the extension puts the widget in its place.
    expect(notebook.cell(0).get_by_role("button", name="Try")).to_have_count(1)
    notebook.wait_output(2, "last status")
    for index in range(len(CELLS)):
        assert SAVED not in notebook.output(index)
    assert "http://127.0.0.1:" in notebook.output(5)
    notebook.page.evaluate(SHUT_DOWN)
    notebook.wait_output(5, SAVED)  # an address that nobody listens on is none
    assert "Serving app on a free port" in notebook.output(5)
    assert "http://127.0.0.1:" not in notebook.output(5)


def test_page_that_is_loaded_again_shows_the_live_cards(
    fresh: Callable[..., Notebook],
) -> None:
    """A page far below the cells that are in view comes alive, too."""
    notebook = fresh(*CELLS, "\n" * 80, "%browse /hello")
    notebook.run_all()
    notebook.page.evaluate("() => jupyterapp.shell.currentWidget.context.save()")
    notebook.page.goto(notebook.lab.page_url(notebook.path))
    notebook.wait_ready()
    expect(notebook.cell(1).locator(".wb-card")).to_have_count(1)
    assert SAVED not in notebook.output(1)
    expect(notebook.cell(0).get_by_role("button", name="Try")).to_have_count(1)
    notebook.wait_output(2, "last status")
    last = notebook.cell(len(CELLS) + 1)
    last.scroll_into_view_if_needed()
    page = shown_page(last.locator(".wb-browser"))
    expect(page.locator("body")).to_contain_text("Ada", timeout=TIMEOUT_MS)


def test_widget_is_shown_that_came_when_the_wait_for_it_was_over(
    fresh: Callable[..., Notebook],
) -> None:
    """On a busy machine a kernel's models come back between the last two looks."""
    notebook = fresh(*CELLS[:2])
    notebook.run_all()
    card = notebook.cell(1).locator(".wb-card")
    line = notebook.cell(0).get_by_role("button", name="Try")
    expect(card).to_have_count(1)
    expect(line).to_have_count(1)
    notebook.page.evaluate(DRAW_AND_GIVE_UP, [0, 1])
    try:
        expect(card).to_have_count(1)
        expect(line).to_have_count(1)
    finally:
        notebook.page.evaluate("() => setClockBack()")
    assert SAVED not in notebook.output(0) + notebook.output(1)


@pytest.fixture
def loaded_again(lab: Lab, page: Page) -> Iterator[Callable[[str], Notebook]]:
    """Load a notebook's page again, with another WebSocket; see ANSWERS."""
    own = page.context.new_page()
    notebook = Notebook(lab, own, "answers.ipynb").open(*CELLS[:2], SLIDER)
    notebook.run_all()
    expect(notebook.cell(1).locator(".wb-card")).to_have_count(1)
    own.evaluate("() => jupyterapp.shell.currentWidget.context.save()")

    def load(how: str) -> Notebook:
        own.add_init_script(f"({ANSWERS.replace('HOW', how)})()")
        own.goto(lab.page_url(notebook.path))
        return notebook

    yield load
    notebook.close()
    own.close()


def test_widgets_are_shown_whose_states_were_lost(
    loaded_again: Callable[[str], Notebook],
) -> None:
    """Jupyter Server leaves out messages above its rate limit."""
    notebook = loaded_again(LOST)
    notebook.wait_ready()
    expect(notebook.cell(1).locator(".wb-card")).to_have_count(1)
    expect(notebook.cell(0).get_by_role("button", name="Try")).to_have_count(1)
    assert SAVED not in notebook.output(0) + notebook.output(1)


def test_widgets_are_shown_whose_states_are_late(
    loaded_again: Callable[[str], Notebook],
) -> None:
    """What was saved stands there meanwhile."""
    notebook = loaded_again(LATE)
    notebook.page.wait_for_function("() => isHolding()", timeout=TIMEOUT_MS * 2)
    expect(notebook.page.get_by_text(SAVED)).to_have_count(2)
    notebook.page.evaluate("() => letGo()")
    notebook.wait_ready()
    expect(notebook.cell(1).locator(".wb-card")).to_have_count(1)
    expect(notebook.cell(0).get_by_role("button", name="Try")).to_have_count(1)
    assert SAVED not in notebook.output(0) + notebook.output(1)


def test_widgets_are_shown_when_one_was_closed_meanwhile(
    loaded_again: Callable[[str], Notebook],
) -> None:
    """It never says its state, and the widgets' extension waits for all."""
    notebook = loaded_again(CLOSED)
    notebook.page.wait_for_function("() => isHolding()", timeout=TIMEOUT_MS * 2)
    notebook.page.evaluate(CLOSE_SLIDER)
    notebook.page.evaluate("() => letGo()")
    notebook.wait_ready()
    expect(notebook.cell(1).locator(".wb-card")).to_have_count(1)
    expect(notebook.cell(0).get_by_role("button", name="Try")).to_have_count(1)
    assert SAVED not in notebook.output(0) + notebook.output(1)
    notebook.wait_output(2, "model not found")


def test_drawing_is_shown_where_its_widget_has_gone(
    fresh: Callable[..., Notebook],
) -> None:
    """What `%trace` saves is no HTML, and is no "model not found" either."""
    notebook = fresh(APP, TRACE)
    notebook.run_all()
    expect(notebook.cell(1).get_by_role("list")).to_contain_text("view hello")
    notebook.close()
    notebook.show()
    notebook.wait_output(1, SAVED)
    drawing = notebook.cell(1).get_by_role("img", name="view hello")
    drawing.evaluate("(image) => image.decode()")
    assert "Error" not in notebook.output(1)


def test_copy_of_somebody_else_is_not_trusted_and_shows_the_same(
    reopened: Notebook,
) -> None:
    """What a notebook brings is sanitised until its reader runs or trusts it."""
    source = reopened.lab.root / reopened.path
    content = json.loads(source.read_text("utf-8"))
    for cell in content["cells"]:
        cell["source"] = ["# a copy\n", *cell["source"]]
    copy = Notebook(reopened.lab, reopened.page, "copy.ipynb")
    (reopened.lab.root / copy.path).write_text(json.dumps(content))
    try:
        assert_saved(copy.show())
    finally:
        copy.close()


def test_notebook_without_any_kernel_shows_what_was_saved(reopened: Notebook) -> None:
    """There the widgets' own extension waits for a kernel for ever."""
    reopened.close()
    reopened.page.evaluate(
        """async (path) => void await jupyterapp.commands.execute(
          'docmanager:open', {path, kernel: null, kernelPreference: {shouldStart: false}})""",
        reopened.path,
    )
    reopened.page.wait_for_function(
        "(path) => jupyterapp.shell.currentWidget?.context?.path === path",
        arg=reopened.path,
    )
    assert_saved(reopened)


PAGE = """@app.get("/page")
def page():
    return '<style>h1 { color: teal }</style><h1 @click="x">Page</h1><p>' + "text " * 99"""
PICTURE = re.compile(r'<img class="wb-picture" alt="The page" src="([^"]+)">')
SAVE = "() => jupyterapp.shell.currentWidget.context.save()"


def saved_picture(notebook: Notebook, index: int) -> str:
    """Save the notebook, and return the picture of a page in its file."""
    notebook.page.evaluate(SAVE)
    content = json.loads((notebook.lab.root / notebook.path).read_text("utf-8"))
    html = "".join(content["cells"][index]["outputs"][0]["data"]["text/html"])
    found = PICTURE.findall(html)
    assert len(found) == 1, html
    return str(found[0])


def test_page_is_saved_as_a_small_picture_of_itself(
    fresh: Callable[..., Notebook],
) -> None:
    notebook = fresh(APP, PAGE, "%browse /page")
    notebook.run_all()
    expect(notebook.frame().locator("h1")).to_have_text("Page")
    picture = saved_picture(notebook, 2)
    assert picture.startswith("data:image/png;base64,")
    assert len(base64.b64decode(picture.partition(",")[2])) <= 40_000
    assert saved_picture(notebook, 2) == picture
    notebook.close()
    notebook.show()
    notebook.wait_output(2, SAVED)
    shown = notebook.cell(2).locator("img.wb-picture")
    expect(shown).to_have_attribute("src", picture)
    assert shown.evaluate("(image) => image.naturalWidth") > 100
    notebook.screenshot("saved_picture")


def test_other_widgets_are_left_alone(fresh: Callable[..., Notebook]) -> None:
    notebook = fresh("import ipywidgets; ipywidgets.IntSlider()")
    notebook.run_all()
    expect(notebook.cell(0).locator(".widget-slider")).to_have_count(1)
    notebook.close()
    notebook.show()
    notebook.wait_output(0, "model not found")
    assert SAVED not in notebook.output(0)


@pytest.fixture
def classic() -> Iterator[Lab]:
    server = Notebook7()
    try:
        yield server.start()
    finally:
        server.stop()


def test_notebook_7_shows_what_was_saved(
    reopened: Notebook, classic: Lab, browser: Browser
) -> None:
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT_MS)
    shutil.copy(reopened.lab.root / reopened.path, classic.root / "again.ipynb")
    assert_saved(Notebook(classic, context.new_page(), "again.ipynb").show())
    context.close()
