"""The tools as functions: what they are called, take and say is what agents read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .notebook_choice import NotebookChoice


def make_tools(choice: NotebookChoice) -> list[Callable[..., str]]:
    """Return the tools; their names, hints and docstrings describe them to agents."""
    lock = threading.Lock()

    def ask(tool: str, notebook: str | None, **arguments: Any) -> str:
        with lock:
            return choice.call(tool, notebook, arguments)

    def notebooks() -> str:
        """List the notebooks that can be asked now."""
        with lock:
            return choice.describe()

    def routes(notebook: str | None = None, app: str | None = None) -> str:
        """List the app's rules: methods, endpoint, requests, last status, cell id."""
        return ask("routes", notebook, app=app)

    def http(
        url: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: str | None = None,
        json: Any = None,
        follow: bool = True,
        notebook: str | None = None,
        app: str | None = None,
    ) -> str:
        """Send a real request to the live app, with the notebook's cookies.

        The answer has status, headers, what the view printed, the body, and after an
        exception the traceback with cell ids and lines. `url` begins with a slash.
        """
        return ask(
            "http",
            notebook,
            url=url,
            method=method,
            headers=headers,
            body=body,
            json=json,
            follow=follow,
            app=app,
        )

    def failures(notebook: str | None = None) -> str:
        """List the cells and the rules that fail now: error, cell id, line, source."""
        return ask("failures", notebook)

    def check(notebook: str | None = None, app: str | None = None) -> str:
        """Say whether Restart and Run All gives this app; each difference by cell."""
        return ask("check", notebook, app=app)

    def export(
        path: str | None = None,
        project: str | None = None,
        target: str | None = None,
        tests: bool = False,
        docs: bool = False,
        openapi: bool = False,
        notebook: str | None = None,
        app: str | None = None,
    ) -> str:
        """Write the app as a standalone file (app.py) and prove that it answers alike.

        The last lines are the verdict: Proved, Not proved and why, or Starts, nothing
        compared. `path` and `project` are relative to the notebook's folder; a file
        that Werkbook did not write is never overwritten. `docs` keeps /openapi.json
        and /docs in the app, `openapi` writes openapi.json and tells what changed in
        it. It may take a minute.
        """
        return ask(
            "export",
            notebook,
            path=path,
            project=project,
            target=target,
            tests=tests,
            docs=docs,
            openapi=openapi,
            app=app,
        )

    def openapi(
        below: str = "/", notebook: str | None = None, app: str | None = None
    ) -> str:
        """Return the app's OpenAPI 3.1 document, or only the paths that begin so."""
        return ask("openapi", notebook, below=below, app=app)

    return [notebooks, routes, http, failures, check, export, openapi]
