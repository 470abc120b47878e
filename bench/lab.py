"""What JupyterLab's extension costs and how fast it tells, in a real Chromium.

    python bench/lab.py [--keys 200] [--cards 200] [--deletions 20]

Typing in a template cell of 2,000 lines, with and without the extension, alternating;
opening a notebook with saved cards, and the same notebook without outputs; a deletion,
from the command in the page to the change of the app in the kernel; messages while
nothing happens; how long JupyterLab stands still at most beside hostile pages. Medians,
in milliseconds; the last column is what is asked for.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from peers import require

require("jupyterlab", "playwright")

from playwright.sync_api import Browser, sync_playwright
from tests.browser.lab import Lab, Notebook, chromium, write_notebook

LINES = 2000
ROUNDS = 4
IDLE_MS = 5000
LINE = '<li class="a{0}">{{{{ item{0}|upper }}}} {{% if x{0} %}}<b>{0}</b>{{% endif %}}</li>'
TYPE = """async (keys) => {
  const view = jupyterapp.shell.currentWidget.content.activeCell.editor.editor;
  const taken = [];
  view.dispatch({selection: {anchor: view.state.doc.line(1000).to}, scrollIntoView: true});
  view.focus();
  for (let i = 0; i < keys; i++) {
    const {head} = view.state.selection.main;
    const began = performance.now();
    view.dispatch({changes: {from: head, insert: 'x'}, selection: {anchor: head + 1},
      userEvent: 'input.type'});
    view.contentDOM.getBoundingClientRect();
    await Promise.resolve();
    taken.push(performance.now() - began);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  }
  return taken;
}"""
OPEN = """async (path) => {
  const began = performance.now();
  await jupyterapp.commands.execute('docmanager:open', {path, factory: 'Notebook'});
  const {context, content, revealed} = jupyterapp.shell.currentWidget;
  await revealed;
  await context.ready;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const taken = performance.now() - began;
  await context.sessionContext.ready;
  await context.sessionContext.shutdown();
  jupyterapp.shell.currentWidget.close();
  return taken;
}"""
STAND_STILL = """() => new Promise((resolve) => {
  const began = performance.now();
  let last = began, worst = 0;
  const goes = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 5);
    last = now;
    if (now - began < 3000) return;
    clearInterval(goes);
    resolve(worst);
  }, 5);
})"""
HOSTILE = {
    "loops without end": "setTimeout(() => { for (;;); }, 50)",
    "has 100,000 elements": "for (let i = 0; i < 100000; i++)"
    " document.body.append(document.createElement('i'))",
    "stores and logs 1,000 times a second": "setInterval(() => {"
    " for (let i = 0; i < 10; i++) { console.log(i); localStorage.setItem('n', i); } }, 10)",
    "asks 1,000 times at once": "for (let i = 0; i < 1000; i++) fetch('/?' + i)",
    "asks and stops 800 times a second": "setInterval(() => {"
    " for (let i = 0; i < 4; i++) { const stop = new AbortController();"
    " fetch('/?' + i, {signal: stop.signal}).catch(() => 0); stop.abort(); } }, 5)",
    "asks 800 times a second and stops a millisecond later": "setInterval(() => {"
    " for (let i = 0; i < 4; i++) { const stop = new AbortController();"
    " fetch('/?' + i, {signal: stop.signal}).catch(() => 0);"
    " setTimeout(() => stop.abort(), 1); } }, 5)",
}
"""What a page does, each for three seconds."""
APP = """%load_ext werkbook
from werkbook import App, live
import time
app = App()
gone = []
def note(changes):
    if changes.removed: gone.append(time.time() * 1000)
