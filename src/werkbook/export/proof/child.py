"""The process in which an exported file proves itself. Run as a script.

It reads a job from standard input: the file, the app's name, requests. It writes what
it found as JSON into the file that the job names.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import sys
import traceback
from typing import Any


def main() -> None:
    """Import the file, list its URL map, and ask it."""
    job = json.load(sys.stdin)
    sys.path.insert(0, job["folder"])
    sys.path.extend(job["path"])
    found: dict[str, Any] = {"error": "", "kind": "", "rules": [], "answers": []}
    reads = Reads(os.path.dirname(job["file"]))
    sys.addaudithook(reads.note)
    try:
        app = _load(job["file"], job["app"])
        found["rules"] = _rules(app)
        if callable(app):
            found["answers"] = _ask(app, job["requests"])
        reads.note_folders(app)
    except BaseException as error:
        found["kind"] = type(error).__name__
        found["error"] = "".join(traceback.format_exception(error))
    found["reads"] = reads.names(but=job["file"])
    with open(job["result"], "w", encoding="utf-8") as file:
        json.dump(found, file)


class Reads:
    """Notes which of the files in a folder are read."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.realpath(folder)
        self.there = {
            os.path.join(place, name)
            for place, _, names in os.walk(self.folder)
            for name in names
        }
        self.found: set[str] = set()

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take an audit event (PEP 578)."""
        if event != "open" or isinstance(arguments[0], int):
            return
        _, mode, flags = arguments
        writes = set("wax") & set(mode) if mode else flags & (os.O_WRONLY | os.O_RDWR)
        if not writes:
            self.found.add(os.path.realpath(os.fsdecode(arguments[0])))

    def note_folders(self, app: Any) -> None:
        """Take all of the folders in which an app of Flask's kind looks for files."""
        for one in (app, *(getattr(app, "blueprints", None) or {}).values()):
            root = getattr(one, "root_path", None) or ""
            for name in ("template_folder", "static_folder"):
                folder = getattr(one, name, None)
                if isinstance(folder, str | os.PathLike):
                    place = os.path.realpath(os.path.join(root, folder))
                    self.found |= {
                        path for path in self.there if path.startswith(place + os.sep)
                    }

    def names(self, but: str) -> list[str]:
        """Return the files by their paths below the folder, without `but`."""
        found = (self.found & self.there) - {os.path.realpath(but)}
        names = [os.path.relpath(path, self.folder) for path in sorted(found)]
        return [name.replace(os.sep, "/") for name in names]


def _load(path: str, name: str) -> Any:
    spec = importlib.util.spec_from_file_location("app", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["app"] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


def _rules(app: Any) -> list[list[Any]]:
    if hasattr(app, "url_map"):
        return sorted(
            [rule.rule, sorted(rule.methods or ()), rule.endpoint]
            for rule in app.url_map.iter_rules()
        )
    routes = getattr(app, "routes", [])
    return sorted(
        [
            getattr(route, "rule", None) or getattr(route, "path", ""),
            [getattr(route, "method", "GET")],
            getattr(route, "name", "") or "",
        ]
        for route in routes
    )


def _ask(app: Any, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send the requests in order, with one cookie jar."""
    from werkzeug.test import Client

    client = Client(app)
    return [_answer(client, request) for request in requests]


def _answer(client: Any, request: dict[str, Any]) -> dict[str, Any]:
    errors = io.StringIO()
    try:
        response = client.open(
            request["url"],
            method=request["method"],
            headers=request["headers"],
            data=base64.b64decode(request["body"]),
            errors_stream=errors,
            follow_redirects=request["follow"],
        )
        return {
            "status": response.status_code,
            "content_type": response.content_type or "",
            "body": base64.b64encode(response.get_data()).decode(),
            "log": errors.getvalue()[-4000:],
        }
    except Exception as error:
        return {
            "status": 0,
            "content_type": "",
            "body": "",
            "log": "".join(traceback.format_exception(error))[-4000:],
        }


if __name__ == "__main__":
    main()
