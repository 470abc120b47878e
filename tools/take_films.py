"""Take the films of the README and the guide: four moments in a real JupyterLab.

Each is a row of pictures that are shown one after the other, as WebP: what a browser
sees, at the moments that tell something. `tools.take_pictures` takes them, too.

Usage: python -m tools.take_films [NAME]...   (writes docs/img)
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright
from tests.browser.lab import ROOT, Lab, Notebook, chromium

FOLDER = ROOT / "docs" / "img"
VIEWPORT = {"width": 900, "height": 600}
MAX_BYTES = 1_000_000
START = "%load_ext werkbook\nfrom werkbook import App, render_template\napp = App()"


@dataclass
class Film:
    """Pictures of a page, each with the time for which it is shown."""

    page: Page
    pictures: list[Image.Image] = field(default_factory=list)
    times_ms: list[int] = field(default_factory=list)

    def take(self, seconds: float) -> None:
        """Take a picture that is shown for so long; an unchanged one stays longer."""
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        if self.pictures and picture.tobytes() == self.pictures[-1].tobytes():
            self.times_ms[-1] += round(seconds * 1000)
            return
        self.pictures.append(picture)
        self.times_ms.append(round(seconds * 1000))

    def save(self, name: str) -> None:
        """Write the film, and its last picture for paper and for those who wait."""
        path = FOLDER / f"{name}.webp"
        self.pictures[0].save(
            path,
            save_all=True,
            append_images=self.pictures[1:],
            duration=self.times_ms,
            loop=0,
            quality=80,
            method=6,
        )
        size = path.stat().st_size
        assert size < MAX_BYTES, f"{path} has {size} bytes"
        print(f"{path.name}: {len(self.pictures)} pictures, {size // 1000} kB")


def type_into(notebook: Notebook, film: Film, cell: int, old: str, new: str) -> None:
    """Change a part of a cell as somebody types it, a few letters a picture."""
    before, _, behind = notebook.source(cell).partition(old)
    for end in range(0, len(new) + 1, 4):
        notebook.set_cell(cell, f"{before}{new[:end]}{behind}")
        film.take(0.12)
    notebook.set_cell(cell, f"{before}{new}{behind}")
    film.take(0.6)


def scroll_to_top(notebook: Notebook) -> None:
    """Show the first cell."""
    notebook.page.evaluate(
        "() => { jupyterapp.shell.currentWidget.content.scrollToItem(0, 'start'); }"
    )


def redefine(notebook: Notebook, film: Film) -> None:
    """A route is redefined, and the page follows."""
    notebook.set_cells(
        START.replace("\n", "\n%config Werkbook.try_get = False\n", 1),
        "%%route GET /\n'<h1>Open from nine to five</h1>'",
        "%browse / --height 170",
    )
    notebook.run_all()
    expect(notebook.frame().locator("h1")).to_have_text("Open from nine to five")
    scroll_to_top(notebook)
    film.take(1.6)
    type_into(notebook, film, 1, "nine to five", "ten to six")
    notebook.run_cell(1)
    expect(notebook.frame().locator("h1")).to_have_text("Open from ten to six")
    scroll_to_top(notebook)
    film.take(2.0)
    type_into(notebook, film, 1, "<h1>", '<h1 style="color: seagreen">')
    notebook.run_cell(1)
    expect(notebook.frame().locator("h1")).to_have_css("color", "rgb(46, 139, 87)")
    scroll_to_top(notebook)
    film.take(2.4)


def failing(notebook: Notebook, film: Film) -> None:
    """A view fails and is marked in its cell, until it is mended."""
    notebook.set_cells(
        START,
        "%%route GET /share/<int:people>\nprice = 12\nreturn str(price / (people - 1))",
        "%http /share/3",
    )
    notebook.run_all()
    expect(notebook.cell(2)).to_contain_text("200")
    scroll_to_top(notebook)
    film.take(1.6)
    type_into(notebook, film, 2, "/share/3", "/share/1")
    notebook.run_cell(2)
    expect(notebook.cell(1).locator(".wb-failed")).to_be_visible()
    scroll_to_top(notebook)
    film.take(2.6)
    type_into(notebook, film, 1, "people - 1", "people")
    notebook.run_cell(1)
    notebook.run_cell(2)
    expect(notebook.cell(1).locator(".wb-failed")).to_have_count(0)
    expect(notebook.cell(2)).to_contain_text("200")
    scroll_to_top(notebook)
    film.take(2.4)


def proof(notebook: Notebook, film: Film) -> None:
    """The app is exported and proved."""
    notebook.set_cells(
        START,
        "%%template hello.html\n<h1>Hello {{ name }}!</h1>",
        "%%route GET /hello/<name> --try /hello/Ada\n"
        'render_template("hello.html", name=name)',
        "%export app.py --force",
    )
    for cell in range(3):
        notebook.run_cell(cell)
    expect(notebook.cell(2)).to_contain_text("200")
    notebook.page.evaluate(
        "() => { jupyterapp.shell.currentWidget.content.scrollToItem(3, 'center'); }"
    )
    film.take(1.4)
    notebook.start_cell(3)
    end = "Proved:"

    def is_over() -> bool:
        film.take(0.25)
        return end in notebook.output(3)

    assert notebook.wait(is_over, timeout_s=90), notebook.output(3)
    notebook.page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
        " === 'idle'"
    )
    film.take(3.0)


def exercise(notebook: Notebook, film: Film) -> None:
    """An exercise turns green as its solution is written."""
    notebook.set_cells(
        START,
        "%%exercise greet --points 2\n"
        "Make a page at `/hello/NAME` that greets by name.\n\n"
        'GET /hello/Ada -> 200, text has "Hello Ada"\n'
        'GET /hello/<b>x</b> -> text lacks "<b>x</b>"     # escaped',
        '@app.get("/hello/<name>")\ndef hello(name):\n    return "Hello"',
    )
    notebook.run_cell(0)
    notebook.run_cell(1)
    card = notebook.cell(1).locator(".wb-exercise")
    expect(card).to_contain_text("0 of 2")
    scroll_to_top(notebook)
    film.take(1.6)
    for old, new, done in (
        ('"Hello"', 'f"Hello {name}"', "1 of 2"),
        ('f"Hello {name}"', 'render_template("hello.html", name=name)', "2 of 2"),
    ):
        type_into(notebook, film, 2, old, new)
        if "template" in new:
            notebook.add_cell("%%template hello.html\n<h1>Hello {{ name }}</h1>")
            notebook.run_cell(3)
        notebook.run_cell(2)
        expect(card).to_contain_text(done)
        scroll_to_top(notebook)
        film.take(2.4)


FILMS: dict[str, Callable[[Notebook, Film], None]] = {
    "film-redefine": redefine,
    "film-failing": failing,
    "film-proof": proof,
    "film-exercise": exercise,
}


def hide_left_side(page: Page) -> None:
    """Close the left side bar, which tells nothing of the app."""
    page.evaluate(
        """async () => {
          if (document.querySelector('#jp-left-stack')?.offsetWidth > 0)
            await jupyterapp.commands.execute('application:toggle-left-area');
        }"""
    )


def take_films(lab: Lab, browser: Any, names: list[str]) -> None:
    """Take the films that are named, each in a notebook of its own."""
    for name in names:
        page = browser.new_page(viewport=VIEWPORT)
        notebook = Notebook(lab, page, f"{name}.ipynb")
        notebook.open(START)
        hide_left_side(page)
        film = Film(page)
        FILMS[name](notebook, film)
        film.save(name)
        notebook.close()
        page.close()


def main() -> None:
    """Take the films that the command line names, or all."""
    lab = Lab()
    try:
        lab.start()
        with sync_playwright() as playwright, chromium(playwright) as browser:
            take_films(lab, browser, sys.argv[1:] or list(FILMS))
    finally:
        lab.stop()


if __name__ == "__main__":
    main()
