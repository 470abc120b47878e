"""The site inside the guide: "Try it now" runs a first app, as the guide tells it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tests.browser.lab import SCREENSHOTS, chromium
from tests.test_docs import ROOT, blocks
from tools.lite.serve import make_server

from tests_lite.site import TIMEOUT_S, Site, SiteNotebook

FIRST_APP = ROOT / "docs/learn/start.md"


@contextmanager
def served_guide(place: Path) -> Iterator[str]:
    """Build the guide, which links to the built site, and serve both."""
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--quiet"]
    command += ["-d", str(place / "doctrees"), str(ROOT / "docs"), str(place / "html")]
    subprocess.run(command, check=True, timeout=900)
    server = make_server(place / "html")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_first_app_runs_in_the_guide(tmp_path: Path) -> None:
    """All its cells, in the frame of the page; the live page greets."""
    cells = [block.code for block in blocks(FIRST_APP) if block.is_cell]
    with (
        served_guide(tmp_path) as address,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(TIMEOUT_S * 1000)
        SCREENSHOTS.mkdir(exist_ok=True)
        page.goto(f"{address}/learn/try.html")
        element = page.locator("iframe.guide-try")
        element.scroll_into_view_if_needed()
        frame: Any = element.element_handle().content_frame()
        notebook = SiteNotebook(Site(address), frame, "00_tour.ipynb")
        notebook.wait_ready()
        page.screenshot(path=SCREENSHOTS / "guide-try.png")
        notebook.set_cells(*cells)
        notebook.run_all()
        notebook.frame().get_by_text("Hello Ada!").wait_for()
        page.screenshot(path=SCREENSHOTS / "guide-first-app.png")
        assert notebook.failures() == []
        assert notebook.not_run() == []
        notebook.wait_output(len(cells) - 1, "Proved: 2 of 2 rules asked")
