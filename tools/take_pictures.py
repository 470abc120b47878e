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
            photograph_exercise(Notebook(lab, page, "exercise.ipynb"))
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


EXERCISE_CELLS = (
    "%load_ext werkbook\nfrom werkbook import App, render_template\napp = App()",
    "%%exercise greet --points 2\nMake a page at `/hello/NAME` that greets by name,"
    ' whatever the name.\n\nGET /hello/Ada -> 200, text has "Hello Ada"\n'
    'GET /hello/<b>x</b> -> text lacks "<b>x</b>"     # escaped\n'
    "POST /hello/Ada -> 405\n"
    "hint: A rule can have a part that varies: `<name>`.\n"
    "hint: In a template `{{ name }}` is escaped.\n"
    "solution: A template, and a view that renders it.",
    "%%template hello.html\n<h1>Hello {{ name }}</h1>",
    '@app.get("/hello/<name>")\ndef hello(name):\n    return "Hello " + name',
    '@app.get("/greet/<name>/<int:times>")\ndef greet(name, times):\n'
    '    return render_template("hello.html", name=" ".join([name] * times))',
    "%trace GET /greet/Ada/2",
)


def photograph_exercise(notebook: Notebook) -> None:
    """Take the pictures of an exercise's card and of a trace."""
    notebook.open(*EXERCISE_CELLS)
    notebook.run_all()
    card = notebook.cell(1).locator(".wb-exercise")
    expect(card).to_contain_text("2 of 3 checks are done")
    card.get_by_role("button", name="Show a hint").click()
    expect(card.locator(".wb-exercise-hints li")).to_have_count(1)
    card.screenshot(path=FOLDER / "exercise.png")
    notebook.cell(5).locator("svg[role=img]").screenshot(path=FOLDER / "trace.png")
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
