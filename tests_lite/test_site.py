"""The site without a server, in real browsers: what a student does there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.browser.lab import ROOT

from tests_lite.site import Site, SiteNotebook

NOTEBOOKS = sorted(one.name for one in (ROOT / "notebooks").glob("*.ipynb"))
WAIT_S = 60.0


@pytest.fixture(scope="module")
def opened(site: Site, page: Any) -> SiteNotebook:
    """The tour, open, with its kernel."""
    return open_notebook(site, page, "00_tour.ipynb")


def open_notebook(site: Site, page: Any, name: str) -> SiteNotebook:
    return SiteNotebook(site, page, name).show()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_runs_all(site: Site, page: Any, name: str) -> None:
    """Restart and Run All passes in each notebook, without an edit."""
    notebook = open_notebook(site, page, name)
    notebook.run_all()
    assert notebook.failures() == []
    assert notebook.not_run() == []
    notebook.close()


APP = """%load_ext werkbook
from werkbook import App, Response, redirect, request, session
app = App()
app.secret_key = "secret"
"""


@pytest.fixture
def notebook(opened: SiteNotebook) -> SiteNotebook:
    """An empty notebook with an app: what other cells registered went with them."""
    opened.activate()
    opened.set_cells(APP)
    opened.run_all()
    return opened


def body(notebook: SiteNotebook, index: int) -> str:
    """Return the plain text that is saved of a cell's output."""
    found = []
    for output in notebook.outputs(index):
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        found.append("".join(text))
    return "\n".join(found).strip()


def test_renamed_rule_leaves_no_ghost(notebook: SiteNotebook) -> None:
    """A cell has an identity: run again, it replaces what it registered (L1)."""
    cell = notebook.run('%%route GET /before\n"here"')
    notebook.set_cell(cell, '%%route GET /after\n"here"')
    notebook.run_cell(cell)
    routes = body(notebook, notebook.run("%routes"))
    assert "/after" in routes
    assert "/before" not in routes
    notebook.delete_cell(cell)
    ask = notebook.run("%http /after")
    assert "404" in body(notebook, ask)


def test_failing_cell_leaves_the_app_and_its_widgets(notebook: SiteNotebook) -> None:
    """What failed registers nothing (L2), and cards and browser answer afterwards."""
    notebook.run('@app.get("/")\ndef index():\n    return "<h1 id=h>one</h1>"')
    notebook.run("%browse /")
    wait_for(notebook, "h1#h", "one")
    failing = notebook.run('app.get("/gone")(lambda: "x")\n1 / 0')
    assert "ZeroDivisionError" in json.dumps(notebook.outputs(failing))
    assert "404" in body(notebook, notebook.run("%http /gone"))
    go(notebook, "/nowhere")
    wait_for(notebook, "h1", "Not Found")


def test_check_export_and_download(notebook: SiteNotebook) -> None:
    """%check compares, %export proves what can be proved, and offers the file.

    It comes before the log-in: what had a cookie that no cell got is not compared.
    """
    notebook.run('%%route GET /items\n{"items": [1, 2]}')
    check = notebook.run("%check")
    assert "Restart and Run All gives this app." in body(notebook, check)
    export = body(notebook, notebook.run("%export app.py"))
    assert "Proved: 1 of 1 rule asked, 1 answer equal" in export, export
    assert "where no process can start" in export
    assert "Download app.py: run the cell again." in export
    assert "Flask" in body(notebook, notebook.run("print(open('app.py').read())"))


def test_form_session_and_hashed_password(notebook: SiteNotebook) -> None:
    """A log-in works as on a server: cookies, a POST, a hash of the password."""
    notebook.run(
        "from werkzeug.security import check_password_hash, generate_password_hash\n"
        'known = {"ada": generate_password_hash("lovelace")}\n'
        '@app.post("/login")\n'
        "def login():\n"
        '    if not check_password_hash(known["ada"], request.form["password"]):\n'
        '        return "no", 401\n'
        '    session["user"] = "ada"\n'
        '    return redirect("/me")\n'
        '@app.get("/me")\n'
        "def me():\n"
        '    return session.get("user", "nobody")'
    )
    assert "401" in body(notebook, notebook.run("%http -f POST /login password=x"))
    ask = notebook.run("%http -f POST /login password=lovelace")
    assert body(notebook, ask).endswith("ada")