end = live.subscribe(note)"""
DELETE = """async (index) => {
  const {content} = jupyterapp.shell.currentWidget;
  content.activeCellIndex = index;
  content.deselectAll();
  const began = performance.timeOrigin + performance.now();
  await jupyterapp.commands.execute('notebook:delete-cell');
  return began;
}"""
LISTEN = """() => {
  window.said = 0;
  const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
  kernel.anyMessage.connect(() => { window.said += 1; });
}"""


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--cards", type=int, default=200)
    parser.add_argument("--deletions", type=int, default=20)
    options = parser.parse_args()
    with_it, without = Lab(), Lab(has_extension=False)
    try:
        with_it.start()
        without.start()
        with sync_playwright() as playwright, chromium(playwright) as browser:
            measure_typing(browser, with_it, without, options.keys)
            measure_opening(browser, with_it, options.cards)
            measure_deletions(browser, with_it, options.deletions)
            measure_hostile_pages(browser, with_it)
    finally:
        with_it.stop()
        without.stop()


def show(name: str, value: str, asked: str) -> None:
    print(f"{name:58}  {value:>18}  {asked}", flush=True)


def measure_typing(browser: Browser, with_it: Lab, without: Lab, keys: int) -> None:
    """Type in the same cell with and without the extension, in turns."""
    body = "\n".join(LINE.format(number) for number in range(LINES))
    opened = {}
    for name, lab in (("with", with_it), ("without", without)):
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        opened[name] = Notebook(lab, page, "long.ipynb")
        opened[name].open(f"%%template long.html\n{body}")
        opened[name].page.evaluate(TYPE, 20)
    taken: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(ROUNDS):
        for name, notebook in opened.items():
            notebook.page.bring_to_front()
            taken[name] += notebook.page.evaluate(TYPE, keys // ROUNDS)
    with_ms, without_ms = (statistics.median(taken[name]) for name in taken)
    show(
        "a key in a template of 2,000 lines, without the extension", _ms(without_ms), ""
    )
    show("the same, with it", _ms(with_ms), f"at most {without_ms + 5:.1f} ms")
    for notebook in opened.values():
        notebook.page.close()


def measure_opening(browser: Browser, lab: Lab, cards: int) -> None:
    """Open a notebook of saved cards, and the same one without outputs."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    notebook = Notebook(lab, page, "made.ipynb").open(
        "%load_ext werkbook\nfrom werkbook import App\napp = App()",
        "@app.get('/')\ndef index(): return {'items': [{'n': n} for n in range(20)]}",
        "%http /",
    )
    notebook.run_all()
    card = notebook.outputs(2)
    notebook.close()
    for name, outputs in (("cards.ipynb", card), ("plain.ipynb", [])):
        write_notebook(lab.root / name, ("%http /",) * cards)
        content: dict[str, Any] = json.loads((lab.root / name).read_text("utf-8"))
        for cell in content["cells"]:
            cell["outputs"] = outputs
        (lab.root / name).write_text(json.dumps(content))
    taken: dict[str, list[float]] = {"plain.ipynb": [], "cards.ipynb": []}
    for _ in range(5):
        for name in taken:
            taken[name].append(page.evaluate(OPEN, name))
    plain, full = (statistics.median(one[1:]) for one in taken.values())
    show(f"a notebook of {cards} cells opens, without outputs", _ms(plain), "")
    show("the same with a card in each", _ms(full), f"at most {plain * 1.2:.0f} ms")
    page.close()


def measure_deletions(browser: Browser, lab: Lab, deletions: int) -> None:
    """Delete cells; then count what is said while nothing happens."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    routes = [f"%%route GET /r{n}/<name>\nname" for n in range(deletions)]
    notebook = Notebook(lab, page, "deleted.ipynb").open(APP, *routes)
    notebook.run_all()
    began = [page.evaluate(DELETE, 1) for _ in routes]
    index = notebook.run("print(*gone)")
    gone = [float(one) for one in notebook.wait_output(index, r"\d").split()]
    taken = [end - start for start, end in zip(began, gone, strict=True)]
    show(
        "a deletion reaches the app, median",
        _ms(statistics.median(taken)),
        "at most 50 ms",
    )
    show(f"the slowest of {deletions}", _ms(max(taken)), "")
    page.wait_for_timeout(1000)  # what was begun comes to its end
    page.evaluate(LISTEN)
    page.wait_for_timeout(IDLE_MS)
    show(
        f"messages in {IDLE_MS // 1000} idle seconds",
        page.evaluate("() => window.said + ''"),
        "0",
    )
    page.close()


def measure_hostile_pages(browser: Browser, lab: Lab) -> None:
    """Show hostile pages; tell the longest time in which JupyterLab's page did nothing."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    notebook = Notebook(lab, page, "hostile.ipynb").open(
        "%load_ext werkbook\nfrom werkbook import App\napp = App()\nscript = ''",
        "@app.get('/')\ndef index(): return f'<h1>x</h1><script>{script}</script>'",
        "%browse /",
    )
    notebook.run_all()
    view = notebook.view()
    for name, script in HOSTILE.items():
        before = view.get_attribute("data-shown")
        notebook.run(f"script = {script!r}")
        view.get_by_label("Address").fill("/")
        view.get_by_label("Address").press("Enter")
        notebook.wait(lambda old=before: view.get_attribute("data-shown") != old)
        worst = page.evaluate(STAND_STILL)
        show(f"stands still beside a page that {name}", _ms(worst), "at most 100 ms")
    page.close()


def _ms(value: float) -> str:
    return f"{value:.1f} ms"


if __name__ == "__main__":
    main()
