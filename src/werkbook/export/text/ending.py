"""The end of the file: the app under the name `app`, and the block that serves it."""

from __future__ import annotations

import ast

from werkbook.cells.source.texts import LINE_LENGTH, unique
from werkbook.export.flow.apps.frameworks import Framework
from werkbook.export.flow.apps.holders import AppChoice
from werkbook.export.flow.apps.served import ServingCall
from werkbook.export.text.emit import Parts, Piece
from werkbook.export.text.imports import Import
from werkbook.export.text.renaming import rename_global, rename_in_parts

HOST = "127.0.0.1"


def bind_app(parts: Parts, app: AppChoice, bound: set[str], later: set[str]) -> None:
    """See to it that the module's `app` is what a server has to load.

    Args:
        parts: The file's parts; a last statement is added, and where `app` means
            something else in the notebook, that gets another name.
        app: The app that is exported; follows such a change.
        bound: The names that the file binds.
        later: The names that its functions read when they are called.
    """
    if app.is_default and app.expression == "default_app()":
        parts.imports.append(Import("bottle", "default_app"))
    wsgi = app.framework.wsgi
    if app.expression == "app" and not wsgi:
        return
    if "app" in bound and "app" in later:
        stem = (
            "inner" if app.inner == "app" else app.framework.package if wsgi else "own"
        )
        new = unique(f"{stem}_app", bound)
        rename_in_parts(parts, "app", new)
        app.expression = rename_global(app.expression, "app", new)
        app.inner = new if app.inner == "app" else app.inner
    held = f"{app.expression}.{wsgi}" if wsgi else app.expression
    parts.pieces.append(Piece(f"app = {held}"))


def last_block(parts: Parts, app: AppChoice, package: str, taken: set[str]) -> str:
    """Write the block that serves the app when the file is run.

    It serves where the notebook did; HOST and PORT in the environment win.
    """
    served = app.served
    host = _text(served.host if served else None, f'"{HOST}"')
    port = _text(served.port if served else None, str(app.framework.port))
    name = unique("main", taken)
    parts.imports.append(Import("os"))
    lines = [
        f"def {name}(host={host}, port={port}):",
        '    """Serve the app; HOST and PORT in the environment win."""',
        '    host = os.environ.get("HOST", host)',
        '    port = int(os.environ.get("PORT", port))',
        *(f"    {line}" for line in _serving(parts, app, package, served)),
    ]
    return "\n".join([*lines, "", "", 'if __name__ == "__main__":', f"    {name}()"])


def _text(value: ast.expr | None, default: str) -> str:
    if value is None:
        return default
    text = ast.unparse(value)
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return '"' + text[1:-1] + '"' if '"' not in text else text
    return text


def _serving(
    parts: Parts, app: AppChoice, package: str, served: ServingCall | None
) -> list[str]:
    framework: Framework = app.framework
    if framework.runs:
        options = served.options if served else {}
        more = [f"{key}={_text(value, '')}" for key, value in options.items()]
        held = app.expression if framework.wsgi else "app"
        return _call(f"{held}.run", ["host=host", "port=port", *more])
    if framework.is_asgi:
        parts.imports.append(Import("uvicorn"))
        return ["uvicorn.run(app, host=host, port=port)"]
    if package in ("flask", "werkbook"):
        parts.imports.append(Import("werkzeug.serving", "run_simple"))
        return ["run_simple(host, port, app)"]
    parts.imports.append(Import("wsgiref.simple_server", "make_server"))
    return [
        "with make_server(host, port, app) as server:",
        "    server.serve_forever()",
    ]


def _call(callee: str, arguments: list[str]) -> list[str]:
    line = f"{callee}({', '.join(arguments)})"
    if len(line) + 4 <= LINE_LENGTH:
        return [line]
    inner = f"    {', '.join(arguments)}"
    if len(inner) + 4 <= LINE_LENGTH:
        return [f"{callee}(", inner, ")"]
    return [f"{callee}(", *(f"    {one}," for one in arguments), ")"]