def test_stream_and_database(notebook: SiteNotebook) -> None:
    """A stream comes piece by piece; SQLite is there."""
    notebook.run(
        "import sqlite3\n"
        "database = sqlite3.connect(':memory:')\n"
        "database.execute('create table words (word)')\n"
        "database.execute(\"insert into words values ('stored')\")\n"
        '@app.get("/stream")\n'
        "def stream():\n"
        '    words = [word for word, in database.execute("select * from words")]\n'
        '    return Response((f"data: {n} {words[0]}\\n\\n" for n in range(10**6)),'
        ' mimetype="text/event-stream")'
    )
    ask = notebook.run("%http /stream")
    assert "data: 4 stored" in body(notebook, ask)
    assert body(notebook, notebook.run("1 + 1")) == "2"


def test_exercise_is_solved_and_handed_in(notebook: SiteNotebook) -> None:
    """An exercise turns to done as soon as a cell ran; the file says so, too."""
    source = '%%exercise tea\nMake tea.\n\nGET /tea -> 200, text has "tea"'
    exercise = notebook.run(source)
    assert "0 of 1" in body(notebook, exercise)
    notebook.run('%%route GET /tea\n"green tea"')
    assert notebook.wait(lambda: "1 of 1" in body(notebook, exercise), WAIT_S)
    handed = json.loads(hand_in(notebook))
    assert [cell["source"] for cell in handed["cells"]][1] == source
    said = handed["metadata"]["werkbook"]["handed_in"]
    assert said["path"] == notebook.path
    tea = {
        "name": "tea",
        "points": 1,
        "of": 1,
        "checks": [{"check": source.splitlines()[-1], "is_done": True}],
        "hints_shown": 0,
        "steps_shown": 0,
    }
    assert tea in said["exercises"]


def hand_in(notebook: SiteNotebook) -> str:
    """Hand the notebook in; return the file, which Firefox's page can't save here."""
    page: Any = notebook.page
    command = "() => jupyterapp.commands.execute('werkbook:hand-in')"
    if hasattr(page, "expect_download"):
        with page.expect_download() as download:
            page.evaluate(f"async () => void await ({command})()")
        assert download.value.suggested_filename == notebook.path
        text: str = download.value.path().read_text("utf-8")
        return text
    page.evaluate(
        """() => { const link = URL.createObjectURL;
          URL.createObjectURL = (blob) => { window.handed = blob.text();
            URL.createObjectURL = link; return link.call(URL, blob); }; }"""
    )
    page.evaluate(f"async () => void await ({command})()")
    found: str = page.evaluate("async () => await window.handed")
    return found


def test_trace_is_a_picture(notebook: SiteNotebook) -> None:
    notebook.run('%%route GET /tea\n"green tea"')
    trace = notebook.run("%trace /tea")
    assert "image/svg+xml" in json.dumps(notebook.outputs(trace))


def test_endless_view_gives_the_kernel_back(notebook: SiteNotebook) -> None:
    """Nobody can interrupt a loop there, so it is ended, and its exercise says so."""
    source = '%%exercise loop --timeout 1\nLoop.\n\nGET /loop -> 200, text has "tea"'
    exercise = notebook.run(source)
    loop = '@app.get("/loop")\ndef loop():\n    '
    view = notebook.run(f"{loop}while True:\n        pass")
    assert notebook.wait(lambda: "in time" in body(notebook, exercise), WAIT_S)
    ask = notebook.run("%http /loop --timeout 1")
    assert "was not answered within 1 s" in json.dumps(notebook.outputs(ask))
    notebook.set_cell(view, f"{loop}return 'green tea'")
    notebook.run_cell(view)
    assert "1 of 1" in body(notebook, exercise)


