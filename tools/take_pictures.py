"""Take the pictures and films of the README and the guide in a real JupyterLab.

Usage: python -m tools.take_pictures [NAME]...   (writes docs/img; all unless named)
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, Page, expect, sync_playwright
from tests.browser.lab import ROOT, Lab, Notebook, chromium, shown_page
from tests.browser.tour import Tour
from tools.take_films import FILMS, hide_left_side, take_films

FOLDER = ROOT / "docs" / "img"
VIEWPORT = {"width": 1200, "height": 900}
WAIT_MS = 90_000


def keep(picture: bytes, name: str) -> None:
    """Write a picture with a palette of its own: a third of the bytes."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(256, dither=Image.Dither.NONE).save(
        FOLDER / f"{name}.png", optimize=True
    )
    print(f"{name}.png")


@dataclass(frozen=True)
class Feature:
    """A cell whose picture is taken.

    Attributes:
        name: The picture's name.
        cell: The cell's source.
        shows: What its output has when it is ready.
        click: A button or tab of it to click first.
        then: What its output has after the click.
    """

    name: str
    cell: str
    shows: str
    click: str = ""
    then: str = ""


SHOP = (
    "%load_ext werkbook\nfrom dataclasses import dataclass\n"
    "from werkbook import App, render_template, request\napp = App()",
    "%%template shop.html\n<title>Tea</title><h1 style='font-family: sans-serif'>Tea"
    " house</h1>\n<ul>{% for one in teas %}<li>{{ one.name }}, {{ one.price }}</li>"
    "{% endfor %}</ul>\n<form method='post' action='/sign'><input name='name'"
    " aria-label='Name'><button>Sign</button></form>",
    'teas = [{"name": "Assam", "price": 3}, {"name": "Sencha", "price": 9}]\n\n'
    '@app.get("/")\ndef index():\n    return render_template("shop.html", teas=teas)\n'
    '\n@app.post("/sign")\ndef sign():\n    return f"Thanks, {request.form[\'name\']}"',
    '@app.get("/teas")\ndef list_teas():\n    print("looking on the shelf")\n'
    "    return teas",
    '@app.get("/share/<int:people>")\ndef share(people):\n    price = 12\n'
    "    return str(price / (people - 1))",
    "@dataclass\nclass Order:\n    tea: str\n    pounds: float\n\n"
    '@app.post("/orders")\ndef order(order: Order, gift: bool = False) -> Order:\n'
    "    return order",
)
FEATURES = (
    Feature("card", "%http /teas", "200"),
    Feature("traceback", "%http /share/1 -> 500", "500", "Traceback", "Error"),
    Feature(
        "typed",
        "%http POST '/orders?gift=maybe' tea=Assam pounds=few",
        "422",
        "Expand all",
        '"pounds"',
    ),
    Feature("expect", "%http /teas -> 200, json length(@) == 3", "200"),
    Feature(
        "template",
        '%%template hi.html --with name="Ada"\n<h1>Hi {{ name }}</h1>',
        "hi.html",
    ),
    Feature("browse", "%browse / --height 260", ""),
    Feature("routes", "%routes", "/teas"),
    Feature("check", "%check", "Restart and Run All"),
    Feature("docs", "%docs --height 420", ""),
    Feature("trace", "%trace GET /", ""),
    Feature("export", "%export app.py --force", "Proved:"),
)


def photograph_features(lab: Lab, page: Page, wanted: set[str]) -> None:
    """Take a picture of one cell for each feature."""
    chosen = [one for one in FEATURES if one.name in wanted]
    if not chosen:
        return
    notebook = Notebook(lab, page, "features.ipynb").open(*SHOP)
    hide_left_side(page)
    notebook.run_all()
    for feature in chosen:
        index = notebook.run(feature.cell)
        cell = notebook.cell(index)
        wait_for(notebook, cell, feature)
        keep(cell.screenshot(), feature.name)
    notebook.close()


