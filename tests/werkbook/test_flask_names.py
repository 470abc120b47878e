"""`import flask` gives Werkbook. Each test is a process of its own."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join([str(ROOT / "src"), str(ROOT / "kernel_ext")])


def run(source: str, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a program with Werkbook on its path."""
    return subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(source)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": PATH, **env},
        timeout=60,
        check=False,
    )


def output(source: str, *options: str) -> str:
    done = run(source, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_flask_is_werkbook() -> None:
    assert (
        output(
            """
            import werkbook
            werkbook.install_as_flask()
            werkbook.install_as_flask()
            import flask
            from flask import Flask, request, session, g, current_app, jsonify
            print(Flask is werkbook.App, request is werkbook.request)
            print(flask.__version__)
            """
        )
        == "True True\n3.1.3\n"
    )


SUBMODULES = [
    "app",
    "blueprints",
    "cli",
    "config",
    "ctx",
    "debughelpers",
    "globals",
    "helpers",
    "json",
    "json.provider",
    "json.tag",
    "logging",
    "sansio.app",
    "sansio.blueprints",
    "sansio.scaffold",
    "sessions",
    "signals",
    "templating",
    "testing",
    "typing",
    "views",
    "wrappers",
]


def test_submodules_have_every_public_name_of_flask() -> None:
    """What Flask's modules define can be imported from ours of the same name."""
    names = output(
        f"""
        import importlib
        from typing import TypeVar
        from werkzeug.local import LocalProxy
        for module in {SUBMODULES!r}:
            found = importlib.import_module("flask." + module)
            for name, value in sorted(vars(found).items()):
                home = getattr(value, "__module__", None)
                is_own = home == "flask." + module or isinstance(value, LocalProxy)
                if not name.startswith("_") and is_own and type(value) is not TypeVar:
                    print(module, name)
        import flask
        for name in sorted(set(vars(flask)) - {{"t", "typing"}}):
            if not name.startswith("_"):
                print("", name)
        """
    )
    missing = output(
        f"""
        import importlib, werkbook
        werkbook.install_as_flask()
        for line in {names!r}.splitlines():
            module, _, name = line.partition(" ")
            module = importlib.import_module(("flask." + module).rstrip("."))
            if not hasattr(module, name):
                print(line)
        """
    )
    assert missing == ""


def test_submodules_are_the_same_objects() -> None:
    assert (
        output(
            """
            import werkbook, werkbook.sessions, werkbook.json.tag
            werkbook.install_as_flask()
            import flask.json.tag
            import flask.sessions as sessions
            from flask.globals import request_ctx
            from flask import json
            print(flask.json.tag.JSONTag is werkbook.json.tag.JSONTag)
            print(sessions.SessionMixin is werkbook.sessions.SessionMixin)
            print(json.dumps([1]))
            """
        )
        == "True\nTrue\n[1]\n"
    )


def test_names_that_flask_modules_import_are_there() -> None:
    """Tests of extensions patch libraries through the modules that import them."""
    assert (
        output(
            """
            from unittest.mock import patch
            import werkzeug.utils
            import werkbook
            werkbook.install_as_flask()
            with patch("flask.helpers.werkzeug.utils.send_from_directory", 1):
                print(werkzeug.utils.send_from_directory)
            from flask.app import HTTPException, _cv_app, _cv_request
            from flask.blueprints import _split_blueprint_path, _endpoint_from_view_func
            print(_split_blueprint_path("a.b"), _cv_app.get(None))
            import flask
            print(hasattr(flask, "os"), hasattr(flask.helpers, "itn"))
            """
        )
        == "1\n['a.b', 'a'] None\nFalse False\n"
    )


def test_setting_an_attribute_reaches_werkbook() -> None:
    assert (
        output(
            """
            from unittest.mock import patch
            import werkbook
            werkbook.install_as_flask()
            import flask.logging, werkbook.logging as ours
            before = ours.has_level_handler
            with patch("flask.logging.has_level_handler", 1):
                print(ours.has_level_handler)
            print(ours.has_level_handler is before)
            """
        )
        == "1\nTrue\n"
    )


def test_replaced_rendering_is_what_renders() -> None:
    """Flask-Testing and what traces requests put a function around Flask's own."""
    assert (
        output(
            """
            from unittest.mock import patch
            import werkbook
            werkbook.install_as_flask()
            import flask
            from flask import render_template_string, stream_template_string, templating
            app = flask.Flask("app")
            told = []
            def render(app, template, context):
                told.append((app.name, template.name, context["name"]))
                return "replaced"
            def around(app, template, context, stream=templating._stream):
                return ["<", *stream(app, template, context), ">"]
            with app.test_request_context():
                with patch("flask.templating._render", render):
                    print(render_template_string("{{ name }}", name="Ada"), told)
                print(render_template_string("{{ name }}", name="Bob"))
                with patch("flask.templating._stream", around):
                    print("".join(stream_template_string("{{ name }}", name="Ada")))
                print("".join(stream_template_string("{{ name }}", name="Bob")))
            """
        )
        == "replaced [('app', None, 'Ada')]\nBob\n<Ada>\nBob\n"
    )


def test_names_that_are_no_modules_of_flask_do_not_resolve() -> None:
    """Werkbook's own folders do not answer to Flask's name."""
    assert (
        output(
            """
            import importlib.util
            import werkbook
            werkbook.install_as_flask()
            names = ["flask.dispatch", "flask.lane", "flask.routing", "flask.export"]
            print([importlib.util.find_spec(name) for name in names])
            """
        )
        == "[None, None, None, None]\n"
    )


def test_submodules_need_no_import_of_their_own() -> None:
    assert (
        output(
            """
            import werkbook
            werkbook.install_as_flask()
            import flask
            print(flask.cli.AppGroup.__name__, flask.testing.FlaskClient.__name__)
            print(hasattr(flask, "nothing"), hasattr(flask, "_nothing"))
            """
        )
        == "AppGroup FlaskClient\nFalse False\n"
    )


def test_unknown_submodule_is_not_found() -> None:
    done = run(
        """
        import werkbook
        werkbook.install_as_flask()
        import flask.nothing
        """
    )
    assert "ModuleNotFoundError: No module named 'flask.nothing'" in done.stderr


def test_version_answers_without_flask() -> None:
    """Where Flask is not installed its version is the one whose API Werkbook has."""
    assert (
        output(
            """
            import importlib.metadata as metadata
            import werkbook
            werkbook.install_as_flask()
            found = metadata.MetadataPathFinder.find_distributions
            metadata.MetadataPathFinder.find_distributions = classmethod(
                lambda cls, context=None: (
                    one for one in found(context) if one.metadata["Name"] != "Flask"
                )
            )
            print(metadata.version("flask"), metadata.version("Flask"))
            print(metadata.distribution("flask").metadata["Name"])
            print(bool(metadata.version("werkzeug")))
            try:
                metadata.version("no-such-thing")
            except metadata.PackageNotFoundError:
                print("not found")
            """
        )
        == "3.1.3 3.1.3\nFlask\nTrue\nnot found\n"
    )


def test_real_flask_was_imported() -> None:
    done = run(
        """
        import flask
        from flask import Flask
        import werkbook
        werkbook.install_as_flask()
        """
    )
    assert done.stderr.endswith(
        "werkbook.flask_names.FlaskImportedError: The real Flask was imported before "
        "install_as_flask() was called.\n"
        "  Why: __main__ uses it already, and would go on using it.\n"
        "  Fix: restart the kernel or the process, and call "
        "werkbook.install_as_flask() before any import of flask or an extension.\n"
    )


def test_real_flask_is_left_alone_without_the_call() -> None:
    assert (
        output("import werkbook, flask; print(flask.Flask is werkbook.App)")
        == "False\n"
    )


def test_program_written_for_flask(tmp_path: Path) -> None:
    assert (
        output(
            """
            import werkbook
            werkbook.install_as_flask()
            from flask import Flask, Blueprint, render_template_string, url_for
            from flask.views import MethodView

            app = Flask(__name__)
            blueprint = Blueprint("b", __name__, url_prefix="/b")

            class Index(MethodView):
                def get(self):
                    return render_template_string("{{ url_for('.index') }}")

            blueprint.add_url_rule("/", view_func=Index.as_view("index"))
            app.register_blueprint(blueprint)
            print(app.test_client().get("/b/").text)
            """
        )
        == "/b/\n"
    )
