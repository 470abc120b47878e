"""`%http`, `%%http` and `http()`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from tests import warm_kernels
from tests.werkbook_ext.notebooks import KernelNotebook, Notebook, Ran, RealKernel

from werkbook.cells.requests import OutgoingRequest
from werkbook_ext.cards.answers import ask

WIDGET = "application/vnd.jupyter.widget-view+json"
APP = """
from werkbook import App, request
app = App()

@app.get("/hello/<name>")
def hello(name):
    return {"hello": name}

@app.post("/echo")
def echo():
    return request.get_data(), {"Content-Type": request.content_type or "none"}

@app.get("/move")
def move():
    return "", 303, {"Location": "/hello/Moved"}
"""


@pytest.fixture
def served(notebook: Notebook) -> Notebook:
    """A notebook with an app."""
    notebook.run("app", APP)
    return notebook


def test_line_shows_a_card_once(served: Notebook) -> None:
    """The card stands under the cell once, though the value is the response."""
    ran = served.run("ask", "%http GET /hello/Ada")
    assert ran.text.count("GET /hello/Ada -> 200 OK") == 1
    assert ran.text.endswith(
        'GET /hello/Ada -> 200 OK\nContent-Type: application/json\n\n{"hello": "Ada"}\n'
    )
    assert "<code>GET /hello/Ada</code>" in ran.outputs[-1]["data"]["text/html"]


def test_value_is_the_response(served: Notebook) -> None:
    """The value is requests' own response; in another cell it shows its card."""
    served.run("ask", "r = %http /hello/Ada")
    assert served.ask("r.json()") == {"hello": "Ada"}
    assert served.ask("isinstance(r, __import__('requests').Response)") is True
    assert served.ask("[repr(r), r.url]") == [
        "<Response [200]>",
        "http://localhost/hello/Ada",
    ]
    assert "GET /hello/Ada -> 200 OK\n" in served.run("later", "r").text


def test_items_and_expressions(served: Notebook) -> None:
    """HTTPie's items make the body; expressions come from the notebook."""
    served.run("ask", "who = 'A \"da\"'\nr = %http POST /echo name={{ who }} n:=3")
    assert served.ask("r.json()") == {"name": 'A "da"', "n": 3}


def test_cell_with_headers_and_body(served: Notebook) -> None:
    """A cell is headers, a blank line and a body."""
    ran = served.run(
        "ask", "%%http POST /echo\nContent-Type: text/csv\n\na,{{ 1 + 1 }}"
    )
    assert ran.text.endswith("POST /echo -> 200 OK\nContent-Type: text/csv\n\na,2\n")


def test_cell_with_a_body_alone(served: Notebook) -> None:
    """A cell that is JSON is sent as JSON; braces and dollars are its own."""
    ran = served.run("ask", '%%http POST /echo\n{"price": "$PATH {x}"}\n')
    assert ran.text.endswith('\n\n{"price": "$PATH {x}"}\n')


