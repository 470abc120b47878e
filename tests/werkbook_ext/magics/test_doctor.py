import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import KernelNotebook, Notebook, ShellNotebook

from werkbook_ext import doctor
from werkbook_ext import doctor as doctor_twin


def test_doctor_finds_nothing_missing_here(shell: InteractiveShell) -> None:
    assert [finding for finding in doctor() if not finding.is_well] == []


def test_doctor_names_server_and_url(shell: InteractiveShell) -> None:
    notebook = ShellNotebook(shell)
    notebook.run("app", "from werkbook import App\napp = App('__main__')")
    notebook.run("s", "from werkbook_ext import serve\nserver = serve(app)")
    url = shell.user_ns["server"].url
    states = [item.state for item in doctor_twin() if item.subject == "server"]
    assert len(states) == 1
    assert url.rstrip("/") in states[0]


def test_doctor_names_the_url_with_the_token_of_a_shared_host(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    notebook = ShellNotebook(shell)
    notebook.run("d", "%config Werkbook.token = True")
    notebook.run("app", "from werkbook import App\napp = App('__main__')")
    notebook.run("s", "from werkbook_ext import serve\nserver = serve(app)")
    server = shell.user_ns["server"]
    states = [item.state for item in doctor() if item.subject == "server"]
    path = f"/proxy/{server.port}/_werkbook/tab?werkbook_token={server.token}"
    assert states == [f"app on /user/ada{path}"]
    notebook.run("d", "%config Werkbook.token = 'auto'")


def test_doctor_each_failing_line_has_a_command(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.metadata

    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    failing = [item for item in doctor() if not item.is_well]
    assert {item.subject for item in failing} >= {"anywidget", "ipykernel", "requests"}
    assert all(item.fix.startswith("%pip install") for item in failing)


def test_doctor_names_an_app_of_flask_itself(shell: InteractiveShell) -> None:
    """Flask was imported first: what its cells say is not live."""
    notebook = ShellNotebook(shell)
    notebook.run("f", "import flask\nshop = flask.Flask('shop')")
    before = doctor()
    notebook.run("f", "import flask\ndel shop")
    found = [item for item in before if not item.is_well]
    assert [(item.subject, item.state) for item in found] == [
        ("flask", "Flask's own, not live: shop")
    ]
    assert found[0].fix.startswith("restart the kernel, and run %load_ext werkbook")
    assert [item for item in doctor() if not item.is_well] == []


def test_doctor_magic(notebook: Notebook) -> None:
    text = notebook.run("d", "%doctor").text
    assert [line.split()[:2] for line in text.splitlines()[1:4]] == [
        ["ok", "front"],
        ["ok", "kernel"],
        ["ok", "live"],
    ]
    assert text.rstrip().endswith("Nothing is missing.")
    ran = notebook.fail("d", "%doctor now")
    assert "UsageError: %doctor: unrecognized arguments: now" in ran.text


def test_doctor_saves_what_it_shows_but_ports_and_folders(
    kernel_notebook: KernelNotebook,
) -> None:
    """A program that reads the output misses nothing, and needs no widget."""
    kernel_notebook.run("app", "from werkbook import App\napp = App('__main__')")
    kernel_notebook.run("s", "%serve")
    data = kernel_notebook.run("d", "%doctor").outputs[0]["data"]
    assert list(data) == ["text/plain", "text/html"]
    lines = {
        line[4:].partition("  ")[0]: line for line in data["text/plain"].split("\n")
    }
    assert lines["server"].split() == ["ok", "server", "app", "is", "served"]
    assert lines["ipykernel"].split()[2][0].isdigit()
    assert "127.0.0.1" not in data["text/plain"] + data["text/html"]


def test_help_card(notebook: Notebook) -> None:
    ran = notebook.run("h", "%werkbook")
    assert "%%route [METHOD] RULE" in ran.text
    assert notebook.run("h", "%werkbook").text == ran.text
