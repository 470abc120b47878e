"""A page with what it loads put inside."""

from __future__ import annotations

import pytest

from werkbook_ext.bodies.body import Body
from werkbook_ext.cards.whole_pages import MAX_RESOURCES, with_resources

FILES = {
    "/static/a.css": ("text/css", b"@import 'b.css'; p { background: url(dot.png) }"),
    "/static/b.css": ("text/css", b"h1 { color: teal } @import 'a.css';"),
    "/static/dot.png": ("image/png", b"PNG"),
    "/evil.css": ("text/css", b"p::after { content: '</style><script>' }"),
}
DOT = "data:image/png;base64,UE5H"


def load(path: str) -> Body | None:
    kind, content = FILES.get(path, ("", b""))
    return Body(content, kind) if kind else None


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("<p>hi</p>", "<p>hi</p>"),
        (
            '<img class="x" src="/static/dot.png" alt=\'a > b\'>',
            f'<img class="x" src="{DOT}" alt=\'a > b\'>',
        ),
        ("<img src=../static/dot.png>", f'<img src="{DOT}">'),
        ("<img src=missing.png>", "<img src=missing.png>"),
        ("<img src=https://x.test/a.png>", "<img src=https://x.test/a.png>"),
        ("<img src=//x.test/a.png>", "<img src=//x.test/a.png>"),
        (
            "<style>p { background: url('/static/dot.png') }</style>",
            f'<style>p {{ background: url("{DOT}") }}</style>',
        ),
        (
            "<link rel=icon href=/static/dot.png>",
            "<link rel=icon href=/static/dot.png>",
        ),
    ],
)
def test_with_resources(source: str, page: str) -> None:
    """Images and styles of the app are put inside; nothing else is touched."""
    assert with_resources(source, "/sub/page?q=1", load) == page


def test_style_sheets_that_import_one_another() -> None:
    """A sheet is put inside with what it imports, a circle of imports ends."""
    page = with_resources('<link rel="stylesheet" href="/static/a.css">', "/", load)
    assert page.startswith("<style>h1 { color: teal }")
    assert f'url("{DOT}")' in page
    assert page.count("<style") == page.count("</style") == 1


def test_style_sheet_cannot_end_its_element() -> None:
    """A sheet that holds the end of its element does not get out of it."""
    page = with_resources("<link rel=stylesheet href=/evil.css media=print>", "/", load)
    assert page == (
        "<style media=\"print\">p::after { content: '<\\/style><script>' }</style>"
    )


def test_limit() -> None:
    """A page with many images loads some of them, each once."""
    asked: list[str] = []

    def count(path: str) -> Body:
        asked.append(path)
        return Body(b"x", "image/png")

    source = "".join(f"<img src=/{n}.png><img src=/{n}.png>" for n in range(100))
    with_resources(source, "/", count)
    assert len(asked) == len(set(asked)) == MAX_RESOURCES
