import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.ports import free_port
from tests.werkbook_ext.notebooks import (
    KernelNotebook,
    Notebook,
    Ran,
    RealKernel,
    ShellNotebook,
)

from werkbook import serving
from werkbook_ext import serve
from werkbook_ext.browser.browsers import tab_address

WIDGET = "application/vnd.jupyter.widget-view+json"
APP = (
    "import werkbook.serving\nfrom werkbook import App\napp = App('__main__')\n"
    "@app.get('/')\ndef index():\n    return 'home'"
)


@pytest.fixture
def base(notebook: Notebook) -> Iterator[Notebook]:
    notebook.run("app", APP)
    yield notebook
    notebook.run("stop", "%serve stop")


@pytest.fixture
def here(shell: InteractiveShell) -> ShellNotebook:
    notebook = ShellNotebook(shell)
    notebook.run("app", APP)
    return notebook


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:
        return str(response.read().decode())


def test_serve_answers(here: ShellNotebook) -> None:
    ran = here.run("s", "%serve")
    (server,) = serving.servers()
    assert ran.text.strip() == f"Serving app on http://127.0.0.1:{server.port}/"
    assert fetch(server.url) == "home"


def test_serve_in_a_notebook_saves_no_port(kernel_notebook: KernelNotebook) -> None:
    kernel_notebook.run("app", APP)
    ran = kernel_notebook.run("s", "%serve")
    (output,) = ran.outputs
    data = output["data"]
    assert data["text/plain"] == "Serving app on a free port"
    assert data["text/html"] == "<pre>Serving app on a free port</pre>"
    assert WIDGET in data
    port = kernel_notebook.ask("werkbook.serving.find_server(app).port")
    assert fetch(f"http://127.0.0.1:{port}/") == "home"
    kernel_notebook.run("s", "%serve stop")


def test_serve_again_is_the_same_server(base: Notebook) -> None:
    base.run("s", "%serve")
    base.run("t", "%serve app")
    count = "len(werkbook.serving.servers())"
    assert base.ask(count) == 1


def test_serve_with_a_port_saves_it(base: Notebook) -> None:
    port = free_port()
    ran = base.run("s", f"%serve --port {port}")
    assert ran.text.strip() == f"Serving app on http://127.0.0.1:{port}/"


def test_serve_stop_stops(base: Notebook) -> None:
    base.run("s", "%serve")
    assert base.run("t", "%serve stop").text.strip() == "Stopped serving app"
    assert base.run("t", "%serve stop").text.strip() == "No server runs"


def test_serve_busy_port_is_an_error_that_names_it(
    base: Notebook, busy_port: int
) -> None:
    ran = base.fail("s", f"%serve --port {busy_port}")
    shown = ran.error or ran.text
    assert shown.startswith("PortInUseError: ") or "\nPortInUseError: " in shown
    assert str(busy_port) in shown
    assert "Fix: " in shown
    assert "run_line_magic" not in shown


@pytest.mark.parametrize(
    "line", ["a b", "--port x", "--prot", "nothing", "--app", "stop a b"]
)
def test_serve_wrong_arguments(base: Notebook, line: str) -> None:
    ran = base.fail("s", f"%serve {line}")
    assert "UsageError: " in ran.text
    assert "Traceback" not in ran.text + ran.error


def test_serve_says_which_apps_there_are(base: Notebook) -> None:
    base.run("two", "one, two = App('one'), App('two')\ndel app")
    ran = base.fail("s", "%serve")
    assert "UsageError: There are several apps (one, two)." in ran.text
    assert base.run("s", "%serve two").text.startswith("Serving two on ")


