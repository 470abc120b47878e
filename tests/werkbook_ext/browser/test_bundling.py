# ruff: noqa: E501  # lines of HTML and JavaScript stay whole
from __future__ import annotations

from tests.werkbook_ext.browser.apps import Recorder, fetcher_of
from werkzeug.wrappers import Response

from werkbook_ext.browser.bundling import bundle, references
from werkbook_ext.browser.fetching import VIRTUAL_ORIGIN, PageRequest

PAGE = """<link rel=stylesheet href="/a.css"><link rel="canonical" href="/no">
<script src='b.js?x=1&amp;y=2'></script><img src=c.png srcset="d.png 1x, e.png 2x">
<input type=text src=/no><input type="image" src="/f.png"><a href="/no">x</a>
<style>body{background:url(g.png)}</style><img src="https://example.org/x.png">
<img src="data:image/png;base64,AA"><script type=module>import "./m.js"</script>"""


def test_references_of_html() -> None:
    found = references("text/html", PAGE, VIRTUAL_ORIGIN + "/dir/page")
    assert [url.removeprefix(VIRTUAL_ORIGIN) for url in found] == [
        "/a.css",
        "/dir/b.js?x=1&y=2",
        "/dir/c.png",
        "/dir/d.png",
        "/dir/e.png",
        "/f.png",
        "/dir/g.png",
        "/dir/m.js",
    ]


def test_bundle_holds_what_css_and_modules_load_in_turn() -> None:
    app = Recorder(
        index="<link rel=stylesheet href=/a.css><script type=module src=/m.js></script>",
        a_css=Response('@import "b.css"; /* url(no) */', mimetype="text/css"),
        b_css=Response("i{background:url('c.png')}", mimetype="text/css"),
        c_png=Response(b"png", mimetype="image/png"),
        m_js=Response('import x from "./n.js"', mimetype="text/javascript"),
        n_js=Response("export default 1", mimetype="text/javascript"),
    )
    fetcher = fetcher_of(app)
    page = fetcher.fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/"))
    found = bundle(fetcher.fetch, page, page.read())
    assert sorted(one.path for one in found) == [
        "/a.css",
        "/b.css",
        "/c.png",
        "/m.js",
        "/n.js",
    ]


def test_bundle_leaves_out_what_fails_and_asks_once() -> None:
    app = Recorder(index="<img src=/x.png><img src=/x.png><img src=/y.png>")
    fetcher = fetcher_of(app)
    page = fetcher.fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/"))
    assert bundle(fetcher.fetch, page, page.read()) == []
    assert sorted(request.path for request in app.seen) == ["/", "/x.png", "/y.png"]
