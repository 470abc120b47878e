"""The groups of commands, and the commands that every application has."""

import code
import os
import ssl
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from werkbook import App, current_app
from werkbook.cli import (
    AppGroup,
    FlaskGroup,
    ScriptInfo,
    cli,
    load_dotenv,
    routes_command,
    run_command,
    with_appcontext,
)

APP = """
from werkbook import App

app = App("in_file")

@app.cli.command()
def hello():
    print("hello of", app.name, app.debug)

@app.get("/items/<int:id>")
def item(id):
    return ""
"""


@pytest.fixture(autouse=True)
def own_process_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Run in an empty folder; put variables, paths and modules back."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FLASK_")]:
        monkeypatch.delenv(name)
    environ, modules = dict(os.environ), set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    os.environ.clear()
    os.environ.update(environ)
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def invoke(*args: str, command: click.Command = cli, **options: Any) -> Result:
    return CliRunner().invoke(command, args, **options)


def test_app_in_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    assert invoke("hello").output == "hello of in_file False\n"
    assert invoke("--debug", "hello").output == "hello of in_file True\n"
    assert "hello" in invoke("--help").output


def test_app_by_option_and_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.py").write_text(APP)
    assert invoke("--app", "other:app", "hello").exit_code == 0
    monkeypatch.setenv("FLASK_APP", "other")
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert invoke("hello").output == "hello of in_file True\n"
    assert "hello" in invoke("--help").output


def test_no_app() -> None:
    result = invoke("routes")
    assert result.exit_code == 2
    assert result.stderr.endswith(
        "Error: Could not locate a Flask application.\n"
        "  Why: there is no 'wsgi.py' or 'app.py' in the current directory, and the "
        "'FLASK_APP' environment variable is not set.\n"
        "  Fix: write --app MODULE:NAME, or export FLASK_APP=MODULE:NAME\n"
    )


def test_help_lists_own_commands_without_an_app() -> None:
    result = invoke("--help")
    assert result.exit_code == 0
    for name in ("run", "shell", "routes", "export"):
        assert f"\n  {name} " in result.stdout
    assert "Could not locate" in result.stderr


def test_help_shows_why_an_app_fails(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise ValueError('broken')")
    result = invoke("--help")
    assert result.exit_code == 0
    assert "ValueError: broken" in result.stderr


def test_routes(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    assert invoke("routes").output == (
        "Endpoint  Methods  Rule                   \n"
        "--------  -------  -----------------------\n"
        "item      GET      /items/<int:id>        \n"
        "static    GET      /static/<path:filename>\n"
    )
    assert "GET, HEAD, OPTIONS" in invoke("routes", "--all-methods").output


def test_routes_of_nothing() -> None:
    info = ScriptInfo(create_app=lambda: App("a", static_folder=None))
    result = CliRunner().invoke(routes_command, obj=info)
    assert result.output == "No routes were registered.\n"


def test_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text(APP)
    calls: list[Any] = []

    def run_simple(host: str, port: int, app: Any, **options: Any) -> None:
        calls.append((host, port, app.name, options))

    module: Any = sys.modules[run_command.callback.__module__]  # type: ignore[union-attr]  # it has one
    monkeypatch.setattr(module, "run_simple", run_simple)
    result = invoke("run", "--port", "5001")
    assert result.exit_code == 0, result.output
    assert result.output == " * Debug mode: off\n"
    assert invoke("--app", "app", "run", "--debug", "--no-reload").output == (
        " * Serving Werkbook app 'app'\n * Debug mode: on\n"
    )
    (host, port, name, options), (_, _, _, debug_options) = calls
    assert (host, port, name) == ("127.0.0.1", 5001, "in_file")
    assert (options["use_reloader"], options["use_debugger"]) == (False, False)
    assert (debug_options["use_reloader"], debug_options["use_debugger"]) == (
        False,
        True,
    )
    assert options["threaded"]


def test_run_reloads_over_a_broken_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text("raise ValueError('broken')")
    apps: list[Any] = []
    module: Any = sys.modules[run_command.callback.__module__]  # type: ignore[union-attr]  # it has one
    monkeypatch.setattr(
        module, "run_simple", lambda host, port, app, **_: apps.append(app)
    )
    assert isinstance(invoke("run").exception, ValueError)
    assert apps == []
    monkeypatch.setenv("WERKZEUG_RUN_MAIN", "true")
    assert invoke("run").exit_code == 0
    with pytest.raises(ValueError, match="broken"):
        apps[0]({}, None)


def test_app_run_does_nothing_under_a_command(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP + "\napp.run()\n")
    assert invoke("hello").output.endswith("hello of in_file False\n")


def test_run_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    def params(*args: str) -> Any:
        return run_command.make_context("run", list(args)).params

    assert params("--cert", __file__, "--key", __file__)["cert"] == (
        __file__,
        __file__,
    )
    with pytest.raises(click.BadParameter, match='Required when using "--cert"'):
        params("--cert", __file__)
    with pytest.raises(click.BadParameter, match='"--cert" must also be specified'):
        params("--key", __file__)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    monkeypatch.setitem(sys.modules, "ssl_context", context)  # type: ignore[arg-type]  # import_string finds it
    assert params("--cert", "ssl_context")["cert"] is context
    monkeypatch.setitem(sys.modules, "cryptography", types.ModuleType("cryptography"))
    assert params("--cert", "adhoc")["cert"] == "adhoc"
    with pytest.raises(click.BadParameter, match='"--key" is not used'):
        params("--cert", "adhoc", "--key", __file__)
    monkeypatch.setitem(sys.modules, "cryptography", None)  # type: ignore[arg-type]  # forbids the import
    with pytest.raises(click.BadParameter, match="requires the cryptography library"):
        params("--cert", "adhoc")


def test_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text(
        APP + "\n@app.shell_context_processor\ndef more():\n    return {'x': 1}\n"
    )
    (tmp_path / "start.py").write_text("y = 2")
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "start.py"))
    monkeypatch.delattr(sys, "__interactivehook__", raising=False)
    seen: dict[str, Any] = {}

    def interact(banner: str, local: dict[str, Any]) -> None:
        seen.update(local, banner=banner, name=current_app.name)

    monkeypatch.setattr(code, "interact", interact)
    result = invoke("shell")
    assert result.exit_code == 0, result.output
    assert (seen["x"], seen["y"], seen["name"]) == (1, 2, "in_file")
    assert seen["app"].name == "in_file"
    assert "\nApp: in_file\nInstance: " in seen["banner"]


