"""A page with its style sheets and images inside, for a frame that loads nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from ..transport import ORIGIN
from .bodies import Body

MAX_RESOURCES = 60
MAX_BYTES = 4_000_000
MAX_DEPTH = 4

# From a path of the app to what it answers; None when it cannot be had.
Load = Callable[[str], Body | None]

_TAG = re.compile(
    r"<(?P<name>link|img|source|input|image)\b"
    r"(?P<rest>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s=\"'>/]+)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s>\"']+)"
)
_STYLE = re.compile(
    r"(?P<open><style\b[^>]*>)(?P<css>.*?)(?=</style)", re.IGNORECASE | re.DOTALL
)
_IN_CSS = re.compile(
    r"@import\s+(?:url\(\s*)?[\"']?(?P<sheet>[^\"')\s;]+)[\"']?\s*\)?\s*;"
    r"|url\(\s*[\"']?(?P<file>[^\"')]+?)[\"']?\s*\)",
    re.IGNORECASE,
)


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
        def style(match: re.Match[str]) -> str:
            return match["open"] + self.css(match["css"], base, MAX_DEPTH)

        return _TAG.sub(lambda match: self._tag(match, base), _STYLE.sub(style, source))

    def _tag(self, match: re.Match[str], base: str) -> str:
        values = {
            found["name"].lower(): unescape(found["value"].strip("\"'"))
            for found in _ATTRIBUTE.finditer(match["rest"])
        }
        if match["name"].lower() != "link":
            return self._image(match, values.get("src") or values.get("href"), base)
        if "stylesheet" not in values.get("rel", "").lower().split():
            return match[0]
        url = urljoin(base, values.get("href", ""))
        sheet = self._get(url)
        if sheet is None:
            return match[0]
        media = f' media="{escape(values["media"])}"' if "media" in values else ""
        css = self.css(sheet.text, url, MAX_DEPTH).replace("</style", "<\\/style")
        return f"<style{media}>{css}</style>"

    def _image(self, match: re.Match[str], name: str | None, base: str) -> str:
        found = self._get(urljoin(base, name)) if name else None
        if found is None:
            return match[0]

        def attribute(one: re.Match[str]) -> str:
            is_source = one["name"].lower() in ("src", "href")
            return f'{one["name"]}="{_data_url(found)}"' if is_source else one[0]

        return f"<{match['name']}{_ATTRIBUTE.sub(attribute, match['rest'])}>"

    def css(self, text: str, base: str, depth: int) -> str:
        """Return a style sheet with what it imports and shows inside."""

        def put(match: re.Match[str]) -> str:
            url = urljoin(base, match["sheet"] or match["file"])
            found = self._get(url) if depth else None
            if found is None:
                return match[0]
            if match["sheet"]:
                return self.css(found.text, url, depth - 1)
            return f'url("{_data_url(found)}")'

        return _IN_CSS.sub(put, text)

    def _get(self, url: str) -> Body | None:
        """Load a URL of the app; each once, and none after the limit."""
        parts = urlsplit(url)
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
