"""How long a student waits on the site without a server, in a real Chromium.

    python bench/lite.py [--rounds 3] [--clicks 30]

From an empty browser: opening the site to the first cell's result (cold), the same
again with the browser's cache (warm), and a click on Reload in the mini browser until
the page is shown: half a second after the page before, as a reader clicks, and at once.
Needs the site that `make lite` builds. The last column is what is asked for.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from peers import require

require("playwright")

from playwright.sync_api import Browser, sync_playwright
from tests.browser.lab import chromium
from tests_lite.site import TIMEOUT_S, Site, SiteNotebook, served_site

COLD_S = 15
CLICK_MS = 120
READS_MS = 500
"""A reader looks at a page before the next click."""
APP = """%load_ext werkbook
from werkbook import App
app = App()
@app.get("/<int:n>")
def page(n):
    return f"<h1>{n}</h1><a href=/{n + 1}>next</a>"
"""
CLICK = """async () => {
  const view = [...document.querySelectorAll('.wb-browser')].at(-1);
  const before = view.dataset.shown;
  const bar = view.querySelector('.wb-icon-reload');
  const began = performance.now();
  bar.click();
  while (view.dataset.shown === before)
    await new Promise((done) => setTimeout(done, 1));
  return performance.now() - began;
}"""


def open_and_run(
    browser: Browser, site: Site, context: Any = None
) -> tuple[Any, float]:
    """Open a notebook and run its first cell; return the page, and the seconds."""
    context = context or browser.new_context()
    context.set_default_timeout(TIMEOUT_S * 1000)
    page = context.new_page()
    began_s = time.perf_counter()
    notebook = SiteNotebook(site, page, "00_tour.ipynb").show()  # type: ignore[arg-type]
    notebook.set_cells("6 * 7")
    notebook.run_cell(0)
    notebook.wait_output(0, "42")
    return notebook, time.perf_counter() - began_s


def show_app(notebook: SiteNotebook) -> None:
    """Run an app, and show a page of it in the mini browser."""
    notebook.set_cells(APP, "%browse /1")
    notebook.run_all()
    notebook.frame().locator("h1").wait_for()


def click_times(notebook: SiteNotebook, clicks: int, pause_ms: int) -> list[float]:
    """Return the milliseconds that each click takes until its page is shown."""
    times = []
    for _ in range(clicks):
        notebook.page.wait_for_timeout(pause_ms)
        times.append(float(notebook.page.evaluate(CLICK)))
    return times


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clicks", type=int, default=30)
    given = parser.parse_args()
    cold, warm, clicks, hasty = [], [], [], []
    with served_site() as site, sync_playwright() as playwright:
        for _ in range(given.rounds):
            with chromium(playwright) as browser:
                notebook, seconds = open_and_run(browser, site)
                cold.append(seconds)
                context = notebook.page.context
                notebook.page.close()
                notebook, seconds = open_and_run(browser, site, context)
                warm.append(seconds)
                show_app(notebook)
                clicks += click_times(notebook, given.clicks, READS_MS)
                hasty += click_times(notebook, given.clicks, 0)
    print(f"{'what':<34}{'median':>10}{'worst':>10}{'asked':>10}")
    for name, values, unit, limit in (
        ("first result, cold", cold, "s", str(COLD_S)),
        ("first result, warm", warm, "s", ""),
        ("a click", clicks, "ms", str(CLICK_MS)),
        ("a click at once after another", hasty, "ms", ""),
    ):
        middle, worst = statistics.median(values), max(values)
        row = f"{middle:.1f} {unit}", f"{worst:.1f} {unit}", limit and f"{limit} {unit}"
        print(f"{name:<34}{row[0]:>10}{row[1]:>10}{row[2]:>10}")


if __name__ == "__main__":
    main()
