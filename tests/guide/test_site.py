"""The guide as a site, built once: links, search, print, contrast, keyboard, width."""

from __future__ import annotations

import functools
import html.parser
import http.server
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from sphinx.util.inventory import InventoryFile
from tests.browser.lab import chromium
from tools.guide import api, commands, errors, magics, registrations, settings

ROOT = Path(__file__).parents[2]
AUDITED = {
    "light": (
        "index.html",
        "learn/index.html",
        "learn/start.html",
        "learn/00_tour.html",
        "reference/settings.html",
        "understand/laws.html",
        "bench/dispatch.html",
        "howto/troubleshooting.html",
        "reference/errors.html",
        "search.html",
    ),
    "dark": ("index.html", "learn/05_attacks.html", "reference/settings.html"),
}
"""A page of each kind, long ones too; on the longest it took over two minutes."""

ON_PAPER = """() => [
  [...document.querySelectorAll('.sidebar-drawer, .toc-drawer, .mobile-header')]
    .filter(one => one.offsetWidth > 0).length,
  [...document.querySelectorAll('article pre')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).length,
]"""
"""How many menus are seen, and how many blocks of code are wider than the page."""

SOUGHT = {
    "exercise": "howto/teaching/exercises",
    "log in": "howto/login",
    "first app": "learn/start",
    "my route disappeared": "howto/troubleshooting",
    "404": "howto/troubleshooting",
    "two workers": "howto/scale",
}
"""What is typed, and the page that has to come first."""

HOST = re.compile(r"(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z]{2,}", re.IGNORECASE)
EXAMPLES = (".example", "example.org", "example.com")
"""What stands for a host of the reader's own, and must be no link."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # the site is built once


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built guide; a warning fails it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--quiet"]
    command += [
        "-d",
        str(folder / "doctrees"),
        str(ROOT / "docs"),
        str(folder / "html"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]
    return folder / "html"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served on this machine."""
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that ends with this module: a process has one Playwright at a time."""
    with sync_playwright() as playwright, chromium(playwright) as running:
        yield running


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a browser that reaches this machine alone: its proxy is none."""
    context = browser.new_context(
        viewport={"width": 1200, "height": 900},
        proxy={"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"},
    )
    yield context.new_page()
    context.close()


def pages(site: Path) -> list[Path]:
    """Return all pages of the guide itself."""
    own = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    return [path for path in own if "lite" not in path.relative_to(site).parts]


@dataclass
class Links(html.parser.HTMLParser):
    """The links of a page, what it loads, its anchors and its text."""

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    unnamed: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element links to."""
        found = {name: value or "" for name, value in attrs}
        self.anchors.update(filter(None, [found.get("id"), found.get("name")]))
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in ("img", "script", "iframe") and found.get("src"):
            self.loaded.append(found["src"])
        if tag == "link" and found.get("rel") in ("stylesheet", "icon", "preload"):
            self.loaded.append(found["href"])
        if tag == "img" and not found.get("alt", "").strip():
            self.unnamed.append(found.get("src", ""))

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text.append(data)


@functools.cache
def read(path: Path) -> Links:
    """Read a page of the site, which does not change."""
    found = Links()
    found.feed(path.read_text("utf-8"))
    return found


def text_of(site: Path, name: str) -> str:
    return " ".join("".join(read(site / f"{name}.html").text).split())


def test_links_within_the_site_lead_somewhere(site: Path) -> None:
    """To a file that is there and, where they say so, to an anchor in it."""
    read_pages = {path: read(path) for path in pages(site)}
    broken = []
    for path, found in read_pages.items():
        for link in [*found.links, *found.loaded]:
            url = urlsplit(link)
            if url.scheme or url.netloc or link.startswith("#!"):
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            anchors = read_pages[target].anchors if target in read_pages else None
            is_there = target.is_file()
            if url.fragment and anchors is not None:
                is_there = is_there and unquote(url.fragment) in anchors
            if not is_there and "/lite/" not in f"/{url.path}":
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []


def test_links_to_elsewhere_have_their_form(site: Path) -> None:
    """Hosts have names and are asked by https, but on the reader's own machine."""
    wrong = []
    for path in pages(site):
        for link in read(path).links:
            url = urlsplit(link)
            if not url.scheme or url.scheme == "mailto":
                continue
            is_own = url.hostname in ("127.0.0.1", "localhost")
            is_named = bool(HOST.fullmatch(url.hostname or "")) and link == link.strip()
            is_example = (url.hostname or "").endswith(EXAMPLES)
            if not (is_own or (url.scheme == "https" and is_named and not is_example)):
                wrong.append(f"{path.relative_to(site)}: {link}")
    assert wrong == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """The site reads the same offline."""
    for path in pages(site):
        far = [one for one in read(path).loaded if urlsplit(one).netloc]
        assert far == [], path


