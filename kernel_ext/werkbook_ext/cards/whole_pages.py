"""A page with its style sheets and images inside, for a frame that loads nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from html import escape
from urllib.parse import urljoin, urlsplit

from ..bodies.body import Body
from ..markup.references import StyleReference, in_css, joined
from ..markup.tags import Tag, read_tags
from ..transport.sessions import ORIGIN

MAX_RESOURCES = 60
MAX_BYTES = 4_000_000
MAX_DEPTH = 4

# Takes a path of the app; returns what it answers, None when there is no answer.
Load = Callable[[str], Body | None]
Change = tuple[int, int, str]

_IMAGES = frozenset(("img", "source", "input", "image"))


def with_resources(source: str, page_url: str, load: Load) -> str:
    """Return an HTML page with what it loads from its own app put inside.

    Style sheets become `<style>`, images `data:` URLs. What is of another origin, or
    too much, stays as it is, and is not loaded.

    Args:
        source: The page.
        page_url: Its path in the app.
        load: Loads a path of the app.
    """
    return _Page(load).html(source, urljoin(ORIGIN, page_url))


class _Page:
    """Loads each resource of one page once, up to a limit."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._loaded: dict[str, Body | None] = {}
        self._bytes = 0

    def html(self, source: str, base: str) -> str:
        """Return a page with what its tags and styles name inside."""
        changes = []
        for tag in read_tags(source):
            if tag.name == "link":
                changes += self._sheet(tag, base)
            elif tag.name in _IMAGES:
                changes += self._image(tag, base)
            elif tag.owner is not None and tag.owner.name == "style":
                css = self.css(source[tag.start : tag.end], base, MAX_DEPTH)
                changes.append((tag.start, tag.end, css))
        return replaced(source, changes)

    def _sheet(self, tag: Tag, base: str) -> list[Change]:
        if "stylesheet" not in (tag.get("rel") or "").lower().split():
            return []
        url = joined(base, tag.get("href") or "")
        sheet = self._get(url)
        if sheet is None:
            return []
        named = tag.get("media")
        media = "" if named is None else f' media="{escape(named)}"'
        css = self.css(sheet.text, url, MAX_DEPTH).replace("</style", "<\\/style")
        return [(tag.start, tag.end, f"<style{media}>{css}</style>")]

    def _image(self, tag: Tag, base: str) -> list[Change]:
        name = tag.get("src") or tag.get("href")
        found = self._get(joined(base, name)) if name else None
        if found is None:
            return []
        return [
            (one.start, one.end, f'"{_data_url(found)}"')
            for one in tag.attributes
            if one.name in ("src", "href") and one.end > one.start
        ]

    def css(self, text: str, base: str, depth: int) -> str:
        """Return a style sheet with what it imports and shows inside."""
        if not depth:
            return text
        changes = []
        for one in in_css(text):
            changes += self._reference(one, base, depth)
        return replaced(text, changes)

    def _reference(self, one: StyleReference, base: str, depth: int) -> list[Change]:
        url = joined(base, one.url)
        found = self._get(url)
        if found is None:
            return []
        if one.is_sheet:
            return [(one.start, one.end, self.css(found.text, url, depth - 1))]
        return [(one.start, one.end, f'url("{_data_url(found)}")')]

    def _get(self, url: str) -> Body | None:
        """Load a URL of the app; each once, and none after the limit."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            return None
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if path not in self._loaded:
            is_full = len(self._loaded) >= MAX_RESOURCES or self._bytes >= MAX_BYTES
            body = None if is_full else self._load(path)
            self._loaded[path] = body
            self._bytes += len(body.content) if body else 0
        return self._loaded[path]


def _data_url(body: Body) -> str:
    content = b64encode(body.content).decode("ascii")
    return f"data:{body.mimetype or 'application/octet-stream'};base64,{content}"


def replaced(source: str, changes: list[Change]) -> str:
    """Return a text with other text at some places, which stand in their order."""
    pieces = []
    at = 0
    for start, end, text in changes:
        pieces += [source[at:start], text]
        at = end
    return "".join([*pieces, source[at:]])