def test_env_files(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=env\nB=env\nSET=env")
    (tmp_path / ".flaskenv").write_text("A=flaskenv\nC=flaskenv\nFLASK_APP=other")
    (tmp_path / "own").write_text("B=own\nHAM=火腿", "utf-8")
    (tmp_path / "other.py").write_text(APP)
    os.environ["SET"] = "set"
    assert invoke("--env-file", "own", "hello").exit_code == 0
    names = ("A", "B", "C", "HAM", "SET")
    assert [os.environ.get(name) for name in names] == [
        "env",
        "own",
        "flaskenv",
        "火腿",
        "set",
    ]


def test_env_files_can_be_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("A=env")
    monkeypatch.setenv("FLASK_SKIP_DOTENV", "1")
    invoke("--help")
    assert "A" not in os.environ
    assert not load_dotenv("missing", load_defaults=False)


def test_env_files_without_dotenv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("A=env")
    monkeypatch.setitem(sys.modules, "dotenv", None)  # type: ignore[arg-type]  # forbids the import
    assert not load_dotenv()
    assert capsys.readouterr().err == (
        " * Tip: There are .env files present. Install python-dotenv to use them: "
        "pip install werkbook[dotenv]\n"
    )
    result = invoke("--env-file", ".env", "run")
    assert "python-dotenv must be installed to load an env file" in result.stderr


def test_group_of_one_application(app: App) -> None:
    @click.group(cls=FlaskGroup, create_app=lambda: app)
    def own() -> None:
        pass

    @own.command()
    def show() -> None:
        click.echo(current_app.name)

    @app.cli.group()
    def inner() -> None:
        pass

    @inner.command()
    def deep() -> None:
        click.echo(f"deep {current_app.name}")

    assert invoke("show", command=own).output == "app_of_tests\n"
    assert invoke("inner", "deep", command=own).output == "deep app_of_tests\n"


def test_command_without_context(app: App) -> None:
    group = AppGroup("g")

    @group.command(with_appcontext=False)
    def bare() -> None:
        click.echo(bool(current_app))

    assert invoke("bare", command=group).output == "False\n"


def test_with_appcontext(app: App) -> None:
    @click.command()
    @with_appcontext
    def show() -> None:
        click.echo(current_app.name)

    info = ScriptInfo(create_app=lambda: app)
    assert invoke(command=show, obj=info).output == "app_of_tests\n"


def test_commands_of_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry points of both groups add commands, and need no application."""

    class EntryPoint:
        def __init__(self, name: str) -> None:
            self.name = name

        def load(self) -> click.Command:
            return click.Command(self.name, callback=lambda: click.echo(self.name))

    groups = sys.modules[FlaskGroup.__module__]
    monkeypatch.setattr(
        groups.metadata,  # type: ignore[attr-defined]  # importlib's
        "entry_points",
        lambda group: [EntryPoint(group.replace(".", "-"))],
    )
    group = FlaskGroup()
    assert invoke("flask-commands", command=group).output == "flask-commands\n"
    assert invoke("werkbook-commands", command=group).output == "werkbook-commands\n"


def test_version() -> None:
    output = invoke("--version").output
    assert "Werkbook" in output
    assert "Flask 3.1.3 (whose API Werkbook has)" in output


def test_port_is_one_that_there_is() -> None:
    """65536 more would be another port, which nobody asked for."""
    result = invoke("run", "--port", "99999")
    assert result.exit_code == 2
    assert "99999 is not in the range 0<=x<=65535" in result.stderr