def test_pictures_have_alternative_text(site: Path) -> None:
    """Those of the guide's own pages; a notebook's outputs are the notebook's."""
    for path in pages(site):
        assert read(path).unnamed == [], path


def test_public_names_have_an_entry(site: Path) -> None:
    """Each name that a public module offers stands in the inventory."""
    with (site / "objects.inv").open("rb") as stream:
        inventory = InventoryFile.load(stream, "", lambda base, name: name)
    known = {
        name for kind in inventory if kind[:3] == "py:" for name in inventory[kind]
    }
    missing = [
        f"{name}.{one}"
        for name in api.MODULES
        for one in api.public_names(__import__(name, fromlist=["x"]))
        if f"{name}.{one}" not in known
    ]
    assert missing == []


def test_each_option_stands_on_its_page(site: Path) -> None:
    """Of magics, commands and settings; each error; each kind of registration."""
    page = text_of(site, "reference/every-magic")
    for magic in magics.magics():
        assert magic.typed in page
        for names in magic.options:
            assert all(name in page for name in names), names
    page = text_of(site, "reference/commands")
    for words, command in commands.commands():
        assert words in page
        assert all(option.opts[0] in page for option in commands.options(command))
    page = text_of(site, "reference/settings")
    assert all(name in page for name in [*settings.EXAMPLES, *settings.APP_CONFIG])
    page = text_of(site, "reference/errors")
    assert all(name in page for name in errors.error_classes())
    page = text_of(site, "reference/registrations")
    assert all(kind in page for kind in registrations.WORDS)


def test_search_works_offline(reader: Page, address: str) -> None:
    """A word finds pages, with no request to another machine."""
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(f"{address}/search.html?q=database")
    reader.locator("ul.search li a").first.wait_for()
    assert reader.locator("ul.search li").count() >= 3
    assert all(url.startswith((address, "data:")) for url in asked)


@pytest.mark.parametrize(("query", "page"), SOUGHT.items())
def test_search_puts_the_page_first_that_is_meant(
    reader: Page, address: str, query: str, page: str
) -> None:
    """What people type leads to the page that says how it is done."""
    reader.goto(f"{address}/search.html?{urlencode({'q': query})}")
    first = reader.locator("ul.search li a").first
    assert (first.get_attribute("href") or "").split(".html")[0] == page


def test_pages_fit_a_narrow_screen_and_paper(
    reader: Page, address: str, site: Path
) -> None:
    """What is wide scrolls within itself; on paper there is the text, none cut off."""
    problems = []
    for path in pages(site):
        name = path.relative_to(site).as_posix()
        reader.emulate_media(media="screen")
        reader.set_viewport_size({"width": 400, "height": 800})
        reader.goto(f"{address}/{name}", wait_until="domcontentloaded")
        width = reader.evaluate("document.documentElement.scrollWidth")
        reader.emulate_media(media="print")
        reader.set_viewport_size({"width": 700, "height": 900})
        menus, cut = reader.evaluate(ON_PAPER)
        if width > 400 or menus or cut:
            problems.append(f"{name}: {width} px, {menus} menus, {cut} blocks cut off")
    assert problems == []


@pytest.mark.parametrize("scheme", sorted(AUDITED))
def test_axe_finds_nothing(reader: Page, address: str, scheme: str) -> None:
    """Contrast, names, order and what the keyboard reaches, by WCAG 2.1 A and AA."""
    reader.emulate_media(color_scheme=scheme)
    options = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
        "resultTypes": ["violations"],  # what is right need not be listed
    }
    problems = []
    for name in AUDITED[scheme]:
        reader.goto(f"{address}/{name}")
        found = Axe().run(reader, options=options).response["violations"]
        problems += [
            f"{name}: {one['id']}: {node['html'][:160]} {node['failureSummary']}"
            for one in found
            for node in one["nodes"][:3]
        ]
    assert problems == []


def test_keyboard_alone_reaches_the_text(reader: Page, address: str) -> None:
    """The first stop skips the menu; each stop can be seen."""
    reader.goto(f"{address}/understand/laws.html")
    reader.keyboard.press("Tab")
    focus = reader.locator(":focus")
    assert focus.inner_text() == "Skip to content"
    reader.keyboard.press("Enter")
    reader.wait_for_function("() => location.hash === '#furo-main-content'")
    reader.keyboard.press("Tab")
    is_in_text = "element => !!element.closest('#furo-main-content, article, main')"
    assert reader.locator(":focus").evaluate(is_in_text)


def test_spelling() -> None:
    """Codespell knows no better for any word of the guide and the README."""
    texts = [
        path
        for path in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
        if "_build" not in path.parts
    ]
    texts += sorted((ROOT / "notebooks").glob("*.ipynb"))
    command = [sys.executable, "-m", "codespell_lib", "--ignore-words"]
    command += [str(ROOT / "tests/guide/words.txt"), *map(str, texts)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout == ""
