"""What a page will load at once, found in the kernel so that one message carries it.

Each message to the front end costs tens of milliseconds; a page with its css, scripts
and images in one message shows three times as fast. What is not found here, the front
end asks for: this needs no complete parser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..markup.references import in_css, in_module, joined
from ..markup.tags import Tag, read_tags
from ..widgets.background import do_together
from .fetching import VIRTUAL_ORIGIN, PageRequest, PageResponse

MAX_RESOURCES = 80
MAX_BYTES = 6_000_000
MAX_DEPTH = 6
AT_ONCE = 8

LOADING = frozenset(
    "script img source input audio video track image use".split()  # noqa: SIM905  # reads as a text
)


@dataclass(frozen=True)
class Resource:
    """A css, script, image or font that came with its page."""

    asked_url: str
    head: dict[str, Any]
    body: bytes
    path: str = ""
    endpoint: str | None = None


def bundle(
    fetch: Callable[[PageRequest], PageResponse], page: PageResponse, body: bytes
) -> list[Resource]:
    """Return the `Resource`s that an HTML page loads, those they load included."""
    if page.content_type not in ("text/html", "application/xhtml+xml"):
        return []
    found: list[Resource] = []
    seen = {page.url}
    wanted = references("text/html", body.decode("utf-8", "replace"), page.url)
    for _ in range(MAX_DEPTH):
        room = MAX_RESOURCES - len(found)
        wanted = [url for url in dict.fromkeys(wanted) if url not in seen][:room]
        if not wanted or sum(len(one.body) for one in found) > MAX_BYTES:
            break
        seen.update(wanted)
        arrived = load(fetch, wanted, page.url)
        found += arrived
        wanted = [url for one in arrived for url in references_in(one)]
    return found


def load(
    fetch: Callable[[PageRequest], PageResponse], urls: list[str], page_url: str
) -> list[Resource]:
    """Fetch at the same time; what fails is left to the front end's own request."""

    def one(url: str) -> Resource | None:
        try:
            answer = fetch(PageRequest("GET", url, page_url=page_url))
            if answer.status != 200 or not answer.is_whole_soon:
                answer.stop()
                return None
            body = answer.read()
            return Resource(url, answer.head(), body, answer.path, answer.endpoint)
        except (OSError, ValueError):
            return None

    found: list[Resource | None] = [None] * len(urls)

    def put(number: int) -> None:
        found[number] = one(urls[number])

    do_together([partial(put, number) for number in range(len(urls))], AT_ONCE)
    return list(filter(None, found))


def references_in(resource: Resource) -> list[str]:
    headers = resource.head["headers"]
    kind = next((v for k, v in headers if k.lower() == "content-type"), "")
    kind = kind.partition(";")[0].strip().lower()
    if kind != "text/css" and "javascript" not in kind:
        return []
    text = resource.body.decode("utf-8", "replace")
    return references(kind, text, resource.head["url"])


def references(kind: str, text: str, base: str) -> list[str]:
    """Return the app's own addresses that a text loads."""
    if kind == "text/html":
        found = in_html(text)
    elif kind == "text/css":
        found = sheets_and_files(text)
    else:
        found = in_module(text)
    urls = (joined(base, name).partition("#")[0] for name in found if name)
    return [url for url in urls if url.startswith(VIRTUAL_ORIGIN + "/")]


def in_html(html: str) -> Iterable[str]:
    for tag in read_tags(html):
        if tag.owner is not None:
            text = html[tag.start : tag.end]
            if tag.owner.name == "style":
                yield from sheets_and_files(text)
            elif is_module(tag.owner):
                yield from in_module(text)
        else:
            yield from in_tag(tag)


def is_module(tag: Tag) -> bool:
    """Tell whether a tag begins a module script."""
    kind = (tag.get("type") or "").strip().lower()
    return tag.name == "script" and kind == "module"


def in_tag(tag: Tag) -> Iterable[str]:
    if tag.name == "link":
        relations = (tag.get("rel") or "").lower().split()
        if {"stylesheet", "icon", "modulepreload"} & set(relations):
            yield tag.get("href") or ""
        return
    is_image = (tag.get("type") or "").lower() == "image"
    if tag.name not in LOADING or (tag.name == "input" and not is_image):
        return
    for key in ("src", "poster", "href", "xlink:href"):
        yield tag.get(key) or ""
    for candidate in (tag.get("srcset") or "").split(","):
        yield from candidate.split()[:1]


def sheets_and_files(css: str) -> list[str]:
    """Return what a style sheet loads."""
    found = (one.url for one in in_css(css))
    return [url for url in found if not url.startswith(("data:", "#"))]