OTHERS = {
    "flask": (
        "import flask\nother = flask.Flask('x')\n"
        "@other.get('/')\ndef hi():\n    return 'flask'"
    ),
    "bottle": (
        "import bottle\nother = bottle.Bottle()\n"
        "@other.get('/')\ndef hi():\n    return 'bottle'"
    ),
    "falcon": (
        "import falcon\nclass Hi:\n    def on_get(self, request, response):\n"
        "        response.text = 'falcon'\n"
        "other = falcon.App()\nother.add_route('/', Hi())"
    ),
    "django": (
        "from django.conf import settings\n"
        "settings.configure(ROOT_URLCONF='urls_of_test', ALLOWED_HOSTS=['*'])\n"
        "import sys, types\nfrom django.http import HttpResponse\n"
        "from django.urls import path\nurls = types.ModuleType('urls_of_test')\n"
        "urls.urlpatterns = [path('', lambda request: HttpResponse('django'))]\n"
        "sys.modules['urls_of_test'] = urls\n"
        "from django.core.wsgi import get_wsgi_application\n"
        "other = get_wsgi_application()"
    ),
    "function": (
        "def other(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
        "    return [b'function']"
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_serve_any_wsgi_application(kernel: RealKernel, name: str) -> None:
    kernel.run("%load_ext werkbook\nimport werkbook.serving", "load")
    ran: Ran = kernel.run(OTHERS[name], "other")
    assert not ran.has_failed, ran.text
    ran = kernel.run("%serve", "s")
    assert ran.text.strip() == "Serving other on a free port"
    port = kernel.ask("werkbook.serving.find_server(other).port")
    assert fetch(f"http://127.0.0.1:{port}/") == name


ASGI_APP = """
async def asgi(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"by ASGI"})
"""


def test_serve_asgi(here: ShellNotebook) -> None:
    """An ASGI callable is served as a WSGI one is, under its name."""
    here.run("a", ASGI_APP)
    ran = here.run("s", "%serve asgi")
    (server,) = serving.servers()
    assert ran.text.strip() == f"Serving asgi on http://127.0.0.1:{server.port}/"
    assert fetch(server.url) == "by ASGI"
    assert here.run("s", "%serve stop asgi").text.strip() == "Stopped serving asgi"


def test_serve_asgi_without_uvicorn(here: ShellNotebook, monkeypatch: Any) -> None:
    """What is missing is named, and how to get it."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    here.run("a", ASGI_APP)
    ran = here.fail("s", "%serve asgi")
    assert "The function 'asgi' is an ASGI application, and uvicorn is" in ran.text
    assert "pip install 'werkbook[asgi]'" in ran.text


def test_twin_returns_the_server(here: ShellNotebook) -> None:
    app = here.shell.user_ns["app"]
    server = serve(app)
    assert serve() is server
    assert server.app is app
    assert fetch(server.url) == "home"
    server.stop()


BLOCKING = {
    "a loop": "while True: pass",
    "sleep": "import time; time.sleep(60)",
    "%http": "get_ipython().run_line_magic('http', 'GET /slow')",
    "--try": "get_ipython().run_cell_magic('route', 'GET /tried --try /tried',"
    " 'released.wait(60)')",
    "test client": "app.test_client().get('/slow')",
}
USED = """(lambda threading, os: [threading.active_count(),
    len(os.listdir("/proc/self/fd"))])(__import__("threading"), __import__("os"))"""


def test_interrupted_cells_leave_the_server_up_and_nothing_else(
    kernel: RealKernel,
) -> None:
    kernel.run("%load_ext werkbook\nimport threading, time", "load")
    # pyzmq keeps a thread of its own from the first large message on: a card's script.
    kernel.run("from werkbook_ext.cards import card_widget as c; c.CardWidget(None)")
    before = kernel.ask(USED)
    kernel.run(
        "from werkbook import App\nfrom werkbook_ext import serve\n"
        "released = threading.Event()\napp = App('__main__')\nserver = serve(app)\n"
        "@app.get('/')\ndef index():\n    return 'here'\n"
        "@app.get('/slow')\ndef slow():\n    released.wait(60)\n    return 'slow'",
        "app",
    )
    url = kernel.ask("server.url")
    for blocking in BLOCKING.values():
        kernel.send(f"print('waiting')\n{blocking}", "k")
        # The cell's source comes before it runs; an interrupt then meets no cell.
        while kernel.client.get_iopub_msg(timeout=30)["msg_type"] != "stream":
            pass
        kernel.manager.interrupt_kernel()
        while kernel.run("pass", "next").has_failed:
            pass
        assert fetch(url) == "here"
    kernel.run("released.set()", "release")
    rules = kernel.ask("sorted(rule.rule for rule in app.url_map.iter_rules())")
    assert rules == ["/", "/slow", "/static/<path:filename>"]
    kernel.run("%serve stop", "stop")
    with pytest.raises(urllib.error.URLError):
        fetch(url)
    deadline_s = time.monotonic() + 10
    while (after := kernel.ask(USED)) > before and time.monotonic() < deadline_s:
        pass
    assert after[0] <= before[0]


@pytest.mark.parametrize("options", ["", "debug=True", "debug=True, use_reloader=True"])
def test_app_run_returns_at_once(base: Notebook, options: str) -> None:
    port = free_port()
    separator = ", " if options else ""
    base.run("r", f"app.run(port={port}{separator}{options})\nafter = 1")
    assert base.ask("after") == 1
    assert fetch(f"http://127.0.0.1:{port}/") == "home"


def test_app_run_on_a_busy_port_takes_another(base: Notebook, busy_port: int) -> None:
    ran = base.run("r", f"app.run(port={busy_port}, debug=True)")
    assert f"Port {busy_port} is taken; the app is served on a free one." in ran.text


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_app_run_at_an_address_of_another_machine_serves_here(
    base: Notebook, host: str
) -> None:
    """Notebooks name the address that their author's machine had."""
    port = free_port()
    ran = base.run("r", f"app.run(host={host!r}, port={port}, debug=True)")
    assert f"The server can't listen on port {port} of {host!r}." in ran.text
    assert "The app is served on 127.0.0.1." in ran.text
    assert fetch(f"http://127.0.0.1:{port}/") == "home"


def test_app_run_at_a_port_that_there_is_not_serves_on_another(base: Notebook) -> None:
    ran = base.run("r", "app.run(host='0.0.0.0', port=80800)")
    assert "The server can't listen on port 80800 of '127.0.0.1'." in ran.text
    assert "The app is served on a free one." in ran.text


def test_app_run_takes_a_port_that_is_text(base: Notebook) -> None:
    """As the environment's PORT is."""
    port = free_port()
    base.run("r", f"app.run(port={str(port)!r})")
    assert fetch(f"http://127.0.0.1:{port}/") == "home"


def test_app_run_of_another_app_takes_its_port(base: Notebook) -> None:
    port = free_port()
    base.run("r", f"app.run(port={port})")
    base.run("o", "other = App('other')\n@other.get('/')\ndef i(): return 'other'")
    ran = base.run("p", f"other.run(port={port})")
    assert f"Port {port} served app, another app; it serves other now." in ran.text
    assert fetch(f"http://127.0.0.1:{port}/") == "other"


def eventually(ask: Callable[[], str]) -> str:
    """Ask until there is an answer: another process takes a while to listen."""
    end_s = time.monotonic() + 20
    while True:
        try:
            return ask()
        except OSError:
            if time.monotonic() > end_s:
                raise
            time.sleep(0.05)


FLASK_APP = """
import flask
other = flask.Flask("other")

@other.get("/")
def index():
    return "flask"
"""


@pytest.mark.parametrize("options", ["", ", debug=True", ", host='localhost'"])
def test_run_of_a_real_flask_app_returns_at_once(
    kernel: RealKernel, options: str
) -> None:
    port = free_port()
    kernel.run("import flask")
    kernel.run("%load_ext werkbook", "load")
    cell = f"{FLASK_APP}\nother.run(port={port}{options})\nafter = 1"
    for _ in range(2):  # the second time another app of the same name
        ran: Ran = kernel.run(cell, "flask")
        assert not ran.has_failed, ran.text
        assert kernel.ask("after") == 1
        assert fetch(f"http://127.0.0.1:{port}/") == "flask"
    kernel.run("%unload_ext werkbook", "unload")
    module = "__import__('werkzeug.serving').serving.run_simple.__module__"
    assert kernel.ask(module) == "werkzeug.serving"


BOTTLE_APP = """import bottle
other = bottle.Bottle()
@other.route("/")
def index():
    return "bottle"
"""


@pytest.mark.parametrize("first", ["import bottle", "pass"])
@pytest.mark.parametrize(
    "call",
    [
        "other.run(port=%d)",
        "bottle.run(other, port=%d, reloader=True)",
        "bottle.run(other, port=%d, server='waitress')",
    ],
)
def test_run_of_a_bottle_app_returns_at_once(
    kernel: RealKernel, first: str, call: str
) -> None:
    """Whatever server was asked for, the notebook's own serves."""
    port = free_port()
    kernel.run(first)
    kernel.run("%load_ext werkbook", "load")
    ran = kernel.run(f"{BOTTLE_APP}\n{call % port}\nafter = 1", "bottle")
    assert not ran.has_failed, ran.text
    assert "Ctrl-C" not in ran.text
    assert kernel.ask("after") == 1
    assert fetch(f"http://127.0.0.1:{port}/") == "bottle"
    kernel.run("%unload_ext werkbook", "unload")
    own = "[bottle.run.__closure__, bottle.WSGIRefServer.run.__module__]"
    assert kernel.ask(own) == [None, "bottle"]


@pytest.mark.parametrize("module", ["werkbook.App", "flask.Flask"])
def test_run_in_a_child_process_serves_there(kernel: RealKernel, module: str) -> None:
    """`Process(target=app.run)` serves until the process is ended."""
    port = free_port()
    package, _, name = module.partition(".")
    kernel.run("import flask")
    kernel.run("%load_ext werkbook", "load")
    kernel.run(f"from {package} import {name}\napp = {name}('__main__')", "app")
    kernel.run(
        "@app.get('/')\ndef index():\n    import os\n    return str(os.getpid())"
    )
    kernel.run(
        "import multiprocessing\n"
        "fork = multiprocessing.get_context('fork')\n"
        f"child = fork.Process(target=app.run, kwargs={{'port': {port}}})\n"
        "child.start()"
    )
    answer = eventually(lambda: fetch(f"http://127.0.0.1:{port}/"))
    assert answer == str(kernel.ask("child.pid"))
    assert kernel.ask("child.is_alive()") is True
    kernel.run("child.terminate()\nchild.join()")


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_run_in_a_child_that_pickles_says_what_to_type(
    here: ShellNotebook, method: str
) -> None:
    """Such a child has none of the notebook's cells; the live app stays as it was."""
    ran = here.fail(
        "child",
        "import multiprocessing\n"
        f"context = multiprocessing.get_context('{method}')\n"
        "child = context.Process(target=app.run)\n"
        "child.start()",
    )
    assert (
        "NotPicklableError: App '__main__' can't be pickled, so it can't go to another"
        " process.\n"
        "  Why: its views are functions of this process; of multiprocessing's ways to"
        " start a process 'spawn' and 'forkserver' pickle what it is to run.\n"
        "  Fix: write app.run(), which returns at once in a notebook, or, for a process"
        ' of its own, multiprocessing.get_context("fork").Process(target=app.run).'
    ) in ran.text
    here.run("h", "%http / --expect 200")


def test_run_with_tls_says_that_it_has_none(here: ShellNotebook) -> None:
    """The server of a notebook speaks plain HTTP, and says so."""
    port = free_port()
    ran = here.run("run", f"app.run(port={port}, ssl_context='adhoc')")
    assert (
        "The notebook's server speaks no TLS: ssl_context holds outside the notebook;"
        " here write http:// in front of the address."
    ) in ran.text
    assert "TLS" not in here.run("again", f"app.run(port={port})").text


def test_error_that_leaves_an_app_is_what_debug_opens(here: ShellNotebook) -> None:
    here.run("o", "def other(environ, start_response): return 1 / 0")
    server = serve(here.shell.user_ns["other"])
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetch(server.url)
    caught.value.close()
    assert isinstance(sys.last_value, ZeroDivisionError)
    del sys.last_value, sys.last_type, sys.last_traceback


def test_options_hold_for_servers_that_others_start(here: ShellNotebook) -> None:
    port = free_port()
    here.run("c", f"%config Werkbook.port = {port}")
    here.run("d", "%config Werkbook.token = True")
    here.run("e", "%config Werkbook.allowed_hosts = ['box.example']")
    server = serving.serve(here.shell.user_ns["app"])
    assert server.port == port
    with pytest.raises(urllib.error.HTTPError, match="401") as caught:
        fetch(server.url)
    caught.value.close()
    ran = here.run("s", "%serve")
    assert ran.text.strip() == f"Serving app on {server.link()}"
    assert f"?werkbook_token={server.token}" in ran.text
    headers = {**server.internal_headers(), "Host": "box.example"}
    with urllib.request.urlopen(
        urllib.request.Request(server.url, headers=headers), timeout=10
    ) as response:
        assert response.read() == b"home"


def test_limits_are_an_option(
    here: ShellNotebook, caplog: pytest.LogCaptureFixture
) -> None:
    here.run("c", "%config Werkbook.limits = {'body_bytes': 10, 'idle_s': 1.5}")
    server = serving.serve(here.shell.user_ns["app"])
    assert server.limits == serving.Limits(body_bytes=10, idle_s=1.5)
    here.run("d", "%config Werkbook.limits = {'body_bytes': 'many'}")
    (told,) = caplog.messages  # IPython logs what %config can't take
    assert "limits" in told and "'many'" in told
    assert serving.defaults.limits == serving.Limits(body_bytes=10, idle_s=1.5)
    here.run("e", "%config Werkbook.limits = {'body_byte': 10}")
    assert "Fix: write 'body_bytes'." in caplog.messages[-1]
    here.run("f", "%config Werkbook.timeout_s = 6")
    assert serving.defaults.limits == serving.Limits(body_bytes=10, idle_s=1.5)
    assert len(caplog.messages) == 2


def test_options_are_forgotten_when_unloaded(plain_shell: InteractiveShell) -> None:
    plain_shell.run_line_magic("load_ext", "werkbook")
    plain_shell.run_line_magic("config", "Werkbook.token = True")
    assert serving.defaults.token is True
    plain_shell.run_line_magic("unload_ext", "werkbook")
    assert serving.defaults.token == "auto"


def test_tab_has_the_token_and_lets_the_readers_host_in(here: ShellNotebook) -> None:
    app = here.shell.user_ns["app"]
    server = serving.serve(app, token=True)
    token = {"name": "werkbook_token", "value": server.token}
    expected = {
        "port": server.port,
        "prefix": None,
        "token": token,
        "has_own_domain": False,
    }
    request = urllib.request.Request(
        server.url, headers={**server.internal_headers(), "Host": "box.example"}
    )
    with pytest.raises(urllib.error.HTTPError, match="421") as caught:
        urllib.request.urlopen(request, timeout=10)
    caught.value.close()
    assert tab_address(app, "box.example") == expected
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.read() == b"home"


def test_app_run_again_says_the_same(base: Notebook) -> None:
    first = base.run("r", "app.run(debug=True)").text
    assert base.run("r", "app.run(debug=True)").text == first
    assert first.startswith("Serving app on ")