def test_redirect_is_followed_unless_expected(served: Notebook) -> None:
    """A redirect is followed and told; `--expect 303` shows it."""
    ran = served.run("ask", "r = %http /move --expect 200")
    assert ran.text.startswith("GET /move -> 303 SEE OTHER\nGET /hello/Moved -> 200 OK")
    assert served.ask("[one.status_code for one in r.history]") == [303]
    ran = served.run("ask", "r = %http /move --expect 303")
    assert ran.text.endswith("GET /move -> 303 SEE OTHER\nLocation: /hello/Moved\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "--expect 201,404",
            "ExpectationError: GET /hello/Ada: expected 201 or 404, got 200 OK.\n"
            "  Why: the cell says --expect 201,404.\n"
            "  Fix: mend the view, or the expectation.",
        ),
        (
            "--expect 20",
            "ExpectationError: GET /hello/Ada: expected 20, got 200 OK.\n"
            "  Why: the cell says --expect 20.\n"
            "  Fix: mend the view, or the expectation.",
        ),
        (
            '-> 200, json hello == "Bob"',
            "ExpectationError: GET /hello/Ada: expected JSON in which hello is "
            '"Bob". It is "Ada".\n'
            '  Why: the cell says json hello == "Bob".\n'
            "  Fix: mend the view, or what the cell expects.",
        ),
        (
            "--expect-text Bob",
            "ExpectationError: GET /hello/Ada answered a body without 'Bob'.\n"
            '  Why: it is \'{"hello":"Ada"}\\n\'.\n'
            "  Fix: mend the view, or the text after --expect-text.",
        ),
        (
            "--expect-json 'len(json) == n'",
            "ExpectationError: GET /hello/Ada: len(json) == n is False.\n"
            '  Why: the JSON is \'{"hello": "Ada"}\'.\n'
            "  Fix: mend the view, or what stands after --expect-json.",
        ),
        (
            "--expect-json '{\"hello\": null}'",
            "ExpectationError: GET /hello/Ada answered other JSON than "
            '{"hello": null}.\n'
            '  Why: the JSON is \'{"hello": "Ada"}\'.\n'
            "  Fix: mend the view, or what stands after --expect-json.",
        ),
        (
            "--expect-json 'json.no'",
            "ExpectationError: --expect-json json.no raises AttributeError: 'dict' "
            "object has no attribute 'no'.\n"
            "  Why: it is a Python expression; `json` in it is the response's JSON.\n"
            '  Fix: write it as in --expect-json \'json["name"] == "Ada"\'.',
        ),
    ],
)
def test_expectation_fails_the_cell(
    served: Notebook, options: str, message: str
) -> None:
    """A failed expectation shows the card and one error without a traceback."""
    served.run("n", "n = 2")
    ran = served.try_run("ask", f"%http /hello/Ada {options}")
    assert ran.has_failed
    assert "GET /hello/Ada -> 200 OK" in ran.text
    assert message in ran.text + ran.error
    assert "Traceback" not in ran.text + ran.error


@pytest.mark.parametrize(
    "options",
    [
        "--expect 200",
        '-> 200, json hello == "Ada", text has "Ada"',
        "--expect 'header Content-Type has json, within 30 s'",
        "--expect 2xx",
        "--expect 404,200",
        "--expect-text Ada --expect 200",
        '--expect-json \'json["hello"] == "Ada"\'',
        '--expect-json \'{"hello": "Ada"}\'',
        '--expect-json \'response.headers["Content-Type"] == "application/json"\'',
    ],
)
def test_expectation_holds(served: Notebook, options: str) -> None:
    """What holds says nothing."""
    assert "Error" not in served.run("ask", f"%http /hello/Ada {options}").text


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("/ --speed 3", "'--speed' is not an option of %http."),
        ("/ a={{ no_such }}", "{{ no_such }} raises NameError: name 'no_such' is not"),
        (":99999/", "Failed to parse: http://localhost:99999/"),
        (
            "ftp://x/",
            "Nothing here sends to 'ftp://x/'.\n"
            "  Why: it is sent to http:// and https:// alone.\n"
            "  Fix: write http://x/",
        ),
        (
            "/ name",
            "'name' is not a request item.\n"
            "  Why: an item is name=value (data), name:=3 (JSON), name==value (query), "
            "Name:value (header) or name@file (upload).\n"
            "  Fix: write name=value, or '...' around a value with spaces.\n",
        ),
        (
            "/ --timeout soon",
            "--timeout got 'soon'.\n"
            "  Why: it takes a number of seconds above 0.\n"
            "  Fix: --timeout 5\n",
        ),
        (
            "/ --expect-json {'n': n}",
            "--expect-json got '{n:', which is no Python expression.\n"
            "  Why: its value ends at a space outside of quotes; "
            "'{' was never closed.\n"
            '  Fix: write it as in --expect-json \'json["name"] == "Ada"\'\n',
        ),
        ("GET '/", 'The quote in "\'/" is never closed.'),
    ],
)
def test_wrong_line_says_why_what_to_type_and_the_usage(
    served: Notebook, line: str, problem: str
) -> None:
    """A line that is wrong is told in a few lines with the usage, no traceback."""
    ran = served.try_run("ask", f"%http {line}")
    assert f"UsageError: %http: {problem}" in ran.text
    assert "Usage: %http [OPTIONS] [METHOD] URL [ITEM]..." in ran.text
    assert "Traceback" not in ran.text + ran.error


