# lines of HTML and JavaScript stay whole
"""Ways out of a page, each tried against its policy, with a beacon for each.

In one browser as it is, and in one that looks ahead in documents and loads what it finds
there before it comes to the policy in them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.lab import CHROMIUM_FLAGS, chromium_path
from tests.browser.outside import Outside
from tests.browser.test_policy_corpus import BUILD, CONTROL, load_modules

LOOKS_AHEAD = "--enable-experimental-web-platform-features"
DOCUMENTS = r"""
<iframe srcdoc="<img src='URL/a'><script>fetch('URL/b')</script>"></iframe>
<iframe src="data:text/html,<img src='URL/a'>"></iframe>
<object data='URL/o'></object><object type='text/html' data="data:text/html,<img src='URL/a'>"></object>
<embed src='URL/e'><embed type='image/svg+xml' src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='URL/x'/></svg>">
<portal src='URL/p'></portal><fencedframe src='URL/q'></fencedframe><applet code=URL/a archive=URL/b codebase=URL/c></applet>
<style>@import 'URL/i'; body{background:url(URL/bg);cursor:url(URL/c),auto} @font-face{font-family:x;src:url(URL/f)} *{font-family:x}</style>x
<style>div{background:image-set('URL/is' 1x);mask:url(URL/m);filter:url(URL/fl#a);border-image:url(URL/bi) 1;clip-path:url(URL/cp#a);shape-outside:url(URL/so)}</style><div>x</div>
<link rel=stylesheet href="data:text/css,@import 'URL/i';body{background:url(URL/b)}">
<svg><image href='URL/a'/><use href='URL/c#x'/><filter id=f><feImage href='URL/d'/></filter><rect filter='url(#f)' width=9 height=9 /><script href='URL/e'></script><style>@import 'URL/f'</style></svg>
<svg><foreignObject><img src='URL/b'></foreignObject><image><set attributeName=href to='URL/i'/></image></svg>
<img srcset='URL/a 1x'><picture><source srcset='URL/b'><img></picture><img lowsrc='URL/c' src=URL/e>
<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='URL/x'/></svg>">
<video src='URL/v' poster='URL/p' autoplay></video><audio src='URL/a' autoplay></audio><video><source src='URL/s'><track default src='URL/t'></video>
<body background='URL/b'><table background='URL/t'><tr><td background='URL/d'>x</table><input type=image src='URL/a'>
<link rel=icon href='URL/a'><link rel='shortcut icon' href='URL/b'><link rel=apple-touch-icon href='URL/c'><link rel=manifest href='URL/d'>
<link rel=preload as=image href='URL/a'><link rel=preload as=fetch href='URL/b' crossorigin><link rel=modulepreload href='URL/c'>
<link rel=preload as=image imagesrcset='URL/a 1x, URL/b 2x'><link rel=prefetch href='URL/p'><link rel=prerender href='URL/b'><link rel=next href='URL/c'>
<script type=speculationrules>{"prefetch":[{"source":"list","urls":["URL/s"],"eagerness":"immediate"}],"prerender":[{"source":"list","urls":["URL/t"]}]}</script>
<meta http-equiv='re&#102;resh' content='0;url=URL/r'>
<meta http-equiv=Content-Security-Policy content="img-src 'none'; report-uri URL/rep"><img src=data:,x>
<meta http-equiv=Content-Security-Polic&#121; content="default-src *; report-uri URL/rep"><img src=URL/x>
<meta http-equiv=Link content='<URL/l>; rel=preload; as=image'>
<base href='URL/'><img src=rel><script src=rel.js></script>
<script type=importmap>{"imports":{"x":"URL/m.js"}}</script><script type=module>import 'x'; import 'URL/n.js'</script>
<script type=module src='URL/a.js'></script><script src='URL/b.js'></script><script nomodule src=URL/c.js></script>
<a id=a href='#x' ping='URL/ping'>x</a><script>a.click()</script>
<img attributionsrc='URL/att2' src=data:,x><script attributionsrc='URL/att3'></script><img browsingtopics sharedstoragewritable src='URL/ss'>
<div><template shadowrootmode=open><img src='URL/a'><style>@import 'URL/b'</style><link rel=stylesheet href='URL/c'></template></div>
<html manifest='URL/m'><head profile='URL/p'>
""".strip().split("\n")
SCRIPTS = r"""
open('URL/o'); open('about:blank').location = 'URL/p'
open('URL/o', '_blank', 'noopener')
for (const t of ['_top', '_parent', '_blank']) { const f = make('form', { action: 'URL/f', target: t }); f.submit() }
const f = make('form', {}); const b = document.createElement('button'); b.formAction = 'URL/f'; f.append(b); f.requestSubmit(b)
const i = make('iframe', { name: 'fr' }); make('form', { action: 'URL/f', target: 'fr' }).submit()
for (const t of ['_top', '_blank']) make('a', { href: 'URL/a', target: t }).click()
make('a', { href: 'URL/a', download: 'x' }).click()
location = window.URL.createObjectURL(new Blob(['<img src="URL/b"><script>fetch("URL/c")<\/script>'], { type: 'text/html' }))
location = 'data:text/html,<img src=URL/d>'
location = 'javascript:"<img src=URL/j>"'
make('iframe', { srcdoc: '<script>location = "URL/n"<\/script>' })
make('iframe', { srcdoc: '<script>fetch("URL/n"); new Image().src = "URL/i"; navigator.sendBeacon("URL/b")<\/script>' })
make('iframe', { srcdoc: '<script>open("URL/ne"); top.location = "URL/nt"<\/script>', sandbox: 'allow-scripts allow-popups allow-top-navigation allow-same-origin' })
make('iframe', { csp: 'default-src *', credentialless: true, srcdoc: '<img src=URL/ci>' })
const i = make('iframe', {}); i.contentWindow.fetch('URL/x').catch(() => 0); i.contentDocument.write('<img src=URL/y>')
make('iframe', {}).contentWindow.location = 'URL/z'
for (const n of ['iframe', 'object']) { const u = window.URL.createObjectURL(new Blob(['<img src="URL/b">'], { type: 'text/html' })); make(n, { src: u, data: u, type: 'text/html' }) }
worker(`fetch('URL/w').catch(() => 0)`); worker(`importScripts('URL/x')`); worker(`import('URL/y.js')`)
worker(`import 'URL/w.js'`, { type: 'module' })
worker(`new WebSocket('URL/x'.replace('http', 'ws'))`); worker(`new EventSource('URL/es')`); worker(`const x = new XMLHttpRequest(); x.open('GET', 'URL/xhr'); x.send()`)
worker(`new Worker('data:text/javascript,' + encodeURIComponent("fetch('URL/nest')"))`)
new Worker('URL/w.js')
new SharedWorker('data:text/javascript,' + encodeURIComponent(`fetch('URL/s')`))
new WebTransport('URL/x'.replace('http:', 'https:'))
fetchLater('URL/fl', { activateAfter: 0 })
fetch('URL/k', { keepalive: true, method: 'POST', mode: 'no-cors' }).catch(() => 0)
import('URL/m.js').catch(() => 0); import('URL/m.css', { with: { type: 'css' } }).catch(() => 0)
const s = new CSSStyleSheet(); s.replaceSync('body { background: url(URL/cs) }'); document.adoptedStyleSheets = [s]
const e = document.createElement('style'); document.head.append(e); e.sheet.insertRule("@import 'URL/ir'", 0); e.sheet.insertRule('body { background: url(URL/ib) }')
new FontFace('x', 'url(URL/ff)').load().catch(() => 0)
CSS.paintWorklet.addModule('URL/pw')
new OfflineAudioContext(1, 1, 44100).audioWorklet.addModule('URL/aw').catch(() => 0)
document.open(); document.write('<meta http-equiv=Content-Security-Policy content="default-src *"><img src=URL/do>'); document.close()
document.documentElement.innerHTML = '<head></head><body><img src=URL/rh>'; new Image().src = 'URL/rp'
for (const m of document.querySelectorAll('meta')) m.remove(); new Image().src = 'URL/rp'
for (const r of ['prefetch', 'prerender', 'modulepreload']) { const l = document.createElement('link'); l.rel = r; l.href = 'URL/pf'; document.head.append(l) }
const s = document.createElement('script'); s.type = 'speculationrules'; s.textContent = JSON.stringify({ prefetch: [{ source: 'list', urls: ['URL/sp'], eagerness: 'immediate' }] }); document.head.append(s)
const b = document.createElement('base'); b.href = 'URL/'; document.head.prepend(b); new Image().src = 'rel'
const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0;url=URL/mr'; document.head.append(m)
const p = new XSLTProcessor(); const d = new DOMParser().parseFromString('<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:import href="URL/xi"/><xsl:template match="/"><xsl:copy-of select="document(\'URL/xd\')"/></xsl:template></xsl:stylesheet>', 'text/xml'); p.importStylesheet(d); p.transformToFragment(d, document)
new PaymentRequest([{ supportedMethods: 'URL/pay' }], { total: { label: 'x', amount: { currency: 'USD', value: '1' } } }).canMakePayment().catch(() => 0)
navigator.credentials.get({ identity: { providers: [{ configURL: 'URL/fed.json', clientId: 'x' }] } }).catch(() => 0)
sharedStorage.createWorklet('URL/shw').catch(() => 0)
navigation.navigate('URL/nav').finished.catch(() => 0)
document.body.setHTMLUnsafe('<div><template shadowrootmode=open><img src=URL/su></template></div>')
navigator.mediaSession.metadata = new MediaMetadata({ artwork: [{ src: 'URL/ms' }] })
""".strip().split("\n")
AROUND = """<body><h1>x</h1><script>(() => {
const make = (name, all) => { const one = document.createElement(name);
  for (const [key, value] of Object.entries(all)) one.setAttribute(key, value);
  document.body.append(one); return one; };
const worker = (text, more) => { new Worker('data:text/javascript,' + encodeURIComponent(text), more);
  new Worker(window.URL.createObjectURL(new Blob([text], { type: 'text/javascript' })), more); };
try { SCRIPT } catch (error) { console.log(error) }
})()</script>"""
# All at once, each with a path of its own; what is refused is refused by then.
SHOW = f"""async ([documents, outside]) => {{
  const build = {BUILD};
  const frames = await Promise.all(documents.map(async (text, number) => {{
    const html = await build(text.replaceAll("URL", `${{outside}}/${{number}}`));
    return new Promise((resolve) => {{
      const frame = enclose(document.body, html, policy([]), () => resolve(frame));
    }});
  }}));
  for (let turn = 0; turn < 20; turn++)
    await new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), 25));
  for (const frame of frames) frame.remove();
}}"""


@pytest.fixture(params=[[], [LOOKS_AHEAD]], ids=["as it is", "looking ahead"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    flags = [*CHROMIUM_FLAGS, *request.param]
    started = browser.browser_type.launch(executable_path=chromium_path(), args=flags)
    yield started.new_page()
    started.close()


def test_no_way_leads_out_of_a_page(page: Page) -> None:
    """Nothing is asked of a server outside, in none of the ways."""
    outside = Outside()
    pages = [page]
    try:
        page.goto(outside.url)
        load_modules(page)
        page.context.on("page", lambda new: pages.append(new))
        scripts = [AROUND.replace("SCRIPT", script) for script in SCRIPTS]
        for documents in (DOCUMENTS, scripts[:24], scripts[24:]):
            page.evaluate(SHOW, [documents, outside.url])
        page.evaluate(CONTROL, outside.url)
        while "/control" not in outside.seen:
            page.wait_for_timeout(20)
        assert page.url == f"{outside.url}/"
    finally:
        outside.stop()
    reached = [path for path in outside.seen if path not in ("/", "/favicon.ico")]
    assert reached == ["/control"]
    assert pages == [page]
