"""Take the pictures of the README and the guide, from the tour in a real JupyterLab.

Usage: python -m tools.take_pictures   (writes docs/img)
"""

from playwright.sync_api import Page, expect, sync_playwright
from tests.browser.lab import ROOT, Lab, chromium
from tests.browser.tour import Tour

FOLDER = ROOT / "docs" / "img"
VIEWPORT = {"width": 1200, "height": 900}


def main() -> None:
    """Run the tour and photograph what a reader looks at."""
    FOLDER.mkdir(exist_ok=True)
    lab = Lab()
    try:
        lab.start()
        with sync_playwright() as playwright, chromium(playwright) as browser:
            page = browser.new_page(viewport=VIEWPORT, device_scale_factor=1.5)
            photograph(Tour(lab, page), page)
    finally:
        lab.stop()


def photograph(tour: Tour, page: Page) -> None:
    """Take all pictures, in the order of the tour."""
    tour.show()
    tour.command("application:toggle-left-area")
    tour.run_all()
    for name, cell_id in {"card": "ask-api", "export": "export"}.items():
        tour.scroll_to(cell_id)
        page.screenshot(path=FOLDER / f"{name}.png")
    tour.scroll_to("browse")
    tour.command("notebook:create-output-view")
    heading = page.locator(".jp-LinkedOutputView").frame_locator("iframe").locator("h1")
    expect(heading).to_be_visible()
    tour.activate()
    tour.scroll_to("about-index")
    page.screenshot(path=FOLDER / "tour.png")


if __name__ == "__main__":
    main()