@pytest.mark.parametrize("line", ["Content-Type text/plain", "accept = text/html"])
def test_header_line_without_its_colon(served: Notebook, line: str) -> None:
    """It was sent as a part of the body; without a blank line below it, it is."""
    name = line.split()[0]
    ran = served.try_run("ask", f"%%http POST /\n{line}\n\nbody")
    assert (
        f"UsageError: %http: The line {line!r} is no header.\n"
        "  Why: a header has a colon behind its name.\n"
        f"  Fix: write {name}: {line.split()[-1]}\n"
    ) in ran.text
    assert "Usage" not in served.run("ask", f"%%http POST /\n{line}\nbody").text


def test_help(served: Notebook) -> None:
    """%http alone says what it takes."""
    assert "--expect-json E" in served.run("ask", "%http").text


def test_server_that_is_not_there(served: Notebook) -> None:
    """A server of someone else's that does not answer is named."""
    ran = served.try_run("ask", "%http GET http://127.0.0.1:9/x")
    assert ran.has_failed
    assert (
        "NoAnswerError: GET http://127.0.0.1:9/x got no answer." in ran.text + ran.error
    )


def test_full_url_of_an_app_is_the_app(served: Notebook) -> None:
    """The URL of a server here is its app's: no port is ever shown."""
    served.run("serve", "from werkbook_ext import serve\ns = serve(app)")
    for url in ("{{ s.url }}/hello/Ada", ":{{ s.port }}/hello/Ada"):
        ran = served.run("ask", f"%http GET {url}")
        assert "\nGET /hello/Ada -> 200 OK\n" in f"\n{ran.text}"


def test_twin(served: Notebook) -> None:
    """`http()` does what the magic does."""
    ran = served.run(
        "ask",
        "from werkbook_ext.magics.http import http\n"
        "r = http('POST', '/echo', json={'a': 1}, params={'q': 'x y'}, expect=200)",
    )
    assert ran.text.startswith("POST /echo?q=x+y -> 200 OK\n")
    assert served.ask("r.json()") == {"a": 1}
    ran = served.run("ask", "r = http('/hello/Ada', show_card=False)")
    assert ran.text == ""
    ran = served.try_run("ask", "http('/hello/Ada', expect=404)")
    assert ran.has_failed


