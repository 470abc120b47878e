"""Take the pictures of the README and the guide, from the tour in a real JupyterLab.

Usage: python -m tools.take_pictures   (writes docs/img)
"""

from playwright.sync_api import Page, expect, sync_playwright
from tests.browser.lab import ROOT, Lab, Notebook, chromium, shown_page
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
            photograph_extension(Notebook(lab, page, "lab.ipynb"), page)
            photograph(Tour(lab, page), page)
    finally:
        lab.stop()


LAB_CELLS = (
    "%load_ext werkbook\nfrom werkbook import App, render_template\napp = App()",
    '%%template hello.html\n<h1 class="{{ kind }}">Hello {{ name|title }}!</h1>\n'
    "<ul>{% for guest in guests %}<li>{{ guest }}</li>{% endfor %}</ul>",
    "%%route GET /hello/<name>\n"
    'render_template("hello.html", name=name, kind="big", guests=["Ada"])',
    "%%route GET /share/<int:people>\nprice = 12\nreturn str(price / (people - 1))",
    "%http /hello/ada",
    "%http /share/1 -> 500",
)


def photograph_extension(notebook: Notebook, page: Page) -> None:
    """Take the picture of JupyterLab's extension: colours, marks, the panel."""
    notebook.open(*LAB_CELLS)
    page.evaluate(
        """async () => {
          await jupyterapp.commands.execute('werkbook:show-panel');
          if (document.querySelector('#jp-left-stack')?.offsetWidth > 0)
            await jupyterapp.commands.execute('application:toggle-left-area');
        }"""
    )
    notebook.run_all()
    expect(page.locator(".wb-failed").first).to_be_visible()
    expect(page.locator(".wb-panel-entry")).to_have_count(2)
    page.evaluate(
        "() => { jupyterapp.shell.currentWidget.content.scrollToItem(0, 'start'); }"
    )
    page.screenshot(path=FOLDER / "lab.png")
    notebook.close()


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
    heading = shown_page(page.locator(".jp-LinkedOutputView")).locator("h1")
    expect(heading).to_be_visible()
    tour.activate()
    tour.scroll_to("about-index")
    page.screenshot(path=FOLDER / "tour.png")


if __name__ == "__main__":
    main()