def wait_for(notebook: Notebook, cell: Locator, feature: Feature) -> None:
    """Wait until the cell shows what its picture is taken for."""
    if feature.shows:
        expect(cell).to_contain_text(feature.shows, timeout=WAIT_MS)
    if feature.name in ("browse", "docs"):
        heading = shown_page(cell.locator(".wb-browser")).locator("h1, h2").first
        expect(heading).to_be_visible(timeout=WAIT_MS)
    if feature.name == "trace":
        expect(cell.locator(".wb-trace").first).to_be_visible(timeout=WAIT_MS)
    if feature.click:
        tab = cell.get_by_role("tab", name=feature.click)
        tab.or_(cell.get_by_role("button", name=feature.click)).first.click()
        expect(cell).to_contain_text(feature.then)
    notebook.page.mouse.move(0, 0)


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


def photograph_extension(lab: Lab, page: Page) -> None:
    """Take the picture of JupyterLab's extension: colours, marks, the panel."""
    notebook = Notebook(lab, page, "lab.ipynb").open(*LAB_CELLS)
    page.evaluate(
        "async () => { await jupyterapp.commands.execute('werkbook:show-panel'); }"
    )
    hide_left_side(page)
    notebook.run_all()
    expect(page.locator(".wb-failed").first).to_be_visible()
    expect(page.locator(".wb-panel-entry")).to_have_count(2)
    page.evaluate(
        "() => { jupyterapp.shell.currentWidget.content.scrollToItem(0, 'start'); }"
    )
    keep(page.screenshot(), "lab")
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
    '@app.get("/hello/<name>")\ndef hello(name):\n    return "Hello " + name',
)


def photograph_exercise(lab: Lab, page: Page) -> None:
    """Take the picture of an exercise's card."""
    notebook = Notebook(lab, page, "exercise.ipynb").open(*EXERCISE_CELLS)
    notebook.run_all()
    card = notebook.cell(1).locator(".wb-exercise")
    expect(card).to_contain_text("2 of 3 checks are done")
    card.get_by_role("button", name="Show a hint").click()
    expect(card.locator(".wb-exercise-hints li")).to_have_count(1)
    keep(card.screenshot(), "exercise")
    notebook.close()


def photograph_tour(lab: Lab, page: Page) -> None:
    """Take the picture of the tour: a route in a cell, the live page below it."""
    tour = Tour(lab, page)
    tour.show()
    hide_left_side(page)
    tour.run_all()
    tour.scroll_to("browse")
    page.evaluate(
        "(n) => { jupyterapp.shell.currentWidget.content.activeCellIndex = n; }",
        tour.cells["browse"],
    )
    tour.command("notebook:create-output-view")
    heading = shown_page(page.locator(".jp-LinkedOutputView")).locator("h1")
    expect(heading).to_be_visible()
    tour.activate()
    tour.scroll_to("about-index")
    keep(page.screenshot(), "tour")


OTHERS: dict[str, Callable[[Lab, Page], None]] = {
    "lab": photograph_extension,
    "exercise": photograph_exercise,
    "tour": photograph_tour,
}


def main() -> None:
    """Take what the command line names, or everything."""
    names = [one.name for one in FEATURES] + list(OTHERS) + list(FILMS)
    wanted = set(sys.argv[1:] or names)
    unknown = wanted - set(names)
    if unknown:
        raise SystemExit(f"No picture {unknown.pop()!r}; there are {', '.join(names)}")
    FOLDER.mkdir(exist_ok=True)
    lab = Lab()
    try:
        lab.start()
        with sync_playwright() as playwright, chromium(playwright) as browser:
            take(lab, browser, wanted)
    finally:
        lab.stop()


def take(lab: Lab, browser: Any, wanted: set[str]) -> None:
    """Take pictures and films, each kind in a page of its own."""
    for name, photograph in OTHERS.items():
        if name in wanted:
            page = browser.new_page(viewport=VIEWPORT, device_scale_factor=1.5)
            photograph(lab, page)
            page.close()
    page = browser.new_page(viewport=VIEWPORT, device_scale_factor=1.5)
    photograph_features(lab, page, wanted)
    page.close()
    take_films(lab, browser, [name for name in FILMS if name in wanted])


if __name__ == "__main__":
    main()