def test_route_that_never_answers_ends_its_try(notebook: SiteNotebook) -> None:
    """After 10 s, with a note; the rule stays, and the kernel goes on."""
    view = notebook.run("%%route GET /loop\nwhile True:\n    pass")
    assert "GET /loop was not answered within 10 s" in body(notebook, view)
    assert notebook.failures() == []
    assert "/loop" in body(notebook, notebook.run("%routes"))
    notebook.set_cell(view, '%%route GET /loop\n"green tea"')
    notebook.run_cell(view)
    assert "green tea" in body(notebook, view)


STORED = """async (path) => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const ask = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = reject;
    });
    const database = await ask(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const kept = database.transaction(store).objectStore(store);
      const keys = await ask(kept.getAllKeys());
      if (keys.includes(path)) found.push(store);
    }
    database.close();
  }
  return found;
}"""
"""The browser's storage: in which parts of it a notebook has a copy."""


def test_lesson_is_started_over(site: Site, page: Any) -> None:
    """The browser's own copy goes: what the site has later is seen as well."""
    notebook = open_notebook(site, page, "01_requests.ipynb")
    before = notebook.source(1)
    notebook.set_cell(1, "changed = True")
    page.evaluate(
        "async () => void await jupyterapp.shell.currentWidget.context.save()"
    )
    assert "files" in page.evaluate(STORED, notebook.path)
    page.evaluate("() => void jupyterapp.commands.execute('werkbook:start-over')")
    accept = ".jp-Dialog .jp-mod-accept"
    is_there = "(accept) => document.querySelector(accept)"
    page.wait_for_function(is_there, arg=accept, timeout=WAIT_S * 1000)
    page.evaluate("(accept) => document.querySelector(accept).click()", accept)
    assert notebook.wait(lambda: notebook.source(1) == before, WAIT_S)
    assert page.evaluate(STORED, notebook.path) == []
    notebook.wait_ready()
    assert body(notebook, notebook.run("1 + 1")) == "2"
    notebook.close()


def test_server_is_not_needed(notebook: SiteNotebook) -> None:
    """app.run(), %serve and %doctor say what is so here."""
    assert "none is needed" in json.dumps(notebook.outputs(notebook.run("app.run()")))
    doctor = body(notebook, notebook.run("%doctor"))
    assert doctor.endswith("Nothing is missing.")


def shown(notebook: SiteNotebook) -> Any:
    """Return the page that the mini browser shows."""
    page: Any = notebook.page
    if hasattr(page, "frame_locator"):
        return notebook.frame()
    # The page lies in a frame of its own, within one that encloses it.
    return page.frame("iframe.wb-frame[data-shown]").frame("iframe")


def wait_for(notebook: SiteNotebook, selector: str, text: str) -> None:
    """Wait until the mini browser's page has a text."""

    def holds() -> bool:
        try:
            frame = shown(notebook)
            if hasattr(frame, "locator"):
                return text in frame.locator(selector).inner_text(timeout=1000)
            return text in frame.text(selector)
        except Exception:  # the frame is changing
            return False

    assert notebook.wait(holds, WAIT_S), f"the page has no {selector} with {text!r}"


def go(notebook: SiteNotebook, address: str) -> None:
    """Type an address into the mini browser."""
    page: Any = notebook.page
    if hasattr(page, "keyboard"):
        bar = notebook.view().locator(".wb-address")
        bar.fill(address)
        bar.press("Enter")
        return
    page.click(".wb-address")
    page.evaluate("() => document.querySelector('.wb-address').select()")
    page.type(address + "\ue007")


def test_site_asks_no_other_place(site: Site) -> None:
    """Nothing that the basics load has another address than the site's."""
    lock = json.loads(
        Path(site.root.parent, "static/pyodide/pyodide-lock.json").read_text("utf-8")
    )["packages"]
    waiting, seen = ["werkbook", "ipython", "micropip", "jedi", "ipywidgets"], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            assert "://" not in lock[name]["file_name"], name
            waiting += lock[name]["depends"]
    assert {"werkzeug", "markupsafe", "flask", "beautifulsoup4"} <= seen