def test_send_returns_what_displays_itself(shell: InteractiveShell) -> None:
    """`%%route --try` gets the card and shows it itself."""
    with capture_output() as captured:
        shell.run_cell(APP, store_history=True)
        request = OutgoingRequest("GET", "/hello/Ada")
        view = ask(shell, shell.user_ns["app"], request)[1]
    assert "hello/Ada" not in captured.stdout
    assert repr(view).startswith("GET /hello/Ada -> 200 OK")
    assert set(view._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_event_stream_is_shown_by_its_beginning(served: Notebook) -> None:
    """An endless stream does not keep the cell: its first events are shown."""
    served.run(
        "stream",
        "import itertools\n"
        "@app.get('/events')\n"
        "def events():\n"
        "    lines = (f'data: {n}\\n\\n' for n in itertools.count())\n"
        "    return lines, {'Content-Type': 'text/event-stream'}\n",
    )
    ran = served.run("ask", "%http /events")
    assert "GET /events -> 200 OK\nAn event stream: its first 5 events.\n" in ran.text
    assert ran.text.count("data: ") == 5


def test_event_stream_that_ends(served: Notebook) -> None:
    served.run(
        "stream",
        "@app.get('/events')\n"
        "def events():\n"
        "    lines = (f'data: {n}\\n\\n' for n in range(2))\n"
        "    return lines, {'Content-Type': 'text/event-stream'}\n",
    )
    ran = served.run("ask", "%http /events")
    assert "GET /events -> 200 OK\nAn event stream: its first 2 events.\n" in ran.text
    assert ran.text.endswith("data: 0\n\ndata: 1\n")


def test_form_field_that_is_not_there_is_named(served: Notebook) -> None:
    """The answer is Flask's bare 400; the card shows who asked for what."""
    served.run(
        "form",
        "from werkbook import request\n"
        "@app.post('/form')\n"
        "def form():\n"
        "    return request.form['text']\n",
    )
    ran = served.run("ask", "%http -f POST /form txet=Tea")
    assert "POST /form -> 400 BAD REQUEST" in ran.text
    place = "  Cell 'from werkbook import request', line 4, in form\n"
    assert f"{place}    return request.form['text']\n" in ran.text
    assert (
        "The request has no 'text' there. Send it, or write .get('text') where it may"
        " be missing." in ran.text
    )
    served.run(
        "handled", "@app.errorhandler(400)\ndef bad(e):\n    return 'mine', 400\n"
    )
    ran = served.run("ask", "%http -f POST /form txet=Tea")
    assert "mine" in ran.text
    assert "The request has no" not in ran.text


def interrupted_at(mark: Path, kernel: RealKernel, message: str) -> Ran:
    """Interrupt a kernel once a view has made a file; return how its cell ended."""
    deadline_s = time.monotonic() + 30
    while not mark.exists() and time.monotonic() < deadline_s:
        time.sleep(0.01)
    kernel.manager.interrupt_kernel()
    return kernel.finish(message)


@pytest.mark.parametrize("is_tried", [True, False])
def test_interrupted_request_is_told_in_a_line(
    kernel: RealKernel, tmp_path: Path, is_tried: bool
) -> None:
    """Who stops a view that blocks sees no frames of Werkbook and its libraries."""
    mark = tmp_path / "asked"
    view = f"open({str(mark)!r}, 'w').close()\ngo.wait(60)\n''"
    kernel.run("%load_ext werkbook\nimport threading\ngo = threading.Event()", "load")
    kernel.run("from werkbook import App\napp = App('__main__')", "app")
    if is_tried:
        message = kernel.send(f"%%route /block\n{view}", "view")
    else:
        kernel.run(f"%%route POST,GET /block --try /none\n{view}", "view")
        message = kernel.send("%http /block", "ask")
    ran = interrupted_at(mark, kernel, message)
    assert ran.error == (
        "KeyboardInterrupt: GET /block had no answer yet. Its view, in a thread of the"
        " server, runs on until it returns."
    )
    kernel.run("go.set()", "end")


def test_interrupt_while_parts_come_keeps_them(
    kernel: RealKernel, tmp_path: Path
) -> None:
    """Python 3.11 takes the thread that sends for ended when it is interrupted."""
    mark = tmp_path / "came"
    kernel.run("%load_ext werkbook\nimport time", "load")
    kernel.run("from werkbook import App\napp = App('__main__')", "app")
    kernel.run(
        "@app.get('/parts')\n"
        "def parts():\n"
        "    def made():\n"
        "        for number in range(2000):\n"
        "            yield b'--x\\r\\nContent-Type: text/plain\\r\\n\\r\\npart\\r\\n'\n"
        "            time.sleep(0.03)\n"
        f"            if number == 9: open({str(mark)!r}, 'w').close()\n"
        "    kind = 'multipart/x-mixed-replace; boundary=x'\n"
        "    return made(), {'Content-Type': kind}\n",
        "view",
    )
    message = kernel.send("%http /parts", "ask")
    ran = interrupted_at(mark, kernel, message)
    assert ran.error == (
        "KeyboardInterrupt: GET /parts was interrupted while its answer came: its card"
        " has what had come."
    )
    assert "part" in ran.text.replace("/parts", "")


def test_event_stream_that_is_silent(served: Notebook) -> None:
    """A stream that sends nothing more is shown after a few seconds."""
    served.run(
        "stream",
        "import threading\nmore = threading.Event()\n"
        "@app.get('/events')\n"
        "def events():\n"
        "    def lines():\n"
        "        yield 'data: 1\\n\\n'\n"
        "        more.wait(30)\n"
        "    return lines(), {'Content-Type': 'text/event-stream'}\n",
    )
    ran = served.run("ask", "%http /events")
    served.run("end", "more.set()")
    assert "An event stream: its first 1 events.\n" in ran.text
    assert ran.text.endswith("\n\ndata: 1\n")


def test_body_that_breaks_off(served: Notebook) -> None:
    """A view that fails in the middle of its body shows what came, and why."""
    served.run(
        "stream",
        "@app.get('/broken')\n"
        "def broken():\n"
        "    def lines():\n"
        "        yield 'first'\n"
        "        1 / 0\n"
        "    return lines(), {'Content-Type': 'text/plain'}\n",
    )
    text = served.run("ask", "%http /broken").text
    assert "The body broke off: this is what came of it.\n" in text
    assert "ZeroDivisionError" in text


def test_models_do_not_leak(kernel: RealKernel) -> None:
    """200 runs of a cell hold no more models than one."""
    kernel.run("%load_ext werkbook", "load")
    kernel.run(APP, "app")
    count = "len(__import__('ipywidgets').widgets.widget._instances)"
    cell = "%http /hello/Ada\nr = %http /hello/Bob"
    ran = kernel.run(cell, "ask")
    assert [WIDGET in output["data"] for output in ran.outputs] == [True, True]
    first = kernel.ask(count)
    for _ in range(200):
        kernel.run(cell, "ask")
    assert kernel.ask(count) == first
    kernel.run(APP, "app")
    second = kernel.ask(count)
    for _ in range(20):
        kernel.run(APP, "app")
    assert kernel.ask(count) == second


def test_cell_that_runs_again_shows_its_widgets_again(kernel: RealKernel) -> None:
    """A run takes the models of the run before; those it has no use for are closed."""
    kernel.run("%load_ext werkbook", "load")
    count = "len(__import__('ipywidgets').widgets.widget._instances)"
    empty = kernel.ask(count)
    rules = _models(kernel.run(APP, "app"))
    asked = _models(kernel.run("%http /hello/Ada\nr = %http /hello/Bob", "ask"))
    both = kernel.ask(count)
    assert _models(kernel.run(APP.replace("/move", "/moved"), "app")) == rules
    assert _models(kernel.run("r = %http /hello/Cy", "ask")) == asked[:1]
    assert kernel.run("1 / 0", "ask").has_failed
    assert kernel.ask(count) < both
    kernel.run("1 + 1", "app")
    assert kernel.ask(count) == empty


def _models(ran: Ran) -> list[str]:
    """Return the models of cards, and of rules, whose text says all without one."""
    return [
        output["data"][WIDGET]["model_id"]
        if WIDGET in output["data"]
        else output["metadata"]["werkbook"]["widget"]
        for output in ran.outputs
    ]


def test_saved_outputs_are_the_same_each_run(tmp_path: Path) -> None:
    """Two runs save the same text and HTML, and nbval would pass."""
    cells = [
        "%load_ext werkbook",
        APP,
        "%http /hello/Ada",
        "%http /hello/Ada",
        '%%http POST /echo\n{"a": 1}',
        "r = %http /move\nr",
        "%http /nowhere",
    ]
    with warm_kernels.cold():  # each with a seed of `hash()` of its own
        first, second = (_saved(cells, tmp_path) for _ in range(2))
    assert first == second
    assert "127.0.0.1" not in json.dumps(first)
    assert "widget-state" not in json.dumps(first)


def _saved(cells: list[str], folder: Path) -> list[Any]:
    """Run cells in a fresh kernel; return what is saved of their outputs."""
    with RealKernel() as kernel:
        outputs = [kernel.run(source).outputs for source in cells]
    kept = []
    for output in (one for cell in outputs for one in cell):
        data = dict(output.get("data", {"text": output.get("text")}))
        data.pop(WIDGET, None)
        kept.append((output["output_type"], data))
    return kept


def test_card_of_a_connection_made_by_a_cell_reads_the_same_each_time(
    kernel_notebook: KernelNotebook,
) -> None:
    kernel_notebook.run("app", "from werkbook import App\napp = App('__main__')")
    kernel_notebook.run("db", "import sqlite3\ndb = sqlite3.connect(':memory:')")
    ran = kernel_notebook.run("view", "%%route GET /db\nstr(db.execute('select 1'))")
    assert "The object was created in thread id … and this is thread id …." in ran.text
    assert "Write sqlite3.connect(..., check_same_thread=False)" in ran.text
